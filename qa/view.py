"""An archive, and what is seen of it: what the integrations with other libraries ask."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ingest.stored import Scope
from qa.answer import Answer, ArticleRef, RetrievedPassage
from qa.asked import scope_of
from qa.asking import kept
from qa.assistant import Assistant

__all__ = ["View", "metadata", "with_footnotes"]


@dataclass(frozen=True, slots=True)
class View:
    """An archive, and what is seen of it."""

    assistant: Assistant
    scope: Scope

    @classmethod
    def of(
        cls,
        archive: Assistant | str | Path | None,
        *,
        published_from: str | date | None = None,
        published_to: str | date | None = None,
        sources: str | Sequence[str] | None = None,
        sections: str | Sequence[str] | None = None,
        purpose: str,
    ) -> View:
        """See some days, outlets and sections of an archive.

        Args:
            archive: an open Assistant, or the folder of an archive, which the process then keeps open until it ends;
                None for the one in the settings.
            published_from, published_to: only articles of these days, both included.
            sources, sections: only articles of this outlet or section, or of these.
            purpose: what it is opened for, for the message that other processes get meanwhile.

        Raises:
            ArchiveMissing: there is no archive.
            ArchiveBusy: another process owns it.
            InputError: a date cannot be read.
        """
        scope = scope_of(published_from, published_to, sources, sections)
        return cls(archive if isinstance(archive, Assistant) else kept(archive, purpose=purpose), scope)

    def ask(self, question: str, *, history: Sequence[tuple[str, str]] = ()) -> Answer:
        """See :meth:`qa.Assistant.ask`."""
        return self.assistant.ask(question, history=history, **self._scope())

    async def aask(self, question: str, *, history: Sequence[tuple[str, str]] = ()) -> Answer:
        """The same as :meth:`ask`, off the event loop's thread."""
        return await self.assistant.aask(question, history=history, **self._scope())

    def search(self, query: str, limit: int) -> tuple[RetrievedPassage, ...]:
        """See :meth:`qa.Assistant.search`."""
        return self.assistant.search(query, limit=limit, **self._scope())

    async def asearch(self, query: str, limit: int) -> tuple[RetrievedPassage, ...]:
        """The same as :meth:`search`, off the event loop's thread."""
        return await asyncio.to_thread(self.search, query, limit)

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

    def _scope(self) -> dict[str, Any]:
        scope = self.scope
        return {
            "published_from": scope.published_from,
            "published_to": scope.published_to,
            "sources": scope.sources,
            "sections": scope.sections,
        }


def with_footnotes(answer: Answer) -> str:
    """The answer with a line on each article under it; an abstention as it is."""
    lines = []
    for citation in answer.citations:
        article = citation.article
        about = (article.title or "Untitled", article.source, (article.published or "")[:10], article.url)
        lines.append(f"[{citation.number}] " + ", ".join(" ".join(part.split()) for part in about if part))
    return "\n\n".join((answer.text, "\n".join(lines))) if lines else answer.text


def metadata(article: ArticleRef, start: int, end: int) -> dict[str, Any]:
    """What a document of another library says of the stretch of an article that it holds."""
    return {
        "id": article.id,
        "title": article.title,
        "source": article.source,
        "published": article.published,
        "authors": list(article.authors),
        "url": article.url,
        "start": start,
        "end": end,
    }
