"""Choosing: which of the evidence is quoted, and how much around it. The fewest quotes that answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.article import Span
from qa.agreement import same_words
from qa.confidence import ANSWER_FROM, sure
from qa.question import expects
from qa.question.words import looks_like_person, names
from qa.read import Evidence, Reading, plain, unfinished

__all__ = ["Limits", "choose"]

# No quote is squeezed into fewer characters.
_SHORTEST = 40
# Further quotes are left out that rank so much lower than the best, or hardly answer.
_WORSE, _FEEBLE = 8.0, 0.1
# What a further quote loses that only repeats the answer of one before it.
_REPEATS = 2.0
# Who "four councillors" are is told within so many characters.
_SOON = 600
# A neighbouring sentence that ranks at most so much lower is quoted in one piece with the better one.
_NEAR = 6.0

_POINTING = re.compile(
    # Whatever stands before the pronoun names nobody: "Today it was reported that they ..."
    r"\W*(?:(?:but|and|so|yet|then|when|while|after|before|later|also|now|today|yesterday|tonight|earlier|in|on|at|that"
    r"|it|was|is|has|been|had|said|reported|announced|\w+day|however|still|meanwhile|although|though|if|as|because)\W+){0,6}"
    r"(?:(?:he|she|they|his|her|their|him|them|this|these|those|such|both|neither|one of them)\b"
    r"|(?:it|its|that)\b(?! (?:was|is) ))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much an answer may quote.

    Attributes:
        citations: at most so many quotes; a compound question gets one more for each further part.
        quote: characters of one quote; a single sentence may be longer.
        total: characters of all quotes; the first may be longer.
    """

    citations: int = 3
    quote: int = 450
    total: int = 800


def choose(whole: Reading, parts: Sequence[Reading] = (), limits: Limits | None = None) -> list[Evidence]:
    """The fewest quotes that answer, best first.

    Args:
        whole: of the whole question.
        parts: for a compound question, of each of its parts. Each of them that is answered gets a quote.
        limits: how much may be quoted.
    """
    limits = limits or Limits()
    most = limits.citations + max(0, len(parts) - 1)
    chosen: list[Evidence] = []
    for item in _in_turn(whole, parts):
        _take(item, chosen, limits, most)
    who = next((one for one in (whole, *parts) if one.evidence and expects(one.question) == "person"), None)
    if who is not None and chosen and (naming := _naming(chosen, who.evidence)):
        left = limits.total - sum(len(other.quote) for other in chosen[: most - 1])
        if len(naming.quote) <= left:
            chosen = [*chosen[: most - 1], naming]
    return chosen


def _take(item: Evidence, chosen: list[Evidence], limits: Limits, most: int) -> None:
    """Put a piece of evidence to those that are chosen: beside its neighbour, as a copy, or by itself."""
    if unfinished(item.quote) and any(_beside(item, other) and _holds(other, item) for other in chosen):
        return  # a headline or a byline in the text is no part of the sentence beside it, and says no more
    if (near := _neighbour(item, chosen, limits.quote)) is not None:
        joined = _joined(chosen[near], item)
        left = limits.total - sum(len(other.quote) for at, other in enumerate(chosen) if at != near)
        if len(joined.quote) <= left and not any(
            joined.overlaps(other) for at, other in enumerate(chosen) if at != near
        ):
            chosen[near] = joined
        return
    if (twin := _twin(item, chosen)) is not None:
        chosen[twin] = chosen[twin].with_copies(item)
        return
    left = limits.total - sum(len(other.quote) for other in chosen)
    if len(chosen) == most or (chosen and left < _SHORTEST):
        return
    if not chosen or len(item.quote) <= left:
        led_in = _led_in(item, limits.quote if not chosen else min(limits.quote, left))
        chosen.append(item if any(led_in.overlaps(other) for other in chosen) else led_in)


def _holds(item: Evidence, other: Evidence) -> bool:
    """Whether a quote has the words of another that answer, or is much better."""
    return plain(other.answer_text) in plain(item.quote) or other.rank < item.rank - _NEAR


def _naming(chosen: Sequence[Evidence], evidence: Sequence[Evidence]) -> Evidence | None:
    """The sentence that names those who are asked for, where the quotes only count them ("four councillors"): the one
    soon after a quote that has the most names of persons; None where the quotes name somebody, or nothing does."""
    if any(_persons(item.answer_text) for item in chosen):
        return None
    known = " ".join(item.quote for item in chosen)
    found = [
        (len([name for name in _persons(item.quote) if name not in known]), item)
        for item in evidence
        for quote in chosen
        if item.stored.article.id == quote.stored.article.id and 0 < item.span.start - quote.span.start < _SOON
    ]
    count, best = max(found, key=lambda pair: pair[0], default=(0, None))
    return best if count > 1 and best and not any(best.overlaps(other) for other in chosen) else None


def _persons(text: str) -> list[str]:
    return [name.text for name in names(f"… {text}") if looks_like_person(name.text, text)]


def _in_turn(whole: Reading, parts: Sequence[Reading]) -> Iterator[Evidence]:
    """Evidence in the order in which it may be quoted: the best of the whole and of each part, then the others that
    are not much worse than the best of their reading."""
    first = [reading for reading in (whole, *parts) if reading.evidence and reading.confidence >= ANSWER_FROM]
    for reading in first:
        yield reading.evidence[0]
    given = {plain(reading.evidence[0].answer_text) for reading in first}
    further: list[tuple[float, Evidence]] = []
    for reading in first:
        best = reading.evidence[0].rank
        for item in (one for one in reading.evidence[1:] if sure(one) >= _FEEBLE):
            repeats = plain(item.answer_text) in given
            further.append((item.rank - best - _REPEATS * repeats, item))
            given.add(plain(item.answer_text))
    for behind, item in sorted(further, key=lambda pair: -pair[0]):
        if behind >= -_WORSE:
            yield item


def _neighbour(item: Evidence, chosen: Sequence[Evidence], longest: int) -> int | None:
    """Which of ``chosen`` the item stands right beside, if both fit into one quote and are about as good."""
    for at, other in enumerate(chosen):
        both = Span(min(item.span.start, other.span.start), max(item.span.end, other.span.end))
        if _beside(item, other) and both.end - both.start <= longest and item.rank >= other.rank - _NEAR:
            return at
    return None


def _beside(item: Evidence, other: Evidence) -> bool:
    """Whether nothing stands between two quotes of an article."""
    if item.stored.article.id != other.stored.article.id or item.overlaps(other):
        return False
    first, second = sorted((item.span, other.span))
    return not item.stored.article.text[first.end : second.start].strip()


def _joined(better: Evidence, item: Evidence) -> Evidence:
    """Two neighbours as one piece of evidence, with the answer of the better one."""
    span = Span(min(better.span.start, item.span.start), max(better.span.end, item.span.end))
    return replace(better, span=span)


def _twin(item: Evidence, chosen: Sequence[Evidence]) -> int | None:
    """Which of ``chosen`` says the same as ``item``, or overlaps it; None if none does."""
    return next(
        (at for at, other in enumerate(chosen) if item.overlaps(other) or same_words(item.quote, other.quote)), None
    )


def _led_in(item: Evidence, longest: int) -> Evidence:
    """``item`` with the sentence before it, where its own first one needs that to be understood."""
    if not _POINTING.match(item.quote):
        return item
    before = [span for span in item.stored.passage.sentences if span.end <= item.span.start]
    if not before or item.span.end - before[-1].start > longest:
        return item
    return replace(item, span=Span(before[-1].start, item.span.end))
