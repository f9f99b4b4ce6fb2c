"""The archive: a folder with articles, their passages, and two indexes of them.

SQLite holds the truth, Chroma an index of it. A change goes to SQLite in one transaction, then to Chroma, then is
marked as done in SQLite; whatever a kill leaves half done is finished when the archive is opened next. It knows nothing
of questions, and nothing of where articles come from.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit, urlunsplit

from ingest.article import Article, Passage, Skipped, Span
from ingest.errors import ArchiveError, ArchiveFull, ArchiveMissing, ArchiveReadOnly, RecipeMismatch
from ingest.lock import ArchiveLock
from ingest.schema import migrate
from ingest.sentences import CUTTING
from ingest.vectors import ChromaVectors, MemoryVectors, VectorIndex

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ingest.encoder import Encoder

__all__ = ["Archive", "ArchiveStats", "Prepared", "Scope", "StoredPassage"]

Outcome = Literal["added", "updated", "unchanged"]

# SQLite's limit of variables in one statement is 32,766; shorter statements are as fast.
_VARIABLES = 900
# When an operation fails with less room than this, in bytes, the lack of it is the reason: SQLite does not always say.
_NO_ROOM = 1 << 20
_COLUMNS = "id, title, text, url, source, authors, published, updated, language, date_note"


@dataclass(frozen=True, slots=True)
class ArchiveStats:
    """What an archive holds: the first and last day (ISO 8601, None when nothing is dated), outlets with the number of
    their articles (most first), and a line on what was repaired when it was opened, empty if nothing was."""

    articles: int
    passages: int
    first: str | None
    last: str | None
    sources: tuple[tuple[str, int], ...]
    healed: str = ""


@dataclass(frozen=True, slots=True)
class Prepared:
    """An article that is ready to be stored.

    Attributes:
        article, origin: see :class:`~ingest.article.Found`.
        passages: what it is cut into.
        vectors: their unit vectors, of shape ``(passages, dimensions)``.
        nth: which one it is of the records with its headline and day in its file, counted from 1.
    """

    article: Article
    origin: str
    passages: Sequence[Passage]
    vectors: NDArray[np.float32]
    nth: int = 1


@dataclass(frozen=True, slots=True)
class Scope:
    """What a search is narrowed to: days (ISO 8601, both inclusive) and outlets. Undated articles lie outside any."""

    published_from: str | None = None
    published_to: str | None = None
    sources: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.published_from or self.published_to or self.sources)

    def condition(self) -> tuple[str, list[str]]:
        """An SQL condition on ``articles`` and its arguments."""
        clauses, arguments = ["1"], []
        for clause, value in (("day >= ?", self.published_from), ("day <= ?", self.published_to)):
            if value:
                clauses.append(clause)
                arguments.append(value)
        if self.sources:
            clauses.append(f"casefold(source) IN ({_marks(self.sources)})")
            arguments += [source.casefold() for source in self.sources]
        return " AND ".join(clauses), arguments


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage with its words and its article. ``article.text`` is the whole article."""

    passage: Passage
    article: Article

    @property
    def text(self) -> str:
        """The passage's words."""
        return self.article.text[self.passage.start : self.passage.end]


