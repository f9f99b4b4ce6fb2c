"""What the browser shows before Gradio has built the page: Gradio's own document says nothing and has no look yet.

Gradio puts what it is given for the head of a page there by a script, seconds later on a slow machine. Here it stands
in the document from the start, and so does an outline of the page.
"""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web import words
from web.page.dressing import head

__all__ = ["Shell"]

_OUTLINE = f'<div id="shell" aria-hidden="true"><b>{words.NAME}</b><i></i></div>'
_HEAD, _BODY = b"</head>", b"<gradio-app"


class Shell:
    """ASGI middleware that completes the page's document."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.head, self.outline = head().encode(), _OUTLINE.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != "/" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        started: Message | None = None
        body = b""

        async def complete(message: Message) -> None:
            nonlocal started, body
            if message["type"] == "http.response.start":
                started = message
                return
            if started is None or not Headers(raw=started["headers"]).get("content-type", "").startswith("text/html"):
                if started is not None:
                    await send(started)
                    started = None
                await send(message)
                return
            body += message.get("body", b"")
            if message.get("more_body"):
                return
            whole = body.replace(_HEAD, self.head + _HEAD, 1).replace(_BODY, self.outline + _BODY, 1)
            MutableHeaders(scope=started)["content-length"] = str(len(whole))
            await send(started)
            await send({"type": "http.response.body", "body": whole})

        await self.app(scope, receive, complete)
