"""Passages: the stretches of an article that are encoded and retrieved as one piece. It knows sentences, no model."""

from __future__ import annotations

import re
from itertools import accumulate
from math import ceil

from ingest.article import Passage, Span
from ingest.sentences import paragraphs, sentences

__all__ = ["split"]

# What an end costs that is not a good one, next to the square of the share of a passage that stays empty.
_INSIDE_PARAGRAPH = 0.2
_BEFORE_ITEM = 0.1
_AFTER_HEADING = 0.6

_SHORT_LINE = 12
"""A paragraph of at most so many words, without a stop at its end, is a heading or an item of a list."""
_LONG_WORD = 12
_PER_WORD = 6
"""A run of characters that is longer than a long word counts as words of so many characters each."""
_DENSE = re.compile(r"[^\x00-\u024f\u2000-\u206f\u20a0-\u20cf]")
"""Characters of scripts of which an encoder makes about one token each."""
_DENSE_PER_WORD = 3
_RUN = re.compile(r"\S+")
_ITEM = re.compile(r"[•●▪◦‣·*–—-]\s|\(?\w{1,2}[.)]\s")
_CLAUSE_ENDS = ',;:—–-…)]}"”’»、，；：．.'


def split(text: str, *, max_words: int = 170) -> list[Passage]:
    """Cut ``text`` into passages of whole sentences that follow each other and leave no sentence out.

    Passages end where paragraphs end, where that is possible, and are of about the same length. A heading stays with
    what it stands over, and a list with the line that leads to it. A sentence of more than ``max_words`` is cut at the
    ends of its clauses or words; its pieces count as sentences.

    Args:
        text: the text of an article.
        max_words: the most words of a passage. Long words, and characters of scripts such as Chinese, count for more.

    Raises:
        ValueError: ``max_words`` is less than 1.
    """
    if max_words < 1:
        raise ValueError(f"max_words is {max_words}; a passage needs at least 1 word")
    spans: list[Span] = []
    weights: list[int] = []
    for span in sentences(text):
        weight = _weigh(span.cut(text))
        pieces = [span] if weight <= max_words else _pieces(text, span, max_words)
        spans.extend(pieces)
        weights.extend([weight] if weight <= max_words else [_weigh(piece.cut(text)) for piece in pieces])
    ends = _best_ends(weights, _end_costs(text, spans), max_words)
    return [
        Passage(spans[first].start, spans[last - 1].end, tuple(spans[first:last]))
        for first, last in zip([0, *ends], ends, strict=False)
    ]


def _best_ends(weights: list[int], costs: list[float], limit: int) -> list[int]:
    """After which sentences passages end, such that the costs of the ends and of the room left empty are least."""
    total = [0, *accumulate(weights)]
    best = [0.0]
    start_of = [0]
    first = near = 0
    for end in range(1, len(total)):
        while total[end] - total[first] > limit:
            first += 1
        near = max(near, first)
        while near + 1 < end and 2 * (total[end] - total[near + 1]) >= limit:
            near += 1
        cost, start = min(
            (best[start] + (1 - (total[end] - total[start]) / limit) ** 2, start) for start in range(first, near + 1)
        )
        best.append(cost + costs[end - 1])
        start_of.append(start)
    ends: list[int] = []
    end = len(weights)
    while end:
        ends.append(end)
        end = start_of[end]
    return ends[::-1]


def _end_costs(text: str, spans: list[Span]) -> list[float]:
    """What it costs to end a passage after each of the sentences."""
    last_of = {span.end: number for number, span in enumerate(spans)}
    costs = [_INSIDE_PARAGRAPH] * len(spans)
    whole = paragraphs(text)
    short = [_is_short_line(text, paragraph) for paragraph in whole]
    for number, paragraph in enumerate(whole):
        costs[last_of[paragraph.end]] = _paragraph_cost(text, whole, short, number)
    return costs


def _paragraph_cost(text: str, whole: list[Span], short: list[bool], number: int) -> float:
    """What it costs to end a passage after this paragraph."""
    if number + 1 == len(whole):
        return 0.0
    if text[whole[number].end - 1] in ":：":
        return _AFTER_HEADING
    if short[number]:
        in_list = number > 1 and short[number - 1] and short[number - 2]
        if short[number + 1]:
            return _BEFORE_ITEM if in_list else _AFTER_HEADING
        return 0.0 if in_list else _AFTER_HEADING
    return _BEFORE_ITEM if _ITEM.match(text, whole[number + 1].start) else 0.0


def _is_short_line(text: str, paragraph: Span) -> bool:
    if paragraph.end - paragraph.start > _SHORT_LINE * 10:
        return False
    line = paragraph.cut(text)
    return line[-1] not in ".!…。！।۔\"”'’»)" and len(line.split()) <= _SHORT_LINE


def _weigh(piece: str) -> int:
    """How many words ``piece`` counts for."""
    words = piece.split()
    weight = len(words)
    if len(piece) > 7 * weight:
        weight += sum(_run_weight(word) - 1 for word in words if len(word) > _LONG_WORD)
    return weight if piece.isascii() else weight + len(_DENSE.findall(piece)) // _DENSE_PER_WORD


def _run_weight(run: str) -> int:
    """How many words a long run without spaces counts for, the script apart. Signs count twice: each is a token."""
    return ceil((len(run) + sum(not letter.isalnum() for letter in run)) / _PER_WORD)


def _pieces(text: str, sentence: Span, limit: int) -> list[Span]:
    """An over-long sentence, cut into pieces of about the same length, none of more than ``limit`` words."""
    atoms = _atoms(text, sentence, limit)
    left = sum(weight for _, weight in atoms)
    pieces: list[Span] = []
    first = 0
    while first < len(atoms):
        ideal = left / ceil(left / limit)
        last, weight = _best_cut(text, atoms, first, ideal, limit)
        pieces.append(Span(atoms[first][0].start, atoms[last][0].end))
        left -= weight
        first = last + 1
    return pieces


def _best_cut(text: str, atoms: list[tuple[Span, int]], first: int, ideal: float, limit: int) -> tuple[int, int]:
    """The last atom of the piece that begins with ``first``, and the piece's weight."""
    weight = 0
    best = (float("inf"), first, atoms[first][1])
    for last in range(first, len(atoms)):
        span, words = atoms[last]
        weight += words
        if weight > limit:
            break
        if last + 1 == len(atoms):
            return last, weight
        cost = abs(weight - ideal) / ideal
        if atoms[last + 1][0].start == span.end:
            cost += 1.0
        elif text[span.end - 1] not in _CLAUSE_ENDS:
            cost += 0.3
        best = min(best, (cost, last, weight))
    return best[1], best[2]


def _atoms(text: str, sentence: Span, limit: int) -> list[tuple[Span, int]]:
    """The words of a sentence with their weights, long ones in short stretches."""
    size = _LONG_WORD if limit >= 2 * _LONG_WORD else 1
    atoms: list[tuple[Span, int]] = []
    for match in _RUN.finditer(text, sentence.start, sentence.end):
        word = Span(*match.span())
        if word.end - word.start <= size:
            atoms.append((word, _weigh(word.cut(text))))
            continue
        for start in range(word.start, word.end, size):
            part = Span(start, min(start + size, word.end))
            piece = part.cut(text)
            atoms.append((part, _run_weight(piece) + ceil(len(_DENSE.findall(piece)) / _DENSE_PER_WORD)))
    return atoms
