"""Comparisons: what is found on each of two things, side by side, and what follows from it where that is sure.

A conclusion is drawn from two days or from two figures of one unit, and from nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Protocol

from ingest.stored import Scope
from qa.compose import Line
from qa.confidence import ANSWER_FROM, sure
from qa.dates import resolve_quote
from qa.days import written
from qa.figures import Figure, compatible, find_figures
from qa.overview import day_of, overview
from qa.question.intent import Intent
from qa.read import Evidence, Reading
from qa.retrieve import Candidate
from qa.telling import Told, is_about, is_telling, stems

__all__ = ["Side", "compare", "find_sides"]

_OF_A_SIDE = 2
_LOOKED_AT = 8
_SAME = 0.6
# A figure is shown from this probability on; a conclusion is drawn from ANSWER_FROM.
_SHOWN_FROM = 0.1


class Finder(Protocol):
    """What finds and reads passages."""

    def find(self, question: str, *, scope: Scope | None = None, keep: int = 10) -> list[Candidate]: ...

    def read(self, question: str, candidates: Sequence[Candidate]) -> Reading: ...


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two things that are compared.

    Attributes:
        name: what it is called in the question.
        reading: what the passages say to the question about it.
        candidates: the passages that were found for its name; none where figures are compared.
    """

    name: str
    reading: Reading
    candidates: tuple[Candidate, ...]


def find_sides(intent: Intent, finder: Finder, *, scope: Scope | None = None) -> list[Side]:
    """Search for each side of a comparison, and read what was found."""
    sides = []
    for name, question in zip(intent.sides, intent.questions, strict=True):
        reading = finder.read(question, finder.find(question, scope=scope))
        # A figure is an answer or nothing; when and how a thing was may be told without one.
        alone = [] if intent.aspect in ("more", "less") else finder.find(name, scope=scope)
        sides.append(Side(name, reading, tuple(alone)))
    return sides


def compare(intent: Intent, sides: Sequence[Side]) -> Told:
    """What is said to a comparison: each side's evidence, led by its name, and a conclusion if one is sure.

    Args:
        intent: of the kind "comparison".
        sides: its two sides, as :func:`find_sides` returns them.

    Returns:
        No lines when nothing was found on either side.
    """
    if intent.aspect == "differ":
        found = _described(sides)
    else:
        choose = _dating if intent.aspect in ("first", "last") else _best_figure
        found = [[item] if (item := choose(side)) else [] for side in sides]
    lines = [
        Line(f"{_capital(side.name)}:" if at == 0 else "", item)
        for side, items in zip(sides, found, strict=True)
        for at, item in enumerate(items)
    ]
    missing = [side.name for side, items in zip(sides, found, strict=True) if not items]
    if not lines:
        return Told()
    notes = tuple(f"Nothing was found on {name}." for name in missing)
    said = "" if missing else _concluded(intent, sides, [items[0] for items in found])
    return Told((*lines, *([Line(said)] if said else [])), notes)


def _described(sides: Sequence[Side]) -> list[list[Evidence]]:
    """For each side what the reader finds to say about it and what tells most of its story, nothing said twice."""
    pools = []
    for side in sides:
        read = [item for item in _on(side) if is_telling(item.quote) and _in_full(_head(side.name), item)]
        story = [line.evidence for line in overview(side.name, side.candidates, lines=_OF_A_SIDE) if line.evidence]
        pools.append([*read[:_OF_A_SIDE], *story])
    found: list[list[Evidence]] = [[] for _ in sides]
    for _ in range(_OF_A_SIDE):
        for mine, pool in zip(found, pools, strict=True):
            taken = [item for items in found for item in items]
            mine += [item for item in pool if not any(_alike(item, other) for other in taken)][:1]
    return found


def _best_figure(side: Side) -> Evidence | None:
    return next(iter(_measuring(side, _SHOWN_FROM)), None)


def _measuring(side: Side, least: float) -> list[Evidence]:
    """The evidence whose answer is one figure, best first; where some of it names the side in full, that alone."""
    found = [item for item in _on(side) if sure(item) >= least and len(_figures(item)) == 1]
    return [item for item in found if stems(side.name) <= stems(item.quote)] or found


def _dating(side: Side) -> Evidence | None:
    """The evidence that says when a thing was or began: the earliest day that is told of it by its full name, else
    what tells the beginning of the story."""
    dated = [item for item in _on(side) if _day(item)]
    told = [line.evidence for line in overview(side.name, side.candidates) if line.evidence]
    named = [item for item in (*dated, *told) if _day(item) and _in_full(side.name, item)]
    return min(named, key=_day) if named else next(iter(told), None)


