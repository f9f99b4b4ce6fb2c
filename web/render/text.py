"""The small pieces of the page's HTML: escaped words, days, counts, links."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from qa.days import written, written_period
from web import words

if TYPE_CHECKING:
    from ingest.archive import ArchiveStats
    from qa.answer import ArticleRef

__all__ = ["apart", "count", "e", "holdings", "long_day", "long_moment", "period", "reference", "web_address"]


def e(text: object) -> str:
    """``text``, inert in HTML: in an element and in a quoted attribute."""
    return escape(str(text), quote=True)


def long_day(moment: str | None) -> str:
    """What ISO 8601 says of when, as ``12 September 2022``; what cannot be read stays as it is."""
    return written(moment) if moment else words.UNDATED


def period(first: str | None, last: str | None) -> str:
    """From the first day to the last, as ``3 January to 20 November 2025``; empty when there are none."""
    if not first or not last:
        return long_day(first or last) if first or last else ""
    return written_period(first, last)


def long_moment(moment: str) -> str:
    """What ISO 8601 says of when, with the time of day where it says one: ``12 September 2022, 08:30``."""
    time = moment[11:16] if moment[10:11] == "T" and moment[11:19] != "00:00:00" else ""
    return f"{long_day(moment)}, {time}" if time else long_day(moment)


def apart(between: str, *parts: str | None) -> str:
    """The parts that there are, escaped, each in its own direction: a name in Hebrew leaves the day beside it as it is.

    Args:
        between: what stands between them.
    """
    return between.join(f"<bdi>{e(part)}</bdi>" for part in parts if part)


def count(number: int, forms: tuple[str, str]) -> str:
    """So many of something, whose forms for one and for any other number are given."""
    return forms[number != 1].format(number)


def holdings(stats: ArchiveStats) -> str:
    """What the archive holds, in a line: how many articles, from when to when, from how many outlets."""
    if not stats.articles:
        return words.NO_ARTICLES
    outlets = len([name for name, _ in stats.sources if name])
    parts = [count(stats.articles, words.ARTICLES), period(stats.first, stats.last)]
    if outlets:
        parts.append(count(outlets, words.OUTLETS))
    return ", ".join(part for part in parts if part)


def reference(ref: ArticleRef, mark: str = "") -> str:
    """An article's title, which opens it in the reader, with outlet and day; ``mark`` is what is marked there."""
    marks = f' data-marks="{e(mark)}"' if mark else ""
    return (
        f'<button type="button" class="open" data-read="{e(ref.id)}"{marks} dir="auto">{e(ref.title or words.UNTITLED)}'
        f"</button> <span>{apart(', ', ref.source, long_day(ref.published))}</span>"
    )


def web_address(url: str | None) -> str:
    try:
        parts = urlsplit((url or "").strip())
    except ValueError:
        return ""
    return parts.geturl() if parts.scheme in ("http", "https") and parts.netloc else ""
