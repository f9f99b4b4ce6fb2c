"""Asking, and searching without asking."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StringConstraints

from ingest.errors import DatelineError
from qa.answer import Answer, Ignored, Step
from web.api.answers import AnswerModel, PassageModel
from web.api.choosing import IsoDay, Narrowed
from web.api.guarded import guarded, json_only
from web.api.problems import BROKEN, problem_of
from web.api.waiting import Gone, while_there
from web.guard import problem

if TYPE_CHECKING:
    from qa.assistant import Assistant
    from web.service import Service

__all__ = ["LONGEST_QUESTION", "Ask", "add_asking"]

LONGEST_QUESTION = 2000

_HUNG_UP = 499

logger = logging.getLogger(__name__)

Question = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_QUESTION)]
Turn = tuple[
    Annotated[str, Field(max_length=LONGEST_QUESTION, description="The question.")],
    Annotated[str, Field(max_length=20_000, description="The text of its answer.")],
]


class Ask(BaseModel):
    """A question, and what it is narrowed to."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"question": "When did the bridge reopen?"},
                {
                    "question": "Why was that?",
                    "history": [["When did the bridge close?", "It closed on 11 February. [1]"]],
                    "published_from": "2025-02-01",
                    "sources": ["Harbour Gazette"],
                },
            ]
        },
    )

    question: Question = Field(description="In English, as a person would ask it.")
    history: list[Turn] = Field(
        default=[],
        max_length=100,
        description="The questions before it with the text of their answers, oldest first.",
    )
    published_from: IsoDay | None = Field(default=None, description="Only articles of this day and later.")
    published_to: IsoDay | None = Field(default=None, description="Only articles of this day and earlier.")
    sources: list[Annotated[str, Field(max_length=500)]] = Field(
        default=[], max_length=500, description="Only articles of these outlets."
    )
    sections: list[Annotated[str, Field(max_length=500)]] = Field(
        default=[],
        max_length=500,
        description="Only articles of these sections. They override one that the question names.",
    )
    ignore: list[Ignored] = Field(
        default=[],
        max_length=2,
        description="What the question may name that is to narrow nothing. With `days`, all articles are searched, "
        "undated ones among them.",
    )
    asked_on: IsoDay | None = Field(default=None, description='The day that "last week" is reckoned from; else today.')
    llm: StrictBool = Field(default=True, description="Whether a language model may write, where the server has one.")

    def given(self) -> dict[str, Any]:
        """What :meth:`~qa.assistant.Assistant.ask` is called with besides the question."""
        return {
            "history": self.history,
            "published_from": self.published_from,
            "published_to": self.published_to,
            "sources": self.sources or None,
            "sections": self.sections or None,
            "ignore": self.ignore,
            "asked_on": self.asked_on,
            "llm": self.llm,
        }


class Found(BaseModel):
    """The passages nearest to a query, best first, whether or not they answer it."""

    query: str
    passages: list[PassageModel]


class Searching(Narrowed):
    """What is searched for."""

    query: Question = Field(description="A few words, or a question.", examples=["bridge repairs"])
    limit: int = Field(default=8, ge=1, le=100, description="How many passages at most.")


def add_asking(rest: APIRouter, service: Service) -> None:
    """Routes that put a question to the archive."""
    assistant = service.assistant

    @rest.post(
        "/ask",
        tags=["Asking"],
        summary="Ask",
        response_model=AnswerModel,
        **guarded(service, "ask", body=json_only),
    )
    async def ask(asked: Ask, request: Request) -> Any:
        """Answer a question from the articles, or abstain. Every sentence of the answer is an exact quote, or that of
        a language model and borne out by the quotes that it cites (`mode` says which)."""
        try:
            return (await while_there(request, _last(assistant, asked))).to_dict()
        except Gone:
            return Response(status_code=_HUNG_UP)

    @rest.post(
        "/ask/stream",
        tags=["Asking"],
        summary="Ask, and follow the answer",
        response_class=EventSourceResponse,
        **guarded(service, "ask", body=json_only),
    )
    async def ask_stream(asked: Ask) -> AsyncIterator[ServerSentEvent]:
        """The same as server-sent events while the answer is being made.

        `step` for each step as it begins (`{"name", "message"}`), `sentence` for each sentence of a language model
        once it is checked (likewise, with `text`), `withdrawn` where the quotes take the place of all such sentences,
        and at last `answer`, which is what counts, or `error` with a problem. Closing the connection stops the work.
        """
        try:
            async for event in assistant.astream(asked.question, **asked.given()):
                yield _told(event)
        except DatelineError as error:
            yield ServerSentEvent(event="error", data=json.loads(bytes(problem_of(error).body)))
        except Exception:
            logger.exception("answering %r broke", asked.question)
            yield ServerSentEvent(event="error", data=json.loads(bytes(problem(500, BROKEN).body)))

    @rest.get(
        "/search",
        tags=["Asking"],
        summary="Search",
        response_model=Found,
        **guarded(service, "read"),
    )
    def search(wanted: Annotated[Searching, Query()]) -> Any:
        """The passages that are nearest to a query. It is taken as it stands: days that it names narrow nothing."""
        passages = assistant.search(
            wanted.query,
            limit=wanted.limit,
            published_from=wanted.published_from,
            published_to=wanted.published_to,
            sources=wanted.source or None,
            sections=wanted.section or None,
        )
        return {"query": wanted.query, "passages": [asdict(passage) for passage in passages]}


async def _last(assistant: Assistant, asked: Ask) -> Answer:
    """The answer, made a step at a time: between two, the work can be given up."""
    async for event in assistant.astream(asked.question, **asked.given()):
        if isinstance(event, Answer):
            return event
    raise AssertionError("a stream ends with an Answer")


_EVENTS = {("write", True): "sentence", ("withdraw", False): "withdrawn"}


def _told(event: Step | Answer) -> ServerSentEvent:
    if isinstance(event, Answer):
        return ServerSentEvent(event="answer", data=event.to_dict())
    return ServerSentEvent(event=_EVENTS.get((event.name, bool(event.text)), "step"), data=asdict(event))
