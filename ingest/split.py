"""Passages: the stretches of an article that are encoded and retrieved as one piece. It knows sentences, no model."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise
from math import ceil

from ingest.article import Passage, Span
from ingest.captions import furniture
from ingest.sentences import paragraphs, sentences

__all__ = ["split"]

# What an end costs that is not a good one, next to the square of the share of a passage that stays empty.
_INSIDE_PARAGRAPH = 0.2
_BEFORE_ITEM = 0.1
_AFTER_HEADING = 0.6

_SHORT_LINE = 12
"""A paragraph of at most so many words, without a stop at its end, is a heading or an item of a list."""
_FEWEST = 4
"""Captions of fewer words only say who took the picture."""
_LONG_WORD = 12
_PER_WORD = 6
"""A run of characters that is longer than a long word counts as words of so many characters each."""
_DENSE = re.compile(r"[^\x00-\u024f\u2000-\u206f\u20a0-\u20cf]")
"""Characters of scripts of which an encoder makes about one token each."""
_DENSE_PER_WORD = 3
_RUN = re.compile(r"\S+")
_ITEM = re.compile(r"[•●▪◦‣·*–—-]\s|\(?\w{1,2}[.)]\s")
_CLAUSE_ENDS = ',;:—–-…)]}"”’»、，；：．.'


def split(text: str, *, captions: Sequence[Span] = (), max_words: int = 170) -> list[Passage]:
    """Cut ``text`` into passages of whole sentences, in the order in which they begin.

    Passages end where paragraphs end, where that is possible, and are of about the same length. A heading stays with
    what it stands over, and a list with the line that leads to it. A sentence of more than ``max_words`` is cut at the
    ends of its clauses or words; its pieces count as sentences.

    A caption among the paragraphs is a passage of its own, with those that touch it, and no sentence of the passage
    that goes on around it: there, what stands before it and behind it are neighbours. Furniture (see
    :mod:`ingest.captions`) is a sentence of no passage. All other sentences are in exactly one.

    Args:
        text: the text of an article.
        captions: the stretches of it that are captions, see :class:`~ingest.article.Article`.
        max_words: the most words of a passage. Long words, and characters of scripts such as Chinese, count for more.

    Raises:
        ValueError: ``max_words`` is less than 1.
    """
    if max_words < 1:
        raise ValueError(f"max_words is {max_words}; a passage needs at least 1 word")
    pieces = _sentences(text, max_words)
    body, runs = _parted(text, pieces, captions)
    passages = _passages(text, body, max_words)
    for run in runs:
        if sum(weight for _, weight in run) >= _FEWEST:
            passages += _passages(text, run, max_words)
    return sorted(passages, key=lambda passage: (passage.start, passage.end))


_Piece = tuple[Span, int]
"""A sentence, or a piece of one that is too long, and how many words it counts for."""


def _sentences(text: str, limit: int) -> list[_Piece]:
    found: list[_Piece] = []
    for span in sentences(text):
        weight = _weigh(span.cut(text))
        if weight <= limit:
            found.append((span, weight))
        else:
            found += [(piece, min(limit, _weigh(piece.cut(text)))) for piece in _pieces(text, span, limit)]
    return found


def _parted(text: str, pieces: list[_Piece], captions: Sequence[Span]) -> tuple[list[_Piece], list[list[_Piece]]]:
    """The body's sentences, and the runs of captions between them. A text with nothing else is all body."""
    left = _Stretches(furniture(text))
    pictures = _Stretches(captions)
    body: list[_Piece] = []
    runs: list[list[_Piece]] = [[]]
    for piece in pieces:
        if pictures.meet(piece[0]):
            runs[-1].append(piece)
        elif not left.meet(piece[0]):
            body.append(piece)
            if runs[-1]:
                runs.append([])
    return (body, runs) if body or runs[0] else (pieces, [])


class _Stretches:
    """Stretches of a text, which are asked for in the order of the text."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self._spans, self._at = sorted(spans), 0

    def meet(self, span: Span) -> bool:
        """Whether one of the stretches shares a character with ``span``."""
        while self._at < len(self._spans) and self._spans[self._at].end <= span.start:
            self._at += 1
        return self._at < len(self._spans) and self._spans[self._at].start < span.end


def _passages(text: str, pieces: list[_Piece], limit: int) -> list[Passage]:
    """The passages of sentences that are to be read as neighbours."""
    spans = [span for span, _ in pieces]
    weights = [weight for _, weight in pieces]
    for number, (before, after) in enumerate(pairwise(spans), start=1):
        # What is left out between two sentences is in the passage all the same.
        if between := text[before.end : after.start].strip():
            weights[number] = min(limit, weights[number] + _weigh(between))
    ends = _best_ends(weights, _end_costs(text, spans), limit)
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
    whole = [paragraph for paragraph in paragraphs(text) if paragraph.end in last_of]
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
            # Rounded up: together they must not count for less than the piece that they make.
            atoms.append((word, 1 + ceil(len(_DENSE.findall(word.cut(text))) / _DENSE_PER_WORD)))
            continue
        for start in range(word.start, word.end, size):
            part = Span(start, min(start + size, word.end))
            piece = part.cut(text)
            atoms.append((part, _run_weight(piece) + ceil(len(_DENSE.findall(piece)) / _DENSE_PER_WORD)))
    return atoms
