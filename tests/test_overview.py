"""Overviews: what is told of a story, over the sample articles and over sentences made for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from searching import quotes, searching

from ingest.archive import Scope
from ingest.article import Article, Span
from ingest.split import split
from ingest.stored import StoredPassage
from qa.about import first_passages
from qa.compose import Line
from qa.overview import KEEP, day_of, news, overview
from qa.read import Evidence
from qa.retrieve import Candidate
from qa.search import Searcher
from qa.telling import is_about, is_telling, opening, telling


@pytest.fixture(scope="module")
def searcher(sample_archive: Path) -> Iterator[Searcher]:
    with searching(sample_archive) as searcher:
        yield searcher


def _overview(searcher: Searcher, topic: str, *, latest: bool = False) -> list[Line]:
    return overview(topic, searcher.find(topic, keep=KEEP), latest=latest)


def test_a_story_is_told_in_order_of_time(searcher: Searcher) -> None:
    lines = _overview(searcher, "the port strike")
    assert [line.lead for line in lines] == [
        "3 March 2025:",
        "5 March 2025:",
        "9 March 2025:",
        "14 March 2025:",
        "21 March 2025:",
    ]
    told = quotes(lines)
    assert "began an open-ended strike" in told[0]
    assert "tentative agreement" in told[3]
    assert "voted to end their strike" in told[4]


def test_what_is_new_is_the_newest_stretch_newest_first(searcher: Searcher) -> None:
    lines = _overview(searcher, "the port strike", latest=True)
    assert [line.lead for line in lines] == ["21 March 2025:", "14 March 2025:"]


def test_copies_of_one_story_are_told_once(searcher: Searcher) -> None:
    lines = _overview(searcher, "the Velsbridge flood")
    [first] = [
        line.evidence for line in lines if line.evidence and "River Velse burst its banks" in line.evidence.quote
    ]
    assert len(first.copies) == 2


def test_an_overview_keeps_its_limits(searcher: Searcher) -> None:
    for topic in ("the Velsbridge flood", "Ivo Marlick", "the water sale", "Port Averin"):
        told = quotes(_overview(searcher, topic))
        assert 0 < len(told) <= 6
        assert sum(map(len, told)) <= 900


@pytest.mark.parametrize("topic", ["the World Cup", "the election in Drennia", "unicorns", "the capital of Mongolia"])
def test_what_no_passage_is_about_is_not_told(searcher: Searcher, topic: str) -> None:
    assert _overview(searcher, topic) == []


def test_the_news_of_some_days_are_its_stories(searcher: Searcher) -> None:
    scope = Scope("2025-05-18", "2025-05-31")
    lines = news(first_passages(searcher.archive, scope))
    told = quotes(lines)
    assert any("rejected the sale of the state waterworks" in quote for quote in told)
    assert sum("Ollersby" in quote for quote in told) == 1  # two outlets, one match
    assert news([]) == []


# ---- made for it


def _stored(text: str, *, title: str = "", published: str | None = "2025-03-04") -> StoredPassage:
    article = Article(text=text, title=title, published=published, id=f"{hash(text)}")
    return StoredPassage(split(text)[0], article)


def _day(sentence: str) -> str:
    stored = _stored(sentence)
    return day_of(Evidence(stored=stored, span=Span(0, len(sentence)), score=0.0, relevance=0.0))


@pytest.mark.parametrize(
    ("sentence", "day"),
    [
        ("The ferry ran aground off Corrin Head on Monday.", "2025-03-03"),
        ("The ferry ran aground off Corrin Head.", "2025-03-04"),
        ("The union rejected an offer that it had made on Sunday.", "2025-03-04"),
        ("The ferry will be towed away on Friday, the harbour authority said.", "2025-03-04"),
        ("The ferry, built on 3 May 1998, is the oldest of the line.", "2025-03-04"),
    ],
)
def test_the_day_is_that_of_the_event(sentence: str, day: str) -> None:
    assert _day(sentence) == day


@pytest.mark.parametrize(
    ("sentence", "tells"),
    [
        ("The ferry Marigold ran aground off Corrin Head on Monday night.", True),
        ("“Salt Ladder”, a film about three sisters, won the prize on Sunday night.", True),
        ("She was relieved of her command on Tuesday, the line said.", False),
        ("Tourists watch the stranded ferry from the pier at Corrin Head", False),
        ("“We had no radar and no light, and then came the rock,” said Dorval.", False),
        ("Why did the captain of the ferry not see the rock?", False),
        ("Sign up for our newsletter to read more about ferries and harbours.", False),
        ("Nobody was hurt.", False),
    ],
)
def test_only_sentences_that_stand_alone_tell(sentence: str, tells: bool) -> None:
    assert is_telling(sentence) is tells


def test_a_dateline_is_not_quoted() -> None:
    stored = _stored("PORT WENDEL, March 3 (Agency) — The ferry Marigold ran aground off Corrin Head on Monday night.")
    assert opening(stored).cut(stored.article.text).startswith("The ferry Marigold")


def test_a_sentence_that_points_back_comes_with_the_one_before() -> None:
    text = "Captain Ines Dorval said that the radar had failed. She was relieved of her command on Tuesday."
    stored = _stored(text)
    assert [span.cut(text) for span in telling(stored)] == [text[: text.index(" She")], text]


def test_a_passage_without_the_name_is_about_something_else() -> None:
    stored = _stored("The ferry Marigold ran aground off Corrin Head on Monday night.")
    assert is_about("the ferry Marigold", stored, 3.0)
    assert not is_about("the ferry Primrose", stored, 3.0)
    assert not is_about("the ferry Marigold", stored, -9.0)


def test_no_candidates_make_no_overview() -> None:
    assert overview("the ferry", []) == []
    off = Candidate(_stored("The museum of knots opened a new wing on Monday."), 1.0, 1, None, -8.0)
    assert overview("the ferry", [off]) == []
