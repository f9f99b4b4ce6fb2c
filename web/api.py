"""REST under ``/api/v1``: ask, read the articles, add articles. Every error is a problem in the sense of RFC 9457.

Reading is open to whoever the guard lets through. Adding needs the token, always: it names files of this machine.
"""

from __future__ import annotations

import json
import logging
import queue
import secrets
import threading
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from starlette.exceptions import HTTPException as StarletteHTTPException

from ingest.errors import ArchiveBusy, ArchiveFull, ArchiveReadOnly, DatelineError, InputError, SettingsError
from ingest.fetch.limits import Limits
from ingest.fetch.safe import is_url, shown
from web.guard import problem

if TYPE_CHECKING:
    from ingest.pipeline import IngestReport, Progress
    from qa.assistant import Assistant

__all__ = ["LONGEST_QUESTION", "Ingests", "add_rest"]

LONGEST_QUESTION = 2000

_NDJSON = "application/x-ndjson"
_BROKEN = "Something broke in the server. What happened stands in its log."
_STATUS: tuple[tuple[type[DatelineError], int], ...] = (
    (InputError, 422),
    (SettingsError, 422),
    (ArchiveBusy, 503),
    (ArchiveReadOnly, 409),
    (ArchiveFull, 507),
)

logger = logging.getLogger(__name__)

_Question = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_QUESTION)]


class Ask(BaseModel):
    """A question. ``history`` holds the questions before it with the text of their answers, oldest first; ``asked_on``
    is the day that "last week" is reckoned from, today unless told."""

    model_config = ConfigDict(extra="forbid")

    question: _Question
    history: list[tuple[str, str]] = Field(default=[], max_length=100)
    published_from: date | None = None
    published_to: date | None = None
    sources: list[str] = []
    asked_on: date | None = None


class Add(BaseModel):
    """What to ingest: files, folders or globs of this machine, as absolute paths, or web addresses; and, where it is
    not as the server's settings say, whether private addresses are fetched too, and how many pages of one feed."""

    model_config = ConfigDict(extra="forbid")

    targets: list[str] = Field(min_length=1)
    allow_private: bool | None = None
    max_links: int | None = Field(default=None, ge=1)


class Stopped(DatelineError):
    """The server is stopping, so what it was doing is given up; nothing that was stored is lost."""


