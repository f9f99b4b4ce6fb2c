"""Ratings: kept with what they are about, asked again, and told."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from answers import answered, silent
from typer.testing import CliRunner

from ingest.errors import InputError
from qa import Assistant
from qa.answer import Answer
from qa.cli import cli
from qa.evaluation.feedback import Rechecked, recheck
from qa.feedback import FILE, Feedback, Rating

DEATHS = "How many people died in the Velsbridge flood?"
TUNGSTEN = "What is the boiling point of tungsten?"


def rating(answer: Answer, *, good: bool = True, reference: str = "c.1", comment: str = "") -> Rating:
    return Rating(
        question=answer.question,
        good=good,
        data=answer.to_dict(),
        asked="2025-02-01",
        comment=comment,
        history=(("Before?", "That [1]."),),
        narrowed={"published_from": "2025-01-01"},
        recipe={"encoder": "bundled"},
        owner="ada",
        reference=reference,
    )


@pytest.fixture
def feedback(tmp_path: Path) -> Iterator[Feedback]:
    with closing(Feedback(tmp_path)) as feedback:
        yield feedback


def test_a_rating_comes_back_whole_after_a_restart(tmp_path: Path) -> None:
    given = rating(answered("Who died?", "Eight people died."), comment="Wrong: nine \ud800 did")
    with closing(Feedback(tmp_path)) as feedback:
        feedback.rate(given)
    with closing(Feedback(tmp_path)) as feedback:
        [found] = feedback.ratings()
    assert replace(found, given="") == replace(given, comment="Wrong: nine ? did")
    assert found.given.startswith("20")
    assert found.answer == answered("Who died?", "Eight people died.")


def test_an_answer_is_rated_once_by_each_and_may_be_rated_anew(feedback: Feedback) -> None:
    up = rating(answered("Q?", "A."))
    feedback.rate(up)
    feedback.rate(replace(up, good=False, comment="after all"))
    feedback.rate(replace(up, owner="bea"))
    assert [(one.owner, one.good, one.comment) for one in feedback.ratings()] == [
        ("ada", False, "after all"),
        ("bea", True, ""),
    ]
    assert feedback.given("ada", ["c.1", "c.2"]) == {"c.1": (False, "after all")}
    feedback.withdraw("ada", "c.1")
    assert [one.owner for one in feedback.ratings()] == ["bea"]


@pytest.mark.parametrize(
    ("then", "now", "change", "kept"),
    [
        (answered("Q", "One.", "Two."), answered("Q", "Two.", "One."), "same", 2),
        (answered("Q", "One."), answered("Q", "New.", "One."), "same", 1),
        (answered("Q", "One.", "Two."), answered("Q", "Two."), "partly", 1),
        (answered("Q", "One."), answered("Q", "Two."), "other", 0),
        (answered("Q", "One.\nMore."), answered("Q", "One. More."), "same", 1),
        (answered("Q", "One."), silent("Q"), "silent", 0),
        (silent("Q"), answered("Q", "One."), "answers", 0),
        (silent("Q"), silent("Q"), "same", 0),
        (answered("Q", "One."), None, "failed", 0),
    ],
)
def test_what_became_of_an_answer(then: Answer, now: Answer | None, change: str, kept: int) -> None:
    found = Rechecked(rating(then), now)
    assert (found.change, found.kept) == (change, kept)


@pytest.fixture(scope="module")
def rated(sample_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with a good answer that holds, one that does not, and a bad one."""
    folder = tmp_path_factory.mktemp("rated") / "archive"
    shutil.copytree(sample_archive, folder)
    with Assistant.open(folder) as assistant, closing(Feedback(folder)) as feedback:
        for number, question in enumerate((DEATHS, TUNGSTEN), 1):
            answer = assistant.ask(question)
            assert answer.answered == (question == DEATHS)
            base = replace(rating(answer, reference=f"c.{number}"), history=(), narrowed={})
            feedback.rate(replace(base, good=question == DEATHS, comment="Is that all?"))
        lost = answered("Who wrote the flood report?", "Nobody wrote this sentence.")
        feedback.rate(replace(rating(lost, reference="c.3"), history=(), narrowed={}))
    return folder


def test_asks_again_and_tells_what_changed(rated: Path) -> None:
    found = recheck(rated)
    up, down = found.rated(good=True), found.rated(good=False)
    assert [one.change for one in up][:1] == ["same"]
    assert up[1].change in ("other", "silent")
    assert [(one.rating.question, one.change, one.rating.comment) for one in down] == [
        (TUNGSTEN, "same", "Is that all?")
    ]
    assert found.to_dict()["up"]["same"] == 1


def test_the_filters_and_the_day_of_then_are_asked_with_again(rated: Path, tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    shutil.copytree(rated, folder)
    with closing(Feedback(folder)) as feedback:
        for one in feedback.ratings():
            feedback.withdraw(one.owner, one.reference)
        base = replace(rating(answered(DEATHS, "One.")), history=(), narrowed={"published_to": "2024-01-01"})
        feedback.rate(base)
        feedback.rate(
            replace(base, question="What happened last week?", narrowed={}, reference="c.2", asked="2025-01-21")
        )
    narrowed, last_week = recheck(folder, as_asked=True).outcomes
    assert narrowed.now is not None
    assert narrowed.now.filters.published_to == "2024-01-01"
    assert narrowed.change == "silent"
    assert last_week.now is not None
    assert (last_week.now.filters.published_from or "").startswith("2025-01-1")


def test_the_command_tells_how_many_hold(rated: Path, tmp_path: Path) -> None:
    file = tmp_path / "ratings.json"
    words = ["eval", "--from-feedback", "--archive", str(rated), "--json", str(file)]
    result = CliRunner().invoke(cli, words)
    assert result.exit_code == 0, result.output
    lines = [line.strip() for line in result.stdout.splitlines()]
    assert "2 answers with thumbs up" in lines
    assert "1 cite the same quotes" in lines
    assert "1 answers with thumbs down" in lines
    assert "said:  Is that all?" in lines
    assert any(line.startswith("down, 20") and TUNGSTEN in line for line in lines)
    assert [one["question"] for one in json.loads(file.read_text(encoding="utf-8"))["outcomes"]] == [
        DEATHS,
        TUNGSTEN,
        "Who wrote the flood report?",
    ]


def test_without_ratings_the_command_says_where_they_come_from(sample_archive: Path, tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    shutil.copytree(sample_archive, folder)
    with pytest.raises(InputError, match="thumbs up and down"):
        recheck(folder)
    assert not (folder / FILE).exists()
    result = CliRunner().invoke(cli, ["eval", "--from-feedback", "q.jsonl", "--archive", str(folder)])
    assert result.exit_code == 2
