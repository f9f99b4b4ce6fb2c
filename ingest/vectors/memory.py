"""Vectors held in memory and compared one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["MemoryVectors"]


class MemoryVectors:
    """The vectors of an archive that cannot be written to, or whose server is away. Nothing can be changed in them.

    Chroma has to write even to read.
    """

    sound = True
    doubtful = False

    def __init__(self, ids: Sequence[int], vectors: NDArray[np.float32]) -> None:
        import numpy as np

        self._ids = np.asarray(ids, dtype=np.int64)
        self._vectors = vectors

    def upsert(self, ids: Sequence[int], vectors: NDArray[np.float32]) -> None:
        """Not to be called: nothing can be changed."""
        raise NotImplementedError

    def delete(self, ids: Sequence[int]) -> None:
        """Not to be called: nothing can be changed."""
        raise NotImplementedError

    def nearest(
        self, vector: NDArray[np.float32], k: int, *, within: Sequence[int] | None = None
    ) -> list[tuple[int, float]]:
        """See :class:`VectorIndex`."""
        import numpy as np

        if not len(self._ids):
            return []
        rows = np.arange(len(self._ids)) if within is None else np.flatnonzero(np.isin(self._ids, list(within)))
        scores = self._vectors[rows] @ vector
        best = np.argsort(-scores, kind="stable")[:k]
        return [(int(self._ids[rows[i]]), float(scores[i])) for i in best]

    def count(self) -> int:
        """How many vectors there are."""
        return len(self._ids)

    def ids(self) -> Iterator[int]:
        """All ids."""
        return iter(self._ids.tolist())

    def clear(self) -> None:
        """Not to be called: nothing can be changed."""
        raise NotImplementedError

    def close(self) -> None:
        """Nothing is held."""

    def answers(self) -> bool:
        """Always."""
        return True

    def trust(self) -> None:
        """It is never doubtful."""