class Ingests:
    """Ingests that run for others, each in a thread of its own so that it outlives a lost connection."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._stopping = threading.Event()
        self._threads: set[threading.Thread] = set()

    def run(self, added: Add) -> Iterator[dict[str, Any]]:
        """Ingest what is named: yields ``{"progress": …}`` as it goes, then ``{"report": …}`` or ``{"error": …}``."""
        said: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        thread = threading.Thread(target=self._work, args=(added, said), name="ingest")
        self._threads.add(thread)
        thread.start()
        while (line := said.get()) is not None:
            yield line

    def give_up(self) -> None:
        """Have what is running end at its next step. Nothing that was stored is lost."""
        self._stopping.set()

    def finish(self) -> None:
        """Have what is running end, and wait until it has."""
        self.give_up()
        for thread in list(self._threads):
            thread.join()

    def _work(self, added: Add, said: queue.SimpleQueue[dict[str, Any] | None]) -> None:
        try:
            said.put({"report": self._ingest(added, said).to_dict()})
        except DatelineError as error:
            said.put({"error": str(error)})
        except Exception:
            logger.exception("the ingest of %s broke", ", ".join(map(shown, added.targets)))
            said.put({"error": _BROKEN})
        finally:
            said.put(None)
            self._threads.discard(threading.current_thread())

    def _ingest(self, added: Add, said: queue.SimpleQueue[dict[str, Any] | None]) -> IngestReport:
        def tell(progress: Progress) -> None:
            if self._stopping.is_set():
                raise Stopped("the server was stopped; what was stored stays, ingest again to finish")
            said.put({"progress": asdict(progress)})

        limits = Limits.of(self._assistant.settings)
        if added.allow_private is not None:
            limits = replace(limits, allow_private=added.allow_private)
        if added.max_links is not None:
            limits = replace(limits, max_links=added.max_links)
        return self._assistant.ingest(*added.targets, on_progress=tell, limits=limits)


def add_rest(app: FastAPI, assistant: Assistant, ingests: Ingests, token: str) -> None:
    """Add the REST interface to ``app``.

    Args:
        app: the server's application.
        assistant: answers, and holds the archive.
        ingests: runs what is added.
        token: what ``Authorization: Bearer`` must hold to add articles.
    """
    rest = APIRouter(prefix="/api/v1")
    _add_reading(rest, assistant)
    _add_writing(rest, ingests, token)

    @rest.api_route("/{path:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE"], include_in_schema=False)
    def nothing(path: str) -> None:
        raise HTTPException(404, f"There is nothing at '/api/v1/{path}'.")

    app.include_router(rest)
    _add_problems(app)


def _add_reading(rest: APIRouter, assistant: Assistant) -> None:
    archive = assistant.archive

    @rest.get("/health")
    def health() -> dict[str, Any]:
        stats = archive.stats()
        return {
            "status": "ok",
            "articles": stats.articles,
            "passages": stats.passages,
            "from": stats.first,
            "to": stats.last,
            "sources": dict(stats.sources),
        }

    @rest.post("/ask")
    def ask(asked: Ask) -> dict[str, Any]:
        answer = assistant.ask(
            asked.question,
            history=asked.history,
            published_from=_iso(asked.published_from),
            published_to=_iso(asked.published_to),
            sources=asked.sources or None,
            asked_on=asked.asked_on,
        )
        return answer.to_dict()

    @rest.get("/articles")
    def articles(
        limit: Annotated[int, Query(ge=1, le=1000)] = 50,
        offset: Annotated[int, Query(ge=0)] = 0,
        source: str | None = None,
    ) -> dict[str, Any]:
        found = archive.articles(limit=limit, offset=offset, source=source)
        return {"total": archive.stats().articles, "articles": [_without_text(asdict(article)) for article in found]}

    @rest.get("/articles/{article_id}")
    def article(article_id: str) -> dict[str, Any]:
        found = archive.article(article_id)
        if found is None:
            raise HTTPException(404, f"There is no article {article_id!r} in the archive.")
        passages = [
            {"id": passage.id, "start": passage.start, "end": passage.end, "sentences": passage.sentences}
            for passage in archive.passages_of(article_id)
        ]
        story = [_without_text(asdict(other)) for other in archive.members(article_id)]
        return {**asdict(found), "passages": passages, "story": story}

    @rest.get("/articles/{article_id}/versions")
    def versions(article_id: str) -> dict[str, Any]:
        found = archive.versions(article_id)
        if not found:
            raise HTTPException(404, f"There is no article {article_id!r} in the archive.")
        return {
            "versions": [
                {"version": one.number, "added": one.added, "replaced": one.replaced, "article": asdict(one.article)}
                for one in found
            ]
        }

    @rest.get("/stories")
    def stories(
        limit: Annotated[int, Query(ge=1, le=1000)] = 50,
        offset: Annotated[int, Query(ge=0)] = 0,
        source: str | None = None,
    ) -> dict[str, Any]:
        found = archive.stories(limit=limit, offset=offset, source=source)
        return {
            "stories": [
                {"id": story.id, "articles": [_without_text(asdict(article)) for article in story.members]}
                for story in found
            ]
        }


def _add_writing(rest: APIRouter, ingests: Ingests, token: str) -> None:
    def authorised(request: Request) -> None:
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not secrets.compare_digest(given.strip().encode(), token.encode()):
            raise HTTPException(
                401,
                "Adding needs the token in server.json, in the archive's folder, sent as Authorization: Bearer TOKEN.",
                headers={"WWW-Authenticate": "Bearer"},
            )

    @rest.post("/ingest", dependencies=[Depends(authorised)])
    def ingest(added: Add) -> StreamingResponse:
        places = (target for target in added.targets if not is_url(target))
        if relative := next((target for target in places if not Path(target).is_absolute()), None):
            raise HTTPException(422, f"The target {relative!r} is neither an absolute path nor a web address.")
        lines = (json.dumps(line, ensure_ascii=False) + "\n" for line in ingests.run(added))
        return StreamingResponse(lines, media_type=_NDJSON)


def _add_problems(app: FastAPI) -> None:
    @app.exception_handler(StarletteHTTPException)
    def refused(request: Request, error: StarletteHTTPException) -> JSONResponse:
        return problem(error.status_code, str(error.detail), headers=dict(error.headers or {}))

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        errors = [{"at": ".".join(str(part) for part in one["loc"]), "message": one["msg"]} for one in error.errors()]
        detail = "; ".join(f"{one['at']}: {one['message']}" for one in errors)
        return problem(422, detail, errors=errors)

    @app.exception_handler(DatelineError)
    def expected(request: Request, error: DatelineError) -> JSONResponse:
        return problem(next((status for kind, status in _STATUS if isinstance(error, kind)), 500), str(error))

    @app.exception_handler(Exception)
    def broken(request: Request, error: Exception) -> JSONResponse:
        return problem(500, _BROKEN)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _without_text(article: dict[str, Any]) -> dict[str, Any]:
    """An article in a list: all but its text, which is had by its id."""
    return {name: value for name, value in article.items() if name != "text"}
