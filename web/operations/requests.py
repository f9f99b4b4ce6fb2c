"""Every request gets an id, and is told to the log, the figures and the traces when it has been answered."""

from __future__ import annotations

import logging
import re
import secrets
import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.operations.logs import REQUEST
from web.operations.metrics import Metrics, route_of
from web.operations.traces import Tracer

__all__ = ["Requests"]

_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
# The page's files, and connections that stay open: nobody reads their lines.
_QUIET = re.compile(r"/(?:assets|static|look|gradio_api/heartbeat)/.*|/metrics|/api/v1/(?:health|ready)")

logger = logging.getLogger(__name__)


class Requests:
    """ASGI middleware around all others.

    Args:
        app: what answers.
        metrics: counts.
        tracer: makes spans.
        until_answered: has something in it for each request that is being answered, but for those of pages and of
            listeners, which stay open.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics, tracer: Tracer, until_answered: set[object]) -> None:
        self.app = app
        self.metrics = metrics
        self.tracer = tracer
        self._until_answered = until_answered

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request = given if _ID.fullmatch(given) else secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = request
        status, began, mark = 500, time.monotonic(), object()

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["x-request-id"] = request
            await send(message)

        reset = REQUEST.set(request)
        self.metrics.began()
        if not _open_ended(scope):
            self._until_answered.add(mark)
        try:
            with self.tracer.span(scope) as span:
                try:
                    await self.app(scope, receive, send_with_id)
                finally:
                    span.ended(route_of(scope), status, request)
        finally:
            self._until_answered.discard(mark)
            seconds = time.monotonic() - began
            self.metrics.ended(scope, status, seconds)
            _tell(scope, status, seconds)
            REQUEST.reset(reset)


def _open_ended(scope: Scope) -> bool:
    path: str = scope["path"]
    return path.startswith("/gradio_api/") or (path == "/mcp" and scope["method"] == "GET")


def _tell(scope: Scope, status: int, seconds: float) -> None:
    """A line in the log, without what was asked: the address is told without its query."""
    if _QUIET.fullmatch(scope["path"]) and status < 400:
        return
    principal = scope["state"].get("principal")
    logger.log(
        logging.INFO if status < 500 else logging.WARNING,
        "%s %s %d",
        scope["method"],
        scope["path"],
        status,
        extra={
            "method": scope["method"],
            "path": scope["path"],
            "status": status,
            "ms": round(1000 * seconds),
            "who": principal.name if principal else None,
            "address": (scope.get("client") or ("",))[0],
        },
    )
