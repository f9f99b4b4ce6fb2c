"""From an answer to what is in it: a feed, a sitemap, a page with an article, a file. It reaches nothing."""

from __future__ import annotations

import codecs
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit

from ingest.article import Article, Found, Skipped
from ingest.fetch import safe
from ingest.fetch.client import Fetched
from ingest.fetch.inflate import inflate
from ingest.fetch.problem import FetchError

__all__ = ["Content", "article_of", "content_of", "items_of"]

_HEAD = 1 << 14
_ROOT = re.compile(r"<(?![?!/])(?:\w+:)?(\w+)")
_LINK_TAG = re.compile(r"<link\b[^<>]{1,2000}>", re.I)
_FEED_TYPE = re.compile(r"""type\s*=\s*["']?application/(?:rss|atom)\+xml""", re.I)
_HREF = re.compile(r"""href\s*=\s*(?:"([^"]+)"|'([^']+)')""", re.I)
_NEAR_TOP = 200_000
_COMMENT = re.compile(r"<!--.*?-->", re.S)
_FEEDS = frozenset(("rss", "feed", "rdf"))
_SITEMAPS = frozenset(("urlset", "sitemapindex"))
_PAGES = frozenset(("text/html", "application/xhtml+xml"))
_ENDINGS = {
    "application/atom+xml": ".atom",
    "application/csv": ".csv",
    "application/feed+json": ".json",
    "application/json": ".json",
    "application/jsonl": ".jsonl",
    "application/jsonlines": ".jsonl",
    "application/mbox": ".mbox",
    "application/ndjson": ".jsonl",
    "application/pdf": ".pdf",
    "application/rss+xml": ".rss",
    "application/vnd.apache.parquet": ".parquet",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/warc": ".warc",
    "application/x-ndjson": ".jsonl",
    "application/x-tar": ".tar",
    "application/zip": ".zip",
    "message/rfc822": ".eml",
    "multipart/related": ".mhtml",
    "text/csv": ".csv",
    "text/html": ".html",
    "text/markdown": ".md",
    "text/plain": ".txt",
    "text/tab-separated-values": ".tsv",
}
_LARGER = {"ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030"}


@dataclass(frozen=True, slots=True)
class Content:
    """What is in an answer, and its bytes, out of a ``.gz`` where a sitemap or feed is packed into one."""

    kind: Literal["feed", "sitemap", "page", "file"]
    data: bytes


def content_of(got: Fetched, *, max_bytes: int) -> Content:
    """What an answer holds; what it says it is counts less than how it begins.

    Raises:
        FetchError: it is empty, or packed and damaged.
    """
    data = got.body
    if not data.strip():
        raise FetchError("is empty", passing=True)
    if data.startswith(b"\x1f\x8b"):
        head = next(inflate([data], "gzip"), b"")
        if _root(head) in _FEEDS | _SITEMAPS:
            data = _unpacked(data, max_bytes)
    root = _root(data)
    if root in _FEEDS:
        return Content("feed", data)
    if root in _SITEMAPS:
        return Content("sitemap", data)
    if got.kind in _PAGES or (root == "html" and got.kind not in _ENDINGS):
        return Content("page", data)
    return Content("file", data)


def article_of(got: Fetched) -> Article:
    """The article on a page.

    Its address is the one that the page states, as long as that is of the same site; a page cannot pass for another
    outlet's.

    Raises:
        FetchError: there is none.
    """
    from ingest.readers.decode import FAULTS, Unreadable
    from ingest.readers.html import LARGEST_PAGE, from_html

    if len(got.body) > LARGEST_PAGE:
        raise FetchError(f"has {len(got.body) / 2**20:,.0f} MB, more than a web page; is it one?")
    try:
        article = from_html(_text(got), url=got.url)
    except Unreadable as error:
        raise FetchError(str(error)) from None
    except FAULTS as error:
        raise FetchError(f"cannot be read: {type(error).__name__}: {str(error)[:200]}") from None
    if article is None:
        feed = _feed_of(got)
        instead = f"its feed, {safe.shown(feed)}" if feed else "the page of a single article, or a feed"
        raise FetchError(f"holds no article text, only what surrounds one; name {instead}")
    return _placed(article, got.url)


