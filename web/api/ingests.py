"""Ingests that run for others: those of the commands that come through the server, and jobs, one after the other."""

from __future__ import annotations

import logging
import queue
import re
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field

from ingest.errors import ArchiveReadOnly, DatelineError
from ingest.fetch.limits import Limits
from ingest.fetch.safe import shown
from web.api.jobs import FILE, FINISHED, Job, JobStore, Order
from web.api.problems import BROKEN
from web.api.works import targets_of

if TYPE_CHECKING:
    from ingest.pipeline import IngestReport, Progress, Target
    from qa.assistant import Assistant

__all__ = ["Add", "Ingests"]

_SPOOL = "jobs"

logger = logging.getLogger(__name__)


class Add(BaseModel):
    """What to ingest: files, folders or globs of this machine, as absolute paths, or web addresses; and, where it is
    not as the server's settings say, whether private addresses are fetched too, and how many pages of one feed."""

    model_config = ConfigDict(extra="forbid")

    targets: list[str] = Field(min_length=1)
    allow_private: bool | None = None
    max_links: int | None = Field(default=None, ge=1)


class Stopped(DatelineError):
    """The server is stopping, so what it was doing is given up; nothing that was stored is lost."""


class Cancelled(DatelineError):
    """Somebody called a job off; what it had stored stays."""


