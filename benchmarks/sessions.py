"""Many people ask on the page at once: do they get their own answers, and how long does it take?

    python benchmarks/sessions.py --base ARCHIVE --questions FILE.jsonl [--passages 30000] [--sessions 1 5 10 20]
                                  [--each 2] [--json FILE]

A copy of ARCHIVE is filled up with made-up stories and served. Each session speaks with the page as a browser does: it
loads it, keeps Gradio's heartbeat open, and asks one question after the other in a conversation, through the queue and
its stream of events. Every round has the same number of conversations, of which so many go on at once, and no question
is asked in two rounds. Told are errors, mix-ups (a conversation has to show its own questions and nothing else, and
first answers have to be what the same question gets when it is asked alone), how long answers took, and whether a
95th percentile grew faster than the number of sessions. At the end all of them hang up in the middle of an answer, and
the server has to stop working.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import secrets
import signal
import sqlite3
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from load import ROOT, filled, quantiles, started
from lxml import html

_SLOWEST = 600.0
_STILL_S = 0.5
_COMPARED = 8


class Wrong(Exception):
    """The page did not do what it should."""


@dataclass(frozen=True)
class Listener:
    """What in the page answers: the function, what it is triggered by, and which of its values are what."""

    function: int
    trigger: int
    inputs: int
    talk: int


@dataclass
class Round:
    """What happened in one round."""

    seconds: list[float] = field(default_factory=list)
    first_step_seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    mixed_up: list[str] = field(default_factory=list)
    first_answers: dict[str, str] = field(default_factory=dict)


class Session:
    """A page that is open in a browser. ``opened`` makes one."""

    def __init__(self, client: httpx.AsyncClient, listener: Listener) -> None:
        self.name = secrets.token_hex(6)
        self._client = client
        self._listener = listener

    async def ask(self, question: str, *, stop_at_step: bool = False) -> tuple[str, float]:
        """The conversation as HTML once the question is answered, and the seconds until its first step was shown.

        Args:
            stop_at_step: hang up then.

        Raises:
            Wrong: the page says that something broke.
        """
        began = time.monotonic()
        body = {
            "data": [question, *[None] * (self._listener.inputs - 1)],
            "fn_index": self._listener.function,
            "trigger_id": self._listener.trigger,
            "session_hash": self.name,
            "event_data": None,
        }
        joined = await self._client.post("/gradio_api/queue/join", json=body)
        if joined.status_code != 200:
            raise Wrong(f"{joined.status_code} {joined.text[:200]}")
        shown: list[Any] = []
        step = 0.0
        async for message in self._events():
            told = message["msg"]
            if told == "process_generating":
                shown = _merged(shown, message["output"]["data"])
                step = step or time.monotonic() - began
                if stop_at_step:
                    return "", step
            elif told == "process_completed":
                if not message["success"]:
                    raise Wrong(str(message["output"])[:200])
                shown = _merged(shown, message["output"]["data"])
                return str(shown[self._listener.talk]), step
            elif told == "unexpected_error":
                raise Wrong(str(message)[:200])
        raise Wrong("the stream ended before the answer was there")

    async def _events(self) -> AsyncIterator[dict[str, Any]]:
        path = f"/gradio_api/queue/data?session_hash={self.name}"
        async with self._client.stream("GET", path) as stream:
            async for line in stream.aiter_lines():
                if line.startswith("data:"):
                    yield json.loads(line[5:])


def _merged(shown: list[Any], data: list[Any]) -> list[Any]:
    """The values after a message. After the first one Gradio sends what changed: what to do, where, and with what."""
    if not shown:
        return list(data)
    return [_changed(old, new) for old, new in zip(shown, data, strict=True)] if data else shown


def _changed(old: Any, new: Any) -> Any:
    if not isinstance(new, list) or not all(isinstance(one, list) and len(one) == 3 for one in new):
        return old if isinstance(new, dict) and new.get("__type__") == "update" else new
    for action, path, value in new:
        if path or action not in ("replace", "append"):
            raise Wrong(f"an edit of Gradio's that is not known here: {action} at {path}")
        old = old + value if action == "append" else value
    return old


@asynccontextmanager
async def opened(client: httpx.AsyncClient, listener: Listener) -> AsyncIterator[Session]:
    """A session: the page loaded, and the heartbeat that tells the server that it is still there."""
    session = Session(client, listener)
    (await client.get("/")).raise_for_status()
    (await client.get("/config")).raise_for_status()

    async def beat() -> None:
        async with client.stream("GET", f"/gradio_api/heartbeat/{session.name}") as stream:
            async for _ in stream.aiter_bytes():
                pass

    heart = asyncio.create_task(beat())
    try:
        yield session
    finally:
        heart.cancel()
        await asyncio.gather(heart, return_exceptions=True)


async def listener_of(client: httpx.AsyncClient) -> Listener:
    """What answers when the question box is submitted."""
    config = (await client.get("/config")).raise_for_status().json()
    ids = {part["props"].get("elem_id"): part["id"] for part in config["components"]}
    box = ids["question"]
    for one in config["dependencies"]:
        if [box, "submit"] in [list(target) for target in one["targets"]] and ids["conversation"] in one["outputs"]:
            return Listener(one["id"], box, len(one["inputs"]), one["outputs"].index(ids["conversation"]))
    raise Wrong("nothing listens to the question box")


def turns_in(conversation: str) -> list[tuple[str, str, bool]]:
    """The questions that a conversation shows, the words of their answers, and whether the page says that one broke."""
    found = []
    for turn in html.fromstring(f"<div>{conversation}</div>").xpath("//section[contains(@class, 'turn')]"):
        question = "".join(turn.xpath("string(.//h2[@class='asked'])"))
        answers = turn.xpath(".//div[@class='answer' or @class='abstention']")
        words = " ".join(" ".join(answer.text_content().split()) for answer in answers)
        found.append((question, words, bool(turn.xpath(".//div[@class='failure']"))))
    return found


async def conversed(client: httpx.AsyncClient, listener: Listener, questions: Sequence[str], happened: Round) -> None:
    """One session, from its opening to its last answer."""
    async with opened(client, listener) as session:
        for number, question in enumerate(questions, 1):
            began = time.monotonic()
            try:
                conversation, step = await session.ask(question)
            except (Wrong, httpx.HTTPError) as error:
                happened.errors.append(f"{type(error).__name__}: {error}")
                return
            happened.seconds.append(time.monotonic() - began)
            happened.first_step_seconds.append(step)
            turns = turns_in(conversation)
            if [asked for asked, _, _ in turns] != list(questions[:number]):
                happened.mixed_up.append(f"{[asked for asked, _, _ in turns]} instead of {questions[:number]}")
            if any(failed or not words for _, words, failed in turns):
                happened.errors.append(f"no answer to one of {questions[:number]}")
            if number == 1 and turns:
                happened.first_answers[question] = turns[0][1]


async def round_of(
    client: httpx.AsyncClient, listener: Listener, conversations: Sequence[Sequence[str]], sessions: int
) -> Round:
    """So many sessions at once, until all the conversations are through."""
    happened, left = Round(), list(conversations)

    async def one_after_the_other() -> None:
        while left:
            await conversed(client, listener, left.pop(), happened)

    await asyncio.gather(*(one_after_the_other() for _ in range(sessions)))
    return happened


async def answered_otherwise(client: httpx.AsyncClient, listener: Listener, answers: dict[str, str]) -> list[str]:
    """The questions that get another answer when they are asked again, alone."""
    again = await round_of(client, listener, [[question] for question in answers], 1)
    return [question for question, words in answers.items() if again.first_answers.get(question) != words]


async def hung_up(
    client: httpx.AsyncClient, listener: Listener, questions: Sequence[str], pid: int, folder: Path
) -> dict[str, float | int | bool]:
    """What the server does about questions whose askers leave: all of them as soon as one has seen a first step."""
    before = kept_in(folder)
    asking = [asyncio.create_task(_left_early(client, listener, question)) for question in questions]
    await asyncio.wait(asking, return_when="FIRST_COMPLETED")
    for task in asking:
        task.cancel()
    await asyncio.gather(*asking, return_exceptions=True)
    spent = processor_seconds(pid)
    began = time.monotonic()
    last = -1.0
    while (now := processor_seconds(pid)) - last > _STILL_S / 5 and time.monotonic() - began < _SLOWEST:
        last = now
        await asyncio.sleep(_STILL_S)
    used = round(processor_seconds(pid) - spent, 2)
    return {"asked": len(questions), "kept": kept_in(folder) - before, "processor_s_after": used}


async def _left_early(client: httpx.AsyncClient, listener: Listener, question: str) -> None:
    async with opened(client, listener) as session:
        await session.ask(question, stop_at_step=True)


def kept_in(folder: Path) -> int:
    """The turns that are kept: each question that was answered to its end has one."""
    with sqlite3.connect(f"file:{folder / 'conversations.db'}?mode=ro", uri=True) as database:
        return int(database.execute("SELECT count(*) FROM turns").fetchone()[0])


def processor_seconds(pid: int) -> float:
    """The processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def measured(
    url: str, pid: int, folder: Path, questions: Sequence[str], *, sessions: Sequence[int], each: int
) -> dict[str, Any]:
    """All rounds, the answers compared, and the connections that are closed."""
    rounds: list[dict[str, Any]] = []
    most = max(sessions)
    pool = iter(questions)
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=url, timeout=_SLOWEST, trust_env=False, limits=limits) as client:
        listener = await listener_of(client)
        await round_of(client, listener, [[next(pool)] for _ in range(2)], 1)
        for count in sessions:
            conversations = [[next(pool) for _ in range(each)] for _ in range(most)]
            began, spent = time.monotonic(), processor_seconds(pid)
            happened = await round_of(client, listener, conversations, count)
            took = time.monotonic() - began
            cost = (processor_seconds(pid) - spent) / max(len(happened.seconds), 1)
            rounds.append(told(count, happened, took=took, processor=cost))
            print(row(rounds[-1]), flush=True)
        compared = dict(list(happened.first_answers.items())[:_COMPARED])
        others = await answered_otherwise(client, listener, compared)
        closed: dict[str, Any] = await hung_up(client, listener, [next(pool) for _ in range(most)], pid, folder)
    full = rounds[0]["processor_s_an_answer"] * most
    closed |= {"processor_s_if_finished": round(full, 2)}
    closed["stops"] = closed["kept"] <= most / 2 and closed["processor_s_after"] < full / 2
    return {"rounds": rounds, "compared": len(compared), "answered_otherwise": others, "closed": closed}


