"""How values stand in the tables: articles, passages, vectors, and the scope of a search as a condition."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ingest.article import Article, Passage, Span
from ingest.database import Database, marks
from ingest.stored import Scope

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "ARTICLE",
    "VERSION",
    "article_columns",
    "article_from",
    "condition",
    "every_article",
    "passage_from",
    "passages_of",
    "sentences_blob",
    "vector_blob",
    "vectors_from",
]

VERSION = (
    "title, text, url, source, authors, published, updated, language, date_note, section, description, place, captions"
)
"""The columns that ``articles`` and ``versions`` have in common."""
ARTICLE = f"id, {VERSION}"
"""The columns of ``articles`` that make an :class:`Article`."""


def article_columns(article: Article) -> dict[str, Any]:
    """What stands in the columns of ``articles``, other than what names the article there."""
    return {
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
        "section": article.section,
        "description": article.description,
        "place": article.place,
        "captions": json.dumps(article.captions),
    }


def article_from(row: Sequence[Any]) -> Article:
    """An article from a row of :data:`ARTICLE`."""
    id, title, text, url, source, authors, published, updated, language, note, section, description, place, captions = (
        row
    )
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
        date_note=note,
        section=section,
        description=description,
        place=place,
        captions=tuple(Span(*pair) for pair in json.loads(captions)),
    )


def every_article(db: Database) -> Iterator[Article]:
    """Every article, oldest addition first."""
    last = 0
    while rows := db.rows(
        f"SELECT {ARTICLE}, number FROM articles WHERE number > ? ORDER BY number LIMIT 200", (last,)
    ):
        yield from (article_from(row[:-1]) for row in rows)
        last = rows[-1][-1]


def passage_from(row: Sequence[Any]) -> Passage:
    """A passage from a row of id, start, end, sentences, article id."""
    import numpy as np

    pairs = np.frombuffer(row[3], dtype="<u4").reshape(-1, 2).tolist()
    return Passage(
        start=row[1], end=row[2], sentences=tuple(Span(*pair) for pair in pairs), id=row[0], article_id=row[4]
    )


def passages_of(db: Database, article_id: str) -> list[Passage]:
    """The passages of an article, in order; none if there is no such article."""
    rows = db.rows(
        'SELECT passages.id, start, "end", sentences, articles.id FROM passages '
        "JOIN articles ON number = article WHERE articles.id = ? ORDER BY start",
        (article_id,),
    )
    return [passage_from(row) for row in rows]


def sentences_blob(passage: Passage) -> bytes:
    """A passage's sentences as they are stored."""
    import numpy as np

    return np.array(passage.sentences, dtype="<u4").tobytes()


def vector_blob(vector: NDArray[np.float32]) -> bytes:
    """A vector as it is stored."""
    return vector.astype("<f2").tobytes()


def vectors_from(blobs: Sequence[bytes]) -> NDArray[np.float32]:
    """Vectors from what is stored of them, of shape ``(len(blobs), dimensions)``."""
    import numpy as np

    stored = np.frombuffer(b"".join(blobs), dtype="<f2").astype(np.float32)
    return stored.reshape(len(blobs), -1) if blobs else stored.reshape(0, 0)


def condition(scope: Scope | None) -> tuple[str, list[str]]:
    """An SQL condition on ``articles`` that holds for those within ``scope``, and its arguments."""
    scope = scope or Scope()
    clauses, arguments = ["1"], []
    for clause, value in (("day >= ?", scope.published_from), ("day <= ?", scope.published_to)):
        if value:
            clauses.append(clause)
            arguments.append(value)
    for column, names in (("source", scope.sources), ("section", scope.sections)):
        if names:
            clauses.append(f"casefold({column}) IN ({marks(names)})")
            arguments += [name.casefold() for name in names]
    return " AND ".join(clauses), arguments
