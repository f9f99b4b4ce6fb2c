"""What a talk is about so far: its topic, and the names and times that a follow-up may point to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from qa import dates
from qa.answer import ABSTENTION
from qa.question.words import (
    AUXILIARIES,
    FUNCTION_WORDS,
    QUESTION_WORDS,
    Name,
    content_words,
    looks_like_person,
    names,
)

__all__ = ["PRONOUN", "Thread", "is_bare_topic", "overlap"]

PRONOUN = re.compile(
    r"\b(?:(?P<he>he|him|himself)|(?P<his>his)|(?P<she>she|herself)|(?P<her>hers?)|(?P<it>it|itself)|(?P<its>its)"
    r"|(?P<they>they|them|themselves)|(?P<their>theirs?))\b",
    re.IGNORECASE,
)
# "PORT TOWN, March 3 (Agency) — " names where it was written, not whom it is about. The brackets are gone by then.
_DATELINE = re.compile(r"(?:^|(?<=[.!?”\"] ))[A-Z][A-Z .'’-]{2,30}(?:, [\w. ]{2,25})? ?[—–-]{1,2} ")
_NO_ANSWER = re.compile(
    r"^\W*(?:i (?:do not|don['’]t) know|cannot ?answer|no answer|nothing in the|none of the articles|there is nothing)",
    re.IGNORECASE,
)
_HE = re.compile(r"\b(?:he|him|his|himself)\b", re.IGNORECASE)
_SHE = re.compile(r"\b(?:she|her|hers|herself)\b", re.IGNORECASE)
_BRACKETS = re.compile(r"\s*[\[(][^\[\]()]{0,80}[\])]")
_AUX_WORDS = AUXILIARIES | QUESTION_WORDS
_OTHER = re.compile(
    r"^\W*(?:(?:and|but)\s+)?(?:(?:what|how)\s+about\s+|what\s+of\s+|and\s+)(?P<rest>.{1,60})$", re.IGNORECASE
)
_WHICH = re.compile(r"\W*(?:in\s+|from\s+|to\s+)?which\s+(?!of\b|year|day|month)[a-z]", re.IGNORECASE)
_BEHIND = re.compile(r"\s\([^()]*\)\W*$")
_COMPLETE = 4
_KEPT_WORDS = 400
_KEPT_TEXTS = 8
_KEPT_NAMES = 6


@dataclass(frozen=True, slots=True)
class Thread:
    """The talk so far.

    Attributes:
        topic: the name, or the few words, that it is about; "" at the beginning.
        votes: above 0 if the asker says "he", below 0 if "she".
        asked: the last question, completed.
        asked_who, asked_which: whether it asked for a person, or for one of some things ("which app").
        he, she: whom the asker meant by the word last, where that was not the topic; "" if nobody.
        answer: what the last answered question brought, and ``fresh`` the names in it other than the topic.
        things, persons: names other than the topic, the last mentioned first.
        times: words of time, the last first.
        known: the words of all names; ``mentioned``: all words of questions and answers, in small letters.
        texts: answers and questions, the last first.
    """

    topic: str = ""
    votes: int = 0
    asked: str = ""
    asked_who: bool = False
    asked_which: bool = False
    he: str = ""
    she: str = ""
    answer: str = ""
    fresh: tuple[str, ...] = ()
    things: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()
    times: tuple[str, ...] = ()
    known: frozenset[str] = frozenset()
    mentioned: frozenset[str] = frozenset()
    texts: tuple[str, ...] = ()

    @property
    def gender(self) -> str:
        """How the asker speaks of a person: "he", "she", or "" if that isn't known."""
        return "he" if self.votes > 0 else "she" if self.votes < 0 else ""

    @property
    def topic_is_person(self) -> bool:
        return bool(self.gender) or (bool(self.topic) and looks_like_person(self.topic))

    def after(self, asked: str, answer: str, *, as_typed: str, words: str = "") -> Thread:
        """The thread after one more question (completed, and as it was typed) and its answer; ``words`` are those of
        the answer that answer, where they are known: who stands in them is meant before anybody else."""
        answer = _DATELINE.sub("", " ".join(_BRACKETS.sub("", answer).split()[:_KEPT_WORDS]))
        silent = not answer or answer.startswith(ABSTENTION) or bool(_NO_ANSWER.match(answer))
        in_question = [name.text for name in names(asked)]
        in_answer = [] if silent else list(dict.fromkeys(name.text for name in names(answer)))
        if words:
            in_answer.sort(key=lambda name: not overlap(name, words))
        leans = bool(self.asked) and (asked != as_typed or bool(PRONOUN.search(asked)))
        typed = [name.text for name in names(as_typed)]
        meant = [name.text for name in names(_BEHIND.sub("", asked)) if name.text not in typed]
        topic = self._turned_to(as_typed) if leans else ""
        topic = topic or self._topic(asked, in_question, in_answer, leans=leans)
        of_topic = not meant or any(overlap(name, topic) for name in meant)
        he, she = bool(_HE.search(as_typed)), bool(_SHE.search(as_typed))
        who = bool(re.match(r"\W*(?:who|whom|whose)\b", asked, re.IGNORECASE))
        in_order = (*in_answer, *in_question) if who else (*in_question, *in_answer)
        others = [name for name in in_order if not overlap(name, topic)]
        persons = [name for name in others if looks_like_person(name, answer)]
        return Thread(
            topic=topic,
            votes=(self.votes if topic == self.topic else 0) + (leans and of_topic) * (he - she),
            asked=asked,
            asked_who=who,
            asked_which=bool(_WHICH.match(asked)),
            he=meant[0] if he and not of_topic else self.he if topic == self.topic else "",
            she=meant[0] if she and not of_topic else self.she if topic == self.topic else "",
            answer=self.answer if silent else answer,
            fresh=self.fresh if silent else tuple(name for name in in_answer if not overlap(name, topic)),
            things=_newest([name for name in others if name not in persons], self.things),
            persons=_newest(persons, self.persons),
            times=_newest(_times(asked) + ([] if silent else _times(answer)), self.times),
            known=self.known.union(*(content_words(name) for name in (*in_question, *in_answer, topic))),
            mentioned=self.mentioned | content_words(asked) | content_words(answer),
            texts=(*(() if silent else (answer,)), asked, *self.texts)[:_KEPT_TEXTS],
        )

    def is_new(self, asked: str) -> bool:
        """Whether a question without names is complete, and of nothing yet spoken of: "Which country banned bees?" """
        words = content_words(asked)
        return bool(_WHICH.match(asked)) and len(words) >= _COMPLETE and words.isdisjoint(self.mentioned)

    def _turned_to(self, as_typed: str) -> str:
        """The name that a fragment turns to, in place of the topic: "And what about Jane Doe?"; else ""."""
        found = _OTHER.match(as_typed)
        turned = [name.text for name in names("… " + found["rest"])] if found else []
        fits = len(turned) == 1 and found is not None and found["rest"].strip(" ?.!") == turned[0]
        return turned[0] if fits and looks_like_person(turned[0]) == self.topic_is_person else ""

    def _topic(self, asked: str, in_question: list[str], in_answer: list[str], *, leans: bool) -> str:
        """The topic from here on: it changes with a question that stands alone and names nothing yet spoken of."""
        if is_bare_topic(asked, first=not self.asked):
            return _BRACKETS.sub("", asked).strip(" ?.!:")
        if self.topic and (
            leans
            or (not in_question and not self.is_new(asked))
            or any(_mentions(name, self.mentioned) for name in in_question)
        ):
            return self.topic
        if in_question:
            return _main_thing(asked)
        who = bool(re.match(r"\W*(?:who|whom|whose|which)\b", asked, re.IGNORECASE))
        common = "" if who or self.topic else _common_thing(asked)
        return common or (in_answer[0] if in_answer else "" if self.is_new(asked) else self.topic)


