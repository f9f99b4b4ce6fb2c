"""Stories: articles that are copies of each other, kept in step with the articles as they come and go.

Articles with the same text share a *wording*, where the text says something of their headline; where it does not, as a
notice in place of the articles, those with the same headline do. Wordings that :mod:`ingest.likeness` finds alike are
linked, and a story is what hangs together by such links. Only pairs are decided on, by their texts and days, so that
the same articles make the same stories in whatever order they come. The cost of an article does not grow with the
archive: it is compared with those that share a key with it, the nearest of them if there are many.

Articles with one text are always one story. So each wording is linked to a number below zero that stands for its text,
and by it to all that have the same one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date
from typing import Any

from ingest.article import Article
from ingest.database import Database, chunks, marks
from ingest.likeness import (
    BANDS,
    SOON,
    Signature,
    fingerprint,
    headlines_alike,
    is_about,
    likeness,
    nearness,
    recipe,
    signature,
    text_number,
    wording,
)
from ingest.rows import ARTICLE, article_from, condition
from ingest.stored import Scope, Story

__all__ = ["catch_up", "check", "clear", "enter", "leave", "members", "notices", "pending", "stories", "story_of"]

_NEAR = 0.2
"""Signatures that agree in a smaller share are not compared in full: of a pair that would do, all but one in 100,000
agree in more."""
_MOST = 50
"""As many wordings are looked at for each key, and compared in full: reports made after one pattern share keys by the
thousand. Only then can the order in which articles come matter."""
_SHARING = " UNION ".join(
    f"SELECT * FROM (SELECT wording FROM wording_keys WHERE key = ? LIMIT {_MOST})" for _ in range(2 * BANDS)
)
_BATCH = 200
_EARLIEST = "julianday(published) IS NULL, julianday(published), id"


# Keeping step, each within a transaction


def enter(db: Database, number: int, article: Article) -> None:
    """Find the story of an article that has come in or has changed; it must belong to none."""
    about = is_about(article.text, article.title, article.source)
    print_ = fingerprint(article.text, article.title, about=about)
    found = db.rows("SELECT number FROM wordings WHERE fingerprint = ?", (print_,))
    known = found[0][0] if found else _new_wording(db, print_, article.text, None if about else article.title)
    db.execute("UPDATE articles SET wording = ?, story = ? WHERE number = ?", (known, known, number))
    if found:
        _gather(db, [known])
    else:
        _join(db, known)


def leave(db: Database, number: int) -> None:
    """Take an article out of its story, before it is removed or changed."""
    [(known, story)] = db.rows("SELECT wording, story FROM articles WHERE number = ?", (number,))
    if known is None:
        return
    db.execute("UPDATE articles SET wording = NULL, story = NULL WHERE number = ?", (number,))
    linked = db.rows("SELECT 1 FROM alike WHERE one = ? LIMIT 1", (known,))
    if not db.rows("SELECT 1 FROM articles WHERE wording = ? LIMIT 1", (known,)):
        _drop_wording(db, known)
    if linked:
        _gather(db, [row[0] for row in db.rows("SELECT DISTINCT wording FROM articles WHERE story = ?", (story,))])


def clear(db: Database) -> None:
    """Forget all stories."""
    for table in ("wordings", "wording_keys", "alike", "story_recipe"):
        db.execute(f"DELETE FROM {table}")
    db.execute("UPDATE articles SET wording = NULL, story = NULL WHERE wording IS NOT NULL")


def pending(db: Database) -> int:
    """How many articles have no story yet: those of an archive that was made before there were stories."""
    if db.rows("SELECT 1 FROM story_recipe WHERE value <> ?", (recipe(),)):
        return int(db.rows("SELECT count(*) FROM articles")[0][0])
    return int(db.rows("SELECT count(*) FROM articles WHERE wording IS NULL")[0][0])


def catch_up(db: Database, *, on_progress: Callable[[int, int], None] | None = None) -> int:
    """Find the stories of all articles that have none yet. To be used outside of a transaction.

    Args:
        on_progress: is called with the articles done and their total.

    Returns:
        How many articles there were.
    """
    total = pending(db)
    if not db.rows("SELECT 1 FROM story_recipe WHERE value = ?", (recipe(),)):
        with db.writing(), db.transaction():
            clear(db)
            db.execute("INSERT INTO story_recipe VALUES (?)", (recipe(),))
    done = 0
    while rows := db.rows(f"SELECT number, {ARTICLE} FROM articles WHERE wording IS NULL LIMIT {_BATCH}"):
        with db.writing(), db.transaction():
            for row in rows:
                # It may have changed or gone since it was read.
                if db.rows(
                    "SELECT 1 FROM articles WHERE number = ? AND wording IS NULL AND text = ?", (row[0], row[3])
                ):
                    enter(db, row[0], article_from(row[1:]))
        done += len(rows)
        if on_progress:
            on_progress(done, total)
    return done


def _new_wording(db: Database, print_: bytes, text: str, headline: str | None) -> int:
    """Enter a wording with its links; ``headline`` is None where the text is about it."""
    words = wording(text)
    sign = signature(words, headline)
    number = db.execute(
        "INSERT INTO wordings (fingerprint, text, headline) VALUES (?, ?, ?)", (print_, sign.text, sign.headline)
    )
    for other, hollow in _near(db, sign):
        [(their_text, their_title)] = db.rows("SELECT text, title FROM articles WHERE wording = ? LIMIT 1", (other,))
        if headline is not None and hollow and not headlines_alike(headline, their_title):
            continue
        if like := likeness(words, wording(their_text)):
            facts = (like == "ever", hollow != (headline is not None))
            db.executemany("INSERT INTO alike VALUES (?, ?, ?, ?)", [(number, other, *facts), (other, number, *facts)])
    same = text_number(text)
    db.executemany("INSERT INTO alike VALUES (?, ?, 1, 0)", [(number, same), (same, number)])
    db.executemany("INSERT OR IGNORE INTO wording_keys VALUES (?, ?)", [(key, number) for key in sign.listed()])
    return number


def _near(db: Database, sign: Signature) -> list[tuple[int, bool]]:
    """The wordings that share a key with a signature, less those that it shows to be far, and whether they say nothing
    of their headlines."""
    rows = db.rows(
        f"SELECT number, headline IS NOT NULL, text FROM wordings WHERE number IN ({_SHARING})", sign.wanted()
    )
    shares = nearness(sign.text, [row[2] for row in rows]) if rows else []
    near = sorted(zip(shares, rows, strict=True), key=lambda pair: -pair[0])[:_MOST]
    return [(row[0], bool(row[1])) for share, row in near if share >= _NEAR]


def _drop_wording(db: Database, number: int) -> None:
    [row] = db.rows("SELECT text, headline FROM wordings WHERE number = ?", (number,))
    listed = [(key, number) for key in Signature(*row).listed()]
    db.executemany("DELETE FROM wording_keys WHERE key = ? AND wording = ?", listed)
    linked = db.rows("SELECT other FROM alike WHERE one = ?", (number,))
    db.executemany("DELETE FROM alike WHERE one = ? AND other = ?", [(other, number) for (other,) in linked])
    db.execute("DELETE FROM alike WHERE one = ?", (number,))
    db.execute("DELETE FROM wordings WHERE number = ?", (number,))


def _join(db: Database, number: int) -> None:
    """Make one story of a wording that is new and of those that it is linked to."""
    linked = [other for other in _reached(db, number, linked=True) if other != number]
    if not linked:
        return
    rows = db.rows(f"SELECT DISTINCT story FROM articles WHERE wording IN ({marks(linked)})", linked)
    labels = [row[0] for row in rows]
    own = min(labels)
    db.execute(
        f"UPDATE articles SET story = ? WHERE story IN ({marks(labels)}, ?) AND story <> ?", (own, *labels, number, own)
    )


def _gather(db: Database, starts: Iterable[int]) -> None:
    """Make one story of all that hangs together with each of the wordings ``starts``."""
    seen: set[int] = set()
    for start in starts:
        if start in seen:
            continue
        group = _reached(db, start)
        seen |= group
        for chunk in chunks(sorted(group)):
            db.execute(
                f"UPDATE articles SET story = ? WHERE wording IN ({marks(chunk)}) AND story IS NOT ?",
                (min(group), *chunk, min(group)),
            )


def _reached(db: Database, start: int, *, linked: bool = False) -> set[int]:
    """The wordings that hang together with ``start``, itself among them; only those ``linked`` to it if so wished."""
    reached, left = {start}, [start]
    while left:
        one = left.pop()
        # Those with one text are of one story already: where only the linked ones are wanted, any two of them will do.
        some = "LIMIT 2" if linked and one < 0 else ""
        for other, ever, headlines in db.rows(f"SELECT other, ever, headlines FROM alike WHERE one = ? {some}", (one,)):
            if (
                other not in reached
                and (ever or _soon(_all(db, "day", one), _all(db, "day", other)))
                and (not headlines or _like_headlines(_all(db, "title", one), _all(db, "title", other)))
            ):
                reached.add(other)
                if not linked or other < 0:
                    left.append(other)
    return {number for number in reached if number > 0}


def _all(db: Database, column: str, wording: int) -> list[Any]:
    """What the articles with a wording have in a column, each value once."""
    return [row[0] for row in db.rows(f"SELECT DISTINCT {column} FROM articles WHERE wording = ?", (wording,))]


def _like_headlines(one: Sequence[str], other: Sequence[str]) -> bool:
    return any(headlines_alike(first, second) for first in one for second in other)


def _soon(one: Sequence[str | None], other: Sequence[str | None]) -> bool:
    """Whether some two of the days lie close to each other; one that is not known may be any."""
    if None in one or None in other:
        return True
    return any(abs((_day(first) - _day(second)).days) <= SOON for first in one for second in other if first and second)


def _day(iso: str) -> date:
    try:
        return date.fromisoformat(iso)
    except ValueError:  # such as a month, "2024-03"
        return date.fromisoformat(f"{iso}-01-01"[:10])


# Reading


def story_of(db: Database, ids: Collection[str]) -> dict[str, str]:
    """The story of each of these articles: the id of its earliest member. Ids that are not there are left out."""
    own: dict[str, int | None] = {}
    for some in chunks(list(ids)):
        own |= dict(db.rows(f"SELECT id, story FROM articles WHERE id IN ({marks(some)})", some))
    first: dict[int, str] = {}
    for few in chunks(sorted({story for story in own.values() if story is not None})):
        rows = db.rows(f"SELECT story, id FROM articles WHERE story IN ({marks(few)}) ORDER BY {_EARLIEST}", few)
        for story, id in rows:
            first.setdefault(story, id)
    return {id: id if story is None else first[story] for id, story in own.items()}


def members(db: Database, id: str) -> list[Article]:
    """The articles of the story that the article of that id belongs to, earliest first; none if there is no such."""
    rows = db.rows(
        f"SELECT {ARTICLE} FROM articles WHERE id = ?1 OR story = (SELECT story FROM articles WHERE id = ?1) "
        f"ORDER BY {_EARLIEST}",
        (id,),
    )
    return [article_from(row) for row in rows]


def stories(db: Database, *, scope: Scope | None, limit: int, offset: int) -> list[Story]:
    """Stories with an article within ``scope``, those with the latest first article first, undated ones last."""
    within, arguments = condition(scope)
    rows = db.rows(
        "WITH placed AS (SELECT id, published, coalesce(story, -number) AS story, "
        f"row_number() OVER (PARTITION BY coalesce(story, -number) ORDER BY {_EARLIEST}) AS place FROM articles) "
        "SELECT id, story FROM placed WHERE place = 1 AND story IN "
        f"(SELECT coalesce(story, -number) FROM articles WHERE {within}) "
        "ORDER BY published IS NULL, julianday(published) DESC, id LIMIT ? OFFSET ?",
        [*arguments, limit, offset],
    )
    return [Story(id, tuple(members(db, id))) for id, _ in rows]


def notices(db: Database) -> list[list[str]]:
    """Ids of articles that have one and the same text, which says nothing of their headlines, most first."""
    found: dict[bytes, list[str]] = {}
    for text, id in db.rows(
        "SELECT wordings.text, id FROM articles JOIN wordings ON wordings.number = wording "
        "WHERE headline IS NOT NULL ORDER BY articles.number"
    ):
        found.setdefault(text, []).append(id)
    return sorted((ids for ids in found.values() if len(ids) > 1), key=len, reverse=True)


# Checking


def check(db: Database) -> list[str]:
    """What is wrong with the stories, a sentence each: articles whose text is not that of their wording, and stories
    that differ from what hangs together."""
    wrong = 0
    groups: dict[int, set[int]] = {}
    last = 0
    while rows := db.rows(
        "SELECT articles.number, articles.text, title, source, wording, story, fingerprint "
        "FROM articles LEFT JOIN wordings "
        "ON wordings.number = wording WHERE articles.number > ? ORDER BY articles.number LIMIT 500",
        (last,),
    ):
        for number, text, title, source, known, story, print_ in rows:
            last = number
            if known is not None:
                wrong += print_ != fingerprint(text, title, about=is_about(text, title, source))
                groups.setdefault(story, set()).add(known)
    faults = [f"{wrong} articles have another text than their story knows"] if wrong else []
    torn = sum(_reached(db, min(group)) != group for group in groups.values())
    return [*faults, *([f"{torn} stories do not hang together"] if torn else [])]
