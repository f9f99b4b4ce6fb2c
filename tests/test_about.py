"""Answers about the archive itself, over the sample articles."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from archives import opened
from searching import quotes, searching

from ingest.archive import Archive, Scope
from qa.about import about, days_asked, examples
from qa.compose import text_of
from qa.overview import KEEP, overview
from qa.question.intent import Intent, intent


@pytest.fixture(scope="module")
def archive(sample_archive: Path) -> Iterator[Archive]:
    with opened(sample_archive, create=False) as archive:
        yield archive


def _said(archive: Archive, question: str, scope: Scope | None = None) -> str:
    return text_of(about(intent(question), archive, scope).lines)


def test_a_greeting_is_returned_with_what_is_here(archive: Archive) -> None:
    said = _said(archive, "Hello!")
    assert said.startswith("Hello. I answer questions from 42 articles, 13 January to 18 November 2025, of The Averin")
    assert "You can ask, for example: “" in said
    assert not _said(archive, "What can you do?").startswith("Hello")


def test_the_examples_are_answered(archive: Archive, sample_archive: Path) -> None:
    questions = examples(archive)
    assert len(questions) == len(set(questions)) == 3
    with searching(sample_archive) as searcher:
        for question in questions:
            found = intent(question)
            if found.kind == "overview":
                assert overview(found.topic, searcher.find(found.topic, keep=KEEP), latest=True)
            elif found.kind in ("inventory", "count"):
                assert not _said(archive, question).startswith("0 of")
            else:
                assert searcher.read(question, searcher.find(question)).confidence >= 0.35


def test_what_there_is_on_a_topic_is_counted_and_quoted(archive: Archive) -> None:
    told = about(intent("What do you have on the port strike?"), archive)
    assert told.lines[0].lead == (
        "5 articles mention the port strike, 3 to 21 March 2025: "
        "Ledger & Quay (2), The Averin Courier (2) and Tidewire (1)."
    )
    assert told.notes == (
        "Counted: articles that have “port” and “strike”, in any form, in one passage or the headline.",
    )
    assert len(quotes(told.lines)) == 3
    assert told.lines[1].lead == "21 March 2025, The Averin Courier:"
    assert "voted to end their strike" in quotes(told.lines)[0]


def test_nothing_on_a_topic_is_an_answer_too(archive: Archive) -> None:
    told = about(intent("Do you have anything about unicorns?"), archive)
    assert [line.lead for line in told.lines] == ["0 of 42 articles mention unicorns."]
    assert told.notes == ("Counted: articles that have “unicorns”, in any form, in the text or the headline.",)


def test_a_count_says_what_was_counted(archive: Archive) -> None:
    march = Scope("2025-03-01", "2025-03-31")
    assert _said(archive, "How many articles about the strike in March 2025?", march) == (
        "5 articles of March 2025 mention the strike, 3 to 21 March 2025."
    )
    assert _said(archive, "How many articles mention Gerda Molnes?") == (
        "4 articles mention Gerda Molnes, 13 to 20 January 2025."
    )
    since = Scope(published_from="2025-10-22")
    assert _said(archive, "How many articles mention Patchett?", since) == (
        "1 article since 22 October 2025 mentions Patchett, of 22 October 2025."
    )


def test_an_outlet_in_the_question_narrows_the_count(archive: Archive) -> None:
    of_courier = dict(archive.stats().sources)["The Averin Courier"]
    assert _said(archive, "How many articles are from the Averin Courier?").startswith(
        f"There are {of_courier} articles from The Averin Courier,"
    )
    assert _said(archive, "How many articles mention the flood in Velsbridge Post?").startswith(
        "3 articles from Velsbridge Post mention the flood,"
    )


def test_outlets_and_days_are_told(archive: Archive) -> None:
    outlets = _said(archive, "Which outlets are in here?")
    assert all(f"{source} ({count})" in outlets for source, count in archive.stats().sources)
    told = about(intent("What dates do you cover?"), archive)
    assert told.lines[0].lead.startswith("42 articles, 13 January to 18 November 2025")
    assert told.lines[1].lead == "18 November 2025, Velsbridge Post:"


def test_an_empty_archive_says_how_to_fill_it(tmp_path: Path) -> None:
    with opened(tmp_path / "new") as empty:
        assert "dateline ingest" in _said(empty, "hello")
        assert _said(empty, "What is in here?") == "There is no article here."
        assert _said(empty, "How many articles mention Jane Doe?") == "0 of 0 articles mention Jane Doe."
        assert examples(empty) == []


def test_other_questions_are_refused(archive: Archive) -> None:
    with pytest.raises(ValueError, match="'fact' is not about the archive"):
        about(Intent(), archive)


@pytest.mark.parametrize(
    ("question", "scope"),
    [
        ("How many articles about the flood in January?", Scope("2025-01-01", "2025-01-31")),
        ("How many articles about the flood since 3 March 2025?", Scope("2025-03-03")),
        ("In May 2025, what happened?", Scope("2025-05-01", "2025-05-31")),
        ("What happened last week?", Scope("2025-11-10", "2025-11-16")),
        ("How many articles mention Jane Doe?", Scope()),
    ],
)
def test_the_days_are_just_those_that_are_named(question: str, scope: Scope) -> None:
    assert days_asked(question, asked_on=date(2025, 11, 20)) == scope