def told(sessions: int, happened: Round, *, took: float, processor: float) -> dict[str, Any]:
    """A round in figures."""
    return {
        "sessions": sessions,
        "answers": len(happened.seconds),
        "errors": happened.errors,
        "mixed_up": happened.mixed_up,
        "answer_s": quantiles(happened.seconds),
        "first_step_s": quantiles(happened.first_step_seconds),
        "answers_a_second": round(len(happened.seconds) / took, 2),
        "processor_s_an_answer": round(processor, 3),
    }


def row(one: dict[str, Any]) -> str:
    """A line of the table."""
    answer = one["answer_s"]
    figures = (one["sessions"], one["answers"], len(one["errors"]), len(one["mixed_up"]))
    return "".join(f"{figure:>10}" for figure in (*figures, answer.get("median", "–"), answer.get("p95", "–")))


def questions_of(file: Path, count: int) -> list[str]:
    """The first so many different questions of a file of JSON lines.

    Raises:
        SystemExit: there are not so many.
    """
    lines = (json.loads(line)["question"] for line in file.read_text(encoding="utf-8").splitlines() if line.strip())
    found = list(dict.fromkeys(re.sub(r"\s+", " ", question).strip() for question in lines))
    if len(found) < count:
        raise SystemExit(f"{file} has {len(found)} different questions, and {count} are needed: lower --each")
    return found[:count]


