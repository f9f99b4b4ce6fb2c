"""What the archive asks of a store of vectors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["VectorIndex"]


class VectorIndex(Protocol):
    """What the archive asks of a store of vectors."""

    def upsert(self, ids: Sequence[int], vectors: NDArray[np.float32]) -> None:
        """Store unit vectors, of shape ``(len(ids), dimensions)``, in place of those of the same ids."""
        ...

    def delete(self, ids: Sequence[int]) -> None:
        """Forget these ids; ids that are not there are no error."""
        ...

    def nearest(
        self, vector: NDArray[np.float32], k: int, *, within: Sequence[int] | None = None
    ) -> list[tuple[int, float]]:
        """The ``k`` ids nearest to a unit vector, with their cosine similarities, nearest first.

        Args:
            within: the only ids that may be returned; None for all.
        """
        ...

    def count(self) -> int:
        """How many vectors there are."""
        ...

    def ids(self) -> Iterator[int]:
        """All ids, in no order."""
        ...

    def clear(self) -> None:
        """Forget all, and whatever damage there is with it."""
        ...

    def close(self) -> None:
        """Release what is held."""
        ...

    def answers(self) -> bool:
        """Whether it can be used just now: always, unless it is kept by a server."""
        ...

    @property
    def sound(self) -> bool:
        """Whether every write so far went well; if not, :meth:`clear` has to come before the next one."""
        ...

    @property
    def doubtful(self) -> bool:
        """Whether it may lack what it was given, or hold more: then its ids have to be compared with SQLite's."""
        ...

    def trust(self) -> None:
        """Its ids have been compared: it is doubtful no more."""
        ...
