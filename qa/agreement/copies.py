"""One wire story, one vote: whether two sentences are the same but for light edits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from ingest.stored import StoredPassage
from qa.figures import find_figures

if TYPE_CHECKING:
    from qa.read import Evidence

__all__ = ["merge_copies", "same_words"]

# Of the words of both, so many are shared; or of the shorter one's, where it has enough of them.
_SHARED = 0.7
_CONTAINED, _ENOUGH = 0.88, 7
# A sentence of fewer words has to be the same word for word.
_FEW = 5

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_AGENCY = re.compile(
    r"^\W*(?:[A-ZÀ-Þ][\w .,'’-]{1,40}?)?(?:,? [A-Z][a-z]{2,8}\.? \d{1,2})? ?"
    r"\((?:[A-Z][\w. ]{1,20})\)\s*(?:[—–-]{1,2}|:)?\s*"
    r"|^[A-ZÀ-Þ][A-ZÀ-Þ .'’-]{2,30}(?:, [\w. ]{2,25})? ?[—–-]{1,2}\s*"
)
_NOT = re.compile(
    r"(?:n['’]t|\b(?:not|no|never|nor|without|neither|nobody|none|cannot|denied|denies|deny|den(?:y|ies) that))\b",
    re.IGNORECASE,
)
_OPPOSED = tuple(
    frozenset(pair.split())
    for pair in (
        "rose fell|up down|won lost|win lose|guilty innocent|convicted acquitted|accepted rejected|approved rejected"
        "|increase decrease|increased decreased|gained lost|more less|more fewer|higher lower|above below|before after"
        "|open closed|opened closed|began ended|started ended|alive dead|for against|first second|first third"
        "|second third|north south|east west|northern southern|eastern western|killed injured|killed wounded"
        "|dead injured|men women|man woman|boys girls|boy girl|buy sell|bought sold|allowed banned|supports opposes"
        "|supported opposed|raised cut|raised lowered|profit loss|best worst|largest smallest|highest lowest"
        "|confirmed denied|upheld overturned|arrested released|morning evening|yesterday today|today tomorrow"
    ).split("|")
)
# The same in other newspapers' style.
_STYLE = {
    "percent": "per",
    "about": "some",
    "around": "some",
    "approximately": "some",
    "says": "said",
    "say": "said",
}
_SMALL_WORDS = frozenset(
    "the a an of to in on at and that for by with from as has had have been was were is are".split()
)


@dataclass(frozen=True, slots=True)
class _Words:
    """A sentence as it is compared: its words, and what in it may not differ."""

    sequence: tuple[str, ...]
    words: frozenset[str]
    figures: frozenset[tuple[Decimal, Decimal, str]]
    names: frozenset[str]
    denials: int


def same_words(a: str, b: str) -> bool:
    """Whether two sentences are copies of each other: the same words but for an agency's name in front, marks, and a
    few words changed or left out. Sentences that differ in a figure, a date, a name or a "not" are no copies."""
    return _may_be_same(a, b) and _same(_words(a), _words(b))


def _may_be_same(a: str, b: str) -> bool:
    """A cheap look before the careful one: whether they share enough of their longer words."""
    mine, theirs = _long_words(a), _long_words(b)
    return 2 * len(mine & theirs) >= min(len(mine), len(theirs))


@lru_cache(maxsize=1024)
def _long_words(sentence: str) -> frozenset[str]:
    return frozenset(word for word in _WORD.findall(sentence.lower()) if len(word) > 3)


@lru_cache(maxsize=1024)
def _words(sentence: str) -> _Words:
    text = _AGENCY.sub("", " ".join(sentence.split()))
    tokens = [(match[0], match.start()) for match in _WORD.finditer(text)]
    plain = [_STYLE.get(word, word) for word in (token.replace("’", "'").lower() for token, _ in tokens)]
    names = {plain[at] for at in range(len(tokens)) if _is_named(text, tokens, at)}
    figures = find_figures(text)
    spoken = {word for figure in figures for word in _WORD.findall(figure.text.lower())}
    content = frozenset(word for word in plain if word not in _SMALL_WORDS and word not in spoken)
    values = frozenset((figure.low, figure.high, figure.unit) for figure in figures if not figure.vague)
    scores = frozenset(
        (figure.low, Decimal(re.sub(r"\D", "", figure.text)), "score")
        for figure in figures
        if figure.vague and figure.text[0].isdigit()
    )
    return _Words(tuple(plain), content, values | scores, frozenset(names), len(_NOT.findall(text)))


def _is_named(text: str, tokens: Sequence[tuple[str, int]], at: int) -> bool:
    """Whether a word is capitalised for its own sake, and not because a sentence begins with it."""
    word, start = tokens[at]
    if not word[0].isupper():
        return False
    begins = text[:start].rstrip(" \"'“‘(")[-1:] in ("", *".!?:")
    return not begins or (at + 1 < len(tokens) and tokens[at + 1][0][0].isupper() and word.lower() not in _SMALL_WORDS)


def _same(a: _Words, b: _Words) -> bool:
    if a.sequence == b.sequence and a.figures == b.figures:
        return True
    if min(len(a.sequence), len(b.sequence)) < _FEW or not a.words or not b.words:
        return False
    if a.denials != b.denials or _differ(a.figures, b.figures) or _differ(a.names - b.words, b.names - a.words):
        return False
    shared = len(a.words & b.words)
    least, whole = min(len(a.words), len(b.words)), len(a.words | b.words)
    close = shared >= _SHARED * whole
    within = least >= _ENOUGH and shared >= _CONTAINED * least
    # A figure that only one of them has may be somebody's age, left out; more than that is another sentence.
    if not close and (not within or a.figures != b.figures):
        return False
    changed = (a.words - b.words, b.words - a.words)
    return not any(pair & changed[0] and pair & changed[1] for pair in _OPPOSED)


def _differ(a: frozenset[object], b: frozenset[object]) -> bool:
    """Whether each has something that the other has not."""
    return bool(a - b) and bool(b - a)


def merge_copies(evidence: Sequence[Evidence]) -> list[Evidence]:
    """``evidence`` in its order, the same sentence of several articles once: the first stays, the articles of the
    others become its ``copies``. What overlaps an earlier stretch of the same article goes too.

    Comparing 200 sentences takes some hundredths of a second.
    """
    kept: list[Evidence] = []
    copies: list[list[StoredPassage]] = []
    for item in evidence:
        at = next((at for at, other in enumerate(kept) if _is_copy(item, other)), None)
        if at is None:
            kept.append(item)
            copies.append(list(item.copies))
        else:
            copies[at] += [item.stored, *item.copies]
    return [_with(item, more) for item, more in zip(kept, copies, strict=True)]


def _is_copy(item: Evidence, other: Evidence) -> bool:
    if (
        item.stored.article.id == other.stored.article.id
        and item.span.start < other.span.end
        and other.span.start < item.span.end
    ):
        return True
    return same_words(item.quote, other.quote)


def _with(item: Evidence, copies: Sequence[StoredPassage]) -> Evidence:
    others = {copy.article.id: copy for copy in reversed(copies) if copy.article.id != item.stored.article.id}
    return replace(item, copies=tuple(reversed(others.values()))) if copies else item
