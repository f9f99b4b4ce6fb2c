"""Cited answers: the query engine, and the tool made of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.response.schema import (
    RESPONSE_TYPE,
    AsyncStreamingResponse,
    Response,
    StreamingResponse,
)
from llama_index.core.callbacks.base import CallbackManager
from llama_index.core.prompts.mixin import PromptMixinType
from llama_index.core.schema import QueryBundle
from llama_index.core.tools import QueryEngineTool

from qa.answer import Answer
from qa.assistant import Assistant
from qa.llama_index.nodes import asaid, responding, said
from qa.view import View, with_footnotes

__all__ = ["DatelineQueryEngine", "dateline_tool"]


class DatelineQueryEngine(BaseQueryEngine):
    """Answers a question from the archive, or abstains.

    The response's text is the answer with its markers; ``[n]`` is ``source_nodes[n-1]``, whose text is the quote, with
    its place in the article. The metadata are the whole :class:`qa.Answer`, as its ``to_dict()`` gives it. An
    abstention has no source nodes.

    Args:
        archive: as for :class:`DatelineRetriever`.
        streaming: respond with the text in pieces. An answer is known whole before its first word is said, so the
            source nodes and the metadata are there from the beginning.
        footnotes: put a line on each cited article under the answer: headline, outlet, day and address. It is for those
            who see the text alone, such as a language model that calls a tool.
        published_from, published_to: only articles of these days, both included; overrides days that the question
            names.
        sources, sections: only articles of this outlet or section, or of these.

    Raises:
        ArchiveMissing: there is no archive.
        ArchiveBusy: another process owns it.
        InputError: a date cannot be read; later, the question is empty.
    """

    def __init__(
        self,
        archive: Assistant | str | Path | None = None,
        *,
        streaming: bool = False,
        footnotes: bool = False,
        published_from: str | date | None = None,
        published_to: str | date | None = None,
        sources: str | Sequence[str] | None = None,
        sections: str | Sequence[str] | None = None,
        callback_manager: CallbackManager | None = None,
    ) -> None:
        self._view = View.of(
            archive,
            published_from=published_from,
            published_to=published_to,
            sources=sources,
            sections=sections,
            purpose="qa.llama_index",
        )
        self._streaming = streaming
        self._footnotes = footnotes
        super().__init__(callback_manager=callback_manager)

    def _query(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        response = self._response(self._view.ask(query_bundle.query_str))
        if not self._streaming:
            return response
        return StreamingResponse(said(str(response)), response.source_nodes, response.metadata)

    async def _aquery(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        response = self._response(await self._view.aask(query_bundle.query_str))
        if not self._streaming:
            return response
        return AsyncStreamingResponse(asaid(str(response)), response.source_nodes, response.metadata)

    def _get_prompt_modules(self) -> PromptMixinType:
        return {}

    def _response(self, answer: Answer) -> Response:
        return responding(answer, with_footnotes(answer) if self._footnotes else answer.text)


def dateline_tool(
    archive: Assistant | str | Path | None = None,
    *,
    name: str = "news_archive",
    description: str | None = None,
    return_direct: bool = False,
    published_from: str | date | None = None,
    published_to: str | date | None = None,
    sources: str | Sequence[str] | None = None,
    sections: str | Sequence[str] | None = None,
) -> QueryEngineTool:
    """The archive as a tool for any LlamaIndex agent. It answers with quotes, and a line on each article under them.

    Args:
        archive, published_from, published_to, sources, sections: as for :class:`DatelineQueryEngine`.
        name: what the language model calls it.
        description: what the language model reads about it; None to say how many articles of which days there are.
        return_direct: the tool's words are the agent's answer, and the language model adds nothing.
    """
    view = View.of(
        archive,
        published_from=published_from,
        published_to=published_to,
        sources=sources,
        sections=sections,
        purpose="qa.llama_index",
    )
    scope = view.scope
    engine = DatelineQueryEngine(
        view.assistant,
        footnotes=True,
        published_from=scope.published_from,
        published_to=scope.published_to,
        sources=scope.sources,
        sections=scope.sections,
    )
    return QueryEngineTool.from_defaults(
        engine, name=name, description=description or view.describe(), return_direct=return_direct
    )
