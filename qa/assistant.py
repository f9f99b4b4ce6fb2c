"""The assistant: the steps from a question to an answer, in their order, over one open archive."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property, partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from ingest.archive import Archive
from ingest.encoder import load_encoder
from ingest.listing import Selection
from ingest.settings import Settings
from ingest.vectors import ChromaServer
from qa.answer import Answer, RetrievedPassage, Step
from qa.answering import answering
from qa.asked import History, day_of, ignored_of, scope_of, today, understand, worded
from qa.compose import shown
from qa.finding import Clock
from qa.reader import load_reader
from qa.reranker import load_reranker
from qa.retrieve import rerank, retrieve
from qa.search import READ, Searcher

if TYPE_CHECKING:
    from ingest.encoder import Encoder
    from ingest.fetch.limits import Limits
    from ingest.pipeline import IngestReport, Progress, Target
    from qa.generation.writing import Writer
    from qa.reader import Reader
    from qa.reranker import Reranker

__all__ = ["Assistant", "History"]


class Assistant:
    """Answers questions from one archive. Keeps its models warm; safe to use from several threads.

    Use :meth:`open`. A context manager: leaving it releases the archive.
    """

    def __init__(self, archive: Archive, encoder: Encoder, reader: Reader, settings: Settings) -> None:
        self.archive = archive
        self.settings = settings
        own = load_reranker(settings) if settings.reranker != "bundled" else None
        self.searcher = Searcher(archive, encoder, reader, own)
        self._adding = threading.Lock()
        self.writer: Writer | None = None
        """What writes with a language model: that of the settings where :meth:`open` made this."""

    @cached_property
    def reranker(self) -> Reranker:
        """What puts the results of a plain search in order."""
        return self.searcher.reranker or load_reranker(self.settings)

    @classmethod
    def open(
        cls,
        archive: str | Path | None = None,
        *,
        settings: Settings | None = None,
        create: bool = False,
        purpose: str = "an Assistant",
    ) -> Assistant:
        """Open an archive and load the models.

        Args:
            archive: the archive's folder; None for the one in the settings.
            settings: None to read them from the environment and the settings file.
            create: make an empty archive when there is none.
            purpose: what it is opened for, for the message that other processes get meanwhile.

        Raises:
            ArchiveMissing: there is no archive.
            ArchiveBusy: another process owns it.
            RecipeMismatch: it was made with another encoder.
            ModelError: a model cannot be loaded, or the language model not be set up.
            SettingsError: a setting cannot be used.
        """
        if settings is None:
            settings = Settings.load(archive)
        elif archive is not None:
            settings = replace(settings, archive=Path(archive).expanduser().absolute())
        writer = _writer(settings) if settings.llm else None
        encoder = load_encoder(settings)
        server = ChromaServer.of(settings)
        opened = Archive.open(settings.archive, encoder=encoder, create=create, purpose=purpose, server=server)
        try:
            assistant = cls(opened, encoder, load_reader(settings), settings)
            assistant.writer = writer
            return assistant
        except BaseException:
            opened.close()
            raise

    def close(self) -> None:
        """Release the archive. Closing twice is harmless."""
        self.archive.close()

    def __enter__(self) -> Assistant:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def ask(
        self,
        question: str,
        *,
        history: History = (),
        published_from: str | date | None = None,
        published_to: str | date | None = None,
        sources: str | Sequence[str] | None = None,
        sections: str | Sequence[str] | None = None,
        ignore: str | Sequence[str] = (),
        asked_on: str | date | None = None,
        llm: bool = True,
    ) -> Answer:
        """Answer a question from the articles, or abstain.

        Args:
            question: in English, as a person would ask it.
            history: the questions and answers before it, oldest first: pairs of texts, or Answers.
            published_from, published_to: only articles of these days, both included; overrides days that the question
                names.
            sources: only articles of this outlet, or of these.
            sections: only articles of this section, or of these; overrides one that the question names.
            ignore: what the question may name that is to narrow nothing: ``"days"``, ``"sections"``, or both. All
                articles are searched then, undated ones among them.
            asked_on: the day that "last week" in the question is reckoned from; today unless told.
            llm: whether the language model in the settings writes; without one there it makes no difference.

        Returns:
            An answer whose every sentence is cited, or an abstention (``answered`` is False).

        Raises:
            InputError: the question is empty, a date cannot be read, or ``ignore`` names something else.
        """
        for event in self.stream(
            question,
            history=history,
            published_from=published_from,
            published_to=published_to,
            sources=sources,
            sections=sections,
            ignore=ignore,
            asked_on=asked_on,
            llm=llm,
        ):
            if isinstance(event, Answer):
                return event
        raise AssertionError("a stream ends with an Answer")

    def stream(
        self,
        question: str,
        *,
        history: History = (),
        published_from: str | date | None = None,
        published_to: str | date | None = None,
        sources: str | Sequence[str] | None = None,
        sections: str | Sequence[str] | None = None,
        ignore: str | Sequence[str] = (),
        asked_on: str | date | None = None,
        llm: bool = True,
    ) -> Iterator[Step | Answer]:
        """The same as :meth:`ask`, with each step announced as it begins, and each sentence that a language model wrote
        once it is checked; the Answer comes last."""
        clock = Clock()
        yield Step("understand", "Reading the question")
        with clock.time("understand"):
            wanted = scope_of(published_from, published_to, sources, sections)
            day = date.fromisoformat(day_of(asked_on, "asked_on") or today())
            read = partial(
                understand,
                wanted=wanted,
                asked_on=day,
                ignored=ignored_of(ignore),
                sections=self._sections,
                newest=self.archive.newest(),
            )
            asked = read(question, history)
        if not llm or self.writer is None:
            yield (yield from answering(self.searcher, question, asked, clock))[0]
            return
        yield (
            yield from self.writer.answering(
                self.searcher,
                question,
                asked,
                clock,
                history=history,
                # A section that the question names is not in the words that a model is given, and may put otherwise.
                understood=partial(read, history=(), wanted=replace(wanted, sections=asked.scope.sections)),
            )
        )

    async def aask(
        self,
        question: str,
        *,
        history: History = (),
        published_from: str | date | None = None,
        published_to: str | date | None = None,
        sources: str | Sequence[str] | None = None,
        sections: str | Sequence[str] | None = None,
        ignore: str | Sequence[str] = (),
        asked_on: str | date | None = None,
        llm: bool = True,
    ) -> Answer:
        """The same as :meth:`ask`, off the event loop's thread. Cancelling it stops the work at its next step."""
        async for event in self.astream(
            question,
            history=history,
            published_from=published_from,
            published_to=published_to,
            sources=sources,
            sections=sections,
            ignore=ignore,
            asked_on=asked_on,
            llm=llm,
        ):
            if isinstance(event, Answer):
                return event
        raise AssertionError("a stream ends with an Answer")

    async def astream(
        self,
        question: str,
        *,
        history: History = (),
        published_from: str | date | None = None,
        published_to: str | date | None = None,
        sources: str | Sequence[str] | None = None,
        sections: str | Sequence[str] | None = None,
        ignore: str | Sequence[str] = (),
        asked_on: str | date | None = None,
        llm: bool = True,
    ) -> AsyncIterator[Step | Answer]:
        """The same as :meth:`stream`, off the event loop's thread."""
        steps = self.stream(
            question,
            history=history,
            published_from=published_from,
            published_to=published_to,
            sources=sources,
            sections=sections,
            ignore=ignore,
            asked_on=asked_on,
            llm=llm,
        )
        while (event := await asyncio.to_thread(next, steps, None)) is not None:
            yield event

    def search(
        self,
        query: str,
        *,
        limit: int = READ,
        published_from: str | date | None = None,
        published_to: str | date | None = None,
        sources: str | Sequence[str] | None = None,
        sections: str | Sequence[str] | None = None,
    ) -> tuple[RetrievedPassage, ...]:
        """The passages that are nearest to a query, best first, whether or not they answer it.

        The query is taken as it stands: days that it names narrow nothing.

        Args:
            limit: how many at most.
            published_from, published_to: only articles of these days, both included.
            sources: only articles of this outlet, or of these.
            sections: only articles of this section, or of these.

        Raises:
            InputError: the query is empty, or a date cannot be read.
        """
        text, scope = worded(query), scope_of(published_from, published_to, sources, sections)
        keep = max(limit, READ)
        found = retrieve(self.archive, self.searcher.encoder, text, keep=keep, depth=5 * keep, scope=scope or None)
        return tuple(shown(candidate) for candidate in rerank(self.reranker, text, found)[:limit])

    def _sections(self) -> list[str]:
        """The sections that articles stand in, those of most articles first."""
        return [name for name, _ in self.archive.select(Selection()).sections()]

    def ingest(
        self,
        *targets: Target,
        on_progress: Callable[[Progress], None] | None = None,
        limits: Limits | None = None,
    ) -> IngestReport:
        """Take more articles into the archive while it is open; see :func:`ingest.ingest`. One such run at a time.

        Args:
            limits: what fetching may cost; None for what the settings say.
        """
        from ingest.fetch.limits import Limits
        from ingest.pipeline import ingest_into

        with self._adding:
            return ingest_into(
                self.archive,
                self.searcher.encoder,
                targets,
                on_progress=on_progress,
                max_bytes=self.settings.max_file_mb << 20,
                limits=limits or Limits.of(self.settings),
            )


def _writer(settings: Settings) -> Writer | None:
    """What writes with the language model of the settings."""
    from qa.generation.writing import load_writer

    return load_writer(settings, lambda: load_reranker(replace(settings, reranker="bundled")))
