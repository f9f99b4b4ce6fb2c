"""What the views of the page share: the values they pass around, and the components they are made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import gradio as gr

from qa.answer import Filters

if TYPE_CHECKING:
    from qa.answer import Answer
    from web.service import Service

__all__ = ["Page", "Turn", "View", "html", "wire"]


@dataclass(frozen=True, slots=True)
class Turn:
    """A question that was answered, or not.

    Attributes:
        question: as it was asked.
        answer: None where something broke.
        trouble: what broke, as a sentence for people; empty where there is an answer.
        chosen: what the asker narrowed the search to, beside what the question itself says.
        id: under which the turn is kept among the conversations; empty where it is not.
    """

    question: str
    answer: Answer | None = None
    trouble: str = ""
    chosen: Filters = field(default_factory=Filters)
    id: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """The components that views listen to and write to.

    Attributes:
        blocks: the whole page.
        turns: a ``gr.State`` that holds the turns of the conversation that is shown, a tuple of :class:`Turn`.
        conversation: a ``gr.State`` that holds the id under which the conversation is kept; empty until it is.
        talk: shows the conversation.
        sources: shows the sources of its answers.
        box: the question box.
        asking: the event that answers a question, for those that stop it.
    """

    blocks: gr.Blocks
    turns: gr.State
    conversation: gr.State
    talk: gr.HTML
    sources: gr.HTML
    box: gr.Textbox
    asking: Any = None

    @property
    def shown(self) -> list[Any]:
        """What an event writes that shows another conversation; ``ask.showing`` makes the values."""
        return [self.talk, self.sources, self.turns, self.conversation]


@dataclass(frozen=True, slots=True)
class View:
    """One of the page's views: what the browser's address calls it, what its tab says, and what makes its components.

    ``make(service, page)`` is called inside of ``#view-NAME``, a ``gr.Column`` that fills the page below its head.
    """

    name: str
    label: str
    make: Callable[[Service, Page], None]


def html(name: str, value: str = "", *, classes: str = "", js_on_load: str | None = None) -> gr.HTML:
    """A piece of HTML that is shown as it is: ``value`` must be escaped. ``name`` is its id in the page."""
    return gr.HTML(value, elem_id=name, elem_classes=classes or None, js_on_load=js_on_load, apply_default_css=False)


def wire(name: str) -> gr.HTML:
    """A component that is not seen: ``dateline.send("NAME", {…})`` in the page's scripts sets off its ``select``.

    The handler gets what was sent as attributes of its ``gr.EventData``. It comes from a browser: check it.
    """
    listen = f"document.addEventListener('dateline:{name}', event => trigger('select', event.detail)); "
    listen += "element.dataset.wired = 'yes'"
    return html(f"wire-{name}", classes="wire", js_on_load=listen)
