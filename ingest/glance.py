"""What an archive shows at a glance: the articles that came in last, and the stories that most outlets carry."""

from __future__ import annotations

from ingest import stories
from ingest.article import Article
from ingest.database import Database
from ingest.rows import ARTICLE, article_from
from ingest.stored import Story

__all__ = ["latest", "widest"]


def latest(db: Database, limit: int) -> list[tuple[Article, str]]:
    """The articles that came in last, latest first, with the moment that each did (ISO 8601, UTC)."""
    rows = db.rows(f"SELECT {ARTICLE}, added FROM articles ORDER BY number DESC LIMIT ?", (limit,))
    return [(article_from(row[:-1]), row[-1]) for row in rows]


def widest(db: Database, limit: int) -> list[Story]:
    """The stories of two articles or more, those of the most outlets first, then those of the most articles."""
    rows = db.rows(
        "SELECT (SELECT id FROM articles AS one WHERE one.story = every.story LIMIT 1) FROM articles AS every "
        "WHERE story IS NOT NULL GROUP BY story HAVING count(*) > 1 "
        "ORDER BY count(DISTINCT source) DESC, count(*) DESC, max(day) DESC LIMIT ?",
        (limit,),
    )
    found = [stories.members(db, id) for (id,) in rows]
    return [Story(members[0].id, tuple(members)) for members in found if members]
