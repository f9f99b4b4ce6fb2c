"""Searching an archive for what answers: retrieve, then read each passage once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ingest.archive import Archive, Scope
from ingest.article import Span
from ingest.encoder import Encoder
from ingest.stored import StoredPassage
from qa.confidence import confidence
from qa.read import Reading, weigh
from qa.reader import Reader
from qa.reranker import Reranker
from qa.retrieve import Candidate, rerank, retrieve

__all__ = ["READ", "Searcher"]

READ = 8
"""How many passages are read for a question."""


@dataclass(frozen=True, slots=True)
class Searcher:
    """Finds and reads passages of one archive. Safe to use from several threads.

    Attributes:
        reranker: a cross-encoder whose relevance stands in for the reader's own; None for that.
    """

    archive: Archive
    encoder: Encoder
    reader: Reader
    reranker: Reranker | None = None

    def retrieve(self, question: str, *, scope: Scope | None = None, keep: int = READ) -> list[Candidate]:
        """The passages that may answer, unread, the likeliest first."""
        return retrieve(self.archive, self.encoder, question, keep=keep, scope=scope or None)

    def judge(self, question: str, candidates: Sequence[Candidate]) -> list[Candidate]:
        """``candidates`` with what the reader says of each, the most relevant first."""
        if self.reranker is not None:
            candidates = rerank(self.reranker, question, candidates)
        readings = self.reader.read(question, [candidate.stored for candidate in candidates])
        read = [
            replace(found, reading=reading, relevance=found.relevance if self.reranker else reading.relevance)
            for found, reading in zip(candidates, readings, strict=True)
        ]
        return sorted(read, key=lambda candidate: -candidate.relevance)

    def find(self, question: str, *, scope: Scope | None = None, keep: int = READ) -> list[Candidate]:
        """The passages that may answer, read, the most relevant first."""
        return self.judge(question, self.retrieve(question, scope=scope, keep=keep))

    def read(
        self,
        question: str,
        candidates: Sequence[Candidate],
        *,
        bonus: Callable[[StoredPassage, Span], float] | None = None,
        among: int | None = None,
        unknown: Sequence[str] = (),
    ) -> Reading:
        """What passages say that were judged for this question.

        Args:
            candidates: from :meth:`find` or :meth:`judge`, for the same question.
            bonus: what else speaks for a sentence; see :func:`qa.read.weigh`.
            among: how many passages were searched; None for all of the archive.
            unknown: the names in the question that no article has.
        """
        stories = self.archive.story_of({candidate.stored.article.id for candidate in candidates})
        evidence = tuple(weigh(question, candidates, bonus=bonus, stories=stories))
        searched = self.archive.stats().passages if among is None else among
        return Reading(question, evidence, confidence(question, evidence, among=searched, unknown=unknown))
