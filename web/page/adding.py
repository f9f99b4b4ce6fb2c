"""The view that articles are added in, and its routes; removing articles, wherever they are shown."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from ingest.errors import DatelineError, InputError
from ingest.fetch.safe import is_url
from web import words
from web.access import principal_of
from web.page.incoming import Incoming, Job
from web.page.parts import html
from web.render.adding import add_form, cannot_add, progress_of, report_of, trouble_of
from web.words import adding as said

if TYPE_CHECKING:
    from web.access import Principal
    from web.page.parts import Page
    from web.service import Service

__all__ = ["add", "refusal", "view"]

_LISTED = 12
# An address as people type it, without its scheme.
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}(?:[/?#]|$)")

_Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]


class _Files(BaseModel):
    model_config = ConfigDict(extra="forbid")

    files: list[str] = Field(min_length=1, max_length=200)


class _Address(BaseModel):
    model_config = ConfigDict(extra="forbid")

    url: _Line


class _Text(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
    title: _Line = ""
    source: _Line = ""
    published: date | None = None


class _Remove(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: str


def view(service: Service, page: Page) -> None:
    """The components of the view; who may not add is told so when the view is shown."""
    html("add", '<div id="add-place"></div>')


def refusal(service: Service, principal: Principal) -> str:
    """Why somebody may not add or remove articles on the page, in a sentence; empty when they may."""
    if not service.assistant.archive.writable:
        return said.READ_ONLY
    allowed = service.settings.page_may_add
    if allowed == "on" or (allowed == "auto" and principal.may("write")):
        return ""
    if allowed == "off":
        return said.SWITCHED_OFF
    return said.NOT_ALLOWED


def add(app: FastAPI, service: Service) -> None:
    """Add the view's routes to ``app``."""
    settings = service.settings
    incoming = Incoming(settings.archive, service.ingests, max_bytes=settings.max_file_mb << 20)
    router = APIRouter(prefix="/page", include_in_schema=False, dependencies=[Depends(service.access.needs("read"))])
    _add_view(router, service, incoming)
    _add_ways(router, service, incoming)
    app.include_router(router)


def _add_view(router: APIRouter, service: Service, incoming: Incoming) -> None:
    @router.get("/add")
    def ways(request: Request) -> HTMLResponse:
        if why := refusal(service, principal_of(request)):
            return HTMLResponse(cannot_add(why))
        return HTMLResponse(add_form(max_mb=min(service.settings.max_file_mb, service.settings.max_request_mb)))

    @router.get("/jobs")
    def jobs(request: Request) -> HTMLResponse:
        shown = [_shown(service, job) for job in incoming.jobs(principal_of(request).name)]
        return HTMLResponse("".join(shown))

    @router.get("/jobs/{id}")
    def job(id: str, request: Request) -> HTMLResponse:
        found = incoming.job(principal_of(request).name, id)
        if found is None:
            raise HTTPException(404, said.UNKNOWN)
        return HTMLResponse(_shown(service, found))

    @router.delete("/jobs")
    def forget(request: Request) -> HTMLResponse:
        incoming.forget(principal_of(request).name)
        return jobs(request)

    @router.post("/remove")
    def remove(which: _Remove, request: Request) -> dict[str, str]:
        _permit(service, request)
        archive = service.assistant.archive
        article = archive.article(which.id)
        if article is None or not archive.remove([which.id]):
            raise HTTPException(404, words.archive.GONE)
        request.state.told = {"removed": which.id, "title": article.title}
        return {"removed": which.id}


def _add_ways(router: APIRouter, service: Service, incoming: Incoming) -> None:
    @router.post("/add/file")
    async def file(name: Annotated[str, Query(min_length=1, max_length=1000)], request: Request) -> dict[str, str]:
        _permit(service, request)
        try:
            return {"file": await incoming.receive(name, request.stream())}
        except OSError as error:
            raise DatelineError(said.NOT_TAKEN.format(name, error.strerror or error)) from error

    @router.post("/add/files")
    def files(chosen: _Files, request: Request) -> HTMLResponse:
        return _begun(incoming.begin(_permit(service, request), chosen.files))

    @router.post("/add/address")
    def address(given: _Address, request: Request) -> HTMLResponse:
        owner = _permit(service, request)
        url = f"https://{given.url}" if _HOST.match(given.url) else given.url
        if not is_url(url):
            raise InputError(said.NO_ADDRESS.format(given.url))
        return _begun(incoming.begin_address(owner, url))

    @router.post("/add/text")
    def text(given: _Text, request: Request) -> HTMLResponse:
        owner = _permit(service, request)
        record = {"text": given.text, "title": given.title, "source": given.source}
        if given.published:
            record["published"] = given.published.isoformat()
        return _begun(incoming.begin_text(owner, {name: value for name, value in record.items() if value}))


def _permit(service: Service, request: Request) -> str:
    """Who adds or removes.

    Raises:
        HTTPException: they may not.
    """
    principal = principal_of(request)
    if why := refusal(service, principal):
        raise HTTPException(403, why)
    return principal.name


def _begun(job: Job) -> HTMLResponse:
    return HTMLResponse(progress_of(job.id, job.what, job.progress))


def _shown(service: Service, job: Job) -> str:
    if job.report is not None:
        fresh = [*job.report["added"], *job.report["updated"]][:_LISTED]
        found = (service.assistant.archive.article(id) for id in fresh)
        return report_of(job.id, job.what, job.report, [article for article in found if article])
    if job.error:
        return trouble_of(job.id, job.what, job.error)
    return progress_of(job.id, job.what, job.progress)
