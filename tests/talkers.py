"""Models to write with in tests: LlamaIndex models that say what they are told to, and a server that speaks OpenAI's
protocol badly."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from llama_index.core.llms import (
    CompletionResponse,
    CompletionResponseGen,
    CustomLLM,
    LLMMetadata,
)
from pydantic import Field

from ingest.article import Article, Passage, Span
from ingest.stored import StoredPassage
from qa.assistant import Assistant
from qa.generation.talking import Talker
from qa.generation.writing import Writer
from qa.read import Evidence
from qa.reranker import BundledReranker

_reranker: list[BundledReranker] = []


def reranker() -> BundledReranker:
    """The bundled cross-encoder, loaded once."""
    if not _reranker:
        _reranker.append(BundledReranker())
    return _reranker[0]


class Scripted(CustomLLM):
    """Says what a function makes of the prompt, a few characters at a time."""

    says: Callable[[str], str]
    prompts: list[str] = Field(default_factory=list)

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(model_name="scripted")

    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        return CompletionResponse(text=self.says(prompt))

    def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponseGen:
        assert "tools" not in kwargs
        self.prompts.append(prompt)
        text = self.says(prompt)
        for at in range(0, len(text), 7):
            yield CompletionResponse(text=text[: at + 7], delta=text[at : at + 7])


def saying(text: str) -> Scripted:
    """A model that writes ``text`` when it is to write an answer, and nothing of use before."""
    return Scripted(says=lambda prompt: text if "Quotes:" in prompt else "")


def writer(llm: Any, *, timeout: float = 20.0) -> Writer:
    """What writes with a model."""
    return Writer(Talker(llm, "scripted", timeout), reranker)


@contextmanager
def written_by(assistant: Assistant, llm: Any, *, timeout: float = 20.0) -> Iterator[Assistant]:
    """An assistant whose answers a model writes, for a while."""
    assistant.writer = writer(llm, timeout=timeout)
    try:
        yield assistant
    finally:
        assistant.writer = None


def quotes_in(prompt: str) -> list[str]:
    """The quotes that a model is given."""
    return re.findall(r"^\[\d+\] \(.*?\) “(.*)”$", prompt, re.MULTILINE)


def quoted_evidence(text: str) -> Evidence:
    """Evidence that is a whole article by itself."""
    article = Article(text=text, title="Norhaven", published="2025-03-04", source="The Courier")
    span = Span(0, len(text))
    stored = StoredPassage(article=article, passage=Passage(0, len(text), (span,)))
    return Evidence(stored=stored, span=span, score=0.0, relevance=5.0)


class _Handler(BaseHTTPRequestHandler):
    """Does what the model's name says."""

    def log_message(self, format: str, *args: Any) -> None:
        """Tests print nothing."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((dict(self.headers), body))  # type: ignore[attr-defined]
        getattr(self, f"_{body['model']}")()

    def _head(self, status: int = 200, kind: str = "text/event-stream") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Connection", "close")
        self.end_headers()

    def _event(self, text: str | None = None, **delta: Any) -> None:
        part = {"role": "assistant", **({"content": text} if text is not None else {}), **delta}
        chunk = {
            "id": "1",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": "m",
            "choices": [{"index": 0, "delta": part, "finish_reason": None}],
        }
        self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
        self.wfile.flush()

    def _done(self) -> None:
        end = {"index": 0, "delta": {}, "finish_reason": "stop"}
        chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [end]}
        self.wfile.write(f"data: {json.dumps(chunk)}\n\ndata: [DONE]\n\n".encode())

    def _refused(self, status: int) -> None:
        self._head(status, "application/json")
        key = self.headers.get("Authorization", "")
        self.wfile.write(json.dumps({"error": {"message": f"Incorrect API key provided: {key}"}}).encode())

    def _key(self) -> None:
        self._refused(401)

    def _busy(self) -> None:
        self._refused(429)

    def _broken(self) -> None:
        self._refused(500)

    def _cut(self) -> None:
        self._head()
        self._event("The mediator, former judge Orla Venn, resigned after five days in the job [1]. The next")
        self.wfile.write(b'data: {"id": "1", "obj')
        self.wfile.flush()
        self.connection.close()

    def _slow(self) -> None:
        self._head()
        self._event("The mediator, ")
        time.sleep(3)

    def _garbage(self) -> None:
        self._head()
        self.wfile.write(b"data: \xff\xfe{{{ not JSON\n\n<html>\x00\x01")

    def _loop(self) -> None:
        self._head()
        for _ in range(2000):
            self._event("and again and ")
        self._done()

    def _tools(self) -> None:
        self._head()
        call = {"index": 0, "id": "c1", "type": "function"}
        self._event(tool_calls=[{**call, "function": {"name": "delete_archive", "arguments": "{}"}}])
        self._done()

    def _empty(self) -> None:
        self._head()
        self._done()

    def _right(self) -> None:
        self._head()
        for piece in ("The mediator, former judge ", "Orla Venn, resigned ", "after five days in the job", " [1]."):
            self._event(piece)
        self._done()


class BadServer(ThreadingHTTPServer):
    """An OpenAI-compatible server on loopback; ``asked`` are the headers and bodies that it was sent."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[tuple[dict[str, str], dict[str, Any]]] = []

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever asked may have left."""

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


@contextmanager
def bad_server() -> Iterator[BadServer]:
    """The server, while it is needed."""
    server = BadServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
