"""Why there is no answer, said to people: what the question names and the articles do not.

It looks words up in the archive's index, and reads nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol

from qa import dates
from qa.dates import QuestionDates
from qa.days import written, written_period
from qa.question.kinds import Kind, expects
from qa.question.words import FUNCTION_WORDS, names

if TYPE_CHECKING:
    from ingest.stored import Scope
    from qa.answer import Searched

__all__ = ["ON_TOPIC", "Index", "reasons", "unknown_names"]

ON_TOPIC = 0.0
"""The best passage's logit from which it is about what was asked."""

_ANSWERS: dict[Kind, str] = {
    "person": "says who",
    "organisation": "says who",
    "place": "says where",
    "date": "says when",
    "number": "gives the number",
    "reason": "says why",
    "manner": "says how",
    "yes-no": "says whether it is so",
    "list": "names them",
    "other": "answers the question",
}
_TITLES = frozenset(
    "mr mrs ms miss dr sir dame lord lady professor prof president prime minister senator sen rep representative"
    " governor gov mayor king queen prince princess pope judge justice general captain chief secretary congressman"
    " congresswoman former".split()
)
_WORD = re.compile(r"\w+(?:['’.]\w+)*")
_POSSESSIVE = re.compile(r"['’]s?$")
_YEAR = re.compile(r"(?<![\w$£€.,])(?:1[5-9]|20)\d\d(?![\w%]|[.,]\d)")
_MOST_NAMES = 6


class Index(Protocol):
    """Where words are looked up: an :class:`ingest.archive.Archive`."""

    def holds(self, phrases: Sequence[str], *, scope: Scope | None = None) -> bool:
        """Whether a passage has all of the phrases."""


def reasons(
    question: str,
    *,
    days: QuestionDates,
    archive: Index,
    searched: Searched,
    relevance: float,
    scope: Scope | None = None,
) -> tuple[str, ...]:
    """Why ``question`` got no answer, a sentence each, the most telling first; at least one.

    Args:
        question: complete, as it was searched for.
        days: what was read from it.
        archive: where its names are looked up.
        searched: what was searched: how many articles, and of which days.
        relevance: the best passage's logit; minus infinity when there was none.
        scope: what the search was narrowed to.
    """
    if not searched.articles:
        chosen = "No article lies within the days, outlets and sections that were chosen."
        return (chosen,) if scope else ("There is no article.",)
    missing = unknown_names(question, archive, scope)
    found = [_missing(name, archive, scope) for name in missing]
    found += _outside(question, days, archive, searched, scope)
    if relevance >= ON_TOPIC:
        about = "the nearest passages are close to this" if missing else "the nearest passages are about this"
        found.append(f"{about.capitalize()}, but none of them {_ANSWERS[expects(question)]}.")
    elif not found:
        found.append("No article is about this.")
    return tuple(found)


def unknown_names(question: str, archive: Index, scope: Scope | None = None) -> tuple[str, ...]:
    """The names in ``question`` that no article within ``scope`` has, in order.

    A name is known when a passage has it as it stands, two neighbouring words of it ("Kevin Doe" of "Senator Kevin
    Doe"), or all of its words. What is typed all in capital letters, or all in small ones, names nobody for us.
    """
    if question.isupper():
        return ()
    unknown = []
    for text in dict.fromkeys(name.text for name in names(question)[:_MOST_NAMES]):
        words = _telling(text)
        if words and not _is_known(words, archive, scope):
            unknown.append(text)
    return tuple(unknown)


def _telling(name: str) -> list[str]:
    """The words of a name, without titles and small words; of "Leeds-based" the part in capital letters."""
    words = [_POSSESSIVE.sub("", word) for word in _WORD.findall(name)]
    return [
        word
        for word in words
        if word.lower() not in FUNCTION_WORDS
        and word.lower() not in _TITLES
        and (word[0].isupper() or word[0].isdigit())
    ]


def _is_known(words: list[str], archive: Index, scope: Scope | None) -> bool:
    if archive.holds([" ".join(words)], scope=scope):
        return True
    if len(words) == 1:
        return False
    pairs = [f"{first} {second}" for first, second in pairwise(words)] if len(words) > 2 else []
    return any(archive.holds([pair], scope=scope) for pair in pairs) or archive.holds(words, scope=scope)


def _missing(name: str, archive: Index, scope: Scope | None) -> str:
    if scope and _is_known(_telling(name), archive, None):
        return f"Articles mention “{name}”, but none of those that were searched."
    return f"No article mentions “{name}”."


def _outside(question: str, days: QuestionDates, archive: Index, searched: Searched, scope: Scope | None) -> list[str]:
    """What the question asks about that lies outside the days of the articles."""
    if not (searched.first and searched.last):
        return []
    held = f"The articles are of {written_period(searched.first[:10], searched.last[:10])}"
    first, last = days.first or "", days.last or "9999"
    if days.kind != "none" and (first > searched.last[:10] or last < searched.first[:10]):
        asked = days.words if not (days.first and days.last) else written(_period(days.first, days.last))
        return [f"{held}; the question asks about {asked}."]
    years = set(_YEAR.findall(question))
    strange = sorted(
        year
        for year in years
        if not searched.first[:4] <= year <= searched.last[:4] and not archive.holds([year], scope=scope)
    )
    return [f"{held}; none of them mentions {' or '.join(strange)}."] if strange else []


def _period(first: str, last: str) -> str:
    return dates.Period(date.fromisoformat(first), date.fromisoformat(last)).iso
