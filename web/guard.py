"""Which requests are let through, and the headers of what goes out.

A page on this machine can be reached by any web site that its user visits: the checks here keep other sites out, and
with them whoever has not said who they are (``web.access`` knows when that is needed). Routes of Gradio that the page
has no use for (files, proxying) do not exist here.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from fastapi.responses import JSONResponse
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

if TYPE_CHECKING:
    from web.access import Access, Caller

__all__ = ["LOOPBACK", "Guard", "is_question", "problem"]

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

_ROUTES = re.compile(
    r"/(?:(?:config|theme\.css|favicon\.ico|manifest\.json|robots\.txt|pwa_icon(?:/\d+)?|login|logout|metrics|mcp)?"
    r"|(?:assets|static|look|api|page|v1|embed)/.*"
    r"|gradio_api/(?:queue/(?:join|data)|heartbeat/[^/]+|startup-events|reset|cancel|info|run/predict|theme\.css))/?"
)
# What is there for whoever has not said who they are: the way in, whether the server lives, and files of the program.
_OPEN = re.compile(r"/(?:login|logout|metrics|robots\.txt|favicon\.ico|(?:look|embed)/.*|api/v1/(?:health|ready))/?")
# What takes a while to answer, and is limited for it.
_QUESTIONS = re.compile(r"/(?:api/v1/ask(?:/.*)?|v1/(?:chat/)?[a-z]+|mcp|gradio_api/queue/join)/?")
_SEARCHES = re.compile(r"/(?:api/v1|page)/(?:search|timeline)(?:/.*)?")
# What the pages of allowed_origins may use, with a token of their own.
_EMBEDDED = re.compile(r"/(?:api/v1/ask(?:/.*)?|embed/.*)")
_PROGRAM = re.compile(r"/(?:assets|static|look|embed)/.*|/theme\.css|/gradio_api/(?:theme\.css|heartbeat/.*)")
_PAGE = re.compile(r"/(?:config|page/.*|gradio_api/.*)?")
_SAFE = {"GET", "HEAD", "OPTIONS"}
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
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
}
_YEAR = 365 * 24 * 3600


def problem(status: int, detail: str, *, headers: dict[str, str] | None = None, **more: object) -> JSONResponse:
    """An error as problem details (RFC 9457)."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, **more}
    return JSONResponse(body, status, headers=headers, media_type="application/problem+json")


def is_question(scope: Scope) -> bool:
    """Whether a request asks or searches for something, which takes a while."""
    asks = scope["method"] == "POST" and _QUESTIONS.fullmatch(scope["path"])
    return bool(asks or _SEARCHES.fullmatch(scope["path"]))


