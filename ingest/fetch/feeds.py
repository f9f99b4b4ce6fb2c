"""What a feed leads to: pages, or articles where it carries them whole."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from ingest.article import Article
from ingest.fetch import safe
from ingest.fetch.client import Fetched
from ingest.fetch.problem import FetchError
from ingest.fetch.sitemaps import sortable

__all__ = ["Link", "links_of_feed"]

# A text of fewer words is taken for a teaser, and the page behind it is fetched.
_WHOLE = 120
_CUT = re.compile(
    r"(?:\.\.\.|…|\[(?:…|\.\.\.|&#8230;)\]|\b(?:read|see) (?:more|the full (?:story|article))|\bcontinue reading\b.*)"
    r"[\s.\])>»→]*\Z",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Link:
    """A page that a feed or sitemap leads to.

    Attributes:
        url: its address.
        stamp: what is said of it there; another stamp means that it may have changed.
        article: the article itself where the feed carries it whole.
        origin: where in the feed that is.
    """

    url: str
    stamp: str
    article: Article | None = None
    origin: str = ""


def links_of_feed(got: Fetched, data: bytes) -> list[Link]:
    """What a feed leads to, newest first, each page once.

    Raises:
        FetchError: it cannot be read.
    """
    from ingest.readers.decode import FAULTS, Unreadable
    from ingest.readers.feed import read_feed, to_article

    sent = f"{got.kind}; charset={got.charset}" if got.charset else got.kind
    try:
        feed = read_feed(data, url=got.url, content_type=sent or None)
        pairs = [(entry, to_article(entry, feed)) for entry in feed.entries]
    except Unreadable as error:
        raise FetchError(str(error)) from None
    except FAULTS as error:
        raise FetchError(f"cannot be read as a feed: {type(error).__name__}: {str(error)[:200]}") from None
    links: dict[str, Link] = {}
    moments: dict[str, str] = {}
    for number, (entry, article) in enumerate(pairs, start=1):
        whole = article if article is not None and _may_stand(article, entry.link, got.url) else None
        said = (entry.title, entry.published, entry.updated, whole.text if whole else "")
        origin = f"{safe.shown(got.url)}#{number}"
        url = entry.link or f"{got.url}#{entry.id or number}"
        if entry.link or whole:
            links.setdefault(url, Link(url, _stamp(said), whole, origin))
            moments.setdefault(url, sortable(entry.updated or entry.published or ""))
    # Newest first, as most feeds are; those without a date stay behind, in their order.
    return sorted(links.values(), key=lambda link: moments[link.url], reverse=True)


def _may_stand(article: Article, link: str | None, feed: str) -> bool:
    """Whether what a feed carries is the article: long enough, not cut off, and of the feed's own site. A feed of
    somebody else's articles says what it likes, so the articles are fetched where they stand."""
    if link is None:
        return True
    try:
        own = safe.same_site(urlsplit(link).hostname or "", urlsplit(feed).hostname or "")
    except ValueError:
        return False
    return own and len(article.text.split()) >= _WHOLE and not _CUT.search(article.text[-200:])


def _stamp(said: Sequence[str | None]) -> str:
    return hashlib.sha256("\0".join(value or "" for value in said).encode("utf-8", "replace")).hexdigest()[:24]
