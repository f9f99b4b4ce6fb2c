"""The plain search: the view, and the route that its script fetches results from."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from datetime import date
from threading import Lock
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Query, Request
from fastapi.responses import HTMLResponse

from ingest.listing import Selection
from ingest.stored import Scope
from qa.plain import Hit, best, newest
from web.access import principal_of
from web.page import adding
from web.page.parts import html
from web.render.finding import Asked, Order, no_results, results, search_form, section_options, source_options

if TYPE_CHECKING:
    from web.page.parts import Page
    from web.service import Service

__all__ = ["add", "view"]

_SIZE = 10
_REMEMBERED = 32


def view(service: Service, page: Page) -> None:
    """The components of the view."""
    html("search", search_form())


def add(app: FastAPI, service: Service) -> None:
    """Add the view's routes to ``app``."""
    router = APIRouter(prefix="/page", include_in_schema=False, dependencies=[Depends(service.access.needs("read"))])
    searches = _Searches(service)

    @router.get("/search")
    def search(
        request: Request,
        words: Annotated[str, Query(max_length=400)] = "",
        order: Annotated[str, Query(pattern="best|newest")] = "best",
        first: date | None = None,
        last: date | None = None,
        source: Annotated[list[str], Query(max_length=50)] = [],  # noqa: B006 - FastAPI copies it
        section: Annotated[list[str], Query(max_length=50)] = [],  # noqa: B006
        page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    ) -> HTMLResponse:
        # Without words there is nothing to fit: all articles, in the order of their days.
        chosen: Order = "best" if order == "best" and words.strip() else "newest"
        asked = Asked(words.strip(), chosen, _iso(first), _iso(last), tuple(source), tuple(section), page)
        total, hits = searches.page(asked)
        if not hits:
            return HTMLResponse(no_results(asked, holds=service.assistant.archive.stats().articles))
        removable = not adding.refusal(service, principal_of(request))
        return HTMLResponse(results(asked, hits, total, size=_SIZE, removable=removable))

    @router.get("/sources")
    def sources(source: str = "") -> HTMLResponse:
        return HTMLResponse(source_options(service.assistant.archive.stats().sources, source))

    @router.get("/sections")
    def sections(section: str = "") -> HTMLResponse:
        return HTMLResponse(section_options(service.assistant.archive.select(Selection()).sections(), section))

    app.include_router(router)


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


class _Searches:
    """Searches, best first, whose next page costs no second search."""

    def __init__(self, service: Service) -> None:
        self._assistant = service.assistant
        self._known: OrderedDict[Any, Sequence[Hit]] = OrderedDict()
        self._guard = Lock()

    def page(self, asked: Asked) -> tuple[int, Sequence[Hit]]:
        """How many articles there are, and those of the page that is asked for."""
        scope = Scope(asked.first or None, asked.last or None, asked.sources, asked.sections)
        begin = (asked.page - 1) * _SIZE
        if asked.order == "newest":
            return newest(self._assistant, asked.words, scope=scope, limit=_SIZE, offset=begin)
        hits = self._best(asked.words, scope)
        return len(hits), hits[begin : begin + _SIZE]

    def _best(self, words: str, scope: Scope) -> Sequence[Hit]:
        stats = self._assistant.archive.stats()
        key = (words, scope, stats.articles, stats.passages)  # an archive that has changed is searched anew
        with self._guard:
            if (known := self._known.get(key)) is not None:
                self._known.move_to_end(key)
                return known
        hits = best(self._assistant, words, scope=scope)
        with self._guard:
            self._known[key] = hits
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return hits
