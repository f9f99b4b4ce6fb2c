"""The ways to find what answers: one for each kind of question. Each searches, reads, and puts the lines together."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial

from ingest.article import Span
from ingest.stored import ArchiveStats, StoredPassage
from qa import about, comparison, decision, gathering, overview
from qa.agreement import disagreements
from qa.answer import Disagreement, Kind, Searched, Step
from qa.asked import Asked
from qa.attribution import lead
from qa.choose import choose
from qa.compose import Line
from qa.confidence import ANSWER_FROM, on_topic
from qa.read import Evidence, Reading
from qa.reasons import unknown_names
from qa.retrieve import Candidate
from qa.search import READ, Searcher
from qa.timeliness import NAMED, bonus, changed_later, mentions

__all__ = ["Clock", "Found", "find"]

# So much of the evidence, best first, may contradict the answer.
_COMPARED = 12


@dataclass(frozen=True, slots=True)
class Found:
    """What came of a question: the lines of the answer, what they were chosen from, and what was searched.

    Attributes:
        confidence: the probability that the lines answer, or would if they were shown.
        notes: what people should know of it, a sentence each.
        readings: of a question that was read for its answer, what was read for it and for each of its parts.
    """

    lines: Sequence[Line]
    ranked: Sequence[Candidate]
    confidence: float
    searched: Searched
    kind: Kind = "fact"
    notes: tuple[str, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    readings: tuple[Reading, ...] = ()

    @property
    def answered(self) -> bool:
        return bool(self.lines)

    @property
    def relevance(self) -> float:
        """The best passage's logit."""
        return max((candidate.relevance for candidate in self.ranked), default=-math.inf)


class Clock:
    """Milliseconds of the steps of one answer."""

    def __init__(self) -> None:
        self._began = time.perf_counter()
        self._spent: dict[str, float] = {}

    @contextmanager
    def time(self, step: str) -> Iterator[None]:
        """Counts what runs inside as a part of ``step``."""
        began = time.perf_counter()
        yield
        self._spent[step] = round(self._spent.get(step, 0.0) + 1000 * (time.perf_counter() - began), 1)

    def timings(self) -> dict[str, float]:
        """What each step took so far, and all together."""
        return {**self._spent, "total": round(1000 * (time.perf_counter() - self._began), 1)}


_Way = Generator[Step, None, Found | None]


def find(searcher: Searcher, asked: Asked, clock: Clock) -> Generator[Step, None, Found]:
    """Search and read, for one understanding of the question, in the way that its kind asks for."""
    with clock.time("understand"):
        held = searcher.archive.stats(asked.scope)
    ways: dict[str, Callable[[Searcher, Asked, Clock, ArchiveStats], _Way]] = {
        "greeting": _of_the_archive,
        "help": _of_the_archive,
        "inventory": _of_the_archive,
        "count": _of_the_archive,
        "overview": _overview,
        "comparison": _comparison,
    }
    way = ways.get(asked.intent.kind)
    found = (yield from way(searcher, asked, clock, held)) if way else None
    return found or (yield from _fact(searcher, asked, clock, held))


def _searching(held: ArchiveStats) -> Step:
    return Step("retrieve", f"Searching {held.articles:,} article{'s' * (held.articles != 1)}")


def _searched(held: ArchiveStats) -> Searched:
    return Searched(held.articles, held.first, held.last)


def _reading(candidates: Sequence[Candidate]) -> Step:
    return Step("read", f"Reading {len(candidates)} passage{'s' * (len(candidates) != 1)}")


# ---- the archive itself, overviews, comparisons


def _of_the_archive(searcher: Searcher, asked: Asked, clock: Clock, held: ArchiveStats) -> _Way:
    yield _searching(held)
    with clock.time("retrieve"):
        told = about.about(asked.intent, searcher.archive, asked.scope)
    return Found(told.lines, (), 1.0, _searched(held), "archive", told.notes)


def _overview(searcher: Searcher, asked: Asked, clock: Clock, held: ArchiveStats) -> _Way:
    """The story of a topic; None where no passage is about it."""
    topic, latest = asked.intent.topic, asked.intent.aspect == "latest"
    yield _searching(held)
    if not topic:
        with clock.time("retrieve"):
            firsts = about.first_passages(searcher.archive, asked.scope)
        lines = overview.news(firsts)
        return Found(lines, (), 1.0, _searched(held), "overview") if lines else None
    with clock.time("retrieve"):
        candidates = searcher.retrieve(topic, scope=asked.scope, keep=overview.KEEP)
    yield _reading(candidates)
    with clock.time("read"):
        ranked = searcher.judge(topic, candidates)
        lines = overview.overview(topic, ranked, latest=latest)
    return Found(lines, ranked, on_topic(ranked), _searched(held), "overview") if lines else None


def _comparison(searcher: Searcher, asked: Asked, clock: Clock, held: ArchiveStats) -> _Way:
    """Two things side by side; None where neither is found."""
    yield _searching(held)
    with clock.time("read"):
        sides = comparison.find_sides(asked.intent, searcher, scope=asked.scope)
        told = comparison.compare(asked.intent, sides)
    if not told.lines:
        return None
    ranked = sorted((one for side in sides for one in side.candidates), key=lambda one: -one.relevance)
    sure = min(max(side.reading.confidence, on_topic(side.candidates)) for side in sides)
    return Found(told.lines, ranked, max(sure, ANSWER_FROM), _searched(held), "comparison", told.notes)


