"""The routes under ``/v1``, and their errors in OpenAI's words."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import StreamingResponse
from fastapi.routing import APIRoute

from ingest.errors import ArchiveBusy, DatelineError, InputError
from qa.answer import Answer
from web.api.waiting import Gone, while_there
from web.openai import replies
from web.openai.asking import MODEL, Completion, Embedding, conversation
from web.openai.chores import chore
from web.openai.errors import InTheirWords
from web.openai.replies import Reply

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from qa.answer import Step
    from qa.assistant import Assistant
    from web.service import Service

__all__ = ["add_openai"]

logger = logging.getLogger(__name__)

_BROKEN = "Something broke in the server. What happened stands in its log."
# Texts that are encoded in one go: the work stops between two when the client hangs up.
_BATCH = 32
_HUNG_UP = 499


class _NoModel(HTTPException):
    """There is no model of that name."""


class _Route(APIRoute):
    """A route whose errors have OpenAI's shape."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()

        async def answered(request: Request) -> Response:
            try:
                return await answer(request)
            except RequestValidationError as error:
                first = error.errors()[0]
                where = ".".join(str(part) for part in first["loc"][1:])
                return replies.failed(400, f"{where}: {first['msg']}", param=where or None)
            except HTTPException as error:
                code = "model_not_found" if isinstance(error, _NoModel) else None
                headers = dict(error.headers or {})
                return replies.failed(error.status_code, str(error.detail), code=code, headers=headers)
            except DatelineError as error:
                return replies.failed(_status(error), str(error))
            except Gone:
                return Response(status_code=_HUNG_UP)
            except Exception:
                logger.exception("%s %s broke", request.method, request.url.path)
                return replies.failed(500, _BROKEN)

        return answered


def add_openai(app: FastAPI, service: Service) -> None:
    """Add ``/v1/chat/completions``, ``/v1/models`` and ``/v1/embeddings`` to ``app``."""
    router = APIRouter(
        prefix="/v1",
        route_class=_Route,
        dependencies=[Depends(service.access.needs("ask"))],
        tags=["OpenAI"],
    )
    _add_models(router, service.assistant)
    _add_chat(router, service.assistant)
    _add_embeddings(router, service.assistant)

    @router.api_route("/{path:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE"], include_in_schema=False)
    def nothing(path: str) -> None:
        raise HTTPException(404, f"There is nothing at '/v1/{path}'.")

    app.include_router(router)
    app.add_middleware(InTheirWords)


def _add_models(router: APIRouter, assistant: Assistant) -> None:
    models = replies.listed([MODEL, _encoder(assistant)], int(time.time()))

    @router.get("/models")
    def list_models() -> dict[str, Any]:
        return {"object": "list", "data": models}

    @router.get("/models/{name:path}")
    def retrieve_model(name: str) -> dict[str, Any]:
        _known(name, *(model["id"] for model in models))
        return next(model for model in models if model["id"] == name)


def _add_chat(router: APIRouter, assistant: Assistant) -> None:
    @router.post("/chat/completions")
    async def create_chat_completion(asked: Completion, request: Request) -> Response:
        _known(asked.model, MODEL)
        reply = Reply(asked.model, replies.count(*(message.text for message in asked.messages)))
        last = asked.messages[-1]
        if last.role == "user" and (said := chore(last.text)) is not None:
            if asked.stream:
                return _streaming(_said(reply, said, None, usage=asked.wants_usage))
            return _json(reply.whole(said, None))
        wanted = _Wanted.of(asked)
        if not asked.stream:
            answer = await while_there(request, wanted.answer(assistant))
            return _json(reply.whole(answer.to_markdown(), answer))
        events = wanted.ask(assistant)
        first = await anext(events)  # a question that cannot be used is an error, not a stream
        return _streaming(_streamed(reply, first, events, usage=asked.wants_usage))


def _add_embeddings(router: APIRouter, assistant: Assistant) -> None:
    encoder = assistant.searcher.encoder

    @router.post("/embeddings")
    async def create_embedding(asked: Embedding, request: Request) -> Response:
        _known(asked.model, _encoder(assistant))
        texts = asked.texts()
        if asked.dimensions not in (None, encoder.dimensions):
            raise InputError(f"dimensions is {asked.dimensions}: {encoder.name} has {encoder.dimensions}, no other")
        vectors = await while_there(request, _vectors(assistant, texts, query=asked.input_type == "query"))
        packed = asked.encoding_format == "base64"
        return _json(replies.embedded(vectors, texts, model=asked.model, packed=packed))


