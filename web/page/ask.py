"""The view that people ask in: the question box, the conversation, and the sources beside it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import gradio as gr

from ingest.errors import DatelineError
from ingest.listing import Selection
from qa.answer import Answer, Step
from qa.generation.models import ModelName
from web import render, words
from web.access import principal_of
from web.access.load import Busy, Slots
from web.api import LONGEST_QUESTION
from web.page import adding, history, narrowing
from web.page.parts import Page, Turn, html, wire

if TYPE_CHECKING:
    from web.access import Principal
    from web.service import Service

__all__ = ["LABEL", "NAME", "answering", "showing", "view"]

NAME = "ask"
LABEL = words.ASK

_LATEST_SHOWN = 5

logger = logging.getLogger(__name__)


def view(service: Service, blocks: gr.Blocks, examples: Callable[[], Sequence[str]], slots: Slots) -> Page:
    """The components of the view, and what happens in it.

    Args:
        examples: the questions offered at the start, looked up whenever the page is loaded.
        slots: the questions that are worked on at once. Those of the page take theirs in turn with all others.
    """
    page = _components(service, blocks, examples)
    return replace(page, asking=_listen(service, page, slots))


def showing(service: Service, conversation: str, turns: Sequence[Turn]) -> tuple[str, str, tuple[Turn, ...], str]:
    """The values for ``page.shown``: a conversation with all its turns."""
    shown = [_shown(number, turn, conversation) for number, turn in enumerate(turns, 1)]
    sources = [_sources(service, number, turn) for number, turn in enumerate(turns, 1)]
    return render.conversation(shown), render.evidence_pane(sources), tuple(turns), conversation


def _components(service: Service, blocks: gr.Blocks, examples: Callable[[], Sequence[str]]) -> Page:
    turns, conversation = gr.State(()), gr.State("")
    with gr.Column(elem_id="talk"):
        with gr.Column(elem_id="scroll"):
            start = html("start", _start(service, examples))
            talk = html("conversation", render.conversation(()))
        with gr.Column(elem_id="foot"):
            with gr.Column(elem_id="composer"):
                box = _box()
                html("scope", render.scope())
            model = _model(service)
            if model and not model.local:
                html("leaves", render.leaving(str(model)))
    with gr.Column(elem_id="sources"):
        sources = html("evidence", render.evidence_pane(()))
    form = html("filters", _filters(service))

    def loaded(request: gr.Request) -> tuple[str, str]:
        may_add = not adding.refusal(service, principal_of(request))
        return _start(service, examples, may_add=may_add), _filters(service)

    blocks.load(
        loaded,
        outputs=[start, form],
        show_progress="hidden",
        queue=False,
        api_visibility="private",
    )
    return Page(blocks, turns, conversation, talk, sources, box)


def _box() -> gr.Textbox:
    return gr.Textbox(
        elem_id="question",
        label=words.QUESTION,
        show_label=False,
        container=False,
        placeholder=words.PLACEHOLDER,
        autofocus=True,
        max_lines=6,
        max_length=LONGEST_QUESTION,
        submit_btn=True,
    )


def _listen(service: Service, page: Page, slots: Slots) -> Any:
    asked, again = wire("ask"), wire("again")

    def ask(
        typed: str, before: tuple[Turn, ...], conversation: str, event: gr.EventData, request: gr.Request
    ) -> Iterator[tuple[Any, ...]]:
        turn, kept = _wanted(typed, before, event if event.target is asked else None)
        if not turn.question:
            yield gr.skip(), gr.skip(), gr.skip(), before, conversation
            return
        gone = before[-1] if len(kept) < len(before) else None
        try:
            with slots.held_by_thread():
                yield from answering(service, principal_of(request), turn, kept, conversation, gone)
        except Busy as busy:
            turn = replace(turn, trouble=words.BUSY.format(busy.seconds))
            yield turn.question, *_arrived(service, conversation, (*kept, turn))

    asking = gr.on(
        [page.box.submit, asked.select],
        ask,
        inputs=[page.box, page.turns, page.conversation],
        outputs=[page.box, *page.shown],
        show_progress="hidden",
        concurrency_limit=slots.at_once,
        api_visibility="private",
    )
    again.select(
        lambda: ("", *showing(service, "", ())),
        outputs=[page.box, *page.shown],
        cancels=[asking],
        show_progress="hidden",
        queue=False,
        api_visibility="private",
    )
    return asking


def _wanted(typed: str, before: tuple[Turn, ...], event: Any) -> tuple[Turn, tuple[Turn, ...]]:
    """The turn that is asked for, and the turns that stay before it."""
    if event is None:
        return Turn((typed or "").strip()[:LONGEST_QUESTION]), before
    question = getattr(event, "question", None)
    if not isinstance(question, str):
        question = ""
    turn = Turn(question.strip()[:LONGEST_QUESTION], chosen=narrowing.chosen(event))
    instead = getattr(event, "instead", None)
    # An answer that is asked for anew takes the place of the old one, where nothing was asked after it.
    return turn, before[:-1] if before and instead == len(before) else before


def _start(service: Service, examples: Callable[[], Sequence[str]], *, may_add: bool = False) -> str:
    archive, model = service.assistant.archive, _model(service)
    sent = (words.STAYS if model.local else words.LEAVES).format(model) if model else ""
    latest = archive.articles(limit=_LATEST_SHOWN)
    return render.start(archive.stats(), examples=examples(), latest=latest, may_add=may_add, model=sent)


def _filters(service: Service) -> str:
    archive = service.assistant.archive
    return render.filter_form(archive.stats(), archive.select(Selection()).sections())


def _model(service: Service) -> ModelName | None:
    """The language model that writes the answers; None where they are quotes."""
    setting = service.settings.llm
    return ModelName.parse(setting) if setting and service.assistant.writer is not None else None


def answering(
    service: Service, owner: Principal, turn: Turn, before: tuple[Turn, ...], conversation: str, gone: Turn | None
) -> Iterator[tuple[Any, ...]]:
    """What the page shows while the question is answered, and then the answer, in the place of one that is ``gone``."""
    number = len(before) + 1
    shown = [_shown(at, one, conversation) for at, one in enumerate(before, 1)]
    box: Any = ""
    steps: list[str] = []
    written: list[str] = []
    try:
        # Whoever closes the page has this generator closed at its next step, and with it the assistant's work.
        with closing(_stream(service, turn, before)) as stream:
            for step in stream:
                if isinstance(step, Answer):
                    turn = replace(turn, answer=step)
                    break
                if not steps or steps[-1] != step.message:
                    steps.append(step.message)
                if step.text:
                    written.append(step.text)
                if step.name == "withdraw":
                    written.clear()
                waiting = render.progress(number, turn.question, steps, written)
                yield box, render.conversation([*shown, waiting]), gr.skip(), before, conversation
                box = gr.skip()
        if turn.answer is None:
            raise RuntimeError("the assistant's stream ended without an answer")
    except DatelineError as error:
        turn, box = replace(turn, trouble=str(error)), turn.question
    except Exception:
        logger.exception("the question %r could not be answered", turn.question)
        turn, box = replace(turn, trouble=words.BROKEN), turn.question
    if turn.answer is not None:
        turn, conversation = _kept(service, owner, turn, conversation, gone)
    yield box, *_arrived(service, conversation, (*before, turn))


def _kept(service: Service, owner: Principal, turn: Turn, conversation: str, gone: Turn | None) -> tuple[Turn, str]:
    """The turn with the id that it is kept under, and its conversation's. An answer that cannot be kept is shown."""
    try:
        conversation, kept = history.keep(service, owner, conversation, turn, instead=gone)
    except DatelineError as error:
        answer = turn.answer
        if answer is None:
            return turn, conversation
        return replace(turn, answer=replace(answer, notes=(*answer.notes, words.NOT_KEPT.format(error)))), conversation
    return replace(turn, id=kept), conversation


def _arrived(service: Service, conversation: str, turns: Sequence[Turn]) -> tuple[Any, ...]:
    """The values for ``page.shown`` when the last turn has just been answered."""
    _, sources, kept, conversation = showing(service, conversation, turns)
    last = len(turns)
    shown = [_shown(number, turn, conversation, fresh=number == last) for number, turn in enumerate(turns, 1)]
    return render.conversation(shown), sources, kept, conversation


def _stream(service: Service, turn: Turn, before: Sequence[Turn]) -> Generator[Step | Answer, None, None]:
    history = [one.answer for one in before if one.answer is not None]
    yield from service.assistant.stream(turn.question, history=history, **narrowing.arguments(turn.chosen))


def _shown(number: int, turn: Turn, conversation: str, *, fresh: bool = False) -> str:
    if turn.answer is None:
        return render.failure(number, turn.question, turn.trouble)
    return render.turn(
        number,
        turn.answer,
        chosen=turn.chosen,
        fresh=fresh,
        actions=history.actions(conversation, turn),
    )


def _sources(service: Service, number: int, turn: Turn) -> str:
    if turn.answer is None:
        return render.no_evidence()
    return render.evidence(number, turn.answer, service.assistant.archive)
