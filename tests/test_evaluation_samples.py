"""``dateline eval`` for real: the sample articles, their questions, the models, the command, a server, a browser."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import termios
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from serving import chromium, served
from typer.testing import CliRunner

from qa.cli import cli
from qa.evaluation import Floors, Question, Run, compare, evaluate

EXAMPLES = Path(__file__).parent.parent / "examples"
QUESTIONS = EXAMPLES / "questions.jsonl"
FLOORS = EXAMPLES / "floors.json"


def run(*args: str | Path, code: int = 0) -> Any:
    """``dateline eval`` in this process."""
    result = CliRunner().invoke(cli, ["eval", *map(str, args)])
    assert result.exit_code == code, result.output
    return result


@pytest.fixture(scope="module")
def samples(sample_archive: Path) -> Run:
    """Every question of the sample articles, asked once."""
    return evaluate(QUESTIONS, archive=sample_archive)


@pytest.fixture(scope="module")
def saved(samples: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of that run."""
    path = tmp_path_factory.mktemp("run") / "samples.json"
    samples.save(path)
    return path


def test_the_sample_questions_are_answered_as_well_as_the_floors_say(samples: Run) -> None:
    assert [str(one) for one in Floors.load(FLOORS).missed(samples)] == []


def test_every_sample_question_is_asked_once_and_none_fails(samples: Run) -> None:
    assert [one.question.id for one in samples.outcomes] == [
        json.loads(line)["id"] for line in QUESTIONS.read_text(encoding="utf-8").splitlines()
    ]
    assert sum(one.question.answerable for one in samples.outcomes) == 60
    assert [one.error for one in samples.outcomes if one.error] == []
    assert (samples.searched.articles, samples.files) == (42, (str(QUESTIONS),))
    assert {"latency.median", "latency.retrieve.p95"} <= set(samples.measures)


def test_a_follow_up_is_asked_with_its_history(samples: Run) -> None:
    follow_ups = [one for one in samples.outcomes if one.question.history]
    assert len(follow_ups) == 6
    assert any(one.answer and one.answer.standalone_question != one.question.text for one in follow_ups)


def test_a_saved_run_has_the_figures_also_by_kind(samples: Run, saved: Path) -> None:
    data = json.loads(saved.read_text(encoding="utf-8"))
    assert data["measures"] == samples.measures
    assert data["kinds"]["file"]["unanswerable"]["questions"] == 20
    assert Run.load(saved) == samples


