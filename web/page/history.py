"""Conversations that are kept: the panel that lists them, keeping a turn, and opening a conversation again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gradio as gr

from ingest.errors import DatelineError
from web.access import principal_of
from web.feedback import place_of
from web.page import narrowing
from web.page.parts import Turn, html, wire
from web.render import history as render

if TYPE_CHECKING:
    from web.access import Principal
    from web.conversations import Turn as Kept
    from web.page.parts import Page
    from web.service import Service

__all__ = ["actions", "keep", "panel"]


def panel(service: Service, page: Page) -> None:
    """The components of the conversations panel, made inside of ``#panel``."""
    from web.page import ask

    html("conversations", render.panel())
    opened = wire("open")

    def open_again(event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        owner, id = principal_of(request).name, getattr(event, "id", None)
        try:
            kept = service.conversations.get(owner, id if isinstance(id, str) else "")
        except DatelineError:  # the script that asked has looked for it first, and has told why it is not there
            return ask.showing(service, "", ())
        return ask.showing(service, kept.heading.id, [_turn(kept.heading.id, turn) for turn in kept.turns])

    opened.select(
        open_again,
        outputs=page.shown,
        cancels=[page.asking],
        show_progress="hidden",
        queue=False,
        api_visibility="private",
    )


def keep(
    service: Service, owner: Principal, conversation: str, turn: Turn, *, instead: Turn | None = None
) -> tuple[str, str]:
    """Keep a turn.

    Args:
        owner: who asked.
        conversation: the conversation that it belongs to; empty for one that begins.
        instead: the turn that it takes the place of, when something is asked anew.

    Returns:
        The ids of the conversation and of the turn.

    Raises:
        ArchiveError: it could not be kept.
    """
    assert turn.answer is not None
    replaced = place_of(instead.id)[1] if instead is not None and instead.id else None
    limits = narrowing.arguments(turn.chosen)
    kept, number = service.conversations.append(
        owner.name, conversation or None, turn.question, turn.answer, narrowed=limits, instead=replaced
    )
    return kept, f"{kept}.{number}"


def actions(conversation: str, turn: Turn) -> str:
    """What can be done with an answer, as HTML that stands below it."""
    return render.actions(conversation, turn.id) if conversation and turn.id else ""


def _turn(conversation: str, kept: Kept) -> Turn:
    return Turn(
        kept.question,
        answer=kept.answer,
        chosen=narrowing.kept(kept.narrowed),
        id=f"{conversation}.{kept.number}",
    )
