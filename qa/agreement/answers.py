"""Whether two answers say the same ("34" and "thirty-four people", "Holm" and "Anna Holm"), and who votes for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qa.agreement.copies import same_words
from qa.dates import resolve_quote
from qa.figures import Figure, equal, find_figures
from qa.question.words import content_words

if TYPE_CHECKING:
    from qa.read import Evidence

__all__ = ["same_answer", "votes"]

# An answer of more words than this is a statement: it counts as the same only in nearly the same words.
_LONG = 8
_TITLES = frozenset(
    "mr mrs ms miss dr sir dame lord lady prof professor president prime minister chancellor senator sen rep"
    " representative governor gov mayor king queen prince princess pope judge justice general gen captain capt colonel"
    " secretary chief coach about around some nearly almost approximately more than least over said".split()
)


@dataclass(frozen=True, slots=True)
class _Form:
    """An answer as it is compared: its days if it is a time, its figures, and the other words that carry meaning."""

    text: str
    days: tuple[str, ...]
    figures: tuple[Figure, ...]
    words: frozenset[str]


def same_answer(a: str, b: str, *, published: tuple[str | None, str | None] = (None, None)) -> bool:
    """Whether two answers are the same thing said in other words.

    Args:
        published: the days (ISO 8601) of the articles that they stand in, so that "Monday" can be "13 January".
    """
    return _same(_form(a, published[0]), _form(b, published[1]))


def _form(text: str, published: str | None) -> _Form:
    days = tuple(found.resolved for found in resolve_quote(text, published))
    figures = tuple(figure for figure in find_figures(text) if not figure.vague)
    rest = text
    for figure in reversed(figures):
        rest = f"{rest[: figure.start]} {rest[figure.end :]}"
    return _Form(text, days, figures, frozenset(content_words(rest) - _TITLES))


def _same(a: _Form, b: _Form) -> bool:
    if a.text.casefold() == b.text.casefold() and a.days == b.days:
        return True
    if a.days or b.days:
        return bool(set(a.days) & set(b.days))
    if a.figures or b.figures:
        pairs = zip(a.figures, b.figures, strict=False)
        same = len(a.figures) == len(b.figures) and all(equal(mine, theirs) for mine, theirs in pairs)
        return same and (a.words <= b.words or b.words <= a.words)
    if min(len(a.words), len(b.words)) > _LONG:
        return same_words(a.text, b.text)
    if not a.words or not b.words:
        return False
    return a.words <= b.words or b.words <= a.words


def votes(evidence: Sequence[Evidence], *, stories: Mapping[str, str] | None = None) -> list[int]:
    """How many independent reports give the answer of each piece of evidence, itself included.

    Copies of one wire story count once, as do the articles of one story in ``stories``. An article has one vote
    for each answer, however often it gives it. Evidence without an answer span has one.

    Args:
        stories: the story of an article, by its id; articles that are not in it stand for themselves.
    """
    known = stories or {}
    forms = [_form(item.answer_text, item.stored.article.published) if item.answer else None for item in evidence]
    counts = []
    for form in forms:
        if form is None:
            counts.append(1)
            continue
        agreeing = [item for item, other in zip(evidence, forms, strict=True) if other and _same(form, other)]
        counts.append(_independent(agreeing, known))
    return counts


def _independent(evidence: Sequence[Evidence], stories: Mapping[str, str]) -> int:
    """How many of some pieces of evidence stand apart: in other stories, and in other words."""
    groups: list[tuple[set[str], list[Evidence]]] = []
    for item in evidence:
        ids = [stored.article.id for stored in (item.stored, *item.copies)]
        mine = {stories.get(id, id) for id in ids}
        joined = [
            group
            for group in groups
            if group[0] & mine or any(same_words(item.quote, other.quote) for other in group[1])
        ]
        merged = (
            mine.union(*(group[0] for group in joined)),
            [item, *(other for group in joined for other in group[1])],
        )
        groups = [group for group in groups if group not in joined] + [merged]
    return len(groups)