def test_a_saved_run_is_shown_compared_and_reported_without_asking(saved: Path, tmp_path: Path) -> None:
    out = run("--saved", saved, "--compare", saved, "--html", tmp_path / "page.html").stdout
    assert out.startswith("80 questions, 60 with an answer, to 42 articles, 13 January 2025 to 18 November 2025")
    assert re.search(r"^answers\.first\tanswer in the first citation\t0\.\d{3}\t", out, re.MULTILINE)
    assert re.search(r"^latency\.retrieve(\t[\d.,]+){4}$", out, re.MULTILINE)
    assert "80 questions in common" in out
    assert (tmp_path / "page.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_a_floor_that_is_not_reached_is_named_and_the_exit_code_is_1(saved: Path, tmp_path: Path) -> None:
    floors = tmp_path / "floors.json"
    floors.write_text('{"at_least": {"answers.first": 0.1}, "at_most": {"citations.number": 0}}')
    result = run("--saved", saved, "--floors", floors, "--quiet", code=1)
    assert re.fullmatch(r"Error: citations\.number must be at most 0, and is [\d.]+\n", result.stderr)
    assert result.stdout == ""


def test_the_command_asks_some_questions_and_prints_the_run(sample_archive: Path, tmp_path: Path) -> None:
    options = ("--archive", sample_archive, "--kind", "follow-up", "--limit", "2", "--as-asked", "--json", "-")
    data = json.loads(run(QUESTIONS, *options).stdout)
    assert (data["questions"], data["as_asked"], data["measures"]["followups.answered"]) == (2, True, 1)
    assert data["outcomes"][0]["answer"]["citations"]


@pytest.mark.parametrize("as_asked", [True, False])
def test_last_week_counts_from_the_day_of_the_question_only_when_told(sample_archive: Path, as_asked: bool) -> None:
    asked = Question("What was reported about the strike last week?", asked="2025-03-12")
    [outcome] = evaluate(asked, archive=sample_archive, as_asked=as_asked).outcomes
    assert outcome.answer
    assert (outcome.answer.filters.published_from == "2025-03-03") is as_asked


def test_a_question_that_cannot_be_asked_does_not_end_the_run(sample_archive: Path) -> None:
    two = evaluate(Question("Who heads Korvo Batteries?", ("Vanterpool",)), Question("   "), archive=sample_archive)
    assert [one.verdict == "failed" for one in two.outcomes] == [False, True]
    assert "empty" in two.outcomes[1].error


def test_the_server_that_owns_the_archive_is_asked(samples: Run, sample_archive: Path, tmp_path: Path) -> None:
    archive = Path(shutil.copytree(sample_archive, tmp_path / "archive"))
    with served(archive, tmp_path / "log"):
        through = evaluate(QUESTIONS, archive=archive, kind="follow-up", limit=3, as_asked=True)
    found = compare(through, samples, resamples=10)
    assert (found.common, found.changes) == (3, ())
    assert through.measures["exact.quotes"] == 1
    assert through.searched == samples.searched


def on_a_terminal(*args: str | Path, width: int) -> list[str]:
    """The rows that ``dateline eval`` writes to a terminal, without their colours."""
    terminal, end = pty.openpty()
    fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", 50, width, 0, 0))
    command = [sys.executable, "-c", "from app import main; main()", "eval", *map(str, args)]
    process = subprocess.Popen(
        command, cwd=EXAMPLES.parent, stdout=end, stderr=end, env={**os.environ, "TERM": "xterm"}
    )
    os.close(end)
    written = b""
    with suppress(OSError):  # Linux ends the reading of a terminal that is gone with an error
        while some := os.read(terminal, 65536):
            written += some
    os.close(terminal)
    assert process.wait() == 0, written
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", written.decode()).splitlines()


@pytest.mark.parametrize(("width", "labels"), [(140, True), (80, False)])
def test_a_terminal_gets_tables_that_fit_it(saved: Path, width: int, labels: bool) -> None:
    rows = on_a_terminal("--saved", saved, "--compare", saved, width=width)
    assert max(len(row) for row in rows[1:]) <= width  # the sentence before the tables is the terminal's to wrap
    [first] = [row for row in rows if row.strip().startswith("answers.first")]
    assert ("answer in the first citation" in first) is labels


def test_a_terminal_gets_a_progress_bar(sample_archive: Path) -> None:
    rows = on_a_terminal(QUESTIONS, "--archive", sample_archive, "--kind", "follow-up", "--limit", "2", width=100)
    assert any("Asking" in row and "2/2" in row for row in rows)


@pytest.mark.parametrize("width", [390, 1280])
def test_the_report_opens_in_a_browser_and_asks_for_nothing(saved: Path, tmp_path: Path, width: int) -> None:
    page_file = tmp_path / "page.html"
    run("--saved", saved, "--html", page_file, "--quiet")
    heard: list[str] = []
    with chromium() as browser:
        page = browser.new_page(viewport={"width": width, "height": 800})
        page.on("request", lambda request: heard.append(request.url))
        page.on("console", lambda said: heard.append(said.text))
        page.goto(page_file.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert page.locator("figure svg").count() >= 4
        miss = page.locator("details.miss").first
        miss.locator("summary").first.click()
        assert miss.locator("dl").is_visible()
    assert heard == [page_file.as_uri()]


# What cannot be done is said before the first question


def test_what_cannot_be_used_is_said_at_once(saved: Path, tmp_path: Path) -> None:
    nowhere = tmp_path / "none" / "run.json"
    for arguments, said in [
        ((QUESTIONS, "--json", nowhere), "there is no folder"),
        ((QUESTIONS, "--html", tmp_path), "it is a folder"),
        ((QUESTIONS, "--compare", QUESTIONS), "is no run"),
        ((QUESTIONS, "--floors", saved), "at_least"),
        ((QUESTIONS, "--archive", tmp_path), "there is no archive"),
        ((QUESTIONS, "--archive", tmp_path, "--kind", "poem"), "no question of kind 'poem'"),
    ]:
        assert said in run(*arguments, code=1).stderr


def test_either_files_or_a_saved_run_are_named(saved: Path) -> None:
    run(code=2)
    run(QUESTIONS, "--saved", saved, code=2)
