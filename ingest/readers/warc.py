"""WARC files, as crawlers write them, by warcio (extra ``warc``): the pages and texts in them, each an article."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from typing import Any

from ingest.article import Article, Found, Skipped

from .decode import BREAKING, Unreadable, decode
from .fields import address
from .item import together

__all__ = ["read_crawl"]

_LARGEST = 10_000_000
_PAGES = ("text/html", "application/xhtml+xml")
_KINDS = ("response", "resource", "conversion")
_GOOD = ("200", "203")


def read_crawl(stream: io.BufferedReader, origin: str) -> Iterator[Found | Skipped]:
    """The articles of a crawl. Pictures, scripts, redirects and errors are passed over without a word.

    The day of the crawl is no publication date, so a page that states no date has none.
    """
    try:
        from warcio.archiveiterator import ArchiveIterator
    except ImportError:
        raise Unreadable("is a WARC file, which needs one more library: pip install 'dateline[warc]'") from None
    logging.getLogger("warcio").setLevel(logging.ERROR)  # It would print a line for each odd header.
    records = ArchiveIterator(stream, arc2warc=True)
    records.INC_RECORD = ""  # What it prints, with all of the line, where a record is longer than it says.
    return together(_records(records, origin))


def _records(records: Any, origin: str) -> Iterator[Found | Skipped]:
    from warcio.exceptions import ArchiveLoadFailed

    number = 0
    try:
        for record in records:
            if (kind := _kind(record)) is None:
                continue
            number += 1
            yield _record(record, kind, f"{origin}#{number}")
    except ArchiveLoadFailed as error:
        reason = f"is no WARC file, or breaks off: {str(error).strip()[:200]}"
        yield Skipped(f"{origin}#{number + 1}" if number else origin, reason)
    else:
        if not number:
            yield Skipped(origin, "holds no pages, only records of other kinds")


def _kind(record: Any) -> str | None:
    """``html`` or ``text``; None for what is no page that was found."""
    if record.rec_type not in _KINDS:
        return None
    sent = record.http_headers
    if sent is not None and sent.get_statuscode() not in _GOOD:
        return None
    stated = (sent.get_header("Content-Type") if sent else record.rec_headers.get_header("Content-Type")) or ""
    stated = stated.partition(";")[0].strip().lower()
    if stated in _PAGES:
        return "html"
    return "text" if stated == "text/plain" and record.rec_type == "conversion" else None


def _record(record: Any, kind: str, origin: str) -> Found | Skipped:
    url = address(record.rec_headers.get_header("WARC-Target-URI") or "")
    try:
        data = record.content_stream().read(_LARGEST + 1)
        if len(data) > _LARGEST:
            return Skipped(origin, f"has more than {_LARGEST // 10**6} MB, which no web page has")
        article = _article(data, kind, url)
    except BREAKING as error:
        return Skipped(origin, f"{url or 'a page'} cannot be read: {str(error)[:200] or type(error).__name__}")
    return Found(article, origin) if article else Skipped(origin, "holds no article text, only what surrounds one")


def _article(data: bytes, kind: str, url: str | None) -> Article | None:
    if kind == "html":
        from .html import from_page

        return from_page(data, url=url)
    from .text import from_text

    return from_text(decode(data), url=url)
