"""Counting the articles that have certain words, against what the texts themselves say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from archives import opened

from ingest.archive import Archive, Scope


@pytest.fixture(scope="module")
def archive(sample_archive: Path) -> Iterator[Archive]:
    with opened(sample_archive, create=False) as archive:
        yield archive


def test_a_name_is_counted_as_the_texts_have_it(archive: Archive) -> None:
    having = [one for one in archive.export() if "Gerda Molnes" in f"{one.title} {one.text}"]
    found = archive.mentions(["Gerda Molnes"])
    days = sorted((one.published or "")[:10] for one in having)
    assert found.articles == len(having) > 1
    assert (found.first, found.last) == (days[0], days[-1])
    assert set(found.best) == {one.id for one in having}
    assert sum(count for _, count in found.sources) == len([one for one in having if one.source])


def test_words_are_counted_by_their_stems_and_together(archive: Archive) -> None:
    assert archive.mentions(["floods"]) == archive.mentions(["flood"])
    both = archive.mentions(["port", "strike"], keep=100)
    assert 0 < both.articles < archive.mentions(["port"]).articles
    assert set(both.best) <= set(archive.mentions(["strike"], keep=100).best)


def test_days_and_outlets_narrow_the_count(archive: Archive) -> None:
    every = archive.mentions(["flood"], keep=100)
    january = archive.mentions(["flood"], scope=Scope("2025-01-01", "2025-01-31"), keep=100)
    post = archive.mentions(["flood"], scope=Scope(sources=("velsbridge post",)), keep=100)
    assert 0 < january.articles < every.articles
    assert january.last is not None
    assert january.last <= "2025-01-31"
    assert [source for source, _ in post.sources] == ["Velsbridge Post"]


def test_no_words_are_all_articles(archive: Archive) -> None:
    held = archive.stats()
    found = archive.mentions([])
    assert (found.articles, found.first, found.last, found.sources) == (
        held.articles,
        held.first,
        held.last,
        held.sources,
    )


def test_the_newest_come_newest_first(archive: Archive) -> None:
    articles = [archive.article(id) for id in archive.mentions(["Velsbridge"]).newest]
    days = [(one.published or "")[:10] for one in articles if one]
    assert days == sorted(days, reverse=True)


@pytest.mark.parametrize("words", ['"', "NEAR(", "a AND OR NOT *", "\x00", "\ud800", "☃"])
def test_odd_words_are_counted_as_nothing(archive: Archive, words: str) -> None:
    assert archive.mentions([words]).articles <= archive.stats().articles
    assert archive.mentions(["zyzzyva", words]).articles == 0
