"""Watching: files and addresses looked at again and again, and what is new taken in.

Nothing is held between two looks: pages are fetched and files compared without the archive, which is opened only when
there is something to store, and by way of the server when one owns it. So questions can be asked meanwhile.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from ingest.archive import Archive
from ingest.article import Found, Skipped
from ingest.encoder import Encoder, load_encoder
from ingest.errors import ArchiveBusy, ArchiveFull, InputError
from ingest.fetch.client import Client
from ingest.fetch.limits import Limits
from ingest.fetch.safe import is_url, shown
from ingest.fetch.tally import Tally
from ingest.fetch.web import Done, Gathered, Known, Web
from ingest.lock import ArchiveLock
from ingest.owner import Owner
from ingest.pipeline import Target, ingest_into
from ingest.report import IngestReport, Progress, Visit
from ingest.settings import Settings
from ingest.vectors import ChromaServer

__all__ = ["Look", "Watch"]

# A file that was changed less than so many seconds ago may still be written to.
_SETTLED = 2.0
# Seconds to wait for another command to leave the archive, and to the next look when it does not.
_PATIENCE = 20.0
_BUSY = 60.0
_LONGEST_PAUSE = 6 * 3600.0
# How much sooner or later than asked for a target may be looked at, so that many do not fall together.
_JITTER = 0.1


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at one target brought.

    Attributes:
        target: its name, without passwords and keys.
        report: what came of it; None where there was nothing to take in.
        trouble: why it could not be looked at, empty when it could.
        again: seconds until the next look.
    """

    target: str
    report: IngestReport | None = None
    trouble: str = ""
    again: float = 0.0

    @property
    def new(self) -> bool:
        """Whether an article was added or updated."""
        return self.report is not None and bool(self.report.added or self.report.updated)


@dataclass(slots=True)
class _Watched:
    """A target, when it is due, and what is known of it."""

    name: str
    due: float = 0.0
    failures: int = 0
    seen: dict[Path, tuple[int, int]] = field(default_factory=dict)


