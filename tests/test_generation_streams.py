"""Sentences of a language model through a running server: each as it is checked, and taken back where the quotes stand;
and no key in anything that the server tells."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, get_args

import httpx
import pytest
from providers import Providers, Scene, providers
from serving import Served, served
from talkers import quotes_in

from qa import Answer
from web.conversations import Conversations, exported
from web.conversations.export import Format

TOLL = "How many people died in the Velsbridge flood?"
KEY = "sk-very-secret-0123456789"
REFUSALS = ("key", "busy", "credit", "unknown", "long", "refused", "broken", "troubled", "cut", "garbage")


@pytest.fixture(scope="module")
def models() -> Iterator[Providers]:
    with providers() as models:
        yield models


@pytest.fixture(scope="module")
def server(models: Providers, sample_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("streams")
    shutil.copytree(sample_archive, folder / "archive")
    environ = {
        "DATELINE_LLM": models.setting("url", "told"),
        "DATELINE_LLM_KEY": KEY,
        "DATELINE_LOG_FORMAT": "json",
        "DATELINE_METRICS": "open",
    }
    with served(folder / "archive", folder / "log", environ=environ) as server:
        yield server


def _two(then: Scene, *, between: threading.Event | None = None) -> Scene:
    """Writes the first quote as its first sentence; waits; begins a second one and goes on with ``then``."""

    def scene(wire: Any, asked: int) -> None:
        first, second = quotes_in(wire.body["messages"][-1]["content"])[:2]
        wire.begin()
        wire.say(f"{first} [1]\n")
        if between:
            assert between.wait(30)
        wire.say(f"{second} [2]\n")
        then(wire, asked)

    return scene


def _end(wire: Any, asked: int) -> None:
    wire.end()


def _cut(wire: Any, asked: int) -> None:
    """The connection ends, and nothing said that the answer does."""


def _events(response: httpx.Response) -> Iterator[tuple[str, dict[str, Any]]]:
    """The events of a stream as they come."""
    name = ""
    for line in response.iter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


def test_each_sentence_comes_while_the_model_still_writes(server: Served, models: Providers) -> None:
    go_on = threading.Event()
    models.scenes["told"] = _two(_end, between=go_on)
    sentences: list[str] = []
    asked = {"question": TOLL}
    with server.client() as client, client.stream("POST", "/api/v1/ask/stream", json=asked) as response:
        for name, data in _events(response):
            if name == "sentence":
                assert go_on.is_set() is bool(sentences), "the second comes when the model has written it"
                sentences.append(data["text"])
                go_on.set()
            last = name, data
    assert last[0] == "answer"
    assert last[1]["mode"] == "generative"
    assert len(sentences) == 2
    assert last[1]["text"] == " ".join(sentences)


def test_sentences_are_taken_back_where_the_quotes_stand(server: Served, models: Providers) -> None:
    models.scenes["told"] = _two(_cut)
    with server.client() as client:
        with client.stream("POST", "/api/v1/ask/stream", json={"question": TOLL}) as response:
            events = list(_events(response))
        plain = client.post("/api/v1/ask", json={"question": TOLL, "llm": False}).json()
    names = [name for name, _ in events if name != "step"]
    assert names[-2:] == ["withdrawn", "answer"]
    assert "sentence" in names
    answer = events[-1][1]
    assert (answer["mode"], answer["text"]) == ("extractive", plain["text"])
    assert "its server broke off" in answer["notes"][-1]
    assert plain["writing"] is None


def test_openais_interface_never_sends_what_may_be_taken_back(server: Served, models: Providers) -> None:
    body = {"model": "dateline", "messages": [{"role": "user", "content": TOLL}], "stream": True}
    said = {}
    with server.client() as client:
        for broken in (True, False):
            models.scenes["told"] = _two(_cut if broken else _end)
            text = client.post("/v1/chat/completions", json=body).text
            chunks = [json.loads(row[6:]) for row in text.split("\n") if row.startswith("data: {")]
            content = "".join(chunk["choices"][0]["delta"].get("content", "") for chunk in chunks)
            answer = Answer.from_dict(chunks[-1]["choices"][0]["delta"]["dateline"])
            assert content == answer.to_markdown()
            assert answer.citations[0].quote not in text.partition("data: {")[0], "comments hold no sentences"
            said[broken] = answer.mode
    assert said == {True: "extractive", False: "generative"}


def test_no_key_is_in_logs_figures_answers_or_exports(server: Served, models: Providers, tmp_path: Path) -> None:
    told: list[str] = []
    with server.client() as client, closing(Conversations(tmp_path)) as kept:
        conversation = None
        for scene in REFUSALS:
            models.scenes["told"] = models.scene(scene)
            answer = client.post("/api/v1/ask", json={"question": TOLL}).json()
            assert "The language model (127.0.0.1:" in answer["notes"][-1]
            conversation, _ = kept.append("me", conversation, TOLL, Answer.from_dict(answer))
            told.append(json.dumps(answer))
        told += [exported(kept.get("me", conversation or ""), form) for form in get_args(Format)]
        told.append(client.get("/metrics").text)
        told.append(client.get("/api/v1/health").text)
    told.append(server.said())
    assert len(models.asked) > len(REFUSALS)
    assert all(headers["Authorization"] == f"Bearer {KEY}" for headers, _ in models.asked), "the key was there to tell"
    for text in told:
        assert KEY not in text
        assert "You write short answers" not in text
