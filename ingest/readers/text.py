"""Plain text as people have it: header lines, a headline, or just paragraphs. It knows no other format."""

from __future__ import annotations

import re
from pathlib import Path

from ingest.article import Article
from ingest.clean import line
from ingest.dates import date_in_name, date_in_url, is_date, parse_date

from . import markup
from .fields import address, authors, host, key, language, opening_title, title_line
from .finish import finished

__all__ = ["assemble", "from_text", "headers", "is_header"]

_HEADERS = {
    **dict.fromkeys(("title", "headline", "heading"), "title"),
    **dict.fromkeys(("date", "published", "publishedon", "publicationdate", "pubdate", "posted"), "published"),
    **dict.fromkeys(("updated", "lastupdated", "modified"), "updated"),
    **dict.fromkeys(("by", "byline", "author", "authors", "writer"), "authors"),
    **dict.fromkeys(("source", "agency", "publisher", "outlet", "newspaper", "publication", "site"), "source"),
    **dict.fromkeys(("url", "link", "permalink"), "url"),
    **dict.fromkeys(("language", "lang"), "language"),
    **dict.fromkeys(("section", "category", "desk", "topic"), "section"),
    **dict.fromkeys(("description", "summary", "standfirst", "abstract", "deck", "subheadline"), "description"),
    **dict.fromkeys(("place", "dateline"), "place"),
    "id": "id",
}
_HEADER = re.compile(r"[ \t]*([A-Za-z][A-Za-z _-]{0,20}?)[ \t]*:[ \t]+(\S.*)")
_GLUED_DATE = re.compile(
    r"\s*date\s*:?\s*(\d{4}([-/.])\d{1,2}\2\d{1,2}"
    r"(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?)(?!\S)[ \t]*",
    re.I,
)
_URL_LINE = re.compile(r"https?://\S+", re.I)
_BY_LINE = re.compile(r"by:?\s+(?=[^\W\d_])\S.{0,78}[^\s.!?:;,”\"]", re.I)
_LOWER_IN_NAMES = frozenset(
    [
        "and",
        "with",
        "of",
        "for",
        "the",
        "in",
        "at",
        "de",
        "la",
        "le",
        "van",
        "von",
        "der",
        "den",
        "di",
        "da",
        "del",
        "bin",
        "al",
        "el",
    ]
)
_LONGEST_HEADLINE = 140
_LONGEST_NAME = 80
_MOST_ROWS = 8
_MOST_HEADERS = 15


def from_text(text: str, *, name: str = "", url: str | None = None) -> Article | None:
    """The article in a plain text.

    Args:
        text: the file's content; a page of HTML without a fitting name is read as HTML.
        name: the file's name, from which a date is guessed where the text states none.
        url: where the text was found, which counts where it does not state its own address.

    Returns:
        the article, or None where there is no text below the headers.
    """
    if re.match(r"\s*<(?:!doctype html|html)\b", text[:1000], re.I):
        from . import html as page

        return page.from_html(text, name=name, url=url)
    # A text without markup in front of it is kept as it is, so that HTML in the middle of it stays what it says.
    stated, body = headers(markup.plain(text))
    return assemble({"url": url, **stated} if url else stated, markup.plain(body), name=name)


def assemble(stated: dict[str, str], body: str, *, name: str = "") -> Article | None:
    """An article from what header lines (or a front matter) state, by the names of Article's fields, and its text."""
    if not body:
        return None
    url = address(stated.get("url", ""))
    published, note = parse_date(stated.get("published", "")), ""
    if published is None and url and (published := date_in_url(url)):
        note = "web address"
    if published is None and (published := date_in_name(Path(name).name)):
        note = "file name"
    title, own = title_line(stated.get("title", "")), line(stated.get("id", ""))
    first, _, rest = body.partition("\n")
    if title and line(first) == title and rest.strip():
        body = rest.strip()
    article = Article(
        text=body,
        title=title or opening_title(body),
        url=url,
        source=host(stated.get("source")) or line(stated.get("source", ""))[:200].rstrip() or host(url),
        authors=authors(stated.get("authors", "")),
        published=published,
        updated=parse_date(stated.get("updated", "")),
        language=language(stated.get("language", "")),
        id=own if len(own) <= 200 else "",
        date_note=note,
        section=line(stated.get("section", ""))[:200].rstrip() or None,
        description=line(stated.get("description", ""))[:2000].rstrip() or None,
        place=line(stated.get("place", ""))[:200].rstrip() or None,
    )
    return finished(article)