class Archive:
    """An open archive. Safe to use from several threads; only one process can have it open for writing.

    Use :meth:`open`. A context manager: leaving it releases the archive.
    """

    def __init__(self, folder: Path, db: sqlite3.Connection, vectors: VectorIndex, lock: ArchiveLock | None) -> None:
        self.folder = folder
        self._db = db
        self._vectors = vectors
        self._lock = lock
        self._guard = threading.RLock()
        self._healed = ""
        self._locked_out: ArchiveError | None = None
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
    ) -> Archive:
        """Open the archive in ``folder``, and finish what an earlier process left half done.

        A folder that cannot be written to is opened for reading alone, unless ``create`` is asked for. A process that
        opens a folder twice gets the same archive, which is released when it has been closed as often.

        Args:
            encoder: what will encode passages and questions; None when nothing will be encoded.
            create: make the archive when there is none.
            purpose: what it is opened for, for the message that others get meanwhile.
            wait: seconds to wait for another owner to finish.

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
                with shared._guard, _translating(folder):
                    _check_recipe(shared._db, folder, encoder)
                shared._users += 1
                return shared
            _open[folder] = archive = cls._open_new(folder, encoder, create=create, purpose=purpose, wait=wait)
            return archive

    @classmethod
    def _open_new(cls, folder: Path, encoder: Encoder | None, *, create: bool, purpose: str, wait: float) -> Archive:
        exists = (folder / "archive.db").is_file()
        if not exists and not create:
            raise ArchiveMissing(
                f"there is no archive in {folder}: make one with dateline ingest PATH --archive {folder}"
            )
        if folder.exists() and not folder.is_dir():
            raise ArchiveError(f"{folder} is a file, and an archive is a folder: name another with --archive")
        try:
            return cls._open_owned(folder, encoder, purpose=purpose, wait=wait)
        except (ArchiveReadOnly, ArchiveFull) as error:
            if create or not exists:
                raise
            return cls._open_read_only(folder, encoder, reason=error)

    @classmethod
    def _open_owned(cls, folder: Path, encoder: Encoder | None, *, purpose: str, wait: float) -> Archive:
        with ExitStack() as undo:
            try:
                folder.mkdir(parents=True, exist_ok=True)
                lock = ArchiveLock(folder, purpose=purpose, wait=wait)
            except OSError as error:
                raise _unwritable(folder, error) from error
            # An opening that fails repairs nothing: the next one has to know that the owner before ended unclean.
            undo.callback(lock.release, unclean=lock.found_unclean)
            with _translating(folder):
                db = sqlite3.connect(folder / "archive.db", check_same_thread=False, isolation_level=None, timeout=10)
                undo.callback(db.close)
                _set_up(db)
                archive_id = _check_recipe(db, folder, encoder)
            vectors = ChromaVectors(folder / "vectors", owner=archive_id)
            undo.callback(vectors.close)
            archive = cls(folder, db, vectors, lock)
            archive._heal(thoroughly=lock.found_unclean)
            undo.pop_all()
        return archive

    @classmethod
    def _open_read_only(cls, folder: Path, encoder: Encoder | None, *, reason: ArchiveError) -> Archive:
        path = folder / "archive.db"
        # `immutable` neither locks nor looks at the write-ahead log, which an owner that was killed leaves behind, and
        # one that is at work has; without it SQLite would write files beside the database when there are none.
        log = path.with_name(path.name + "-wal")
        uri = f"{path.as_uri()}?{'mode=ro' if log.is_file() and log.stat().st_size else 'immutable=1'}"
        with ExitStack() as undo, _translating(folder):
            db = sqlite3.connect(uri, uri=True, check_same_thread=False, isolation_level=None)
            undo.callback(db.close)
            _add_functions(db)
            _check_recipe(db, folder, encoder)
            rows = db.execute("SELECT passage, vector FROM embeddings").fetchall()
            vectors = MemoryVectors([row[0] for row in rows], _vectors([row[1] for row in rows]))
            undo.pop_all()
        archive = cls(folder, db, vectors, None)
        archive._locked_out = reason
        why = "its disk is full" if isinstance(reason, ArchiveFull) else "it cannot be written to"
        archive._healed = f"the archive is read-only, since {why}: it can be asked, but nothing can be added"
        return archive

    @property
    def writable(self) -> bool:
        """Whether articles can be added and removed."""
        return self._lock is not None

    @property
    def recipe(self) -> dict[str, str]:
        """What it is made with: ``encoder``, ``fingerprint``, ``dimensions``, ``cutting``; empty while it is new."""
        return dict(self._rows("SELECT name, value FROM recipe"))

    def announce(self, url: str) -> None:
        """Say in the folder that the owner is a server that answers at ``url``."""
        if self._lock:
            self._lock.announce(url)

    def close(self) -> None:
        """Release the archive, unless it was opened elsewhere in this process too. Closing twice is harmless."""
        with _opening, self._guard:
            self._users -= 1
            if self._users > 0 or _open.get(self.folder) is not self:
                return
            del _open[self.folder]
            with ExitStack() as stack:
                if self._lock:
                    stack.callback(self._lock.release)
                stack.callback(self._db.close)
                stack.callback(self._vectors.close)

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # Reading

    def stats(self, scope: Scope | None = None) -> ArchiveStats:
        """What the archive holds, or what of it lies within ``scope``."""
        condition, arguments = (scope or Scope()).condition()
        [(articles, first, last)] = self._rows(
            f"SELECT count(*), min(day), max(day) FROM articles WHERE {condition}", arguments
        )
        [(passages,)] = self._rows(
            f"SELECT count(*) FROM passages WHERE article IN (SELECT number FROM articles WHERE {condition})", arguments
        )
        sources = self._rows(
            f"SELECT source, count(*) FROM articles WHERE source IS NOT NULL AND {condition} "
            "GROUP BY source ORDER BY 2 DESC, 1",
            arguments,
        )
        return ArchiveStats(articles, passages, first, last, tuple(sources), self._healed)

    def article(self, id: str) -> Article | None:
        """The article of that id, or None."""
        rows = self._rows(f"SELECT {_COLUMNS} FROM articles WHERE id = ?", (id,))
        return _article(rows[0]) if rows else None

    def articles(
        self, *, limit: int = 50, offset: int = 0, source: str | None = None, scope: Scope | None = None
    ) -> list[Article]:
        """Articles, newest first, undated ones last."""
        condition, arguments = (scope or Scope()).condition()
        if source is not None:
            condition, arguments = f"{condition} AND casefold(source) = ?", [*arguments, source.casefold()]
        rows = self._rows(
            f"SELECT {_COLUMNS} FROM articles WHERE {condition} "
            "ORDER BY published IS NULL, published DESC, number DESC LIMIT ? OFFSET ?",
            [*arguments, limit, offset],
        )
        return [_article(row) for row in rows]

    def export(self) -> Iterator[Article]:
        """Every article, oldest addition first."""
        last = 0
        while rows := self._rows(
            f"SELECT {_COLUMNS}, number FROM articles WHERE number > ? ORDER BY number LIMIT 200", (last,)
        ):
            yield from (_article(row[:-1]) for row in rows)
            last = rows[-1][-1]

    def versions_of(self, article_id: str) -> list[tuple[str, Article]]:
        """What the article said before, newest first: the moment it was replaced (ISO 8601, UTC), and the article."""
        rows = self._rows(
            "SELECT versions.replaced, articles.id, versions.title, versions.text, url, source, authors, "
            "versions.published, versions.updated, language, date_note "
            "FROM versions JOIN articles ON number = article WHERE id = ? ORDER BY versions.replaced DESC",
            (article_id,),
        )
        return [(row[0], _article(row[1:])) for row in rows]

    def passages_of(self, article_id: str) -> list[Passage]:
        """The passages of an article, in order; none if there is no such article."""
        rows = self._rows(
            'SELECT passages.id, start, "end", sentences, articles.id FROM passages '
            "JOIN articles ON number = article WHERE articles.id = ? ORDER BY start",
            (article_id,),
        )
        return [_passage(row) for row in rows]

    def passages(self, ids: Sequence[int]) -> list[StoredPassage]:
        """The passages of these ids, in the order of ``ids``; ids that are not there are left out."""
        found: dict[int, StoredPassage] = {}
        for chunk in _chunks(ids):
            for row in self._rows(
                f'SELECT passages.id, start, "end", sentences, articles.{_COLUMNS} FROM passages '
                f"JOIN articles ON number = article WHERE passages.id IN ({_marks(chunk)})",
                chunk,
            ):
                article = _article(row[4:])
                found[row[0]] = StoredPassage(_passage((*row[:4], article.id)), article)
        return [found[i] for i in ids if i in found]

    def nearest(self, vector: NDArray[np.float32], k: int, *, scope: Scope | None = None) -> list[tuple[int, float]]:
        """The ``k`` passages nearest to a unit vector: ids and cosine similarities, nearest first."""
        if not scope:
            return self._vectors.nearest(vector, k)
        condition, arguments = scope.condition()
        # Guarded, so that the index has just the passages that SQLite says it has.
        with self._guard:
            rows = self._rows(
                "SELECT passages.id FROM passages JOIN articles ON number = article "
                f"WHERE {condition} {'AND indexed' if self.writable else ''}",
                arguments,
            )
            return self._vectors.nearest(vector, k, within=[row[0] for row in rows])

    def matching(self, words: Iterable[str], k: int, *, scope: Scope | None = None) -> list[tuple[int, float]]:
        """The ``k`` passages that match any of ``words`` best: ids and BM25 scores (higher is better), best first."""
        # FTS5 reads a query up to the first NUL, and has no use for what is no character.
        fit = (word.replace("\0", " ").encode("utf-8", "replace").decode() for word in words)
        quoted = " OR ".join('"' + word.replace('"', '""') + '"' for word in fit)
        if not quoted:
            return []
        condition, arguments = (scope or Scope()).condition()
        narrowed = (
            "AND rowid IN (SELECT passages.id FROM passages JOIN articles ON number = article WHERE " + condition + ")"
            if scope
            else ""
        )
        rows = self._rows(
            f"SELECT rowid, -rank FROM passage_words WHERE passage_words MATCH ? {narrowed} ORDER BY rank LIMIT ?",
            [quoted, *(arguments if scope else []), k],
        )
        return [(int(i), float(score)) for i, score in rows]

    # Writing

    def known(self, article: Article, origin: str, *, nth: int = 1) -> tuple[Outcome, str]:
        """What storing ``article`` would do, without doing it, and the id that it has, or ``""``.

        The arguments are those of :class:`Prepared`.
        """
        with self._guard:
            outcome, number, _ = self._find(article, origin, nth)
            return outcome, self._id(number)

    def store(self, batch: Sequence[Prepared]) -> list[tuple[Outcome, str]]:
        """Store articles: SQLite in one transaction, then the vector index.

        Returns:
            For each of the batch what was done, and the article's id.

        Raises:
            ArchiveReadOnly: the archive cannot be written to.
            ArchiveFull: the disk is full. The batch is stored as a whole or not at all, never a part of it; what the
                vector index lacks then it gets with the next batch, or when the archive is opened next.
        """
        with self._writing():
            with self._transaction():
                outcomes = [self._store(prepared) for prepared in batch]
            self._index()
        return outcomes

    def remove(self, ids: Sequence[str]) -> int:
        """Remove articles with all their passages and versions.

        Returns:
            How many there were.

        Raises:
            ArchiveReadOnly: the archive cannot be written to.
            ArchiveFull: the disk is full; all are removed or none.
        """
        removed = 0
        with self._writing():
            with self._transaction():
                for id in dict.fromkeys(ids):
                    for (number,) in self._rows("SELECT number FROM articles WHERE id = ?", (id,)):
                        self._drop_passages(number)
                        # The file is to be read again when it is ingested again.
                        self._db.execute(
                            "DELETE FROM files WHERE path IN (SELECT path FROM file_articles WHERE article = ?)",
                            (number,),
                        )
                        self._db.execute("DELETE FROM articles WHERE number = ?", (number,))
                        removed += 1
            self._index()
        return removed

    def reindex(self, *, on_progress: Callable[[int, int], None] | None = None) -> int:
        """Fill both indexes again from the articles, without encoding anything.

        Args:
            on_progress: is called with the vectors done and their total.

        Returns:
            How many passages there are.
        """
        with self._writing():
            with self._transaction():
                self._db.execute("INSERT INTO passage_words (passage_words) VALUES ('rebuild')")
                self._db.execute("UPDATE passages SET indexed = 0")
                self._db.execute("DELETE FROM dropped")
            self._vectors.clear()
            self._index(on_progress=on_progress)
        return self.stats().passages

    def check(self) -> list[str]:
        """What is wrong with the archive, a sentence each; an empty list when all is well."""
        wrong = [f"SQLite: {row[0]}" for row in self._rows("PRAGMA integrity_check") if row[0] != "ok"]
        wrong += [f"SQLite: a row of {row[0]} points at nothing" for row in self._rows("PRAGMA foreign_key_check")]
        if self.writable and not self._words_agree():
            wrong.append("the word index differs from the passages")
        stored, indexed = self._ids(), set(self._vectors.ids())
        if missing := len(stored - indexed):
            wrong.append(f"the vector index lacks {missing} of {len(stored)} passages")
        if orphans := len(indexed - stored):
            wrong.append(f"the vector index has {orphans} passages that the archive does not")
        dimensions = int(self.recipe.get("dimensions", 0))
        [(unencoded,)] = self._rows(
            "SELECT count(*) FROM passages LEFT JOIN embeddings ON passage = id "
            "WHERE vector IS NULL OR length(vector) <> ?",
            (2 * dimensions,),
        )
        if unencoded:
            wrong.append(f"{unencoded} passages have no vector, or one of another length than {dimensions}")
        for article in self.export():
            if bad := [passage for passage in self.passages_of(article.id) if not _fits(passage, article.text)]:
                wrong.append(f"article {article.id} ({article.title}): {len(bad)} passages lie outside its text")
        return wrong

    def _words_agree(self) -> bool:
        """Whether the word index holds what the passages say."""
        with self._guard:
            try:
                self._db.execute("INSERT INTO passage_words (passage_words, rank) VALUES ('integrity-check', 1)")
            except sqlite3.OperationalError as error:
                with _translating(self.folder):
                    raise error
            except sqlite3.DatabaseError:
                return False
        return True

    # Files that were read

    def file_known(self, path: Path) -> tuple[list[str], list[Skipped]] | None:
        """What came of ``path`` when it was read last, if it has not changed since: ids of its articles, and what was
        skipped. None if it has to be read."""
        stat, key = path.stat(), _file_key(path)
        rows = self._rows(
            "SELECT skipped FROM files WHERE path = ? AND size = ? AND modified = ?",
            (key, stat.st_size, stat.st_mtime_ns),
        )
        if not rows:
            return None
        ids = self._rows(
            "SELECT id FROM file_articles JOIN articles ON number = article WHERE path = ? ORDER BY number", (key,)
        )
        return [row[0] for row in ids], [Skipped(*pair) for pair in json.loads(rows[0][0])]

    def remember_file(
        self, path: Path, *, size: int, modified: int, ids: Sequence[str], skipped: Sequence[Skipped]
    ) -> None:
        """Note what came of ``path`` as it was with ``size`` (bytes) and ``modified`` (nanoseconds).

        Nothing is noted when one of ``ids`` has been removed meanwhile, so that the file is read again.
        """
        key, ids = _file_key(path), list(dict.fromkeys(ids))
        with self._writing(), self._transaction():
            self._db.execute("DELETE FROM files WHERE path = ?", (key,))
            numbers = [row for id in ids for row in self._rows("SELECT number FROM articles WHERE id = ?", (id,))]
            if len(numbers) < len(ids):
                return
            pairs = json.dumps([[item.origin, item.reason] for item in skipped])
            self._db.execute("INSERT INTO files VALUES (?, ?, ?, ?)", (key, size, modified, pairs))
            self._db.executemany("INSERT INTO file_articles VALUES (?, ?)", [(key, number) for (number,) in numbers])

    # Inner workings

    def _rows(self, sql: str, arguments: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with self._guard, _translating(self.folder):
            return self._db.execute(sql, arguments).fetchall()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        if self._locked_out:
            raise type(self._locked_out)(str(self._locked_out))
        with self._guard, _translating(self.folder):
            yield

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise

    def _find(self, article: Article, origin: str, nth: int) -> tuple[Outcome, int | None, str]:
        """What storing it would do, the number of the article that it is (None for a new one), and its identity."""
        content = _content(article)
        identity = _identity(article, origin, nth)
        named = self._rows("SELECT number, content FROM articles WHERE id = ?", (article.id,)) if _ours(article) else []
        for number, current in named or self._rows(
            "SELECT number, content FROM articles WHERE identity = ?", (identity,)
        ):
            same = current == content or self._elsewhere(number, content, origin)
            return ("unchanged" if same else "updated"), number, identity
        if not article.url and not _ours(article):
            rows = self._rows("SELECT number, id, identity FROM articles WHERE content = ?", (content,))
            for number, id, other in rows:
                # Records that their files tell apart by ids are as many articles, even where they say the same.
                if (
                    not article.id
                    or article.id == id
                    or not other.startswith("record ")
                    or other.endswith(f" {article.id}")
                ):
                    return "unchanged", number, identity
        return "added", None, identity

    def _elsewhere(self, number: int, content: str, origin: str) -> bool:
        """Whether an article's older text is found once more because some file still has it.

        That is no news: repeating an ingest of two files that hold two texts of one article must change nothing. The
        file that alone holds the article may well go back to what it said before.
        """
        path, record = _place(origin)
        if not self._rows("SELECT 1 FROM versions WHERE article = ? AND content = ?", (number, content)):
            return False
        return bool(record) or bool(
            self._rows("SELECT 1 FROM file_articles WHERE article = ? AND path <> ? LIMIT 1", (number, path))
        )

    def _store(self, prepared: Prepared) -> tuple[Outcome, str]:
        article = prepared.article
        outcome, number, identity = self._find(article, prepared.origin, prepared.nth)
        if outcome == "unchanged":
            return outcome, self._id(number)
        now = datetime.now(UTC).isoformat(timespec="microseconds")
        values = {
            "content": _content(article),
            "title": article.title,
            "text": article.text,
            "url": article.url,
            "source": article.source,
            "authors": json.dumps(article.authors, ensure_ascii=False),
            "published": article.published,
            "day": article.published[:10] if article.published else None,
            "updated": article.updated,
            "language": article.language,
            "date_note": article.date_note,
            "added": now,
        }
        if number is None:
            values |= {"identity": identity, "id": self._free_id(article, identity)}
            cursor = self._db.execute(
                f"INSERT INTO articles ({', '.join(values)}) VALUES ({', '.join(':' + name for name in values)})",
                values,
            )
            number = int(cursor.lastrowid or 0)
        else:
            self._db.execute(
                "INSERT OR REPLACE INTO versions SELECT number, content, title, text, published, updated, added, ? "
                "FROM articles WHERE number = ?",
                (now, number),
            )
            self._drop_passages(number)
            changes = ", ".join(f"{name} = :{name}" for name in values)
            self._db.execute(f"UPDATE articles SET {changes} WHERE number = :number", values | {"number": number})
        self._add_passages(number, prepared)
        return outcome, self._id(number)

    def _add_passages(self, number: int, prepared: Prepared) -> None:
        import numpy as np

        for passage, vector in zip(prepared.passages, prepared.vectors, strict=True):
            sentences = np.array(passage.sentences, dtype="<u4").tobytes()
            cursor = self._db.execute(
                'INSERT INTO passages (article, start, "end", sentences) VALUES (?, ?, ?, ?)',
                (number, passage.start, passage.end, sentences),
            )
            self._db.execute("INSERT INTO embeddings VALUES (?, ?)", (cursor.lastrowid, vector.astype("<f2").tobytes()))
        self._db.execute(
            "INSERT INTO passage_words (rowid, title, body) SELECT id, title, body FROM passage_source "
            "WHERE id IN (SELECT id FROM passages WHERE article = ?)",
            (number,),
        )

    def _drop_passages(self, number: int) -> None:
        """Forget an article's passages, in this transaction; the vector index follows. The article must still have the
        text and title that they were indexed with: that is how FTS5 finds what to forget."""
        self._db.execute(
            "INSERT INTO passage_words (passage_words, rowid, title, body) SELECT 'delete', id, title, body "
            "FROM passage_source WHERE id IN (SELECT id FROM passages WHERE article = ?)",
            (number,),
        )
        self._db.execute("INSERT INTO dropped SELECT id FROM passages WHERE article = ?", (number,))
        self._db.execute("DELETE FROM passages WHERE article = ?", (number,))

    def _free_id(self, article: Article, identity: str) -> str:
        """The article's own id if no other article has it, else one that is made of what it is.

        One that is found by its URL has the same id in every archive. A path means another file on another machine, so
        what the article says counts there too.
        """
        made = identity if article.url else f"{identity} {_content(article)}"
        id = article.id or _hash(made)
        while self._rows("SELECT 1 FROM articles WHERE id = ?", (id,)):
            id, made = _hash(made), made + "'"
        return id

    def _index(self, *, on_progress: Callable[[int, int], None] | None = None) -> int:
        """Bring the vector index up to what SQLite says, and note that it is."""
        dropped = [row[0] for row in self._rows("SELECT passage FROM dropped")]
        if dropped:
            self._vectors.delete(dropped)
            self._db.execute("DELETE FROM dropped")
        [(total,)] = self._rows("SELECT count(*) FROM passages WHERE indexed = 0")
        done = 0
        while rows := self._rows(
            "SELECT id, vector FROM passages JOIN embeddings ON passage = id WHERE indexed = 0 ORDER BY id LIMIT 2000"
        ):
            ids = [row[0] for row in rows]
            self._vectors.upsert(ids, _vectors([row[1] for row in rows]))
            self._db.execute("UPDATE passages SET indexed = 1 WHERE indexed = 0 AND id <= ?", (ids[-1],))
            done += len(ids)
            if on_progress:
                on_progress(done, total)
        return done + len(dropped)

    def _heal(self, *, thoroughly: bool) -> None:
        """Finish what was left half done, and make the vector index hold just the passages that there are.

        Args:
            thoroughly: compare every id, not only the counts.
        """
        with self._writing():
            try:
                mended = self._reconcile(thoroughly=thoroughly)
            except (ArchiveFull, ArchiveReadOnly):
                raise
            except ArchiveError:
                # It is of no use any more, and nothing is in it that SQLite does not hold.
                self._vectors.clear()
                mended = self._reconcile(thoroughly=True)
        if mended:
            self._healed = f"the vector index was unfinished or damaged, and has been mended ({mended} passages)"

    def _reconcile(self, *, thoroughly: bool) -> int:
        """Make the vector index hold just the passages that there are, and count those that it did not."""
        mended = self._index()
        [(count,)] = self._rows("SELECT count(*) FROM passages")
        if not thoroughly and self._vectors.count() == count:
            return mended
        stored, indexed = self._ids(), set(self._vectors.ids())
        self._vectors.delete(sorted(indexed - stored))
        with self._transaction():
            for chunk in _chunks(sorted(stored - indexed)):
                self._db.execute(f"UPDATE passages SET indexed = 0 WHERE id IN ({_marks(chunk)})", chunk)
        return mended + self._index() + len(indexed - stored)

    def _id(self, number: int | None) -> str:
        rows = self._rows("SELECT id FROM articles WHERE number = ?", (number,))
        return str(rows[0][0]) if rows else ""

    def _ids(self) -> set[int]:
        return {row[0] for row in self._rows("SELECT id FROM passages")}


_TRACKING = re.compile(r"(utm_\w+|fbclid|gclid|dclid|msclkid|mc_cid|mc_eid|igshid|cmpid|ito)=", re.IGNORECASE)

_open: dict[Path, Archive] = {}
"""The archives that this process has open."""
_opening = threading.Lock()


def _set_up(db: sqlite3.Connection) -> None:
    """Make a connection ready to read and write an archive, and bring its tables to this version's form."""
    db.execute("PRAGMA journal_mode = WAL")
    # NORMAL may lose the last transactions at a power cut, never tear one; FULL costs a sync for each.
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA foreign_keys = ON")
    _add_functions(db)
    migrate(db)


