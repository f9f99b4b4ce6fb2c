"""``/mcp``: the protocol over HTTP, for those who may ask. A session belongs to the token that opened it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from web.access import principal_of

if TYPE_CHECKING:
    from fastapi import FastAPI
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

    from web.access import Scope as Right
    from web.mcp.offering import Context
    from web.service import Service

__all__ = ["add_mcp"]

# A session takes a few kilobytes; an idle one is closed after 30 minutes.
_MOST_SESSIONS = 1000


def add_mcp(app: FastAPI, service: Service) -> None:
    """Add ``/mcp`` to ``app``."""
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

    from web.mcp.offering import offering

    server = offering(service.assistant, add=service.settings.mcp_add, may=_may)
    sessions = StreamableHTTPSessionManager(server, max_sessions=_MOST_SESSIONS)
    app.router.routes.append(Route("/mcp", _Endpoint(sessions, service), methods=["GET", "POST", "DELETE"]))
    before = app.router.lifespan_context

    @asynccontextmanager
    async def running(app: FastAPI) -> AsyncIterator[Any]:
        async with before(app) as state, sessions.run():
            yield state

    app.router.lifespan_context = running


class _Endpoint:
    """An application, so that Starlette does not wrap it: it sends its responses itself."""

    def __init__(self, sessions: StreamableHTTPSessionManager, service: Service) -> None:
        self._sessions = sessions
        self._permitted = service.access.needs("ask")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        from fastapi import HTTPException, Request
        from mcp.server.auth.middleware.bearer_auth import AuthenticatedUser
        from mcp.server.auth.provider import AccessToken

        from web.guard import problem

        try:
            principal = self._permitted(Request(scope, receive))
        except HTTPException as error:
            headers = dict(error.headers or {})
            await problem(error.status_code, str(error.detail), headers=headers)(scope, receive, send)
            return
        # By this the sessions know whose they are.
        token = AccessToken(token="", client_id=principal.name, scopes=sorted(principal.scopes))
        await self._sessions.handle_request({**scope, "user": AuthenticatedUser(token)}, receive, send)


def _may(context: Context, right: Right) -> bool:
    principal = principal_of(context.request)
    return principal.may(right) and not (right == "write" and principal.kind == "local")
