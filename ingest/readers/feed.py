"""RSS and Atom feeds, by feedparser: what an entry states, and its text where the feed carries it whole.

It reads bytes; fetching feeds, and the articles behind their links, is not its work.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ingest.article import Article, Found, Skipped
from ingest.clean import line
from ingest.dates import date_in_url, parse_date

from . import markup
from .decode import Unreadable
from .fields import address, authors, host, language, opening_title, title_line
from .finish import finished
from .item import together

__all__ = ["Entry", "Feed", "read_entries", "read_feed", "to_article"]

_LARGEST = 20_000_000
_IS_FEED = re.compile(rb"<(?:\w+:)?(?:rss|feed|rdf)[\s>]", re.I)
_WHOLE = 120
"""A summary of so many words or more is taken for the article: some feeds have their texts there."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a feed says of one article.

    Attributes:
        link: where it stands, or None.
        title: the headline; empty when there is none.
        published, updated: as in :class:`~ingest.article.Article`.
        authors: the bylines.
        summary: what the feed says of it, as plain text.
        content: its whole text where the feed carries it, as HTML or as plain text; empty where it does not.
        section: its first category, or None.
        id: the feed's own name for it (guid).
    """

    link: str | None
    title: str = ""
    published: str | None = None
    updated: str | None = None
    authors: tuple[str, ...] = ()
    summary: str = ""
    content: str = ""
    section: str | None = None
    id: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed: the outlet's name, its address and language where they are stated, and the entries in its order."""

    title: str
    link: str | None
    language: str | None
    entries: tuple[Entry, ...]


def read_feed(data: bytes, *, url: str | None = None, content_type: str | None = None) -> Feed:
    """What a feed states.

    Args:
        data: the feed as it was saved or sent.
        url: where it was found; links in it that are relative are so to this.
        content_type: what the server said that it is, for its encoding.

    Raises:
        Unreadable: it is no feed, or too large to be one.
    """
    if len(data) > _LARGEST:
        raise Unreadable(f"has {len(data) / 2**20:,.0f} MB, more than a feed has")
    if not _IS_FEED.search(data.replace(b"\0", b"")[:20_000]):
        raise Unreadable("is XML, but no RSS or Atom feed")
    import feedparser

    sent = {"content-type": content_type} if content_type else {}
    if url:
        sent["content-location"] = url
    found = feedparser.parse(io.BytesIO(data), response_headers=sent)
    if not found.get("entries") and found.get("bozo"):
        raise Unreadable(f"is no feed that can be read: {str(found.get('bozo_exception'))[:200]}")
    about = found.get("feed", {})
    return Feed(
        title=line(markup.stripped(_field(about, "title")))[:200].rstrip(),
        link=address(_field(about, "link")),
        language=language(_field(about, "language")),
        entries=tuple(map(_entry, found.get("entries", []))),
    )


def read_entries(stream: io.BufferedReader, origin: str) -> Iterator[Found | Skipped]:
    """The articles that a feed carries whole, one an entry."""
    feed = read_feed(stream.read())
    if not feed.entries:
        raise Unreadable("is a feed without entries")
    return together(_found(entry, feed, f"{origin}#{number}") for number, entry in enumerate(feed.entries, start=1))


def to_article(entry: Entry, feed: Feed) -> Article | None:
    """The article of an entry whose text is in the feed; None for one that stands elsewhere."""
    summary_is_all = not entry.content and len(entry.summary.split()) >= _WHOLE
    text = markup.plain(markup.stripped(entry.content) if markup.is_html(entry.content) else entry.content)
    text = entry.summary if summary_is_all else text
    if not text:
        return None
    guessed = None if entry.published or not entry.link else date_in_url(entry.link)
    article = Article(
        text=text,
        title=entry.title or opening_title(text),
        url=entry.link if host(entry.link) else None,
        source=feed.title or host(entry.link),
        authors=entry.authors,
        published=entry.published or guessed,
        updated=entry.updated,
        language=feed.language,
        id="" if host(entry.link) else entry.id,
        date_note="web address" if guessed else "",
        section=entry.section,
        description=None if summary_is_all else entry.summary[:2000].rstrip() or None,
    )
    return finished(article)


def _found(entry: Entry, feed: Feed, origin: str) -> Found | Skipped:
    if article := to_article(entry, feed):
        return Found(article, origin)
    return Skipped(origin, "has only a summary in the feed; ingest the feed's address to take the article behind it")


def _entry(raw: Any) -> Entry:
    contents = [item for item in raw.get("content") or [] if isinstance(item, dict)]
    content = max((_field(item, "value") for item in contents), key=len, default="")
    summary = line(markup.stripped(_field(raw, "summary")))
    tags = [line(_field(tag, "term"))[:200].rstrip() for tag in raw.get("tags") or [] if isinstance(tag, dict)]
    names = [_field(person, "name") for person in raw.get("authors") or [] if isinstance(person, dict)]
    # feedparser gives an entry that has one of the two dates the other as well, with a warning, so ask without it.
    stated = {name: dict.get(raw, name) for name in ("published", "updated", "created")}
    published = _date(stated["published"]) or _date(stated["created"])
    updated = _date(stated["updated"])
    return Entry(
        link=address(_field(raw, "link")),
        title=title_line(markup.stripped(_field(raw, "title"))),
        published=published or updated,
        updated=updated if published and updated != published else None,
        authors=authors(names) or authors(_field(raw, "author")),
        summary="" if content and line(markup.stripped(content)) == summary else summary,
        content=content,
        section=next(filter(None, tags), None),
        id=line(_field(raw, "id"))[:200].rstrip(),
    )


def _field(record: Any, name: str) -> str:
    value = dict.get(record, name) if isinstance(record, dict) else None
    return value if isinstance(value, str) else ""


def _date(value: object) -> str | None:
    return parse_date(value) if isinstance(value, str) else None
