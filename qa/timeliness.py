"""Time in the choice of evidence: what an article's day, and the days that a sentence names, add to its score.

Pure functions of what was read from the question (``qa.dates``). Nothing is searched here, and nothing left out: a day
that speaks for a passage makes it come earlier, no more.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from qa.dates import QuestionDates, resolve_quote
from qa.days import written
from qa.question.words import content_words

if TYPE_CHECKING:
    from qa.read import Evidence

__all__ = ["as_read", "bonus", "changed_later", "mentions", "note"]

PER_DOUBLING = {"days": 0.4, "recent": 0.5, "latest": 0.5, "current": 0.25}
"""Logits lost with each doubling of the distance between an article's day and the days that are wanted, counted in
weeks from the first: 0.4 are 0.6 for two weeks, 2.3 for a year. Measured on the 65 questions of a year of news that
speak of time (added to the passage's and to the quote's logit): 43 instead of 42 right at once, and 43 instead of 41
from articles of the weeks asked about; nothing changes from 0.3 to 0.75. "current" has no such questions there, and is
set lower."""
NAMED = 0.3
"""For a sentence that names the day of the event: it parts evidence that is equally good. On the same questions 0.5
changes nothing, and a whole logit loses two: who repeats the day often leaves the answer to the next sentence."""

_WEEK = 7
# A later answer is told when it is as good as the first one, or worse by no more than so many logits.
_NEARLY = 1.5
_LONGEST = 160


def bonus(published: str | None, days: QuestionDates, newest: str | None) -> float:
    """What an article's day adds to the score of its passages, in logits; never a reason to leave one out.

    Args:
        published: the article's day or moment, ISO 8601; None when it is unknown, which adds and takes nothing.
        days: what was read from the question.
        newest: the archive's newest day.
    """
    day = _day(published)
    if day is None:
        return 0.0
    if days.kind != "none":
        return -PER_DOUBLING["days"] * _doublings(_gap(day, _day(days.start), _day(days.end)))
    wanted = _day(days.asked_on)
    if wanted is None:
        return 0.0
    if days.recent:
        return -PER_DOUBLING["recent"] * _doublings(abs((wanted - day).days))
    if days.latest or days.current:
        reference = min(wanted, _day(newest) or wanted)
        return -PER_DOUBLING["latest" if days.latest else "current"] * _doublings(abs((reference - day).days))
    return 0.0


def _doublings(distance: int) -> float:
    return math.log2(1 + distance / _WEEK)


def _gap(day: date, first: date | None, last: date | None) -> int:
    """Days from ``day`` to the stretch from ``first`` to ``last``; 0 within it."""
    before = (first - day).days if first else 0
    after = (day - last).days if last else 0
    return max(0, before, after)


def mentions(evidence_text: str, published: str | None, days: QuestionDates) -> bool:
    """Whether a sentence names a time that lies within the days of the event that the question names.

    Args:
        evidence_text: the sentence, or a few.
        published: its article's day, which "today" and "on Wednesday" in it are reckoned from.
        days: what was read from the question; open stretches ("since March") are named by no sentence.
    """
    first, last = _day(days.first), _day(days.last)
    if days.basis != "event" or first is None or last is None:
        return False
    return any(
        start >= first and end <= last
        for found in resolve_quote(evidence_text, published)
        for start, end in [_ends(found.resolved)]
        if start and end
    )


def _ends(resolved: str) -> tuple[date | None, date | None]:
    """The first and the last day of a resolved time: a day, a month, or two days with a slash; years are too coarse."""
    first, slash, last = resolved.partition("/")
    if slash:
        return _day(first), _day(last)
    if len(resolved) == len("2022-09"):
        return _day(f"{resolved}-01"), _day(f"{resolved}-28")
    return _day(resolved), _day(resolved)


def as_read(days: QuestionDates) -> str:
    """How the days in the question were read, a sentence for people, without those beyond them that are taken too."""
    return f"{days.note.partition(', and took')[0].rstrip('.')}." if days.note else ""


def note(days: QuestionDates, *, overridden: bool, all_days: bool = False) -> str:
    """What people are told of the days that were read from their question; "" when there is nothing to tell.

    Args:
        overridden: whether the caller said which days are to be searched, so that those in the question narrow nothing.
        all_days: whether the caller said that it is all of them.
    """
    if overridden or all_days:
        if days.kind != "filter":
            return ""
        instead = "the days that were chosen instead" if overridden else "all days, as was chosen"
        return f"{as_read(days)[:-1]}, but searched {instead}."
    return days.note if days.kind != "preference" else f"{days.note[:-1]}; reports of that time come first."


def changed_later(chosen: Sequence[Evidence], others: Sequence[Evidence], days: QuestionDates) -> str:
    """A sentence for people when a later article answers otherwise than the first quote; "" when none does.

    Only of questions about how things stand ("Who heads X?", "Is Y open?", "now"): an event that is over has no later
    answer. Figures that differ are no concern of this function.

    Args:
        chosen: what is quoted, the first being the answer.
        others: what was found besides, in any order.
        days: what was read from the question.
    """
    if not chosen or not (days.latest or days.current):
        return ""
    first = chosen[0]
    since = _day(first.stored.article.published)
    if since is None or not first.answer_text or _is_figure(first.answer_text):
        return ""
    later = [
        item
        for item in (*chosen[1:], *others)
        if (day := _day(item.stored.article.published)) and day > since and _answers_otherwise(item, first)
    ]
    if not later:
        return ""
    newest = max(later, key=lambda item: (item.stored.article.published or "", item.rank))
    article = newest.stored.article
    where = ", ".join(part for part in (article.source, written(article.published or "")) if part)
    return f"A later report ({where}) says: “{_short(newest.quote)}”"


def _answers_otherwise(item: Evidence, first: Evidence) -> bool:
    """Whether it answers about as well as the first, by other words, and is on the same thing."""
    if item.rank < first.rank - _NEARLY or not item.answer_text or _is_figure(item.answer_text):
        return False
    mine, other = content_words(item.answer_text), content_words(first.answer_text)
    if not mine or mine & other or mine <= content_words(first.quote):
        return False
    return bool((content_words(item.quote) - mine) & (content_words(first.quote) - other))


def _is_figure(words: str) -> bool:
    return any(sign.isdigit() for sign in words)


def _short(quote: str) -> str:
    words = " ".join(quote.split())
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST].rsplit(' ', 1)[0]} …"


def _day(moment: str | None) -> date | None:
    try:
        return date.fromisoformat((moment or "")[:10])
    except ValueError:
        return None