# ---- what is read for its answer


def _fact(searcher: Searcher, asked: Asked, clock: Clock, held: ArchiveStats) -> Generator[Step, None, Found]:
    lists = asked.intent.kind == "list"
    yield _searching(held)
    with clock.time("retrieve"):
        candidates = searcher.retrieve(asked.text, scope=asked.scope, keep=gathering.KEEP if lists else READ)
        for search in asked.searches:
            candidates = _together(candidates, searcher.retrieve(search, scope=asked.scope), half=READ)
    yield _reading(candidates)
    with clock.time("read"):
        unknown = unknown_names(asked.text, searcher.archive, asked.scope or None)
        read = partial(searcher.read, bonus=_timely(asked, held), among=held.passages, unknown=unknown)
        ranked = searcher.judge(asked.text, candidates)
        whole = read(asked.text, ranked)
        parts = _parts(searcher, asked, ranked, read)
        # Where the parts were searched for by themselves, each of them has to be answered.
        least = min((reading.confidence for reading in parts), default=0.0) if asked.searches else 0.0
        sure = max(whole.confidence, least or max((reading.confidence for reading in parts), default=0.0))
        told = _told(asked, whole, parts, sure)
    kind: Kind = "compound" if parts else "list" if lists else "yes-no" if asked.intent.kind == "yes-no" else "fact"
    lines, notes, differing = told
    return Found(lines, ranked, sure, _searched(held), kind, notes, differing, (whole, *parts))


_Said = tuple[tuple[Line, ...], tuple[str, ...], tuple[Disagreement, ...]]


def _told(asked: Asked, whole: Reading, parts: Sequence[Reading], sure: float) -> _Said:
    """The lines that answer, none when nothing does; notes; and where the quotes contradict each other."""
    lines: Sequence[Line] = ()
    if asked.intent.kind == "list" and not parts:
        lines = gathering.gather(whole)
    elif asked.intent.kind == "yes-no" and not parts:
        lines = decision.decide(whole)
    if lines or sure < ANSWER_FROM:
        return tuple(_attributed(line) for line in lines), (), ()
    chosen = choose(whole, parts)
    differences = disagreements(asked.text, whole.evidence[:_COMPARED]) if not parts else []
    for difference in differences:
        chosen += [item for item in difference.evidence if not any(_within(item, other) for other in chosen)]
        if difference.revised and difference.latest:
            # What is known by now comes first.
            revision = difference.latest.evidence
            chosen.sort(key=lambda item: not _within(revision, item))
    notes = [difference.note for difference in differences]
    if later := "" if differences else changed_later(chosen, whole.evidence, asked.days):
        notes.append(later)
    numbered = (difference.numbered(chosen) for difference in differences)
    lines = [_attributed(Line(evidence=item)) for item in chosen]
    return tuple(lines), tuple(notes), tuple(found for found in numbered if found)


def _within(item: Evidence, other: Evidence) -> bool:
    """Whether the words of one are a part of the other's quote."""
    same = item.stored.article.id == other.stored.article.id
    return same and other.span.start <= item.span.start and item.span.end <= other.span.end


def _attributed(line: Line) -> Line:
    """The line with who says so before the quote, where the quote by itself hides that."""
    if line.evidence is None or line.lead:
        return line
    return replace(line, lead=lead(line.evidence.span, line.evidence.stored.article))


def _parts(
    searcher: Searcher,
    asked: Asked,
    ranked: Sequence[Candidate],
    read: Callable[[str, Sequence[Candidate]], Reading],
) -> list[Reading]:
    """What the passages say to the parts of a compound question. A part that leans on the answer to the first one is
    searched for anew, with that answer in its place."""
    readings: list[Reading] = []
    for part in asked.parts:
        text, found = part.text, ranked
        if part.needs:
            first = readings[0] if readings and readings[0].confidence >= ANSWER_FROM else None
            text = part.filled(first.evidence[0].answer_text if first else "")
            if not text:
                continue
            found = _together(searcher.retrieve(text, scope=asked.scope), ranked)
        readings.append(read(text, searcher.judge(text, found)))
    return readings


def _together(new: Sequence[Candidate], known: Sequence[Candidate], *, half: int = READ // 2) -> list[Candidate]:
    """The best of two searches, so many of each, each passage once."""
    return list({one.stored.passage.id: one for one in (*new[:half], *known[:half])}.values())


def _timely(asked: Asked, held: ArchiveStats) -> Callable[[StoredPassage, Span], float] | None:
    """What the days of articles, and those named in sentences, add to their rank; None when the question names none."""
    days = asked.days
    if days.kind == "none" and not (days.latest or days.current or days.recent):
        return None

    def added(stored: StoredPassage, sentence: Span) -> float:
        published = stored.article.published
        named = days.basis == "event" and mentions(sentence.cut(stored.article.text), published, days)
        return bonus(published, days, held.last) + NAMED * named

    return added