class Guard:
    """ASGI middleware that turns away what has no business here.

    Args:
        app: what is guarded.
        hosts: the names that requests may address this server by, or None for any. Naming them keeps out a web site
            that had its own name resolved to this machine (DNS rebinding).
        early: the ``Link`` header of the page: what the browser should fetch before it has read the page.
        access: tells who sent a request; they are put into its ``state`` as ``principal``, None for nobody known.
            A handler may put what else the audit log should know into ``request.state.told``, a dictionary.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str] | None, early: str, access: Access) -> None:
        self.app = app
        self.access = access
        self.hosts = hosts
        self.early = early
        self.origins = frozenset(access.settings.allowed_origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":  # nothing here speaks over websockets
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return
        caller = self.access.caller(scope)
        scope.setdefault("state", {}).update(principal=caller.principal, caller=caller)
        sent = self._sending(scope, caller, send)
        try:
            refusal = self._refusal(scope, caller)
            await (refusal or self.app)(scope, receive, sent)
        finally:
            self._note(scope, caller)

    def _sending(self, scope: Scope, caller: Caller, send: Send) -> Send:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                scope["state"]["status"] = message["status"]
                self._dress(scope, caller, MutableHeaders(scope=message))
            await send(message)

        return send_with_headers

    def _dress(self, scope: Scope, caller: Caller, headers: MutableHeaders) -> None:
        for name, value in _HEADERS.items():
            headers.setdefault(name, value)
        origin = Headers(scope=scope).get("origin", "")
        if self._embedding(scope["path"], origin):
            headers["access-control-allow-origin"] = origin
            headers["access-control-expose-headers"] = "retry-after, x-request-id"
            headers["cross-origin-resource-policy"] = "cross-origin"
            headers.add_vary_header("Origin")
        if scope["path"].startswith("/embed/"):
            headers["cross-origin-resource-policy"] = "cross-origin"
        if caller.sender.secure:
            headers["strict-transport-security"] = f"max-age={_YEAR}"
        if not _PROGRAM.fullmatch(scope["path"]):
            headers.setdefault("cache-control", "no-store")
        if scope["path"] == "/":
            headers["link"] = self.early
            if caller.cookie and scope["method"] == "GET":
                headers.append("set-cookie", self.access.visitors_cookie(caller))

    def _refusal(self, scope: Scope, caller: Caller) -> ASGIApp | None:
        headers, path = Headers(scope=scope), scope["path"]
        host, origin = headers.get("host", ""), headers.get("origin")
        if self.hosts is not None and _name(f"//{host}") not in self.hosts:
            names = ", ".join(sorted(self.hosts))
            return problem(421, f"This server answers to {names}, not to {host!r}.")
        if origin is not None and not self._ours(origin, headers):
            if not self._embedding(path, origin):
                return problem(403, f"Requests from pages of {origin!r} are not accepted.")
            if scope["method"] == "OPTIONS":
                return _preflight()
            if caller.by != "token" and not path.startswith("/embed/"):
                return problem(401, f"Pages of {origin} need a token.", headers={"WWW-Authenticate": "Bearer"})
        if not _ROUTES.fullmatch(path):
            return problem(404, f"There is nothing at {path!r}.")
        return self._too_often(scope, caller) or self._stranger(scope, caller)

    def _too_often(self, scope: Scope, caller: Caller) -> Response | None:
        if _PROGRAM.fullmatch(scope["path"]):
            return None
        if wait := self.access.wait(caller, question=is_question(scope)):
            words = f"That was too often. Come again in {wait} second{'' if wait == 1 else 's'}."
            return problem(429, words, headers={"Retry-After": str(wait)})
        return None

    def _stranger(self, scope: Scope, caller: Caller) -> Response | None:
        """What somebody gets who has not said who they are, or whom another site's page may have sent."""
        headers, path = Headers(scope=scope), scope["path"]
        if caller.principal is None and not _OPEN.fullmatch(path):
            if scope["method"] == "GET" and "text/html" in headers.get("accept", ""):
                back = quote(path + (f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else ""))
                return RedirectResponse(f"/login?next={back}", 303)
            return problem(401, caller.refused, headers={"WWW-Authenticate": "Bearer"})
        if scope["method"] not in _SAFE and caller.by != "token" and _is_sent_by_another_site(headers, caller):
            return problem(403, "This request was made by another site's page, or does not say by which.")
        if caller.principal and _PAGE.fullmatch(path):
            for needed in ("ask", "read"):
                if needed not in caller.principal.scopes and "admin" not in caller.principal.scopes:
                    return problem(403, f"The page needs the scope {needed!r}, which {caller.principal.name} has not.")
        return None

    def _ours(self, origin: str, headers: Headers) -> bool:
        """Whether an origin is this server, under the name that it was addressed by or one that a proxy gives it."""
        if origin == "null":  # what a form sends from a page that tells nobody where it is, as ours do
            return headers.get("sec-fetch-site") == "same-origin"
        named = origin.partition("://")[2] == headers.get("host", "")
        return named or (_name(origin) or "") in self.access.settings.hosts

    def _embedding(self, path: str, origin: str) -> bool:
        return origin.lower() in self.origins and bool(_EMBEDDED.fullmatch(path))

    def _note(self, scope: Scope, caller: Caller) -> None:
        """Tell the audit log of what may have changed something, and of who was turned away."""
        status, path = scope["state"].get("status"), scope["path"]
        if not path.startswith(("/api/", "/v1/", "/mcp", "/page/")):
            return
        if (scope["method"] in _SAFE or is_question(scope)) and status not in (401, 403):
            return
        self.access.audit.note(
            "request" if status and status < 400 else "refused",
            who=caller.principal.name if caller.principal else "nobody",
            address=caller.sender.address,
            method=scope["method"],
            path=path,
            status=status,
            request=scope["state"].get("request_id"),
            **scope["state"].get("told", {}),
        )


def _preflight() -> Response:
    headers = {
        "Access-Control-Allow-Methods": "GET, POST",
        "Access-Control-Allow-Headers": "authorization, content-type, x-request-id",
        "Access-Control-Max-Age": "600",
    }
    return Response(status_code=204, headers=headers)


def _is_sent_by_another_site(headers: Headers, caller: Caller) -> bool:
    """Whether a request that changes something may be a forgery.

    Browsers say where each such request comes from. Other programs need not, unless they come with a cookie or through
    a proxy that logs people in, which they have from a browser.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    return caller.by in ("cookie", "proxy") and "origin" not in headers


def _name(address: str) -> str | None:
    """The host's name in an address, without its port; None when the address is malformed."""
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None
