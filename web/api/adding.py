"""Adding articles: as JSON, as files, by their addresses; each a job. And what commands of this machine hand over."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

from fastapi import APIRouter, Depends, File, Header, HTTPException, Request, Response, UploadFile
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from ingest.fetch.safe import is_url
from web.access import Principal, principal_of
from web.api.guarded import guarded, json_only, multipart_only, only_post
from web.api.ingests import Add
from web.api.jobs import Order, new_id
from web.api.managing import JobModel, job_fields
from web.api.works import safe_name

if TYPE_CHECKING:
    from web.api.ingests import Ingests
    from web.api.jobs import Kind
    from web.service import Service

__all__ = ["add_adding"]

_NDJSON = "application/x-ndjson"
_MOST_ARTICLES = 1000
_MOST_FILES = 100
_LONGEST_TEXT = 5_000_000

_Short = Annotated[str, Field(max_length=2000)]
_Long = Annotated[str, Field(max_length=_LONGEST_TEXT)]
_Address = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[!-~]+$",
        description="A name of your own for this request, such as a UUID. Repeating it with the same request gives the "
        "same job and adds nothing twice.",
    ),
]


class NewArticle(BaseModel):
    """An article to add. One that is there already, by its `url`, else by its `id`, becomes a new version of it if its
    text has changed."""

    model_config = ConfigDict(extra="forbid")

    text: _Long | None = Field(default=None, description="The body. Either this or `html` is needed.")
    html: _Long | None = Field(default=None, description="The body as HTML, of which the text is taken.")
    title: _Short = ""
    url: _Address | None = Field(default=None, examples=["https://gazette.example/bridge"])
    published: _Short | None = Field(
        default=None, description="In any form that people write.", examples=["2025-03-05", "5 March 2025"]
    )
    updated: _Short | None = None
    source: _Short | None = Field(default=None, description="The outlet.")
    authors: list[_Short] = Field(default=[], max_length=100)
    language: _Short | None = None
    id: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] | None = Field(
        default=None, description="Your own name for it."
    )
    section: _Short | None = None
    description: _Long | None = None
    place: _Short | None = None

    @model_validator(mode="after")
    def _says_something(self) -> NewArticle:
        from ingest.dates import parse_date

        if not (self.text or self.html or "").strip():
            raise ValueError("there is no text: give text or html")
        for name, value in (("published", self.published), ("updated", self.updated)):
            if value and parse_date(value) is None:
                raise ValueError(f"{name} is {value!r}, which is no date: write it like 2024-03-19 or 19 March 2024")
        return self


class NewArticles(BaseModel):
    """Articles to add."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "articles": [
                        {
                            "title": "Bridge reopens after repairs",
                            "text": "The bridge reopened to traffic on Tuesday after three weeks of repairs.",
                            "url": "https://gazette.example/bridge",
                            "source": "Harbour Gazette",
                            "published": "2025-03-05",
                        }
                    ]
                }
            ]
        },
    )

    articles: list[NewArticle] = Field(min_length=1, max_length=_MOST_ARTICLES)


