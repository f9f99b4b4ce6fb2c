"""A server under load: so many users ask at once while articles come in, and then far too many.

    python benchmarks/load.py --base ARCHIVE [--passages 30000] [--users 50] [--seconds 300] [--json FILE]

A copy of ARCHIVE is filled up with made-up stories, a server is started on it, and users ask: what the titles of its
articles are about, the same again, a search, a page of the list. Meanwhile stories are taken in, batch after batch.
Told are the errors (there may be none), the writes that got lost (none), how long the answers took, and how the
server's memory grew. At the end far too many ask at once: whoever is turned away has to hear so quickly, with 503.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parent.parent
_THINKING = 8.0
_BATCH = 10
_SUBJECTS = "harbour bridge orchard library tramway reservoir lighthouse quarry museum market".split()
_PLACES = "Oldmere Tarnholt Quillby Saxway Brenford Ulverton Pennick Dunmarsh Wexcombe Harlow-on-Tay".split()
_EVENTS = "opened closed flooded burned collapsed expanded reopened froze moved struck".split()


@dataclass
class Measured:
    """What happened."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    added: list[str] = field(default_factory=list)
    memory: list[tuple[float, float]] = field(default_factory=list)


def story(number: int, chance: random.Random) -> str:
    """A made-up story of two passages or so, unlike any other."""
    subject, place = chance.choice(_SUBJECTS), chance.choice(_PLACES)
    day = f"{chance.randint(1, 28)} {chance.choice(['March', 'April', 'May', 'June'])} 2025"
    head = f"The {subject} of {place} {chance.choice(_EVENTS)} for the {number}th time"
    lines = [
        f"On {day} the {chance.choice(_SUBJECTS)} at {chance.choice(_PLACES)} {chance.choice(_EVENTS)} and "
        f"{chance.randint(2, 9_999):,} people in group {number}-{line} were counted by {chance.randint(2, 999)} clerks."
        for line in range(16)
    ]
    return f"{head}\n\n" + " ".join(lines) + "\n"


def written(folder: Path, first: int, count: int) -> Path:
    """A folder with so many new stories."""
    folder.mkdir(parents=True)
    for number in range(first, first + count):
        (folder / f"{number}.txt").write_text(story(number, random.Random(number)), encoding="utf-8")
    return folder


def filled(base: Path, folder: Path, passages: int) -> None:
    """A copy of the archive ``base``, filled up to so many passages."""
    from ingest import ingest
    from ingest.archive import Archive

    shutil.copytree(base, folder / "archive")
    made = 0
    while True:
        with Archive.open(folder / "archive") as archive:
            there = archive.stats().passages
        if there >= passages:
            return
        count = max((passages - there) // 3, 20)
        ingest(written(folder / f"fill-{made}", 1_000_000 + made, count), archive=folder / "archive")
        made += count


def started(folder: Path) -> tuple[subprocess.Popen[bytes], str]:
    """A server on the archive, and its address."""
    log = folder / "log"
    command = [sys.executable, "app.py", "--archive", str(folder / "archive"), "--port", "0"]
    with log.open("wb") as output:
        server = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)
    while not (found := re.search(r"Dateline is at (\S+)", log.read_text(errors="replace"))):
        if server.poll() is not None:
            raise RuntimeError(log.read_text())
        time.sleep(0.1)
    return server, found[1]


