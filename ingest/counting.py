"""Counting the articles that have certain words. It knows the tables, and nothing of questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.database import Database
from ingest.rows import condition
from ingest.stored import Scope

__all__ = ["Mentions", "mentions"]


@dataclass(frozen=True, slots=True)
class Mentions:
    """The articles that have certain words.

    Attributes:
        articles: how many there are.
        first, last: the first and the last day among them (ISO 8601), None when none is dated.
        sources: their outlets with the number of their articles, most first.
        best: the ids of those that the words fit best, best first.
        newest: the ids of the newest, newest first.
    """

    articles: int
    first: str | None
    last: str | None
    sources: tuple[tuple[str, int], ...]
    best: tuple[str, ...]
    newest: tuple[str, ...]


def mentions(db: Database, phrases: Sequence[str], *, scope: Scope | None = None, keep: int = 8) -> Mentions:
    """The articles that have all of ``phrases`` in one passage and the headline together.

    Words are compared by their stems, so that "floods" is "flood"; those of one phrase follow each other.

    Args:
        phrases: none of them for all articles.
        scope: only articles within it.
        keep: how many ids of the best and of the newest are returned at most.
    """
    within, arguments = condition(scope)
    hits, words = "SELECT number AS article, 0.0 AS rank FROM articles", list[str]()
    if query := _query(phrases):
        # The limit keeps SQLite from merging the two queries, in which "rank" would have no meaning.
        hits = (
            "SELECT passages.article AS article, min(hit.rank) AS rank FROM "
            "(SELECT rowid AS id, rank FROM passage_words WHERE passage_words MATCH ? LIMIT -1) AS hit "
            "JOIN passages ON passages.id = hit.id GROUP BY passages.article"
        )
        words = [query]
    rows = db.rows(
        f"SELECT articles.id, day, source FROM ({hits}) AS found JOIN articles ON articles.number = found.article "
        f"WHERE {within} ORDER BY found.rank, published DESC, number DESC",
        [*words, *arguments],
    )
    days = sorted(day for _, day, _ in rows if day)
    outlets = [source for _, _, source in rows if source]
    counts = {source: outlets.count(source) for source in dict.fromkeys(outlets)}
    newest = sorted(rows, key=lambda row: row[1] or "", reverse=True)
    return Mentions(
        articles=len(rows),
        first=days[0] if days else None,
        last=days[-1] if days else None,
        sources=tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0]))),
        best=tuple(row[0] for row in rows[:keep]),
        newest=tuple(row[0] for row in newest[:keep]),
    )


def _query(phrases: Sequence[str]) -> str:
    """``phrases`` as an FTS5 query, which reads up to the first NUL, and has no use for what is no character."""
    fit = (phrase.replace("\0", " ").encode("utf-8", "replace").decode() for phrase in phrases)
    return " AND ".join('"' + phrase.replace('"', '""') + '"' for phrase in fit if phrase.strip())
