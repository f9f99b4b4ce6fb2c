"""A record (a mapping from field names to values) to an article: which names mean what, and how values are written.

Names are compared without case, spaces, dots, dashes and underscores, so ``datePublished``, ``date_published`` and
``DATE PUBLISHED`` are one. It knows no file format.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from ingest.article import Article, Span
from ingest.clean import clean, line, opening
from ingest.dates import date_in_url, parse_date

from . import markup
from .finish import finished

__all__ = [
    "NoText",
    "address",
    "authors",
    "from_record",
    "host",
    "key",
    "language",
    "meaning",
    "opening_title",
    "title_line",
    "writes_day_first",
]

# The first name that has a usable value wins.
_NAMES = {
    "text": "text body articleBody bodyText content contents fullText mainText plainText cleanedText rawText storyText "
    "textBody newsText article story document paragraphs",
    "html": "html bodyHtml contentHtml articleHtml rawHtml htmlBody content:encoded",
    "title": "title headline webTitle heading titleText name subject",
    "url": "url link webUrl canonicalUrl canonical permalink sourceUrl originalUrl uri href",
    "published": "published publishedAt datePublished publishedDate publicationDate pubDate publishDate datePublish "
    "publishTime publishedTime publishedOn webPublicationDate firstPublished firstPublicationDate firstPublishedAt "
    "publishedTs date datetime dateTime issued posted postedAt timestamp time created createdAt dateCreated seenDate",
    "updated": "updated updatedAt dateModified modified modifiedAt lastModified lastUpdated dateUpdated updatedDate "
    "modifiedDate dateModify modifiedTime updatedOn",
    "source": "source outlet publisher site siteName publication newspaper sourceName sourceDomain domain provider",
    "authors": "authors author byline bylines creator by writer writers journalist journalists reporter reporters",
    "language": "language lang inLanguage locale",
    "id": "id articleId guid uuid docId identifier",
    "date_note": "dateNote",
    "section": "section articleSection sectionName pillarName category categories channel desk rubric",
    "description": "description summary abstract standfirst subtitle subheadline deck dek trailText excerpt teaser",
    "place": "place dateline",
    "captions": "captions",
}
_PREFIXES = ("article", "news", "story", "post", "item", "og", "dc", "dcterms")
_NESTS = ("article", "fields", "source", "attributes", "data", "item", "doc", "document", "newsArticle", "story")
_INNER = (
    "rendered",
    "name",
    "text",
    "content",
    "value",
    "main",
    "original",
    "title",
    "$date",
    "$numberLong",
    "$oid",
    "id",
)
_LANGUAGES = {"english": "en", "french": "fr", "german": "de", "spanish": "es", "italian": "it", "portuguese": "pt"}
_BY = re.compile(r"^(?:[^\W\d_]+\s+)?by\b[\s:]*", re.I)  # Also "Analysis by", "Written by".
_AND = re.compile(r"\s*[;|\n•·]\s*|\s+(?:and|&|with|und|et|y)\s+", re.I)
_COMMA = re.compile(r",(?!\s*(?:jr|sr|ii|iii|iv|md|phd|m\.d|ph\.d|esq)\b)\s*(?:(?:and|&|with)\s+)?", re.I)
_ROLE = re.compile(r"\b(?:correspondent|editor|reporter|writer|columnist|contributor|analyst)s?(?:-at-large)?$", re.I)
_EMAIL = re.compile(r"[(<\[]?\b[\w.+-]+@[\w-]+\.[\w.-]+[)>\]]?")
_ADDRESS = re.compile(r"(?:https?:)?//|www\.", re.I)
_HOSTILE = re.compile(r"\s*(?:javascript|data|vbscript|file|blob)\s*:", re.I)


def key(name: object) -> str:
    """A field name as it is compared."""
    return re.sub(r"[\W_]+", "", str(name)).casefold()


def _lookup() -> dict[str, tuple[str, int]]:
    table: dict[str, tuple[str, int]] = {}
    for field, names in _NAMES.items():
        for rank, name in enumerate(names.split()):
            table.setdefault(key(name), (field, rank))
    for known, (field, rank) in list(table.items()):
        for prefix in _PREFIXES:
            table.setdefault(prefix + known, (field, rank + 100))
    return table


_LOOKUP = _lookup()


_NUMERIC_DAY = re.compile(r"\s*(\d{1,2})[/.-](\d{1,2})[/.-]\d{2,4}\b")


class NoText(Exception):
    """A record has no text. The message says which fields it has."""


def meaning(name: object) -> str | None:
    """What a field name means, such as ``"published"`` for ``pubDate``; None for a name that is not known."""
    found = _LOOKUP.get(key(name))
    return found[0] if found else None


def from_record(record: Mapping[object, object], *, day_first: bool | None = None) -> Article:
    """The article in a record.

    Args:
        day_first: how ``03/04/2022`` is meant in the file that it stands in, see :func:`writes_day_first`.

    Raises:
        NoText: there is no field with a text, or it is empty.
    """
    fields, text = _unnested(record)
    if not text:
        names = [line(str(name))[:40] for name in record if name]
        shown = ", ".join(names[:12]) + (", …" if len(names) > 12 else "")
        raise NoText(f"has no text; its fields are {shown}" if names else "has no fields")
    url = next(filter(None, map(address, _values(fields, "url"))), None)
    published, note = _date(fields, "published", day_first), _line(fields, "date_note")
    if published is None and url and (published := date_in_url(url)):
        note = "web address"
    article = Article(
        text=text,
        title=_title(fields) or opening_title(text),
        url=url,
        source=next(filter(None, map(_outlet, _values(fields, "source"))), None) or host(url),
        authors=next(filter(None, map(authors, _values(fields, "authors"))), ()),
        published=published,
        updated=_date(fields, "updated", day_first),
        language=next(filter(None, map(language, _values(fields, "language"))), None),
        id=name if len(name := _line(fields, "id")) <= 200 else "",
        date_note=note if published else "",
        section=_line(fields, "section") or None,
        description=_line(fields, "description", most=2000) or None,
        place=_line(fields, "place") or None,
        captions=_captions(fields, text),
    )
    return article if _is_marked(fields) else finished(replace(article, captions=()))


def writes_day_first(records: Iterable[object]) -> bool | None:
    """How the records of one file write days in numbers: True when one of them must have the day first (14/01/2025),
    False when one must have the month first (01/14/2025), None when all could be either, or when there are both."""
    found: set[bool] = set()
    for record in records:
        fields = _fields(record) if isinstance(record, Mapping) else {}
        for value in _values(fields, "published") + _values(fields, "updated"):
            if match := _NUMERIC_DAY.match(_scalar(value)):
                first, second = int(match[1]), int(match[2])
                if (first > 12) != (second > 12):
                    found.add(first > 12)
    return found.pop() if len(found) == 1 else None


def title_line(text: str) -> str:
    """A headline as one clean line without markup."""
    return line(markup.plain(text))[:500].rstrip()


def opening_title(text: str) -> str:
    """What stands for the headline of a text that has none."""
    return title_line(opening(text))


def address(value: object) -> str | None:
    """A web address (or another name for the article that the input gives in its place), or None."""
    url = line(_scalar(value))
    if not url or len(url) > 4000 or _HOSTILE.match(url):
        return None
    url = url.replace(" ", "%20")
    return f"https:{url}" if url.startswith("//") else url


def host(url: str | None) -> str | None:
    """The host of a web address without ``www.``, to stand for the outlet; None for anything else."""
    if not url or not url.lower().startswith(("http://", "https://")):
        return None
    try:
        name = urlsplit(url).hostname or ""
    except ValueError:
        return None
    name = name.removeprefix("www.")
    return name if 0 < len(name) <= 200 else None


def language(value: object) -> str | None:
    """A language as a BCP 47 tag; None for what is none."""
    name = line(_scalar(value)).replace("_", "-").split(".")[0]
    name = _LANGUAGES.get(name.lower(), name)
    if not re.fullmatch(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}", name):
        return None
    first, *rest = name.split("-")
    return "-".join([first.lower(), *(part.upper() if len(part) == 2 else part for part in rest)])


def authors(value: object) -> tuple[str, ...]:
    """The names in a byline: a string ("By A and B"), a list of them, or a list of records with a name."""
    names: tuple[str, ...] = ()
    while (found := tuple(dict.fromkeys(name for part in _flat(value) for name in _names(part)))[:50]) != names:
        names, value = found, list(found)  # Until nothing changes, so that what was stored reads back the same.
    return tuple(name for name in names if not _ROLE.search(name)) or names


def _flat(value: object, depth: int = 0) -> Iterator[str]:
    if isinstance(value, str):
        listed = _written_list(value)
        yield from [value] if listed is None else (item for item in listed if isinstance(item, str))
    elif isinstance(value, Mapping):
        given, family = value.get("firstname") or value.get("given"), value.get("lastname") or value.get("family")
        yield f"{_scalar(given)} {_scalar(family)}" if given and family else _scalar(value)
    elif isinstance(value, list | tuple) and depth < 3:
        for item in value[:100]:
            yield from _flat(item, depth + 1)


def _written_list(text: str) -> list[object] | None:
    """Tables hold lists as Python or JSON writes them: ``['A', 'B']``."""
    if len(text) > 5000 or not re.fullmatch(r"\s*\[\s*(?:(['\"]).*)?\]\s*", text, re.S):
        return None
    try:
        value = ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    return value if isinstance(value, list) else None


def _names(text: str) -> Iterator[str]:
    text = _BY.sub("", _EMAIL.sub("", clean(text)))
    if _ADDRESS.match(text):
        return
    parts = [part for piece in _AND.split(text) for part in _split_commas(piece)]
    for part in parts:
        name = _BY.sub("", line(part)).strip(" ,;:|·•-–—/")
        if 1 < len(name) <= 100 and not _ADDRESS.match(name):
            yield name


def _split_commas(text: str) -> list[str]:
    family_first = re.fullmatch(r"\s*[^\s,]+,\s*[^\s,]+\s*", text)
    return [text] if family_first else _COMMA.split(text)


def _unnested(record: Mapping[object, object]) -> tuple[dict[str, list[object]], str]:
    """The known fields of a record, or of a record within it that has the text, and the text."""
    fields = _fields(record)
    text = _text(fields)
    for outer in () if text else _NESTS:
        inner = next((value for name, value in record.items() if key(name) == key(outer)), None)
        if isinstance(inner, Mapping):
            nested = _fields(inner)
            if text := _text(nested):
                without = _fields({name: value for name, value in record.items() if value is not inner})
                return {name: nested.get(name, []) + without.get(name, []) for name in _NAMES}, text
    return fields, text


def _fields(record: Mapping[object, object]) -> dict[str, list[object]]:
    found: dict[str, list[tuple[int, object]]] = {}
    for name, value in record.items():
        if value is not None and (known := _LOOKUP.get(key(name))):
            found.setdefault(known[0], []).append((known[1], value))
    return {field: [value for _, value in sorted(values, key=lambda pair: pair[0])] for field, values in found.items()}


def _text(fields: Mapping[str, list[object]]) -> str:
    for value in _values(fields, "text"):
        if text := markup.plain("\n\n".join(_paragraphs(value))):
            return text
    for value in _values(fields, "html"):
        if text := _from_html(_scalar(value)):
            return text
    return ""


def _from_html(html: str) -> str:
    if re.search(r"<(?:html|body)[\s>]", html[:5000], re.I):
        from . import html as page

        article = page.from_html(html)
        return article.text if article else ""
    return markup.plain(markup.stripped(html))


def _paragraphs(value: object) -> Iterable[str]:
    """Text as one string, or as a list of paragraphs, each a string or a record with a ``text`` or ``content``."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        texts = (item if isinstance(item, str) else _scalar(item) for item in value if isinstance(item, str | Mapping))
        return [text for text in texts if text]
    return [_scalar(value)] if isinstance(value, Mapping) else []