async def _vectors(assistant: Assistant, texts: list[str], *, query: bool) -> NDArray[np.float32]:
    """Unit vectors of ``texts``, made off the event loop's thread."""
    import numpy as np

    encoder = assistant.searcher.encoder
    rows: list[Any] = []
    for start in range(0, len(texts), _BATCH):
        batch = texts[start : start + _BATCH]
        if query:
            rows += [await asyncio.to_thread(encoder.encode_query, text) for text in batch]
        else:
            rows += list(await asyncio.to_thread(encoder.encode, batch))
    return np.stack(rows)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A question with what came before it and what it is narrowed to."""

    question: str
    history: list[tuple[str, str]]
    published_from: str | None
    published_to: str | None
    sources: list[str] | None
    sections: list[str] | None
    ignore: Sequence[str]
    asked_on: str | None

    @classmethod
    def of(cls, asked: Completion) -> _Wanted:
        question, history = conversation(asked.messages)
        narrowed = asked.dateline
        days = (narrowed.published_from, narrowed.published_to, narrowed.asked_on)
        first, last, on = (day.isoformat() if day else None for day in days)
        names = (narrowed.sources or None, narrowed.sections or None)
        return cls(question, history, first, last, *names, narrowed.ignore, on)

    def ask(self, assistant: Assistant) -> AsyncIterator[Step | Answer]:
        """What is being done, as it begins, and the answer last."""
        return assistant.astream(
            self.question,
            history=self.history,
            published_from=self.published_from,
            published_to=self.published_to,
            sources=self.sources,
            sections=self.sections,
            ignore=self.ignore,
            asked_on=self.asked_on,
        )

    async def answer(self, assistant: Assistant) -> Answer:
        """The answer. Cancelling stops the work at its next step."""
        async for event in self.ask(assistant):
            if isinstance(event, Answer):
                return event
        raise AssertionError("a stream ends with an Answer")


async def _streamed(
    reply: Reply, event: Step | Answer, events: AsyncIterator[Step | Answer], *, usage: bool
) -> AsyncIterator[str]:
    """The completion as it comes: each step as a comment, which clients skip, then the words."""
    try:
        while not isinstance(event, Answer):
            yield f": {event.message}\n\n"
            event = await anext(events)
    except DatelineError as error:
        yield replies.line(replies.error(_status(error), str(error)))
        return
    except Exception:
        logger.exception("a streamed answer broke")
        yield replies.line(replies.error(500, _BROKEN))
        return
    async for line in _said(reply, event.to_markdown(), event, usage=usage):
        yield line


async def _said(reply: Reply, content: str, answer: Answer | None, *, usage: bool) -> AsyncIterator[str]:
    yield replies.line(reply.chunk(role="assistant", content=""))
    for piece in replies.pieces(content):
        yield replies.line(reply.chunk(content=piece))
    yield replies.line(reply.last(answer))
    if usage:
        yield replies.line(reply.used(content, answer))
    yield replies.DONE


def _encoder(assistant: Assistant) -> str:
    """What the archive's encoder is called here: its name without remarks in brackets."""
    return assistant.searcher.encoder.name.partition(" (")[0]


def _known(name: str, *names: str) -> None:
    """Let ``name`` pass if it is one of ``names``.

    Raises:
        HTTPException: there is no such model.
    """
    if name not in names:
        raise _NoModel(404, f"There is no model {name!r} here, only {' and '.join(map(repr, names))}.")


def _status(error: DatelineError) -> int:
    return 400 if isinstance(error, InputError) else 503 if isinstance(error, ArchiveBusy) else 500


def _json(data: dict[str, Any]) -> Response:
    from fastapi.responses import JSONResponse

    return JSONResponse(data)


def _streaming(lines: AsyncIterator[str]) -> StreamingResponse:
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(lines, media_type="text/event-stream", headers=headers)
