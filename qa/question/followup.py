"""Follow-ups: a question that leans on the talk before it, completed so that it can be searched for on its own.

The talk is replayed from its beginning into a ``Thread``; then the words that lean on it are replaced ("he", "his"),
a fragment is grown into a question ("Why?", "And in 2021?", "What about Paris?"), or the names that "the album",
"that" and "others" point to, and the topic, are put behind the question in brackets. A question that names its own
subject stays as it is: it may be a new topic, and must not drag the old one along.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa import dates
from qa.question.kinds import expects
from qa.question.thread import PRONOUN, Thread, is_bare_topic, overlap
from qa.question.words import AUXILIARIES, FUNCTION_WORDS, QUESTION_WORDS, content_words, looks_like_person, names

__all__ = ["Standalone", "standalone"]


@dataclass(frozen=True, slots=True)
class Standalone:
    """A question that needs no history, and a sentence for people if it isn't the one that was asked."""

    text: str
    note: str = ""

    def __str__(self) -> str:
        return self.text


def standalone(question: str, history: Sequence[tuple[str, str] | tuple[str, str, str]]) -> Standalone:
    """``question``, completed from ``history``: pairs of a question and its answer's text, oldest first; a third text
    is the words in the answer that answer, where they are known."""
    asked = " ".join(question.split())
    if not history or not asked:
        return Standalone(question)
    thread = Thread()
    for earlier, answer, *words in history:
        typed = " ".join(earlier.split())
        thread = thread.after(_complete(typed, thread), answer, as_typed=typed, words=" ".join(words))
    text = _complete(asked, thread)
    return Standalone(question) if text == asked else Standalone(text, f"Read your question as “{text}”")


def _complete(question: str, thread: Thread) -> str:
    if not thread.asked or is_bare_topic(question, first=False):
        return question
    whole = _from_fragment(question, thread)
    if whole is not None:
        return whole
    filled, said = _fill_pronouns(question, thread)
    behind = [
        name
        for name in dict.fromkeys(_pointed_at(question, said, thread))
        if name and not content_words(name) <= content_words(filled)
    ]
    return _end(filled, f" ({', '.join(behind)})") if behind else filled


def _end(question: str, addition: str) -> str:
    return f"{question.rstrip(' ?.!')}{addition}?"


# ---- fragments

_OPENING = re.compile(r"^\W*(?:(?:and|but|so|ok|okay|well)\b[\s,]*)?", re.IGNORECASE)
_ASKS_ONLY = re.compile(
    r"(?:why|when|where|how|who|by whom|since when|until when|where exactly|why not|how (?:many|much|long|often|far"
    r"|old|big)|how so)",
    re.IGNORECASE,
)
_ELSE = re.compile(r"(?P<asking>who|whom|what|where|when|which)\s+else", re.IGNORECASE)
_ABOUT = re.compile(r"(?:(?:what|how) about|what of)\s+(?P<subject>.{1,80})", re.IGNORECASE)
_BY_TIME = re.compile(r"(?:(?:in|on|since|before|after|during|until|by|from|for)\s+)?(?:the\s+)?", re.IGNORECASE)
_ADVERBIAL = re.compile(rf"^(?:when|where|why|how)\s+(?=(?:{'|'.join(sorted(AUXILIARIES))})\b)", re.IGNORECASE)
_YES_NO = re.compile(rf"^(?=(?:{'|'.join(sorted(AUXILIARIES))})\s)", re.IGNORECASE)


def _from_fragment(question: str, thread: Thread) -> str | None:
    """The question that a fragment stands for, made from the one before it; None if it is no fragment."""
    last = thread.asked
    if not last or is_bare_topic(last, first=True):
        return None
    opening = _OPENING.match(question)
    words = question[opening.end() if opening else 0 :].strip(" ?.!")
    if _ASKS_ONLY.fullmatch(words):
        return _asked_again(words, last)
    if else_ := _ELSE.fullmatch(words):
        asking = re.match(rf"\W*{else_['asking']}\b", last, re.IGNORECASE)
        return f"{else_['asking'].capitalize()} else{last[asking.end() :]}" if asking else None
    about = _ABOUT.fullmatch(words)
    subject = about["subject"].strip() if about else words
    continues = bool(about) or bool(re.match(r"\W*(?:and|but)\b", question, re.IGNORECASE))
    if (
        not subject
        or len(subject.split()) > 6
        or QUESTION_WORDS & set(subject.lower().split()[:2])
        or _has_verb(subject)
    ):
        return None
    at_time = _other_time(subject, last)
    if at_time is not None:
        return at_time
    return _other_subject(subject, last, thread) if continues else None


