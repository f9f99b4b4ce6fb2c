"""Which requests are let through, and the headers of what goes out.

A page on this machine can be reached by any web site that its user visits: the checks here keep other sites out. They
do not replace a login. Routes of Gradio that the page has no use for (uploads, files, proxying) do not exist here.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from http import HTTPStatus
from urllib.parse import urlsplit

from fastapi.responses import JSONResponse
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["LOOPBACK", "Guard", "problem"]

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

_ROUTES = re.compile(
    r"/(?:(?:config|theme\.css|favicon\.ico|manifest\.json|robots\.txt|pwa_icon(?:/\d+)?)?"
    r"|(?:assets|static|look|api)/.*"
    r"|gradio_api/(?:queue/(?:join|data)|heartbeat/[^/]+|startup-events|reset|cancel|info|run/predict|theme\.css))/?"
)
# Gradio starts itself from inline scripts and compiles templates ('unsafe-inline', 'unsafe-eval'), so scripts cannot be
# ruled out altogether; but whatever ran could neither load from another host nor send anything to one.
_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)
_HEADERS = {
    "content-security-policy": _POLICY,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
}


def problem(status: int, detail: str, *, headers: dict[str, str] | None = None, **more: object) -> JSONResponse:
    """An error as problem details (RFC 9457)."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, **more}
    return JSONResponse(body, status, headers=headers, media_type="application/problem+json")


class Guard:
    """ASGI middleware that turns away what has no business here.

    Args:
        app: what is guarded.
        hosts: the names that requests may address this server by, or None for any. Naming them keeps out a web site
            that had its own name resolved to this machine (DNS rebinding).
        early: the ``Link`` header of the page: what the browser should fetch before it has read the page.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str] | None, early: str) -> None:
        self.app = app
        self.hosts = hosts
        self.early = early

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
                if scope["path"] == "/":
                    headers["link"] = self.early
            await send(message)

        await (self._refusal(scope) or self.app)(scope, receive, send_with_headers)

    def _refusal(self, scope: Scope) -> ASGIApp | None:
        headers = Headers(scope=scope)
        host, origin = headers.get("host", ""), headers.get("origin")
        if self.hosts is not None and _name(f"//{host}") not in self.hosts:
            names = ", ".join(sorted(self.hosts))
            return problem(421, f"This server answers to {names}, not to {host!r}.")
        if origin is not None and origin.partition("://")[2] != host:
            return problem(403, f"Requests from pages of {origin!r} are not accepted.")
        if not _ROUTES.fullmatch(scope["path"]):
            return problem(404, f"There is nothing at {scope['path']!r}.")
        return None


def _name(address: str) -> str | None:
    """The host's name in an address, without its port; None when the address is malformed."""
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None
