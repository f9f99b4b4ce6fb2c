"""What was fetched, and what came of it: ``fetched.db`` in the archive's folder.

It saves servers and ourselves work, and no more: whoever deletes it has everything fetched once more.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from ingest.fetch.client import Last

__all__ = ["FILE", "Memory", "Page"]

FILE = "fetched.db"

_TABLES = """
CREATE TABLE IF NOT EXISTS pages (
    url TEXT NOT NULL,          -- as it was asked for
    lead TEXT NOT NULL,         -- the feed or sitemap that leads there, empty for an address that was named
    final TEXT NOT NULL,        -- the address that answered
    etag TEXT NOT NULL,
    modified TEXT NOT NULL,
    stamp TEXT NOT NULL,        -- what the feed or sitemap that leads there said of it
    articles TEXT NOT NULL,     -- ids, a JSON list
    reason TEXT NOT NULL,       -- why nothing came of it
    fetched REAL NOT NULL,
    PRIMARY KEY (url, lead)
) STRICT;
"""


@dataclass(frozen=True, slots=True)
class Page:
    """What came of an address.

    Attributes:
        url: the address as it was asked for.
        last: what the server said of it.
        lead: the feed or sitemap that leads there; empty for an address that was named.
        stamp: what that said of it: another stamp means that it may have changed. None where it said nothing yet.
        articles: the ids of its articles.
        reason: why nothing came of it, empty when something did.
    """

    url: str
    last: Last
    lead: str = ""
    stamp: str | None = None
    articles: tuple[str, ...] = ()
    reason: str = ""


class Memory:
    """What came of the addresses that were fetched for one archive. Safe to use from several threads.

    Args:
        folder: the archive's folder; None to remember nothing beyond this process.
    """

    def __init__(self, folder: Path | None) -> None:
        self._guard = threading.Lock()
        self._path = folder / FILE if folder else None
        try:
            self._db = self._opened(self._path)
        except sqlite3.DatabaseError as error:
            # A damaged or an older one is worth no more than none; one that another process keeps locked is left alone.
            if self._path and (not isinstance(error, sqlite3.OperationalError) or "no such column" in str(error)):
                self._path.unlink(missing_ok=True)
                self._db = self._opened(self._path)
            else:
                self._db = self._opened(None)

    def of(self, url: str, lead: str = "") -> Page | None:
        """What came of ``url`` the last time, None when it was never fetched.

        Args:
            lead: what leads there now. Where something else did the last time, no stamp is known, and no reason.
        """
        row = None
        with self._guard, suppress(sqlite3.DatabaseError):  # not to be read is not to be known
            row = self._db.execute(
                "SELECT final, etag, modified, stamp, articles, reason, lead FROM pages WHERE url = ? "
                "ORDER BY lead = ? DESC, fetched DESC LIMIT 1",
                (url, lead),
            ).fetchone()
        if row is None:
            return None
        page = Page(url, Last(*row[:3]), lead, None, tuple(json.loads(row[4])))
        return replace(page, stamp=row[3], reason=row[5]) if row[6] == lead else page

    def keep(self, pages: Sequence[Page]) -> None:
        """Remember what came of ``pages``."""
        rows = [
            (p.url, p.lead, *_said(p.last), p.stamp or "", json.dumps(p.articles), p.reason, time.time()) for p in pages
        ]
        # A full disk, which the archive reports by itself, costs no more here than fetching once more.
        with self._guard, suppress(sqlite3.DatabaseError), self._db:
            self._db.executemany("INSERT OR REPLACE INTO pages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def close(self) -> None:
        """Release the file."""
        with self._guard:
            self._db.close()

    def _opened(self, path: Path | None) -> sqlite3.Connection:
        db = sqlite3.connect(path or ":memory:", check_same_thread=False, timeout=10)
        try:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = NORMAL")
            db.executescript(_TABLES)
            db.execute("SELECT url, lead, final, etag, modified, stamp, articles, reason, fetched FROM pages LIMIT 1")
        except BaseException:
            db.close()
            raise
        return db


def _said(last: Last) -> tuple[str, str, str]:
    return last.url, last.etag, last.modified