def _has_verb(words: str) -> bool:
    return bool(AUXILIARIES & set(words.lower().split()))


def _asked_again(words: str, last: str) -> str:
    """ "Why?" after "When did she go?" is "Why did she go?"; after "Who resigned?", "Who resigned, and why?"."""
    words = words.lower()
    for beginning in (_ADVERBIAL, _YES_NO):
        if beginning.match(last) and words not in ("who", "by whom"):
            rest = beginning.sub("", last, count=1)
            return f"{words.capitalize()} {rest[0].lower()}{rest[1:]}"
    return _end(last, f", and {words}")


def _other_time(fragment: str, last: str) -> str | None:
    """ "And in 2021?" after "How many came in 2020?"."""
    found = dates.find(f"in {fragment}", any_case=True) or dates.find(fragment, any_case=True)
    if len(found) != 1 or not _BY_TIME.fullmatch(fragment[: fragment.find(found[0].text)]):
        return None
    if fragment.find(found[0].text) + len(found[0].text) < len(fragment):
        return None
    before = dates.find(last)
    if not before:
        return _end(last, f" {fragment}")
    old = before[-1]
    start = old.start
    lead = re.search(
        r"\b(?:in|on|since|before|after|during|until|by|from|for)\s+(?:the\s+)?$", last[:start], re.IGNORECASE
    )
    bare = not fragment[: fragment.find(found[0].text)].strip()
    if lead and (not bare or re.match(r"(?:last|this|next|yester|to)", fragment, re.IGNORECASE)):
        start = lead.start()
    return f"{last[:start]}{fragment}{last[old.end :]}"


def _other_subject(subject: str, last: str, thread: Thread) -> str:
    """ "What about Paris?" after "Who governs London?", "And a seat?" after "How much does a bed cost?"; with nothing
    to take the place of, both are said."""
    if swapped := _other_thing(subject, last):
        return swapped
    filled, said = _fill_pronouns(subject, thread)
    named = [name for name in names(last) if not overlap(name.text, subject)]
    person = any(looks_like_person(name) for name in said or [filled])
    if len(named) == 1 and names("… " + filled) and looks_like_person(named[0].text, last) == person:
        name = named[0]
        return f"{last[: name.start]}{filled}{last[name.end :]}"
    return f"What about {filled} ({last.rstrip(' ?.!')})?"


_THING = re.compile(r"(?P<which>a|an|the)\s+(?P<words>(?:[a-z][\w’'-]*\s+){0,2}[a-z][\w’'-]*)", re.IGNORECASE)


def _other_thing(subject: str, last: str) -> str:
    """``last`` with "the women's race" in place of "the men's race", or "a seat" in place of its only "a" or "an"; ""
    if there is nothing that it can stand for."""
    named = _THING.fullmatch(subject)
    if named is None:
        return ""
    head = named["words"].split()[-1].lower()
    same = re.search(rf"\b(?:a|an|the)\s+(?:[a-z][\w’'-]*\s+){{1,2}}{re.escape(head)}\b", last)
    if same is None and named["which"].lower() in ("a", "an"):
        found = list(re.finditer(r"\b(?:a|an)\s+[a-z][\w’'-]*\b", last))
        same = found[0] if len(found) == 1 else None
    return f"{last[: same.start()]}{subject}{last[same.end() :]}" if same else ""


# ---- pronouns

_IDLE_IT = re.compile(
    r"\b(?:is|was)\s+it\s+(?:difficult|hard|easy|important|necessary|common|true|possible|likely|known|clear|that"
    r"|raining|snowing)\b"
    r"|\bhow\s+long\s+(?:did|does|will)\s+it\s+take\s+to\b"
    r"|\bhow\s+(?:hot|cold|warm|wet|windy|dark|late|far)\s+(?:is|was|did|does|will|has)\s+it\b",
    re.IGNORECASE,
)
_IT_HAPPENS = re.compile(
    r"\b(?:did|does|do|will|has|have|is|was)\s+(?:it|this|that)(?:\s+all)?\s+(?:happen\w*|occur\w*|take\s+place"
    r"|taking\s+place)\b",
    re.IGNORECASE,
)
_KINDS = {"his": "he", "her": "she", "its": "it", "their": "they"}