def _add_functions(db: sqlite3.Connection) -> None:
    # SQLite's lower() knows the letters of ASCII only.
    db.create_function("casefold", 1, lambda text: text and text.casefold(), deterministic=True)


def _vectors(blobs: Sequence[bytes]) -> NDArray[np.float32]:
    """Vectors as they are stored, of shape ``(len(blobs), dimensions)``."""
    import numpy as np

    stored = np.frombuffer(b"".join(blobs), dtype="<f2").astype(np.float32)
    return stored.reshape(len(blobs), -1) if blobs else stored.reshape(0, 0)


def _check_recipe(db: sqlite3.Connection, folder: Path, encoder: Encoder | None) -> str:
    """Compare the archive's recipe with ``encoder``, and write it down in a new archive.

    Returns:
        What names the archive and its encoder: the owner of its vector index.

    Raises:
        RecipeMismatch: the archive was made with another encoder.
    """
    recipe = dict(db.execute("SELECT name, value FROM recipe"))
    if encoder is not None and "encoder" not in recipe:
        recipe |= {
            "encoder": encoder.name,
            "fingerprint": encoder.fingerprint,
            "dimensions": str(encoder.dimensions),
            "cutting": CUTTING,
        }
        db.executemany("INSERT OR REPLACE INTO recipe VALUES (?, ?)", recipe.items())
    if encoder is not None and recipe["fingerprint"] != encoder.fingerprint:
        again = folder.with_name(folder.name + "-new")
        raise RecipeMismatch(
            f"the archive {folder} was made with the encoder {recipe['encoder']}, not with {encoder.name}: set "
            f"DATELINE_ENCODER back, or encode it again into another archive with dateline export articles.jsonl "
            f"--archive {folder} and dateline ingest articles.jsonl --archive {again}"
        )
    return f"{recipe.get('encoder', '')} {recipe.get('fingerprint', '')}"


