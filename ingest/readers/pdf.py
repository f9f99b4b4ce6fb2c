"""PDF files to articles, by pypdfium2 (extra ``pdf``). It knows lines of print: how large, and where on the page."""

from __future__ import annotations

import io
import re
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from typing import Any

from ingest.article import Article, Found, Skipped
from ingest.clean import line
from ingest.dates import parse_date

from . import markup
from .decode import Unreadable, seekable
from .fields import title_line
from .item import Item
from .text import assemble, headers, is_header

__all__ = ["read_pdf"]

_MOST_PAGES = 2000
_MOST_CHARACTERS = 10_000_000
_HEAD = 20
"""Bylines and dates are looked for in so many lines."""
_ENDS = tuple(".!?…:”’\"')")
_HYPHEN = re.compile(r"[\ufffe\u00ad\x02]\n?|(?<=[a-z])[-\u2010]\n(?=[a-z])")
_NUMBERS = re.compile(r"\d+")
_FILE_NAME = re.compile(r"\.\w{2,5}$|^(?:microsoft|untitled|document\d*$|print)|/|\\", re.I)
_WHEN = re.compile(r"D:(\d{4})(\d\d)(\d\d)")
_LOCK = threading.Lock()  # PDFium works for one thread at a time.


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of print: ``size`` is the height of its letters, ``bottom`` and ``left`` where it stands, in points."""

    text: str
    size: float = 0.0
    bottom: float = 0.0
    left: float = 0.0


def read_pdf(stream: io.BufferedReader, item: Item) -> Iterator[Found | Skipped]:
    """The article of a PDF file. What is only a picture of a text holds none."""
    pages, known = _pages(seekable(stream).read())
    article = _article(pages, known, item.name)
    yield Found(article, item.origin) if article else Skipped(item.origin, "holds no text; are its pages pictures?")


def _pages(data: bytes) -> tuple[list[list[_Line]], dict[str, str]]:
    try:
        import pypdfium2
    except ImportError:
        raise Unreadable("is a PDF file, which needs one more library: pip install 'dateline[pdf]'") from None
    pages, size = [], 0
    with _LOCK:
        try:
            document = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            locked = "password" in str(error).lower()
            raise Unreadable("is locked with a password" if locked else f"is a damaged PDF file: {error}") from None
        try:
            for number in range(min(len(document), _MOST_PAGES)):
                pages.append(_page(document, number))
                size += sum(len(row.text) for row in pages[-1])
                if size > _MOST_CHARACTERS:
                    raise Unreadable(f"holds more than {_MOST_CHARACTERS:,} characters")
            return pages, {str(name): str(value) for name, value in document.get_metadata_dict().items()}
        finally:
            document.close()


def _page(document: Any, number: int) -> list[_Line]:
    import pypdfium2

    try:
        page = document[number]
        letters = page.get_textpage()
    except pypdfium2.PdfiumError:  # One page that is damaged is left out.
        return []
    try:
        text = letters.get_text_range()
        if letters.count_chars() != len(text):  # Where each letter stands cannot be told.
            return [_Line(row.strip()) for row in text.splitlines() if row.strip()]
        return _lines(text, letters)
    finally:
        letters.close()
        page.close()


def _lines(text: str, letters: Any) -> list[_Line]:
    lines, start = [], 0
    for row in text.splitlines(keepends=True):
        at = start + len(row) - len(row.lstrip())
        start += len(row)
        if not row.strip():
            continue
        left, bottom, _, top = letters.get_charbox(at, loose=True)
        lines.append(_Line(row.strip(), round(top - bottom, 1), bottom, left))
    return lines


def _article(pages: Sequence[Sequence[_Line]], known: dict[str, str], name: str) -> Article | None:
    blocks = _blocks([row for page in _without_margins(pages) for row in page])
    title, body = _headline(blocks)
    stated, text = headers(markup.plain("\n\n".join(body)), title=title)
    article = assemble(stated, markup.plain(text), name=name)
    if article is None:
        return None
    when = _WHEN.match(known.get("CreationDate", ""))
    day = parse_date("-".join(when.groups())) if when and not article.published else None
    named = title_line(known.get("Title", ""))
    named = "" if " " not in named or _FILE_NAME.search(named) else named
    return replace(
        article,
        title=title_line(stated.get("title", "")) or named or article.title,
        published=article.published or day,
        date_note="document properties" if day else article.date_note,
    )


def _without_margins(pages: Sequence[Sequence[_Line]]) -> list[list[_Line]]:
    """The lines of the pages without what is printed at the head and foot of most of them, and without page numbers."""
    shown = [{_NUMBERS.sub("#", row.text) for row in [*page[:2], *page[-2:]]} for page in pages]
    counts = Counter(row for page in shown for row in page)
    often = {row for row, count in counts.items() if count > max(1, len(pages) // 2)}
    kept = []
    for page in pages:
        edge = {*range(2), *range(len(page) - 2, len(page))}
        kept.append(
            [
                row
                for number, row in enumerate(page)
                if number not in edge or ((mask := _NUMBERS.sub("#", row.text)) not in often and mask != "#")
            ]
        )
    return kept


def _blocks(lines: Sequence[_Line]) -> list[tuple[str, float]]:
    """The paragraphs, each as one line with its size."""
    if not lines:
        return []
    steps = [last.bottom - row.bottom for last, row in pairwise(lines) if last.size == row.size]
    pitch = median([step for step in steps if step > 0] or [0.0])
    widest = max(len(row.text) for row in lines)
    groups = [[lines[0]]]
    for number, (last, row) in enumerate(pairwise(lines)):
        above = number < _HEAD and (is_header(last.text) or is_header(row.text))
        if above or _begins(last, row, pitch, widest):
            groups.append([])
        groups[-1].append(row)
    return [(_joined([row.text for row in group]), group[0].size) for group in groups]


def _begins(last: _Line, row: _Line, pitch: float, widest: int) -> bool:
    """Whether a paragraph begins with this line."""
    if abs(last.size - row.size) > 0.1 * max(last.size, row.size):
        return True
    ended = last.text.endswith(_ENDS)
    step = last.bottom - row.bottom
    if step <= 0 or step > 8 * max(pitch, row.size):  # The next column or page.
        return ended and not row.text[0].islower()
    if pitch and step > 1.3 * pitch:
        return True
    return ended and (row.left - last.left > 0.8 * row.size or len(last.text) < 0.7 * widest)


def _joined(rows: list[str]) -> str:
    return line(_HYPHEN.sub("", "\n".join(rows)).replace("\n", " "))


def _headline(blocks: list[tuple[str, float]]) -> tuple[str, list[str]]:
    """The block among the first that is printed larger than the text, and the others."""
    sizes = Counter[float]()
    for text, size in blocks:
        sizes[size] += len(text)
    body = sizes.most_common(1)[0][0] if sizes else 0.0
    for number, (text, size) in enumerate(blocks[:4]):
        if body and size > 1.25 * body and 3 < len(text) <= 300:
            return text, [other for place, (other, _) in enumerate(blocks) if place != number]
    return "", [text for text, _ in blocks]
