"""A server on loopback that speaks the protocols of OpenAI, Ollama and Anthropic, well and badly.

Each request is answered by the scene that its model is named after. A scene is played on a wire, which puts it into one
protocol. Refusals repeat the key and the prompt, as providers' do: nothing of them may be shown.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

__all__ = ["CACHED", "READ", "SAID", "WROTE", "Providers", "Scene", "providers"]

SAID = ("The mediator, former judge ", "Orla Venn, resigned ", "after five days in the job", " [1].")
"""What the scenes that go well write, in pieces."""

READ, CACHED, WROTE = 321, 256, 17
"""The tokens that are counted: ``CACHED`` of ``READ`` were at hand."""


class _Wire:
    """One protocol. The request's body and headers are at hand; what is written is sent at once."""

    kind = "text/event-stream"
    path = ""

    def __init__(self, handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        self.handler, self.body = handler, body

    @property
    def prompt(self) -> str:
        """All the texts that were sent."""
        return f"{self.body.get('system', '')} {[message['content'] for message in self.body['messages']]}"

    @property
    def key(self) -> str:
        headers = self.handler.headers
        return f"{headers.get('Authorization', '')} {headers.get('x-api-key', '')}"

    def head(self, status: int = 200, kind: str = "", **headers: str) -> None:
        self.handler.send_response(status)
        self.handler.send_header("Content-Type", kind or self.kind)
        for name, value in headers.items():
            self.handler.send_header(name.replace("_", "-"), value)
        self.handler.send_header("Connection", "close")
        self.handler.end_headers()

    def send(self, *rows: str) -> None:
        self.handler.wfile.write("".join(rows).encode())
        self.handler.wfile.flush()

    def begin(self) -> None:
        self.head()

    def say(self, text: str) -> None:
        raise NotImplementedError

    def end(self, reason: str = "stop") -> None:
        raise NotImplementedError

    def refuse(self, status: int, kind: str, words: str = "", **headers: str) -> None:
        self.head(status, "application/json", **headers)
        self.send(json.dumps(self.error(kind, f"{words} for {self.key} and {self.prompt}")))

    def error(self, kind: str, words: str) -> dict[str, Any]:
        raise NotImplementedError

    def tool(self) -> None:
        raise NotImplementedError

    def trouble(self) -> None:
        """An error in the middle of the stream."""
        raise NotImplementedError


class OpenAIWire(_Wire):
    """``POST /v1/chat/completions``."""

    path = "/v1/chat/completions"
    _KINDS: ClassVar = {"key": "invalid_api_key", "busy": "rate_limit_exceeded", "unknown": "model_not_found",
              "long": "context_length_exceeded", "credit": "insufficient_quota"}  # fmt: skip

    def _chunk(self, delta: dict[str, Any] | None, reason: str | None = None, **more: Any) -> str:
        choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": reason}]
        chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": choices, **more}
        return f"data: {json.dumps(chunk)}\n\n"

    def say(self, text: str) -> None:
        self.send(self._chunk({"role": "assistant", "content": text}))

    def end(self, reason: str = "stop") -> None:
        if reason == "refusal":
            self.send(self._chunk({"refusal": "I can't help with that."}))
        self.send(self._chunk({}, {"refusal": "stop"}.get(reason, reason)))
        usage = {"prompt_tokens": READ, "completion_tokens": WROTE, "total_tokens": READ + WROTE}
        self.send(self._chunk(None, usage={**usage, "prompt_tokens_details": {"cached_tokens": CACHED}}))
        self.send("data: [DONE]\n\n")

    def error(self, kind: str, words: str) -> dict[str, Any]:
        code = self._KINDS.get(kind)
        return {"error": {"message": words, "type": "invalid_request_error", "param": None, "code": code}}

    def tool(self) -> None:
        call = {"index": 0, "id": "c1", "type": "function", "function": {"name": "delete_archive", "arguments": "{}"}}
        self.send(self._chunk({"tool_calls": [call]}))

    def trouble(self) -> None:
        self.send(f"data: {json.dumps({'error': {'message': self.prompt, 'type': 'server_error'}})}\n\n")


class OllamaWire(_Wire):
    """``POST /api/chat``: a JSON object a line."""

    kind = "application/x-ndjson"
    path = "/api/chat"

    def _line(self, message: dict[str, Any], **more: Any) -> str:
        line = {"model": self.body["model"], "created_at": "2026-01-05T09:00:00Z", "message": message, "done": False}
        return json.dumps({**line, **more}) + "\n"

    def say(self, text: str) -> None:
        self.send(self._line({"role": "assistant", "content": text}))

    def end(self, reason: str = "stop") -> None:
        counts = {"prompt_eval_count": READ, "eval_count": WROTE, "total_duration": 5, "eval_duration": 4}
        self.send(self._line({"role": "assistant", "content": ""}, done=True, done_reason=reason, **counts))

    def error(self, kind: str, words: str) -> dict[str, Any]:
        return {"error": words}

    def tool(self) -> None:
        call = {"function": {"name": "delete_archive", "arguments": {}}}
        self.send(self._line({"role": "assistant", "content": "", "tool_calls": [call]}))

    def trouble(self) -> None:
        self.send(json.dumps({"error": f"an unknown error was encountered with {self.prompt}"}) + "\n")


class AnthropicWire(_Wire):
    """``POST /v1/messages``: named events."""

    path = "/v1/messages"
    _KINDS: ClassVar = {"key": "authentication_error", "busy": "rate_limit_error", "unknown": "not_found_error",
              "overloaded": "overloaded_error", "broken": "api_error", "credit": "billing_error"}  # fmt: skip
    _REASONS: ClassVar = {"stop": "end_turn", "length": "max_tokens", "tool_calls": "tool_use"}

    def _event(self, kind: str, **data: Any) -> str:
        return f"event: {kind}\ndata: {json.dumps({'type': kind, **data})}\n\n"

    def begin(self) -> None:
        self.head()
        usage = {"input_tokens": READ - CACHED, "cache_creation_input_tokens": 0, "cache_read_input_tokens": CACHED}
        message: dict[str, Any] = {"id": "msg_1", "type": "message", "role": "assistant", "content": [], "model": "m",
                   "stop_reason": None, "stop_sequence": None, "usage": {**usage, "output_tokens": 1}}  # fmt: skip
        self.send(self._event("message_start", message=message))
        self.send(self._event("content_block_start", index=0, content_block={"type": "text", "text": ""}))
        self.send(self._event("ping"))

    def say(self, text: str) -> None:
        self.send(self._event("content_block_delta", index=0, delta={"type": "text_delta", "text": text}))

    def end(self, reason: str = "stop") -> None:
        self.send(self._event("content_block_stop", index=0))
        usage = {"input_tokens": READ - CACHED, "cache_creation_input_tokens": 0, "cache_read_input_tokens": CACHED}
        delta = {"stop_reason": self._REASONS.get(reason, reason), "stop_sequence": None}
        self.send(self._event("message_delta", delta=delta, usage={**usage, "output_tokens": WROTE}))
        self.send(self._event("message_stop"))

    def error(self, kind: str, words: str) -> dict[str, Any]:
        found = {"type": self._KINDS.get(kind, "invalid_request_error"), "message": words}
        return {"type": "error", "error": found, "request_id": "req_1"}

    def tool(self) -> None:
        block = {"type": "tool_use", "id": "toolu_1", "name": "delete_archive", "input": {}}
        self.send(self._event("content_block_stop", index=0))
        self.send(self._event("content_block_start", index=1, content_block=block))

    def trouble(self) -> None:
        self.send(self._event("error", error={"type": "overloaded_error", "message": self.prompt}))


class _Scenes:
    """What may happen to a request, each told once for all protocols."""

    def right(self, wire: _Wire, asked: int) -> None:
        self._said(wire, "stop")

    def _said(self, wire: _Wire, reason: str, *pieces: str) -> None:
        wire.begin()
        for piece in pieces or SAID:
            wire.say(piece)
        wire.end(reason)

    def thinks(self, wire: _Wire, asked: int) -> None:
        """A model of Ollama's that thinks until its tokens are used up, unless it is told not to."""
        think = wire.body.get("think", True)
        self._said(wire, *("length", "") if think else ("stop",))

    def key(self, wire: _Wire, asked: int) -> None:
        wire.refuse(401, "key", "Incorrect API key provided")

    def credit(self, wire: _Wire, asked: int) -> None:
        wire.refuse(402 if isinstance(wire, AnthropicWire) else 429, "credit", "Your credit balance is too low")

    def busy(self, wire: _Wire, asked: int) -> None:
        wire.refuse(429, "busy", "Rate limit reached", Retry_After="3600")

    def soon(self, wire: _Wire, asked: int) -> None:
        """Has no capacity at first."""
        if asked == 1:
            wire.refuse(429, "busy", "Rate limit reached", Retry_After="0.1")
        else:
            self._said(wire, "stop")

    def overloaded(self, wire: _Wire, asked: int) -> None:
        wire.refuse(529 if isinstance(wire, AnthropicWire) else 503, "overloaded", "Overloaded")

    def unknown(self, wire: _Wire, asked: int) -> None:
        wire.refuse(404, "unknown", "no such model")

    def long(self, wire: _Wire, asked: int) -> None:
        wire.refuse(400, "long", "prompt is too long: 212,345 tokens > 200,000 maximum")

    def refused(self, wire: _Wire, asked: int) -> None:
        wire.refuse(400, "other", "messages: roles must alternate")

    def picky(self, wire: _Wire, asked: int) -> None:
        """Has one temperature, another name for the most tokens, and no efforts."""
        if "reasoning_effort" in wire.body:
            wire.refuse(400, "other", "Unsupported parameter: 'reasoning_effort'")
        elif "max_tokens" in wire.body and isinstance(wire, OpenAIWire):
            wire.refuse(400, "other", "Unsupported parameter: use 'max_completion_tokens' instead")
        elif wire.body.get("temperature", 1.0) != 1.0:
            wire.refuse(400, "other", "Unsupported value: 'temperature' must be 1")
        else:
            self._said(wire, "stop")

    def broken(self, wire: _Wire, asked: int) -> None:
        wire.refuse(500, "broken", "Internal server error")

    def huge(self, wire: _Wire, asked: int) -> None:
        wire.refuse(500, "broken", "model requires more system memory (9.3 GiB) than is available (2.1 GiB)")

    def cut(self, wire: _Wire, asked: int) -> None:
        wire.begin()
        wire.say("The mediator, former judge Orla Venn, resigned after five days in the job [1]. The next")
        wire.send('data: {"id": "1", "obj')

    def over(self, wire: _Wire, asked: int) -> None:
        """Cut where a piece ends, so that it looks like an end."""
        wire.begin()
        wire.say("The mediator, former judge Orla Venn, resigned after five days in the job [1]. The next")

    def troubled(self, wire: _Wire, asked: int) -> None:
        wire.begin()
        wire.say("The mediator, former ")
        wire.trouble()

    def slow(self, wire: _Wire, asked: int) -> None:
        wire.begin()
        wire.say("The mediator, ")
        time.sleep(2)

    def garbage(self, wire: _Wire, asked: int) -> None:
        wire.head()
        wire.handler.wfile.write(b"data: \xff\xfe{{{ not JSON\n\n<html>\x00\x01")

    def loop(self, wire: _Wire, asked: int) -> None:
        self._said(wire, "stop", *["and again and "] * 2000)

    def tools(self, wire: _Wire, asked: int) -> None:
        wire.begin()
        wire.tool()
        wire.end("tool_calls")

    def empty(self, wire: _Wire, asked: int) -> None:
        self._said(wire, "stop", "")

    def length(self, wire: _Wire, asked: int) -> None:
        self._said(wire, "length", *SAID, " The strike of nineteen")

    def short(self, wire: _Wire, asked: int) -> None:
        self._said(wire, "length", "The mediator, former judge")

    def refusal(self, wire: _Wire, asked: int) -> None:
        self._said(wire, "refusal", "")

    def content_filter(self, wire: _Wire, asked: int) -> None:
        self._said(wire, "content_filter", *SAID[:2])


Scene = Callable[[_Wire, int], None]
"""Answers a request on a wire; the number says how often it was asked for."""

_WIRES: dict[str, type[_Wire]] = {wire.path: wire for wire in (OpenAIWire, OllamaWire, AnthropicWire)}


class _Handler(BaseHTTPRequestHandler):
    """Plays the scene that the model's name says."""

    def log_message(self, format: str, *args: Any) -> None:
        """Tests print nothing."""

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        body = json.loads(raw)
        server: Providers = self.server  # type: ignore[assignment]
        server.asked.append((dict(self.headers), body))
        server.raw.append(raw)
        scene = body["model"].removesuffix(":latest")
        server.times[scene] = server.times.get(scene, 0) + 1
        server.scene(scene)(_WIRES[self.path.partition("?")[0]](self, body), server.times[scene])


class Providers(ThreadingHTTPServer):
    """The server.

    Attributes:
        asked: the headers and bodies that it was sent; ``raw`` the same bodies byte by byte.
        times: how often each scene was played; clear it to begin anew.
        scenes: more scenes, by their names.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[tuple[dict[str, str], dict[str, Any]]] = []
        self.raw: list[bytes] = []
        self.times: dict[str, int] = {}
        self.scenes: dict[str, Scene] = {}

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever asked may have left."""

    def scene(self, name: str) -> Scene:
        """What is played for a model of that name."""
        found: Scene = self.scenes.get(name) or getattr(_Scenes(), name)
        return found

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def base(self) -> str:
        return f"{self.url}/v1"

    def setting(self, provider: str, scene: str) -> str:
        """What the setting ``llm`` has to be for a scene."""
        return f"{self.base}#{scene}" if provider == "url" else f"{provider}:{scene}"

    @property
    def environ(self) -> dict[str, str]:
        """The variables that lead the providers' packages here."""
        return {"OLLAMA_HOST": self.url, "ANTHROPIC_BASE_URL": self.url, "OPENAI_BASE_URL": self.base}


@contextmanager
def providers() -> Iterator[Providers]:
    """The server, while it is needed."""
    server = Providers()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
