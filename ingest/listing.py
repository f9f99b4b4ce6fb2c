"""The articles that a list shows: chosen by day, outlet, section, language and words, counted, and given in pages."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from ingest.article import Article
from ingest.database import Database
from ingest.rows import ARTICLE, article_from, condition
from ingest.stored import Scope

__all__ = ["Page", "Place", "Selected", "Selection"]

Place = tuple[str | None, int]
"""Where a page ended: when its last article was published, and the article's number."""

_MOST_WORDS = 16
_WORDS = re.compile(r'"([^"]*)"|(\S+)')
_ORDER = "published IS NULL, published DESC, number DESC"


@dataclass(frozen=True, slots=True)
class Selection:
    """Which articles are meant; those that meet all of it.

    Attributes:
        scope: days, outlets and sections.
        language: what the article says of itself; ``"en"`` is ``"en-GB"`` too. None for any.
        text: words that stand in the article or its headline, in any order and any form; those in double quotes follow
            each other. None for any article, and words without a letter or a digit for none.
        ids: only these articles; None for any.
    """

    scope: Scope = field(default_factory=Scope)
    language: str | None = None
    text: str | None = None
    ids: Collection[str] | None = None

    def __bool__(self) -> bool:
        given = (self.language, self.text, self.ids)
        return bool(self.scope) or any(value is not None for value in given)


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the articles of a list, and where the list goes on; ``following`` is None at its end."""

    articles: tuple[Article, ...]
    following: Place | None


class Selected:
    """The articles of an archive that a selection means, looked up anew with every call."""

    def __init__(self, db: Database, selection: Selection) -> None:
        self._db = db
        self._within, self._arguments = _condition(selection)

    def count(self) -> int:
        """How many there are."""
        return int(self._db.rows(f"SELECT count(*) FROM articles WHERE {self._within}", self._arguments)[0][0])

    def ids(self, limit: int = -1) -> list[str]:
        """Their ids, newest first, undated ones last; all of them unless limited."""
        rows = self._db.rows(
            f"SELECT id FROM articles WHERE {self._within} ORDER BY {_ORDER} LIMIT ?", [*self._arguments, limit]
        )
        return [row[0] for row in rows]

    def days(self) -> list[tuple[str | None, int]]:
        """The days that they are of, with how many are; None for those without one, which come first."""
        return self._db.rows(
            f"SELECT day, count(*) FROM articles WHERE {self._within} GROUP BY day ORDER BY day", self._arguments
        )

    def sources(self) -> list[tuple[str, int]]:
        """Their outlets, with how many are of each, most first."""
        return self._counts("source")

    def sections(self) -> list[tuple[str, int]]:
        """The sections that they stand in, with how many do, most first."""
        return self._counts("section")

    def languages(self) -> list[tuple[str, int]]:
        """Their languages, with how many are in each, most first."""
        return self._counts("language")

    def page(self, *, limit: int, offset: int = 0, after: Place | None = None) -> Page:
        """``limit`` of them at most, newest first, undated ones last.

        Args:
            offset: how many are passed over.
            after: where the page before ended. Unlike an offset, it misses and repeats none when articles come and go.
        """
        within, arguments = self._within, list(self._arguments)
        if after is not None:
            # NULLs come last, so what follows a date are older ones, and all that have none.
            published, number = after
            later = "published IS NULL AND number < ?" if published is None else _LATER
            within = f"{within} AND ({later})"
            arguments += [number] if published is None else [published, published, number]
        rows = self._db.rows(
            f"SELECT {ARTICLE}, number FROM articles WHERE {within} ORDER BY {_ORDER} LIMIT ? OFFSET ?",
            [*arguments, limit + 1, offset],
        )
        articles = tuple(article_from(row[:-1]) for row in rows[:limit])
        more = len(rows) > limit
        return Page(articles, (articles[-1].published, int(rows[limit - 1][-1])) if more and articles else None)

    def _counts(self, column: str) -> list[tuple[str, int]]:
        return self._db.rows(
            f"SELECT {column}, count(*) FROM articles WHERE {column} IS NOT NULL AND {self._within} "
            f"GROUP BY {column} ORDER BY 2 DESC, 1",
            self._arguments,
        )


_LATER = "published IS NULL OR published < ? OR (published = ? AND number < ?)"


def _condition(selection: Selection) -> tuple[str, list[Any]]:
    """An SQL condition on ``articles`` that holds for those that are meant, and its arguments."""
    within, given = condition(selection.scope)
    clauses, arguments = [within], list[Any](given)
    if selection.language is not None:
        language = selection.language.casefold()
        clauses.append("(casefold(language) = ? OR substr(casefold(language), 1, ?) = ?)")
        arguments += [language, len(language) + 1, f"{language}-"]
    if selection.ids is not None:
        clauses.append("id IN (SELECT value FROM json_each(?))")
        arguments.append(json.dumps(list(selection.ids)))
    if selection.text is not None:
        phrases = _phrases(selection.text)
        clauses += [_HAS] * len(phrases) or ["0"]
        arguments += phrases
    return " AND ".join(clauses), arguments


_HAS = (
    "number IN (SELECT passages.article FROM passage_words JOIN passages ON passages.id = passage_words.rowid "
    "WHERE passage_words MATCH ?)"
)


def _phrases(text: str) -> list[str]:
    """The words of ``text``, each an FTS5 query of its own."""
    found = (quoted or word for quoted, word in _WORDS.findall(text.replace("\0", " ")))
    fit = (phrase.encode("utf-8", "replace").decode() for phrase in found if re.search(r"\w", phrase))
    quoted = ('"' + phrase.replace('"', '""') + '"' for phrase in fit)
    return list(dict.fromkeys(quoted))[:_MOST_WORDS]
