"""Why there is no answer: names that no article has, days outside the archive, evidence without the answer."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from ingest.archive import Archive
from ingest.stored import Scope
from qa.answer import Searched
from qa.dates import read_question
from qa.reasons import reasons, unknown_names

JANUARY = Scope("2025-01-01", "2025-01-31")


@pytest.fixture(scope="module")
def archive(sample_archive: Path) -> Iterator[Archive]:
    with Archive.open(sample_archive, purpose="a test") as archive:
        yield archive


def why(archive: Archive, question: str, *, relevance: float = -5.0, scope: Scope | None = None) -> tuple[str, ...]:
    held = archive.stats(scope)
    return reasons(
        question,
        days=read_question(question, asked_on=date(2025, 11, 20)),
        archive=archive,
        searched=Searched(held.articles, held.first, held.last),
        relevance=relevance,
        scope=scope,
    )


@pytest.mark.parametrize(
    ("question", "unknown"),
    [
        ("Who is the mayor of Quorndale?", ("Quorndale",)),
        ("Who is the mayor of Velsbridge?", ()),
        ("What did President Orrin Quillfeather say?", ("President Orrin Quillfeather",)),
        ("What did Senator Ivo Marlick say in Quorndale?", ("Quorndale",)),  # "Ivo Marlick" is there, if no senator
        ("What did Karl Marlick say?", ("Karl Marlick",)),
        ("What did the Velsbridge-based union say?", ()),
        ("WHO IS THE MAYOR OF QUORNDALE?", ()),
        ("who is the mayor of quorndale?", ()),
        ("What is the boiling point of tungsten?", ()),
        ("", ()),
    ],
)
def test_names_that_no_article_has(archive: Archive, question: str, unknown: tuple[str, ...]) -> None:
    assert unknown_names(question, archive) == unknown


def test_unknown_names_are_said_first(archive: Archive) -> None:
    assert why(archive, "Who is the mayor of Quorndale?", relevance=1.0) == (
        "No article mentions “Quorndale”.",
        "The nearest passages are close to this, but none of them says who.",
    )


def test_names_outside_the_scope_are_said_to_be_elsewhere(archive: Archive) -> None:
    question = "What did Ivo Marlick say?"
    assert unknown_names(question, archive, JANUARY) == ("Ivo Marlick",)
    assert why(archive, question, scope=JANUARY) == (
        "Articles mention “Ivo Marlick”, but none of those that were searched.",
    )


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("Who won the election in March 2019?", "the question asks about March 2019"),
        ("What happened on 5 May 2019?", "the question asks about 5 May 2019"),
        ("Who was mayor before 2020?", "the question asks about 2020"),
        ("Who signed the treaty of 1648?", "none of them mentions 1648"),
    ],
)
def test_days_outside_the_archive_are_named(archive: Archive, question: str, asked: str) -> None:
    [reason] = why(archive, question)
    assert reason == f"The articles are of 13 January to 18 November 2025; {asked}."


@pytest.mark.parametrize(
    ("question", "lacking"),
    [
        ("When did the flood begin?", "says when"),
        ("How many boats sank?", "gives the number"),
        ("Why did the mediator resign?", "says why"),
        ("Which company sold the pumps?", "says who"),
        ("Did the bridge fall?", "says whether it is so"),
        ("What colour is the crane?", "answers the question"),
    ],
)
def test_evidence_on_the_topic_lacks_the_answer(archive: Archive, question: str, lacking: str) -> None:
    assert why(archive, question, relevance=2.0) == (
        f"The nearest passages are about this, but none of them {lacking}.",
    )


def test_nothing_on_the_topic_is_said_so(archive: Archive) -> None:
    assert why(archive, "What is the boiling point of tungsten?", relevance=-math.inf) == ("No article is about this.",)


def test_an_empty_scope_is_said_so(archive: Archive) -> None:
    assert why(archive, "Who resigned?", scope=Scope("1999-01-01", "1999-12-31")) == (
        "No article lies within the days, outlets and sections that were chosen.",
    )


def test_the_index_tells_whether_words_stand_together(archive: Archive) -> None:
    assert archive.holds(["Ivo Marlick"])
    assert not archive.holds(["Marlick Ivo"])
    assert archive.holds(["Marlick", "Ivo"])
    assert not archive.holds(["Marlick", "Quorndale"])
    assert archive.holds(["Velsbridge"], scope=JANUARY)
    assert not archive.holds(["Marlick"], scope=JANUARY)
    assert not archive.holds(['"\0 OR * (', "Marlick"])
    assert archive.holds([])
