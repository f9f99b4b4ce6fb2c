"""Finding the passages that may answer: by meaning and by words, fused, then reranked. It reads nothing into them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingest.archive import Archive, Scope, StoredPassage
from ingest.encoder import Encoder
from ingest.pipeline import passage_text
from qa.reader import PassageReading
from qa.reranker import Reranker

__all__ = ["Candidate", "rerank", "retrieve", "search_words"]

# Cormack et al. 2009 found 60 to be good for reciprocal rank fusion, and little to depend on it.
_RRF = 60

_MOST_WORDS = 64

_WORD = re.compile(r"\w+(?:[.'’&-]\w+)*")
_STOP_WORDS = frozenset(
    "a about all am an and any are as at be been being but by can could did do does doing for from had has have he her "
    "hers him his how i if in into is it its just me my no nor not of on or our out over own recently said say says "
    "she should so some such than that the their them then there these they this those to too under until up us very "
    "was we were what when where which while who whom whose why will with would you your according".split()
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that may answer.

    Attributes:
        fused: its score by reciprocal rank fusion.
        dense_rank, lexical_rank: its ranks, counted from 1; None where that search did not bring it up.
        relevance: how well it is on the question: the reader's or the reranker's logit, 0.0 until it is known.
        reading: what the reader says of it, None until it is read.
    """

    stored: StoredPassage
    fused: float
    dense_rank: int | None
    lexical_rank: int | None
    relevance: float = 0.0
    reading: PassageReading | None = None


def search_words(question: str) -> list[str]:
    """The words of a question to search for: all but those that stand in any text, each once, in order, and no more
    than 64."""
    words = [word.lower() for word in _WORD.findall(question)]
    telling = [word for word in words if word.removesuffix("'s").removesuffix("’s") not in _STOP_WORDS]
    return list(dict.fromkeys(telling or words))[:_MOST_WORDS]


def retrieve(
    archive: Archive, encoder: Encoder, question: str, *, keep: int, depth: int = 50, scope: Scope | None = None
) -> list[Candidate]:
    """The passages that the dense and the lexical search bring up, fused by reciprocal rank (Cormack et al. 2009).

    Args:
        keep: how many are returned at most.
        depth: how many each search brings up.
        scope: what the search is narrowed to.

    Returns:
        Candidates, best first. Passages with the same words, as in copies of one story, are all among them.
    """
    dense = [i for i, _ in archive.nearest(encoder.encode_query(question), depth, scope=scope)]
    lexical = [i for i, _ in archive.matching(search_words(question), depth, scope=scope)]
    ranks = [{i: rank for rank, i in enumerate(ids, 1)} for ids in (dense, lexical)]
    fused = {i: sum(1 / (_RRF + found[i]) for found in ranks if i in found) for i in dict.fromkeys([*dense, *lexical])}
    best = sorted(fused, key=fused.__getitem__, reverse=True)[:keep]
    return [
        Candidate(stored, fused[i], ranks[0].get(i), ranks[1].get(i))
        for stored in archive.passages(best)
        for i in (stored.passage.id,)
    ]


def rerank(reranker: Reranker, question: str, candidates: Sequence[Candidate]) -> list[Candidate]:
    """``candidates`` with their relevance, best first. Passages with the same words are scored once."""
    texts = [passage_text(candidate.stored.article, candidate.stored.passage) for candidate in candidates]
    unique = list(dict.fromkeys(texts))
    scores = dict(zip(unique, reranker.score(question, unique), strict=True))
    scored = [replace(candidate, relevance=scores[text]) for candidate, text in zip(candidates, texts, strict=True)]
    return sorted(scored, key=lambda candidate: -candidate.relevance)
