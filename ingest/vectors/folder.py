"""Vectors in a folder of the archive's, kept by Chroma within this process."""

from __future__ import annotations

import json
import shutil
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any

from ingest.errors import ArchiveError, ArchiveFull, ArchiveReadOnly

from .collection import CollectionVectors

__all__ = ["ChromaVectors"]

_COLLECTION = "passages"
# Chroma refuses `add` above 5,461 rows and `get` near 33,000 (SQLite's limit of variables).
_BATCH = 5000
_PAGE = 20_000
# When an operation fails with less room than this, in bytes, the lack of it is the reason: Chroma does not always say.
_NO_ROOM = 4 << 20


class ChromaVectors(CollectionVectors):
    """A Chroma collection in a folder of its own.

    Args:
        folder: is made when it is not there.
        owner: names the archive and its encoder. A collection that was made for another owner is emptied, and so is one
            whose files are not as they were left, or that the process before died in while opening: a torn graph can
            crash a process, and one with garbage in it answers with the wrong neighbours.
        page: the most ids that are named to Chroma, or asked of it, at once.

    Raises:
        ArchiveFull: the disk is full.
        ArchiveReadOnly: the folder cannot be written to.
        ArchiveError: Chroma cannot use the folder even when it is empty.
    """

    def __init__(self, folder: Path, *, owner: str, page: int = _PAGE) -> None:
        super().__init__(batch=_BATCH, page=page)
        self._folder = folder
        self._owner = owner
        self._client: Any = None
        self._sound = True
        self._sums = folder.with_suffix(".sums")
        opening = folder.with_suffix(".opening")
        try:
            if opening.exists() or _sums(folder) != _noted(self._sums):
                shutil.rmtree(folder, ignore_errors=True)
            opening.touch()
            self._open()
        except _chroma_errors() as error:
            self._abandon()
            opening.unlink(missing_ok=True)
            told = _translated(error, folder)
            if isinstance(told, ArchiveFull | ArchiveReadOnly):
                raise told from error
            # A damaged index is worth nothing: what is in it stands in SQLite too.
            shutil.rmtree(folder, ignore_errors=True)
            try:
                self._open()
            except _chroma_errors():
                self._abandon()
                raise told from error
        opening.unlink(missing_ok=True)

    doubtful = False

    @property
    def sound(self) -> bool:
        """See :class:`VectorIndex`. After a failed write, as on a full disk, Chroma can wait for ever in the next."""
        return self._sound

    def _open(self) -> None:
        import chromadb
        from chromadb.config import Settings

        settings = Settings(anonymized_telemetry=False, is_persistent=True, persist_directory=str(self._folder))
        self._client = chromadb.PersistentClient(str(self._folder), settings=settings)
        names = {collection.name for collection in self._client.list_collections()}
        if _COLLECTION in names:
            self._collection = self._client.get_collection(_COLLECTION, embedding_function=None)
            if (self._collection.metadata or {}).get("owner") == self._owner:
                # A damaged graph shows itself at the first search only.
                if self._collection.count():
                    probe = self._collection.get(limit=1, include=["embeddings"])["embeddings"]
                    self._collection.query(query_embeddings=probe, n_results=1, include=[])
                return
            self._client.delete_collection(_COLLECTION)
        self._collection = self._client.create_collection(
            _COLLECTION,
            # get_or_create would silently keep the space and metadata of an older collection.
            configuration={"hnsw": {"space": "cosine"}},
            metadata={"owner": self._owner},
            embedding_function=None,
        )

    def clear(self) -> None:
        """Throw the folder away and begin anew: emptying a collection would neither shrink nor mend its files.

        Raises:
            ArchiveFull: the disk is full.
        """
        self._sound = False
        self._abandon()
        shutil.rmtree(self._folder, ignore_errors=True)
        try:
            self._open()
        except _chroma_errors() as error:
            raise _translated(error, self._folder) from error
        self._sound = True

    def close(self) -> None:
        """Release the folder. Closing twice is harmless."""
        client, self._client = self._client, None
        if client is None:
            return
        client.close()
        if self._sound:
            with suppress(OSError):  # without it, the next opening fills the folder again
                self._sums.write_text(json.dumps(_sums(self._folder)), encoding="utf-8")
        else:
            self._sums.unlink(missing_ok=True)

    def answers(self) -> bool:
        """Always: it is in this process."""
        return True

    def trust(self) -> None:
        """It is never doubtful: what is wrong with the files is seen when they are opened."""

    def _abandon(self) -> None:
        """Close, whatever state Chroma is in."""
        from chromadb.api.shared_system_client import SharedSystemClient

        with suppress(*_chroma_errors()):
            self.close()
        # Chroma keeps what failed to start, and would hand it out again for the same folder.
        SharedSystemClient._identifier_to_system.pop(str(self._folder), None)
        SharedSystemClient._identifier_to_refcount.pop(str(self._folder), None)

    def _try(self, method: str, **arguments: Any) -> Any:
        try:
            return getattr(self._collection, method)(**arguments)
        except _chroma_errors() as error:
            # What it was writing may be torn.
            self._sound = False
            raise _translated(error, self._folder) from error


def _chroma_errors() -> tuple[type[Exception], ...]:
    """What Chroma raises, and what its Rust core raises through it."""
    import sqlite3

    from chromadb.errors import ChromaError

    return (ChromaError, sqlite3.Error, OSError, RuntimeError, ValueError, KeyError, AttributeError)


def _translated(error: Exception, folder: Path) -> ArchiveError:
    """Chroma's ``error`` in our words."""
    words = str(error).splitlines()[0] if str(error) else type(error).__name__
    if any(sign in words for sign in ("is full", "No space", "os error 28")) or _free(folder) < _NO_ROOM:
        return ArchiveFull(
            f"the disk that holds {folder} is full: free some space and run the command again; what was stored is safe"
        )
    if any(sign in words for sign in ("readonly", "Read-only", "ermission denied")):
        return ArchiveReadOnly(f"the vector index in {folder} cannot be written to ({words}): make its files writable")
    return ArchiveError(f"the vector index in {folder} failed ({words}): rebuild it with dateline reindex")


def _sums(folder: Path) -> dict[str, int]:
    """Checksums of the files of the graph, which Chroma writes anew from time to time, each as a whole. Its database
    needs none: SQLite keeps it in order."""
    return {
        str(path.relative_to(folder)): _sum(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith("chroma.sqlite3")
    }


def _sum(path: Path) -> int:
    total = 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            total = zlib.crc32(block, total)
    return total


def _noted(path: Path) -> dict[str, int]:
    """The checksums that were noted when the index was closed; none when it was not."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _free(folder: Path) -> int:
    """Bytes that are free where ``folder`` lies."""
    try:
        return shutil.disk_usage(folder.parent).free
    except OSError:
        return _NO_ROOM
