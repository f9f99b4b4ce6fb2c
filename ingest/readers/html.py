"""A saved web page to its article. The only user of trafilatura and htmldate; it never goes to the network.

What the page states about itself (schema.org data in JSON-LD, meta tags) comes before what the libraries guess.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ingest.article import Article, Span
from ingest.clean import line
from ingest.dates import date_in_name, date_in_url, parse_date

from . import markup
from .decode import Unreadable, decode_html
from .fields import address, authors, host, language, opening_title, title_line
from .figures import captions_of, without
from .finish import behind, finished

if TYPE_CHECKING:
    from lxml.html import HtmlElement  # type: ignore[import-untyped]

__all__ = ["LARGEST_PAGE", "extracted", "from_html", "from_page"]

# In characters. Pages are a few hundred kB; building the tree of a page takes twenty times its size in memory.
LARGEST_PAGE = 10_000_000

_SAVED_FROM = re.compile(r"<!-- saved from url=\(\d+\)(\S+) -->")
_ARTICLE_TYPE = re.compile(r"(?:article|blogposting|report|liveblog\w*)$", re.I)
_PUBLISHED = [
    "article:published_time",
    "article:published",
    "og:published_time",
    "og:article:published_time",
    "datepublished",
    "parsely-pub-date",
    "sailthru.date",
    "dc.date.issued",
    "dc.date",
    "dcterms.created",
    "dc.date.created",
    "cxenseparse:recs:publishtime",
    "publish-date",
    "publish_date",
    "publication_date",
    "publicationdate",
    "published",
    "pubdate",
    "article.published",
    "date",
]
_UPDATED = [
    "article:modified_time",
    "article:modified",
    "og:updated_time",
    "datemodified",
    "dcterms.modified",
    "last-modified",
]
_SECTION = ["article:section", "parsely-section", "sailthru.section", "cse-section", "section", "articlesection"]
_AUTHOR = ["author", "article:author", "byl", "parsely-author", "sailthru.author", "dc.creator", "dc.creator.creator"]
_SURROUNDINGS = " or ".join(
    f"ancestor::{name}" for name in ("head", "nav", "footer", "aside", "a", "button", "form", "script", "style")
)
_SHORTEST = 60


def from_page(data: bytes, *, name: str = "", url: str | None = None) -> Article | None:
    """The article on a page as it was saved or sent; see :func:`from_html`. Raises Unreadable for what is no page."""
    if len(data) > LARGEST_PAGE:
        raise Unreadable(
            f"has {len(data) / 2**20:,.0f} MB, more than a web page of {LARGEST_PAGE / 2**20:,.0f} MB; is it one?"
        )
    return from_html(decode_html(data), name=name, url=url)


def from_html(html: str, *, name: str = "", url: str | None = None) -> Article | None:
    """The article on a page.

    Args:
        html: the page.
        name: the file's name, from which a date is guessed where the page states none.
        url: where the page was found, which counts where it does not state its own address.

    Returns:
        the article, or None where the page holds no article text. Its date is, in this order: what the page states, the
        day in its address, what htmldate finds in the page, the day in the file's name; ``date_note`` says which.

    Raises:
        Unreadable: finding it would take too long, or too much memory.
    """
    from . import apart

    return (apart.page if apart.suspicious(html) else extracted)(html, name=name, url=url)


def extracted(html: str, *, name: str = "", url: str | None = None) -> Article | None:
    """As :func:`from_html`, however long it takes."""
    import trafilatura

    tree = trafilatura.load_html(re.sub(r"^\s*<\?xml[^>]*\?>", "", html))
    if tree is None:
        return None
    metas, linked = _metas(tree), _linked(tree)
    # On 90 pages of the public article-extraction-benchmark the F1 is 0.966 so, 0.954 by default, 0.959 with fast=True.
    found = trafilatura.bare_extraction(
        html,
        favor_precision=True,
        include_comments=False,
        with_metadata=True,
        date_extraction_params={"original_date": True},
    )
    guessed: dict[str, str | None] = {} if found is None or isinstance(found, dict) else found.as_dict()
    text = _text(guessed.get("text"), tree)
    if not text:
        return None
    url = _url(html, tree, metas, linked) or address(url)
    outlet = _outlet(linked, metas, guessed.get("sitename")) or host(url)
    title = _title(linked, line(guessed.get("title") or ""), tree, outlet)
    if title and (rest := text.removeprefix(f"{title}\n")) != text and rest.strip():
        text = rest.strip()
    text, captions = _with_captions(text, tree)
    published, note = _published(linked, metas, url, html, name)
    article = Article(
        text=text,
        title=title or opening_title(text),
        url=url,
        source=outlet or None,
        authors=_authors(linked, metas, guessed.get("author") or ""),
        published=published,
        updated=_first_date([linked.get("dateModified"), *(metas.get(key) for key in _UPDATED)]),
        language=_language(tree, metas, linked),
        date_note=note,
        section=_section(linked, metas),
        description=_description(linked, metas, text),
        place=_place(linked),
        captions=captions,
    )
    return finished(article)


def _text(extracted: str | None, tree: HtmlElement) -> str:
    if not extracted or not extracted.strip():
        # Very short pages are left by the extractor: take their paragraphs, where they are not in a menu or a footer.
        found = tree.xpath("//p[not(ancestor::nav or ancestor::header or ancestor::footer or ancestor::aside)]")
        extracted = "\n".join(line(paragraph.text_content()) for paragraph in found)
        if len(extracted) < _SHORTEST:
            return ""
    if _is_surroundings(extracted, tree):
        return ""
    return markup.plain("\n\n".join(row for row in extracted.split("\n") if row.strip()))


def _with_captions(text: str, tree: HtmlElement) -> tuple[str, tuple[Span, ...]]:
    """The text with the captions behind the body, where they part no paragraphs."""
    paragraphs = text.split("\n\n")
    pictures = captions_of(tree, paragraphs)
    body = without(paragraphs, pictures)
    return behind("\n\n".join(body), pictures) if body else (text, ())


def _is_surroundings(extracted: str, tree: HtmlElement) -> bool:
    """Whether most words that were extracted stand nowhere but in links, menus and the like: there is no article."""
    own = " ".join(tree.xpath(f"//text()[not({_SURROUNDINGS})]"))
    known, words = set(own.split()), extracted.split()
    return sum(word in known for word in words) < len(words) / 2


def _metas(tree: HtmlElement) -> dict[str, str]:
    """The first content of each meta tag, by its lower-case name, property or itemprop."""
    metas: dict[str, str] = {}
    for tag in tree.xpath("//meta[@content]"):
        for attribute in ("property", "name", "itemprop"):
            if (key := (tag.get(attribute) or "").strip().lower()) and (content := tag.get("content").strip()):
                metas.setdefault(key, content)
    for tag in tree.xpath("//*[@itemprop='datePublished' or @itemprop='dateModified'][not(self::meta)]"):
        metas.setdefault(tag.get("itemprop").lower(), (tag.get("datetime") or tag.text_content()).strip())
    for tag in tree.xpath("//time[@pubdate][@datetime]"):
        metas.setdefault("pubdate", tag.get("datetime").strip())
    return metas


def _linked(tree: HtmlElement) -> dict[str, Any]:
    """The page's schema.org record of an article, from JSON-LD; empty where there is none."""
    for script in tree.xpath("//script[contains(@type, 'ld+json')]"):
        try:
            data = json.loads(script.text or "", strict=False)
        except (ValueError, RecursionError):
            continue
        if record := next(_article_records(data), None):
            return record
    return {}


