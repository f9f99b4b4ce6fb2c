"""Weighing what was read: copies, agreement between articles, and what the confidence makes of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading import FERRY, MUSEUM, candidates, read

from ingest.article import Article, Span
from ingest.split import split
from ingest.stored import StoredPassage
from qa.confidence import ANSWER_FROM, confidence, sure
from qa.read import Evidence, probability, weigh
from qa.reader import BundledReader, PassageReading, SentenceReading
from qa.retrieve import Candidate

WIRE = "HARBOUR TOWN (Wire) - Late news. The ferry Marigold ran aground off Corrin Head on Monday night."


@pytest.fixture(scope="module")
def reader() -> BundledReader:
    return BundledReader()


def test_the_sentence_that_answers_comes_first_with_the_words_that_do(reader: BundledReader) -> None:
    reading = read(reader, "How much did the rescue cost?", FERRY, MUSEUM)
    best = reading.evidence[0]
    assert best.quote == "The rescue cost 84,000 crowns, the harbour authority said."
    assert "84,000 crowns" in best.answer_text
    assert reading.confidence > ANSWER_FROM
    assert [item.rank for item in reading.evidence] == sorted((item.rank for item in reading.evidence), reverse=True)


def test_the_same_sentence_in_two_articles_is_one_piece_of_evidence(reader: BundledReader) -> None:
    evidence = read(reader, "Where did the ferry run aground?", FERRY, WIRE).evidence
    [best] = [item for item in evidence if "ran aground off Corrin Head" in item.quote]
    assert {best.stored.article.id, *(copy.article.id for copy in best.copies)} == {"a1", "a2"}


def test_an_answer_that_another_article_gives_too_counts_more(reader: BundledReader) -> None:
    question = "Where did the ferry run aground?"
    alone = read(reader, question, FERRY).evidence[0]
    other = "A ferry has run aground off Corrin Head, the coast guard reported. It will be towed away at high tide."
    together = [item for item in read(reader, question, FERRY, other).evidence if item.span == alone.span]
    assert max(item.rank for item in together) > alone.rank


def test_a_bonus_can_bring_a_sentence_forward(reader: BundledReader) -> None:
    question = "When did it happen?"
    found = [
        Candidate(one.stored, 1.0, 1, None, reading.relevance, reading)
        for one in candidates(FERRY)
        for reading in reader.read(question, [one.stored])
    ]
    last = max(sentence for one in found for sentence in one.stored.passage.sentences)
    best = weigh(question, found, bonus=lambda stored, sentence: 100.0 * (sentence == last))[0]
    assert best.span == last


@pytest.mark.parametrize(
    "question",
    ["What is the boiling point of tungsten?", "Who won the chess tournament in Aldermoor?"],
)
def test_nothing_on_the_topic_is_no_answer(reader: BundledReader, question: str) -> None:
    assert read(reader, question, FERRY, MUSEUM).confidence < 0.05


def test_another_year_than_the_one_asked_for_counts_against(reader: BundledReader) -> None:
    named = read(reader, "Where did the ferry run aground in 2025?", FERRY).confidence
    other = read(reader, "Where did the ferry run aground in 1987?", FERRY).confidence
    assert other < named


def test_no_passages_are_no_evidence(reader: BundledReader) -> None:
    reading = read(reader, "Who?")
    assert (reading.evidence, reading.confidence) == ((), 0.0)


def test_the_best_evidence_makes_the_confidence(reader: BundledReader) -> None:
    reading = read(reader, "How much did the rescue cost?", FERRY)
    assert confidence("How much did the rescue cost?", reading.evidence) == sure(reading.evidence[0])
    assert sure(reading.evidence[-1]) < sure(reading.evidence[0])


@given(st.floats(allow_nan=False))
def test_a_probability_is_one(logit: float) -> None:
    assert 0 < probability(logit) <= 1


def test_evidence_quotes_the_words_of_its_span() -> None:
    [passage] = split(MUSEUM)
    stored = StoredPassage(passage, Article(text=MUSEUM, id="a1"))
    assert Evidence(stored, Span(4, 10), 0.0, 0.0).quote == "museum"
    assert Evidence(stored, Span(0, 10), 0.0, 0.0, Span(4, 10)).answer_text == "museum"


def _evidence(question: str, *sentences: tuple[str, str, float]) -> list[str]:
    """The answers of made-up readings, best first: each of (sentence, answer, log probability) is an article."""
    found = []
    for number, (text, answer, score) in enumerate(sentences):
        [passage] = split(text)
        start = text.index(answer)
        read = SentenceReading(Span(0, len(text)), Span(start, start + len(answer)), score, 0.0)
        stored = StoredPassage(passage, Article(text=text, id=f"a{number}"))
        found.append(Candidate(stored, 1.0, 1, None, 4.0, PassageReading((read,), 4.0, 0.0)))
    return [item.answer_text for item in weigh(question, found)]


def test_a_sentence_about_another_year_comes_behind() -> None:
    sentences = [("Ann Roe won the 2022 race.", "Ann Roe", -0.3), ("Bo Lund has won the race.", "Bo Lund", -1.0)]
    assert _evidence("Who won the 2023 race?", *sentences) == ["Bo Lund", "Ann Roe"]
    assert _evidence("Who won the race?", *sentences) == ["Ann Roe", "Bo Lund"]


def test_a_sentence_that_asks_comes_behind_one_that_tells() -> None:
    sentences = [("Did Ann Roe win the race?", "Ann Roe", -0.3), ("Bo Lund won the race.", "Bo Lund", -1.0)]
    assert _evidence("Who won the race?", *sentences)[0] == "Bo Lund"


def test_a_name_in_full_comes_before_a_part_of_it() -> None:
    sentences = [("Roe won the race.", "Roe", -0.3), ("The winner was Ann Roe.", "Ann Roe", -1.0)]
    assert _evidence("Who won the race?", *sentences)[0] == "Ann Roe"


def test_a_sentence_that_denies_what_is_asked_comes_behind() -> None:
    sentences = [("Ann Roe was not summoned.", "Ann Roe", -0.3), ("The court summoned Bo Lund.", "Bo Lund", -1.0)]
    assert _evidence("Who was summoned?", *sentences)[0] == "Bo Lund"
    assert _evidence("Who was not summoned?", *sentences)[0] == "Ann Roe"


def test_a_headline_in_the_text_comes_behind_a_sentence_and_the_item_of_a_list_does_not() -> None:
    told = ("The court summoned Bo Lund.", "Bo Lund", -1.0)
    assert _evidence("Who was summoned?", ("Ann Roe summoned to court", "Ann Roe", -0.3), told)[0] == "Bo Lund"
    assert _evidence("Who was summoned?", ("– Ann Roe, the former mayor", "Ann Roe", -0.3), told)[0] == "Ann Roe"
