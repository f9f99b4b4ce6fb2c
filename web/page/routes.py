"""Pieces of the page that its scripts fetch, as HTML from ``web.render``: everything in them is escaped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Query, Request
from fastapi.responses import HTMLResponse

from ingest.stored import Scope
from qa.retrieve import search_words
from qa.timeline import course, per_day
from web import render
from web.access import principal_of
from web.api import LONGEST_QUESTION
from web.page import adding, holdings, keeping, library
from web.render.finding import removing
from web.words import ARTICLE_GONE

if TYPE_CHECKING:
    from ingest.archive import Archive
    from web.service import Service

__all__ = ["add_page"]

# Articles that share this much of the best match's words, by its BM25 score, are counted as being on the same thing.
_ALIKE = 0.65
_MOST_PASSAGES = 400

_Words = Annotated[str, Query(min_length=1, max_length=LONGEST_QUESTION)]
_Sources = Annotated[list[str], Query(alias="source", max_length=50)]
_Sections = Annotated[list[str], Query(alias="section", max_length=50)]


def add_page(app: FastAPI, service: Service) -> None:
    """Add the page's own routes, below ``/page``, to ``app``."""
    routes = APIRouter(prefix="/page", include_in_schema=False, default_response_class=HTMLResponse)
    reading = [Depends(service.access.needs("read"))]
    asking = [Depends(service.access.needs("ask"))]
    archive = service.assistant.archive

    @routes.get("/article/{article_id}", dependencies=reading)
    def article(request: Request, article_id: str, marks: Annotated[str, Query(max_length=4000)] = "") -> str:
        found = archive.article(article_id)
        if found is None:
            raise HTTPException(404, ARTICLE_GONE)
        copies = [copy for copy in archive.members(article_id) if copy.id != article_id]
        cited = render.Mark.read(marks)
        read = render.reader(found, marks=cited, versions=archive.versions(article_id), copies=copies)
        removable = not adding.refusal(service, principal_of(request))
        return read + (removing(article_id, found.title) if removable else "")

    @routes.get("/over-time", dependencies=reading)
    def over_time(words: _Words, sources: _Sources = [], sections: _Sections = []) -> str:  # noqa: B006
        scope = Scope(sources=tuple(sources), sections=tuple(sections))
        ids = _alike(archive, words, scope)
        narrowed = [*(("source", one) for one in sources), *(("section", one) for one in sections)]
        asked = urlencode([("words", words), *narrowed])
        return render.over_time(per_day(archive, ids=ids), course_at=f"/page/course?{asked}") if ids else ""

    @routes.get("/course", dependencies=asking)
    def events(words: _Words, sources: _Sources = [], sections: _Sections = []) -> str:  # noqa: B006
        return render.course(course(service.assistant, words, sources=sources, sections=sections))

    app.include_router(routes)
    for part in (keeping, library, holdings, adding):
        part.add(app, service)


def _alike(archive: Archive, words: str, scope: Scope) -> set[str]:
    """The ids of the articles that have the words of a question, nearly as well as the one that has them best."""
    found = archive.matching(search_words(words), _MOST_PASSAGES, scope=scope or None)
    enough = _ALIKE * found[0][1] if found else 0.0
    return {stored.article.id for stored in archive.passages([id for id, score in found if score >= enough])}
