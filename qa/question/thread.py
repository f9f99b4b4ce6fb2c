"""What a talk is about so far: its topic, and the names and times that a follow-up may point to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qa import dates
from qa.answer import ABSTENTION
from qa.question.words import AUXILIARIES, QUESTION_WORDS, content_words, looks_like_person, names

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
        asked_who: whether it asked for a person.
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

    def after(self, asked: str, answer: str, *, as_typed: str) -> Thread:
        """The thread after one more question (completed, and as it was typed) and its answer."""
        answer = _DATELINE.sub("", " ".join(_BRACKETS.sub("", answer).split()[:_KEPT_WORDS]))
        silent = not answer or answer.startswith(ABSTENTION) or bool(_NO_ANSWER.match(answer))
        in_question = [name.text for name in names(asked)]
        in_answer = [] if silent else list(dict.fromkeys(name.text for name in names(answer)))
        leans = bool(self.asked) and (asked != as_typed or bool(PRONOUN.search(asked)))
        topic = self._topic(asked, in_question, in_answer, leans=leans)
        who = bool(re.match(r"\W*(?:who|whom|whose)\b", asked, re.IGNORECASE))
        in_order = (*in_answer, *in_question) if who else (*in_question, *in_answer)
        others = [name for name in in_order if not overlap(name, topic)]
        persons = [name for name in others if looks_like_person(name, answer)]
        return Thread(
            topic=topic,
            votes=(self.votes if topic == self.topic else 0) + bool(_HE.search(as_typed)) - bool(_SHE.search(as_typed)),
            asked=asked,
            asked_who=who,
            answer=self.answer if silent else answer,
            fresh=self.fresh if silent else tuple(name for name in in_answer if not overlap(name, topic)),
            things=_newest([name for name in others if name not in persons], self.things),
            persons=_newest(persons, self.persons),
            times=_newest(_times(asked) + ([] if silent else _times(answer)), self.times),
            known=self.known.union(*(content_words(name) for name in (*in_question, *in_answer, topic))),
            mentioned=self.mentioned | content_words(asked) | content_words(answer),
            texts=(*(() if silent else (answer,)), asked, *self.texts)[:_KEPT_TEXTS],
        )

    def _topic(self, asked: str, in_question: list[str], in_answer: list[str], *, leans: bool) -> str:
        """The topic from here on: it changes with a question that stands alone and names nothing yet spoken of."""
        if is_bare_topic(asked, first=not self.asked):
            return _BRACKETS.sub("", asked).strip(" ?.!:")
        if self.topic and (leans or not in_question or any(_mentions(name, self.mentioned) for name in in_question)):
            return self.topic
        if in_question:
            return _main_name(asked)
        return in_answer[0] if in_answer else self.topic


def is_bare_topic(asked: str, *, first: bool) -> bool:
    """Whether no question was asked, only a topic given: a few words at the ``first`` turn, later only a name."""
    words = re.findall(r"\w+", asked.lower())
    asks = QUESTION_WORDS | AUXILIARIES | {"and", "any", "anything", "tell", "show", "give", "summarise", "summarize"}
    if "?" in asked or not 0 < len(words) <= 8 or not asks.isdisjoint(words) or PRONOUN.search(asked):
        return False
    return first or [name.text for name in names("… " + asked)] == [asked.strip(" .!")]


def _main_name(asked: str) -> str:
    """The name that the question is about: the first that isn't just a place ("in X"), else the first."""
    found = names(asked)
    for name in found:
        if not re.search(r"\b(?:in|at|on|near|from|during|of)\s+(?:the\s+)?$", asked[: name.start], re.IGNORECASE):
            return name.text
    return found[0].text


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
