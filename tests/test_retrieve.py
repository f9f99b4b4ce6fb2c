"""Retrieval over a real archive: by meaning, by words, narrowed, reranked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.archive import Archive, Scope
from ingest.encoder import BundledEncoder
from ingest.errors import ModelError
from qa.reranker import BundledReranker, CrossEncoderReranker
from qa.retrieve import rerank, retrieve, search_words


@pytest.fixture(scope="module")
def encoder() -> BundledEncoder:
    return BundledEncoder()


@pytest.fixture(scope="module")
def reranker() -> BundledReranker:
    return BundledReranker()


@pytest.fixture(scope="module")
def archive(sample_archive: Path, encoder: BundledEncoder) -> Iterator[Archive]:
    with Archive.open(sample_archive, encoder=encoder) as archive:
        yield archive


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Who was summoned, and why?", ["summoned"]),
        ("What did the U.S. say about Port Averin's strike?", ["u.s", "port", "averin's", "strike"]),
        ("Why did he?", ["why", "did", "he"]),  # nothing but common words: better than nothing at all
        ("¿?!", []),
        ("東京 地震", ["東京", "地震"]),
    ],
)
def test_search_words_are_the_telling_ones(question: str, words: list[str]) -> None:
    assert search_words(question) == words


def test_words_and_meaning_both_find(archive: Archive, encoder: BundledEncoder) -> None:
    found = retrieve(archive, encoder, "Which theft of a picture was punished by a court?", keep=10)
    assert {candidate.dense_rank is not None for candidate in found} >= {True}
    assert any(candidate.lexical_rank is not None for candidate in found)
    assert "painting" in " ".join(candidate.stored.text for candidate in found[:4])
    assert [candidate.fused for candidate in found] == sorted((candidate.fused for candidate in found), reverse=True)


def test_fusion_is_by_reciprocal_rank(archive: Archive, encoder: BundledEncoder) -> None:
    for candidate in retrieve(archive, encoder, "When did the strike at the port begin?", keep=20):
        ranks = [rank for rank in (candidate.dense_rank, candidate.lexical_rank) if rank is not None]
        assert candidate.fused == pytest.approx(sum(1 / (60 + rank) for rank in ranks))


def test_days_and_sources_narrow(archive: Archive, encoder: BundledEncoder) -> None:
    everywhere = retrieve(archive, encoder, "How many people died in the flood?", keep=30)
    source = everywhere[0].stored.article.source or ""
    scope = Scope("2025-01-10", "2025-01-31", (source.upper(),))
    narrowed = retrieve(archive, encoder, "How many people died in the flood?", keep=30, scope=scope)
    assert narrowed
    for candidate in narrowed:
        article = candidate.stored.article
        assert article.source == source
        assert "2025-01-10" <= (article.published or "")[:10] <= "2025-01-31"


def test_a_scope_without_articles_finds_nothing(archive: Archive, encoder: BundledEncoder) -> None:
    assert retrieve(archive, encoder, "How many people died?", keep=5, scope=Scope("1950-01-01", "1950-12-31")) == []


def test_reranker_puts_the_answer_before_the_topic(reranker: BundledReranker) -> None:
    answer, topic, other = reranker.score(
        "How long is the ferry?",
        ["The ferry is 84 metres long.", "The ferry was painted on Monday.", "Rain fell in the hills."],
    )
    assert answer > topic > other


def test_reranked_candidates_come_best_first(
    archive: Archive, encoder: BundledEncoder, reranker: BundledReranker
) -> None:
    question = "Who leads the inquiry into the water tower?"
    found = retrieve(archive, encoder, question, keep=12)
    ranked = rerank(reranker, question, found)
    assert sorted(c.stored.passage.id for c in ranked) == sorted(c.stored.passage.id for c in found)
    assert [c.relevance for c in ranked] == sorted((c.relevance for c in ranked), reverse=True)
    assert "tower" in ranked[0].stored.text


def test_a_reranker_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"the reranker '.*nowhere' cannot be loaded .*'bundled'"):
        CrossEncoderReranker(str(tmp_path / "nowhere"))