def _article_records(data: object, depth: int = 0) -> Iterator[dict[str, Any]]:
    if isinstance(data, list) and depth < 5:
        for item in data[:200]:
            yield from _article_records(item, depth + 1)
    elif isinstance(data, dict) and depth < 5:
        kinds = data.get("@type")
        kinds = kinds if isinstance(kinds, list) else [kinds]
        if any(isinstance(kind, str) and _ARTICLE_TYPE.search(kind) for kind in kinds):
            yield data
        for name in ("@graph", "mainEntity", "mainEntityOfPage"):
            if isinstance(data.get(name), list | dict):
                yield from _article_records(data[name], depth + 1)


def _url(html: str, tree: HtmlElement, metas: dict[str, str], linked: dict[str, Any]) -> str | None:
    canonical = tree.xpath("//link[@rel='canonical']/@href")
    saved = _SAVED_FROM.search(html[:2000])
    page = linked.get("mainEntityOfPage")
    page = page.get("@id") if isinstance(page, dict) else page
    stated = [*canonical[:1], metas.get("og:url"), linked.get("url"), page, saved[1] if saved else None]
    urls = (address(value) for value in stated if isinstance(value, str))
    return next((url for url in urls if url and host(url)), None)


def _outlet(linked: dict[str, Any], metas: dict[str, str], guessed: str | None) -> str:
    publisher = linked.get("publisher")
    publisher = publisher[0] if isinstance(publisher, list) and publisher else publisher
    named = publisher.get("name") if isinstance(publisher, dict) else publisher
    names = (
        line(name).lstrip("@")[:200].rstrip()
        for name in (named, metas.get("og:site_name"), guessed)
        if isinstance(name, str)
    )
    return next((host(name) or name for name in names if name), "")


