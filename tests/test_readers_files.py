"""Which files are found below a name."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ingest.article import Skipped
from ingest.errors import InputError
from ingest.readers import discover


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in (
        "b.txt", "a.md", "news/2022/c.JSONL.xz", "news/d.html", "news/.hidden/e.txt", ".f.txt", ".DS_Store",
        "Thumbs.db", "g.txt~", "__MACOSX/h.txt", "old/archive.db", "old/x.txt",
    ):  # fmt: skip
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("The ferry sank.")
    return tmp_path


def names(target: Path | str, below: Path) -> list[str]:
    return [str(item.relative_to(below)) for item in discover(target) if isinstance(item, Path)]


def skipped(target: Path | str) -> list[Skipped]:
    return [item for item in discover(target) if isinstance(item, Skipped)]


def test_a_folder_gives_its_files_sorted_without_hidden_ones_and_junk(folder: Path) -> None:
    assert names(folder, folder) == ["a.md", "b.txt", "news/d.html", "news/2022/c.JSONL.xz"]
    assert skipped(folder) == []


def test_a_file_gives_itself_whatever_its_name(folder: Path) -> None:
    assert names(folder / "b.txt", folder) == ["b.txt"]
    assert names(folder / ".f.txt", folder) == [".f.txt"]
    odd = folder / "x[1]*.txt"
    odd.write_text("The ferry sank.")
    assert names(str(odd), folder) == ["x[1]*.txt"]


def test_a_pattern_gives_what_fits(folder: Path) -> None:
    assert names(f"{folder}/*.txt", folder) == ["b.txt"]
    assert names(f"{folder}/**/*.html", folder) == ["news/d.html"]
    assert names(f"{folder}/n*", folder) == ["news/d.html", "news/2022/c.JSONL.xz"]
    assert names(f"{folder}/news/**", folder) == ["news/2022/c.JSONL.xz", "news/d.html"]
    with pytest.raises(InputError, match=r"Nothing fits the pattern '.*\*\.pdf'"):
        discover(f"{folder}/*.pdf")


def test_a_name_that_is_not_there_is_an_error_at_once(folder: Path) -> None:
    with pytest.raises(InputError, match="no file or folder named"):
        discover(folder / "nothing.txt")
    with pytest.raises(InputError):
        discover("")


def test_other_formats_and_notes_about_the_folder_are_named(folder: Path) -> None:
    for name in ("report.doc", "LICENSE", "README.md"):
        (folder / "news" / name).write_text("x")
    reasons = {Path(item.origin).name: item.reason for item in skipped(folder)}
    assert reasons == {
        "report.doc": "is not of a format that is read: .doc",
        "LICENSE": "has no extension that says its format",
        "README.md": "tells about its folder, by its name; name the file itself to take it in",
    }
    assert names(folder / "news" / "README.md", folder) == ["news/README.md"]


def test_a_folder_without_articles_says_what_is_read(tmp_path: Path) -> None:
    (only,) = skipped(tmp_path)
    assert only.origin == str(tmp_path)
    assert only.reason.startswith("holds no file with articles. Dateline reads .txt .text .md")


def test_links_in_a_circle_and_links_to_nowhere_do_no_harm(folder: Path) -> None:
    (folder / "news" / "circle").symlink_to(folder, target_is_directory=True)
    (folder / "news" / "gone.txt").symlink_to(folder / "not there")
    assert sorted(names(folder, folder)) == ["a.md", "b.txt", "news/2022/c.JSONL.xz", "news/d.html"]
    assert [item.reason for item in skipped(folder)] == ["is a link that leads nowhere"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may read everything")
def test_a_folder_that_may_not_be_read_is_named(folder: Path) -> None:
    (folder / "news").chmod(0)
    try:
        assert [(item.origin, item.reason[:17]) for item in skipped(folder)] == [
            (str(folder / "news"), "permission denied")
        ]
    finally:
        (folder / "news").chmod(0o700)


@pytest.mark.skipif(os.name == "nt", reason="names are Unicode there")
def test_a_name_that_is_not_unicode_can_be_stored(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/caf\xe9.doc"
    Path(os.fsdecode(path)).write_text("x")
    assert skipped(tmp_path)[0].origin.encode("utf-8").endswith(rb"caf\xe9.doc")