def _values(fields: Mapping[str, list[object]], field: str) -> list[object]:
    return fields.get(field, [])


def _is_marked(fields: Mapping[str, list[object]]) -> bool:
    """Whether a record says where its captions stand, or that it has none."""
    marked = next((value for value in _values(fields, "captions") if isinstance(value, list)), None)
    return marked is not None and all(isinstance(pair, list) for pair in marked)


def _captions(fields: Mapping[str, list[object]], text: str) -> tuple[Span, ...]:
    """The stretches of ``text`` that a record marks as captions, as an export does; none if its text has changed since
    it was marked, or if they are anything else."""
    if text not in _values(fields, "text"):
        return ()
    marked = next((value for value in _values(fields, "captions") if isinstance(value, list)), [])
    spans = [
        Span(*pair) for pair in marked if isinstance(pair, list) and [type(number) for number in pair] == [int, int]
    ]
    ends = [0, *(end for span in spans for end in span), len(text)]
    sound = ends == sorted(ends) and all(start < end for start, end in spans)
    return tuple(spans) if sound and len(spans) == len(marked) else ()


def _line(fields: Mapping[str, list[object]], field: str, *, most: int = 500) -> str:
    return next(filter(None, (line(_scalar(value))[:most].rstrip() for value in _values(fields, field))), "")


def _title(fields: Mapping[str, list[object]]) -> str:
    for value in _values(fields, "title"):
        text = markup.stripped(_scalar(value)) if isinstance(value, Mapping) else _scalar(value)
        if text := title_line(text):
            return text
    return ""


def _date(fields: Mapping[str, list[object]], field: str, day_first: bool | None) -> str | None:
    """The first value that is a date: next to it there may be others, such as a ``published`` that is only true."""
    dates = (parse_date(_scalar(value), day_first=day_first) for value in _values(fields, field))
    return next(filter(None, dates), None)


def _outlet(value: object) -> str:
    name = line(_scalar(value[0] if isinstance(value, list) and value else value))[:200].rstrip()
    return host(name) or name


def _scalar(value: object, depth: int = 0) -> str:
    """A value as text: records such as ``{"name": "Harbour Gazette"}`` by the field that names them."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or value is None or depth > 3:
        return ""
    if isinstance(value, int):
        return str(value) if abs(value) < 10**40 else ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else str(value)
    if isinstance(value, Mapping):
        return next(filter(None, (_scalar(value.get(name), depth + 1) for name in _INNER)), "")
    return _scalar(value[0], depth + 1) if isinstance(value, list) and value else ""