def _fill_pronouns(question: str, thread: Thread) -> tuple[str, list[str]]:
    """The question with the first free pronoun of each kind replaced, and the names that took their places."""
    said: list[str] = []
    pieces: list[str] = []
    done: set[str] = set()
    at = 0
    idle = bool(_IDLE_IT.search(question) or _IT_HAPPENS.search(question))
    for match in PRONOUN.finditer(question):
        group = match.lastgroup or ""
        kind = _KINDS.get(group, group)
        if kind in done or (kind == "it" and idle) or _is_bound(question[: match.start()], kind, thread):
            continue
        done.add(kind)
        name = _referent(kind, thread)
        if not name or name in said:
            continue
        said.append(name)
        pieces += [question[at : match.start()], _possessive(name) if _owns(group, question[match.end() :]) else name]
        at = match.end()
    return "".join([*pieces, question[at:]]), said


def _owns(group: str, after: str) -> bool:
    if group == "her":
        following = re.match(r"\s+(\w+)", after)
        return following is not None and following[1].lower() not in FUNCTION_WORDS
    return group in ("his", "its", "their")


def _possessive(name: str) -> str:
    return f"{name}’" if name.endswith("s") else f"{name}’s"


def _is_bound(before: str, kind: str, thread: Thread) -> bool:
    """Whether a name earlier in the question is what the pronoun stands for."""
    if content_words(before) & (content_words(thread.topic) | content_words(_referent(kind, thread))):
        return True
    found = [name.text for name in names(before)]
    return any(kind not in ("he", "she") or looks_like_person(name, before) for name in found)


_WHO_DID = re.compile(r"\W*who\s+(?!(?:did|does|do|will|would|can|could|should)\b)", re.IGNORECASE)


def _referent(kind: str, thread: Thread) -> str:
    """Whom or what the pronoun stands for, as far as the talk tells; "" if nothing does."""
    if kind in ("he", "she"):
        fresh = [name for name in thread.persons if name in thread.fresh]
        meant = thread.he if kind == "he" else thread.she
        asked_for = _WHO_DID.match(thread.asked) or (thread.asked_which and expects(thread.asked) == "person")
        named = fresh if asked_for else []
        if not thread.gender and (named or meant):
            return named[0] if named else meant
        if thread.topic_is_person and (thread.gender in ("", kind) or not fresh):
            return thread.topic
        if not (fresh or thread.persons) and len(thread.topic.split()) > 1 and not looks_like_person(thread.topic):
            return ""  # "he" is no company
        return (fresh or [*thread.persons, thread.topic])[0]
    if kind == "it" and thread.asked_which and thread.fresh:
        return thread.fresh[0]
    if kind == "it" and thread.topic_is_person:
        things = [name for name in thread.fresh if name in thread.things] or (
            [] if thread.asked_who else list(thread.fresh)
        )
        return (things or [*thread.things, thread.topic])[0]
    return thread.topic


# ---- what else a question points at

_POINTING = re.compile(r"\b(?:this|that|these|those)\b", re.IGNORECASE)
_POINTING_ALONE = re.compile(
    r"\b(?:this|that|these|those)\b(?!\s+[a-z]{3})"
    r"|\b(?:this|that)\s+(?:help|cause|change|mean|affect|happen|occur|lead|work|end|make|have|was|were|did|been|the)",
    re.IGNORECASE,
)
_AFTER_THAT = re.compile(r"\b(?:then|next|after\s+(?:that|this)|afterwards|later)\W*$", re.IGNORECASE)
_MORE = re.compile(r"\b(?:others?|else|another|besides|more)\b", re.IGNORECASE)
_OF_THE_TALK = re.compile(r"\b(?:article|story|text)\b", re.IGNORECASE)
_THAT_TIME = re.compile(
    r"\b(?:that|this|those|these|the same)\s+(?:time\s+)?(?:time|year|years|period|season|month|day|week|era|point"
    r"|decade)\b|\bthen\b",
    re.IGNORECASE,
)
_THAT_NOUN = re.compile(
    r"\b(?P<which>this|that|these|those|the)\s+(?:new |first |last )?(?P<noun>(?!article)[a-z]{3,})\b(?!\s+(?:of|that"
    r"|who|in|for)\b)"
)
_GROUP = re.compile(
    r"\b(?i:the|this|that)\s+(?:band|group|company|team|film|movie|song|album|show|party|book|club|series|play"
    r"|country|city"
    r"|agency|firm)\b(?!\s+of\b|,?\s+[A-Z])"
)
_WHAT_HAPPENED = re.compile(r"\bwhat (?:else )?happen", re.IGNORECASE)
_DEFINITION = re.compile(
    r"^\W*(?:and\s+)?what\s+(?:is|are|was|were|does)\s+(?!(?:the|his|her|its|their|some"
    r"|other)\b)[\w\s-]{1,40}?(?:\s+mean)?\W*$"
    r"|\barticle\s+mean\b|\bmeant\s+by\b|\bwe\b",
    re.IGNORECASE,
)
_SAY = re.compile(
    r"\W*(?:and\s+)?what\s+(?:did|does|do|has|have)\s+(?:the\s+)?[A-Z][\w’'.-]*(?:\s+[A-Z][\w’'.-]*){0,3}\s+"
    r"(?:say|said|think|announced?|promised?|do|done|decided?|want|demand(?:ed)?)\W*$",
    re.IGNORECASE,
)
"""What somebody said is said of what the talk is about."""
_ITS = re.compile(r"\bits?\b", re.IGNORECASE)
_THEIR = re.compile(r"\b(?:they|them|their)\b", re.IGNORECASE)
_LONG = 7
"""A question with this many words of its own that points at nothing is complete, names or not."""


