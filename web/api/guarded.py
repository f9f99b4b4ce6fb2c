"""How a route is declared: the scope that it needs, what its body may be, and what may go wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Depends, HTTPException, Request

from web.api.problems import problems

if TYPE_CHECKING:
    from web.access import Scope
    from web.service import Service

__all__ = ["METHODS", "guarded", "json_only", "multipart_only", "only_post", "open_to_all"]

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY")


def guarded(
    service: Service,
    scope: Scope,
    *statuses: int,
    body: Callable[[Request], None] | None = None,
    answers: dict[int | str, dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """What a route is declared with that needs a scope.

    Args:
        statuses: what may go wrong besides what always may.
        body: what checks the body's media type; None for a route without one.
        answers: how else it documents what it answers.
    """
    if body is not None:
        statuses = (*statuses, 413, 415)
    return {
        "dependencies": [Depends(service.access.needs(scope)), *([Depends(body)] if body else [])],
        "responses": {**(answers or {}), **problems(*statuses)},
        "openapi_extra": {"security": [{"token": [scope]}]},
    }


def open_to_all(*statuses: int) -> dict[str, Any]:
    """What a route is declared with that needs no scope, since it tells nothing."""
    documented = {status: told for status, told in problems(*statuses).items() if status not in (401, 403)}
    return {"responses": documented, "openapi_extra": {"security": []}}


def only_post(rest: APIRouter, path: str) -> None:
    """Have ``path`` take nothing but POST: ``fetch`` in it must not be taken for the id of an article."""

    @rest.api_route(path, methods=[method for method in METHODS if method != "POST"], include_in_schema=False)
    async def other(request: Request) -> None:
        raise HTTPException(405, f"{request.method} is not for this: it takes POST.", {"Allow": "POST"})


def json_only(request: Request) -> None:
    """A dependency of routes that take JSON.

    Raises:
        HTTPException: 415, the body is said to be something else.
    """
    main, _, sub = (kind := _kind(request)).partition("/")
    if main != "application" or not (sub == "json" or sub.endswith("+json")):
        raise HTTPException(415, f"This takes application/json, not {kind or 'a body of no named type'}.")


def multipart_only(request: Request) -> None:
    """A dependency of routes that take files.

    Raises:
        HTTPException: 415, the body is said to be something else.
    """
    if (kind := _kind(request)) != "multipart/form-data":
        raise HTTPException(415, f"This takes multipart/form-data, not {kind or 'a body of no named type'}.")


def _kind(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()
