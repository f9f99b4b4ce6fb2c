"""What makes two articles the same one, and what makes two texts of it differ. It knows no database."""

from __future__ import annotations

import hashlib
import json
import re
from urllib.parse import urlsplit, urlunsplit

from ingest.article import Article

__all__ = ["content_hash", "identity", "made_id", "ours", "place", "url_identity", "words_hash"]

_TRACKING = re.compile(r"(utm_\w+|fbclid|gclid|dclid|msclkid|mc_cid|mc_eid|igshid|cmpid|ito)=", re.IGNORECASE)


def identity(article: Article, origin: str, *, nth: int = 1) -> str:
    """What makes another article the same one: its URL, else its id (in its file, unless it is of our own making), else
    its file, else, for a file of many records, its headline and day in it.

    Args:
        origin: see :class:`~ingest.article.Found`.
        nth: which one it is of the records with its headline and day in its file, counted from 1.
    """
    path, record = place(origin)
    if article.url:
        return url_identity(article.url)
    if ours(article):
        return f"id {article.id}"
    if article.id:
        return f"record {path} {article.id}"
    if not record:
        return f"file {path}"
    return f"headline {path} {article.published} {article.title}" + (f" {nth}" if nth > 1 else "")


def url_identity(url: str) -> str:
    """What makes another article the same one as that at a web address."""
    return f"url {_plain_url(url)}"


def content_hash(article: Article) -> str:
    """A hash of all that the outlet wrote. That of an article without section, description, place and captions is its
    :func:`words_hash`, as in archives that knew none of them."""
    more = [article.section, article.description, article.place, article.captions]
    return _hash([*_words(article), more] if any(more) else _words(article))


def words_hash(article: Article) -> str:
    """A hash of what an article is known by: its words, outlet, authors and dates."""
    return _hash(_words(article))


def _words(article: Article) -> list[object]:
    return [article.title, article.text, article.source, article.published, article.updated, list(article.authors)]


def _hash(parts: list[object]) -> str:
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def made_id(words: str) -> str:
    """An id such as an archive makes, of what an article is."""
    return hashlib.sha256(words.encode()).hexdigest()[:20]


def ours(article: Article) -> bool:
    """Whether its id is one that an archive made, and so means the same in every archive."""
    return len(article.id) == 20 and all(sign in "0123456789abcdef" for sign in article.id)


def place(origin: str) -> tuple[str, str]:
    """The path of an origin, and the number of the record in it, empty for a file that is an article."""
    path, _, record = origin.rpartition("#")
    return (path, record) if record.isdigit() else (origin, "")


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
