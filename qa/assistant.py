"""The assistant: the steps from a question to an answer, in their order, over one open archive."""

from __future__ import annotations

import asyncio
import math
import re
import threading
import time
from collections.abc import AsyncIterator, Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from ingest.archive import Archive, Scope
from ingest.clean import line
from ingest.encoder import load_encoder
from ingest.errors import InputError
from ingest.settings import Settings
from qa.answer import Answer, ArticleRef, Citation, Filters, RetrievedPassage, Searched, Step, abstention
from qa.dates import read_question, resolve_quote
from qa.question import parts, standalone
from qa.read import ANSWER_FROM, Evidence, Limits, Reading, choose, probability, read
from qa.reranker import load_reranker
from qa.retrieve import Candidate, rerank, retrieve

if TYPE_CHECKING:
    from ingest.encoder import Encoder
    from ingest.pipeline import IngestReport, Progress
    from qa.reranker import Reranker

__all__ = ["Assistant", "History", "scope_of"]

History = Sequence["tuple[str, str] | Answer"]

# Passages that the two searches bring up and the reranker reads, and how many of them are read sentence by sentence.
_RERANKED = 10
_READ = 4
_SHOWN = 8
_LIMITS = Limits()

_MARKER = re.compile(r"\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question, understood.

    Attributes:
        text: the question without its history.
        parts: the questions in a compound one; none if it is not.
        scope: what the search is narrowed to.
        notes: what was read into the question, for people.
        loose: the same without days that it can do without, None if there are none.
        fresh: the same without what was only put behind it from the history, None if nothing was. It may be the
            beginning of a new topic: the passages that are found decide.
    """

    text: str
    parts: tuple[str, ...]
    scope: Scope
    notes: tuple[str, ...]
    loose: _Asked | None = None
    fresh: _Asked | None = None


@dataclass(frozen=True, slots=True)
class _Finding:
    """What came of a search: the quotes, best first, what they were chosen from, and what was searched."""

    chosen: Sequence[Evidence]
    ranked: Sequence[Candidate]
    confidence: float
    searched: Searched

    @property
    def answered(self) -> bool:
        return bool(self.chosen)

    @property
    def relevance(self) -> float:
        """The best passage's logit."""
        return self.ranked[0].relevance if self.ranked else -math.inf


class Assistant:
    """Answers questions from one archive. Keeps its models warm; safe to use from several threads.

    Use :meth:`open`. A context manager: leaving it releases the archive.
    """

    def __init__(self, archive: Archive, encoder: Encoder, reranker: Reranker, settings: Settings) -> None:
        self.archive = archive
        self.settings = settings
        self._encoder = encoder
        self._reranker = reranker
        self._adding = threading.Lock()

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
            ModelError: a model cannot be loaded.
            SettingsError: a setting cannot be used.
        """
        if settings is None:
            settings = Settings.load(archive)
        elif archive is not None:
            settings = replace(settings, archive=Path(archive).expanduser().absolute())
        encoder = load_encoder(settings)
        opened = Archive.open(settings.archive, encoder=encoder, create=create, purpose=purpose)
        try:
            return cls(opened, encoder, load_reranker(settings), settings)
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
        asked_on: str | date | None = None,
    ) -> Answer:
        """Answer a question from the articles, or abstain.

        Args:
            question: in English, as a person would ask it.
            history: the questions and answers before it, oldest first: pairs of texts, or Answers.
            published_from, published_to: only articles of these days, both included; overrides days that the question
                names.
            sources: only articles of this outlet, or of these.
            asked_on: the day that "last week" in the question is reckoned from; today unless told.

        Returns:
            An answer whose every sentence is cited, or an abstention (``answered`` is False).

        Raises:
            InputError: the question is empty, or a date cannot be read.
        """
        for event in self.stream(
            question,
            history=history,
            published_from=published_from,
            published_to=published_to,
            sources=sources,
            asked_on=asked_on,
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
        asked_on: str | date | None = None,
    ) -> Iterator[Step | Answer]:
        """The same as :meth:`ask`, with each step announced as it begins; the Answer comes last."""
        clock = _Clock()
        yield Step("understand", "Reading the question")
        with clock.time("understand"):
            wanted = scope_of(published_from, published_to, sources)
            asked = _understand(question, history, wanted, date.fromisoformat(_day(asked_on, "asked_on") or _today()))
        finding = yield from self._find(asked, clock)
        if asked.fresh is not None:
            alone = yield from self._find(asked.fresh, clock)
            if not finding.answered or alone.relevance > finding.relevance:
                asked, finding = asked.fresh, alone
        if not finding.answered and asked.loose is not None:
            # The days that were read from the question are those of the event; the report may be of another.
            wider = yield from self._find(asked.loose, clock)
            if wider.answered:
                asked, finding = asked.loose, wider
        yield _answer(question, asked, finding, clock.timings())

    def _find(self, asked: _Asked, clock: _Clock) -> Generator[Step, None, _Finding]:
        """Search and read, for one understanding of the question."""
        with clock.time("understand"):
            held = self.archive.stats(asked.scope)
        yield Step("retrieve", f"Searching {held.articles:,} article{'s' * (held.articles != 1)}")
        with clock.time("retrieve"):
            found = retrieve(self.archive, self._encoder, asked.text, keep=_RERANKED, scope=asked.scope or None)
        yield Step("rerank", f"Comparing {len(found)} passages")
        with clock.time("rerank"):
            ranked = rerank(self._reranker, asked.text, found)
        best = ranked[:_READ]
        yield Step("read", f"Reading the best {len(best)}")
        with clock.time("read"):
            whole, parts = self._read(asked, best, held.passages)
            sure = max(reading.confidence for reading in (whole, *parts))
            chosen = choose(self._reranker, whole, parts, _LIMITS) if sure >= ANSWER_FROM else []
        return _Finding(chosen, ranked, sure, Searched(held.articles, held.first, held.last))

    def _read(self, asked: _Asked, best: Sequence[Candidate], searched: int) -> tuple[Reading, list[Reading]]:
        """What the best passages say to the question, and to its parts if it is compound."""
        whole = read(self._reranker, asked.text, best, _LIMITS, searched=searched)
        if not asked.parts:
            return whole, []
        parts = [
            read(self._reranker, part, rerank(self._reranker, part, best), _LIMITS, searched=searched)
            for part in asked.parts
        ]
        return whole, [*parts, read(self._reranker, asked.text, best, _LIMITS, searched=searched, singly=True)]

    async def aask(
        self,
        question: str,
        *,
        history: History = (),
        published_from: str | date | None = None,
        published_to: str | date | None = None,
        sources: str | Sequence[str] | None = None,
        asked_on: str | date | None = None,
    ) -> Answer:
        """The same as :meth:`ask`, off the event loop's thread."""
        return await asyncio.to_thread(
            self.ask,
            question,
            history=history,
            published_from=published_from,
            published_to=published_to,
            sources=sources,
            asked_on=asked_on,
        )

    async def astream(
        self,
        question: str,
        *,
        history: History = (),
        published_from: str | date | None = None,
        published_to: str | date | None = None,
        sources: str | Sequence[str] | None = None,
        asked_on: str | date | None = None,
    ) -> AsyncIterator[Step | Answer]:
        """The same as :meth:`stream`, off the event loop's thread."""
        steps = self.stream(
            question,
            history=history,
            published_from=published_from,
            published_to=published_to,
            sources=sources,
            asked_on=asked_on,
        )
        while (event := await asyncio.to_thread(next, steps, None)) is not None:
            yield event

    def search(
        self,
        query: str,
        *,
        limit: int = _RERANKED,
        published_from: str | date | None = None,
        published_to: str | date | None = None,
        sources: str | Sequence[str] | None = None,
    ) -> tuple[RetrievedPassage, ...]:
        """The passages that are nearest to a query, best first, whether or not they answer it.

        The query is taken as it stands: days that it names narrow nothing.

        Args:
            limit: how many at most.
            published_from, published_to: only articles of these days, both included.
            sources: only articles of this outlet, or of these.

        Raises:
            InputError: the query is empty, or a date cannot be read.
        """
        text, scope = _worded(query), scope_of(published_from, published_to, sources)
        keep = max(limit, _RERANKED)
        found = retrieve(self.archive, self._encoder, text, keep=keep, depth=5 * keep, scope=scope or None)
        return tuple(_shown(candidate) for candidate in rerank(self._reranker, text, found)[:limit])

    def ingest(self, *targets: str | Path, on_progress: Callable[[Progress], None] | None = None) -> IngestReport:
        """Take more articles into the archive while it is open; see :func:`ingest.ingest`. One such run at a time."""
        from ingest.pipeline import ingest_into

        with self._adding:
            return ingest_into(
                self.archive,
                self._encoder,
                targets,
                on_progress=on_progress,
                max_bytes=self.settings.max_file_mb << 20,
            )


def scope_of(
    published_from: str | date | None = None,
    published_to: str | date | None = None,
    sources: str | Sequence[str] | None = None,
) -> Scope:
    """What a search is narrowed to: days as people write them, and an outlet or several.

    Raises:
        InputError: a date cannot be read.
    """
    return Scope(
        _day(published_from, "published_from"),
        _day(published_to, "published_to"),
        (sources,) if isinstance(sources, str) else tuple(sources or ()),
    )


def _today() -> str:
    return date.today().isoformat()


def _day(value: str | date | None, name: str) -> str | None:
    """``value`` as an ISO day.

    Raises:
        InputError: it cannot be read as a date.
    """
    if value is None or value == "":
        return None
    if isinstance(value, date):
        return value.isoformat()[:10]
    from ingest.dates import parse_date

    if (day := parse_date(value)) is None:
        raise InputError(f"{name} is {value!r}, which is no date: write it like 2024-03-19 or 19 March 2024")
    return day[:10]


def _worded(question: str) -> str:
    """A question on one clean line.

    Raises:
        InputError: it is empty.
    """
    if asked := line(question):
        return asked
    raise InputError("the question is empty: ask something, such as 'Who was summoned, and why?'")


def _understand(question: str, history: History, wanted: Scope, asked_on: date) -> _Asked:
    """Complete the question from its history, and read the days that it names.

    Raises:
        InputError: the question is empty.
    """
    asked = _worded(question)
    pairs = [(turn.question, turn.text) if isinstance(turn, Answer) else (turn[0], turn[1]) for turn in history]
    complete = standalone(asked, pairs)
    understood = _dated(complete.text, (complete.note,) if complete.note else (), wanted, asked_on)
    if complete.text != asked and complete.text.startswith(asked.rstrip("?!. ")):
        return replace(understood, fresh=_dated(asked, (), wanted, asked_on))
    return understood


def _dated(text: str, notes: tuple[str, ...], wanted: Scope, asked_on: date) -> _Asked:
    """A complete question, taken apart and narrowed to the days that it names, unless ``wanted`` says which."""
    found = parts(text)
    # A part with "…" leans on the answer to the one before it: the whole question speaks for it.
    several = tuple(part for part in found if "…" not in part) if len(found) > 1 else ()
    plain = _Asked(text, several, wanted, notes)
    if wanted.published_from or wanted.published_to:
        return plain
    days = read_question(text, asked_on=asked_on)
    if days.kind != "filter":
        return plain
    return replace(
        plain,
        scope=replace(wanted, published_from=days.start, published_to=days.end),
        notes=(*notes, days.note),
        loose=replace(plain, notes=(*notes, f"{days.note} Nothing in those days answers; all days were searched."))
        if days.basis == "event"
        else None,
    )


def _answer(question: str, asked: _Asked, finding: _Finding, timings: dict[str, float]) -> Answer:
    citations = tuple(_citation(number, evidence) for number, evidence in enumerate(finding.chosen, 1))
    scope = asked.scope
    return Answer(
        question=question,
        standalone_question=asked.text,
        answered=finding.answered,
        text=" ".join(f"{_said(citation.quote)} [{citation.number}]" for citation in citations)
        or abstention(finding.searched),
        confidence=round(finding.confidence, 4),
        citations=citations,
        notes=asked.notes,
        passages=tuple(_shown(candidate) for candidate in finding.ranked[:_SHOWN]),
        filters=Filters(scope.published_from, scope.published_to, scope.sources),
        searched=finding.searched,
        timings=timings,
    )


def _said(quote: str) -> str:
    """A quote as a part of the answer: on one line, without a "[3]" of its own, which would look like a marker."""
    return _MARKER.sub(r"(\1)", " ".join(quote.split()))


def _citation(number: int, evidence: Evidence) -> Citation:
    article, (start, end) = evidence.stored.article, evidence.span
    copies = {copy.article.id: ArticleRef.of(copy.article) for copy in evidence.copies if copy.article.id != article.id}
    return Citation(
        number=number,
        quote=evidence.quote,
        start=start,
        end=end,
        score=round(probability(evidence.score), 4),
        article=ArticleRef.of(article),
        dates=tuple(
            replace(found, start=found.start + start, end=found.end + start)
            for found in resolve_quote(evidence.quote, article.published)
        ),
        also_in=tuple(copies.values()),
    )


def _shown(candidate: Candidate) -> RetrievedPassage:
    stored = candidate.stored
    return RetrievedPassage(
        id=stored.passage.id,
        article=ArticleRef.of(stored.article),
        start=stored.passage.start,
        end=stored.passage.end,
        text=stored.text,
        score=round(probability(candidate.relevance), 4),
        dense_rank=candidate.dense_rank,
        lexical_rank=candidate.lexical_rank,
    )


class _Clock:
    """Milliseconds of the steps of one answer."""

    def __init__(self) -> None:
        self._began = time.perf_counter()
        self._spent: dict[str, float] = {}

    @contextmanager
    def time(self, step: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self._spent[step] = round(self._spent.get(step, 0.0) + 1000 * (time.perf_counter() - began), 1)

    def timings(self) -> dict[str, float]:
        return {**self._spent, "total": round(1000 * (time.perf_counter() - self._began), 1)}
