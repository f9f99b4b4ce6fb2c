"""The commands that show and remove what is in an archive: stories, versions, and what a removal says first."""

from __future__ import annotations

import json
import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from archives import opened, put
from test_stories import paragraphs, report
from typer.testing import CliRunner

from ingest.article import Article, Span
from qa.cli import cli

WHOLE = Article(
    text=report(1),
    title="Ana Reis and the harbour",
    url="https://gazette.example/harbour",
    source="Harbour Gazette",
    published="2024-03-02",
)
CUT = replace(
    WHOLE,
    text=paragraphs(report(1), 0, 8),
    url="https://courier.example/copy",
    source="Lisk Courier",
    published="2024-03-01",
)
OTHER = Article(text=report(2), title="Tram", source="Lisk Courier", published="2024-04-01", section="Traffic")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("listing") / "archive"
    with opened(folder) as archive:
        put(archive, replace(WHOLE, text=WHOLE.text.replace("people", "persons", 1), title="Ana Reis"), "/a.html")
        put(archive, WHOLE, "/a.html")
        put(archive, CUT, "/b.html")
        put(archive, OTHER, "/c.txt")
    return folder


@pytest.fixture
def archive(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "archive"))


def run(archive: Path, *args: str, code: int = 0, typed: str | None = None) -> Any:
    result = CliRunner().invoke(cli, [*args, "--archive", str(archive)], input=typed)
    assert result.exit_code == code, result.output
    return json.loads(result.stdout) if "--json" in args else result.stdout + result.stderr


def ids(archive: Path) -> dict[str, str]:
    """Ids by outlet and day."""
    return {article["published"]: article["id"] for article in run(archive, "articles", "--json")["articles"]}


def test_copies_of_a_story_are_listed_on_one_line(archive: Path) -> None:
    lines = run(archive, "articles", "--stories").splitlines()
    assert len(lines) == 2
    assert lines[1].startswith(f"{ids(archive)['2024-03-01']}\t2024-03-01\tLisk Courier\t")
    assert lines[1].endswith("2 articles: Harbour Gazette")
    [tram, harbour] = run(archive, "articles", "--stories", "--json")["stories"]
    assert [article["published"] for article in harbour["articles"]] == ["2024-03-01", "2024-03-02"]
    assert (len(tram["articles"]), harbour["id"]) == (1, harbour["articles"][0]["id"])
    [only] = run(archive, "articles", "--stories", "--source", "harbour gazette", "--json")["stories"]
    assert only == harbour
    assert run(archive, "info", "--json")["stories"] == 2


def test_show_names_the_other_articles_and_marks_the_earliest(archive: Path) -> None:
    shown = run(archive, "show", ids(archive)["2024-03-02"])
    first, second = shown.splitlines()[1:3]
    assert shown.startswith("One story in 2 articles")
    assert ("(earliest)" in first, "(this one)" in first) == (True, False)
    assert ("(earliest)" in second, "(this one)" in second) == (False, True)
    assert "now in version 2" in shown
    assert "One story" not in run(archive, "show", ids(archive)["2024-04-01"])
    data = run(archive, "show", ids(archive)["2024-03-02"], "--json")
    assert [article["source"] for article in data["story"]] == ["Lisk Courier", "Harbour Gazette"]
    assert [version["version"] for version in data["versions"]] == [1, 2]


def test_versions_are_listed_shown_and_compared(archive: Path) -> None:
    id = ids(archive)["2024-03-02"]
    first, second = run(archive, "show", id, "--versions").splitlines()
    assert first.startswith("1  ")
    assert second.endswith("changed: text, title")
    assert " persons " in run(archive, "show", id, "--version", "1")
    assert " persons " not in run(archive, "show", id, "--version", "2")
    lines = run(archive, "show", id, "--diff").splitlines()
    assert lines[0].startswith("--- version 1")
    assert {"-title: Ana Reis", "+title: Ana Reis and the harbour"} <= set(lines)
    removed = [line for line in lines if line.startswith("-") and " persons " in line]
    assert len(removed) == 1
    assert removed[0].replace(" persons ", " people ").removeprefix("-") in WHOLE.text
    assert run(archive, "show", id, "--diff", "--version", "2").splitlines() == lines
    assert "no version 3" in run(archive, "show", id, "--version", "3", code=1)
    assert "first version" in run(archive, "show", id, "--diff", "--version", "1", code=1)
    assert "has not changed" in run(archive, "show", ids(archive)["2024-04-01"], "--diff", code=1)


