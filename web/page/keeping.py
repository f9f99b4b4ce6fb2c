"""The routes of the conversations panel and of what can be done with an answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from pydantic import BaseModel, ConfigDict, StringConstraints

from qa.feedback import LONGEST_COMMENT
from web import feedback
from web.access import principal_of
from web.conversations import Conversation, NoConversation, exported
from web.conversations.export import MEDIA_TYPES, Format, answer_markdown, answer_text, file_name
from web.render.history import conversation_list, found_list
from web.words import history as said

if TYPE_CHECKING:
    from web.service import Service

__all__ = ["add"]

_SHOWN = 40


class _Title(BaseModel):
    model_config = ConfigDict(extra="forbid")

    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


class _Rating(BaseModel):
    model_config = ConfigDict(extra="forbid")

    turn: str
    thumb: feedback.Thumb
    comment: Annotated[str, StringConstraints(max_length=LONGEST_COMMENT)] = ""


def add(app: FastAPI, service: Service) -> None:
    """Add the routes to ``app``. Everyone reaches their own conversations only."""
    router = APIRouter(prefix="/page", include_in_schema=False, dependencies=[Depends(service.access.needs("ask"))])
    _add_list(router, service)
    _add_changes(router, service)
    _add_ratings(router, service)
    app.include_router(router)


def _add_list(router: APIRouter, service: Service) -> None:
    conversations = service.conversations

    @router.get("/conversations")
    def listed(
        request: Request,
        words: Annotated[str, Query(max_length=200)] = "",
        limit: Annotated[int, Query(ge=1, le=10_000)] = _SHOWN,
    ) -> HTMLResponse:
        principal = principal_of(request)
        owner = principal.name
        if words.strip():
            return HTMLResponse(found_list(conversations.search(owner, words), words.strip()))
        headings = conversations.list(owner, limit=limit + 1)
        today = datetime.now().astimezone().date()
        more, note = len(headings) > limit, conversations.note
        days = service.settings.visitor_days if principal.kind == "visitor" and not note else 0
        return HTMLResponse(conversation_list(headings[:limit], today=today, more=more, note=note, days=days))

    @router.get("/conversations/{id}")
    def one(id: str, request: Request) -> JSONResponse:
        found = _own(service, request, id)
        return JSONResponse({"id": id, "title": found.heading.title, "turns": [turn.number for turn in found.turns]})

    @router.get("/conversations/{id}/export")
    def export(id: str, request: Request, form: Format = "md", turn: int | None = None) -> Response:
        found = _own(service, request, id)
        if turn is not None:
            found = replace(found, turns=tuple(one for one in found.turns if one.number == turn))
            if not found.turns:
                raise HTTPException(404, said.NO_QUESTION.format(turn))
        link = str(request.base_url) + f"#ask?c={id}" + (f"&turn={turn}" if turn is not None else "")
        alone = {"txt": answer_text, "md": answer_markdown}.get(form) if turn is not None else None
        document = alone(found.turns[0]) if alone else exported(found, form, link=link)
        name = file_name(found, form)
        return Response(
            document, media_type=MEDIA_TYPES[form], headers={"content-disposition": f'attachment; filename="{name}"'}
        )


def _add_changes(router: APIRouter, service: Service) -> None:
    @router.post("/conversations/{id}/title")
    def rename(id: str, given: _Title, request: Request) -> JSONResponse:
        _own(service, request, id)
        return JSONResponse({"title": service.conversations.rename(principal_of(request).name, id, given.title).title})

    @router.delete("/conversations/{id}")
    def delete(id: str, request: Request) -> JSONResponse:
        _own(service, request, id)
        service.conversations.delete(principal_of(request).name, id)
        return JSONResponse({"deleted": id})


def _add_ratings(router: APIRouter, service: Service) -> None:
    @router.get("/feedback/{conversation}")
    def ratings(conversation: str, request: Request) -> JSONResponse:
        _own(service, request, conversation)
        return JSONResponse(feedback.given(service, principal_of(request).name, conversation))

    @router.post("/feedback")
    def rate(given: _Rating, request: Request) -> JSONResponse:
        try:
            feedback.rate(service, principal_of(request).name, given.turn, given.thumb, given.comment)
        except NoConversation as error:
            raise HTTPException(404, _sentence(error)) from error
        return JSONResponse({"thumb": given.thumb})


def _own(service: Service, request: Request, id: str) -> Conversation:
    """The conversation of that id, if it belongs to whoever asks.

    Raises:
        HTTPException: 404 when it does not, or there is none.
    """
    try:
        return service.conversations.get(principal_of(request).name, id)
    except NoConversation as error:
        raise HTTPException(404, _sentence(error)) from error


def _sentence(error: Exception) -> str:
    said = str(error)
    return f"{said[0].upper()}{said[1:]}."