def _article(row: Sequence[Any]) -> Article:
    """An article from a row of ``_COLUMNS``."""
    id, title, text, url, source, authors, published, updated, language, date_note = row
    return Article(
        text=text,
        title=title,
        url=url,
        source=source,
        authors=tuple(json.loads(authors)),
        published=published,
        updated=updated,
        language=language,
        id=id,
        date_note=date_note,
    )


def _passage(row: Sequence[Any]) -> Passage:
    """A passage from a row of id, start, end, sentences, article id."""
    import numpy as np

    pairs = np.frombuffer(row[3], dtype="<u4").reshape(-1, 2).tolist()
    return Passage(
        start=row[1], end=row[2], sentences=tuple(Span(*pair) for pair in pairs), id=row[0], article_id=row[4]
    )


def _fits(passage: Passage, text: str) -> bool:
    """Whether a passage lies in ``text``, and its sentences in it, in order."""
    ends = [passage.start, *(end for span in passage.sentences for end in span), passage.end]
    return (
        0 <= passage.start < passage.end <= len(text)
        and ends == sorted(ends)
        and bool(passage.sentences)
        and all(start < end for start, end in passage.sentences)
    )


def _identity(article: Article, origin: str, nth: int) -> str:
    """What makes another article the same one: its URL, else its id (in its file, unless it is of our own making), else
    its file, else, for a file of many records, its headline and day in it."""
    path, record = _place(origin)
    if article.url:
        return f"url {_plain_url(article.url)}"
    if _ours(article):
        return f"id {article.id}"
    if article.id:
        return f"record {path} {article.id}"
    if not record:
        return f"file {path}"
    return f"headline {path} {article.published} {article.title}" + (f" {nth}" if nth > 1 else "")


