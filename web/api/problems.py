"""What goes wrong, as problem details (RFC 9457): their form, where they are documented, and what becomes one."""

from __future__ import annotations

import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from ingest.errors import (
    ArchiveBusy,
    ArchiveFull,
    ArchiveReadOnly,
    DatelineError,
    InputError,
    SettingsError,
    VectorsAway,
)
from web.guard import problem

__all__ = ["BROKEN", "Problem", "ProblemAt", "add_problems", "problem_of", "problems", "unfit"]

BROKEN = "Something broke in the server. What happened stands in its log."

_SECONDS_TO_WAIT = "5"
_STATUS: tuple[tuple[type[DatelineError], int], ...] = (
    (InputError, 422),
    (SettingsError, 422),
    (ArchiveBusy, 503),
    (VectorsAway, 503),
    (ArchiveReadOnly, 409),
    (ArchiveFull, 507),
)
_MEANINGS = {
    400: "The request cannot be read.",
    401: "Nobody said who sends this, or the token is unknown, expired or revoked.",
    403: "The token's scopes do not reach so far, or the request comes from a page of another origin.",
    404: "There is no such thing.",
    409: "It cannot be done as things stand, such as a change of an archive that is read-only.",
    413: "The request is too large.",
    415: "The body is of another media type than this takes.",
    422: "A value cannot be used; `errors` says which, and why.",
    429: "Too many requests. `Retry-After` says when to try again.",
    500: "Something broke in the server.",
    503: "Too busy just now, or what this needs is away. `Retry-After` says when to try again.",
    507: "The disk is full.",
}
_ALWAYS = (400, 401, 403, 422, 429, 500, 503)

logger = logging.getLogger(__name__)


class ProblemAt(BaseModel):
    """A value that cannot be used, and where it stands in the request."""

    at: str = Field(examples=["body.question"])
    message: str = Field(examples=["String should have at least 1 character"])


class Problem(BaseModel):
    """What went wrong (RFC 9457)."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(examples=["about:blank"])
    title: str = Field(description="The status in words.", examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(
        description="What went wrong, and what to do about it, for people.",
        examples=["There is no article 'nowhere' in the archive."],
    )
    errors: list[ProblemAt] | None = Field(default=None, description="With 422: each value that cannot be used.")


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """How a route documents what may go wrong: these statuses, and those that any route may answer with."""
    return {status: _documented(status) for status in sorted({*_ALWAYS, *statuses})}


def _documented(status: int) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    told: dict[str, Any] = {
        "description": _MEANINGS[status],
        "content": {"application/problem+json": {"schema": schema}},
    }
    if status == 400:  # what is no HTTP at all, such as an address of 64 kB, is turned away before it comes to us
        told["content"]["text/plain"] = {"schema": {"type": "string"}}
    if status in (429, 503):
        seconds = {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 0}}
        told["headers"] = {"Retry-After": seconds}
    if status == 401:
        told["headers"] = {"WWW-Authenticate": {"description": "How to say it.", "schema": {"type": "string"}}}
    return told


def add_problems(app: FastAPI) -> None:
    """Have everything that goes wrong in ``app`` answered as a problem."""

    @app.exception_handler(HTTPException)
    def refused(request: Request, error: HTTPException) -> JSONResponse:
        headers = dict(error.headers or {})
        if error.status_code == 503:
            headers.setdefault("Retry-After", _SECONDS_TO_WAIT)
        return problem(error.status_code, str(error.detail), headers=headers)

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        found = error.errors()
        broken = next((one for one in found if one["type"] == "json_invalid"), None)
        return problem(400, f"The body is not complete JSON: {broken['ctx']['error']}.") if broken else unfit(found)

    @app.exception_handler(DatelineError)
    def expected(request: Request, error: DatelineError) -> JSONResponse:
        return problem_of(error)

    @app.exception_handler(Exception)
    def broken(request: Request, error: Exception) -> JSONResponse:
        return problem(500, BROKEN)


def problem_of(error: DatelineError) -> JSONResponse:
    """The problem that an error of ours is."""
    status = next((status for kind, status in _STATUS if isinstance(error, kind)), 500)
    return problem(status, str(error), headers={"Retry-After": _SECONDS_TO_WAIT} if status == 503 else None)


def unfit(found: Any) -> JSONResponse:
    """The problem that some values cannot be used, from pydantic's words on each."""
    errors = [{"at": ".".join(str(part) for part in one["loc"]), "message": one["msg"]} for one in found]
    detail = "; ".join(f"{one['at']}: {one['message']}" for one in errors)
    return problem(422, detail.encode("utf-8", "replace").decode(), errors=errors)