def is_bare_topic(asked: str, *, first: bool) -> bool:
    """Whether no question was asked, only a topic given: a few words at the ``first`` turn, later only a name."""
    words = re.findall(r"\w+", asked.lower())
    asks = QUESTION_WORDS | AUXILIARIES | {"and", "any", "anything", "tell", "show", "give", "summarise", "summarize"}
    if "?" in asked or not 0 < len(words) <= 8 or not asks.isdisjoint(words) or PRONOUN.search(asked):
        return False
    return first or [name.text for name in names("… " + asked)] == [asked.strip(" .!")]


_TITLED = re.compile(r"[“\"](?P<title>[A-Z][^“”\"]{1,60})[”\"]")
_BEFORE_NAME = re.compile(
    r"\bthe\s+(?P<words>(?:[a-z][\w’'-]*\s+){1,3}(?:(?:at|in|on|from)\s+the\s+(?:[a-z][\w’'-]*\s+){1,2})?)"
    r"(?P<link>to|in|from|for|at|against|on|with|near|between)\s+(?:the\s+)?$"
)
_AFTER_NAME = re.compile(r"['’]?(?:\s+[a-z][\w’-]*){1,3}")
_ASKED_BY_AUX = re.compile(r"\b(?:do|does|did|will|would|can|could|should)\s+$", re.IGNORECASE)
_COMMON = re.compile(
    r"\b(?P<lead>is|are|was|were|do|does|did|will|has|had|in|on|at|of|over|about|against|for|after|during|behind)\s+the\s+"
    r"(?P<words>[\w’'-]+(?:\s+[\w’'-]+){0,4})",
    re.IGNORECASE,
)
_PARTICIPLES = frozenset(
    "shot put held found built sold made taken seen sent cut hit lost won led left caught bought brought born given"
    " hurt known paid said set shut stolen struck thrown told worn written now today yesterday".split()
)


