"""Dateline inside LlamaIndex: a retriever, a reranker, a query engine, a chat engine and a tool, all over an archive.

Every node is a stretch of an article: ``node.text == article.text[node.start_char_idx:node.end_char_idx]``. Nothing
here needs a language model, or reads one from LlamaIndex's global ``Settings``, which build an OpenAI client then.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Generator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.llms.types import ChatMessage, MessageRole
from llama_index.core.base.response.schema import (
    RESPONSE_TYPE,
    AsyncStreamingResponse,
    Response,
    StreamingResponse,
)
from llama_index.core.bridge.pydantic import Field, PrivateAttr
from llama_index.core.callbacks.base import CallbackManager
from llama_index.core.callbacks.schema import CBEventType, EventPayload
from llama_index.core.chat_engine.types import AgentChatResponse, BaseChatEngine, StreamingAgentChatResponse
from llama_index.core.chat_engine.utils import aresponse_gen_from_query_engine, response_gen_from_query_engine
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.prompts.mixin import PromptMixinType
from llama_index.core.schema import (
    MetadataMode,
    NodeRelationship,
    NodeWithScore,
    ObjectType,
    QueryBundle,
    RelatedNodeInfo,
    TextNode,
)
from llama_index.core.tools import QueryEngineTool, ToolOutput

from ingest.archive import Scope
from ingest.errors import InputError
from ingest.settings import Settings
from qa.answer import Answer, ArticleRef, RetrievedPassage
from qa.asked import scope_of
from qa.asking import kept
from qa.assistant import Assistant
from qa.read import probability
from qa.reranker import Reranker, load_reranker

__all__ = ["DatelineChatEngine", "DatelineQueryEngine", "DatelineRerank", "DatelineRetriever", "dateline_tool"]


class DatelineRetriever(BaseRetriever):
    """Finds the passages nearest to a query, by meaning and by words, and puts them in order with the reranker.

    A node's text is a stretch of its article; ``start_char_idx`` and ``end_char_idx`` say which. Its metadata are the
    article's ``title``, ``source``, ``published``, ``authors`` (one text: LlamaIndex's stores take no lists), ``url``
    and ``id``, None or empty where unknown. Its id is the same each time. The score is a probability, 0 to 1.

    Args:
        archive: an open Assistant, or the folder of an archive, which the process then keeps open until it ends; None
            for the one in the settings.
        top_k: how many passages at most.
        published_from, published_to: only articles of these days, both included. Days that the query names narrow
            nothing here.
        sources: only articles of this outlet, or of these.

    Raises:
        ArchiveMissing: there is no archive.
        ArchiveBusy: another process owns it.
        InputError: ``top_k`` is below 1, or a date cannot be read; later, the query is empty.
    """

    def __init__(
        self,
        archive: Assistant | str | Path | None = None,
        *,
        top_k: int = 5,
        published_from: str | date | None = None,
        published_to: str | date | None = None,
        sources: str | Sequence[str] | None = None,
        callback_manager: CallbackManager | None = None,
    ) -> None:
        if top_k < 1:
            raise InputError(f"top_k is {top_k}: ask for at least 1 passage")
        self._view = _View.of(archive, scope_of(published_from, published_to, sources))
        self._top_k = top_k
        super().__init__(callback_manager=callback_manager)

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return [_passage(passage) for passage in self._view.search(query_bundle.query_str, self._top_k)]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return await asyncio.to_thread(self._retrieve, query_bundle)


class DatelineRerank(BaseNodePostprocessor):
    """Puts nodes in order with a cross-encoder, and keeps the best. Nodes of any retriever will do.

    A node is read as LlamaIndex gives it to encoders: its text under its metadata, but for those that it keeps from
    them. The score of what comes back is a probability, 0 to 1; what went in stays as it is.

    Args:
        top_n: how many nodes to keep.
        reranker: what scores them; None for the one in the settings, which is the bundled one unless told.

    Raises:
        ModelError: the reranker cannot be loaded.
        InputError: later, when there is no query.
    """

    top_n: int = Field(default=5, ge=1, description="How many nodes to keep.")
    _reranker: Reranker = PrivateAttr()

    def __init__(self, *, top_n: int = 5, reranker: Reranker | None = None) -> None:
        super().__init__(top_n=top_n)  # type: ignore[call-arg]  # pydantic's own, which takes the fields
        self._reranker = reranker or load_reranker(Settings.load())

    @classmethod
    def class_name(cls) -> str:
        return "DatelineRerank"

    def _postprocess_nodes(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        if query_bundle is None or not query_bundle.query_str.strip():
            raise InputError("nodes can be put in order for a query only: give query_str or query_bundle")
        told: dict[str, Any] = {
            EventPayload.NODES: nodes,
            EventPayload.MODEL_NAME: self._reranker.name,
            EventPayload.QUERY_STR: query_bundle.query_str,
            EventPayload.TOP_K: self.top_n,
        }
        with self.callback_manager.event(CBEventType.RERANKING, payload=told) as event:
            best = self._best(nodes, query_bundle.query_str)
            event.on_end(payload={EventPayload.NODES: best})
        return best

    def _best(self, nodes: list[NodeWithScore], query: str) -> list[NodeWithScore]:
        texts = [node.get_content(MetadataMode.EMBED) for node in nodes]
        logits = self._reranker.score(query, texts) if texts else []
        order = sorted(range(len(nodes)), key=lambda i: -logits[i])[: self.top_n]
        return [NodeWithScore(node=nodes[i].node, score=probability(logits[i])) for i in order]


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
        sources: only articles of this outlet, or of these.

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
        callback_manager: CallbackManager | None = None,
    ) -> None:
        self._view = _View.of(archive, scope_of(published_from, published_to, sources))
        self._streaming = streaming
        self._footnotes = footnotes
        super().__init__(callback_manager=callback_manager)

    def _query(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        response = self._response(self._view.ask(query_bundle.query_str))
        if not self._streaming:
            return response
        return StreamingResponse(_said(str(response)), response.source_nodes, response.metadata)

    async def _aquery(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        response = self._response(await asyncio.to_thread(self._view.ask, query_bundle.query_str))
        if not self._streaming:
            return response
        return AsyncStreamingResponse(_asaid(str(response)), response.source_nodes, response.metadata)

    def _get_prompt_modules(self) -> PromptMixinType:
        return {}

    def _response(self, answer: Answer) -> Response:
        return _response(answer, _with_footnotes(answer) if self._footnotes else answer.text)


class DatelineChatEngine(BaseChatEngine):
    """A conversation with the archive: follow-up questions are completed from what was said before.

    Responses carry the quotes as ``source_nodes``, as those of :class:`DatelineQueryEngine` do, and such a response as
    ``sources[0].raw_output``. Each engine is one conversation.

    Args:
        archive, published_from, published_to, sources: as for :class:`DatelineQueryEngine`.
        chat_history: what was said before, oldest first.
    """

    def __init__(
        self,
        archive: Assistant | str | Path | None = None,
        *,
        chat_history: Sequence[ChatMessage] = (),
        published_from: str | date | None = None,
        published_to: str | date | None = None,
        sources: str | Sequence[str] | None = None,
    ) -> None:
        self._view = _View.of(archive, scope_of(published_from, published_to, sources))
        self._history = list(chat_history)

    @property
    def chat_history(self) -> list[ChatMessage]:
        """What was said, oldest first."""
        return list(self._history)

    def reset(self) -> None:
        """Forget what was said."""
        self._history = []

    def chat(self, message: str, chat_history: list[ChatMessage] | None = None) -> AgentChatResponse:
        """Answer ``message``. A ``chat_history`` takes the place of what was said before."""
        return _chatted(self._told(message, chat_history))

    async def achat(self, message: str, chat_history: list[ChatMessage] | None = None) -> AgentChatResponse:
        """The same as :meth:`chat`, off the event loop's thread."""
        return _chatted(await asyncio.to_thread(self._told, message, chat_history))

    def stream_chat(self, message: str, chat_history: list[ChatMessage] | None = None) -> StreamingAgentChatResponse:
        """The same as :meth:`chat`, with the text in pieces from ``response_gen``."""
        told = self._told(message, chat_history)
        return StreamingAgentChatResponse(
            response=told.content,
            sources=[told],
            chat_stream=response_gen_from_query_engine(_said(told.content)),
            is_writing_to_memory=False,
        )

    async def astream_chat(
        self, message: str, chat_history: list[ChatMessage] | None = None
    ) -> StreamingAgentChatResponse:
        """The same as :meth:`achat`, with the text in pieces from ``async_response_gen()``."""
        told = await asyncio.to_thread(self._told, message, chat_history)
        return StreamingAgentChatResponse(
            response=told.content,
            sources=[told],
            achat_stream=aresponse_gen_from_query_engine(_asaid(told.content)),
            is_writing_to_memory=False,
        )

    def _told(self, message: str, chat_history: list[ChatMessage] | None) -> ToolOutput:
        """The answer, which is kept in the history with its question."""
        before = self._history if chat_history is None else list(chat_history)
        answer = self._view.ask(message, history=_turns(before))
        said = [(MessageRole.USER, message), (MessageRole.ASSISTANT, answer.text)]
        self._history = before + [ChatMessage(role=role, content=text) for role, text in said]
        return ToolOutput(
            tool_name="dateline",
            content=answer.text,
            raw_input={"input": message},
            raw_output=_response(answer, answer.text),
        )


