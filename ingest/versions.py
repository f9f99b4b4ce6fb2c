"""What an article said over time, and what changed from one version to the next."""

from __future__ import annotations

from dataclasses import fields
from difflib import unified_diff

from ingest.article import Article
from ingest.database import Database
from ingest.rows import ARTICLE, VERSION, article_from
from ingest.sentences import sentences
from ingest.stored import Version

__all__ = ["changed", "diff", "versions_of"]

# What readers of another version of Dateline may find, or not, on a page that is the same.
_FOUND = ("section", "description", "place", "captions", "language", "date_note")
# What versions of schema 1 do not know, and the article itself had.
_KEPT = ("url", "source", "authors", "language", "date_note")


def versions_of(db: Database, id: str) -> list[Version]:
    """What the article has said, oldest first, the last one being what it says now; empty if there is no such article.

    A text that came and went several times counts where it was replaced last, and where it stands now. What differs
    only in what was found on the page, such as a description where none was known before, is one version.
    """
    current = db.rows(f"SELECT added, {ARTICLE} FROM articles WHERE id = ?", (id,))
    if not current:
        return []
    rows = db.rows(
        f"SELECT versions.added, replaced, id, {', '.join(map(_version_column, VERSION.split(', ')))} "
        "FROM versions JOIN articles ON number = article WHERE id = ? ORDER BY replaced",
        (id,),
    )
    found = [(row[0], row[1], article_from(row[2:])) for row in rows]
    found.append((current[0][0], None, article_from(current[0][1:])))
    kept: list[Version] = []
    for added, replaced, article in found:
        if kept and not changed(kept[-1].article, article):
            added = kept.pop().added
        kept.append(Version(len(kept) + 1, article, added, replaced))
    return kept


def _version_column(name: str) -> str:
    if name == "captions":
        return "coalesce(versions.captions, '[]')"
    # Only the first schema has no authors.
    return f"iif(versions.authors IS NULL, articles.{name}, versions.{name})" if name in _KEPT else f"versions.{name}"


def changed(old: Article, new: Article) -> tuple[str, ...]:
    """The names of the fields in which an outlet's article differs from what it was."""

    def differs(name: str) -> bool:
        before, after = getattr(old, name), getattr(new, name)
        return before != after and (name not in _FOUND or bool(before and after))

    return tuple(
        field.name for field in fields(Article) if field.name not in ("id", "captions") and differs(field.name)
    )


def diff(old: Version, new: Version) -> list[str]:
    """What changed, as lines of a unified diff: the fields, such as ``title: Thaw``, then the text by sentences."""
    names = [name for name in changed(old.article, new.article) if name != "text"]
    before, after = (
        [f"{name}: {_shown(getattr(version.article, name))}" for name in names] + _sentences(version.article.text)
        for version in (old, new)
    )
    return list(
        unified_diff(
            before,
            after,
            f"version {old.number}",
            f"version {new.number}",
            fromfiledate=old.added,
            tofiledate=new.added,
            n=1,
            lineterm="",
        )
    )


def _shown(value: str | tuple[str, ...] | None) -> str:
    return ", ".join(value) if isinstance(value, tuple) else value or ""


def _sentences(text: str) -> list[str]:
    return [" ".join(span.cut(text).split()) for span in sentences(text)]
