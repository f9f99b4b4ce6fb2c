"""What storing and removing articles does to the tables. The caller brings the transaction, and the vector index."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from ingest import manifest, stories
from ingest.article import Article
from ingest.database import Database
from ingest.identity import content_hash, identity, made_id, ours, place, words_hash
from ingest.rows import VERSION, article_columns, sentences_blob, vector_blob
from ingest.stored import Outcome, Prepared

__all__ = ["Match", "find", "remove", "store"]


class Match(NamedTuple):
    """What storing an article would do, the number of the article that it is (None for a new one), that article's id
    (empty for a new one), and what makes another article the same one."""

    outcome: Outcome
    number: int | None
    id: str
    identity: str


def find(db: Database, article: Article, origin: str, *, nth: int = 1) -> Match:
    """Which article of the archive ``article`` is; the arguments are those of :class:`Prepared`."""
    what = identity(article, origin, nth=nth)
    if (row := _namesake(db, article, what)) is not None:
        number, id, current = row
        content = content_hash(article)
        same = current == content or _elsewhere(db, number, content, origin)
        return Match("unchanged" if same else "updated", number, id, what)
    if (twin := _twin(db, article)) is not None:
        return Match("unchanged", *twin, what)
    return Match("added", None, "", what)


def store(db: Database, prepared: Prepared) -> tuple[Outcome, str]:
    """Store an article, unless nothing in it is new: what was done, and its id."""
    article = prepared.article
    found = find(db, article, prepared.origin, nth=prepared.nth)
    if found.outcome == "unchanged":
        return found.outcome, found.id
    now = datetime.now(UTC).isoformat(timespec="microseconds")
    columns = {**article_columns(article), "content": content_hash(article), "added": now}
    if found.number is None:
        id = _free_id(db, article, found.identity)
        number = _insert(db, {**columns, "identity": found.identity, "id": id})
    else:
        id, number = found.id, found.number
        _replace(db, number, columns, now)
    _add_passages(db, number, prepared)
    stories.enter(db, number, article)
    return found.outcome, id


def remove(db: Database, ids: Iterable[str]) -> int:
    """Remove articles with all their passages and versions, and count those that there were."""
    removed = 0
    for id in dict.fromkeys(ids):
        for (number,) in db.rows("SELECT number FROM articles WHERE id = ?", (id,)):
            _drop_passages(db, number)
            # The file is to be read again when it is ingested again.
            manifest.forget(db, number)
            stories.leave(db, number)
            db.execute("DELETE FROM articles WHERE number = ?", (number,))
            removed += 1
    return removed


def _namesake(db: Database, article: Article, identity: str) -> tuple[int, str, str] | None:
    """The article that goes by the same id of our making, else by the same identity: number, id, content hash."""
    names = (("id", article.id), ("identity", identity)) if ours(article) else (("identity", identity),)
    for column, name in names:
        for number, id, content in db.rows(f"SELECT number, id, content FROM articles WHERE {column} = ?", (name,)):
            return number, id, content
    return None


def _twin(db: Database, article: Article) -> tuple[int, str] | None:
    """The article that says the same under another name, number and id: a file that was copied or renamed."""
    if article.url or ours(article):
        return None
    for number, id, other in db.rows(
        # An archive that knew no sections and captions has the second of these.
        "SELECT number, id, identity FROM articles WHERE content IN (?, ?) ORDER BY number",
        (content_hash(article), words_hash(article)),
    ):
        # Records that their files tell apart by ids are as many articles, even where they say the same.
        apart = article.id and other.startswith("record ") and not other.endswith(f" {article.id}")
        if not apart or article.id == id:
            return number, id
    return None


def _elsewhere(db: Database, number: int, content: str, origin: str) -> bool:
    """Whether an article's older text is found once more because some file still has it.

    That is no news: repeating an ingest of two files that hold two texts of one article must change nothing. The file
    that alone holds the article may well go back to what it said before.
    """
    path, record = place(origin)
    if not db.rows("SELECT 1 FROM versions WHERE article = ? AND content = ?", (number, content)):
        return False
    return bool(record) or bool(
        db.rows("SELECT 1 FROM file_articles WHERE article = ? AND path <> ? LIMIT 1", (number, path))
    )


def _free_id(db: Database, article: Article, identity: str) -> str:
    """The article's own id if no other article has it, else one that is made of what it is.

    One that is found by its URL has the same id in every archive. A path means another file on another machine, so what
    the article says counts there too.
    """
    made = identity if article.url else f"{identity} {words_hash(article)}"
    id = article.id or made_id(made)
    while db.rows("SELECT 1 FROM articles WHERE id = ?", (id,)):
        id, made = made_id(made), made + "'"
    return id


def _insert(db: Database, columns: dict[str, Any]) -> int:
    """A new row of ``articles``: its number."""
    return db.execute(
        f"INSERT INTO articles ({', '.join(columns)}) VALUES ({', '.join(':' + name for name in columns)})", columns
    )


def _replace(db: Database, number: int, columns: dict[str, Any], now: str) -> None:
    """Put what an article says now in place of what it said, which becomes a version of it."""
    columns_kept = f"content, added, {VERSION}"
    db.execute(
        f"INSERT OR REPLACE INTO versions (article, replaced, {columns_kept}) "
        f"SELECT number, ?, {columns_kept} FROM articles WHERE number = ?",
        (now, number),
    )
    _drop_passages(db, number)
    stories.leave(db, number)
    changes = ", ".join(f"{name} = :{name}" for name in columns)
    db.execute(f"UPDATE articles SET {changes} WHERE number = :number", {**columns, "number": number})


def _add_passages(db: Database, number: int, prepared: Prepared) -> None:
    for passage, vector in zip(prepared.passages, prepared.vectors, strict=True):
        id = db.execute(
            'INSERT INTO passages (article, start, "end", sentences) VALUES (?, ?, ?, ?)',
            (number, passage.start, passage.end, sentences_blob(passage)),
        )
        db.execute("INSERT INTO embeddings VALUES (?, ?)", (id, vector_blob(vector)))
    db.execute(
        "INSERT INTO passage_words (rowid, title, body) SELECT id, title, body FROM passage_source "
        "WHERE id IN (SELECT id FROM passages WHERE article = ?)",
        (number,),
    )


def _drop_passages(db: Database, number: int) -> None:
    """Forget an article's passages; the vector index follows. The article must still have the text and title that they
    were indexed with: that is how FTS5 finds what to forget."""
    db.execute(
        "INSERT INTO passage_words (passage_words, rowid, title, body) SELECT 'delete', id, title, body "
        "FROM passage_source WHERE id IN (SELECT id FROM passages WHERE article = ?)",
        (number,),
    )
    db.execute("INSERT INTO dropped SELECT id FROM passages WHERE article = ?", (number,))
    db.execute("DELETE FROM passages WHERE article = ?", (number,))
