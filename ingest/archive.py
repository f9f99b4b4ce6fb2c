"""The archive: a folder with articles, their passages, and two indexes of them.

SQLite holds the truth, Chroma an index of it. A change goes to SQLite in one transaction, then to Chroma, then is
marked as done in SQLite; whatever a kill leaves half done is finished when the archive is opened next. It knows nothing
of questions, and nothing of where articles come from.

This is the whole of what others use. Behind it stand, in reading order::

    stored.py     the values that pass in and out
    database.py   the SQLite file: transactions, threads, errors in our words (its tables are in schema.py)
    rows.py       how articles, passages and vectors stand in the tables
    recipe.py     the encoder that an archive was made with
    identity.py   what makes two articles the same one
    changes.py    storing and removing
    versions.py   what an article said over time
    stories.py    which articles are copies of one (likeness.py compares two texts)
    manifest.py   the files that were read
    counting.py   how many articles have certain words
    listing.py    which articles a list shows
    glance.py     what came in last, and what most outlets carry
    vectors/      the vector index
    keeping.py    what becomes of it when it falls behind, or its server is away
    repair.py     both indexes kept in step with the tables, and checked
    lock.py       one owner at a time
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from ingest import changes, glance, manifest, recipe, stories
from ingest.article import Article, Passage, Skipped
from ingest.counting import Mentions, mentions
from ingest.database import FILE, Database, chunks, marks, unwritable
from ingest.errors import ArchiveError, ArchiveFull, ArchiveMissing, ArchiveReadOnly
from ingest.identity import url_identity
from ingest.keeping import Keeper
from ingest.listing import Selected, Selection
from ingest.lock import ArchiveLock
from ingest.rows import ARTICLE, article_from, condition, every_article, passage_from, passages_of
from ingest.stored import ArchiveStats, Outcome, Prepared, Scope, StoredPassage, Story, Version
from ingest.vectors import ChromaServer
from ingest.versions import versions_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ingest.encoder import Encoder

__all__ = ["Archive", "ArchiveStats", "Prepared", "Scope", "StoredPassage", "Story", "Version"]

_open: dict[Path, Archive] = {}
"""The archives that this process has open."""
_opening = threading.Lock()


class Archive:
    """An open archive. Safe to use from several threads; only one process can have it open for writing.

    Use :meth:`open`. A context manager: leaving it releases the archive.
    """

    def __init__(self, db: Database, keeper: Keeper, lock: ArchiveLock | None, *, healed: str = "") -> None:
        self.folder = db.folder
        self._db = db
        self._keeper = keeper
        self._vectors = keeper.vectors
        self._lock = lock
        self._healed = healed
        self._users = 1

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        encoder: Encoder | None = None,
        create: bool = False,
        purpose: str = "another command",
        wait: float = 0.0,
        server: ChromaServer | None = None,
    ) -> Archive:
        """Open the archive in ``folder``, and finish what an earlier process left half done.

        A folder that cannot be written to is opened for reading alone, unless ``create`` is asked for. A process that
        opens a folder twice gets the same archive, which is released when it has been closed as often.

        Args:
            encoder: what will encode passages and questions; None when nothing will be encoded.
            create: make the archive when there is none.
            purpose: what it is opened for, for the message that others get meanwhile.
            wait: seconds to wait for another owner to finish.
            server: the Chroma server that keeps the vectors; None for the archive's folder. While it is away, questions
                are answered from the archive's own copy of the vectors, and nothing can be changed.

        Raises:
            ArchiveMissing: there is none, and none is to be made.
            ArchiveBusy: another process owns it.
            ArchiveReadOnly: one is to be made in a folder that cannot be written to.
            ArchiveFull: the disk is full.
            RecipeMismatch: it was made with another encoder, or by a newer Dateline.
            ArchiveError: it is damaged.
        """
        folder = folder.absolute()
        with _opening:
            if (shared := _open.get(folder)) is not None:
                recipe.agree(shared._db, encoder)
                shared._users += 1
                return shared
            _open[folder] = archive = cls._open_new(folder, encoder, server, create=create, purpose=purpose, wait=wait)
            return archive

    @classmethod
    def _open_new(
        cls,
        folder: Path,
        encoder: Encoder | None,
        server: ChromaServer | None,
        *,
        create: bool,
        purpose: str,
        wait: float,
    ) -> Archive:
        exists = (folder / FILE).is_file()
        if not exists and not create:
            raise ArchiveMissing(
                f"there is no archive in {folder}: make one with dateline ingest PATH --archive {folder}"
            )
        if folder.exists() and not folder.is_dir():
            raise ArchiveError(f"{folder} is a file, and an archive is a folder: name another with --archive")
        try:
            return cls._open_owned(folder, encoder, server, purpose=purpose, wait=wait)
        except (ArchiveReadOnly, ArchiveFull) as error:
            if create or not exists:
                raise
            return cls._open_read_only(folder, encoder, reason=error)

    @classmethod
    def _open_owned(
        cls, folder: Path, encoder: Encoder | None, server: ChromaServer | None, *, purpose: str, wait: float
    ) -> Archive:
        with ExitStack() as undo:
            try:
                folder.mkdir(parents=True, exist_ok=True)
                lock = ArchiveLock(folder, purpose=purpose, wait=wait)
            except OSError as error:
                raise unwritable(folder, error) from error
            # An opening that fails repairs nothing: the next one has to know that the owner before ended unclean.
            undo.callback(lock.release, unclean=lock.found_unclean)
            db = Database.open(folder)
            undo.callback(db.close)
            keeper = Keeper.open(db, owner=recipe.agree(db, encoder), server=server)
            undo.callback(keeper.close)
            with db.writing():
                healed = keeper.settle(thoroughly=lock.found_unclean, server=server)
            undo.pop_all()
        return cls(db, keeper, lock, healed=healed)

    @classmethod
    def _open_read_only(cls, folder: Path, encoder: Encoder | None, *, reason: ArchiveError) -> Archive:
        with ExitStack() as undo:
            db = Database.open_read_only(folder, refusal=reason)
            undo.callback(db.close)
            recipe.agree(db, encoder)
            keeper = Keeper.in_memory(db)
            undo.pop_all()
        why = "its disk is full" if isinstance(reason, ArchiveFull) else "it cannot be written to"
        healed = f"the archive is read-only, since {why}: it can be asked, but nothing can be added"
        return cls(db, keeper, None, healed=healed)

    @property
    def writable(self) -> bool:
        """Whether articles can be added and removed."""
        return self._lock is not None

    @property
    def recipe(self) -> dict[str, str]:
        """What it is made with: ``encoder``, ``fingerprint``, ``dimensions``, ``cutting``; empty while it is new."""
        return recipe.read(self._db)

    def announce(self, url: str) -> None:
        """Say in the folder that the owner is a server that answers at ``url``."""
        if self._lock:
            self._lock.announce(url)

    def close(self) -> None:
        """Release the archive, unless it was opened elsewhere in this process too. Closing twice is harmless."""
        with _opening, self._db.held():
            self._users -= 1
            if self._users > 0 or _open.get(self.folder) is not self:
                return
            del _open[self.folder]
            with ExitStack() as stack:
                if self._lock:
                    stack.callback(self._lock.release)
                stack.callback(self._db.close)
                stack.callback(self._keeper.close)

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # Reading

    def stats(self, scope: Scope | None = None) -> ArchiveStats:
        """What the archive holds, or what of it lies within ``scope``."""
        within, arguments = condition(scope)
        [(articles, first, last)] = self._db.rows(
            f"SELECT count(*), min(day), max(day) FROM articles WHERE {within}", arguments
        )
        [(passages,)] = self._db.rows(
            f"SELECT count(*) FROM passages WHERE article IN (SELECT number FROM articles WHERE {within})", arguments
        )
        sources = self._db.rows(
            f"SELECT source, count(*) FROM articles WHERE source IS NOT NULL AND {within} "
            "GROUP BY source ORDER BY 2 DESC, 1",
            arguments,
        )
        [(stories,)] = self._db.rows(
            f"SELECT count(DISTINCT coalesce(story, -number)) FROM articles WHERE {within}", arguments
        )
        return ArchiveStats(articles, passages, first, last, tuple(sources), self._healed, stories)

    def newest(self) -> date | None:
        """The day of the newest article; None when none is dated."""
        [(day,)] = self._db.rows("SELECT max(day) FROM articles")
        return date.fromisoformat(day) if day else None

    def article(self, id: str) -> Article | None:
        """The article of that id, or None."""
        rows = self._db.rows(f"SELECT {ARTICLE} FROM articles WHERE id = ?", (id,))
        return article_from(rows[0]) if rows else None

    def at(self, url: str) -> Article | None:
        """The article of that web address, or None."""
        rows = self._db.rows(f"SELECT {ARTICLE} FROM articles WHERE identity = ?", (url_identity(url),))
        return article_from(rows[0]) if rows else None

    def articles(
        self,
        *,
        limit: int = 50,
        offset: int = 0,
        source: str | None = None,
        section: str | None = None,
        scope: Scope | None = None,
    ) -> list[Article]:
        """Articles within ``scope``, from ``source`` and in ``section``, newest first, undated ones last."""
        within, arguments = condition(_narrower(scope, source, section))
        rows = self._db.rows(
            f"SELECT {ARTICLE} FROM articles WHERE {within} "
            "ORDER BY published IS NULL, published DESC, number DESC LIMIT ? OFFSET ?",
            [*arguments, limit, offset],
        )
        return [article_from(row) for row in rows]

    def export(self) -> Iterator[Article]:
        """Every article, oldest addition first."""
        return every_article(self._db)

    def versions(self, article_id: str) -> list[Version]:
        """What the article has said, oldest first; the last is what it says now. Empty if there is no such article."""
        return versions_of(self._db, article_id)

    def version(self, article_id: str, number: int) -> Version | None:
        """The version of that number, counted from 1, or None."""
        return next((found for found in self.versions(article_id) if found.number == number), None)

    def story_of(self, ids: Collection[str]) -> dict[str, str]:
        """The story that each of these articles belongs to, named by the id of its earliest member; an article without
        copies is a story of its own. Ids that are not there are left out."""
        return stories.story_of(self._db, ids)

    def members(self, id: str) -> list[Article]:
        """The articles of the story that the article of that id belongs to, earliest first; none if there is no such
        article."""
        return stories.members(self._db, id)

    def stories(
        self,
        *,
        limit: int = 50,
        offset: int = 0,
        source: str | None = None,
        section: str | None = None,
        scope: Scope | None = None,
    ) -> list[Story]:
        """Stories with an article within ``scope``, from ``source`` and in ``section``, latest first, undated ones
        last."""
        return stories.stories(self._db, scope=_narrower(scope, source, section), limit=limit, offset=offset)

    def latest(self, limit: int) -> list[tuple[Article, str]]:
        """The articles that came in last, latest first, with the moment that each did."""
        return glance.latest(self._db, limit)

    def widest(self, limit: int) -> list[Story]:
        """The stories of several articles, those of the most outlets first."""
        return glance.widest(self._db, limit)

    @property
    def ungrouped(self) -> int:
        """How many articles have no story yet: see :meth:`group`."""
        return stories.pending(self._db)

    def notices(self) -> list[list[str]]:
        """Ids of articles that have one and the same text, which says nothing of their headlines: very likely a notice
        in the place of the articles."""
        return stories.notices(self._db)

    def passages_of(self, article_id: str) -> list[Passage]:
        """The passages of an article, in order; none if there is no such article."""
        return passages_of(self._db, article_id)

    def passages(self, ids: Sequence[int]) -> list[StoredPassage]:
        """The passages of these ids, in the order of ``ids``; ids that are not there are left out."""
        found: dict[int, StoredPassage] = {}
        for chunk in chunks(ids):
            for row in self._db.rows(
                f'SELECT passages.id, start, "end", sentences, articles.{ARTICLE} FROM passages '
                f"JOIN articles ON number = article WHERE passages.id IN ({marks(chunk)})",
                chunk,
            ):
                article = article_from(row[4:])
                found[row[0]] = StoredPassage(passage_from((*row[:4], article.id)), article)
        return [found[i] for i in ids if i in found]

    def nearest(self, vector: NDArray[np.float32], k: int, *, scope: Scope | None = None) -> list[tuple[int, float]]:
        """The ``k`` passages nearest to a unit vector: ids and cosine similarities, nearest first."""
        return self._keeper.nearest(vector, k, scope=scope)

    def matching(self, words: Iterable[str], k: int, *, scope: Scope | None = None) -> list[tuple[int, float]]:
        """The ``k`` passages that match any of ``words`` best: ids and BM25 scores (higher is better), best first."""
        # FTS5 reads a query up to the first NUL, and has no use for what is no character.
        fit = (word.replace("\0", " ").encode("utf-8", "replace").decode() for word in words)
        quoted = " OR ".join('"' + word.replace('"', '""') + '"' for word in fit)
        if not quoted:
            return []
        within, arguments = condition(scope)
        # The plus keeps SQLite from looking every passage within the scope up in the index by itself: 42 s, not 60 ms.
        narrowed = (
            f"AND +rowid IN (SELECT passages.id FROM articles CROSS JOIN passages ON article = number WHERE {within})"
        )
        rows = self._db.rows(
            f"SELECT rowid, -rank FROM passage_words WHERE passage_words MATCH ? {narrowed if scope else ''} "
            "ORDER BY rank LIMIT ?",
            [quoted, *arguments, k],
        )
        return [(int(i), float(score)) for i, score in rows]

    def holds(self, phrases: Iterable[str], *, scope: Scope | None = None) -> bool:
        """Whether some passage, or the headline above it, has all of ``phrases``: words, or several in their order."""
        fit = (phrase.replace("\0", " ").encode("utf-8", "replace").decode() for phrase in phrases)
        quoted = " AND ".join('"' + phrase.replace('"', '""') + '"' for phrase in fit)
        if not quoted:
            return True
        within, arguments = condition(scope)
        # CROSS JOIN keeps SQLite from going through the passages first, which takes seconds.
        joined = "CROSS JOIN passages ON passages.id = passage_words.rowid CROSS JOIN articles ON number = article"
        return bool(
            self._db.rows(
                f"SELECT 1 FROM passage_words {joined if scope else ''} "
                f"WHERE passage_words MATCH ? AND {within} LIMIT 1",
                [quoted, *arguments],
            )
        )

    def mentions(self, phrases: Sequence[str], *, scope: Scope | None = None, keep: int = 8) -> Mentions:
        """The articles that have all of ``phrases``; see :func:`ingest.counting.mentions`."""
        return mentions(self._db, phrases, scope=scope, keep=keep)

    def select(self, selection: Selection) -> Selected:
        """The articles that a list is to show: to be counted, and given in pages."""
        return Selected(self._db, selection)

    # Writing

    def known(self, article: Article, origin: str, *, nth: int = 1) -> tuple[Outcome, str]:
        """What storing ``article`` would do, without doing it, and the id that it has, or ``""``.

        The arguments are those of :class:`Prepared`.
        """
        with self._db.held():
            found = changes.find(self._db, article, origin, nth=nth)
        return found.outcome, found.id

    def store(self, batch: Sequence[Prepared]) -> list[tuple[Outcome, str]]:
        """Store articles: SQLite in one transaction, then the vector index.

        Returns:
            For each of the batch what was done, and the article's id.

        Raises:
            ArchiveReadOnly: the archive cannot be written to.
            ArchiveFull: the disk is full. The batch is stored as a whole or not at all, never a part of it; what the
                vector index lacks then it gets with the next batch, or when the archive is opened next.
            VectorsAway: the Chroma server does not answer; the same holds.
        """
        self.group()
        with self._db.writing():
            self._keeper.ready()
            with self._db.transaction():
                outcomes = [changes.store(self._db, prepared) for prepared in batch]
            self._keeper.update()
        return outcomes

    def remove(self, ids: Sequence[str]) -> int:
        """Remove articles with all their passages and versions.

        Returns:
            How many there were.

        Raises:
            ArchiveReadOnly: the archive cannot be written to.
            ArchiveFull: the disk is full; all are removed or none.
        """
        with self._db.writing():
            self._keeper.ready()
            with self._db.transaction():
                removed = changes.remove(self._db, ids)
            self._keeper.update()
        return removed

    def reindex(self, *, on_progress: Callable[[int, int], None] | None = None) -> int:
        """Fill both indexes again from the articles, without encoding anything.

        Args:
            on_progress: is called with the vectors done and their total.

        Returns:
            How many passages there are.
        """
        with self._db.writing():
            self._keeper.reindex(on_progress=on_progress)
        return self.stats().passages

    def group(self, *, on_progress: Callable[[int, int], None] | None = None) -> int:
        """Find the stories of articles that have none yet, as those of an archive made before there were stories.

        Storing does it too. It takes about 3 s for 1,000 articles, and nothing when there is nothing to do.

        Args:
            on_progress: is called with the articles done and their total.

        Returns:
            How many articles there were.
        """
        return stories.catch_up(self._db, on_progress=on_progress)

    def mend(self, *, on_progress: Callable[[int, int], None] | None = None) -> None:
        """Make the indexes and the stories again from the articles; the argument is that of :meth:`reindex`."""
        with self._db.writing(), self._db.transaction():
            stories.clear(self._db)
        self.reindex(on_progress=on_progress)
        self.group(on_progress=on_progress)

    @contextmanager
    def replacing(self) -> Iterator[None]:
        """Nobody else reads or writes meanwhile, so that the SQLite file can be given another content, as from a backup
        (through SQLite, since it is open). Afterwards the indexes are made again from it.

        Raises:
            ArchiveReadOnly: the archive cannot be written to.
        """
        with self._db.writing():
            yield
            self._keeper.reindex()

    def check(self) -> list[str]:
        """What is wrong with the archive, a sentence each; an empty list when all is well."""
        return [*self._keeper.check(), *stories.check(self._db)]

    # Files that were read

    def file_known(self, path: Path) -> tuple[list[str], list[Skipped]] | None:
        """What came of ``path`` when it was read last, if it has not changed since: ids of its articles, and what was
        skipped. None if it has to be read."""
        return manifest.known(self._db, path)

    def remember_file(
        self, path: Path, *, size: int, modified: int, ids: Sequence[str], skipped: Sequence[Skipped]
    ) -> None:
        """Note what came of ``path`` as it was with ``size`` (bytes) and ``modified`` (nanoseconds).

        Nothing is noted when one of ``ids`` has been removed meanwhile, so that the file is read again.
        """
        digest = _digest(path, size=size, modified=modified)
        with self._db.writing(), self._db.transaction():
            manifest.remember(self._db, path, size=size, modified=modified, digest=digest, ids=ids, skipped=skipped)


def _narrower(scope: Scope | None, source: str | None, section: str | None) -> Scope:
    """``scope`` with one outlet and one section in place of its own, where they are given."""
    scope = scope or Scope()
    scope = scope if source is None else replace(scope, sources=(source,))
    return scope if section is None else replace(scope, sections=(section,))


def _digest(path: Path, *, size: int, modified: int) -> bytes | None:
    """A hash of a file as it was with that size and time; None when it has changed since, or is gone."""
    try:
        found, stat = manifest.digest(path), path.stat()
    except OSError:
        return None
    return found if (stat.st_size, stat.st_mtime_ns) == (size, modified) else None
