"""Jobs: articles that are taken in for others, one job after the other, and what came of it.

What was accepted is kept beside the archive until it is done: a job that the server's end interrupts is finished when
the server runs again.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from ingest.errors import InputError
from qa.ledger import Ledger

__all__ = ["FILE", "FINISHED", "Job", "JobStore", "KeyReused", "Kind", "Order", "Status"]

FILE = "jobs.db"
"""Its name in the archive's folder."""

Kind = Literal["articles", "upload", "fetch"]
Status = Literal["queued", "running", "done", "failed", "cancelled"]
FINISHED: tuple[Status, ...] = ("done", "failed", "cancelled")

# Finished jobs are remembered up to so many, the latest.
_KEPT = 1000
_MIGRATIONS = (
    (
        """CREATE TABLE jobs (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            owner TEXT NOT NULL,
            key TEXT,                       -- the Idempotency-Key, by which a repeated request is known
            print TEXT NOT NULL,            -- a hash of what is to be done
            kind TEXT NOT NULL,
            work TEXT NOT NULL,             -- what is to be done, as JSON; empty once it is
            status TEXT NOT NULL,
            report TEXT,
            error TEXT,
            created TEXT NOT NULL,          -- moments, UTC
            started TEXT,
            finished TEXT,
            UNIQUE (owner, key)
        ) STRICT""",
    ),
)
_COLUMNS = "id, owner, kind, status, report, error, created, started, finished"


class KeyReused(InputError):
    """An Idempotency-Key comes with another request than before."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be taken in, and for whom.

    Attributes:
        owner: who asks for it.
        work: records of articles, names of uploaded files, or what is to be fetched, as ``kind`` says: JSON values.
        print: a hash of all of it, the contents of files included.
        key: the client's name for this request, so that it can be repeated; None if it has none.
        id: names the job.
    """

    owner: str
    kind: Kind
    work: Any
    print: str
    key: str | None
    id: str


@dataclass(frozen=True, slots=True)
class Job:
    """Articles that are being taken in for somebody, or were.

    Attributes:
        report: what came of it, as ``IngestReport.to_dict()`` tells it; None until it is done.
        error: why it failed, if it did.
        created, started, finished: moments, ISO 8601, UTC.
    """

    id: str
    owner: str
    kind: Kind
    status: Status
    report: dict[str, Any] | None
    error: str | None
    created: str
    started: str | None
    finished: str | None

    def to_dict(self) -> dict[str, Any]:
        """The job as plain JSON values, without whose it is."""
        return {name: value for name, value in asdict(self).items() if name != "owner"}


class JobStore:
    """The jobs of an archive. Safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        self._ledger = Ledger.open(folder / FILE, _MIGRATIONS, what="jobs")

    def close(self) -> None:
        """Release the file."""
        self._ledger.close()

    def add(self, order: Order) -> tuple[Job, bool]:
        """Keep a new job, or find the one that the same request made before: the job, and whether it is new.

        Raises:
            KeyReused: the key came with another request before.
        """
        with self._ledger.changing() as db:
            if order.key is not None:
                known = db.execute(
                    "SELECT id, print FROM jobs WHERE owner = ? AND key = ?", (order.owner, order.key)
                ).fetchone()
                if known and known[1] != order.print:
                    raise KeyReused(f"the Idempotency-Key {order.key!r} was used for another request: take a new one")
                if known:
                    return self._one(known[0]), False
            work = json.dumps(order.work, ensure_ascii=False)
            db.execute(
                "INSERT INTO jobs (id, owner, key, print, kind, work, status, created) "
                "VALUES (?, ?, ?, ?, ?, ?, 'queued', ?)",
                (order.id, order.owner, order.key, order.print, order.kind, work, _now()),
            )
            db.execute(
                "DELETE FROM jobs WHERE finished IS NOT NULL AND number <= (SELECT max(number) FROM jobs) - ?", (_KEPT,)
            )
        return self._one(order.id), True

    def job(self, id: str) -> Job | None:
        """The job of that id, or None."""
        rows = self._ledger.rows(f"SELECT {_COLUMNS} FROM jobs WHERE id = ?", (id,))
        return _job(rows[0]) if rows else None

    def jobs(self, owner: str | None, *, limit: int, offset: int) -> list[Job]:
        """The jobs of an owner, or of all, latest first."""
        rows = self._ledger.rows(
            f"SELECT {_COLUMNS} FROM jobs WHERE ?1 IS NULL OR owner = ?1 ORDER BY number DESC LIMIT ?2 OFFSET ?3",
            (owner, limit, offset),
        )
        return [_job(row) for row in rows]

    def count(self, owner: str | None) -> int:
        """How many there are."""
        return int(self._ledger.rows("SELECT count(*) FROM jobs WHERE ?1 IS NULL OR owner = ?1", (owner,))[0][0])

    def work(self, id: str) -> Any:
        """What a job is to do."""
        return json.loads(self._ledger.rows("SELECT work FROM jobs WHERE id = ?", (id,))[0][0])

    def begin(self, id: str) -> bool:
        """Note that a job is being done; whether it still is to be."""
        return self._change(id, "status = 'running', started = ?", _now(), only="queued")

    def again(self, id: str) -> None:
        """Note that a job which was begun is still to be done."""
        self._change(id, "status = 'queued', started = NULL", only="running")

    def end(self, id: str, status: Status, *, report: dict[str, Any] | None = None, error: str | None = None) -> bool:
        """Note how a job ended; whether it was not at its end before."""
        told = json.dumps(report, ensure_ascii=False) if report is not None else None
        values = (status, told, error, _now(), id)
        with self._ledger.changing() as db:
            done = db.execute(
                "UPDATE jobs SET status = ?, report = ?, error = ?, finished = ?, work = '' "
                "WHERE id = ? AND finished IS NULL",
                values,
            )
            return done.rowcount > 0

    def unfinished(self) -> list[str]:
        """The jobs that are still to be done, oldest first, those that were interrupted among them."""
        with self._ledger.changing() as db:
            db.execute("UPDATE jobs SET status = 'queued', started = NULL WHERE status = 'running'")
        return [row[0] for row in self._ledger.rows("SELECT id FROM jobs WHERE status = 'queued' ORDER BY number")]

    def _one(self, id: str) -> Job:
        job = self.job(id)
        assert job is not None
        return job

    def _change(self, id: str, change: str, *values: str, only: Status) -> bool:
        with self._ledger.changing() as db:
            done = db.execute(f"UPDATE jobs SET {change} WHERE id = ? AND status = ?", (*values, id, only))
            return done.rowcount > 0


def new_id() -> str:
    """A name for a job that nobody can guess."""
    return secrets.token_hex(10)


def _job(row: tuple[Any, ...]) -> Job:
    id, owner, kind, status, report, error, created, started, finished = row
    return Job(id, owner, kind, status, json.loads(report) if report else None, error, created, started, finished)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
