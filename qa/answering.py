"""From an understood question to an answer: find what answers, another understanding failing the first, and say it."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from itertools import chain

from qa.answer import Answer, Filters, Step, abstention
from qa.asked import Asked
from qa.compose import cited, shown, text_of
from qa.finding import Clock, Found, find
from qa.narrowed import unknown
from qa.reasons import reasons
from qa.search import Searcher

__all__ = ["answering"]

_SHOWN = 8


def answering(
    searcher: Searcher, question: str, asked: Asked, clock: Clock, *, others: Iterable[Asked] = ()
) -> Generator[Step, None, tuple[Answer, Found]]:
    """Answer an understood question; each step is announced as it begins.

    Args:
        others: further ways to understand it, each made when those before it found no answer.

    Returns:
        the answer, and what it was made of.
    """
    found = yield from find(searcher, asked, clock)
    if asked.fresh is not None:
        alone = yield from find(searcher, asked.fresh, clock)
        if not found.answered or alone.relevance > found.relevance:
            asked, found = asked.fresh, alone
    # The days that were read from the question are those of the event, and the report may be of another; or the news
    # has another word for it.
    ways = chain(filter(None, (asked.loose, asked.reworded)), others)
    while not found.answered and (other := next(ways, None)) is not None:
        again = yield from find(searcher, other, clock)
        if again.answered:
            asked, found = other, again
    return _answer(searcher, question, asked, found, clock), found


def _answer(searcher: Searcher, question: str, asked: Asked, found: Found, clock: Clock) -> Answer:
    scope = asked.scope
    filters = Filters(scope.published_from, scope.published_to, scope.sources, scope.sections, asked.ignored)
    strange = unknown(searcher.archive, scope)
    why = () if found.answered else _reasons(searcher, asked, found, strange)
    return Answer(
        question=question,
        standalone_question=asked.text,
        answered=found.answered,
        text=text_of(found.lines, kind=found.kind) or abstention(found.searched, why, filters),
        confidence=round(found.confidence, 4),
        citations=cited(found.lines),
        notes=(*asked.notes, *found.notes, *(one for one in strange if one not in why)),
        passages=tuple(shown(candidate) for candidate in found.ranked[:_SHOWN]),
        filters=filters,
        searched=found.searched,
        kind=found.kind,
        reasons=why,
        disagreements=found.disagreements,
        timings=clock.timings(),
    )


def _reasons(searcher: Searcher, asked: Asked, found: Found, strange: tuple[str, ...]) -> tuple[str, ...]:
    if strange and not found.searched.articles:
        return strange
    return reasons(
        asked.text,
        days=asked.days,
        archive=searcher.archive,
        searched=found.searched,
        relevance=found.relevance,
        scope=asked.scope or None,
    )
