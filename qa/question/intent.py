"""What is wanted with a question: a fact, or a list, an overview, a comparison, or word of the archive itself.

Rules over the question's form. Each takes only what is clearly meant so; in doubt it is a "fact", which is read for
its answer as it always was. "yes-no" and "list" are read so too, and only put together differently.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from qa import dates
from qa.question import forms
from qa.question.comparing import sides_of
from qa.question.kinds import expects
from qa.question.words import AUXILIARIES, QUESTION_WORDS

__all__ = ["Aspect", "Intent", "IntentKind", "intent", "without_time"]

IntentKind = Literal[
    "greeting", "help", "inventory", "count", "overview", "comparison", "yes-no", "list", "fact"
]  # fmt: skip
Aspect = Literal["", "sources", "sections", "dates", "latest", "first", "last", "more", "less", "differ"]


@dataclass(frozen=True, slots=True)
class Intent:
    """What is wanted.

    Attributes:
        kind: see the module. "inventory" asks what the archive has, "count" how many articles.
        topic: what it is about, in the question's words, without times; "" if about nothing in particular.
        aspect: of an inventory, "sources", "sections" or "dates" when those alone are asked for; of a count, "sources"
            when the topic is an outlet; of an overview, "latest" for the newest alone; of a comparison, its respect
            (see ``comparing``).
        sides: of a comparison, the two things.
        questions: of a comparison, for each side what is to be found out.
    """

    kind: IntentKind = "fact"
    topic: str = ""
    aspect: Aspect = ""
    sides: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()


_LONGEST = 300
_CLAUSE = re.compile(
    r"\b(?:after|before|when|if|while|because|during|due|following|since|until|who|whose|that|which|where|as|than)\b",
    re.IGNORECASE,
)
_TIME_LEAD = re.compile(
    r"(?:(?:^|[\s,]+)(?:in|on|of|from|during|for|since|over|within|before|after|until|between|at|published|dated"
    r"|around))?(?:(?:^|\s+)the)?[\s,]*$",
    re.IGNORECASE,
)
_COARSE = ("week", "weekend", "month", "quarter", "half", "season")
"""Times that several events have room in. "What happened to her on Saturday?" asks for one."""
_MOST_TOPIC_WORDS = 8


def intent(question: str) -> Intent:
    """What is wanted with ``question``, which stands alone: follow-ups are completed before."""
    text = " ".join(question.split()).rstrip(" ?.!;:")
    if not text or len(text) > _LONGEST:
        return Intent()
    if forms.HELP.fullmatch(text):
        return Intent("help")
    if forms.GREETING.fullmatch(text):
        return Intent("greeting")
    text = forms.CLOSING.sub("", forms.OPENING.sub("", text)) or text
    if forms.HELP.fullmatch(text):
        return Intent("help")
    for reading in (_of_archive, _overview, _comparison):
        found = reading(text)
        if found is not None:
            return found
    if _is_list(question):
        return Intent("list")
    if expects(question) == "yes-no" and not re.search(r"\bor\b", question, re.IGNORECASE):
        return Intent("yes-no")
    return Intent()


# ---- the archive itself


def _of_archive(text: str) -> Intent | None:
    """Questions about what the archive has."""
    bare, _ = without_time(text)
    if forms.SOURCES.fullmatch(bare):
        return Intent("inventory", aspect="sources") if _speaks_of_archive(bare) else None
    if forms.SECTIONS.fullmatch(bare):
        asked = _speaks_of_archive(bare) or bare.lower().endswith("there")
        return Intent("inventory", aspect="sections") if asked else None
    if forms.DATES.fullmatch(bare):
        return Intent("inventory", aspect="dates")
    if (counted := _count(bare)) is not None:
        return counted
    if forms.WHAT_YOU_HAVE.fullmatch(bare):
        return Intent("inventory")
    match = forms.HAVE_ON.fullmatch(bare)
    topic = _topic(match["topic"]) if match else ""
    return Intent("inventory", topic) if topic else None


def _speaks_of_archive(text: str) -> bool:
    return bool(re.search(r"\b(?:you|your|here|archive|available|articles)\b", text, re.IGNORECASE))


def _count(text: str) -> Intent | None:
    match = forms.COUNT.fullmatch(text)
    if match is None:
        often = forms.HOW_OFTEN.fullmatch(text)
        topic = _topic(often["topic"]) if often else ""
        return Intent("count", topic) if topic and not _is_clause(topic) else None
    if not match["on"]:
        return Intent("count") if match["rest"].strip() or text.lower().endswith("articles") else None
    topic = _topic(match["topic"])
    # "How many articles of impeachment?", "How many stories in the tower?": no articles of ours.
    if not topic or _is_clause(topic) or match["on"].lower() in ("of", "in the"):
        return None
    return Intent("count", topic, "sources" if match["on"].lower() in ("from", "by") else "")


# ---- overviews


def _overview(text: str) -> Intent | None:
    bare, units = without_time(text)
    if units and forms.IN_THE_NEWS.fullmatch(bare.strip(" ,")) and not set(units) & {"year", "decade"}:
        return Intent("overview")
    for form in (forms.LATEST, forms.TOLD, forms.HAPPENED):
        match = form.fullmatch(bare)
        topic = _topic(forms.WHAT_HAPPENED.sub("", match["topic"])) if match else ""
        if match is None or not topic or not _is_topic(topic, clauses=form is forms.TOLD):
            continue
        if form is forms.HAPPENED and not _is_story(match["to"], topic, units):
            continue
        return Intent("overview", topic, "latest" if form is forms.LATEST else "")
    return None


def _is_topic(topic: str, *, clauses: bool) -> bool:
    if re.match(
        r"(?:it|this|that|him|her|them|me|us|you|yourself|how|why|what|who|when|where)\b", topic, re.IGNORECASE
    ):
        return False
    # "the guard (Bastien Corvel)": a follow-up that was completed asks for one thing in the story.
    if topic.endswith(")"):
        return False
    return len(topic.split()) <= _MOST_TOPIC_WORDS and (clauses or not _CLAUSE.search(topic))


def _is_story(to: str, topic: str, units: tuple[str, ...]) -> bool:
    """Whether "What happened to ...?" asks for a story rather than for one fact about somebody."""
    if (
        any(unit not in _COARSE for unit in units)
        or dates.find(topic)
        or re.match(r"(?:an?|other|some|one)\b", topic, re.IGNORECASE)
    ):
        return False
    words = [word for word in topic.split() if word.lower() != "the"]
    return len(words) > 1 or words[0][0].isupper() or to.lower() != "to"


# ---- comparisons and lists


def _comparison(text: str) -> Intent | None:
    sides = sides_of(text)
    return Intent("comparison", "", sides.respect, sides.names, sides.questions) if sides else None


_NO_PLURAL = frozenset(
    "years months days hours series news species means politics gas lens bus physics economics mathematics athletics"
    " sports".split()
)
_PLURAL = re.compile(r"(?:[a-z]+(?<![su'’i])s|people|men|women|children)", re.IGNORECASE)
_WHICH = re.compile(r"^\W*(?:which|what)\s+(?P<rest>.+)$", re.IGNORECASE)
_VERB = re.compile(
    r"\w{2,}ed|won|got|made|took|said|went|gave|left|lost|held|met|beat|sold|bought|built|fell|rose|came|became|began"
    r"|broke|set|ran|sent|paid|led|saw|fought|have|has",
    re.IGNORECASE,
)


def _is_list(question: str) -> bool:
    """Whether several things are asked for: "Which films won prizes?", "List the winners"."""
    if expects(question) == "list" or forms.LISTED.match(question):
        return True
    match = _WHICH.match(question)
    words = re.findall(r"[\w'’-]+", match["rest"])[:5] if match else []
    for word, following in pairwise(words):
        if word.lower() in AUXILIARIES | QUESTION_WORDS | {"of", "the"} or re.search(r"['’]s?$", word):
            return False
        if _PLURAL.fullmatch(word) and word.lower() not in _NO_PLURAL:
            return following.lower() in AUXILIARIES or bool(_VERB.fullmatch(following))
    return False


# ---- times and topics


def without_time(text: str) -> tuple[str, tuple[str, ...]]:
    """``text`` without the times at its end and its beginning, and how precise these are."""
    units: list[str] = []
    while found := dates.find(text, any_case=True):
        last, first = found[-1], found[0]
        if last.end == len(text):
            text = _TIME_LEAD.sub("", text[: last.start])
            units.append(last.unit)
        elif re.fullmatch(r"(?:(?:in|on|during|since|over|for)\s+)?(?:the\s+)?", text[: first.start], re.IGNORECASE):
            text = text[first.end :].lstrip(" ,")
            units.append(first.unit)
        else:
            break
    return text, tuple(units)


def _topic(words: str) -> str:
    """A topic without what only closes the question."""
    words = re.sub(rf"[\s,]+{forms.HERE}$", "", words, flags=re.IGNORECASE)
    return forms.CLOSING.sub("", words).strip(" ,;:\"“”'‘’?.!")


def _is_clause(topic: str) -> bool:
    return bool(set(topic.lower().split()) & (AUXILIARIES | QUESTION_WORDS)) or len(topic.split()) > _MOST_TOPIC_WORDS
