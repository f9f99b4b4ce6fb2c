"""A small SQLite file beside an archive: what people said and did, which is none of the archive's truth.

It knows how to reach such a file and how to do without it, and nothing of what stands in it. Several processes may have
it open at once, as the archive itself may not: SQLite's write-ahead log sees to that.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ingest.errors import ArchiveError, ArchiveFull, ArchiveReadOnly

__all__ = ["Ledger"]


class Ledger:
    """An open file. Safe to use from several threads, and after a kill at any moment.

    Attributes:
        note: why what is written is lost at the end of this process, in a sentence; empty when it is kept.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path, *, note: str = "") -> None:
        self.path = path
        self.note = note
        self._connection = connection
        self._guard = threading.RLock()

    @classmethod
    def open(cls, path: Path, migrations: Sequence[Sequence[str]], *, what: str) -> Ledger:
        """The file at ``path``, made when there is none, with its tables in the form of the last of ``migrations``.

        A file that cannot be used is left as it is, and everything is held in memory instead.

        Args:
            migrations: SQL statements, each group of which goes from one form of the tables to the next.
            what: what it holds, in the plural, for the note.
        """
        try:
            return cls(_connected(path, migrations, what), path)
        except (OSError, sqlite3.Error, ArchiveError) as error:
            note = f"{what} are held in memory until the server stops, since {_reason(error, path)}"
            return cls(_prepared(sqlite3.connect(":memory:", **_OPTIONS), migrations), path, note=note)

    def rows(self, sql: str, arguments: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """What a query finds.

        Raises:
            ArchiveError: SQLite failed.
        """
        with self._guard, _translating(self.path):
            return self._connection.execute(sql, arguments).fetchall()

    @contextmanager
    def changing(self) -> Iterator[sqlite3.Connection]:
        """A transaction: all that is done within is kept, or nothing of it.

        Raises:
            ArchiveFull: the disk is full.
            ArchiveReadOnly: the file can no longer be written to.
            ArchiveError: SQLite failed.
        """
        with self._guard, _translating(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Release the file. Closing twice is harmless."""
        with self._guard:
            self._connection.close()


_OPTIONS: dict[str, Any] = {"check_same_thread": False, "isolation_level": None, "timeout": 10}


def _connected(path: Path, migrations: Sequence[Sequence[str]], what: str) -> sqlite3.Connection:
    # What people ask is their own business: only this user may read it, and so the files that SQLite puts beside it.
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    connection = sqlite3.connect(path, **_OPTIONS)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        if _form(connection) > len(migrations):
            raise ArchiveError(f"{path} was made by a newer Dateline: {what} stay in it; update Dateline to see them")
        return _prepared(connection, migrations)
    except BaseException:
        connection.close()
        raise


def _prepared(connection: sqlite3.Connection, migrations: Sequence[Sequence[str]]) -> sqlite3.Connection:
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")  # what is deleted is not left lying in the file
    connection.create_function("casefold", 1, lambda text: text and text.casefold(), deterministic=True)
    # Locked even when nothing is to be done: whether it can be written to shows here, not at the first question.
    connection.execute("BEGIN IMMEDIATE")
    for statements in migrations[_form(connection) :]:
        for statement in statements:
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {len(migrations)}")
    connection.execute("COMMIT")
    return connection


def _form(connection: sqlite3.Connection) -> int:
    [(form,)] = connection.execute("PRAGMA user_version").fetchall()
    return int(form)


@contextmanager
def _translating(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        words = str(error)
        if "is full" in words:
            raise ArchiveFull(f"the disk that holds {path} is full: free some space and try again") from error
        if "readonly" in words or "unable to open" in words:
            raise ArchiveReadOnly(f"{path} cannot be written to: make it and its folder writable") from error
        raise ArchiveError(f"{path} cannot be used: {_reason(error, path)}") from error


def _reason(error: Exception, path: Path) -> str:
    if isinstance(error, ArchiveError):
        return str(error)
    if isinstance(error, OSError):
        return f"{path} cannot be written to ({error.strerror})"
    words = str(error)
    if "not a database" in words or "malformed" in words:
        return f"{path} is damaged ({words}): move it away, and a new one is made"
    if "readonly" in words or "unable to open" in words:
        return f"{path} cannot be written to"
    return f"{path} cannot be used ({words})"
