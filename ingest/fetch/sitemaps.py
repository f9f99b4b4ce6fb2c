"""Sitemaps: the list of its pages that a site hands to programs (sitemaps.org), and the kind for news."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ingest.dates import parse_date
from ingest.fetch.problem import FetchError

if TYPE_CHECKING:
    from lxml.etree import _Element  # type: ignore[import-untyped]

__all__ = ["Listed", "Sitemap", "read_sitemap", "sortable"]

# The protocol's own limit is 50,000.
_MOST = 50_000
_LONGEST_DATE = 60


@dataclass(frozen=True, slots=True)
class Listed:
    """A page, or another sitemap, that a sitemap lists.

    Attributes:
        url: its address, as it is written.
        moment: when it was changed or published last, a day or a moment in UTC, ISO 8601; empty where nothing is said.
    """

    url: str
    moment: str = ""


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What a sitemap lists: pages, or other sitemaps when it is an ``index``. Newest first."""

    index: bool
    listed: tuple[Listed, ...]


def read_sitemap(data: bytes) -> Sitemap:
    """The sitemap in ``data``; of a broken one what can be read.

    Raises:
        FetchError: it is no XML, or no sitemap.
    """
    from lxml import etree  # type: ignore[import-untyped]

    index, listed = False, []
    try:
        # No entity is replaced, no DTD loaded, nothing fetched: a sitemap is somebody else's text.
        events = etree.iterparse(
            io.BytesIO(data),
            events=("start", "end"),
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            recover=True,
        )
        for found in _entries(events):
            if isinstance(found, bool):
                index = found
            else:
                listed.append(found)
            if len(listed) == _MOST:
                break
    except etree.XMLSyntaxError as error:
        if not listed:
            raise FetchError(f"holds no sitemap that can be read: {str(error)[:150]}") from None
    return Sitemap(index, tuple(_newest_first(listed)))


def _entries(events: Iterator[tuple[str, _Element]]) -> Iterator[Listed | bool]:
    """Whether it is an index, and what it lists."""
    for event, element in events:
        name = _name(element)
        if event == "start" and name in ("sitemapindex", "urlset"):
            yield name == "sitemapindex"
        elif event == "end" and name in ("url", "sitemap"):
            # Pictures and translations have addresses of their own, deeper down.
            fields = {_name(child): (child.text or "").strip() for child in element}
            deeper = {_name(child): (child.text or "").strip() for child in element.iter()}
            if fields.get("loc"):
                moment = fields.get("lastmod") or deeper.get("publication_date") or ""
                yield Listed(fields["loc"], sortable(parse_date(moment[:_LONGEST_DATE]) or "" if moment else ""))
            element.clear()


def _name(element: _Element) -> str:
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def _newest_first(listed: list[Listed]) -> list[Listed]:
    """Those with a moment by it; the others after them, in their order."""
    once = list({item.url: item for item in listed}.values())
    return sorted(once, key=lambda item: item.moment, reverse=True)


def sortable(moment: str) -> str:
    """A moment in a form that sorts with others, whatever their time zones; one without a zone is taken for UTC."""
    if len(moment) <= 10:
        return moment
    try:
        when = datetime.fromisoformat(moment)
        return when.replace(tzinfo=when.tzinfo or UTC).astimezone(UTC).isoformat()
    except (ValueError, OverflowError):  # the first and the last day of the calendar have no neighbours
        return moment
