"""The page: its components, and what happens when someone asks. Handlers are thin: they ask ``qa``, and render."""

from __future__ import annotations

import logging
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from ingest.errors import DatelineError
from qa.answer import Answer
from web import render
from web.api import LONGEST_QUESTION

if TYPE_CHECKING:
    from qa.assistant import Assistant

__all__ = ["LOOK", "blocks", "dressing", "early"]

# The folder that the server shows as /look.
LOOK = Path(__file__).parent / "look"

# Answers are made by the processor: more at a time would only make each of them slower.
_ANSWERS_AT_ONCE = 3
_LATEST_SHOWN = 5
_BROKEN = "Something broke while the answer was made. What happened stands in the server’s log; please ask again."
# The example questions are HTML, so that they look as they should: a click on one becomes an event with its words.
_PICK = """element.addEventListener('click', event => {
  const button = event.target.closest('[data-ask]');
  if (button) trigger('select', {question: button.dataset.ask});
});"""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Turn:
    """A question that was answered, and how it is shown. ``text`` is None where the answer failed."""

    question: str
    text: str | None
    shown: str
    sources: str


def blocks(assistant: Assistant, examples: Callable[[], Sequence[str]]) -> gr.Blocks:
    """The page over an open archive.

    Args:
        assistant: answers the questions. Its archive is looked up again for every quote that is shown.
        examples: the questions offered at the start, looked up whenever the page is loaded.
    """
    page: gr.Blocks = gr.Blocks(title="Dateline", analytics_enabled=False, fill_width=True)
    with page:
        turns = gr.State(())
        with gr.Row(elem_id="masthead"):
            head = _html("headline", render.headline(assistant.archive.stats()))
            again = gr.Button("New conversation", elem_id="again", size="sm")
        with gr.Row(elem_id="desk"):
            with gr.Column(elem_id="talk"):
                with gr.Column(elem_id="scroll"):
                    start = _html("start", _start(assistant, examples), js_on_load=_PICK)
                    talk = _html("conversation", render.conversation(()))
                box = gr.Textbox(
                    elem_id="question",
                    label="Your question",
                    show_label=False,
                    container=False,
                    placeholder="Ask about the news in this archive",
                    autofocus=True,
                    max_lines=6,
                    max_length=LONGEST_QUESTION,
                    submit_btn=True,
                )
            with gr.Column(elem_id="sources"):
                sources = _html("evidence", render.evidence_pane(()))

        def ask(
            words: str, before: tuple[Turn, ...], event: gr.EventData
        ) -> Iterator[tuple[Any, Any, Any, tuple[Turn, ...]]]:
            picked = getattr(event, "question", None) if event.target is start else None
            question = (picked or words or "").strip()[:LONGEST_QUESTION]
            if not question:
                yield gr.skip(), gr.skip(), gr.skip(), before
                return
            yield from _turns(assistant, question, before)

        asking = gr.on(
            [box.submit, start.select],
            ask,
            inputs=[box, turns],
            outputs=[box, talk, sources, turns],
            show_progress="hidden",
            concurrency_limit=_ANSWERS_AT_ONCE,
            api_visibility="private",
        )
        again.click(
            lambda: ("", render.conversation(()), render.evidence_pane(()), ()),
            outputs=[box, talk, sources, turns],
            cancels=[asking],
            show_progress="hidden",
            queue=False,
            api_visibility="private",
        )
        page.load(
            lambda: (render.headline(assistant.archive.stats()), _start(assistant, examples)),
            outputs=[head, start],
            show_progress="hidden",
            queue=False,
            api_visibility="private",
        )
    page.queue(max_size=64, api_open=False)
    return page


def dressing() -> dict[str, Any]:
    """How the page looks and moves, as arguments of ``gr.mount_gradio_app``."""
    sans = gr.themes.LocalFont("Source Sans Pro", weights=(400, 700))
    theme = gr.themes.Base(font=[sans, "system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]).set(
        body_background_fill="#f4f2ec", body_background_fill_dark="#161513"
    )
    return {
        "theme": theme,
        "js": (LOOK / "page.js").read_text(encoding="utf-8"),
        # Linked, since Gradio rewrites a stylesheet that it is given: its rules for dark and narrow screens break.
        "head": f'<meta name="color-scheme" content="light dark"><link rel="stylesheet" href="{_stylesheet()}">',
        "footer_links": [],
        "run_history": False,
        "allowed_paths": [],
        "favicon_path": str(LOOK / "icon.svg"),
    }


def early() -> str:
    """A ``Link`` header for the page: what the browser should fetch at once, so that nothing is shown undressed."""
    font = "/look/fonts/source-serif-4-latin-wght-normal.woff2"
    return f"<{_stylesheet()}>; rel=preload; as=style, <{font}>; rel=preload; as=font; crossorigin"


def _stylesheet() -> str:
    """The stylesheet's address, another one whenever it has changed, so that no old copy is used."""
    return f"/look/style.css?{zlib.crc32((LOOK / 'style.css').read_bytes()):08x}"


def _html(name: str, value: str, *, js_on_load: str | None = None) -> gr.HTML:
    return gr.HTML(value, elem_id=name, js_on_load=js_on_load, apply_default_css=False)


def _start(assistant: Assistant, examples: Callable[[], Sequence[str]]) -> str:
    archive = assistant.archive
    return render.start(archive.stats(), examples=examples(), latest=archive.articles(limit=_LATEST_SHOWN))


def _turns(
    assistant: Assistant, question: str, before: tuple[Turn, ...]
) -> Iterator[tuple[Any, Any, Any, tuple[Turn, ...]]]:
    """What the page shows while the question is answered, and then the answer: box, conversation, sources, turns."""
    number = len(before) + 1
    shown = [turn.shown for turn in before]
    history = [(turn.question, turn.text) for turn in before if turn.text is not None]
    box: Any = ""
    try:
        for step in assistant.stream(question, history=history):
            if isinstance(step, Answer):
                archive = assistant.archive
                turn = Turn(question, step.text, render.turn(number, step), render.evidence(number, step, archive))
                break
            yield box, render.conversation([*shown, render.progress(number, question, step.message)]), gr.skip(), before
            box = gr.skip()
        else:
            raise RuntimeError("the assistant's stream ended without an answer")
    except DatelineError as error:
        turn, box = _failed(number, question, str(error)), question
    except Exception:
        logger.exception("the question %r could not be answered", question)
        turn, box = _failed(number, question, _BROKEN), question
    turns = (*before, turn)
    yield box, render.conversation([*shown, turn.shown]), render.evidence_pane([turn.sources for turn in turns]), turns


def _failed(number: int, question: str, message: str) -> Turn:
    return Turn(question, None, render.failure(number, question, message), render.no_evidence())
