"""``access.db`` in the archive's folder: tokens, users and sessions. Readable by the archive's owner only.

It is a file of its own so that it can be changed while the server has the archive: what a command changes here, the
server sees with its next request.

Tokens and sessions are kept as the SHA-256 of their secret. That is enough, since a secret is 256 random bits: nobody
can try them all, however fast the hash. Passwords are chosen by people, so they are kept as Argon2 hashes
(passwords.py).
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from ingest.errors import ArchiveReadOnly, DatelineError, InputError
from web.access.principal import Scope

__all__ = ["FILE", "SessionRow", "Store", "TokenRow", "UserRow"]

FILE = "access.db"

_SCHEMA = """
CREATE TABLE IF NOT EXISTS tokens (
    id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, hash BLOB NOT NULL, scopes TEXT NOT NULL,
    created INTEGER NOT NULL, expires INTEGER, used INTEGER
) STRICT;
CREATE TABLE IF NOT EXISTS users (
    name TEXT PRIMARY KEY, hash TEXT NOT NULL, scopes TEXT NOT NULL, created INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS sessions (
    hash BLOB PRIMARY KEY, user TEXT REFERENCES users(name) ON DELETE CASCADE,
    token TEXT REFERENCES tokens(id) ON DELETE CASCADE, created INTEGER NOT NULL, expires INTEGER NOT NULL
) STRICT;
"""
# When a token was last used is told to the minute: no request should have to wait for the disk.
_USED_EVERY = 60
_COLUMNS_OF_TOKENS = "id, name, hash, scopes, created, expires, used"


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token as it is kept. ``created``, ``expires`` and ``used`` are seconds since 1970."""

    id: str
    name: str
    hash: bytes
    scopes: frozenset[Scope]
    created: int
    expires: int | None
    used: int | None

    def expired(self) -> bool:
        """Whether its time is over."""
        return self.expires is not None and self.expires <= time.time()


@dataclass(frozen=True, slots=True)
class UserRow:
    """A user as they are kept."""

    name: str
    hash: str
    scopes: frozenset[Scope]
    created: int


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A login that has not ended: of a user, or with a token (the other one is None)."""

    user: UserRow | None
    token: TokenRow | None


class Store:
    """The tokens, users and sessions of an archive. Safe to use from several threads and processes.

    Args:
        folder: the archive's folder. The file is made when something is first put into it.

    Raises (any method):
        ArchiveReadOnly: something is to be kept, and the folder cannot be written to.
        DatelineError: the file is damaged.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self._lock = threading.Lock()
        self._db: sqlite3.Connection | None = None
        self._inode = 0

    def close(self) -> None:
        """Close the file. It is opened again when it is needed."""
        with self._lock:
            self._drop()

    def any(self) -> bool:
        """Whether there is a token or a user, expired ones included: an archive once guarded stays so."""
        return bool(self._read("SELECT 1 FROM tokens UNION ALL SELECT 1 FROM users LIMIT 1"))

    def add_token(self, row: TokenRow) -> None:
        """Keep a new token.

        Raises:
            InputError: there is one of that name.
        """
        values = (row.id, row.name, row.hash, _text(row.scopes), row.created, row.expires)
        try:
            self._write(
                "INSERT INTO tokens (id, name, hash, scopes, created, expires) VALUES (?, ?, ?, ?, ?, ?)", values
            )
        except sqlite3.IntegrityError:
            raise InputError(
                f"there is a token {row.name!r} already; revoke it first, or choose another name"
            ) from None

    def token(self, id: str) -> TokenRow | None:
        """The token of that id, expired or not."""
        rows = self._read(f"SELECT {_COLUMNS_OF_TOKENS} FROM tokens WHERE id = ?", (id,))
        return _token(rows[0]) if rows else None

    def tokens(self) -> list[TokenRow]:
        """All tokens, by name."""
        return [_token(row) for row in self._read(f"SELECT {_COLUMNS_OF_TOKENS} FROM tokens ORDER BY name")]

    def used(self, token: TokenRow) -> None:
        """Note that a token was used just now. Where that cannot be written, nothing is lost by it."""
        now = int(time.time())
        if token.used is None or now - token.used >= _USED_EVERY:
            with suppress(ArchiveReadOnly):
                self._write("UPDATE tokens SET used = ? WHERE id = ?", (now, token.id))

    def revoke(self, name: str) -> bool:
        """Forget the token of that name or id, and end the sessions that began with it; whether there was one."""
        return self._write("DELETE FROM tokens WHERE name = ? OR id = ?", (name, name)) > 0

    def put_user(self, row: UserRow, *, replace: bool) -> None:
        """Keep a user. A new password ends all of their sessions.

        Args:
            replace: change the user of that name, who must exist, instead of adding one.

        Raises:
            InputError: the user exists, or is to be changed and does not.
        """
        values = (row.hash, _text(row.scopes), row.name)
        if replace:
            if not self._write("UPDATE users SET hash = ?, scopes = ? WHERE name = ?", values):
                raise InputError(f"there is no user {row.name!r}; `dateline user add {row.name}` makes one")
            self._write("DELETE FROM sessions WHERE user = ?", (row.name,))
            return
        try:
            self._write("INSERT INTO users (hash, scopes, name, created) VALUES (?, ?, ?, ?)", (*values, row.created))
        except sqlite3.IntegrityError:
            raise InputError(
                f"there is a user {row.name!r} already; `dateline user password {row.name}` sets a new password"
            ) from None

    def rehash(self, name: str, hash: str) -> None:
        """Keep the same password under a newer hash."""
        self._write("UPDATE users SET hash = ? WHERE name = ?", (hash, name))

    def user(self, name: str) -> UserRow | None:
        """The user of that name."""
        rows = self._read("SELECT name, hash, scopes, created FROM users WHERE name = ?", (name,))
        return _user(rows[0]) if rows else None

    def users(self) -> list[UserRow]:
        """All users, by name."""
        return [_user(row) for row in self._read("SELECT name, hash, scopes, created FROM users ORDER BY name")]

    def remove_user(self, name: str) -> bool:
        """Forget a user and end their sessions; whether there was one."""
        return self._write("DELETE FROM users WHERE name = ?", (name,)) > 0

    def begin(self, hash: bytes, *, user: str | None, token: str | None, seconds: int) -> None:
        """Begin a session of a user or of a token (its id). Those that have ended are cleared away."""
        now = int(time.time())
        self._write("DELETE FROM sessions WHERE expires <= ?", (now,))
        values = (hash, user, token, now, now + seconds)
        self._write("INSERT INTO sessions (hash, user, token, created, expires) VALUES (?, ?, ?, ?, ?)", values)

    def session(self, hash: bytes) -> SessionRow | None:
        """The session whose secret has this hash, unless it has ended."""
        rows = self._read("SELECT user, token FROM sessions WHERE hash = ? AND expires > ?", (hash, int(time.time())))
        if not rows:
            return None
        user, token = rows[0]
        return SessionRow(self.user(user) if user else None, self.token(token) if token else None)

    def end(self, hash: bytes) -> None:
        """End a session."""
        self._write("DELETE FROM sessions WHERE hash = ?", (hash,))

    def _read(self, query: str, values: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        if not self.path.exists():
            return []
        with self._lock, self._told():
            return self._connected().execute(query, values).fetchall()

    def _write(self, query: str, values: tuple[object, ...]) -> int:
        """The number of rows that changed."""
        with self._lock, self._told():
            db = self._connected()
            with db:
                return db.execute(query, values).rowcount

    def _connected(self) -> sqlite3.Connection:
        """The open file; opened anew when another one stands in its place, as after a restore."""
        with suppress(FileNotFoundError):
            if self._db is not None and self.path.stat().st_ino == self._inode:
                return self._db
        self._drop()
        self._make()
        self._db = sqlite3.connect(self.path, timeout=10, check_same_thread=False)
        self._inode = self.path.stat().st_ino
        self._db.execute("PRAGMA foreign_keys = ON")
        if os.access(self.path, os.W_OK):
            self._db.executescript(_SCHEMA)
        return self._db

    def _make(self) -> None:
        """Make the file, so that nobody else can read it even for a moment."""
        with suppress(FileExistsError):
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))

    def _drop(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (PermissionError, sqlite3.OperationalError) as error:
            raise ArchiveReadOnly(f"{self.path} cannot be used: {error}; its folder must be writable") from error
        except OSError as error:
            raise DatelineError(f"{self.path} cannot be used: {error.strerror or error}") from error
        except sqlite3.IntegrityError:
            raise
        except sqlite3.DatabaseError as error:
            raise DatelineError(
                f"{self.path} is damaged ({error}); take it from a backup, or remove it and make tokens and users anew"
            ) from error


def _text(scopes: frozenset[Scope]) -> str:
    return " ".join(sorted(scopes))


def _scopes(text: str) -> frozenset[Scope]:
    return frozenset(cast("list[Scope]", text.split()))


def _token(row: tuple[Any, ...]) -> TokenRow:
    id, name, hash, scopes, created, expires, used = row
    return TokenRow(id, name, hash, _scopes(scopes), created, expires, used)


def _user(row: tuple[Any, ...]) -> UserRow:
    name, hash, scopes, created = row
    return UserRow(name, hash, _scopes(scopes), created)
