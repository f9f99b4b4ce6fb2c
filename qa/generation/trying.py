"""Trying a model out on one invented quote: whether it answers, how fast, and whether what it writes would be shown."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ingest.article import Article, Passage, Span
from ingest.stored import StoredPassage
from qa.generation.drafts import drafts
from qa.generation.failing import CutShort, ModelFailed
from qa.generation.models import ModelName
from qa.generation.talking import Cost, Talker
from qa.generation.verifying import Verifier
from qa.generation.words import quoted, writing
from qa.read import Evidence

__all__ = ["Trial", "next_step", "tried"]

_QUESTION = "Why does the ferry to Averin not sail?"
_QUOTE = "The ferry to Averin will not sail before Thursday because of high waves, the harbour office said."


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of it.

    Attributes:
        seconds: until all was written.
        wrote: the sentences as the model wrote them; ``shown`` those that its quote bears out.
        why: why the first of the others would be cut; "" where none would.
        failed: what went wrong; None where it answered.
    """

    seconds: float
    cost: Cost
    wrote: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    why: str = ""
    failed: ModelFailed | None = field(default=None, compare=False)


def tried(talker: Talker, related: Callable[[str, Sequence[str]], Sequence[float]]) -> Trial:
    """Have a model answer one question.

    Args:
        related: the cross-encoder's score.
    """
    article = Article(text=_QUOTE, title="Ferries", published="2025-03-04", source="The Harbour Gazette")
    span = Span(0, len(_QUOTE))
    stored = StoredPassage(article=article, passage=Passage(0, len(_QUOTE), (span,)))
    verifier = Verifier([Evidence(stored=stored, span=span, score=0.0, relevance=0.0)], related)
    said = writing(_QUESTION, [quoted(1, _QUOTE, day="4 March 2025", outlet="The Harbour Gazette", story=1)])
    cost, checked, failed, began = Cost(), [], None, time.monotonic()
    try:
        for draft in drafts(talker.stream(said, cost, seconds=talker.timeout)):
            checked.append(verifier.check(draft))
    except ModelFailed as error:
        failed = None if isinstance(error, CutShort) and checked else error
    return Trial(
        seconds=time.monotonic() - began,
        cost=cost,
        wrote=tuple(one.text for one in checked),
        shown=tuple(one.text for one in verifier.shown),
        why=next((one.why for one in checked if one.why), ""),
        failed=failed,
    )


def next_step(name: ModelName, failed: ModelFailed) -> str:
    """What to do about a model that failed; "" where that is clear."""
    ollama = name.provider == "ollama"
    match failed.trouble:
        case "away" if ollama:
            return f"start Ollama with: ollama serve (it is asked at {name.host})"
        case "away":
            return f"see whether a server runs at {name.host}"
        case "unknown" if ollama:
            return f"fetch it with: ollama pull {name.model}"
        case "unknown":
            return "see which models the provider lists, and what this one is called there"
        case "slow":
            return "try again, since a model that is being loaded takes longer at first; or set llm_timeout higher"
        case "short":
            return "set llm_max_tokens higher, or take a model that does not think first"
        case "memory":
            return "take a smaller model"
        case "key":
            return "see where the key comes from: dateline config"
    return ""