def headers(text: str, *, title: str = "") -> tuple[dict[str, str], str]:
    """What the first lines of a text state, by the names of Article's fields, and the text below them.

    Args:
        text: a clean text.
        title: the headline where it is known already, so that no line is taken for it.
    """
    stated = {"title": title} if title else {}
    if (glued := _GLUED_DATE.match(text)) and parse_date(glued[1]):
        stated["published"], text = glued[1], text[glued.end() :].lstrip()
    for _ in range(_MOST_HEADERS):
        block, _, rest = text.partition("\n\n")
        found = _block(block.split("\n"), stated) if rest.strip() else None
        if found is None:  # Perhaps headers with the text right below them.
            first, _, rest = text.partition("\n")
            found = _statement(first) if rest.strip() and not _is_by_line(first) else None
        if found is None:
            break
        stated = {**found, **stated}
        text = rest.lstrip("\n")
    return stated, text


def _block(rows: list[str], stated: dict[str, str]) -> dict[str, str] | None:
    """What the lines above a blank line state; None when they belong to the text.

    A headline may stand alone. Among other lines, at least one of which is surely a header, the first that says nothing
    of its kind is the headline, where there is none yet, and the next the outlet.
    """
    if len(rows) > _MOST_ROWS:
        return None
    found: dict[str, str] = {}
    loose: list[str] = []
    for row in rows:
        if (said := _statement(row)) is not None:
            found = {**said, **found}
        elif (match := _HEADER.fullmatch(row)) and key(match[1]) in _HEADERS:
            return None  # "Date: nobody knows yet"
        elif not (loose or "title" in stated | found) or len(row) > _LONGEST_NAME or not match:
            loose.append(row.strip())  # Other lines of the form "Section: Money" say nothing that is kept.
    free = [] if "title" in stated or "title" in found else ["title"]
    if found and "source" not in found:
        free.append("source")
    if len(loose) > len(free) or (not found and not loose) or not all(map(_is_headline, loose)):
        return None
    named = dict(zip(free, loose, strict=False))
    return None if len(named.get("source", "")) > _LONGEST_NAME else {**named, **found}


def _statement(row: str) -> dict[str, str] | None:
    """What a line states that is surely a header; None for any other line."""
    row = row.strip()
    if (match := _HEADER.fullmatch(row)) and (field := _HEADERS.get(key(match[1]))):
        return {field: match[2]} if _fits(field, match[2]) else None
    if is_date(row):
        return {"published": row}
    if _URL_LINE.fullmatch(row):
        return {"url": row}
    return {"authors": row} if _is_by_line(row) else None


def is_header(row: str) -> bool:
    """Whether a line states by itself who wrote the text below it, when, or where it was published."""
    return _statement(row) is not None


def _fits(field: str, value: str) -> bool:
    """Whether a header's value is of its kind: "Date: tomorrow they will vote" is no header."""
    return parse_date(value) is not None if field in ("published", "updated") else len(value) <= 300


def _is_by_line(row: str) -> bool:
    row = row.strip()
    return bool(_BY_LINE.fullmatch(row)) and _names_only(row)


def _names_only(row: str) -> bool:
    words = re.findall(r"[^\W\d_][\w.’'-]*", row)[1:]
    return 0 < len(words) <= 12 and all(word[0].isupper() or word.lower() in _LOWER_IN_NAMES for word in words)


def _is_headline(row: str) -> bool:
    sentence = re.search(r"(?:[.:;,…]|[.!?][”\"])$", row)
    return len(row) <= _LONGEST_HEADLINE and not sentence and any(map(str.isalpha, row))
