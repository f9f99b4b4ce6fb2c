"""Articles over time: how many there are of each day, week, month or year, and the course of events in their words."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal

from ingest.listing import Selection
from ingest.stored import Scope
from qa import overview
from qa.answer import Citation
from qa.asked import day_of, scope_of, today, understand
from qa.compose import Line, cited

if TYPE_CHECKING:
    from ingest.archive import Archive
    from qa.assistant import Assistant

__all__ = ["Bar", "Event", "Step", "Timeline", "course", "per_day"]

Step = Literal["day", "week", "month", "year"]
"""How much of a calendar one bar is. Weeks begin on Monday."""

_STEPS: tuple[Step, ...] = ("day", "week", "month", "year")
_MOST_BARS = 62
# A step that was asked for may make more bars. Beyond so many, those without an article are left out.
_MOST_EMPTY = 400


@dataclass(frozen=True, slots=True)
class Bar:
    """How many articles were published from the day ``first`` to the day ``last`` (ISO 8601, both inclusive)."""

    first: str
    last: str
    articles: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """Articles over time.

    Attributes:
        step: how much of the calendar one bar is.
        bars: from the first article to the last, empty ones among them.
        undated: articles without a day, which are in no bar.
    """

    step: Step
    bars: tuple[Bar, ...]
    undated: int = 0

    @property
    def articles(self) -> int:
        """How many articles there are, dated or not."""
        return sum(bar.articles for bar in self.bars) + self.undated

    def to_dict(self) -> dict[str, Any]:
        """The timeline as plain JSON values."""
        bars = [asdict(bar) for bar in self.bars]
        return {"step": self.step, "articles": self.articles, "undated": self.undated, "bars": bars}


@dataclass(frozen=True, slots=True)
class Event:
    """What happened on a day (ISO 8601), as its citation says."""

    day: str
    citation: Citation

    def to_dict(self) -> dict[str, Any]:
        """The event as plain JSON values."""
        citation = asdict(self.citation)
        return {"day": self.day, "citation": {name: _listed(value) for name, value in citation.items()}}


def per_day(
    archive: Archive,
    *,
    scope: Scope | None = None,
    ids: Collection[str] | None = None,
    selection: Selection | None = None,
    step: Step | Literal["auto"] = "auto",
) -> Timeline:
    """How many articles there are over time.

    Args:
        scope: only articles of these days, outlets and sections.
        ids: only these articles.
        selection: what else narrows it, in place of ``scope`` and ``ids``.
        step: how much of the calendar a bar is; ``"auto"`` for the finest that makes at most about 60 bars.
    """
    counts = archive.select(selection or Selection(scope=scope or Scope(), ids=ids)).days()
    dated = [(day, count) for text, count in counts if text and (day := _day(text))]
    undated = sum(count for _, count in counts) - sum(count for _, count in dated)
    if not dated:
        return Timeline("day" if step == "auto" else step, (), undated)
    first, last = min(day for day, _ in dated), max(day for day, _ in dated)
    chosen = _finest(first, last) if step == "auto" else step
    totals: dict[date, int] = {}
    for day, count in dated:
        begin = _begin(day, chosen)
        totals[begin] = totals.get(begin, 0) + count
    few = _count(first, last, chosen) <= _MOST_EMPTY
    begins = list(_begins(first, last, chosen)) if few else sorted(totals)
    bars = (Bar(begin.isoformat(), _end(begin, chosen).isoformat(), totals.get(begin, 0)) for begin in begins)
    return Timeline(chosen, tuple(bars), undated)


def course(
    assistant: Assistant,
    topic: str,
    *,
    published_from: str | date | None = None,
    published_to: str | date | None = None,
    sources: str | Sequence[str] | None = None,
    sections: str | Sequence[str] | None = None,
    asked_on: str | date | None = None,
    most: int = 12,
) -> tuple[Event, ...]:
    """The course of events in the words of the articles: a quote a day, oldest first.

    Args:
        topic: a few words, or a question such as "How did the strike go on?". Days that it names narrow the search.
        published_from, published_to: only articles of these days, both included; overrides days in the topic.
        sources: only articles of this outlet, or of these.
        sections: only articles of this section, or of these.
        asked_on: the day that "last week" is reckoned from; today unless told.
        most: how many days at most.

    Returns:
        Nothing where no article is about the topic. The citations are numbered from 1.

    Raises:
        InputError: the topic is empty, or a date cannot be read.
    """
    day = date.fromisoformat(day_of(asked_on, "asked_on") or today())
    within = scope_of(published_from, published_to, sources, sections)
    asked = understand(topic, (), within, day, newest=assistant.archive.newest())
    wanted = asked.intent.topic if asked.intent.kind in ("overview", "inventory") else ""
    subject = wanted or asked.text
    found = assistant.searcher.retrieve(subject, scope=asked.scope, keep=overview.KEEP)
    told = overview.course(subject, assistant.searcher.judge(subject, found), most=most)
    citations = cited([Line(evidence=evidence) for _, evidence in told])
    return tuple(Event(on, citation) for (on, _), citation in zip(told, citations, strict=True))


# ---- the calendar


def _day(text: str) -> date | None:
    """The day that an article is of; the first one of a month or a year."""
    try:
        return date.fromisoformat(text + "-01-01"[len(text) - 4 :] if len(text) < 10 else text)
    except ValueError:
        return None


def _begin(day: date, step: Step) -> date:
    """The first day of the bar that ``day`` is in."""
    match step:
        case "day":
            return day
        case "week":
            return date.fromordinal(max(1, day.toordinal() - day.weekday()))
        case "month":
            return day.replace(day=1)
        case "year":
            return day.replace(month=1, day=1)


def _end(begin: date, step: Step) -> date:
    """The last day of the bar that begins on ``begin``."""
    match step:
        case "day":
            return begin
        case "week":
            return date.fromordinal(min(date.max.toordinal(), begin.toordinal() + 6))
        case "month":
            return _month_end(begin)
        case "year":
            return begin.replace(month=12, day=31)


def _month_end(begin: date) -> date:
    if (begin.year, begin.month) == (date.max.year, 12):
        return date.max
    return begin.replace(year=begin.year + begin.month // 12, month=begin.month % 12 + 1) - timedelta(days=1)


def _count(first: date, last: date, step: Step) -> int:
    """How many bars there are from the day ``first`` to the day ``last``."""
    match step:
        case "day":
            return (last - first).days + 1
        case "week":
            return (_begin(last, "week") - _begin(first, "week")).days // 7 + 1
        case "month":
            return 12 * (last.year - first.year) + last.month - first.month + 1
        case "year":
            return last.year - first.year + 1


def _finest(first: date, last: date) -> Step:
    """The finest step that makes no more bars than can be told apart."""
    return next((step for step in _STEPS if _count(first, last, step) <= _MOST_BARS), "year")


def _begins(first: date, last: date, step: Step) -> Iterator[date]:
    """The first days of all bars from the day ``first`` to the day ``last``."""
    begin = _begin(first, step)
    for _ in range(_count(first, last, step)):
        yield begin
        if (end := _end(begin, step)) < date.max:
            begin = end + timedelta(days=1)


def _listed(value: Any) -> Any:
    """Tuples to lists, all the way down, as JSON has them."""
    if isinstance(value, dict):
        return {key: _listed(item) for key, item in value.items()}
    return [_listed(item) for item in value] if isinstance(value, list | tuple) else value
