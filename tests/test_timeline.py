"""Articles over time, and the course of events."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from ingest.archive import Archive, Prepared
from ingest.article import Article, Passage
from ingest.errors import InputError
from ingest.listing import Selection
from ingest.stored import Scope
from qa.assistant import Assistant
from qa.timeline import Bar, Timeline, course, per_day


@pytest.fixture(scope="module")
def assistant(sample_archive: Path) -> Iterator[Assistant]:
    with Assistant.open(sample_archive) as assistant:
        yield assistant


def _archive(folder: Path, *days: str | None) -> Archive:
    """An archive with an article of each of these days."""
    archive = Archive.open(folder, create=True)
    articles = [
        Article(f"Note {number}.", published=day, source="Even" if number % 2 == 0 else "Odd")
        for number, day in enumerate(days)
    ]
    vectors = np.ones((1, 4), dtype=np.float32) / 2
    archive.store([Prepared(one, f"/{one.text}", [Passage(0, len(one.text))], vectors) for one in articles])
    return archive


def test_a_few_days_are_told_one_by_one(tmp_path: Path) -> None:
    with _archive(tmp_path, "2025-02-27", "2025-03-01", "2025-03-01T08:00:00+01:00", None) as archive:
        told = per_day(archive)
        days = [Bar(day, day, count) for day, count in (("2025-02-27", 1), ("2025-02-28", 0), ("2025-03-01", 2))]
        assert told == Timeline("day", tuple(days), undated=1)
        assert told.articles == 4
        assert told.to_dict()["bars"][2] == {"first": "2025-03-01", "last": "2025-03-01", "articles": 2}


@pytest.mark.parametrize(
    ("last", "step", "first_bar", "last_bar"),
    [
        ("2024-02-29", "day", ("2024-01-01", "2024-01-01"), ("2024-02-29", "2024-02-29")),
        ("2024-12-31", "week", ("2024-01-01", "2024-01-07"), ("2024-12-30", "2025-01-05")),
        ("2027-02-14", "month", ("2024-01-01", "2024-01-31"), ("2027-02-01", "2027-02-28")),
        ("2060-05-05", "year", ("2024-01-01", "2024-12-31"), ("2060-01-01", "2060-12-31")),
        ("9999-12-31", "year", ("2024-01-01", "2024-12-31"), ("9999-01-01", "9999-12-31")),
    ],
)
def test_the_step_keeps_the_bars_few(
    tmp_path: Path, last: str, step: str, first_bar: tuple[str, str], last_bar: tuple[str, str]
) -> None:
    with _archive(tmp_path, "2024-01-01", last) as archive:
        told = per_day(archive)
    assert told.step == step
    assert 2 <= len(told.bars) <= 62
    assert (told.bars[0].first, told.bars[0].last) == first_bar
    assert (told.bars[-1].first, told.bars[-1].last) == last_bar
    assert told.bars[0].articles == told.bars[-1].articles == 1


@pytest.mark.parametrize("step", ["day", "week", "month", "year"])
def test_bars_follow_each_other_without_a_gap(assistant: Assistant, step: str) -> None:
    told = per_day(assistant.archive, step=step)
    assert told.articles == assistant.archive.stats().articles
    for one, other in zip(told.bars, told.bars[1:], strict=False):
        assert date.fromisoformat(other.first) - date.fromisoformat(one.last) == timedelta(days=1)


def test_a_month_and_a_year_count_from_their_first_day(tmp_path: Path) -> None:
    with _archive(tmp_path, "2024-03", "2024", "2024-01-02") as archive:
        told = per_day(archive, step="month")
    assert [(bar.first, bar.articles) for bar in told.bars] == [("2024-01-01", 2), ("2024-02-01", 0), ("2024-03-01", 1)]
    assert told.undated == 0


def test_what_is_counted_can_be_narrowed(tmp_path: Path) -> None:
    with _archive(tmp_path, "2025-01-01", "2025-01-02", "2025-01-03", "2025-01-04") as archive:
        ids = [article.id for article in archive.articles()]
        assert per_day(archive, ids=ids[:3]).articles == 3
        assert per_day(archive, ids=[]) == Timeline("day", ())
        assert [bar.first for bar in per_day(archive, scope=Scope("2025-01-02", "2025-01-03")).bars] == [
            "2025-01-02",
            "2025-01-03",
        ]
        even = Selection(scope=Scope(sources=("even",)), ids=ids[:3])
        assert per_day(archive, selection=even).articles == 1
        assert per_day(archive, selection=Selection(text="note 2")).articles == 1


def test_an_empty_archive_has_no_bars(tmp_path: Path) -> None:
    with Archive.open(tmp_path, create=True) as archive:
        assert per_day(archive) == Timeline("day", ())
        assert per_day(archive, step="week") == Timeline("week", ())


def test_a_course_of_events_is_a_quote_a_day(assistant: Assistant) -> None:
    events = course(assistant, "the Velsbridge flood")
    assert len(events) > 1
    assert [event.day for event in events] == sorted({event.day for event in events})
    assert [event.citation.number for event in events] == list(range(1, len(events) + 1))
    for event in events:
        article = assistant.archive.article(event.citation.article.id)
        assert article is not None
        assert article.text[event.citation.start : event.citation.end] == event.citation.quote
        assert abs(date.fromisoformat(event.day) - date.fromisoformat((article.published or "")[:10])).days <= 5


def test_a_course_of_events_can_be_asked_for_and_narrowed(assistant: Assistant) -> None:
    every = course(assistant, "the Velsbridge flood")
    assert course(assistant, "What happened with the Velsbridge flood?") == every
    assert len(course(assistant, "the Velsbridge flood", most=1)) == 1
    few = course(assistant, "the Velsbridge flood", published_from="2025-01-15", published_to="2025-01-31")
    published = {(event.citation.article.published or "")[:10] for event in few}
    assert published
    assert all("2025-01-15" <= day <= "2025-01-31" for day in published)


def test_what_no_article_is_about_has_no_course(assistant: Assistant) -> None:
    assert course(assistant, "astrology for penguins") == ()
    with pytest.raises(InputError, match="empty"):
        course(assistant, " ")
    with pytest.raises(InputError, match="published_from"):
        course(assistant, "the flood", published_from="someday")
