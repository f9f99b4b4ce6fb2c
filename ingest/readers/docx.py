"""Word documents (.docx) to articles: a zip archive with XML in it. It knows paragraphs and their styles, no layout."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from ingest.article import Article, Found, Skipped
from ingest.clean import line
from ingest.dates import parse_date

from . import markup
from .decode import Unreadable, seekable
from .fields import title_line
from .item import Item
from .text import assemble, headers

if TYPE_CHECKING:
    from lxml.etree import _Element  # type: ignore[import-untyped]

__all__ = ["read_docx"]

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LARGEST_PART = 40 * 2**20
"""Building the tree of a document takes some ten times its size in memory."""
_TITLES = ("title", "heading1")
_BREAKS = {f"{_W}tab": " ", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
_SILENT = frozenset(f"{_W}{name}" for name in ("del", "delText", "instrText", "moveFrom", "txbxContent"))


def read_docx(stream: io.BufferedReader, item: Item) -> Iterator[Found | Skipped]:
    """The article of a Word document. A title above the text is the headline; lines above it may state more."""
    try:
        with zipfile.ZipFile(seekable(stream)) as document:
            body = _part(document, "word/document.xml")
            known = _part(document, "docProps/core.xml")
    except zipfile.BadZipFile as error:
        raise Unreadable(f"is no Word document that can be read: {str(error)[:200]}") from None
    if body is None:
        raise Unreadable("is no Word document: it has no word/document.xml")
    article = _article(body, _properties(known), item.name)
    yield Found(article, item.origin) if article else Skipped(item.origin, "holds no text")


def _part(document: zipfile.ZipFile, name: str) -> _Element | None:
    from lxml import etree  # type: ignore[import-untyped]

    try:
        about = document.getinfo(name)
    except KeyError:
        return None
    if about.file_size > _LARGEST_PART:
        raise Unreadable(f"has {about.file_size / 2**20:,.0f} MB of text when it is unpacked, too much for a document")
    with document.open(about) as part:
        data = part.read(_LARGEST_PART + 1)
    try:
        return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    except etree.XMLSyntaxError as error:
        raise Unreadable(f"is damaged: its {name} is no XML: {str(error)[:200]}") from None


def _article(body: _Element, known: dict[str, str], name: str) -> Article | None:
    title = ""
    blocks: list[str] = []
    for paragraph in body.iter(f"{_W}p"):
        text = "".join(_runs(paragraph)).strip()
        style = _style(paragraph)
        if text and not title and not blocks and style in _TITLES:
            title = line(text)
        elif text:
            blocks.append(text)
    stated, text = headers(markup.plain("\n\n".join(blocks)), title=title)
    article = assemble(stated, markup.plain(text), name=name)
    if article is None:
        return None
    day = None if article.published else parse_date(known.get("created", ""))
    return replace(
        article,
        title=title_line(stated.get("title", "")) or title_line(known.get("title", "")) or article.title,
        published=article.published or day,
        date_note="document properties" if day else article.date_note,
        description=article.description or line(known.get("description", ""))[:2000].rstrip() or None,
    )


def _runs(paragraph: _Element) -> Iterator[str]:
    """The pieces of text of a paragraph, without what was deleted from it and without the paragraphs within it."""
    for element in paragraph.iter(f"{_W}t", *_BREAKS):
        if any(outer.tag in _SILENT for outer in element.iterancestors()):
            continue
        yield _BREAKS.get(element.tag, "") or element.text or ""


def _style(paragraph: _Element) -> str:
    styles = paragraph.findall(f"{_W}pPr/{_W}pStyle")
    return (styles[0].get(f"{_W}val") or "").replace(" ", "").lower() if styles else ""


def _properties(known: _Element | None) -> dict[str, str]:
    """Title, creator and the like, by the names of their tags."""
    if known is None:
        return {}
    return {str(tag.tag).rpartition("}")[2]: tag.text or "" for tag in known if isinstance(tag.tag, str)}
