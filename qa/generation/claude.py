"""Anthropic's models as a LlamaIndex model that also takes names which LlamaIndex does not know, and has the part of a
prompt that is always the same kept at hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llama_index.core.base.llms.types import ChatMessage, ChatResponse, ChatResponseGen, LLMMetadata, MessageRole
from llama_index.llms.anthropic import Anthropic

__all__ = ["Claude"]


class Claude(Anthropic):
    """A model of Anthropic's that is talked to in texts.

    LlamaIndex's own class takes only the names of its day, and cannot make messages with anthropic 2.
    """

    @property
    def metadata(self) -> LLMMetadata:
        """What LlamaIndex has to know."""
        return LLMMetadata(num_output=self.max_tokens, is_chat_model=True, model_name=self.model)

    def stream_chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponseGen:
        """The answer as it comes; each ``raw`` is an event of Anthropic's.

        What the system says is marked to be kept at hand. Anthropic ignores that, at no cost, where it is shorter than
        its least: 1,024 tokens, of some models more.
        """
        kept = {"cache_control": {"type": "ephemeral"}}
        texts = [(one.role, one.content or "") for one in messages]
        system = [{"type": "text", "text": text, **kept} for role, text in texts if role == MessageRole.SYSTEM]
        said = [{"role": role.value, "content": text} for role, text in texts if role != MessageRole.SYSTEM]
        # Anthropic's package no longer knows the temperature, which is of use with the models that still have one.
        own = self._get_all_kwargs(**kwargs)
        more = {"temperature": warm} if (warm := own.pop("temperature", 1.0)) != 1.0 else {}
        create: Any = self._client.messages.create
        return _told(create(messages=said, system=system, stream=True, extra_body=more, **own))


def _told(stream: Any) -> ChatResponseGen:
    text = ""
    with stream:
        for event in stream:
            wrote = event.type == "content_block_delta" and event.delta.type == "text_delta"
            delta = event.delta.text if wrote else ""
            text += delta
            yield ChatResponse(message=ChatMessage(role=MessageRole.ASSISTANT, content=text), delta=delta, raw=event)
