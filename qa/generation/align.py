"""Two sequences of words side by side: which of one stand in the other, in the same order, with the fewest jumps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

__all__ = ["aligned"]

T = TypeVar("T")

_MATCH, _JUMP = 8, 1


def aligned(mine: Sequence[T], theirs: Sequence[T], same: Callable[[T, T], bool]) -> list[tuple[int, int]]:
    """The places of the longest common subsequence, as pairs; among equally long ones, that with the fewest places
    left out between two of its words."""
    rows, columns = len(mine), len(theirs)
    matches = [[theirs_at for theirs_at in range(columns) if same(word, theirs[theirs_at])] for word in mine]
    best: dict[tuple[int, int], tuple[int, tuple[int, int] | None]] = {}
    for row in range(rows):
        for column in matches[row]:
            score, came = _MATCH, None
            for (before, left), (value, _) in best.items():
                if before < row and left < column and value + _MATCH - _JUMP * (column - left > 1) > score:
                    score, came = value + _MATCH - _JUMP * (column - left > 1), (before, left)
            best[row, column] = (score, came)
    if not best:
        return []
    at: tuple[int, int] | None = max(best, key=lambda place: best[place][0])
    path = []
    while at is not None:
        path.append(at)
        at = best[at][1]
    return path[::-1]
