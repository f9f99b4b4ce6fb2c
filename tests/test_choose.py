"""Choosing quotes: what is left out, put together and led in, copies, and limits."""

from __future__ import annotations

from itertools import pairwise

import pytest
from reading import FERRY, MUSEUM, read

from qa.choose import Limits, choose
from qa.reader import BundledReader

WIRE = "HARBOUR TOWN (Wire) - The ferry Marigold ran aground off Corrin Head late on Monday night. Nobody was hurt."


@pytest.fixture(scope="module")
def reader() -> BundledReader:
    return BundledReader()


def _quotes(reader: BundledReader, question: str, *texts: str, limits: Limits | None = None) -> list[str]:
    return [item.quote for item in choose(read(reader, question, *texts), (), limits)]


def test_a_sentence_that_answers_alone_is_quoted_alone(reader: BundledReader) -> None:
    assert _quotes(reader, "How much did the rescue cost?", FERRY)[0] == (
        "The rescue cost 84,000 crowns, the harbour authority said."
    )


def test_a_sentence_that_points_back_brings_the_one_before(reader: BundledReader) -> None:
    [quote, *_] = _quotes(reader, "When was the captain of the ferry relieved of her command?", FERRY)
    assert "Captain Ines Dorval" in quote
    assert quote.endswith("She was relieved of her command on Tuesday.")


def test_copies_are_quoted_once_and_named(reader: BundledReader) -> None:
    chosen = choose(read(reader, "Where did the ferry run aground?", FERRY, WIRE))
    assert sum("Corrin Head" in item.quote for item in chosen) == 1
    assert {copy.article.id for item in chosen for copy in item.copies} | {chosen[0].stored.article.id} == {"a1", "a2"}


def test_a_headline_in_the_text_is_no_part_of_the_sentence_below_it(reader: BundledReader) -> None:
    text = "Ferry rescue cost thousands\n\nThe rescue of the ferry cost 84,000 crowns, the harbour authority said."
    [quote] = _quotes(reader, "How much did the rescue of the ferry cost?", text)
    assert quote == "The rescue of the ferry cost 84,000 crowns, the harbour authority said."


def test_limits_are_kept(reader: BundledReader) -> None:
    text = " ".join(
        f"The ferry ran aground near buoy number {n} after the radar of ship {n} failed." for n in range(12)
    )
    for limits in (Limits(), Limits(citations=2, quote=200, total=300), Limits(citations=1, quote=80, total=80)):
        quotes = _quotes(reader, "Where did the ferry run aground?", text, limits=limits)
        assert 1 <= len(quotes) <= limits.citations
        assert len(quotes) == 1 or sum(map(len, quotes)) <= limits.total


def test_quotes_never_overlap(reader: BundledReader) -> None:
    reading = read(reader, "What happened to the ferry and its captain?", FERRY)
    chosen = choose(reading, [reading], Limits(citations=6, total=2000))
    spans = sorted((item.stored.article.id, item.span) for item in chosen)
    for (id, span), (other_id, other) in pairwise(spans):
        assert id != other_id or span.end <= other.start


def test_each_part_of_a_compound_question_gets_a_quote(reader: BundledReader) -> None:
    whole, *parts = (
        read(reader, question, FERRY)
        for question in (
            "Who is the captain, and how much did the rescue cost?",
            "Who is the captain?",
            "How much did the rescue cost?",
        )
    )
    text = " ".join(item.quote for item in choose(whole, parts))
    assert "Ines Dorval" in text
    assert "84,000 crowns" in text


def test_what_does_not_answer_is_not_chosen(reader: BundledReader) -> None:
    assert choose(read(reader, "What is the boiling point of tungsten?", FERRY, MUSEUM)) == []
    assert choose(read(reader, "Who?")) == []
