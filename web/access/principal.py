"""Who asks: the value that every request carries, and what it lets them do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

__all__ = ["ALL_SCOPES", "LOCAL", "READING", "VISITORS", "Kind", "Principal", "Scope", "principal_of"]

Scope = Literal["ask", "read", "write", "admin"]
Kind = Literal["local", "token", "user", "visitor"]

ALL_SCOPES: frozenset[Scope] = frozenset(get_args(Scope))
READING: frozenset[Scope] = frozenset({"ask", "read"})
VISITORS = "visitor:"
"""What the names of visitors begin with, and nobody else's does."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Whoever a request comes from.

    Attributes:
        name: what their conversations and their lines in the audit log are kept under. Users have the name that they
            log in with; ``token:NAME`` is a token, ``visitor:ID`` a browser that nobody logged in from.
        scopes: what they may do.
        kind: how we know them: ``"local"`` is anyone on this machine while no token and no login is asked for.
    """

    name: str
    scopes: frozenset[Scope]
    kind: Kind

    def may(self, scope: Scope) -> bool:
        """Whether they may do this. ``admin`` may do everything."""
        return scope in self.scopes or "admin" in self.scopes


# Whoever sits at this machine may do everything on the page. REST asks them for the token in server.json before it
# changes anything (see Access.needs): a program could be anybody's.
LOCAL = Principal("local", ALL_SCOPES, "local")


def principal_of(request: Any) -> Principal:
    """Who sent a request: Starlette's, FastAPI's or Gradio's (``gr.Request``), or its ASGI scope.

    Raises:
        LookupError: it did not come through the guard.
    """
    scope = request if isinstance(request, Mapping) else getattr(getattr(request, "request", request), "scope", {})
    found = scope.get("state", {}).get("principal")
    if not isinstance(found, Principal):
        raise LookupError("the request did not come through the guard, so nobody knows who sent it")
    return found