def _in_full(name: str, item: Evidence) -> bool:
    """Whether the quote and its headline have all the words of a side's name."""
    return stems(name) <= stems(f"{item.stored.article.title} {item.quote}")


def _on(side: Side) -> list[Evidence]:
    """The best evidence from passages that are about a side."""
    return [item for item in side.reading.evidence[:_LOOKED_AT] if is_about(side.name, item.stored, item.relevance)]


def _alike(one: Evidence, other: Evidence) -> bool:
    mine, theirs = stems(one.quote), stems(other.quote)
    return len(mine & theirs) >= _SAME * max(1, min(len(mine), len(theirs)))


def _head(name: str) -> str:
    """The thing itself: "the final deal" of "the final deal in the dispute"."""
    return re.split(r"\s(?:in|of|at|on|for|from|with)\s", name, maxsplit=1)[0]


def _capital(name: str) -> str:
    return name[0].upper() + name[1:]


# ---- what follows


def _concluded(intent: Intent, sides: Sequence[Side], items: Sequence[Evidence]) -> str:
    """One sentence, or "" where it isn't sure."""
    one, two = items
    if _one_story(one, two):
        return ""
    if intent.aspect in ("first", "last"):
        named = all(_in_full(side.name, item) for side, item in zip(sides, items, strict=True))
        return _in_time(intent, sides, (_day(one), _day(two))) if named else ""
    return _in_size(intent, sides) if intent.aspect in ("more", "less") else ""


def _one_story(one: Evidence, two: Evidence) -> bool:
    return one.stored.article.id == two.stored.article.id and one.span == two.span and one.answer == two.answer


def _in_time(intent: Intent, sides: Sequence[Side], days: tuple[str, str]) -> str:
    if not all(days):
        return ""
    if days[0] == days[1]:
        return f"Both are of {written(days[0])}."
    last = intent.aspect == "last"
    at = days.index(max(days) if last else min(days))
    came = f"{_capital(sides[at].name)} came {'last' if last else 'first'}"
    return f"{came} ({written(days[at])}, against {written(days[1 - at])})."


def _day(item: Evidence) -> str:
    """The day (ISO 8601) that the words name that answer; where none of them are marked, the day of what is told."""
    if item.answer is None:
        return day_of(item)
    found = {
        one.resolved
        for one in resolve_quote(item.quote, item.stored.article.published)
        if one.start < item.answer.end - item.span.start and item.answer.start - item.span.start < one.end
    }
    day = found.pop() if len(found) == 1 else ""
    if len(day) != len("2024-03-12"):
        return ""
    # A bare "Saturday" is no day of last week; the article's own day may be wrong.
    return day if re.search(r"\d", item.answer_text) or day == day_of(item) else ""


def _figures(item: Evidence) -> list[Figure]:
    """The figures among the words that answer."""
    if item.answer is None:
        return []
    quote = item.quote
    start, end = item.answer.start - item.span.start, item.answer.end - item.span.start
    return [one for one in find_figures(quote) if one.start < end and start < one.end]


def _in_size(intent: Intent, sides: Sequence[Side]) -> str:
    """Which is more, where all that is surely said of a side is one figure, and both are of one kind."""
    found = [_measuring(side, ANSWER_FROM) for side in sides]
    if not all(found) or not all(map(_agree, sides)):
        return ""
    items = [each[0] for each in found]
    one, two = (_figures(item)[0] for item in items)
    counted = {_counted(item, figure) for item, figure in zip(items, (one, two), strict=True)}
    # "Jane Doe, 49, said": a bare figure is an age where ages are asked for.
    alike = len(counted) == 1 and (counted != {""} or intent.questions[0].startswith("How old"))
    if one.unit != two.unit or not (one.unit or alike) or one.vague or two.vague:
        return ""
    if not (one.high < two.low or two.high < one.low):
        return ""
    larger = 0 if one.low > two.high else 1
    at = larger if intent.aspect == "more" else 1 - larger
    said = (one.text, two.text)
    return f"{_capital(sides[at].name)}: {said[at]}, against {said[1 - at]} for {sides[1 - at].name}."


def _agree(side: Side) -> bool:
    """Whether all that is surely said of a side, or of whoever shares its name, is one figure."""
    figures = [found[0] for item in _on(side) if sure(item) >= ANSWER_FROM and len(found := _figures(item)) == 1]
    return all(compatible(one, other) for one, other in combinations(figures, 2))


def _counted(item: Evidence, figure: Figure) -> str:
    """What a figure counts: the word behind it."""
    word = re.match(r"\s+([a-z]+)", item.quote[figure.end :])
    return next(iter(stems(word[1])), "") if word else ""