def _ours(article: Article) -> bool:
    """Whether its id is one that an archive made, and so means the same in every archive."""
    return len(article.id) == 20 and all(sign in "0123456789abcdef" for sign in article.id)


def _hash(made: str) -> str:
    """An id such as an archive makes."""
    return hashlib.sha256(made.encode()).hexdigest()[:20]


def _place(origin: str) -> tuple[str, str]:
    """The path of an origin, and the number of the record in it, empty for a file that is an article."""
    path, _, record = origin.rpartition("#")
    return (path, record) if record.isdigit() else (origin, "")


def _file_key(path: Path) -> str:
    """A path as it stands in origins: absolute, and fit to be stored where it is not valid UTF-8."""
    return os.fsencode(path.absolute()).decode("utf-8", "backslashreplace")


def _plain_url(url: str) -> str:
    """``url`` without what does not name the page: the fragment, tracking parameters, the case of scheme and host.

    Nothing more is taken away, such as ``?amp`` or ``?page=2``: better one page twice than one page that hides another.
    """
    try:
        parts = urlsplit(url.strip())
    except ValueError:  # such as an unclosed bracket in the host
        return url
    query = "&".join(pair for pair in parts.query.split("&") if pair and not _TRACKING.match(pair))
    return urlunsplit((parts.scheme.lower(), parts.netloc.lower(), parts.path, query, ""))


