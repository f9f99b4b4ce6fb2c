"""One assistant asked by many threads and event loops at once, while articles come and go."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from qa import Answer, Assistant
from qa.answer import Step

ROOT = Path(__file__).parent.parent
QUESTIONS = (
    "How many people died in the Velsbridge flood?",
    "What pay rise did the dockworkers get in the end?",
    "Who won the 1998 chess olympiad in Elista?",
    "Which club did Ivo Marlick join?",
)


@pytest.fixture
def archive(sample_archive: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sample_archive, tmp_path / "archive"))


@pytest.fixture
def assistant(archive: Path) -> Iterator[Assistant]:
    with Assistant.open(archive) as assistant:
        yield assistant


def told(answer: Answer) -> dict[str, Any]:
    """An answer without what differs from one time to the next."""
    return {**answer.to_dict(), "timings": None}


def test_many_threads_get_what_one_gets(assistant: Assistant) -> None:
    alone = {question: told(assistant.ask(question)) for question in QUESTIONS}
    found = assistant.search(QUESTIONS[0], limit=3)
    start = threading.Barrier(8)

    def work(number: int) -> None:
        start.wait()
        for turn in range(2):
            question = QUESTIONS[(number + turn) % len(QUESTIONS)]
            assert told(assistant.ask(question)) == alone[question]
        assert [one.id for one in assistant.search(QUESTIONS[0], limit=3)] == [one.id for one in found]

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))


def test_many_tasks_and_loops_get_what_one_gets(assistant: Assistant) -> None:
    alone = {question: told(assistant.ask(question)) for question in QUESTIONS}

    async def streamed(question: str) -> Answer:
        events = [event async for event in assistant.astream(question)]
        assert all(isinstance(event, Step) for event in events[:-1])
        assert isinstance(events[-1], Answer)
        return events[-1]

    async def together() -> None:
        asked = QUESTIONS
        answers = await asyncio.gather(
            *(assistant.aask(question) for question in asked), *(streamed(question) for question in asked)
        )
        assert [told(answer) for answer in answers] == [alone[question] for question in asked * 2]

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: asyncio.run(together()), range(2)))


def test_the_event_loop_is_free_while_an_answer_is_made(assistant: Assistant) -> None:
    async def watched() -> float:
        asking = asyncio.ensure_future(asyncio.gather(*(assistant.aask(question) for question in QUESTIONS)))
        longest, loop = 0.0, asyncio.get_running_loop()
        while not asking.done():
            before = loop.time()
            await asyncio.sleep(0.01)
            longest = max(longest, loop.time() - before)
        await asking
        return longest

    began = asyncio.new_event_loop()
    try:
        before = began.time()
        longest = began.run_until_complete(watched())
        whole = began.time() - before
    finally:
        began.run_until_complete(began.shutdown_default_executor())
        began.close()
    assert longest < max(0.5 * whole, 0.2)


def test_a_cancelled_question_takes_no_further_step(assistant: Assistant) -> None:
    taken: list[str] = []

    class Watched(Assistant):
        def stream(self, question: str, **given: Any) -> Iterator[Step | Answer]:
            for event in super().stream(question, **given):
                taken.append(type(event).__name__)
                yield event

    watched = Watched(assistant.archive, assistant.searcher.encoder, assistant.searcher.reader, assistant.settings)

    async def give_up() -> None:
        asking = asyncio.ensure_future(watched.aask(QUESTIONS[0]))
        while not taken:
            await asyncio.sleep(0)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking

    asyncio.run(give_up())
    assert 1 <= len(taken) <= 2
    assert "Answer" not in taken


def test_questions_are_answered_while_articles_come_and_go(assistant: Assistant, tmp_path: Path) -> None:
    question = QUESTIONS[0]
    alone = assistant.ask(question)
    done = threading.Event()

    def come_and_go() -> int:
        rounds = 0
        while not done.is_set():
            text = f"A bakery in Hesk sold {rounds + 100} loaves on Friday, its owner said."
            line = json.dumps(
                {"id": "0123456789abcdef0123", "title": "Loaves", "text": text, "published": "2025-12-05"}
            )
            (tmp_path / "new.jsonl").write_text(line, encoding="utf-8")
            report = assistant.ingest(tmp_path / "new.jsonl")
            [id] = report.added + report.updated
            assert assistant.archive.remove([id]) == 1
            rounds += 1
        return rounds

    with ThreadPoolExecutor(5) as pool:
        writing = pool.submit(come_and_go)
        asking = [pool.submit(assistant.ask, question) for _ in range(8)]
        answers = [future.result() for future in asking]
        done.set()
        assert writing.result() > 0
    for answer in answers:
        assert [citation.quote for citation in answer.citations] == [citation.quote for citation in alone.citations]
    assert assistant.archive.check() == []


def test_leaving_the_context_releases_the_archive(archive: Path) -> None:
    code = f"from qa import Assistant\nwith Assistant.open({str(archive)!r}) as a: print(a.archive.stats().articles)"

    def other() -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)

    with Assistant.open(archive) as assistant:
        articles = assistant.archive.stats().articles
        refused = other()
        assert "ArchiveBusy" in refused.stderr
    with pytest.raises(RuntimeError, match="on purpose"), Assistant.open(archive):
        raise RuntimeError("on purpose")
    assert other().stdout == f"{articles}\n"