def test_a_removal_is_shown_first_and_needs_a_yes(archive: Path) -> None:
    refused = run(archive, "remove", "--source", "Lisk Courier", code=1)
    assert "This removes 2 of 3 articles" in refused
    assert "--yes" in refused
    assert len(ids(archive)) == 3


@pytest.mark.parametrize(
    ("which", "left"),
    [
        (["--source", "lisk courier"], {"2024-03-02"}),
        (["--from", "2024-03-02", "--to", "2024-03"], {"2024-03-01", "2024-04-01"}),
        (["--source", "Lisk Courier", "--to", "2024-03"], {"2024-03-02", "2024-04-01"}),
        (["--url", "https://gazette.example/harbour?utm_source=mail"], {"2024-03-01", "2024-04-01"}),
        (["--section", "traffic", "--source", "Lisk Courier"], {"2024-03-01", "2024-03-02"}),
        (["--source", "Nobody"], {"2024-03-01", "2024-03-02", "2024-04-01"}),
    ],
)
def test_articles_are_removed_by_what_names_them(archive: Path, which: list[str], left: set[str]) -> None:
    run(archive, "remove", *which, "--yes")
    assert set(ids(archive)) == left
    with opened(archive) as found:
        assert found.check() == []


def test_a_section_is_listed_by_itself(archive: Path) -> None:
    [only] = run(archive, "articles", "--section", "TRAFFIC", "--json")["articles"]
    [story] = run(archive, "articles", "--stories", "--section", "traffic", "--json")["stories"]
    assert (only["title"], story["articles"][0]["title"]) == ("Tram", "Tram")
    assert "No articles in the section 'Coast'." in run(archive, "articles", "--section", "Coast")


def test_a_removal_that_names_nothing_or_too_much_is_refused(archive: Path) -> None:
    run(archive, "remove", "--yes", code=2)
    run(archive, "remove", "some", "--source", "Lisk Courier", "--yes", code=2)
    assert "no article" in run(archive, "remove", "--url", "https://nowhere.example/", "--yes", code=1)
    assert len(ids(archive)) == 3


def test_an_export_keeps_every_field_byte_for_byte(tmp_path: Path) -> None:
    text = "The ice of Lisk — “thin”, they said.\n\nIce on the river. Photo: Ana Reis\n\n" + report(5)
    full = Article(
        text=text,
        title="Ice: “thin” & <wet>",
        url="https://gazette.example/ice?id=2",
        source="Harbour Gazette",
        authors=("Ana Reis", "J. O’Dell"),
        published="2024-01-14T08:30:00+05:30",
        updated="2024-01-15",
        language="en-GB",
        section="Town & Country",
        description="What the river does. " * 40 + "It flows.",
        place="LISK, Kvist",
        captions=(Span(38, 71),),
        date_note="web address",
    )
    assert full.captions[0].cut(text) == "Ice on the river. Photo: Ana Reis"
    with opened(tmp_path / "one") as archive:
        put(archive, full, "/a.html")
        put(archive, replace(OTHER, id="story-1"), "/b.jsonl#3")
    run(tmp_path / "one", "export", str(tmp_path / "one.jsonl"))
    run(tmp_path / "two", "ingest", str(tmp_path / "one.jsonl"), "--quiet")
    run(tmp_path / "two", "export", str(tmp_path / "two.jsonl"))
    assert (tmp_path / "two.jsonl").read_bytes() == (tmp_path / "one.jsonl").read_bytes()


def test_the_doctor_repairs_stories_and_indexes(archive: Path) -> None:
    db = sqlite3.connect(archive / "archive.db")
    db.execute("UPDATE articles SET story = 77")
    db.execute("DELETE FROM passage_words_data WHERE id > 10")
    db.commit()
    db.close()
    assert "stories do not hang together" in run(archive, "doctor", code=1)
    said = run(archive, "doctor", "--repair")
    assert "mended: " in said
    assert "WRONG" not in said
    assert "mended" not in run(archive, "doctor", "--repair")


def test_an_archive_without_stories_gets_them_when_they_are_looked_at(archive: Path) -> None:
    db = sqlite3.connect(archive / "archive.db")
    db.executescript("UPDATE articles SET wording = NULL, story = NULL; DELETE FROM story_recipe;")
    db.close()
    assert "copies were not yet looked for among 3 articles" in run(archive, "doctor")
    said = run(archive, "articles", "--stories")
    assert said.startswith("Looking for copies among 3 articles") or "Looking for copies among 3 articles" in said
    assert "Looking" not in run(archive, "articles", "--stories")