def dateline_tool(
    archive: Assistant | str | Path | None = None,
    *,
    name: str = "news_archive",
    description: str | None = None,
    return_direct: bool = False,
    published_from: str | date | None = None,
    published_to: str | date | None = None,
    sources: str | Sequence[str] | None = None,
) -> QueryEngineTool:
    """The archive as a tool for any LlamaIndex agent. It answers with quotes, and a line on each article under them.

    Args:
        archive, published_from, published_to, sources: as for :class:`DatelineQueryEngine`.
        name: what the language model calls it.
        description: what the language model reads about it; None to say how many articles of which days there are.
        return_direct: the tool's words are the agent's answer, and the language model adds nothing.
    """
    scope = scope_of(published_from, published_to, sources)
    view = _View.of(archive, scope)
    engine = DatelineQueryEngine(
        view.assistant,
        footnotes=True,
        published_from=scope.published_from,
        published_to=scope.published_to,
        sources=scope.sources,
    )
    return QueryEngineTool.from_defaults(
        engine, name=name, description=description or view.describe(), return_direct=return_direct
    )


@dataclass(frozen=True, slots=True)
class _View:
    """An archive, and what is seen of it."""

    assistant: Assistant
    scope: Scope

    @classmethod
    def of(cls, archive: Assistant | str | Path | None, scope: Scope) -> _View:
        opened = archive if isinstance(archive, Assistant) else kept(archive, purpose="qa.llama_index")
        return cls(opened, scope)

    def ask(self, question: str, *, history: Sequence[tuple[str, str]] = ()) -> Answer:
        scope = self.scope
        return self.assistant.ask(
            question,
            history=history,
            published_from=scope.published_from,
            published_to=scope.published_to,
            sources=scope.sources,
        )

    def search(self, query: str, limit: int) -> tuple[RetrievedPassage, ...]:
        scope = self.scope
        return self.assistant.search(
            query,
            limit=limit,
            published_from=scope.published_from,
            published_to=scope.published_to,
            sources=scope.sources,
        )

    def describe(self) -> str:
        """What a language model should know of it. No word in it comes from an article."""
        held = self.assistant.archive.stats(self.scope)
        days = f", {held.first} to {held.last}" if held.first and held.last else ""
        return (
            f"Answers a question from an archive of {held.articles:,} news article{'s' * (held.articles != 1)}{days}. "
            "Ask one whole question in English that can be understood by itself. The answer is made of word-for-word "
            "quotes with numbers in brackets, each with its article, outlet and day below. When the articles do not "
            "answer the question, it says so."
        )


