"""Lists: what several quotes name between them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from searching import quotes, searching

from ingest.article import Article, Span
from ingest.split import split
from ingest.stored import StoredPassage
from qa.gathering import KEEP, gather
from qa.read import Evidence, Reading
from qa.search import Searcher


@pytest.fixture(scope="module")
def searcher(sample_archive: Path) -> Iterator[Searcher]:
    with searching(sample_archive) as searcher:
        yield searcher


def _gathered(searcher: Searcher, question: str) -> list[str]:
    return quotes(gather(searcher.read(question, searcher.find(question, keep=KEEP))))


def test_each_thing_is_named_once(searcher: Searcher) -> None:
    said = _gathered(searcher, "Who were the mediators in the port strike?")
    assert len(said) == 2
    for name in ("Orla Venn", "Matthias Olubayo"):
        assert sum(name in quote for quote in said) == 1


def test_the_items_of_a_list_are_one_quote(searcher: Searcher) -> None:
    said = _gathered(searcher, "Which films won prizes at the Hesk Film Festival?")
    assert "Salt Ladder" in said[0]
    assert any("Ferry Hours" in quote and "Grandfather's Submarine" in quote for quote in said)


def test_what_no_article_names_is_no_list(searcher: Searcher) -> None:
    assert _gathered(searcher, "Which countries won the World Cup?") == []


# ---- made for it


def _evidence(text: str, answer: str, *, rank: float, id: str = "", span: Span | None = None) -> Evidence:
    article = Article(text=text, published="2025-03-04", id=id or text)
    start = text.index(answer)
    return Evidence(
        stored=StoredPassage(split(text)[0], article),
        span=span or Span(0, len(text)),
        score=0.0,
        relevance=8.0,
        answer=Span(start, start + len(answer)),
        rank=rank,
    )


def _of(*evidence: Evidence, confidence: float = 0.9) -> list[str]:
    return quotes(gather(Reading("Which towns were flooded?", evidence, confidence)))


WENDEL = "Port Wendel was flooded on Monday."
HOLM = "The river flooded Holm as well."


def test_new_items_are_added_and_known_ones_are_not() -> None:
    again = _evidence("Water stood in the streets of Port Wendel.", "Port Wendel", rank=2.5)
    found = [_evidence(WENDEL, "Port Wendel", rank=3.0), again, _evidence(HOLM, "Holm", rank=2.0)]
    assert _of(*found) == [WENDEL, HOLM]


def test_an_article_with_the_same_words_is_a_copy() -> None:
    copy = _evidence("Port Wendel was flooded on Monday!", "Port Wendel", rank=2.0)
    [line] = gather(Reading("Which towns were flooded?", (_evidence(WENDEL, "Port Wendel", rank=3.0), copy), 0.9))
    assert line.evidence is not None
    assert [stored.article.id for stored in line.evidence.copies] == ["Port Wendel was flooded on Monday!"]


def test_what_ranks_far_below_the_best_is_left_out() -> None:
    assert _of(_evidence(WENDEL, "Port Wendel", rank=3.0), _evidence(HOLM, "Holm", rank=-4.0)) == [WENDEL]


def test_nothing_is_gathered_from_what_is_not_sure() -> None:
    assert _of(_evidence(WENDEL, "Port Wendel", rank=3.0), confidence=0.2) == []
    assert _of() == []
