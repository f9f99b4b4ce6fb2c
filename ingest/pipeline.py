"""Ingesting: read, split, encode, store; the steps in their order.

Reading and splitting run on one thread, storing on another, and the encoder between them, so that it never waits while
there is work. A file is noted as read once all of its articles are stored: an ingest that is stopped, however it is
stopped, is finished by running it again.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ingest.archive import Archive, Prepared
from ingest.article import Article, Found, Passage, Skipped
from ingest.encoder import Encoder, load_encoder
from ingest.errors import InputError
from ingest.fetch.limits import Limits
from ingest.fetch.safe import is_url, shown
from ingest.fetch.tally import Tally
from ingest.fetch.web import Done, Gathered, Known, Step, Web
from ingest.hands import File, Hands, OwnHands
from ingest.report import IngestReport, Progress, Visit
from ingest.settings import Settings
from ingest.split import split
from ingest.stored import Outcome
from ingest.vectors import ChromaServer

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["IngestReport", "Progress", "Target", "ingest", "ingest_into", "passage_text"]

Target = str | Path | Gathered
"""A file, a folder, a glob, a web address, or what was gathered from one before."""

# Enough that passages of like length meet in a batch, and little enough that a kill loses seconds of work.
_BATCH = 256
# Passages that may be read ahead of the encoder: about 50 MB of text.
_AHEAD = 50_000
# Seconds to wait for a batch to fill up: the encoder would have nothing to do, and the reader may be waiting for room.
_PATIENCE = 0.5
# Seconds that an ingest that fails waits for its reader to stop; a large file may be in its hands.
_PARTING = 10


def ingest(
    *targets: str | Path,
    archive: str | Path | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    settings: Settings | None = None,
    ray: str | None = None,
) -> IngestReport:
    """Take articles into an archive, which is made if it is not there.

    Args:
        targets: files, folders (searched through), globs, and web addresses of articles, feeds, sitemaps and files.
        archive: the archive's folder; None for the one in the settings.
        on_progress: is called from time to time with how far it is.
        settings: None to read them from the environment and the settings file.
        ray: the address of a Ray cluster that reads and encodes, see :func:`ingest.spread.joined`; None for this
            process.

    Returns:
        What was added, updated, unchanged and skipped. A file that cannot be read is skipped, and the rest goes on.

    Raises:
        ArchiveBusy: another process owns the archive.
        ArchiveReadOnly: it cannot be written to.
        ArchiveFull: the disk is full; what was stored before stays.
        RecipeMismatch: it was made with another encoder.
        SettingsError: a setting cannot be used.
    """
    if settings is None:
        settings = Settings.load(archive)
    elif archive is not None:
        settings = replace(settings, archive=Path(archive).expanduser().absolute())
    encoder = load_encoder(settings)
    with (
        Archive.open(
            settings.archive,
            encoder=encoder,
            create=True,
            purpose="dateline ingest",
            server=ChromaServer.of(settings),
        ) as opened,
        _helpers(ray, settings, encoder) as hands,
    ):
        return ingest_into(
            opened,
            encoder,
            targets,
            on_progress=on_progress,
            max_bytes=settings.max_file_mb << 20,
            limits=Limits.of(settings),
            hands=hands,
        )


def _helpers(ray: str | None, settings: Settings, encoder: Encoder) -> AbstractContextManager[Hands | None]:
    if ray is None:
        return nullcontext()
    from ingest.spread import joined

    return joined(ray, settings, encoder)


def ingest_into(
    archive: Archive,
    encoder: Encoder,
    targets: Sequence[Target],
    *,
    on_progress: Callable[[Progress], None] | None = None,
    max_bytes: int = 100 << 20,
    limits: Limits | None = None,
    hands: Hands | None = None,
) -> IngestReport:
    """Take articles into an open archive; see :func:`ingest`.

    Args:
        max_bytes: larger files are skipped.
        limits: what fetching may cost.
        hands: who reads files and encodes passages; None for this process.
    """
    on_progress = on_progress or (lambda _: None)
    return _Run(archive, encoder, on_progress, max_bytes, limits=limits or Limits(), helpers=hands).run(targets)


def passage_text(article: Article, passage: Passage) -> str:
    """What is encoded and reranked of a passage: its words under the headline, which often names who they are about."""
    body = article.text[passage.start : passage.end]
    return f"{article.title}\n{body}" if article.title else body


@dataclass(frozen=True, slots=True)
class _Work:
    """An article to encode and store."""

    article: Article
    origin: str
    passages: Sequence[Passage]
    nth: int


@dataclass(frozen=True, slots=True)
class _Same:
    """An article that the archive has already."""

    id: str


@dataclass(frozen=True, slots=True)
class _FileEnd:
    """A file has been read to its end; ``path`` is None for one that was not read, since it had not changed."""

    path: Path | None
    size: int = 0
    modified: int = 0
    skipped: tuple[Skipped, ...] = ()


_Item = _Work | _Same | _FileEnd | Done


@dataclass(slots=True)
class _Run:
    """One ingest: what passes between its three threads, and what came of it."""

    archive: Archive
    encoder: Encoder
    on_progress: Callable[[Progress], None]
    max_bytes: int
    ahead: int = _AHEAD
    limits: Limits = field(default_factory=Limits)
    helpers: Hands | None = None
    hands: Hands = field(init=False)
    items: queue.Queue[_Item | BaseException | None] = field(default_factory=queue.Queue)
    room: threading.Semaphore = field(init=False)
    stopped: threading.Event = field(default_factory=threading.Event)
    outcomes: dict[str, list[str]] = field(default_factory=lambda: {"added": [], "updated": [], "unchanged": []})
    skipped: list[Skipped] = field(default_factory=list)
    warnings: list[Skipped] = field(default_factory=list)
    in_file: list[tuple[Outcome, str]] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    read_all: bool = False
    doing: str = "Looking for articles"
    web: Web = field(init=False)
    tally: Tally = field(init=False)

    def __post_init__(self) -> None:
        self.room = threading.Semaphore(self.ahead)
        self.hands = self.helpers or OwnHands(self.encoder)

    def run(self, targets: Sequence[Target]) -> IngestReport:
        needed = any(isinstance(target, Gathered) or is_url(target) for target in targets)
        folder = self.archive.folder if needed else None
        with Web(folder, self.limits, present=self._present, stopped=self.stopped) as self.web:
            self.tally = Tally(self.web.memory)
            return self._run(targets)

    def _present(self, ids: Sequence[str]) -> list[str]:
        return [id for id in ids if self.archive.article(id) is not None]

    def _run(self, targets: Sequence[Target]) -> IngestReport:
        began = time.perf_counter()
        reader = threading.Thread(target=self._read, args=(targets,), name="dateline-reader", daemon=True)
        reader.start()
        try:
            self._encode_all()
        finally:
            self.stopped.set()
            self.room.release(self.ahead)
            reader.join(_PARTING)
        self._tell("done", "Done")
        return IngestReport(
            **{outcome: tuple(dict.fromkeys(ids)) for outcome, ids in self.outcomes.items()},
            skipped=tuple(self.skipped),
            warnings=tuple(self.warnings),
            seconds=time.perf_counter() - began,
            visits=tuple(self.visits),
        )

    # The reader's thread

    def _read(self, targets: Sequence[Target]) -> None:
        try:
            for target in targets:
                if isinstance(target, Gathered):
                    self._read_web(target.steps)
                elif isinstance(target, str) and is_url(target):
                    self.doing = f"Fetching {shown(target)}"
                    self._read_web(self.web.read(target))
                else:
                    self._read_files(self._discover(target))
            self.items.put(None)
        except BaseException as error:  # noqa: BLE001 - whatever it is, the thread that waits for the items raises it
            self.items.put(error)

    def _discover(self, target: str | Path) -> Iterator[Path]:
        from ingest.readers import discover

        try:
            for found in discover(target):
                if self.stopped.is_set():
                    return
                if isinstance(found, Skipped):
                    self.skipped.append(found)
                else:
                    yield found
        except InputError as error:
            self.skipped.append(Skipped(str(target), str(error)))

    def _read_files(self, paths: Iterator[Path]) -> None:
        for file, content in self.hands.read(self._files(paths), max_bytes=self.max_bytes):
            self.counts["files"] += 1
            if file.known is not None:
                self._pass_over(*file.known)
            elif not self._read_file(file, content):
                return

    def _files(self, paths: Iterator[Path]) -> Iterator[File]:
        for path in paths:
            try:
                known = self.archive.file_known(path)
                stat = path.stat()
            except OSError as error:
                self.skipped.append(Skipped(str(path), f"it cannot be read: {error.strerror}"))
            else:
                yield File(path, stat.st_size, stat.st_mtime_ns, known)

    def _pass_over(self, ids: Sequence[str], skipped: Sequence[Skipped]) -> None:
        """Tell of a file that has not changed what came of it when it was read."""
        self.skipped.extend(skipped)
        self.counts["articles"] += len(ids)
        for id in ids:
            self.items.put(_Same(id))
        self.items.put(_FileEnd(None))

    def _read_file(self, file: File, content: Iterable[Found | Skipped]) -> bool:
        """Take a file's articles; whether it came to its end before the ingest was stopped."""
        skipped_here: list[Skipped] = []
        alike: Counter[tuple[str | None, str]] = Counter()
        for found in content:
            if self.stopped.is_set():
                return False
            if skipped_one := self._take(found, alike):
                skipped_here.append(skipped_one)
        self.skipped.extend(skipped_here)
        self.items.put(_FileEnd(file.path, file.size, file.modified, tuple(skipped_here)))
        return True

    def _read_web(self, steps: Iterable[Step]) -> None:
        alike: Counter[tuple[str | None, str]] = Counter()
        for step in steps:
            if self.stopped.is_set():
                return
            if isinstance(step, Done):
                alike.clear()
                self.counts["files"] += 1
                self.items.put(step)
            elif isinstance(step, Known):
                self.counts["articles"] += len(step.articles)
                for id in step.articles:
                    self.items.put(_Same(id))
            elif skipped := self._take(step, alike):
                self.skipped.append(skipped)

    def _take(self, found: Found | Skipped, alike: Counter[tuple[str | None, str]]) -> Skipped | None:
        """Hand an article on to be stored; what is skipped, or turns out to be, comes back.

        Args:
            alike: how many articles of each day and headline its file had before.
        """
        if isinstance(found, Skipped):
            return found
        headline = found.article.published, found.article.title
        alike[headline] += 1
        item = self._prepare(found, alike[headline])
        if isinstance(item, Skipped):
            return item
        self.counts["articles"] += 1
        self.items.put(item)
        return None

    def _prepare(self, found: Found, nth: int) -> _Item | Skipped:
        article, origin = found.article, found.origin
        outcome, id = self.archive.known(article, origin, nth=nth)
        if outcome == "unchanged":
            return _Same(id)
        passages = split(article.text, captions=article.captions)
        if not passages:
            return Skipped(origin, "there are no words in it")
        if doubt := _doubt(article):
            self.warnings.append(Skipped(origin, doubt))
        self.counts["passages"] += len(passages)
        for _ in range(self._room_of(passages)):
            self.room.acquire()
        return _Work(article, origin, passages, nth)

    def _room_of(self, passages: Sequence[Passage]) -> int:
        """What an article takes of the room ahead of the encoder: one that alone is larger takes all of it."""
        return min(len(passages), self.ahead)

    # The encoder's thread: the one that called

    def _encode_all(self) -> None:
        with ThreadPoolExecutor(1, thread_name_prefix="dateline-writer") as writer:
            storing: Future[None] | None = None
            for batch, vectors in self.hands.encode((batch, _texts(batch)) for batch in self._batches()):
                if not batch:
                    continue
                if storing:
                    storing.result()
                storing = writer.submit(self._store, batch, vectors)
                if room := sum(self._room_of(work.passages) for work in _works(batch)):
                    self.room.release(room)
                self.counts["done"] += sum(len(work.passages) for work in _works(batch))
                self._tell("encoding" if self.counts["passages"] else "reading", "Reading and encoding")
            if storing:
                storing.result()

    def _batches(self) -> Iterator[list[_Item]]:
        """What was read, about ``_BATCH`` passages at a time; fewer, or nothing, when no more is ready."""
        batch: list[_Item] = []
        size = 0
        told = time.monotonic()
        self._tell("reading", self.doing)
        while True:
            if time.monotonic() - told > _PATIENCE:  # a server may be slow; whoever listens may want to stop
                self._tell("reading", self.doing)
                told = time.monotonic()
            try:
                item = self.items.get(timeout=_PATIENCE)
            except queue.Empty:
                yield batch
                batch, size = [], 0
                continue
            if item is None or isinstance(item, BaseException):
                break
            batch.append(item)
            size += len(item.passages) if isinstance(item, _Work) else 0
            if size >= _BATCH or len(batch) >= 4 * _BATCH:
                yield batch
                batch, size = [], 0
        self.read_all = item is None
        if batch:
            yield batch
        if item is not None:
            raise item

    # The writer's thread

    def _store(self, batch: Sequence[_Item], vectors: NDArray[np.float32] | None) -> None:
        prepared, at = [], 0
        for work in _works(batch):
            assert vectors is not None
            prepared.append(
                Prepared(work.article, work.origin, work.passages, vectors[at : at + len(work.passages)], work.nth)
            )
            at += len(work.passages)
        stored = iter(self.archive.store(prepared) if prepared else ())
        for item in batch:
            if isinstance(item, _FileEnd):
                # What gave nothing is looked at again: another limit of size, or another version, may take it.
                if item.path is not None and self.in_file:
                    ids = [id for _, id in self.in_file]
                    self.archive.remember_file(
                        item.path, size=item.size, modified=item.modified, ids=ids, skipped=item.skipped
                    )
                self.in_file = []
                continue
            if isinstance(item, Done):
                self.visits.append(self.tally.visit(item, self.in_file))
                self.in_file = []
                continue
            outcome, id = next(stored) if isinstance(item, _Work) else ("unchanged", item.id)
            self.outcomes[outcome].append(id)
            self.in_file.append((outcome, id))

    def _tell(self, phase: Literal["reading", "encoding", "done"], message: str) -> None:
        counts = self.counts
        self.on_progress(
            Progress(
                phase=phase,
                files=counts["files"],
                articles=counts["articles"],
                passages=counts["passages"],
                message=message,
                done=counts["done"],
                total=counts["passages"] if self.read_all else None,
            )
        )


def _works(batch: Sequence[_Item]) -> Iterator[_Work]:
    return (item for item in batch if isinstance(item, _Work))


def _texts(batch: Sequence[_Item]) -> list[str]:
    return [passage_text(work.article, passage) for work in _works(batch) for passage in work.passages]


def _doubt(article: Article) -> str:
    """What is doubtful about the article's date, empty if nothing is."""
    if not article.published:
        return "it shows no date, so it is left out of searches by date"
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
    if article.published[:10] > tomorrow:
        return f"its date, {article.published[:10]}, is in the future"
    return ""
