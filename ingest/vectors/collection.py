"""What is asked of a Chroma collection, wherever Chroma keeps it. It knows ids and numbers, no text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ingest.errors import ArchiveError, VectorsAway

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["CollectionVectors"]


class CollectionVectors:
    """A Chroma collection of unit vectors, by cosine similarity in an HNSW graph (Malkov and Yashunin 2016).

    Those who derive from it say in :meth:`_try` how it is reached.

    Args:
        batch: the most vectors that are stored at once.
        page: the most ids that are named to Chroma, or asked of it, at once.
    """

    def __init__(self, *, batch: int, page: int) -> None:
        self._batch = batch
        self._page = page

    def _try(self, method: str, **arguments: Any) -> Any:
        """Call a method of the collection.

        Raises:
            ArchiveError: it failed.
        """
        raise NotImplementedError

    def upsert(self, ids: Sequence[int], vectors: NDArray[np.float32]) -> None:
        """Store unit vectors, of shape ``(len(ids), dimensions)``, in place of those of the same ids.

        Raises:
            ArchiveFull: the disk is full.
            VectorsAway: the server does not answer.
        """
        for at in range(0, len(ids), self._batch):
            rows = slice(at, at + self._batch)
            self._try("upsert", ids=[str(i) for i in ids[rows]], embeddings=vectors[rows])

    def delete(self, ids: Sequence[int]) -> None:
        """Forget these ids; ids that are not there are no error."""
        for at in range(0, len(ids), self._batch):
            self._try("delete", ids=[str(i) for i in ids[at : at + self._batch]])

    def nearest(
        self, vector: NDArray[np.float32], k: int, *, within: Sequence[int] | None = None
    ) -> list[tuple[int, float]]:
        """See :class:`VectorIndex`."""
        total = self.count()
        if total == 0 or (within is not None and not within):
            return []
        if within is None:
            return self._query(vector, min(k, total))
        if len(within) <= self._page:
            return self._query_within(vector, k, [str(i) for i in within])
        allowed = set(within)
        wanted = min(total, 2 * k * total // len(within) + k)
        while True:
            hits = [hit for hit in self._query(vector, wanted) if hit[0] in allowed]
            if len(hits) >= k or wanted == total:
                return hits[:k]
            wanted = min(total, 4 * wanted)

    def _query_within(self, vector: NDArray[np.float32], k: int, ids: list[str]) -> list[tuple[int, float]]:
        try:
            return self._query(vector, min(k, len(ids)), ids=ids)
        except VectorsAway:
            raise
        except ArchiveError:
            # Chroma fails on an id that it does not have; so it lost one.
            there = self._try("get", ids=ids, include=[])["ids"]
            if len(there) == len(ids):
                raise
            return self._query(vector, min(k, len(there)), ids=there) if there else []

    def _query(self, vector: NDArray[np.float32], k: int, *, ids: list[str] | None = None) -> list[tuple[int, float]]:
        found = self._try("query", query_embeddings=[vector], n_results=k, ids=ids, include=["distances"])
        return [
            (int(name), 1.0 - float(distance))
            for name, distance in zip(found["ids"][0], found["distances"][0], strict=True)
        ]

    def count(self) -> int:
        """How many vectors there are."""
        return int(self._try("count"))

    def ids(self) -> Iterator[int]:
        """All ids, in no order."""
        for offset in range(0, self.count(), self._page):
            yield from map(int, self._try("get", limit=self._page, offset=offset, include=[])["ids"])
