"""What can befall an ingest from outside: kill -9, Ctrl-C, a full disk. Nothing stored is lost; all can be finished."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from archives import assert_whole, encoder, exported, opened, put, write

from benchmarks import faults
from ingest.archive import Archive
from ingest.article import Article
from ingest.errors import ArchiveFull
from ingest.pipeline import ingest_into

# `python benchmarks/faults.py` tries as many as you like.
MOMENTS = int(os.environ.get("FAULT_MOMENTS", "12"))


@pytest.fixture(scope="module")
def stage() -> Iterator[faults.Stage]:
    with faults.stage(encoder()) as ready:
        yield ready


@pytest.mark.parametrize("number", range(MOMENTS))
def test_a_kill_at_any_moment_loses_nothing(stage: faults.Stage, number: int) -> None:
    share = random.Random(f"kill {number}").uniform(0, 1.1)
    faults.survive(stage, encoder(), faults.KINDS[number % len(faults.KINDS)], share)


@pytest.mark.parametrize("kind", ["ingest", "update"])
def test_ctrl_c_half_way_loses_nothing(stage: faults.Stage, kind: str) -> None:
    faults.survive(stage, encoder(), kind, 0.5, sign=signal.SIGINT)


Disk = Callable[[int], Path]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """Makes a small disk of as many KiB."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root can mount a small disk to fill")
    place = tmp_path / "disk"
    place.mkdir()

    def make(kib: int) -> Path:
        command = ["mount", "-t", "tmpfs", "-o", f"size={kib}k", "tmpfs", str(place)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"a small disk cannot be mounted here: {done.stderr.strip()}")
        return place

    yield make
    subprocess.run(["umount", "--lazy", str(place)], capture_output=True, check=False)


def fill(place: Path, *, leave: int) -> Path:
    """A file that takes all but ``leave`` KiB of the disk."""
    ballast = place / "ballast"
    free = shutil.disk_usage(place).free - (leave << 10)
    ballast.write_bytes(b"\0" * max(free, 0))
    return ballast


NEWS = [
    (f"{number}.txt", f"Report {number}\n2024-05-{number + 1:02}\n\nThe mill number {number} of Tamm was sold. " * 12)
    for number in range(24)
]
BEFORE = Article(text="The mill of Orle burned down on Friday.", title="Mill burned", published="2024-05-01")


def one_by_one(archive: Archive, news: Path) -> None:
    """Ingest each file by itself."""
    for path in sorted(news.iterdir()):
        ingest_into(archive, encoder(), [path])


def grow(folder: Path) -> None:
    """Add articles to an archive, opened anew for each."""
    for number in range(100):
        with opened(folder) as archive:
            put(archive, replace(BEFORE, text=f"Mill {number} burned. " * 50), f"/{number}.txt")


@pytest.mark.parametrize("kind", faults.KINDS)
def test_a_disk_that_is_full_at_any_moment_loses_nothing(stage: faults.Stage, disk: Disk, kind: str) -> None:
    place = disk(24_000)
    reached = [faults.survive_full(stage, encoder(), kind, leave, disk=place) for leave in (2, 300)]
    assert reached[0] != "done"


@pytest.mark.parametrize("leave", [0, 40, 120, 300, 700])
def test_a_full_disk_stops_an_ingest_and_loses_nothing(disk: Disk, tmp_path: Path, leave: int) -> None:
    place = disk(16_000)
    news = write(tmp_path / "news", NEWS)
    with opened(place / "archive") as archive:
        put(archive, BEFORE, "/before.txt")
        before = exported(archive)
        ballast = fill(place, leave=leave)
        with pytest.raises(ArchiveFull) as caught:
            one_by_one(archive, news)
    said = str(caught.value)
    assert said.startswith("the disk that holds ")
    assert "is full: free some space and run the command again" in said
    assert "\n" not in said
    with Archive.open(place / "archive", encoder=encoder()) as archive:
        assert exported(archive).startswith(before)
        assert archive.matching(["burned"], 5)
        assert archive.nearest(encoder().encode_query("What burned down?"), 1)
    ballast.unlink()
    with opened(place / "archive") as archive:
        assert_whole(archive)
        ingest_into(archive, encoder(), [news])
        assert_whole(archive)
        assert archive.stats().articles == 25


def test_an_open_archive_goes_on_when_there_is_room_again(disk: Disk, tmp_path: Path) -> None:
    place = disk(16_000)
    news = write(tmp_path / "news", NEWS)
    with opened(place / "archive") as archive:
        put(archive, BEFORE, "/before.txt")
        ballast = fill(place, leave=200)
        with pytest.raises(ArchiveFull):
            one_by_one(archive, news)
        ballast.unlink()
        ingest_into(archive, encoder(), [news])
        assert archive.stats().articles == 25
        assert_whole(archive)


@pytest.mark.parametrize("leave", [0, 8, 64, 250, 500])
def test_an_archive_that_does_not_fit_says_so(disk: Disk, leave: int) -> None:
    place = disk(4_000)
    ballast = fill(place, leave=leave)
    with pytest.raises(ArchiveFull) as caught:
        grow(place / "archive")
    assert "is full: free some space" in str(caught.value)
    ballast.unlink()
    with opened(place / "archive") as archive:
        put(archive, BEFORE)
        assert_whole(archive)


def test_a_full_disk_can_still_be_asked(disk: Disk) -> None:
    place = disk(16_000)
    with opened(place / "archive") as archive:
        put(archive, BEFORE)
    fill(place, leave=0)
    with Archive.open(place / "archive", encoder=encoder()) as archive:
        assert archive.stats().healed == (
            "the archive is read-only, since its disk is full: it can be asked, but nothing can be added"
        )
        assert len(archive.matching(["burned"], 3)) == 1
        with pytest.raises(ArchiveFull, match="is full"):
            archive.remove([archive.articles()[0].id])
