"""From files to articles: one module a format, all behind two functions.

    files.py      which files there are                  item.py       what is being read
    decode.py     sizes, compression, encodings
    text.py       plain text with its header lines       markdown.py   Markdown with its front matter
    html.py       saved web pages                        markup.py     stretches of HTML
    apart.py      pages that may take too long
    figures.py    captions of the pictures on a page     finish.py     place and captions, whatever the format
    records.py    JSON and JSON Lines                    tables.py     CSV, TSV and Parquet
    fields.py     what the names and values of a record mean
    packed.py     zip and tar archives of all these      warc.py       crawls
    feed.py       RSS and Atom                           mail.py       mails, mailboxes, pages saved as .mhtml
    pdf.py        PDF                                    docx.py       Word documents

It knows nothing of the archive. Nothing that a file holds makes it raise: what cannot be read is a ``Skipped``.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

from ingest.article import Article, Found, Skipped

from .decode import FAULTS, Unreadable, decode, limited, opened, place, unpacked, why
from .files import FORMATS, READ, discover, format_of
from .item import MOST_TIMES, Item

_STREAMED = frozenset(("jsonl", "mbox", "tar", "warc", "zip"))
"""Formats of many articles that are read one after the other: the limit of size is for each of them."""
_EXPANSION = 30
"""Such a file may be so many times as large when it is decompressed. Text in the best packing is ten times as large."""

__all__ = ["FORMATS", "discover", "place", "read", "read_bytes"]


def read(path: Path, *, max_bytes: int = 100 * 2**20) -> Iterator[Found | Skipped]:
    """Every article in one file, as it is read, and what of it cannot be taken in, with the reason.

    Files of many records, and archives, are read record by record, so a large file never lies in memory as a whole.

    Args:
        path: the file; its format is known by its name, a name without any extension is taken for plain text.
        max_bytes: the most bytes that it may have, on disk and decompressed; for an archive, a mailbox, a crawl and
            JSON Lines, the most that each of its files, mails, pages and lines may have.
    """
    item = Item(path.name, place(path), max_bytes)
    return _safely(_opened(path, item), item)


def read_bytes(data: bytes, path: Path, *, max_bytes: int = 100 * 2**20) -> Iterator[Found | Skipped]:
    """As :func:`read`, for a file that is in memory already.

    Args:
        data: all of its bytes.
        path: where it is, or was.
        max_bytes: see :func:`read`.
    """
    item = Item(path.name, place(path), max_bytes)
    stream = limited(io.BufferedReader(io.BytesIO(data)), max_bytes)
    return _safely(_unpacked(stream, item), item)


def _opened(path: Path, item: Item) -> Iterator[Found | Skipped]:
    if format_of(item.name) in _STREAMED:
        size = path.stat().st_size
        item = replace(item, total=max(item.max_bytes * MOST_TIMES, _EXPANSION * size))
        opening = opened(path, max_bytes=max(item.max_bytes, size), unpacked_bytes=item.total)
    else:
        opening = opened(path, max_bytes=item.max_bytes)
    with opening as stream:
        yield from _read(stream, item)


def _inner(stream: io.BufferedReader, item: Item) -> Iterator[Found | Skipped]:
    """What is in a file that lies within another."""
    return _safely(_unpacked(stream, item), item)


def _unpacked(stream: io.BufferedReader, item: Item) -> Iterator[Found | Skipped]:
    yield from _read(unpacked(stream, item.name, max_bytes=_most(item)), item)


def _most(item: Item) -> int:
    """The most bytes that a file may have when it is decompressed: an archive has more than each of its members."""
    return item.max_bytes * (MOST_TIMES if format_of(item.name) == "tar" else 1)


def _safely(items: Iterator[Found | Skipped], item: Item) -> Iterator[Found | Skipped]:
    """The same items; what they raise is a reason."""
    try:
        yield from items
    except Unreadable as error:
        yield Skipped(item.origin, str(error))
    except OSError as error:
        yield Skipped(item.origin, why(error))
    except EOFError:
        yield Skipped(item.origin, "breaks off: the compressed file is cut short")
    except FAULTS as error:
        yield Skipped(item.origin, f"cannot be read: {type(error).__name__}: {str(error)[:200]}")


def _read(stream: io.BufferedReader, item: Item) -> Iterator[Found | Skipped]:
    end = PurePosixPath(item.name).suffix.lower()
    kind = format_of(item.name) or ("text" if not end else None)
    if kind is None:
        raise Unreadable(f"is not of a format that is read: {end}. {READ}")
    if not stream.peek(1):
        raise Unreadable("is empty")
    if kind in ("text", "markdown", "html"):
        yield _whole(kind, stream.read(), item)
    else:
        yield from _many(kind, stream, item)


def _many(kind: str, stream: io.BufferedReader, item: Item) -> Iterator[Found | Skipped]:
    """The articles of a file that may hold several."""
    if kind in ("json", "jsonl"):
        from . import records

        if kind == "json":
            return records.read_json(stream, item.origin)
        return records.read_lines(stream, item.origin, longest=item.max_bytes)
    if kind in ("csv", "parquet"):
        from . import tables

        return (tables.read_table if kind == "csv" else tables.read_parquet)(stream, item.origin)
    if kind in ("zip", "tar"):
        from . import packed

        return (packed.read_zip if kind == "zip" else packed.read_tar)(stream, item, _inner)
    if kind in ("mail", "mbox"):
        from . import mail

        return (mail.read_mail if kind == "mail" else mail.read_mailbox)(stream, item)
    return _one_way(kind, stream, item)


def _one_way(kind: str, stream: io.BufferedReader, item: Item) -> Iterator[Found | Skipped]:
    if kind == "feed":
        from .feed import read_entries

        return read_entries(stream, item.origin)
    if kind == "warc":
        from .warc import read_crawl

        return read_crawl(stream, item.origin)
    if kind == "pdf":
        from .pdf import read_pdf

        return read_pdf(stream, item)
    from .docx import read_docx

    return read_docx(stream, item)


def _whole(kind: str, data: bytes, item: Item) -> Found | Skipped:
    """The one article of a file that is an article."""
    if not data.strip():
        return Skipped(item.origin, "is empty but for white space")
    article = _html(data, item.name) if kind == "html" else _text(kind, decode(data), item.name)
    if article is None:
        nothing = "holds no article text, only what surrounds one" if kind == "html" else "holds no text"
        return Skipped(item.origin, nothing)
    return Found(article, item.origin)


def _text(kind: str, text: str, name: str) -> Article | None:
    if kind == "markdown":
        from .markdown import from_markdown

        return from_markdown(text, name=name)
    from .text import from_text

    return from_text(text, name=name)


def _html(data: bytes, name: str) -> Article | None:
    from .html import from_page

    return from_page(data, name=name)
