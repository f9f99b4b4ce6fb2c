"""Ingests that were begun on the page: the files that arrive for them, how far each is, what came of it.

Files arrive one request each and lie in a folder of the archive's until they are read. An ingest outlives the page that
began it: whoever comes back sees how far it is. It knows nothing of HTML.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import shutil
import threading
from collections import deque
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from ingest.errors import InputError
from web.api import Add
from web.words import adding as said

if TYPE_CHECKING:
    from web.api import Ingests

__all__ = ["Incoming", "Job"]

FOLDER = "incoming"
_MOST_JOBS = 40
_MOST_FILES = 200
_TICKET = re.compile(r"[0-9a-f]{32}/[^/\\]{1,200}")
_UNFIT = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|]+")


@dataclass
class Job:
    """An ingest that was begun on the page.

    Attributes:
        owner: who began it; nobody else sees it.
        what: what is added, for people.
        progress: how far it is, as ``ingest.report.Progress`` has it; None before the first news.
        report: what came of it, as ``IngestReport.to_dict()`` has it; None until it has ended, or where it broke off.
        error: why it broke off.
    """

    owner: str
    what: str
    files: tuple[Path, ...] = ()
    id: str = field(default_factory=lambda: secrets.token_urlsafe(9))
    progress: dict[str, Any] | None = None
    report: dict[str, Any] | None = None
    error: str = ""

    @property
    def running(self) -> bool:
        return self.report is None and not self.error


class Incoming:
    """What is being added on the page. Safe to use from several threads."""

    def __init__(self, folder: Path, ingests: Ingests, *, max_bytes: int) -> None:
        """
        Args:
            folder: the archive's.
            ingests: runs them.
            max_bytes: larger files are turned away.
        """
        self._folder = folder / FOLDER
        self._ingests = ingests
        self._max_bytes = max_bytes
        self._jobs: deque[Job] = deque(maxlen=_MOST_JOBS)
        self._guard = threading.Lock()
        shutil.rmtree(self._folder, ignore_errors=True)  # what a server that was killed left behind

    async def receive(self, name: str, chunks: AsyncIterator[bytes]) -> str:
        """Take in a file.

        Returns:
            What it is called in :meth:`begin`. The same file is called the same.

        Raises:
            InputError: it is too large, or empty.
            OSError: it cannot be written.
        """
        self._folder.mkdir(mode=0o700, exist_ok=True)
        digest, size = hashlib.blake2b(digest_size=16), 0
        part = self._folder / f"{secrets.token_hex(8)}.part"
        try:
            with part.open("wb") as file:
                async for chunk in chunks:
                    size += len(chunk)
                    if size > self._max_bytes:
                        raise InputError(said.TOO_LARGE.format(name, self._max_bytes >> 20))
                    digest.update(chunk)
                    file.write(chunk)
            if not size:
                raise InputError(said.EMPTY_FILE.format(name))
            return self._put(part, digest.hexdigest(), name)
        finally:
            part.unlink(missing_ok=True)

    def begin(self, owner: str, tickets: Sequence[str]) -> Job:
        """Ingest files that have arrived.

        Raises:
            InputError: one of them is not there.
        """
        if not 0 < len(tickets) <= _MOST_FILES:
            raise InputError(said.TOO_MANY.format(len(tickets), _MOST_FILES))
        files = tuple(self._file(ticket) for ticket in tickets)
        what = files[0].name if len(files) == 1 else said.MANY_FILES.format(len(files))
        return self._start(Job(owner, what, files), [str(file) for file in files])

    def begin_text(self, owner: str, record: dict[str, str]) -> Job:
        """Ingest an article that was typed in, given as one of ``{"text": …, "title": …, "published": …}``."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        data = json.dumps(record, ensure_ascii=False).encode("utf-8", "replace")
        part = self._folder / f"{secrets.token_hex(8)}.part"
        part.write_bytes(data)
        what = record.get("title") or " ".join(record["text"].split())[:60]
        digest = hashlib.blake2b(data, digest_size=16).hexdigest()
        file = self._file(self._put(part, digest, "text.json"))
        return self._start(Job(owner, what, (file,)), [str(file)])

    def begin_address(self, owner: str, url: str) -> Job:
        """Ingest what is at a web address."""
        return self._start(Job(owner, url), [url])

    def jobs(self, owner: str) -> list[Job]:
        """What the owner has begun since the server started, latest first."""
        with self._guard:
            return [job for job in reversed(self._jobs) if job.owner == owner]

    def job(self, owner: str, id: str) -> Job | None:
        """One of the owner's."""
        return next((job for job in self.jobs(owner) if job.id == id), None)

    def forget(self, owner: str) -> None:
        """Take those that have ended off the owner's list."""
        with self._guard:
            kept = [job for job in self._jobs if job.running or job.owner != owner]
            self._jobs.clear()
            self._jobs.extend(kept)

    def _put(self, part: Path, digest: str, name: str) -> str:
        """A file's place is made of what it holds: two that are called alike are two articles, a copy is the same."""
        place = self._folder / digest
        place.mkdir(exist_ok=True)
        ticket = f"{digest}/{_fit(name)}"
        part.replace(self._folder / ticket)
        return ticket

    def _file(self, ticket: str) -> Path:
        file = self._folder / ticket
        if not _TICKET.fullmatch(ticket) or not file.is_file():
            raise InputError(said.NOT_ARRIVED)
        return file

    def _start(self, job: Job, targets: list[str]) -> Job:
        with self._guard:
            self._jobs.append(job)
        threading.Thread(target=self._work, args=(job, targets), name="page-ingest", daemon=True).start()
        return job

    def _work(self, job: Job, targets: list[str]) -> None:
        error = said.STOPPED
        report: dict[str, Any] | None = None
        for line in self._ingests.run(Add(targets=targets)):
            if "progress" in line:
                job.progress = line["progress"]
            report = line.get("report", report)
            error = str(line.get("error", error))
        self._drop(job)
        if report is None:
            job.error = error
        else:
            job.report = _shown(report, job.files)

    def _drop(self, job: Job) -> None:
        """Delete a job's files, those that another one reads left out."""
        with self._guard:
            needed = {file for one in self._jobs if one.running and one is not job for file in one.files}
            for file in set(job.files) - needed:
                shutil.rmtree(file.parent, ignore_errors=True)


def _fit(name: str) -> str:
    """A file's name without what a folder could be, or a terminal act on; its end tells the format, so that stays."""
    plain = _UNFIT.sub("_", PurePath(name.replace("\\", "/")).name).strip(". ") or "file"
    end = "".join(PurePath(plain).suffixes[-2:])[-20:]
    while len(plain.encode("utf-8", "replace")) > 180:
        plain = plain[: -len(end) - 10] + end if end else plain[:-10]
    return plain.encode("utf-8", "replace").decode()


def _shown(report: dict[str, Any], files: Sequence[Path]) -> dict[str, Any]:
    """The report with files called as they were called when they were sent."""
    names = {str(file): file.name for file in files}

    def plain(text: str) -> str:
        for path, name in names.items():
            text = text.replace(path, name)
        return text

    lists = ("skipped", "warnings")
    return report | {
        name: [{key: plain(text) for key, text in item.items()} for item in report[name]] for name in lists
    }
