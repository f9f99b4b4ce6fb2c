"""Turning evidence into the text of an answer and its numbered citations."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from qa.answer import AnswerSpan, ArticleRef, Citation, Kind, RetrievedPassage
from qa.attribution import attribution
from qa.confidence import sure
from qa.dates import resolve_quote
from qa.read import Evidence, probability
from qa.retrieve import Candidate

__all__ = ["Line", "cited", "shown", "text_of"]

_LINE_BY_LINE = ("overview", "list", "comparison", "archive")
_MARKER = re.compile(r"\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of an answer: a quote with its marker, behind a few words of our own.

    Attributes:
        lead: what stands before the quote, such as ``"12 March 2024:"``, or the whole sentence when there is no
            evidence (only answers about the archive itself have such, and what is concluded from the lines before).
        evidence: what is quoted; None for a sentence of our own.
    """

    lead: str = ""
    evidence: Evidence | None = None


def text_of(lines: Sequence[Line], *, kind: Kind = "fact") -> str:
    """The answer in words: every quote on one line, behind its lead and before its marker ``[n]``.

    What goes through a course of events, a list or two sides has a line for each; anything else is one paragraph.
    """
    said: list[str] = []
    number = 0
    for line in lines:
        quote = ""
        if line.evidence is not None:
            number += 1
            quote = f"{_said(line.evidence.quote)} [{number}]"
        said.append(" ".join(part for part in (line.lead, quote) if part))
    return ("\n" if kind in _LINE_BY_LINE else " ").join(said)


def cited(lines: Sequence[Line]) -> tuple[Citation, ...]:
    """The citations of the lines, in their order, numbered from 1."""
    quoted = [line.evidence for line in lines if line.evidence is not None]
    return tuple(_citation(number, evidence) for number, evidence in enumerate(quoted, 1))


def _said(quote: str) -> str:
    """A quote as a part of the answer: on one line, without a "[3]" of its own, which would look like a marker."""
    return _MARKER.sub(r"(\1)", " ".join(quote.split()))


def _citation(number: int, evidence: Evidence) -> Citation:
    article, (start, end) = evidence.stored.article, evidence.span
    copies = {copy.article.id: ArticleRef.of(copy.article) for copy in evidence.copies if copy.article.id != article.id}
    answer = evidence.answer
    return Citation(
        number=number,
        quote=evidence.quote,
        start=start,
        end=end,
        score=round(sure(evidence), 4),
        article=ArticleRef.of(article),
        dates=tuple(
            replace(found, start=found.start + start, end=found.end + start)
            for found in resolve_quote(evidence.quote, article.published)
        ),
        also_in=tuple(copies.values()),
        attribution=attribution(evidence.span, article),
        answer=AnswerSpan(evidence.answer_text, answer.start, answer.end) if answer else None,
    )


def shown(candidate: Candidate) -> RetrievedPassage:
    """A passage that was retrieved, as an answer lists it."""
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
