"""The frame of the page: its head with the views' tabs, the conversations beside, and the view that is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import gradio as gr

from web import render, samples, words
from web.access import session_of
from web.page import ask, history
from web.page.parts import html
from web.page.views import VIEWS

if TYPE_CHECKING:
    from web.access.load import Slots
    from web.service import Service

__all__ = ["blocks"]


def blocks(service: Service, slots: Slots) -> gr.Blocks:
    """The page over a service, whose archive is looked up again for every quote that is shown.

    Args:
        slots: the questions that are worked on at once, on the page and elsewhere.
    """
    archive, examples = service.assistant.archive, samples.questions_for(service.assistant.archive)
    tabs = [(ask.NAME, ask.LABEL), *((view.name, view.label) for view in VIEWS)]
    page: gr.Blocks = gr.Blocks(title=words.NAME, analytics_enabled=False, fill_width=True)
    with page, gr.Row(elem_id="app"):
        panel = gr.Column(elem_id="panel")
        with gr.Column(elem_id="stage"):
            with gr.Row(elem_id="masthead"):
                html("brand", render.brand(tabs))
                held = html("holdings", render.held(archive.stats()))
                html("tools", render.tools())
                leave = html("leave", "")
            with gr.Row(elem_id="desk"):
                with gr.Row(elem_id=f"view-{ask.NAME}", elem_classes="view"):
                    parts = ask.view(service, page, examples, slots)
                for view in VIEWS:
                    with gr.Column(elem_id=f"view-{view.name}", elem_classes="view"):
                        view.make(service, parts)
                html("reader", render.reader_frame())
        html("help-text", render.shortcuts())
        with panel:
            history.panel(service, parts)

        def loaded(request: gr.Request) -> tuple[str, str]:
            return render.held(archive.stats()), render.leave(session_of(request))

        page.load(
            loaded,
            outputs=[held, leave],
            show_progress="hidden",
            queue=False,
            api_visibility="private",
        )
    page.queue(max_size=64, api_open=False)
    return page