def _passage(passage: RetrievedPassage) -> NodeWithScore:
    return _node(passage.article, passage.start, passage.end, passage.text, passage.score)


def _node(article: ArticleRef, start: int, end: int, text: str, score: float) -> NodeWithScore:
    """A stretch of an article. What encoders and rerankers read of it is the text under the headline."""
    metadata = {
        "title": article.title,
        "source": article.source,
        "published": article.published,
        "authors": ", ".join(article.authors),
        "url": article.url,
        "id": article.id,
    }
    node = TextNode(
        id_=f"{article.id}:{start}-{end}",
        text=text,
        start_char_idx=start,
        end_char_idx=end,
        metadata=metadata,
        excluded_embed_metadata_keys=[key for key in metadata if key != "title"],
        excluded_llm_metadata_keys=[key for key, value in metadata.items() if key == "id" or not value],
        metadata_template="{value}",
        text_template="{metadata_str}\n{content}",
        relationships={
            NodeRelationship.SOURCE: RelatedNodeInfo(node_id=article.id, node_type=ObjectType.DOCUMENT),
        },
    )
    return NodeWithScore(node=node, score=score)


def _response(answer: Answer, text: str) -> Response:
    """A response that says ``text``, with the answer's quotes as its sources."""
    quotes = [_node(found.article, found.start, found.end, found.quote, found.score) for found in answer.citations]
    return Response(text, quotes, answer.to_dict())


def _with_footnotes(answer: Answer) -> str:
    """The answer with a line on each article under it; an abstention as it is."""
    lines = []
    for citation in answer.citations:
        article = citation.article
        about = (article.title or "Untitled", article.source, (article.published or "")[:10], article.url)
        lines.append(f"[{citation.number}] " + ", ".join(" ".join(part.split()) for part in about if part))
    return "\n\n".join((answer.text, "\n".join(lines))) if lines else answer.text


def _chatted(told: ToolOutput) -> AgentChatResponse:
    return AgentChatResponse(response=told.content, sources=[told], metadata=told.raw_output.metadata)


def _turns(messages: Sequence[ChatMessage]) -> list[tuple[str, str]]:
    """The questions of a conversation, each with what was said to it last; what tools and systems said is left out."""
    turns: list[tuple[str, str]] = []
    for message in messages:
        text = message.content
        if text and message.role == MessageRole.USER:
            turns.append((text, ""))
        elif text and turns and message.role in (MessageRole.ASSISTANT, MessageRole.CHATBOT, MessageRole.MODEL):
            turns[-1] = (turns[-1][0], text)
    return turns


def _said(text: str) -> Generator[str, None, None]:
    """``text``, word by word."""
    yield from re.split(r"(?<=\s)(?=\S)", text)


async def _asaid(text: str) -> AsyncGenerator[str, None]:
    for word in _said(text):
        yield word
