"""An archive to be measured: opened in this process, or asked of the server that owns it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from ingest.errors import ArchiveBusy
from ingest.owner import Owner
from ingest.settings import Settings
from qa.answer import Answer, Searched
from qa.evaluation.questions import Question

if TYPE_CHECKING:
    from qa.assistant import Assistant

__all__ = ["Bench", "LocalBench", "ServerBench", "opened"]


class Bench(Protocol):
    """Where questions are put, and quotes are held against the articles."""

    def ask(
        self, question: Question, *, asked_on: str | None = None, narrowed: Mapping[str, Any] | None = None
    ) -> Answer:
        """The answer to ``question``, with its history; ``asked_on`` is the day that it counts from, ``narrowed`` what
        its asker narrowed the search to (arguments of ``Assistant.ask``)."""

    def text_of(self, article_id: str) -> str | None:
        """The text of the article of that id; None if there is none."""

    def holds(self) -> Searched:
        """How many articles there are, and the first and last day among them."""


@dataclass(frozen=True, slots=True)
class LocalBench:
    """An assistant in this process."""

    assistant: Assistant

    def ask(
        self, question: Question, *, asked_on: str | None = None, narrowed: Mapping[str, Any] | None = None
    ) -> Answer:
        return self.assistant.ask(question.text, history=question.history, asked_on=asked_on, **(narrowed or {}))

    def text_of(self, article_id: str) -> str | None:
        article = self.assistant.archive.article(article_id)
        return article.text if article else None

    def holds(self) -> Searched:
        stats = self.assistant.archive.stats()
        return Searched(stats.articles, stats.first, stats.last)


@dataclass(frozen=True, slots=True)
class ServerBench:
    """The server that owns the archive."""

    owner: Owner

    def ask(
        self, question: Question, *, asked_on: str | None = None, narrowed: Mapping[str, Any] | None = None
    ) -> Answer:
        body: dict[str, Any] = {"question": question.text, **(narrowed or {})}
        if question.history:
            body["history"] = [list(turn) for turn in question.history]
        if asked_on:
            body["asked_on"] = asked_on
        return Answer.from_dict(self.owner.post("/api/v1/ask", body))

    def text_of(self, article_id: str) -> str | None:
        # A server that cannot find an article that it has just cited ends the run, with its own words.
        return str(self.owner.get(f"/api/v1/articles/{article_id}")["text"])

    def holds(self) -> Searched:
        health = self.owner.get("/api/v1/health")
        return Searched(health["articles"], health["from"], health["to"])


@contextmanager
def opened(settings: Settings) -> Iterator[Bench]:
    """The archive in ``settings``, or the server that owns it.

    Raises:
        ArchiveError: the archive cannot be used, and no server answers for it.
    """
    from qa.assistant import Assistant

    try:
        assistant = Assistant.open(settings=settings, purpose="dateline eval")
    except ArchiveBusy as busy:
        yield ServerBench(Owner.of(settings.archive, busy))
        return
    with assistant:
        yield LocalBench(assistant)