class Ingests:
    """Ingests that run for others, in threads of their own so that they outlive a lost connection."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._stopping = threading.Event()
        self._threads: set[threading.Thread] = set()
        self._guard = threading.Lock()
        self._kept: JobStore | None = None
        self._waiting: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._progress: dict[str, dict[str, Any]] = {}
        self._cancelled: set[str] = set()

    # What a command has the server take in

    def run(self, added: Add) -> Iterator[dict[str, Any]]:
        """Ingest what is named: yields ``{"progress": …}`` as it goes, then ``{"report": …}`` or ``{"error": …}``."""
        limits = Limits.of(self._assistant.settings)
        if added.allow_private is not None:
            limits = replace(limits, allow_private=added.allow_private)
        if added.max_links is not None:
            limits = replace(limits, max_links=added.max_links)
        said: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._start(lambda: self._tell(added.targets, limits, said))
        while (line := said.get()) is not None:
            yield line

    def give_up(self) -> None:
        """Have what is running end at its next step. Nothing that was stored is lost, and jobs are finished when the
        server runs again."""
        self._stopping.set()
        self._waiting.put(None)

    def finish(self) -> None:
        """Have what is running end, and wait until it has."""
        self.give_up()
        for thread in list(self._threads):
            thread.join()
        with self._guard:
            if self._kept:
                self._kept.close()
                self._kept = None

    # Jobs

    def resume(self) -> None:
        """Go on with the jobs that an earlier server left."""
        if self._assistant.archive.writable and (self._assistant.archive.folder / FILE).exists():
            left = self._store().unfinished()
            for spool in (self._assistant.archive.folder / _SPOOL).glob("*"):
                if spool.name not in left:  # a kill came just before it was to be dropped
                    self.drop(spool.name)
            for id in left:
                self._enqueue(id)

    def accept(self, order: Order) -> tuple[Job, bool]:
        """Have a job done: the job, and whether it is new, rather than one that the same request made before.

        Raises:
            ArchiveReadOnly: nothing can be added.
            KeyReused: its key came with another request before.
        """
        try:
            if not self._assistant.archive.writable:
                raise ArchiveReadOnly(
                    f"the archive {self._assistant.archive.folder} is read-only: nothing can be added"
                )
            job, new = self._store().add(order)
        except BaseException:
            self.drop(order.id)
            raise
        if new:
            self._enqueue(job.id)
        else:
            self.drop(order.id)
        return job, new

    def spool(self, id: str) -> Path:
        """The folder for the files of a job, which is there until the job is done."""
        return self._assistant.archive.folder / _SPOOL / id

    def job(self, id: str) -> tuple[Job, dict[str, Any] | None] | None:
        """A job, and how far it is while it runs; None when there is no such job."""
        job = self._store().job(id) if self._has_jobs() else None
        return (job, self._progress.get(id)) if job else None

    def jobs(self, owner: str | None, *, limit: int, offset: int = 0) -> tuple[int, list[Job]]:
        """How many jobs an owner has, or all have, and some of them, latest first."""
        if not self._has_jobs():
            return 0, []
        return self._store().count(owner), self._store().jobs(owner, limit=limit, offset=offset)

    def cancel(self, id: str) -> bool:
        """Call a job off; whether it was not at its end yet. What it has stored stays."""
        job = self._store().job(id)
        if job is None or job.status in FINISHED:
            return False
        self._cancelled.add(id)
        if job.status == "queued" and self._store().end(id, "cancelled"):
            self.drop(id)
        return True

    # Threads

    def _start(self, work: Callable[[], None]) -> None:
        def working() -> None:
            try:
                work()
            finally:
                self._threads.discard(threading.current_thread())

        thread = threading.Thread(target=working, name="ingest")
        self._threads.add(thread)
        thread.start()

    def _tell(self, targets: Sequence[str], limits: Limits, said: queue.SimpleQueue[dict[str, Any] | None]) -> None:
        def tell(progress: Progress) -> None:
            self._check()
            said.put({"progress": asdict(progress)})

        try:
            said.put({"report": self._assistant.ingest(*targets, on_progress=tell, limits=limits).to_dict()})
        except DatelineError as error:
            said.put({"error": str(error)})
        except Exception:
            logger.exception("the ingest of %s broke", ", ".join(map(shown, targets)))
            said.put({"error": BROKEN})
        finally:
            said.put(None)

    def _check(self) -> None:
        if self._stopping.is_set():
            raise Stopped("the server was stopped; what was stored stays, ingest again to finish")

    def _enqueue(self, id: str) -> None:
        with self._guard:
            idle = not any(thread.name == "jobs" for thread in self._threads)
            self._waiting.put(id)
            if idle and not self._stopping.is_set():
                thread = threading.Thread(target=self._work_off, name="jobs")
                self._threads.add(thread)
                thread.start()

    def _work_off(self) -> None:
        """Do the jobs one after the other, until the server stops."""
        while (id := self._waiting.get()) is not None and not self._stopping.is_set():
            try:
                self._do(id)
            except DatelineError:
                logger.exception("the job %s cannot be kept", id)

    def _do(self, id: str) -> None:
        store = self._store()
        if not store.begin(id):
            return
        try:
            report = self._ingested(id, store)
        except Stopped:
            store.again(id)
            return
        except Cancelled:
            store.end(id, "cancelled")
        except DatelineError as error:
            store.end(id, "failed", error=str(error))
        except Exception:
            logger.exception("the job %s broke", id)
            store.end(id, "failed", error=BROKEN)
        else:
            store.end(id, "done", report=_told(report.to_dict(), id))
        self.drop(id)

    def _ingested(self, id: str, store: JobStore) -> IngestReport:
        def tell(progress: Progress) -> None:
            self._check()
            if id in self._cancelled:
                raise Cancelled("the job was called off")
            self._progress[id] = asdict(progress)

        job = store.job(id)
        assert job is not None
        settings = self._assistant.settings
        targets: list[Target] = targets_of(
            job.kind, store.work(id), id, self.spool(id), max_bytes=settings.max_file_mb << 20
        )
        return self._assistant.ingest(*targets, on_progress=tell)

    def _store(self) -> JobStore:
        with self._guard:
            if self._kept is None:
                self._kept = JobStore(self._assistant.archive.folder)
            return self._kept

    def _has_jobs(self) -> bool:
        return self._kept is not None or (self._assistant.archive.folder / FILE).exists()

    def drop(self, id: str) -> None:
        """Drop what was kept for a job that is at its end."""
        self._progress.pop(id, None)
        self._cancelled.discard(id)
        shutil.rmtree(self.spool(id), ignore_errors=True)


def _told(report: dict[str, Any], id: str) -> dict[str, Any]:
    """A report in the words of whoever asked: what they sent has the names that they gave it."""
    ours = re.compile(rf"^(?:upload|articles)/{id}(?:/\d+/)?")

    def named(origin: str) -> str:
        found = ours.sub("", origin)
        return f"articles{found}" if found.startswith("#") else found

    for items in (report["skipped"], report["warnings"]):
        for item in items:
            item["origin"] = named(item["origin"])
    return report
