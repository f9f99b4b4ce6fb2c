"""Models to write with in tests: LlamaIndex models that say what they are told to. A server is in ``providers``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from llama_index.core.llms import (
    CompletionResponse,
    CompletionResponseGen,
    CustomLLM,
    LLMMetadata,
)
from pydantic import Field

from ingest.article import Article, Passage, Span
from ingest.stored import StoredPassage
from qa.assistant import Assistant
from qa.generation.talking import Talker
from qa.generation.writing import Writer
from qa.read import Evidence
from qa.reranker import BundledReranker

_reranker: list[BundledReranker] = []


def reranker() -> BundledReranker:
    """The bundled cross-encoder, loaded once."""
    if not _reranker:
        _reranker.append(BundledReranker())
    return _reranker[0]


class Scripted(CustomLLM):
    """Says what a function makes of the prompt, a few characters at a time."""

    says: Callable[[str], str]
    prompts: list[str] = Field(default_factory=list)

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(model_name="scripted")

    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        return CompletionResponse(text=self.says(prompt))

    def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponseGen:
        assert "tools" not in kwargs
        self.prompts.append(prompt)
        text = self.says(prompt)
        for at in range(0, len(text), 7):
            yield CompletionResponse(text=text[: at + 7], delta=text[at : at + 7])


def saying(text: str) -> Scripted:
    """A model that writes ``text`` when it is to write an answer, and nothing of use before."""
    return Scripted(says=lambda prompt: text if "Quotes:" in prompt else "")


def writer(llm: Any, *, timeout: float = 20.0, name: str = "scripted") -> Writer:
    """What writes with a model."""
    return Writer(Talker(llm, name, timeout), reranker)


@contextmanager
def written_by(assistant: Assistant, llm: Any, *, timeout: float = 20.0, name: str = "scripted") -> Iterator[Assistant]:
    """An assistant whose answers a model writes, for a while."""
    assistant.writer = writer(llm, timeout=timeout, name=name)
    try:
        yield assistant
    finally:
        assistant.writer = None


def quotes_in(prompt: str) -> list[str]:
    """The quotes that a model is given."""
    return re.findall(r"^\[\d+\] \(.*?\) “(.*)”$", prompt, re.MULTILINE)


def quoted_evidence(text: str) -> Evidence:
    """Evidence that is a whole article by itself."""
    article = Article(text=text, title="Norhaven", published="2025-03-04", source="The Courier")
    span = Span(0, len(text))
    stored = StoredPassage(article=article, passage=Passage(0, len(text), (span,)))
    return Evidence(stored=stored, span=span, score=0.0, relevance=5.0)
