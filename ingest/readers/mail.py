"""Mails and mailboxes: newsletters, and pages that a browser saved as one mail (.mhtml). It knows MIME, not markup.

The lenient parser of the standard library is used, and headers are decoded here: its stricter one raises on mails that
people do have.
"""

from __future__ import annotations

import email
import email.message
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from email.header import decode_header
from email.utils import parseaddr, parsedate_to_datetime

from ingest.article import Article, Found, Skipped
from ingest.clean import clean, line
from ingest.dates import parse_date

from . import markup
from .decode import BREAKING, Unreadable, decode, decode_html
from .fields import address, host, title_line
from .finish import finished
from .item import Item, together
from .text import assemble, from_text

__all__ = ["read_mail", "read_mailbox"]

_LARGEST = 25_000_000
_DEEPEST = 30
_MOST_PARTS = 200
_FROM = re.compile(rb"From \S+.*\d\d:\d\d")
_FORWARD = re.compile(r"^(?:\s*(?:re|fwd?|aw|wg)\s*:)+\s*", re.I)
_SHORTEST = 40
_RECOVERED = 0.3
"""Where the extractor keeps less than so much of a mail, all of its text is taken: mails are laid out by hand."""


def read_mail(stream: io.BufferedReader, item: Item) -> Iterator[Found | Skipped]:
    """The article in a mail: its HTML or its text, under its subject, dated when it was sent."""
    yield _mail(stream.read(_LARGEST + 1), item.origin, item.name)


def read_mailbox(stream: io.BufferedReader, item: Item) -> Iterator[Found | Skipped]:
    """The articles of a mailbox (mbox), one a mail."""
    mails = enumerate(_mails(stream), start=1)
    return together(_mail(mail, f"{item.origin}#{number}", "") for number, mail in mails)


def _mails(stream: io.BufferedReader) -> Iterator[bytes]:
    """The mails of a mailbox; of one that is too large, a beginning that shows that it is."""
    parts: list[bytes] = []
    size, blank, begun = 0, True, False
    while row := stream.readline(1 << 20):
        if blank and _FROM.match(row):
            if begun:
                yield b"".join(parts)
            parts, size, begun = [], 0, True
        elif not begun and row.strip():
            raise Unreadable("is no mailbox: it does not start with a line such as 'From - Mon Sep 12 08:30:00 2022'")
        elif size <= _LARGEST:
            parts.append(row[1:] if row.startswith(b">") and row.lstrip(b">").startswith(b"From ") else row)
            size += len(row)
        blank = not row.strip()
    if begun:
        yield b"".join(parts)


def _mail(data: bytes, origin: str, name: str) -> Found | Skipped:
    if len(data) > _LARGEST:
        return Skipped(origin, f"has more than {_LARGEST // 10**6} MB, which is too much for a mail")
    try:
        article = _article(email.message_from_bytes(data), name)
    except BREAKING as error:
        return Skipped(origin, f"is a mail that cannot be read: {str(error)[:200] or type(error).__name__}")
    return Found(article, origin) if article else Skipped(origin, "is a mail without a text")


def _article(mail: email.message.Message, name: str) -> Article | None:
    html, text, place = _parts(mail)
    url = address(_text(mail["Snapshot-Content-Location"]) or place or _text(mail["Archived-At"]).strip("<> "))
    url = url if host(url) else None
    page = _page(html, url) if html else None
    article = page or from_text(text or markup.stripped(html), name=name)
    if article is None or _text(mail["Snapshot-Content-Location"]):  # A saved page: it states what it is itself.
        return article
    sender, sent = parseaddr(_text(mail["From"])), _date(mail)
    subject = _FORWARD.sub("", title_line(_text(mail["Subject"])))
    return replace(
        article,
        title=subject or article.title,
        source=line(sender[0] or sender[1].rpartition("@")[2])[:200].rstrip() or article.source,
        published=sent or article.published,
        date_note="" if sent else article.date_note,
        id=_text(mail["Message-ID"]).strip("<> ")[:200].rstrip(),
    )


def _page(html: str, url: str | None) -> Article | None:
    """The article of a mail's HTML."""
    from .html import LARGEST_PAGE, from_html

    if len(html) > LARGEST_PAGE:
        return None
    found, whole = from_html(html, url=url), markup.plain(markup.stripped(html))
    if len(whole) < _SHORTEST or (found and len(found.text) >= _RECOVERED * len(whole)):
        return found
    if found is None:
        return assemble({"url": url} if url else {}, whole)
    return finished(replace(found, text=whole, captions=()))


def _parts(mail: email.message.Message) -> tuple[str, str, str]:
    """The HTML and the plain text of a mail, and the address that it says that the HTML has."""
    html, text, place = "", "", ""
    for part in _walk(mail):
        kind = part.get_content_type()
        if part.get_content_disposition() == "attachment" or kind not in ("text/html", "text/plain"):
            continue
        if kind == "text/html" and not html:
            html, place = _content(part, html=True), _text(part["Content-Location"])
        elif kind == "text/plain" and not text:
            text = clean(_content(part))
    return html, text, place


def _walk(mail: email.message.Message, depth: int = 0) -> Iterator[email.message.Message]:
    """The parts of a mail that hold no others; not those of mails that are attached to it."""
    if depth < _DEEPEST and mail.is_multipart() and mail.get_content_maintype() == "multipart":
        parts = mail.get_payload()
        for part in parts[:_MOST_PARTS] if isinstance(parts, list) else ():
            if isinstance(part, email.message.Message):
                yield from _walk(part, depth + 1)
    elif not mail.is_multipart():
        yield mail


def _content(part: email.message.Message, *, html: bool = False) -> str:
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return ""
    charset = part.get_content_charset() or ""
    try:
        return data.decode(charset) if charset else _guessed(data, html=html)
    except (LookupError, UnicodeDecodeError):
        return _guessed(data, html=html)


def _guessed(data: bytes, *, html: bool) -> str:
    return decode_html(data) if html else decode(data)


def _date(mail: email.message.Message) -> str | None:
    stated = _text(mail["Date"])
    try:
        sent = parsedate_to_datetime(stated)
    except (ValueError, TypeError, IndexError, OverflowError):
        return parse_date(stated)
    return parse_date(sent.isoformat(timespec="seconds"))


def _text(header: object) -> str:
    """A header as text: ``=?utf-8?q?...?=`` decoded."""
    if header is None:
        return ""
    try:
        pieces = decode_header(header)  # type: ignore[arg-type] # It takes what a mail has: text, or a Header.
    except (ValueError, email.errors.MessageError):
        return line(str(header))
    return line("".join(piece if isinstance(piece, str) else _decoded(piece, charset) for piece, charset in pieces))


def _decoded(piece: bytes, charset: str | None) -> str:
    for encoding in (charset, "utf-8"):
        try:
            return piece.decode(encoding or "utf-8")
        except (LookupError, UnicodeDecodeError):  # Also a charset that is unknown, such as "unknown-8bit".
            continue
    return piece.decode("cp1252", "replace")
