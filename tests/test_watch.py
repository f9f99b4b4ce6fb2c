"""Watching: what is new comes in, what fails is tried again, and the archive is free between two looks."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from archives import assert_whole, opened, write
from websites import Reply, Site, rss, site, stories, story

from ingest.lock import ArchiveLock
from ingest.settings import Settings
from ingest.watch import Look, Watch

ROOT = Path(__file__).parent.parent
DATELINE = [sys.executable, "-c", "from app import main; main()"]
ICE = "Harbour frozen\n2024-01-14\n\nThe harbour of Lisk froze over on Sunday."


@pytest.fixture
def here() -> Iterator[Site]:
    with site() as made:
        yield made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = write(tmp_path / "news", [("ice.txt", ICE)])
    os.utime(made / "ice.txt", (1e9, 1e9))
    return made


def settings(tmp_path: Path) -> Settings:
    return Settings(archive=tmp_path / "archive", allow_private=True, fetch_delay=0.0, fetch_timeout=5)


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[Callable[..., Watch]]:
    made: list[Watch] = []

    def make(*targets: str | Path, every: float = 0.001) -> Watch:
        made.append(Watch([str(target) for target in targets], settings(tmp_path), every=every, stop=threading.Event()))
        return made[-1]

    yield make
    for watch in made:
        watch.close()


def counts(look: Look) -> tuple[int, int, int]:
    assert look.report is not None
    return len(look.report.added), len(look.report.updated), len(look.report.unchanged)


def soon(watch: Watch) -> list[Look]:
    """What the next round brings, once every target is due."""
    time.sleep(0.01)
    return watch.round()


def free(archive: Path) -> bool:
    """Whether another process could have the archive."""
    lock = ArchiveLock(archive, purpose="a test")
    lock.release(unclean=lock.found_unclean)
    return True


class TestFiles:
    def test_new_and_changed_files_are_taken_and_others_left(
        self, watching: Callable[..., Watch], folder: Path, tmp_path: Path
    ) -> None:
        watch = watching(folder)
        assert [counts(look) for look in watch.round()] == [(1, 0, 0)]
        assert [counts(look) for look in soon(watch)] == [(0, 0, 0)]
        write(folder, [("deep/zoo.txt", ICE.replace("harbour", "zoo")), ("ice.txt", ICE.replace("froze", "thawed"))])
        for name in ("deep/zoo.txt", "ice.txt"):
            os.utime(folder / name, (1.1e9, 1.1e9))
        assert [counts(look) for look in soon(watch)] == [(1, 1, 0)]
        assert free(tmp_path / "archive")
        with opened(tmp_path / "archive") as archive:
            assert archive.stats().articles == 2
            assert_whole(archive)

    def test_a_file_that_is_being_written_is_left_until_it_rests(
        self, watching: Callable[..., Watch], folder: Path
    ) -> None:
        watch = watching(folder)
        os.utime(folder / "ice.txt")
        assert [counts(look) for look in watch.round()] == [(0, 0, 0)]
        os.utime(folder / "ice.txt", (1e9, 1e9))
        assert [counts(look) for look in soon(watch)] == [(1, 0, 0)]

    def test_a_folder_that_is_not_there_is_waited_for(
        self, watching: Callable[..., Watch], folder: Path, tmp_path: Path
    ) -> None:
        watch = watching(tmp_path / "later", folder)
        missing, there = watch.round()
        assert "There is no file or folder named" in missing.trouble
        assert (there.trouble, counts(there)) == ("", (1, 0, 0))
        shutil.copytree(folder, tmp_path / "later")
        missing, _ = soon(watch)
        assert missing.trouble == ""
        assert missing.report is not None


class TestAddresses:
    def test_a_feed_brings_what_is_new(self, watching: Callable[..., Watch], here: Site, tmp_path: Path) -> None:
        here.pages |= stories([1, 2]) | {"/feed": Reply(rss(here.url, [1, 2]), "text/xml", tag='"1"')}
        watch = watching(f"{here.url}/feed")
        assert [counts(look) for look in watch.round()] == [(2, 0, 0)]
        [unchanged] = soon(watch)
        assert counts(unchanged) == (0, 0, 2)
        assert not unchanged.new
        here.pages |= stories([3]) | {"/feed": Reply(rss(here.url, [1, 2, 3]), "text/xml", tag='"2"')}
        [new] = soon(watch)
        assert counts(new) == (1, 0, 2)
        assert new.new
        assert here.paths.count("/story/1") == 1

    def test_the_archive_is_left_alone_when_there_is_nothing_new(
        self, watching: Callable[..., Watch], here: Site, tmp_path: Path
    ) -> None:
        here.pages |= stories([1]) | {"/feed": Reply(rss(here.url, [1]), "text/xml")}
        watch = watching(f"{here.url}/feed")
        watch.round()
        with opened(tmp_path / "archive"):  # somebody else has it, and asks questions
            [look] = soon(watch)
        assert (look.trouble, counts(look)) == ("", (0, 0, 1))

    def test_pages_are_fetched_without_the_archive(
        self, watching: Callable[..., Watch], here: Site, tmp_path: Path
    ) -> None:
        seen = []

        def page(_: object) -> Reply:
            seen.append(free(tmp_path / "archive"))
            return Reply(story(1))

        (tmp_path / "archive").mkdir()
        here.pages |= {"/story/1": page, "/feed": Reply(rss(here.url, [1]), "text/xml")}
        [look] = watching(f"{here.url}/feed").round()
        assert counts(look) == (1, 0, 0)
        assert seen == [True]

    def test_an_article_that_was_removed_is_not_brought_back(
        self, watching: Callable[..., Watch], here: Site, tmp_path: Path
    ) -> None:
        here.pages |= stories([1, 2]) | {"/feed": Reply(rss(here.url, [1, 2]), "text/xml")}
        watch = watching(f"{here.url}/feed")
        watch.round()
        with opened(tmp_path / "archive") as archive:
            archive.remove([article.id for article in archive.articles(limit=1)])
        soon(watch)
        with opened(tmp_path / "archive") as archive:
            assert archive.stats().articles == 1

    def test_trouble_with_one_leaves_the_others_and_is_looked_at_less_often(
        self, watching: Callable[..., Watch], here: Site
    ) -> None:
        here.pages |= stories([1]) | {"/feed": Reply(rss(here.url, [1]), "text/xml")}
        watch = watching(f"{here.url}/gone", f"{here.url}/feed", every=0.05)
        pauses = []
        for _ in range(12):
            for look in watch.round():
                if look.target.endswith("/gone"):
                    assert "404" in look.trouble
                    pauses.append(look.again)
                else:
                    assert look.trouble == ""
            time.sleep(0.06)
        assert here.paths.count("/feed") > here.paths.count("/gone") >= 2
        assert pauses[-1] > 1.5 * pauses[0]
        here.pages["/gone"] = Reply(story(2))
        time.sleep(pauses[-1])
        look = next(look for look in watch.round() if look.target.endswith("/gone"))
        assert (look.trouble, counts(look)) == ("", (1, 0, 0))
        assert look.again < 0.06

    def test_a_server_is_left_alone_for_as_long_as_it_says(self, watching: Callable[..., Watch], here: Site) -> None:
        here.pages["/feed"] = Reply("busy", status=429, headers={"Retry-After": "5000"})
        [look] = watching(f"{here.url}/feed").round()
        assert "we ask too often" in look.trouble
        assert 4000 < look.again < 6000

    def test_a_stop_ends_a_look_in_the_middle(self, here: Site, tmp_path: Path) -> None:
        stop = threading.Event()
        here.pages |= stories(range(1, 20)) | {"/feed": Reply(rss(here.url, range(1, 20)), "text/xml")}

        def page(_: object) -> Reply:
            stop.set()
            return Reply(story(19))

        here.pages["/story/19"] = page
        watch = Watch([f"{here.url}/feed"], settings(tmp_path), every=1.0, stop=stop)
        looks: list[Sequence[Look]] = []
        watch.run(looks.append)
        watch.close()
        assert looks == []
        assert len(here.paths) < 10


# The command


def start(*args: str | Path, **environ: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*DATELINE, *map(str, args)],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "DATELINE_FETCH_DELAY": "0", **environ},
    )


def finished(*args: str | Path, code: int = 0, **environ: str) -> tuple[str, str]:
    process = start(*args, **environ)
    out, err = process.communicate(timeout=120)
    assert process.returncode == code, out + err
    return out, err


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_goes_on_until_it_is_told_to_stop(how: signal.Signals, here: Site, folder: Path, tmp_path: Path) -> None:
    here.pages |= stories([1]) | {"/feed": Reply(rss(here.url, [1]), "text/xml")}
    archive = tmp_path / "archive"
    watched = [folder, f"{here.url}/feed", f"{here.url}/gone"]
    process = start("watch", *watched, "--every", "1s", "--allow-private", "--archive", archive)
    assert process.stdout
    first = process.stdout.readline()
    assert re.fullmatch(
        rf"\d{{4}}-\d\d-\d\d [\d:]{{8}}  {re.escape(str(folder))}: 1 added; {here.url}/feed: 1 added\n", first
    )
    here.pages |= stories([2]) | {"/feed": Reply(rss(here.url, [1, 2]), "text/xml")}
    assert process.stdout.readline().endswith(f"{here.url}/feed: 1 added\n")
    process.send_signal(how)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, out + err
    assert "Stopped. What was stored stays." in err
    assert err.count("404") == 1
    assert "Traceback" not in err
    with opened(archive) as left:
        assert left.stats().articles == 3
        assert_whole(left)


def test_once_looks_once_for_timers(here: Site, tmp_path: Path) -> None:
    here.pages |= stories([1]) | {"/feed": Reply(rss(here.url, [1]), "text/xml", tag='"1"')}
    once = ["watch", "--once", "--allow-private", "--archive", tmp_path / "archive"]
    out, _ = finished(*once, f"{here.url}/feed", "--json")
    [target] = json.loads(out)["targets"]
    assert (target["target"], len(target["added"])) == (f"{here.url}/feed", 1)
    assert finished(*once, f"{here.url}/feed") == ("", "")
    _, err = finished(*once, f"{here.url}/gone", code=1)
    assert "404" in err


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_an_ingest_that_waits_for_a_server_can_be_stopped(how: signal.Signals, here: Site, tmp_path: Path) -> None:
    asked, over = threading.Event(), threading.Event()

    def slow(_: object) -> Reply:
        asked.set()
        over.wait(30)
        return Reply(story(1))

    here.pages["/slow"] = slow
    process = start("ingest", f"{here.url}/slow", "--allow-private", "--archive", tmp_path / "archive")
    assert asked.wait(60)
    begun = time.monotonic()
    process.send_signal(how)
    _, err = process.communicate(timeout=30)
    over.set()
    assert process.returncode == (130 if how == signal.SIGINT else 143)
    assert "Traceback" not in err
    assert time.monotonic() - begun < 10


def test_a_pause_that_is_none_or_too_short_for_others_is_refused() -> None:
    assert "write 90s, 10m, 2h or 1d" in finished("watch", "news", "--every", "often", code=2)[1]
    assert "60s at least" in finished("watch", "https://news.example/feed", "--every", "5s", code=2)[1]


def test_addresses_go_through_the_server_that_owns_the_archive(
    here: Site, sample_archive: Path, tmp_path: Path
) -> None:
    archive = Path(shutil.copytree(sample_archive, tmp_path / "archive"))
    here.pages |= stories([1, 2, 3]) | {"/feed": Reply(rss(here.url, [1, 2]), "text/xml", tag='"1"')}
    server = start("serve", "--archive", archive, "--port", "0")
    assert server.stderr
    try:
        seen: list[str] = []
        while not (seen and "http://" in seen[-1]):
            seen.append(server.stderr.readline())
            assert seen[-1], seen
        _, err = finished("ingest", f"{here.url}/feed", "--archive", archive, code=1)
        out, err = finished("ingest", f"{here.url}/feed", "--archive", archive, "--allow-private", "--json")
        assert "owns the archive" in err
        report: dict[str, Any] = json.loads(out)
        assert (len(report["added"]), report["visits"][-1]["kind"]) == (2, "feed")
        here.pages["/feed"] = Reply(rss(here.url, [1, 2, 3]), "text/xml", tag='"2"')
        out, _ = finished("watch", "--once", f"{here.url}/feed", "--archive", archive, "--allow-private")
        assert out.endswith(f"{here.url}/feed: 1 added\n")
        assert json.loads(finished("articles", "--archive", archive, "--json")[0])["articles"][0]["url"]
    finally:
        server.send_signal(signal.SIGINT)
        server.communicate(timeout=60)
    with opened(archive) as left:
        assert len([article for article in left.export() if (article.url or "").startswith(here.url)]) == 3
        assert_whole(left)