def _content(article: Article) -> str:
    """A hash of all that the outlet wrote."""
    parts = [article.title, article.text, article.source, article.published, article.updated, list(article.authors)]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for at in range(0, len(ids), _VARIABLES):
        yield ids[at : at + _VARIABLES]


def _marks(values: Sequence[Any]) -> str:
    return ", ".join("?" * len(values))


def _unwritable(folder: Path, error: OSError) -> ArchiveError:
    import errno

    if error.errno == errno.ENOSPC:
        return ArchiveFull(f"the disk that is to hold the archive {folder} is full: free some space and try again")
    return ArchiveReadOnly(
        f"the archive {folder} cannot be written to ({error.strerror}): make the folder writable, or name another with "
        "--archive"
    )


@contextmanager
def _translating(folder: Path) -> Iterator[None]:
    """SQLite's errors in our words."""
    try:
        yield
    except sqlite3.Error as error:
        words = str(error)
        if "is full" in words or ("disk I/O" in words and _free(folder) < _NO_ROOM):
            raise ArchiveFull(
                f"the disk that holds the archive {folder} is full: free some space and run the command again; what "
                "was stored before is safe"
            ) from error
        if "readonly" in words or "read-only" in words or "unable to open" in words:
            raise ArchiveReadOnly(
                f"the archive {folder} cannot be written to: make its files writable, or name another with --archive"
            ) from error
        if isinstance(error, sqlite3.DatabaseError) and ("malformed" in words or "not a database" in words):
            raise ArchiveError(
                f"the file {folder / 'archive.db'} is damaged ({words}): put a copy of it back, or ingest again into "
                "another folder with --archive"
            ) from error
        raise ArchiveError(f"the archive {folder} failed: {words}") from error


def _free(folder: Path) -> int:
    """Bytes that are free where ``folder`` lies."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return _NO_ROOM
