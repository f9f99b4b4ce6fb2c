"""An archive's vector index, kept in step with its tables wherever it lies, and stood in for while it is away.

The archive holds every vector itself. So while a Chroma server is away, questions are answered from those, just as
well and more slowly; and once it is back, it is brought up to date before it is asked again.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ingest import recipe, repair
from ingest.database import Database, chunks, marks
from ingest.errors import ArchiveError, VectorsAway
from ingest.rows import condition, vectors_from
from ingest.stored import Scope
from ingest.vectors import ChromaServer, ChromaVectors, MemoryVectors, ServerVectors, VectorIndex

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Keeper"]

_LOCAL = "vectors"
"""The index's folder within the archive's."""
_FEW = 3000
"""Of so few passages the archive's own vectors are compared, every one. At 25,000 passages that took 2 ms for 700 of
them and 10 ms for 3,000; Chroma, which goes through its whole graph to find them, took 11 and 10, and takes longer the
more passages there are."""
_SMALL = 1000
"""An archive of so few passages is searched so too, in 3 ms."""
_PAUSE = 15.0
"""Seconds before a server that was away is looked for again, when a question comes."""


class Keeper:
    """The vector index of an archive. To be used by several threads only as far as it says.

    Args:
        db: the archive's tables.
        vectors: the index.
        writable: whether the index can be changed.
    """

    def __init__(self, db: Database, vectors: VectorIndex, *, writable: bool = True) -> None:
        self._db = db
        self.vectors = vectors
        self._writable = writable
        self._own: tuple[tuple[int, int], MemoryVectors] | None = None
        self._look_at = 0.0

    @classmethod
    def open(cls, db: Database, *, owner: str, server: ChromaServer | None) -> Keeper:
        """The index in the archive's folder, or that on ``server``, which may be away.

        Args:
            owner: names the encoder that the vectors were made with.

        Raises:
            ArchiveFull: the disk is full.
            ArchiveReadOnly: the folder cannot be written to.
            ArchiveError: Chroma cannot use the folder even when it is empty.
        """
        if server:
            return cls(db, ServerVectors(server, owner=owner, note=recipe.Note(db)))
        return cls(db, ChromaVectors(db.folder / _LOCAL, owner=owner))

    @classmethod
    def in_memory(cls, db: Database) -> Keeper:
        """The archive's own copy of the vectors, in an index that cannot be changed."""
        return cls(db, _own_vectors(db), writable=False)

    def close(self) -> None:
        """Release what is held. Closing twice is harmless."""
        self.vectors.close()

    def settle(self, *, thoroughly: bool, server: ChromaServer | None) -> str:
        """Finish what an earlier process left half done. To be used within :meth:`Database.writing`.

        Args:
            thoroughly: compare every id, not only their count.
            server: as it was given to :meth:`open`.

        Returns:
            A line on what was wrong, empty when nothing was.
        """
        note, place = recipe.Note(self._db), server.url if server else ""
        moved = note.read().get("at", "") != place
        try:
            if not self.vectors.answers():
                raise VectorsAway(place)
            mended = repair.heal(self._db, self.vectors, thoroughly=thoroughly or moved or self.vectors.doubtful)
        except VectorsAway:
            return (
                f"the Chroma server at {place} does not answer: questions are answered from the archive's own copy of "
                "the vectors until it does, and nothing can be added or removed"
            )
        if moved:
            note.write({**note.read(), "at": place})
        if place:
            self._leave_folder()
        if moved and mended:
            return f"the vectors are kept {f'on {place}' if place else 'in the archive again'} now ({mended} passages)"
        return f"the vector index was unfinished or damaged, and has been mended ({mended} passages)" if mended else ""

    def _leave_folder(self) -> None:
        """Remove the index in the archive's folder, which would fall behind."""
        folder = self._db.folder / _LOCAL
        if folder.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.with_suffix(".sums").unlink(missing_ok=True)

    def ready(self) -> None:
        """Bring an index up to date that may have fallen behind, before anything is changed. To be used within
        :meth:`Database.writing`.

        Raises:
            VectorsAway: the server does not answer; nothing was changed.
        """
        if self.vectors.doubtful:
            repair.heal(self._db, self.vectors, thoroughly=True)

    def update(self) -> None:
        """Bring the index up to what the tables say. To be used within :meth:`Database.writing`.

        Raises:
            VectorsAway: the server does not answer. What the index lacks, it gets when it does.
        """
        repair.index(self._db, self.vectors)
        self.ready()

    def reindex(self, *, on_progress: Callable[[int, int], None] | None = None) -> None:
        """Fill both indexes again; see :func:`ingest.repair.reindex`."""
        repair.reindex(self._db, self.vectors, on_progress=on_progress)
        self.vectors.trust()

    def check(self) -> list[str]:
        """What is wrong with the archive; see :func:`ingest.repair.check`."""
        return repair.check(self._db, self.vectors, writable=self._writable)

    def nearest(self, vector: NDArray[np.float32], k: int, *, scope: Scope | None) -> list[tuple[int, float]]:
        """See :meth:`ingest.archive.Archive.nearest`. Safe to be used by several threads."""
        if self._at_hand():
            try:
                return self._nearest(self.vectors, vector, k, scope)
            except VectorsAway:
                self._look_at = time.monotonic() + _PAUSE
        return self._nearest(self._copy(), vector, k, scope)

    def _nearest(
        self, index: VectorIndex, vector: NDArray[np.float32], k: int, scope: Scope | None
    ) -> list[tuple[int, float]]:
        if not scope:
            return (self._few(index) or index).nearest(vector, k)
        within, arguments = condition(scope)
        # Held, so that the index has just the passages that SQLite says it has.
        with self._db.held():
            rows = self._db.rows(
                # CROSS JOIN: SQLite may go through all passages first, and ask for the outlet of each, in 150 ms.
                "SELECT passages.id FROM articles CROSS JOIN passages ON article = number "
                f"WHERE {within} {'' if isinstance(index, MemoryVectors) else 'AND indexed'}",
                arguments,
            )
            ids = [row[0] for row in rows]
            if len(ids) <= _FEW and not isinstance(index, MemoryVectors):
                return _own_vectors(self._db, ids).nearest(vector, k)
            return index.nearest(vector, k, within=ids)

    def _few(self, index: VectorIndex) -> MemoryVectors | None:
        """All vectors, where they are few: Chroma's graph is approximate, and one that was built again after a kill has
        been seen to leave a vector out. None where they are many, or on a server."""
        many = "SELECT 1 FROM passages WHERE indexed LIMIT 1 OFFSET ?"
        if not isinstance(index, ChromaVectors) or self._db.rows(many, (_SMALL,)):
            return None
        ids = [row[0] for row in self._db.rows("SELECT id FROM passages WHERE indexed")]
        return _own_vectors(self._db, ids) if ids else None

    def _at_hand(self) -> bool:
        """Whether the index can be asked; one whose server is back is brought up to date first."""
        if not self.vectors.doubtful:
            return True
        if time.monotonic() < self._look_at:
            return False
        self._look_at = time.monotonic() + _PAUSE
        try:
            if not self.vectors.answers():
                return False
            with self._db.writing():
                self.ready()
        except ArchiveError:
            return False
        self._own = None
        return True

    def _copy(self) -> MemoryVectors:
        """The archive's own copy of the vectors."""
        with self._db.held():
            [state] = self._db.rows("SELECT count(*), coalesce(max(passage), 0) FROM embeddings")
            if self._own is None or self._own[0] != state:
                self._own = state, _own_vectors(self._db)
            return self._own[1]


def _own_vectors(db: Database, ids: Sequence[int] | None = None) -> MemoryVectors:
    """The archive's own vectors, of all passages or of those."""
    if ids is None:
        rows = db.rows("SELECT passage, vector FROM embeddings")
    else:
        rows = [
            row
            for chunk in chunks(ids)
            for row in db.rows(f"SELECT passage, vector FROM embeddings WHERE passage IN ({marks(chunk)})", chunk)
        ]
    return MemoryVectors([row[0] for row in rows], vectors_from([row[1] for row in rows]))
