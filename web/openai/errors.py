"""Refusals of the server as a whole, such as of a token, in OpenAI's words where a client of OpenAI's asks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders

from web.openai.replies import error

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["InTheirWords"]


class InTheirWords:
    """ASGI middleware that says problems (RFC 9457) under ``/v1`` as OpenAI says errors."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith("/v1/"):
            await self.app(scope, receive, _Translator(send).send)
        else:
            await self.app(scope, receive, send)


class _Translator:
    """Holds a problem back until its body is whole; lets everything else pass."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message | None = None
        self._body = b""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=message["headers"])
            if headers.get("content-type", "").startswith("application/problem+json"):
                self._start = message
                return
        if self._start is None or message["type"] != "http.response.body":
            await self._send(message)
            return
        self._body += message.get("body", b"")
        if not message.get("more_body"):
            await self._translated(self._start)

    async def _translated(self, start: Message) -> None:
        detail = json.loads(self._body).get("detail", "")
        body = json.dumps(error(start["status"], detail), ensure_ascii=False).encode()
        headers = MutableHeaders(raw=list(start["headers"]))
        headers["content-type"] = "application/json"
        headers["content-length"] = str(len(body))
        await self._send({**start, "headers": headers.raw})
        await self._send({"type": "http.response.body", "body": body})
