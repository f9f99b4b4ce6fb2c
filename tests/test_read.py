"""Reading: pairs of sentences, what is cut off them and put before them, copies, limits, and the confidence."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.archive import StoredPassage
from ingest.article import Article, Span
from ingest.split import split
from qa.read import ANSWER_FROM, Evidence, Limits, Reading, choose, probability, read
from qa.reranker import BundledReranker
from qa.retrieve import Candidate, rerank

FERRY = """\
The ferry Marigold ran aground off Corrin Head on Monday night. Nobody was hurt.

Captain Ines Dorval, 51, said that the radar had failed. She was relieved of her command on Tuesday.

The rescue cost 84,000 crowns, the harbour authority said. Tourists watched it from the pier."""
WIRE = "HARBOUR TOWN (Wire) - The ferry Marigold ran aground off Corrin Head on Monday night. Nobody was hurt."
MUSEUM = "The museum of knots opened a new wing. It shows four hundred knots. The mayor was not invited."


@pytest.fixture(scope="module")
def reranker() -> BundledReranker:
    return BundledReranker()


def _candidates(*texts: str) -> list[Candidate]:
    found = []
    for number, text in enumerate(texts, 1):
        article = Article(text=text, title="", published="2025-03-04", id=f"a{number}")
        found += [Candidate(StoredPassage(passage, article), 1.0, 1, None) for passage in split(text)]
    return found


def _read(reranker: BundledReranker, question: str, *texts: str, limits: Limits | None = None) -> Reading:
    ranked = rerank(reranker, question, _candidates(*texts))
    return read(reranker, question, ranked, limits or Limits(), searched=len(ranked))


def _quotes(reranker: BundledReranker, question: str, *texts: str, limits: Limits | None = None) -> list[str]:
    reading = _read(reranker, question, *texts, limits=limits)
    return [item.quote for item in choose(reranker, reading, [], limits or Limits())]


def test_the_best_pair_holds_the_answer(reranker: BundledReranker) -> None:
    reading = _read(reranker, "How much did the rescue cost?", FERRY, MUSEUM)
    assert "84,000 crowns" in reading.evidence[0].quote
    assert reading.confidence > ANSWER_FROM
    assert [item.rank for item in reading.evidence] == sorted((item.rank for item in reading.evidence), reverse=True)


def test_a_sentence_that_answers_alone_is_quoted_alone(reranker: BundledReranker) -> None:
    assert _quotes(reranker, "How much did the rescue cost?", FERRY)[0] == (
        "The rescue cost 84,000 crowns, the harbour authority said."
    )


def test_a_sentence_that_points_back_brings_the_one_before(reranker: BundledReranker) -> None:
    [quote, *_] = _quotes(reranker, "Who was relieved of her command on Tuesday?", FERRY)
    assert "Captain Ines Dorval" in quote
    assert quote.endswith("She was relieved of her command on Tuesday.")


def test_nothing_on_the_topic_is_no_answer(reranker: BundledReranker) -> None:
    assert _read(reranker, "What is the boiling point of tungsten?", FERRY, MUSEUM).confidence < 0.01


def test_more_passages_ask_for_more_evidence(reranker: BundledReranker) -> None:
    question = "Who leads the ferry?"
    ranked = rerank(reranker, question, _candidates(FERRY))
    few, many = (read(reranker, question, ranked, Limits(), searched=n).confidence for n in (50, 500_000))
    assert few > many


def test_another_year_than_the_one_asked_for_counts_against(reranker: BundledReranker) -> None:
    named = _read(reranker, "Where did the ferry run aground in 2025?", FERRY).confidence
    other = _read(reranker, "Where did the ferry run aground in 1987?", FERRY).confidence
    assert other < named


def test_a_denial_does_not_answer(reranker: BundledReranker) -> None:
    reading = _read(reranker, "Who was invited to the museum?", MUSEUM)
    assert "not invited" not in reading.evidence[0].quote


def test_copies_are_quoted_once_and_named(reranker: BundledReranker) -> None:
    question = "Where did the ferry run aground?"
    reading = _read(reranker, question, FERRY, WIRE)
    chosen = choose(reranker, reading, [], Limits())
    assert sum("Corrin Head" in item.quote for item in chosen) == 1
    assert {copy.article.id for item in chosen for copy in item.copies} | {chosen[0].stored.article.id} == {"a1", "a2"}


def test_limits_are_kept(reranker: BundledReranker) -> None:
    text = " ".join(
        f"The ferry ran aground near buoy number {n} after the radar of ship {n} failed." for n in range(40)
    )
    for limits in (Limits(), Limits(citations=2, quote=200, total=300), Limits(citations=1, quote=80, total=80)):
        quotes = _quotes(reranker, "Where did the ferry run aground?", text, limits=limits)
        assert 1 <= len(quotes) <= limits.citations
        assert len(quotes) == 1 or sum(map(len, quotes)) <= limits.total


def test_quotes_never_overlap(reranker: BundledReranker) -> None:
    reading = _read(reranker, "What happened to the ferry and its captain?", FERRY)
    chosen = choose(reranker, reading, [reading], Limits(citations=6, total=2000))
    spans = sorted((item.stored.article.id, item.span) for item in chosen)
    for (id, span), (other_id, other) in pairwise(spans):
        assert id != other_id or span.end <= other.start


def test_each_part_of_a_compound_question_gets_a_quote(reranker: BundledReranker) -> None:
    whole = "Who is the captain, and how much did the rescue cost?"
    ranked = rerank(reranker, whole, _candidates(FERRY))
    readings = [
        read(reranker, part, ranked, Limits(), searched=50)
        for part in (whole, "Who is the captain?", "How much did the rescue cost?")
    ]
    text = " ".join(item.quote for item in choose(reranker, readings[0], readings[1:], Limits()))
    assert "Ines Dorval" in text
    assert "84,000 crowns" in text


def test_no_passages_are_no_evidence(reranker: BundledReranker) -> None:
    reading = read(reranker, "Who?", [], Limits(), searched=0)
    assert reading == Reading("Who?", (), 0.0)
    assert choose(reranker, reading, [], Limits()) == []


@given(st.floats(allow_nan=False))
def test_a_probability_is_one(logit: float) -> None:
    assert 0 < probability(logit) <= 1


def test_evidence_quotes_the_words_of_its_span() -> None:
    [candidate] = _candidates(MUSEUM)
    assert Evidence(candidate.stored, Span(4, 10), 0.0, 0.0).quote == "museum"
