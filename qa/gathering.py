"""Lists: what several articles name between them, each thing once, with a quote for each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ingest.article import Span
from qa.compose import Line
from qa.confidence import ANSWER_FROM, sure
from qa.question.words import names
from qa.read import Evidence, Reading, is_item, stops
from qa.telling import stems

__all__ = ["KEEP", "gather"]

KEEP = 20
"""So many passages are worth reading for a list."""

_MOST_LINES, _MOST_CHARACTERS, _LONGEST = 5, 900, 400
# Where so many in turn bring nothing new, no more will come.
_IN_VAIN = 3
# Evidence that ranks so much lower than the best names something else; the items of a list say little by themselves.
_WORSE, _ITEM_WORSE = 3.5, 10.0
_BETWEEN = re.compile(r"\s*(?:[-•*–]|\d{1,2}[.)])?\s*")


def gather(reading: Reading, *, lines: int = _MOST_LINES) -> list[Line]:
    """The quotes that together name the most things that answer, best first.

    Args:
        reading: of about :data:`KEEP` passages.
        lines: how many quotes at most.

    Returns:
        No lines when nothing answers. Items of a list in an article that follow each other are one quote.
    """
    if reading.confidence < ANSWER_FROM or not reading.evidence:
        return []
    found: list[Evidence] = []
    vain, best = 0, reading.evidence[0]
    for item in reading.evidence:
        if item.rank < best.rank - _ITEM_WORSE or vain == _IN_VAIN:
            break
        if not (is_item(item.quote) or _names_more(item, best)):
            continue
        named = _named(item, found)
        if named is None or (is_item(item.quote) and not is_item(found[named].quote)):
            found, vain = _with(found, _whole_list(item)), 0
        else:
            found[named] = _with_copy(found[named], item)
            vain += 1
    return [Line(evidence=item) for item in _fitting(found, lines)]


def _names_more(item: Evidence, best: Evidence) -> bool:
    """Whether a sentence answers nearly as well as the best one."""
    if item is best:
        return True
    near = item.rank >= best.rank - _WORSE and sure(item) >= min(ANSWER_FROM, sure(best) / 3)
    return near and stops(item.quote)


def _whole_list(item: Evidence) -> Evidence:
    """An item of a list in an article with those beside it, as far as they fit into one quote."""
    if not is_item(item.quote):
        return item
    text = item.stored.article.text
    span = item.span
    for other in sorted(item.stored.passage.sentences, key=lambda one: abs(one.start - item.span.start)):
        first, second = sorted((span, other))
        between = text[first.end : second.start]
        wide = Span(min(span.start, other.start), max(span.end, other.end))
        if is_item(other.cut(text)) and not between.strip() and wide.end - wide.start <= _LONGEST:
            span = wide
    return item if span == item.span else replace(item, span=span, answer=None, copies=())


def _named(item: Evidence, found: Sequence[Evidence]) -> int | None:
    """Which of ``found`` names already what ``item`` does; None if none does."""
    said = [name.text for name in names(f"… {item.answer_text}")]
    words = stems(" ".join(said) or item.answer_text)
    for at, other in enumerate(found):
        if other.stored.article.id == item.stored.article.id and other.span.start <= item.span.start < other.span.end:
            return at
        if words <= stems(other.quote) or stems(other.answer_text) == words:
            return at
    return None


def _with_copy(item: Evidence, other: Evidence) -> Evidence:
    """``item``, which other articles bear out that give the same answer in nearly the same words."""
    mine, theirs = stems(item.quote), stems(other.quote)
    if len(mine & theirs) < 0.6 * max(1, len(mine | theirs)):
        return item
    return item.with_copies(other)


def _with(found: Sequence[Evidence], item: Evidence) -> list[Evidence]:
    """``found`` and ``item``, in one quote with the one that it follows or leads in its article."""
    for at, other in enumerate(found):
        joined = _joined(other, item)
        if joined is not None:
            return [*found[:at], joined, *found[at + 1 :]]
    return [*found, item]


def _joined(one: Evidence, other: Evidence) -> Evidence | None:
    if one.stored.article.id != other.stored.article.id:
        return None
    first, second = sorted((one.span, other.span))
    between = one.stored.article.text[first.end : second.start]
    if first.end > second.start or not _BETWEEN.fullmatch(between) or second.end - first.start > _LONGEST:
        return None
    return replace(one, span=Span(first.start, second.end), answer=None, copies=())


def _fitting(found: Sequence[Evidence], lines: int) -> list[Evidence]:
    kept: list[Evidence] = []
    for item in found:
        if len(kept) < lines and (not kept or sum(len(k.quote) for k in [*kept, item]) <= _MOST_CHARACTERS):
            kept.append(item)
    return kept
