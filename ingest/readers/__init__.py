"""From files to articles: one module a format, all behind two functions.

    files.py      which files there are
    decode.py     sizes, compression, encodings
    text.py       plain text with its header lines       markdown.py   Markdown with its front matter
    html.py       saved web pages                        markup.py     stretches of HTML
    records.py    JSON and JSON Lines                    tables.py     CSV and TSV
    fields.py     what the names and values of a record mean

It knows nothing of the archive. Nothing that a file holds makes it raise: what cannot be read is a ``Skipped``.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

from ingest.article import Article, Found, Skipped

from .decode import FAULTS, Unreadable, decode, decode_html, opened, place, why
from .files import FORMATS, READ, discover, format_of

__all__ = ["FORMATS", "discover", "read"]


def read(path: Path, *, max_bytes: int = 100 * 2**20) -> Iterator[Found | Skipped]:
    """Every article in one file, as it is read, and what of it cannot be taken in, with the reason.

    JSON Lines and tables are read record by record, so a large file never lies in memory as a whole.

    Args:
        path: the file; its format is known by its name, a name without any extension is taken for plain text.
        max_bytes: the most bytes that it may have, on disk and decompressed.
    """
    origin = place(path)
    try:
        with opened(path, max_bytes=max_bytes) as stream:
            yield from _read(stream, path, origin)
    except Unreadable as error:
        yield Skipped(origin, str(error))
    except OSError as error:
        yield Skipped(origin, why(error))
    except EOFError:
        yield Skipped(origin, "breaks off: the compressed file is cut short")
    except FAULTS as error:
        yield Skipped(origin, f"cannot be read: {type(error).__name__}: {str(error)[:200]}")


def _read(stream: io.BufferedReader, path: Path, origin: str) -> Iterator[Found | Skipped]:
    kind = format_of(path) or ("text" if not path.suffix else None)
    if kind is None:
        raise Unreadable(f"is not of a format that is read: {path.suffix.lower()}. {READ}")
    if not stream.peek(1):
        raise Unreadable("is empty")
    if kind in ("json", "jsonl"):
        from . import records

        yield from (records.read_json if kind == "json" else records.read_lines)(stream, origin)
    elif kind == "csv":
        from . import tables

        yield from tables.read_table(stream, origin)
    else:
        yield _whole(kind, stream.read(), path, origin)


def _whole(kind: str, data: bytes, path: Path, origin: str) -> Found | Skipped:
    """The one article of a file that is an article."""
    if not data.strip():
        return Skipped(origin, "is empty but for white space")
    article = _html(data, path) if kind == "html" else _text(kind, decode(data), path)
    if article is None:
        return Skipped(origin, "holds no article text, only what surrounds one" if kind == "html" else "holds no text")
    return Found(article, origin)


def _text(kind: str, text: str, path: Path) -> Article | None:
    if kind == "markdown":
        from .markdown import from_markdown

        return from_markdown(text, name=path.name)
    from .text import from_text

    return from_text(text, name=path.name)


def _html(data: bytes, path: Path) -> Article | None:
    from .html import LARGEST_PAGE, from_html

    if len(data) > LARGEST_PAGE:
        raise Unreadable(
            f"has {len(data) / 2**20:,.0f} MB, more than a web page of {LARGEST_PAGE / 2**20:,.0f} MB; is it one?"
        )
    return from_html(decode_html(data), name=path.name)
