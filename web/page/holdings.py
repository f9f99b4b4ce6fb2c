"""The archive at a glance: the view, and the route that its script fetches it from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import HTMLResponse, PlainTextResponse

from qa.timeline import per_day
from web.access import principal_of
from web.page import adding
from web.page.parts import html
from web.render.glance import overview
from web.render.text import holdings as described
from web.words import archive as said

if TYPE_CHECKING:
    from web.page.parts import Page
    from web.service import Service

__all__ = ["add", "view"]

_LATEST = 8
_STORIES = 6


def view(service: Service, page: Page) -> None:
    """The components of the view."""
    html("holdings-view", '<div id="holdings-place"></div>')


def add(app: FastAPI, service: Service) -> None:
    """Add the view's route to ``app``."""
    router = APIRouter(prefix="/page", include_in_schema=False, dependencies=[Depends(service.access.needs("read"))])
    archive = service.assistant.archive

    @router.get("/archive")
    def holdings(request: Request) -> HTMLResponse:
        stats = archive.stats()
        health, well = _health(service)
        shown = overview(
            stats,
            per_day(archive),
            archive.latest(_LATEST),
            archive.widest(_STORIES),
            health=health,
            well=well,
            removable=not adding.refusal(service, principal_of(request)),
        )
        return HTMLResponse(shown)

    @router.get("/held")
    def held() -> PlainTextResponse:
        return PlainTextResponse(described(archive.stats()))

    app.include_router(router)


def _health(service: Service) -> tuple[str, bool]:
    """How the archive is, in a sentence, and whether that is as it should be."""
    archive = service.assistant.archive
    if not archive.writable:
        return archive.stats().healed or said.ONLY_READ, False
    for note in (archive.stats().healed, service.conversations.note):
        if note:
            return f"{note[0].upper()}{note[1:]}.", False
    if waiting := archive.ungrouped:
        return said.GROUPING.format(waiting), True
    encoder = archive.recipe.get("encoder", "")
    return said.WELL_WITH.format(encoder) if encoder else said.WELL, True