def _pointed_at(question: str, said: list[str], thread: Thread) -> Iterator[str]:
    """What is to be put behind the question: the topic, and names of the last answer that it points to."""
    mine = content_words(question)
    topical = bool(mine & content_words(thread.topic))
    unfilled = not said and bool(PRONOUN.search(question))
    named = bool(names(question)) or (bool(mine & thread.known) and not unfilled)
    alone = bool(_POINTING_ALONE.search(question) or _AFTER_THAT.search(question))
    pointing = alone or bool(_POINTING.search(question))
    more = bool(_MORE.search(question))
    complete = _DEFINITION.search(question) or len(mine) >= _LONG or (not unfilled and thread.is_new(question))
    if not (pointing or more or said) and complete:
        return
    if _IT_HAPPENS.search(question):
        yield thread.asked.rstrip(" ?.!")
        return
    if (
        not said
        and not topical
        and (not named or pointing or more or _GROUP.search(question) or _WHAT_HAPPENED.search(question))
    ):
        yield thread.topic
    if _SAY.match(question) and not topical and not said:
        yield thread.topic
    if _is_small_letter_part(question, said, topical, thread):
        yield thread.topic
    if _ITS.search(question) and said and thread.topic not in said:
        yield thread.topic
    if _OF_THE_TALK.search(question):
        more = pointing = alone = False
    linked = _linked(question, thread, any_noun=not named)
    yield from linked
    if _THAT_TIME.search(question):
        yield from thread.times[:1]
    if alone:
        yield _clause(thread.answer)
    if more:
        yield from thread.fresh[:5]
    if pointing and not linked:
        yield from thread.fresh[:2]
    if _THEIR.search(question) or (not said and not named and not topical):
        yield from thread.fresh[:1]


def _is_small_letter_part(question: str, said: list[str], topical: bool, thread: Thread) -> bool:
    """Whether it names a part of the topic in small letters: "doe" for Jane Doe is too little to search for."""
    if said or not topical or content_words(thread.topic) <= content_words(question):
        return False
    return not any(overlap(name.text, thread.topic) for name in names(question))


def _linked(question: str, thread: Thread, *, any_noun: bool) -> list[str]:
    """The names that the question's "the album", "that book" were last used with."""
    found = []
    for match in _THAT_NOUN.finditer(question):
        if match["which"] != "the" or any_noun:
            found += [name for text in thread.texts for name in _beside(match["noun"], text, thread.topic)][:1]
    return found


def _beside(noun: str, text: str, topic: str) -> list[str]:
    """The name nearest to the first ``noun`` in ``text`` that has one in its sentence, within 80 characters."""
    for match in re.finditer(rf"\b{noun.removesuffix('s')}", text, re.IGNORECASE):
        sentence = text.rfind(". ", 0, match.start()) + 1
        start = text.rfind(" ", 0, max(sentence, match.start() - 80)) + 1
        stop = text.find(" ", match.end() + 80)
        piece = text[start : stop if stop > 0 else len(text)]
        at = match.start() - start
        candidates = [name for name in names(piece) if not overlap(name.text, topic)]
        if candidates:
            return [min(candidates, key=lambda name: min(abs(name.start - at), abs(name.end - at))).text]
    return []


def _clause(answer: str, *, words: int = 8) -> str:
    """The beginning of an answer, to stand for "that"."""
    return " ".join(re.split(r"[;:.!?](?:\s|$)", answer)[0].split()[:words]).strip(" ,")
