"""A conversation with the archive."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from llama_index.core.base.llms.types import ChatMessage, MessageRole
from llama_index.core.chat_engine.types import AgentChatResponse, BaseChatEngine, StreamingAgentChatResponse
from llama_index.core.chat_engine.utils import aresponse_gen_from_query_engine, response_gen_from_query_engine
from llama_index.core.tools import ToolOutput

from qa.answer import Answer
from qa.assistant import Assistant
from qa.llama_index.nodes import asaid, responding, said
from qa.view import View

__all__ = ["DatelineChatEngine"]


class DatelineChatEngine(BaseChatEngine):
    """A conversation with the archive: follow-up questions are completed from what was said before.

    Responses carry the quotes as ``source_nodes``, as those of :class:`DatelineQueryEngine` do, and such a response as
    ``sources[0].raw_output``. Each engine is one conversation.

    Args:
        archive, published_from, published_to, sources, sections: as for :class:`DatelineQueryEngine`.
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
        sections: str | Sequence[str] | None = None,
    ) -> None:
        self._view = View.of(
            archive,
            published_from=published_from,
            published_to=published_to,
            sources=sources,
            sections=sections,
            purpose="qa.llama_index",
        )
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
        return _chatted(await self._atold(message, chat_history))

    def stream_chat(self, message: str, chat_history: list[ChatMessage] | None = None) -> StreamingAgentChatResponse:
        """The same as :meth:`chat`, with the text in pieces from ``response_gen``."""
        told = self._told(message, chat_history)
        return StreamingAgentChatResponse(
            response=told.content,
            sources=[told],
            chat_stream=response_gen_from_query_engine(said(told.content)),
            is_writing_to_memory=False,
        )

    async def astream_chat(
        self, message: str, chat_history: list[ChatMessage] | None = None
    ) -> StreamingAgentChatResponse:
        """The same as :meth:`achat`, with the text in pieces from ``async_response_gen()``."""
        told = await self._atold(message, chat_history)
        return StreamingAgentChatResponse(
            response=told.content,
            sources=[told],
            achat_stream=aresponse_gen_from_query_engine(asaid(told.content)),
            is_writing_to_memory=False,
        )

    def _told(self, message: str, chat_history: list[ChatMessage] | None) -> ToolOutput:
        """The answer, which is kept in the history with its question."""
        before = self._history if chat_history is None else list(chat_history)
        return self._kept(message, before, self._view.ask(message, history=_turns(before)))

    async def _atold(self, message: str, chat_history: list[ChatMessage] | None) -> ToolOutput:
        """The same as :meth:`_told`, off the event loop's thread."""
        before = self._history if chat_history is None else list(chat_history)
        return self._kept(message, before, await self._view.aask(message, history=_turns(before)))

    def _kept(self, message: str, before: list[ChatMessage], answer: Answer) -> ToolOutput:
        exchange = [(MessageRole.USER, message), (MessageRole.ASSISTANT, answer.text)]
        self._history = before + [ChatMessage(role=role, content=text) for role, text in exchange]
        return ToolOutput(
            tool_name="dateline",
            content=answer.text,
            raw_input={"input": message},
            raw_output=responding(answer, answer.text),
        )


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