class Addresses(BaseModel):
    """Addresses of articles, of RSS or Atom feeds (with the article behind each link), of sitemaps, or of files."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"urls": ["https://gazette.example/feed.xml"]}]}
    )

    urls: list[Annotated[_Address, Field(pattern=r"^[Hh][Tt][Tt][Pp][Ss]?://")]] = Field(min_length=1, max_length=100)


_ACCEPTED: dict[str, Any] = {
    "description": "The job that does it. `Location` is where to poll it.",
    "headers": {"Location": {"description": "The job.", "schema": {"type": "string"}}},
    "links": {
        name: {"operationId": name, "parameters": {"job_id": "$response.body#/id"}}
        for name in ("poll_job", "cancel_job")
    },
}


def add_adding(rest: APIRouter, service: Service) -> None:
    """Routes that add articles."""
    _add_json(rest, service)
    _add_files(rest, service)
    _add_addresses(rest, service)
    _add_ingest(rest, service)
    for path in ("/articles/upload", "/articles/fetch"):
        only_post(rest, path)


def _add_json(rest: APIRouter, service: Service) -> None:
    ingests = service.ingests

    @rest.post(
        "/articles",
        tags=["Adding"],
        summary="Add articles",
        status_code=202,
        response_model=JobModel,
        **guarded(service, "write", 409, 507, body=json_only, answers={202: _ACCEPTED}),
    )
    def add_articles(added: NewArticles, request: Request, response: Response, key: Key = None) -> Any:
        """Add articles as JSON. They are taken in by a job; one that cannot be is named in its report."""
        work = [article.model_dump(exclude_defaults=True) for article in added.articles]
        return _accepted(ingests, _order(principal_of(request), "articles", work, key), response)


def _add_files(rest: APIRouter, service: Service) -> None:
    ingests, largest = service.ingests, service.settings.max_file_mb

    @rest.post(
        "/articles/upload",
        tags=["Adding"],
        summary="Upload files",
        status_code=202,
        response_model=JobModel,
        **guarded(service, "write", 409, 507, body=multipart_only, answers={202: _ACCEPTED}),
    )
    def upload_files(
        files: Annotated[
            list[UploadFile],
            File(
                min_length=1, max_length=_MOST_FILES, description="Text, HTML, JSON, CSV, PDF, mails, zip and others."
            ),
        ],
        request: Request,
        response: Response,
        key: Key = None,
    ) -> Any:
        """Add the articles in files, of all formats that `dateline ingest` reads. They are taken in by a job."""
        id, names, prints = new_id(), [], []
        spool = ingests.spool(id)
        try:
            for number, file in enumerate(files, 1):
                names.append(safe_name(file.filename or ""))
                prints.append(_kept(file.file, spool / str(number) / names[-1], largest))
        except BaseException:
            ingests.drop(id)
            raise
        order = _order(principal_of(request), "upload", names, key, prints=prints, id=id)
        return _accepted(ingests, order, response)


def _add_addresses(rest: APIRouter, service: Service) -> None:
    ingests = service.ingests

    @rest.post(
        "/articles/fetch",
        tags=["Adding"],
        summary="Add by address",
        status_code=202,
        response_model=JobModel,
        **guarded(service, "write", 409, 507, body=json_only, answers={202: _ACCEPTED}),
    )
    def fetch_addresses(wanted: Addresses, request: Request, response: Response, key: Key = None) -> Any:
        """Fetch addresses and add what is there. Private addresses are fetched only if the server's settings say so."""
        if wrong := next((url for url in wanted.urls if not is_url(url)), None):
            raise HTTPException(422, f"{wrong!r} is no web address: write it like https://gazette.example/feed.xml")
        return _accepted(ingests, _order(principal_of(request), "fetch", wanted.urls, key), response)


def _add_ingest(rest: APIRouter, service: Service) -> None:
    # It names files of this machine, so it takes more than the scope "write": only Dateline's own commands use it.
    @rest.post("/ingest", include_in_schema=False, dependencies=[Depends(service.access.needs("admin"))])
    def ingest(added: Add) -> StreamingResponse:
        places = (target for target in added.targets if not is_url(target))
        if relative := next((target for target in places if not FilePath(target).is_absolute()), None):
            raise HTTPException(422, f"The target {relative!r} is neither an absolute path nor a web address.")
        lines = (json.dumps(line, ensure_ascii=False) + "\n" for line in service.ingests.run(added))
        return StreamingResponse(lines, media_type=_NDJSON)


def _accepted(ingests: Ingests, order: Order, response: Response) -> dict[str, Any]:
    job, _ = ingests.accept(order)
    response.headers["Location"] = f"/api/v1/jobs/{job.id}"
    return job_fields(job, None)


def _order(
    who: Principal, kind: Kind, work: Any, key: str | None, *, prints: Sequence[str] = (), id: str | None = None
) -> Order:
    meant = json.dumps([kind, work, list(prints)], sort_keys=True)
    print_ = hashlib.sha256(meant.encode()).hexdigest()
    return Order(who.name, kind, work, print_, key, id or new_id())


def _kept(file: BinaryIO, path: FilePath, largest: int) -> str:
    """Keep an uploaded file, and tell the hash of its bytes.

    Raises:
        HTTPException: 413, it is too large.
    """
    path.parent.mkdir(parents=True)
    digest, size = hashlib.sha256(), 0
    with path.open("xb") as kept:
        while piece := file.read(1 << 20):
            size += len(piece)
            if size > largest << 20:
                raise HTTPException(413, f"The file {path.name!r} is larger than {largest} MiB.")
            digest.update(piece)
            kept.write(piece)
    return digest.hexdigest()