def _main_thing(asked: str) -> str:
    """What the question is about: a title in quotation marks, or the main name, with the words that make another thing
    of it ("the night train to Paris", "the Springfield flood")."""
    if titled := _TITLED.search(asked):
        return titled["title"].rstrip(",.")
    name = _main_name(asked)
    before, after = asked[: name.start], asked[name.end :].rstrip(" ?.!")
    by_aux = _ASKED_BY_AUX.search(re.sub(r"\bthe\s.*$", "", before, flags=re.IGNORECASE))
    led = _BEFORE_NAME.search(before)
    if led and _AUX_WORDS.isdisjoint(led["words"].split()) and (after or not by_aux):
        return before[led.start() :] + name.text
    if re.search(r"\bthe\s+$", before, re.IGNORECASE) and (behind := _AFTER_NAME.match(after)):
        words = _nouns(behind[0].lstrip("'’").split(), verb_last=bool(by_aux))
        return " ".join(["the", name.text, *words])
    return name.text


def _common_thing(asked: str) -> str:
    """The thing without a name of its own that a question is about: "the red balloon"; "" if there is none."""
    found = _COMMON.search(asked)
    if found is None:
        return ""
    words = _nouns(found["words"].split(), verb_last=bool(_ASKED_BY_AUX.search(found["lead"] + " ")))
    return " ".join(["the", *words]) if words else ""


def _nouns(words: list[str], *, verb_last: bool) -> list[str]:
    """The words of a thing's name at the beginning of ``words``: up to a small word or a participle, and without the
    last one when a verb must follow the thing ("did the red balloon fly")."""
    held = list(takewhile(lambda word: word.lower() not in FUNCTION_WORDS, words))
    held = held[:-1] if verb_last else held
    for at, word in enumerate(held[1:], 1):
        if word in _PARTICIPLES or word.endswith("ed"):
            return held[:at]
    return [] if held and (held[0] in _PARTICIPLES or held[0].endswith("ed")) else held


def _main_name(asked: str) -> Name:
    """The name that the question is about: the first that isn't just a place ("in X"), else the first."""
    found = names(asked)
    for name in found:
        if not re.search(r"\b(?:in|at|on|near|from|during|of)\s+(?:the\s+)?$", asked[: name.start], re.IGNORECASE):
            return name
    return found[0]


def _mentions(name: str, words: frozenset[str]) -> bool:
    return any(word in words or word.removesuffix("s") in words for word in content_words(name))


def _newest(new: Sequence[str], old: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*new, *old)))[:_KEPT_NAMES]


def _times(text: str) -> list[str]:
    found = [expression.text for expression in dates.find(text)]
    return found or re.findall(r"\b(?:1[5-9]|20)\d\d(?:[-–]\d\d(?:\d\d)?)?\b", text)


def overlap(name: str, topic: str) -> bool:
    """Whether two names share a word, as "Doe" and "Jane Doe" do."""
    return bool(content_words(name) & content_words(topic))