def _title(linked: dict[str, Any], guessed: str, tree: HtmlElement, outlet: str | None) -> str:
    headline = linked.get("headline")
    stated = line(markup.stripped(headline)) if isinstance(headline, str) else ""
    if stated.endswith(("…", "...")):  # Cut for search engines.
        stated = ""
    title = stated or guessed or line("".join(tree.xpath("//title[1]//text()")))
    if outlet:
        title = re.sub(rf"\s+[|–—·-]\s+{re.escape(outlet)}$", "", title, flags=re.I)
    return title_line(title)


def _language(tree: HtmlElement, metas: dict[str, str], linked: dict[str, Any]) -> str | None:
    stated = [tree.get("lang"), linked.get("inLanguage"), metas.get("og:locale"), metas.get("language")]
    return next(filter(None, map(language, filter(None, stated))), None)


def _section(linked: dict[str, Any], metas: dict[str, str]) -> str | None:
    stated = linked.get("articleSection")
    values = [*(stated if isinstance(stated, list) else [stated]), *(metas.get(key) for key in _SECTION)]
    return next(filter(None, (title_line(value)[:200].rstrip() for value in values if isinstance(value, str))), None)


def _description(linked: dict[str, Any], metas: dict[str, str], text: str) -> str | None:
    """What the page says of the article, unless that is only how the article begins."""
    values = [metas.get("og:description"), metas.get("description"), linked.get("description")]
    found = (line(markup.stripped(value))[:2000].rstrip() for value in values if isinstance(value, str))
    start = line(text[:4000])
    return next((value for value in found if value and not start.startswith(value.rstrip("….[] "))), None)


def _place(linked: dict[str, Any]) -> str | None:
    stated = linked.get("dateline")
    return line(stated)[:200].rstrip(" —–-") or None if isinstance(stated, str) else None


def _authors(linked: dict[str, Any], metas: dict[str, str], guessed: str) -> tuple[str, ...]:
    stated = [linked.get("author"), *(metas.get(key) for key in _AUTHOR), guessed]
    return next(filter(None, map(authors, stated)), ())


def _published(
    linked: dict[str, Any], metas: dict[str, str], url: str | None, html: str, name: str
) -> tuple[str | None, str]:
    stated = [linked.get("datePublished"), *(metas.get(key) for key in _PUBLISHED), linked.get("dateCreated")]
    if day := _first_date(stated):
        return day, ""
    if url and (day := date_in_url(url)):
        return day, "web address"
    import htmldate

    if day := htmldate.find_date(html, original_date=True, url=url):
        return day, "page content"
    day = date_in_name(name)
    return day, "file name" if day else ""


def _first_date(values: list[object]) -> str | None:
    return next(filter(None, (parse_date(value) for value in values if isinstance(value, str))), None)
