"""Comparisons: both sides' evidence, and a conclusion only from what is sure."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from searching import quotes, searching

from ingest.article import Article, Span
from ingest.split import split
from ingest.stored import StoredPassage
from qa.comparison import Side, compare, find_sides
from qa.question.intent import intent
from qa.read import Evidence, Reading
from qa.search import Searcher
from qa.telling import Told


@pytest.fixture(scope="module")
def searcher(sample_archive: Path) -> Iterator[Searcher]:
    with searching(sample_archive) as searcher:
        yield searcher


def _compared(searcher: Searcher, question: str) -> Told:
    found = intent(question)
    assert found.kind == "comparison"
    return compare(found, find_sides(found, searcher))


def test_the_earlier_of_two_events_is_named_with_both_days(searcher: Searcher) -> None:
    told = _compared(searcher, "Which came first, the port strike or the Cup final?")
    assert [line.lead for line in told.lines[:2]] == ["The port strike:", "The Cup final:"]
    assert told.lines[-1].evidence is None
    assert told.lines[-1].lead.startswith("The port strike came first (")
    assert told.lines[-1].lead.endswith(", against 24 May 2025).")


def test_both_sides_of_a_difference_are_quoted_and_nothing_twice(searcher: Searcher) -> None:
    told = _compared(searcher, "How did the final deal in the port strike differ from the tentative one?")
    said = quotes(told.lines)
    assert any("7 percent" in quote for quote in said)
    assert any("6.5 percent" in quote for quote in said)
    assert len(said) == len(set(said)) >= 2
    assert {line.lead for line in told.lines} == {
        "The final deal in the port strike:",
        "The tentative deal in the port strike:",
        "",
    }


def test_a_side_without_evidence_is_said_to_have_none(searcher: Searcher) -> None:
    told = _compared(searcher, "Which came last: the Tour of Carrow or the election in Drennia?")
    assert [line.lead for line in told.lines] == ["The Tour of Carrow:"]
    assert told.notes == ("Nothing was found on the election in Drennia.",)


def test_two_unknown_things_bring_nothing(searcher: Searcher) -> None:
    assert _compared(searcher, "Which came first, the World Cup or the election in Drennia?") == Told()


def test_ages_are_compared(searcher: Searcher) -> None:
    told = _compared(searcher, "Who is older, Pietra Ansell or Renske Dahlow?")
    assert told.lines[-1].lead == "Pietra Ansell: 49, against 47 for Renske Dahlow."


def test_namesakes_of_different_ages_are_not_compared(searcher: Searcher) -> None:
    told = _compared(searcher, "Who is older, Ivo Marlick or Renske Dahlow?")
    assert len(told.lines) == 2
    assert all(line.evidence for line in told.lines)


# ---- made for it


def _side(name: str, *sentences: tuple[str, str]) -> Side:
    """A side of which sentences say something, each given with the words that answer."""
    evidence = []
    for text, answer in sentences:
        article = Article(text=text, published="2025-03-04", id=text)
        start = text.index(answer)
        stored = StoredPassage(split(text)[0], article)
        evidence.append(
            Evidence(
                stored=stored,
                span=Span(0, len(text)),
                score=0.0,
                relevance=8.0,
                answer=Span(start, start + len(answer)),
                rank=4.0,
            )
        )
    return Side(name, Reading("", tuple(evidence), 0.9), ())


def _concluded(question: str, one: tuple[str, str], two: tuple[str, str]) -> str:
    found = intent(question)
    lines = compare(found, [_side(found.sides[0], one), _side(found.sides[1], two)]).lines
    assert all(line.evidence for line in lines[:2])
    return lines[2].lead if len(lines) > 2 else ""


@pytest.mark.parametrize(
    ("word", "concluded"),
    [
        ("more", "The tunnel: 3 million crowns, against 900,000 crowns for the bridge."),
        ("less", "The bridge: 900,000 crowns, against 3 million crowns for the tunnel."),
    ],
)
def test_figures_of_one_unit_are_compared(word: str, concluded: str) -> None:
    bridge = ("The bridge cost 900,000 crowns.", "900,000 crowns")
    tunnel = ("The tunnel cost 3 million crowns.", "3 million crowns")
    assert _concluded(f"Which cost {word}, the bridge or the tunnel?", bridge, tunnel) == concluded


@pytest.mark.parametrize(
    ("sentence", "answer"),
    [
        ("The tunnel cost $3 million.", "$3 million"),
        ("The tunnel cost the town dearly.", "dearly"),
        ("The tunnel cost between 800,000 and 1 million crowns.", "between 800,000 and 1 million crowns"),
    ],
)
def test_what_cannot_be_compared_is_only_quoted(sentence: str, answer: str) -> None:
    found = intent("Which cost more, the bridge or the tunnel?")
    bridge = _side("the bridge", ("The bridge cost 900,000 crowns.", "900,000 crowns"))
    told = compare(found, [bridge, _side("the tunnel", (sentence, answer))])
    assert all(line.evidence for line in told.lines)


def test_reports_that_disagree_decide_nothing() -> None:
    found = intent("Which cost more, the bridge or the tunnel?")
    bridge = _side(
        "the bridge",
        ("The bridge cost 900,000 crowns.", "900,000 crowns"),
        ("The bridge cost 5 million crowns.", "5 million crowns"),
    )
    tunnel = _side("the tunnel", ("The tunnel cost 3 million crowns.", "3 million crowns"))
    assert len(compare(found, [bridge, tunnel]).lines) == 2


def test_days_are_compared_as_the_quotes_have_them() -> None:
    question = "Which opened first, the bridge or the tunnel?"
    bridge = ("The bridge opened on Monday.", "on Monday")
    tunnel = ("The tunnel opened on 12 May 2024.", "12 May 2024")
    assert _concluded(question, bridge, tunnel) == "The tunnel came first (12 May 2024, against 3 March 2025)."
    assert _concluded(question, bridge, ("The tunnel opened in 2024.", "in 2024")) == ""
