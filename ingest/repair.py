"""Keeps the two indexes of an archive, of vectors and of words, in step with its tables, and finds what is wrong."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator

from ingest import recipe
from ingest.article import Passage
from ingest.database import Database, chunks, marks
from ingest.errors import ArchiveError, ArchiveFull, ArchiveReadOnly, VectorsAway
from ingest.rows import every_article, passages_of, vectors_from
from ingest.vectors import VectorIndex

__all__ = ["check", "heal", "index", "reindex"]


def index(db: Database, vectors: VectorIndex, *, on_progress: Callable[[int, int], None] | None = None) -> int:
    """Bring the vector index up to what SQLite says, and note that it is.

    Args:
        on_progress: is called with the vectors done and their total.

    Returns:
        How many passages were entered or taken out.
    """
    if not vectors.sound:
        _begin_anew(db, vectors)
    dropped = [row[0] for row in db.rows("SELECT passage FROM dropped")]
    if dropped:
        vectors.delete(dropped)
        db.execute("DELETE FROM dropped")
    [(total,)] = db.rows("SELECT count(*) FROM passages WHERE indexed = 0")
    done = 0
    while rows := db.rows(
        "SELECT id, vector FROM passages JOIN embeddings ON passage = id WHERE indexed = 0 ORDER BY id LIMIT 2000"
    ):
        ids = [row[0] for row in rows]
        vectors.upsert(ids, vectors_from([row[1] for row in rows]))
        db.execute("UPDATE passages SET indexed = 1 WHERE indexed = 0 AND id <= ?", (ids[-1],))
        done += len(ids)
        if on_progress:
            on_progress(done, total)
    return done + len(dropped)


def reindex(db: Database, vectors: VectorIndex, *, on_progress: Callable[[int, int], None] | None = None) -> None:
    """Fill both indexes again from the articles; the argument is that of :func:`index`."""
    with db.transaction():
        db.execute("INSERT INTO passage_words (passage_words) VALUES ('rebuild')")
    _begin_anew(db, vectors)
    index(db, vectors, on_progress=on_progress)


def _begin_anew(db: Database, vectors: VectorIndex) -> None:
    """Empty the vector index, and note that it has every passage still to take in."""
    with db.transaction():
        db.execute("UPDATE passages SET indexed = 0")
        db.execute("DELETE FROM dropped")
    vectors.clear()


def heal(db: Database, vectors: VectorIndex, *, thoroughly: bool) -> int:
    """Finish what was left half done, and make the vector index hold just the passages that there are.

    Args:
        thoroughly: compare every id, not only the counts.

    Returns:
        How many passages it did not hold, or held in vain.
    """
    try:
        return _reconcile(db, vectors, thoroughly=thoroughly)
    except (ArchiveFull, ArchiveReadOnly, VectorsAway):
        raise
    except ArchiveError:
        # It is of no use any more, and nothing is in it that SQLite does not hold.
        vectors.clear()
        return _reconcile(db, vectors, thoroughly=True)


def _reconcile(db: Database, vectors: VectorIndex, *, thoroughly: bool) -> int:
    mended = index(db, vectors)
    [(count,)] = db.rows("SELECT count(*) FROM passages")
    if not thoroughly and vectors.count() == count:
        return mended
    stored, indexed = _ids(db), set(vectors.ids())
    vectors.delete(sorted(indexed - stored))
    with db.transaction():
        for chunk in chunks(sorted(stored - indexed)):
            db.execute(f"UPDATE passages SET indexed = 0 WHERE id IN ({marks(chunk)})", chunk)
    mended += index(db, vectors) + len(indexed - stored)
    vectors.trust()
    return mended


def check(db: Database, vectors: VectorIndex, *, writable: bool) -> list[str]:
    """What is wrong with an archive, a sentence each; an empty list when all is well.

    Args:
        writable: whether SQLite can write, which it has to, to compare the word index with the passages.
    """
    wrong = [f"SQLite: {row[0]}" for row in db.rows("PRAGMA integrity_check") if row[0] != "ok"]
    wrong += [f"SQLite: a row of {row[0]} points at nothing" for row in db.rows("PRAGMA foreign_key_check")]
    if writable and not _words_agree(db):
        wrong.append("the word index differs from the passages")
    return [*wrong, *_index_faults(db, vectors), *_vector_faults(db), *_span_faults(db)]


def _words_agree(db: Database) -> bool:
    """Whether the word index holds what the passages say."""
    with db.writing():
        try:
            db.execute("INSERT INTO passage_words (passage_words, rank) VALUES ('integrity-check', 1)")
        except sqlite3.OperationalError:  # such as a full disk, which says nothing of the index
            raise
        except sqlite3.DatabaseError:
            return False
    return True


def _index_faults(db: Database, vectors: VectorIndex) -> Iterator[str]:
    try:
        stored, indexed = _ids(db), set(vectors.ids())
    except VectorsAway as error:
        yield f"the vector index could not be looked at: {error}"
        return
    if missing := len(stored - indexed):
        yield f"the vector index lacks {missing} of {len(stored)} passages"
    if orphans := len(indexed - stored):
        yield f"the vector index has {orphans} passages that the archive does not"


def _vector_faults(db: Database) -> Iterator[str]:
    dimensions = int(recipe.read(db).get("dimensions", 0))
    [(unencoded,)] = db.rows(
        "SELECT count(*) FROM passages LEFT JOIN embeddings ON passage = id "
        "WHERE vector IS NULL OR length(vector) <> ?",
        (2 * dimensions,),
    )
    if unencoded:
        yield f"{unencoded} passages have no vector, or one of another length than {dimensions}"


def _span_faults(db: Database) -> Iterator[str]:
    for article in every_article(db):
        if bad := [passage for passage in passages_of(db, article.id) if not _fits(passage, article.text)]:
            yield f"article {article.id} ({article.title}): {len(bad)} passages lie outside its text"


def _fits(passage: Passage, text: str) -> bool:
    """Whether a passage lies in ``text``, and its sentences in it, in order."""
    ends = [passage.start, *(end for span in passage.sentences for end in span), passage.end]
    return (
        0 <= passage.start < passage.end <= len(text)
        and ends == sorted(ends)
        and bool(passage.sentences)
        and all(start < end for start, end in passage.sentences)
    )


def _ids(db: Database) -> set[int]:
    return {row[0] for row in db.rows("SELECT id FROM passages")}