def _given() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--base", type=Path, required=True, help="an archive to begin with, which is copied")
    parser.add_argument("--questions", type=Path, required=True, help='JSON lines, each with a "question"')
    parser.add_argument("--passages", type=int, default=30_000)
    parser.add_argument("--sessions", type=int, nargs="+", default=[1, 5, 10, 20])
    parser.add_argument("--each", type=int, default=2, help="questions of a conversation")
    parser.add_argument("--json", type=Path, help="a file for the result")
    return parser.parse_args()


def main() -> None:
    """Make the archive, let the sessions ask, print what came of it. Exit code 1 where something was wrong."""
    given = _given()
    sys.path.insert(0, str(ROOT))
    most = max(given.sessions)
    questions = questions_of(given.questions, 2 + most * (1 + given.each * len(given.sessions)))
    # All sessions come from one address, which nobody else does: what one person may ask is not the question here.
    os.environ |= {"DATELINE_REQUESTS_PER_MINUTE": "0", "DATELINE_QUESTIONS_PER_MINUTE": "0"}
    with tempfile.TemporaryDirectory(prefix="dateline-sessions-") as name:
        folder = Path(name)
        filled(given.base, folder, given.passages)
        server, url = started(folder)
        print("".join(f"{head:>10}" for head in ("sessions", "answers", "errors", "mixed up", "median s", "p95 s")))
        try:
            work = measured(url, server.pid, folder / "archive", questions, sessions=given.sessions, each=given.each)
            found = asyncio.run(work)
        finally:
            server.send_signal(signal.SIGTERM)
            code = server.wait(60)
        found |= {"stops_with": code, "errors_in_log": (folder / "log").read_text(errors="replace").count("Traceback")}
    first, last = (min(found["rounds"], key=_sessions), max(found["rounds"], key=_sessions))
    growth = last["answer_s"]["p95"] / first["answer_s"]["p95"]
    found["p95_growth"] = {"times": round(growth, 2), "sessions_times": last["sessions"] / first["sessions"]}
    found["machine"] = {"cores": os.cpu_count(), "load": os.getloadavg()[0]}
    wrong = [one for one in found["rounds"] if one["errors"] or one["mixed_up"]]
    linear = growth <= last["sessions"] / first["sessions"]
    found["good"] = not wrong and not found["answered_otherwise"] and linear and found["closed"]["stops"]
    print(json.dumps(found, indent=1))
    if given.json:
        given.json.write_text(json.dumps(found, indent=1), encoding="utf-8")
    sys.exit(not found["good"])


def _sessions(one: dict[str, Any]) -> int:
    return int(one["sessions"])


if __name__ == "__main__":
    main()