def items_of(got: Fetched, *, max_bytes: int) -> Iterator[Found | Skipped]:
    """The articles of a file that was fetched, by the readers of files. Origins are the address instead of a path.

    Raises:
        FetchError: there is no room for it on this machine.
    """
    from ingest.readers import read

    origin = safe.shown(got.url)
    with tempfile.TemporaryDirectory(prefix="dateline-") as folder:
        path = Path(folder) / _name(got)
        try:
            path.write_bytes(got.body)
        except OSError as error:
            raise FetchError(f"cannot be kept in {folder} while it is read: {error.strerror}", passing=True) from None
        for item in read(path, max_bytes=max_bytes):
            inner = item.origin.removeprefix(str(path))
            if isinstance(item, Skipped):
                yield Skipped(origin + inner, item.reason)
                continue
            article = item.article
            if not inner and article.url is None:
                article = replace(article, url=got.url, source=article.source or _outlet(got.url))
            yield Found(article, origin + inner)


def _placed(article: Article, url: str) -> Article:
    """``article`` with an address of its own site that names no more than one page."""
    here = urlsplit(url)
    try:
        stated = urlsplit(article.url or "")
        foreign = not stated.hostname or not safe.same_site(stated.hostname, here.hostname or "")
        front = stated.path in ("", "/") and not stated.query and here.path not in ("", "/")
    except ValueError:
        foreign, front = True, False
    if not foreign and not front:
        return article
    claimed = article.source is not None and article.url is not None and article.source == _outlet(article.url)
    return replace(article, url=url, source=_outlet(url) if claimed or not article.source else article.source)


def _feed_of(got: Fetched) -> str | None:
    """The feed that a page names, None where it names none."""
    for tag in _LINK_TAG.findall(_text(got)[:_NEAR_TOP]):
        href = _HREF.search(tag)
        if _FEED_TYPE.search(tag) and href:
            return safe.join(got.url, unescape(href[1] or href[2]))
    return None


def _outlet(url: str) -> str | None:
    from ingest.readers.fields import host

    return host(url)


def _text(got: Fetched) -> str:
    """A page's bytes as text: valid UTF-8 before what the server says, and that before what the page says."""
    from ingest.readers.decode import decode_html

    data = got.body
    if got.charset and not data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            try:
                name = codecs.lookup(got.charset).name
                if not name.startswith("utf-8"):
                    return data.decode(_LARGER.get(name, name), "replace")
            except (LookupError, ValueError):  # no such encoding, or one that does not give text
                pass
    return decode_html(data)


def _root(data: bytes) -> str:
    """The name of the first tag, in lower case, empty where there is none near the beginning."""
    head = data[:_HEAD]
    wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = (
        head.decode("utf-16" if wide else "latin-1", "replace").removeprefix("\xef\xbb\xbf").lstrip("\ufeff \t\r\n\0")
    )
    if not text.startswith("<"):
        return ""
    found = _ROOT.search(_COMMENT.sub("", text))
    return found[1].lower() if found else ""


def _unpacked(data: bytes, max_bytes: int) -> bytes:
    out = bytearray()
    for piece in inflate([data], "gzip"):
        out += piece
        if len(out) > max_bytes:
            raise FetchError(f"holds more than {max_bytes / 2**20:,.0f} MB when unpacked")
    return bytes(out)


def _name(got: Fetched) -> str:
    """A file name for what was fetched, with an ending that says its format; never one that leads elsewhere."""
    from ingest.readers.files import format_of

    given = [got.name, unquote(urlsplit(got.url).path)]
    names = [re.sub(r"[^\w.-]+", "_", name.replace("\\", "/").rsplit("/", 1)[-1])[-100:].lstrip(".") for name in given]
    ending = _ENDINGS.get(got.kind, "")
    for name in filter(None, names):
        if format_of(name) and (got.kind != "text/html"):
            return name
    stem = next(filter(None, names), "page")
    return f"{stem}{ending}" if ending else f"{stem}.{re.sub(r'[^a-z0-9]+', '-', got.kind) or 'bin'}"
