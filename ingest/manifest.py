"""The files that were read, and what came of each, so that an unchanged file is not read again."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path

from ingest.article import Skipped
from ingest.database import Database

__all__ = ["digest", "forget", "known", "remember"]


def known(db: Database, path: Path) -> tuple[list[str], list[Skipped]] | None:
    """What came of ``path`` when it was read last, if it has not changed since: ids of its articles, and what was
    skipped. None if it has to be read.

    A file with the size and time that it had is not read at all; one that was only touched is read, but not parsed.

    Raises:
        OSError: the file cannot be looked at.
    """
    stat, key = path.stat(), _key(path)
    rows = db.rows("SELECT modified, digest, skipped FROM files WHERE path = ? AND size = ?", (key, stat.st_size))
    if not rows:
        return None
    modified, noted, skipped = rows[0]
    if modified != stat.st_mtime_ns and (noted is None or digest(path) != noted):
        return None
    ids = db.rows(
        "SELECT id FROM file_articles JOIN articles ON number = article WHERE path = ? ORDER BY number", (key,)
    )
    return [row[0] for row in ids], [Skipped(*pair) for pair in json.loads(skipped)]


def digest(path: Path) -> bytes | None:
    """A hash of what a file holds; None when it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).digest()
    except OSError:
        return None


def remember(
    db: Database,
    path: Path,
    *,
    size: int,
    modified: int,
    digest: bytes | None,
    ids: Sequence[str],
    skipped: Sequence[Skipped],
) -> None:
    """Note what came of ``path`` as it was with ``size`` (bytes), ``modified`` (nanoseconds) and ``digest``, in a
    transaction.

    Nothing is noted when one of ``ids`` has been removed meanwhile, so that the file is read again.
    """
    key, ids = _key(path), list(dict.fromkeys(ids))
    db.execute("DELETE FROM files WHERE path = ?", (key,))
    numbers = [row for id in ids for row in db.rows("SELECT number FROM articles WHERE id = ?", (id,))]
    if len(numbers) < len(ids):
        return
    pairs = json.dumps([[item.origin, item.reason] for item in skipped])
    db.execute(
        "INSERT INTO files (path, size, modified, digest, skipped) VALUES (?, ?, ?, ?, ?)",
        (key, size, modified, digest, pairs),
    )
    db.executemany("INSERT INTO file_articles VALUES (?, ?)", [(key, number) for (number,) in numbers])


def forget(db: Database, number: int) -> None:
    """Forget the files that hold the article of that number, in a transaction."""
    db.execute("DELETE FROM files WHERE path IN (SELECT path FROM file_articles WHERE article = ?)", (number,))


def _key(path: Path) -> str:
    """A path as it stands in origins: absolute, and fit to be stored where it is not valid UTF-8."""
    return os.fsencode(path.absolute()).decode("utf-8", "backslashreplace")