class Watch:
    """Targets that are looked at again and again.

    Args:
        targets: files, folders, globs and web addresses.
        settings: which archive, and what fetching may cost.
        every: seconds between two looks at one target.
        stop: set it to end the watch at its next step; what is stored by then stays.
        client: asks servers; None for one of its own.
    """

    def __init__(
        self,
        targets: Sequence[str],
        settings: Settings,
        *,
        every: float,
        stop: threading.Event,
        client: Client | None = None,
    ) -> None:
        self._watched = [_Watched(name) for name in dict.fromkeys(targets)]
        self._settings = settings
        self._limits = Limits.of(settings)
        self._every = every
        self._stop = stop
        self._client = client or Client(self._limits, stopped=stop)

    @cached_property
    def _encoder(self) -> Encoder:
        return load_encoder(self._settings)

    def run(self, tell: Callable[[Sequence[Look]], None]) -> None:
        """Look at the targets until the watch is stopped.

        Args:
            tell: is called after each round with what it brought.

        Raises:
            ArchiveError: the archive cannot be used, and waiting does not help.
            ModelError: the encoder cannot be loaded.
        """
        while not self._stop.is_set():
            if looks := self.round():
                tell(looks)
            soonest = min(watched.due for watched in self._watched)
            self._stop.wait(max(0.0, soonest - time.monotonic()))

    def round(self, *, settled: bool = True) -> list[Look]:
        """Look once at every target that is due: what each brought.

        Args:
            settled: leave files that were changed this moment for the next round.
        """
        looks = []
        for watched in self._watched:
            if watched.due > time.monotonic() or self._stop.is_set():
                continue
            try:
                looks.append(self._look(watched, settled=settled))
            except _Stopped:
                break
        return looks

    def close(self) -> None:
        """Close what is open."""
        self._client.close()

    def _look(self, watched: _Watched, *, settled: bool) -> Look:
        visit: Visit | None = None
        try:
            if is_url(watched.name):
                report = self._look_there(watched.name)
                visit = next((visit for visit in report.visits if visit.asked), None)
            else:
                report = self._look_here(watched, settled=settled)
            trouble = visit.note if visit and visit.failed else ""
        except ArchiveBusy as error:
            return self._later(watched, str(error), pause=min(self._every, _BUSY))
        except (ArchiveFull, InputError) as error:
            report, trouble = IngestReport(), str(error)
        if trouble:
            watched.failures += 1
            pause = min(self._every * 2**watched.failures, max(self._every, _LONGEST_PAUSE))
            wait = visit.wait if visit and visit.wait else 0.0
            return self._later(watched, trouble, pause=max(pause, wait), report=report)
        watched.failures = 0
        return self._later(watched, "", pause=self._every, report=report)

    def _later(self, watched: _Watched, trouble: str, *, pause: float, report: IngestReport | None = None) -> Look:
        pause *= 1 + random.uniform(-_JITTER, _JITTER) if is_url(watched.name) else 1
        watched.due = time.monotonic() + pause
        return Look(shown(watched.name), report, trouble, pause)

    # On the network

    def _look_there(self, url: str) -> IngestReport:
        if (owner := self._owner()) is not None:
            return self._hand_over(owner, [url])
        folder = self._settings.archive
        with Web(folder if folder.is_dir() else None, self._limits, client=self._client, stopped=self._stop) as web:
            steps = tuple(web.read(url))
            self._check_stop()
            if not any(isinstance(step, Found) for step in steps):
                return _settled(steps, Tally(web.memory))
        return self._store([Gathered(steps)])

    # On this machine

    def _look_here(self, watched: _Watched, *, settled: bool) -> IngestReport:
        from ingest.readers import discover

        now, changed = time.time_ns(), {}
        for path in discover(watched.name):
            if isinstance(path, Skipped):
                continue
            try:
                about = path.stat()
            except OSError:  # it went while we looked
                continue
            state = (about.st_size, about.st_mtime_ns)
            if watched.seen.get(path) != state and (not settled or now - about.st_mtime_ns > _SETTLED * 1e9):
                changed[path] = state
        if not changed:
            return IngestReport()
        paths = [str(path.absolute()) for path in changed]
        owner = self._owner()
        report = self._store(paths) if owner is None else self._hand_over(owner, paths)
        watched.seen |= changed
        return report

    # The archive

    def _store(self, targets: Sequence[Target]) -> IngestReport:
        with Archive.open(
            self._settings.archive,
            encoder=self._encoder,
            create=True,
            purpose="dateline watch",
            wait=_PATIENCE,
            server=ChromaServer.of(self._settings),
        ) as archive:
            return ingest_into(
                archive,
                self._encoder,
                targets,
                on_progress=self._progress,
                max_bytes=self._settings.max_file_mb << 20,
                limits=self._limits,
            )

    def _owner(self) -> Owner | None:
        """The server that owns the archive, if one does."""
        folder = self._settings.archive
        if not (folder / "server.json").is_file():
            return None
        try:
            lock = ArchiveLock(folder, purpose="dateline watch")
        except ArchiveBusy as busy:
            return Owner.of(folder, busy)
        lock.release(unclean=lock.found_unclean)
        return None

    def _hand_over(self, owner: Owner, targets: Sequence[str]) -> IngestReport:
        return owner.ingest(
            targets,
            on_progress=self._progress,
            allow_private=self._settings.allow_private,
            max_links=self._settings.max_links,
        )

    def _progress(self, now: Progress) -> None:
        if now.phase != "done":
            self._check_stop()

    def _check_stop(self) -> None:
        if self._stop.is_set():
            raise _Stopped


class _Stopped(Exception):
    """The watch was stopped; what was stored stays, and the rest is found again."""


def _settled(steps: Sequence[object], tally: Tally) -> IngestReport:
    """The report on what was gathered where there is no article to store."""
    known: list[str] = []
    skipped, visits, ids = [], [], []
    for step in steps:
        if isinstance(step, Known):
            known += step.articles
        elif isinstance(step, Skipped):
            skipped.append(step)
        elif isinstance(step, Done):
            visits.append(tally.visit(step, [("unchanged", id) for id in known]))
            ids += known
            known = []
    return IngestReport(unchanged=tuple(dict.fromkeys(ids)), skipped=tuple(skipped), visits=tuple(visits))
