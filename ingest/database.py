"""The SQLite file of an archive: one connection for all threads, transactions, and SQLite's errors in our words.

It knows how to reach the tables, and nothing of what stands in them.
"""

from __future__ import annotations

import errno
import shutil
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TypeVar

from ingest.errors import ArchiveError, ArchiveFull, ArchiveReadOnly
from ingest.schema import current, migrate

__all__ = ["FILE", "Database", "chunks", "marks", "unwritable"]

_T = TypeVar("_T")

FILE = "archive.db"
"""Its name in the archive's folder."""
# SQLite's limit of variables in one statement is 32,766; shorter statements are as fast.
_VARIABLES = 900
# When an operation fails with less room than this, in bytes, the lack of it is the reason: SQLite does not always say.
_NO_ROOM = 1 << 20


class Database:
    """The open SQLite file of an archive. Safe to use from several threads.

    Use :meth:`open` or :meth:`open_read_only`.
    """

    def __init__(self, folder: Path, connection: sqlite3.Connection, *, refusal: ArchiveError | None = None) -> None:
        self.folder = folder
        self._connection = connection
        self._refusal = refusal
        self._guard = threading.RLock()

    @classmethod
    def open(cls, folder: Path) -> Database:
        """The file in ``folder``, made when there is none, with its tables in this version's form.

        Raises:
            ArchiveReadOnly: it cannot be written to.
            ArchiveFull: the disk is full.
            RecipeMismatch: a newer Dateline made it.
            ArchiveError: it is damaged.
        """
        with ExitStack() as undo, _translating(folder):
            connection = sqlite3.connect(folder / FILE, check_same_thread=False, isolation_level=None, timeout=10)
            undo.callback(connection.close)
            connection.execute("PRAGMA journal_mode = WAL")
            # NORMAL may lose the last transactions at a power cut, never tear one; FULL costs a sync for each.
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            # In KiB. The keys of stories lie anywhere in their tree: with 2 MB, the default, each costs a read.
            connection.execute("PRAGMA cache_size = -32768")
            _add_functions(connection)
            migrate(connection)
            undo.pop_all()
        return cls(folder, connection)

    @classmethod
    def open_read_only(cls, folder: Path, *, refusal: ArchiveError) -> Database:
        """The file in ``folder``, for reading alone.

        Args:
            refusal: why it is not opened for writing; whoever writes gets it.

        Raises:
            RecipeMismatch: a newer Dateline made it.
            ArchiveError: it cannot be opened.
        """
        path = folder / FILE
        # `immutable` neither locks nor looks at the write-ahead log, which an owner that was killed leaves behind, and
        # one that is at work has; without it SQLite would write files beside the database when there are none.
        log = path.with_name(path.name + "-wal")
        uri = f"{path.as_uri()}?{'mode=ro' if log.is_file() and log.stat().st_size else 'immutable=1'}"
        with _translating(folder):
            connection = sqlite3.connect(uri, uri=True, check_same_thread=False, isolation_level=None)
            if not current(connection):
                connection = _migrated(connection)
            _add_functions(connection)
        return cls(folder, connection, refusal=refusal)

    def rows(self, sql: str, arguments: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """What a query finds.

        Raises:
            ArchiveError: SQLite failed.
        """
        with self.held():
            return self._connection.execute(sql, arguments).fetchall()

    def execute(self, sql: str, arguments: Sequence[Any] | dict[str, Any] = ()) -> int:
        """Run a statement within :meth:`writing`, which translates its errors.

        Returns:
            The number of the row that was inserted last.
        """
        return int(self._connection.execute(sql, arguments).lastrowid or 0)

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run a statement for each of ``rows``, within :meth:`writing`."""
        self._connection.executemany(sql, rows)

    @contextmanager
    def held(self) -> Iterator[None]:
        """No other thread changes anything meanwhile; SQLite's errors are raised in our words."""
        with self._guard, _translating(self.folder):
            yield

    @contextmanager
    def writing(self) -> Iterator[None]:
        """As :meth:`held`, for what is going to write.

        Raises:
            ArchiveReadOnly: nothing can be written.
            ArchiveFull: the disk is full.
        """
        if self._refusal:
            raise type(self._refusal)(str(self._refusal))
        with self.held():
            yield

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is done within, or nothing of it. To be used within :meth:`writing`."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    def close(self) -> None:
        """Release the file. Closing twice is harmless."""
        self._connection.close()


def chunks(ids: Sequence[_T]) -> Iterator[Sequence[_T]]:
    """``ids`` in pieces that fit into one statement."""
    for at in range(0, len(ids), _VARIABLES):
        yield ids[at : at + _VARIABLES]


def marks(values: Sequence[Any]) -> str:
    """A question mark for each of ``values``."""
    return ", ".join("?" * len(values))


def unwritable(folder: Path, error: OSError) -> ArchiveError:
    """The operating system's ``error`` at making an archive's folder, in our words."""
    if error.errno == errno.ENOSPC:
        return ArchiveFull(f"the disk that is to hold the archive {folder} is full: free some space and try again")
    return ArchiveReadOnly(
        f"the archive {folder} cannot be written to ({error.strerror}): make the folder writable, or name another with "
        "--archive"
    )


def _migrated(connection: sqlite3.Connection) -> sqlite3.Connection:
    """A copy in memory of a database that cannot be written to, with its tables in this version's form."""
    copy = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
    connection.backup(copy)
    connection.close()
    migrate(copy)
    return copy


def _add_functions(connection: sqlite3.Connection) -> None:
    # SQLite's lower() knows the letters of ASCII only.
    connection.create_function("casefold", 1, lambda text: text and text.casefold(), deterministic=True)


@contextmanager
def _translating(folder: Path) -> Iterator[None]:
    """SQLite's errors in our words."""
    try:
        yield
    except sqlite3.Error as error:
        raise _translated(error, folder) from error


def _translated(error: sqlite3.Error, folder: Path) -> ArchiveError:
    words = str(error)
    if "is full" in words or ("disk I/O" in words and _free(folder) < _NO_ROOM):
        return ArchiveFull(
            f"the disk that holds the archive {folder} is full: free some space and run the command again; what was "
            "stored before is safe"
        )
    if "readonly" in words or "read-only" in words or "unable to open" in words:
        return ArchiveReadOnly(
            f"the archive {folder} cannot be written to: make its files writable, or name another with --archive"
        )
    if isinstance(error, sqlite3.DatabaseError) and ("malformed" in words or "not a database" in words):
        return ArchiveError(
            f"the file {folder / FILE} is damaged ({words}): put a copy of it back, or ingest again into another "
            "folder with --archive"
        )
    return ArchiveError(f"the archive {folder} failed: {words}")


def _free(folder: Path) -> int:
    """Bytes that are free where ``folder`` lies."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return _NO_ROOM
