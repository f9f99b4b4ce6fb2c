"""Ingesting over a real Ray cluster of two workers: the same archive as without, and dead workers cost nothing."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from archives import assert_whole, encoder, exported, opened, write

from ingest.archive import Archive
from ingest.console import addressed
from ingest.hands import Hands
from ingest.pipeline import IngestReport, ingest_into
from ingest.settings import Settings

ROOT = Path(__file__).parent.parent
PAGE = "<html><head><title>Ferry</title></head><body><article><h1>Ferry</h1><p>{}</p></article></body></html>"


@pytest.fixture(scope="module")
def news(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files of several kinds, some of which cannot be read, more than go to a worker at once."""
    folder = tmp_path_factory.mktemp("news")
    texts = [
        (f"{n:02}.txt", f"Report {n}\n2024-05-01\n\nThe mill number {n} of Tamm was sold on Friday, its owner said.\n")
        for n in range(70)
    ]
    records = [{"text": f"Bridge {n} was closed on Monday.", "title": f"Bridge {n}", "id": str(n)} for n in range(40)]
    texts += [("a.jsonl", "\n".join(map(json.dumps, records))), ("broken.json", '{"text": '), ("empty.txt", "")]
    texts += [("page.html", PAGE.format("The ferry between Port Ellin and Sorrel ran aground on Monday. " * 5))]
    texts += [("large.txt", "A mill. " * 40_000)]
    return write(folder, texts)


@pytest.fixture(scope="module")
def hands() -> Iterator[Hands]:
    """The two workers of a cluster."""
    ray = pytest.importorskip("ray")
    from ingest.spread import joined

    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    try:
        with joined("", Settings.load(environ={}), encoder()) as found:
            yield found
        assert ray.is_initialized(), "a cluster that others have joined is left as it is"
    finally:
        ray.shutdown()


def ingested(archive: Archive, news: Path, hands: Hands | None) -> IngestReport:
    return replace(ingest_into(archive, encoder(), [news], max_bytes=200_000, hands=hands), seconds=0.0)


def contents(archive: Archive) -> tuple[bytes, list[Any]]:
    return exported(archive), [archive.passages_of(article.id) for article in archive.export()]


def test_the_archive_and_the_report_are_the_same_as_without(news: Path, hands: Hands, tmp_path: Path) -> None:
    with opened(tmp_path / "one") as one, opened(tmp_path / "two") as two:
        alone, together = ingested(one, news, None), ingested(two, news, hands)
        assert together == alone
        assert len(together.added) == 111
        assert len(together.skipped) == 3
        assert contents(two) == contents(one)
        assert_whole(two)
        os.utime(news / "07.txt")
        assert ingested(two, news, hands) == ingested(one, news, None)


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="workers are found in /proc")
def test_a_worker_that_dies_is_replaced(hands: Hands, tmp_path: Path) -> None:
    lines = [json.dumps({"text": f"The mill number {n} was sold. " * 20, "title": f"Mill {n}"}) for n in range(120)]
    news = write(tmp_path / "news", [("a.jsonl", "\n".join(lines)), ("b.txt", "The bridge was closed.")])
    killed: list[int] = []
    killer = threading.Thread(target=_kill_one, args=(killed,), daemon=True)
    killer.start()
    with opened(tmp_path / "archive") as archive:
        report = ingest_into(archive, encoder(), [news], hands=hands)
        killer.join()
        assert killed, "no worker was at work"
        assert (len(report.added), report.skipped) == (121, ())
        assert_whole(archive)


def _kill_one(killed: list[int]) -> None:
    """Kill the first worker that is found encoding."""
    until = time.monotonic() + 60
    while not killed and time.monotonic() < until:
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                if path.read_bytes().startswith(b"ray::_encode"):
                    os.kill(int(path.parent.name), signal.SIGKILL)
                    killed.append(int(path.parent.name))
                    return
            except OSError:
                continue
        time.sleep(0.02)


def test_only_so_much_is_under_way(hands: Hands) -> None:
    taken = 0

    def batches() -> Iterator[tuple[int, list[str]]]:
        nonlocal taken
        for taken in range(1, 41):
            yield taken, [f"Mill {taken} was sold."]
        yield 0, []

    ahead = [taken - number for number, vectors in hands.encode(batches()) if vectors is not None]
    assert len(ahead) == 40
    assert 2 <= max(ahead) <= 5


def test_ray_that_is_missing_is_told(tmp_path: Path) -> None:
    script = "import sys; sys.modules['ray'] = None; from ingest.__main__ import main; sys.exit(main())"
    command = [sys.executable, "-c", script, "examples/articles", "--ray", "--archive", str(tmp_path / "archive")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.splitlines()[-1]) == (
        1,
        "Error: --ray needs one more library: pip install 'dateline[ray]'",
    )


def test_a_cluster_that_does_not_answer_is_told(tmp_path: Path) -> None:
    pytest.importorskip("ray")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    words = ["examples/articles", "--ray", address, "--archive", str(tmp_path / "archive")]
    command = [sys.executable, "-m", "ingest", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 1
    assert f"Error: no Ray cluster can be reached at {address} (" in done.stderr
    assert "start one with ray start --head" in done.stderr


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (["news", "--ray"], ["news", "--ray="]),
        (["--ray", "news"], ["--ray=", "news"]),
        (["--ray", "10.0.0.1:6379", "news"], ["--ray", "10.0.0.1:6379", "news"]),
        (["--ray", "ray://head:10001", "news"], ["--ray", "ray://head:10001", "news"]),
        (["--ray", "--quiet", "local"], ["--ray=", "--quiet", "local"]),
        (["--ray=auto", "news"], ["--ray=auto", "news"]),
    ],
)
def test_the_address_of_a_cluster_may_be_left_out(given: list[str], read: list[str]) -> None:
    assert addressed(given) == read