def memory_of(pid: int) -> float:
    """The memory that a process holds, in MiB."""
    return int(re.findall(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[0]) / 1024


async def one(
    client: httpx.AsyncClient, measured: Measured, method: str, path: str, **more: Any
) -> httpx.Response | None:
    """One request, measured."""
    began = time.monotonic()
    try:
        response = await client.request(method, path, **more)
    except httpx.HTTPError as error:
        measured.statuses[type(error).__name__] += 1
        return None
    measured.statuses[str(response.status_code)] += 1
    if path.endswith("/ask"):
        measured.seconds.append(time.monotonic() - began)
    return response


async def user(client: httpx.AsyncClient, measured: Measured, titles: list[str], until: float, seed: int) -> None:
    """Asks, looks around, thinks, asks again."""
    chance = random.Random(seed)
    await asyncio.sleep(chance.uniform(0, _THINKING))
    while time.monotonic() < until:
        question = f"What happened: {chance.choice(titles)}?"[:500]
        if chance.random() < 0.8:
            await one(client, measured, "POST", "/api/v1/ask", json={"question": question})
        else:
            await one(
                client, measured, "GET", "/api/v1/articles", params={"limit": 20, "offset": chance.randint(0, 99)}
            )
        await asyncio.sleep(chance.expovariate(1 / _THINKING))


async def adding(client: httpx.AsyncClient, measured: Measured, folder: Path, until: float) -> None:
    """Stories come in, batch after batch."""
    batch = 0
    while time.monotonic() < until:
        place = written(folder / f"new-{batch}", 2_000_000 + batch * _BATCH, _BATCH)
        response = await one(client, measured, "POST", "/api/v1/ingest", json={"targets": [str(place)]})
        if response is not None and response.is_success:
            last = json.loads(response.text.splitlines()[-1])
            measured.added += last["report"]["added"] if "report" in last else []
            if "report" not in last or len(last["report"]["added"]) != _BATCH:
                measured.statuses["ingest fell short"] += 1
        batch += 1


async def watching(pid: int, measured: Measured, until: float) -> None:
    """The server's memory, every two seconds."""
    began = time.monotonic()
    while time.monotonic() < until:
        measured.memory.append((time.monotonic() - began, memory_of(pid)))
        await asyncio.sleep(2)


async def loaded(url: str, pid: int, folder: Path, *, users: int, seconds: float) -> dict[str, object]:
    """What happened while so many users were there."""
    measured, overload = Measured(), Measured()
    key = json.loads((folder / "archive" / "server.json").read_text())["token"]
    limits = httpx.Limits(max_connections=None)
    async with (
        httpx.AsyncClient(base_url=url, timeout=180, trust_env=False, limits=limits) as client,
        httpx.AsyncClient(
            base_url=url, timeout=600, trust_env=False, headers={"Authorization": f"Bearer {key}"}
        ) as writer,
    ):
        listed = (await client.get("/api/v1/articles", params={"limit": 500})).json()["articles"]
        titles = [article["title"] for article in listed if article["title"]]
        for title in titles[:5]:
            await client.post("/api/v1/ask", json={"question": title})
        until = time.monotonic() + seconds
        await asyncio.gather(
            adding(writer, measured, folder, until),
            watching(pid, measured, until),
            *(user(client, measured, titles, until, seed) for seed in range(users)),
        )
        lost = [id for id in measured.added if (await client.get(f"/api/v1/articles/{id}")).status_code != 200]
        crowd = max(6 * users, 200)
        refusals = await overloaded(client, overload, titles, crowd)
    return {
        "users": users,
        "seconds": round(seconds),
        "answers": len(measured.seconds),
        "statuses": dict(measured.statuses),
        "answer_s": quantiles(measured.seconds),
        "added": len(measured.added),
        "lost": len(lost),
        "memory_mib": grown(measured.memory),
        "overload": {"asked": crowd, "statuses": dict(overload.statuses), **refusals},
    }


async def overloaded(client: httpx.AsyncClient, measured: Measured, titles: list[str], count: int) -> dict[str, object]:
    """Far too many ask at once."""
    took: list[float] = []
    told = 0

    async def ask(number: int) -> None:
        nonlocal told
        began = time.monotonic()
        title = titles[number % len(titles)]
        response = await one(client, measured, "POST", "/api/v1/ask", json={"question": title})
        if response is not None and response.status_code == 503:
            took.append(time.monotonic() - began)
            told += "retry-after" in response.headers

    await asyncio.gather(*(ask(number) for number in range(count)))
    return {"refused": len(took), "with_retry_after": told, "refusal_s": quantiles(took)}


def quantiles(values: list[float]) -> dict[str, float]:
    """Median, 95th percentile and maximum, in seconds."""
    if len(values) < 2:
        return {}
    cuts = statistics.quantiles(values, n=20, method="inclusive")
    return {"median": round(cuts[9], 2), "p95": round(cuts[18], 2), "max": round(max(values), 2)}


def grown(memory: list[tuple[float, float]]) -> dict[str, float]:
    """The memory at the beginning, the middle and the end, and how it grew over the second half, a minute."""
    half = memory[len(memory) // 2 :]
    if len(half) < 2:
        return {}
    slope = statistics.linear_regression([at for at, _ in half], [mib for _, mib in half]).slope
    first, middle, last = memory[0][1], half[0][1], memory[-1][1]
    return {
        "first": round(first),
        "middle": round(middle),
        "last": round(last),
        "growth_a_minute": round(60 * slope, 1),
    }


def main() -> None:
    """Make the archive, run the load, print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--base", type=Path, required=True, help="an archive to begin with, which is copied")
    parser.add_argument("--passages", type=int, default=30_000)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--json", type=Path, help="a file for the result")
    given = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    with tempfile.TemporaryDirectory(prefix="dateline-load-") as name:
        folder = Path(name)
        filled(given.base, folder, given.passages)
        server, url = started(folder)
        try:
            found = asyncio.run(loaded(url, server.pid, folder, users=given.users, seconds=given.seconds))
        finally:
            server.send_signal(signal.SIGTERM)
            code = server.wait(60)
        found |= {"stops_with": code, "errors_in_log": (folder / "log").read_text(errors="replace").count("Traceback")}
        found["machine"] = {"cores": os.cpu_count(), "load": os.getloadavg()[0]}
        from ingest.archive import Archive

        with Archive.open(folder / "archive") as archive:
            found |= {"wrong_with_archive": archive.check(), "passages": archive.stats().passages}
    print(json.dumps(found, indent=1))
    if given.json:
        given.json.write_text(json.dumps(found, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
