"""A plain search and its results as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlencode

from web.render.marks import Mark
from web.render.text import count, e, long_day, period, web_address

if TYPE_CHECKING:
    from qa.plain import Hit, Pieces

__all__ = [
    "Asked",
    "Order",
    "no_results",
    "pieces",
    "remove_button",
    "removing",
    "results",
    "search_form",
    "source_options",
]

Order = Literal["best", "newest"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is searched for: words, their order, days (ISO 8601) and outlets, and which page of the results, from 1."""

    words: str = ""
    order: Order = "best"
    first: str = ""
    last: str = ""
    sources: tuple[str, ...] = ()
    page: int = 1

    def address(self, *, page: int) -> str:
        """The same search as the page's address has it, at another page of its results."""
        given = [
            ("words", self.words),
            ("order", self.order),
            ("first", self.first),
            ("last", self.last),
            *(("source", one) for one in self.sources),
            ("page", str(page) if page > 1 else ""),
        ]
        return "#search?" + urlencode([(name, value) for name, value in given if value])


def search_form() -> str:
    """The fields of a search, to be filled in by the page's script from its address; where the results will stand."""
    return (
        '<form class="search" id="search-form" role="search" aria-label="Search the archive">'
        '<div class="field wide"><label class="unseen" for="search-words">Words to search for</label>'
        '<input type="search" id="search-words" name="words" maxlength="400" autocomplete="off" enterkeyhint="search" '
        'placeholder="Words to search for; &quot;quotes&quot; keep them together">'
        '<button type="submit" class="button main">Search</button></div>'
        '<div class="limits" role="group" aria-label="Order and filters">'
        '<fieldset class="choice"><legend class="unseen">Order</legend>'
        '<label><input type="radio" name="order" value="best" checked><span>Best first</span></label>'
        '<label><input type="radio" name="order" value="newest"><span>Newest first</span></label></fieldset>'
        '<label class="small">From <input type="date" name="first"></label>'
        '<label class="small">To <input type="date" name="last"></label>'
        '<label class="small outlet">Outlet <select name="source"><option value="">All outlets</option></select>'
        "</label>"
        '<button type="button" class="quiet" id="search-clear" hidden>Clear filters</button></div></form>'
        '<div id="found" aria-live="polite"></div>'
    )


def source_options(sources: Sequence[tuple[str, int]], chosen: str) -> str:
    """The outlets to choose from, with how many articles each has."""
    options = "".join(
        f'<option value="{e(name)}"{" selected" if name == chosen else ""}>{e(name)} ({number:,})</option>'
        for name, number in sources
        if name
    )
    return f'<option value="">All outlets</option>{options}'


def results(asked: Asked, hits: Sequence[Hit], total: int, *, size: int, removable: bool) -> str:
    """One page of what a search found.

    Args:
        total: how many articles it found in all.
        size: how many stand on a page.
        removable: whether whoever looks may remove articles.
    """
    begin = (asked.page - 1) * size
    items = "".join(_hit(hit, removable=removable) for hit in hits)
    return (
        f'<p class="tally">{_tally(asked, total, begin, len(hits))}</p>'
        f'<ol class="hits" start="{begin + 1}">{items}</ol>{_paging(asked, total, size)}'
    )


def no_results(asked: Asked, *, holds: int) -> str:
    """What is shown when nothing was found, and what might help.

    Args:
        holds: how many articles the archive has.
    """
    if not holds:
        return (
            '<div class="nothing"><h2>The archive is empty</h2><p>There is nothing to search yet. '
            '<a href="#add" data-tab="add">Add articles</a> first.</p></div>'
        )
    narrowed = asked.first or asked.last or asked.sources
    advice = []
    if asked.order == "newest" and asked.words:
        best = Asked(asked.words, "best", asked.first, asked.last, asked.sources).address(page=1)
        link_to_best = f'<a href="{e(best)}">Best first</a>'
        advice.append(f"Newest first finds articles that have every word. {link_to_best} also finds other wordings.")
    if narrowed:
        advice.append('<button type="button" class="link" data-clear>Search all days and outlets</button>')
    shown = f" for “{e(asked.words)}”" if asked.words else ""
    listed = "".join(f"<p>{one}</p>" for one in advice) or "<p>Try fewer words, or other ones.</p>"
    return f'<div class="nothing"><h2>Nothing found{shown}</h2>{listed}</div>'


def pieces(parts: Pieces) -> str:
    """A text with the words that were found set off."""
    return "".join(f"<mark>{e(part)}</mark>" if found else e(part) for part, found in parts)


def remove_button(article_id: str, title: str) -> str:
    """What removes an article, after a question."""
    name = title or "Untitled article"
    return (
        f'<button type="button" class="quiet danger" data-remove="{e(article_id)}" data-title="{e(name)}" '
        f'aria-label="Remove {e(name)}">Remove</button>'
    )


def removing(article_id: str, title: str) -> str:
    """What removes an article, below it in the reader."""
    return f'<p class="removing" data-held="{e(article_id)}">{remove_button(article_id, title)}</p>'


def _hit(hit: Hit, *, removable: bool) -> str:
    article = hit.article
    mark = Mark.passage(article.text[hit.start : hit.end], hit.start, hit.end)
    title = pieces(hit.title) if article.title else "Untitled article"
    more = f"{hit.passages} passages fit" if hit.passages > 1 else ""
    about = [e(part) for part in (article.source, long_day(article.published), article.section, more) if part]
    address = web_address(article.url)
    out = f'<a href="{e(address)}" target="_blank" rel="noopener noreferrer">At its outlet</a>' if address else ""
    remove = remove_button(article.id, article.title) if removable else ""
    deeds = f'<p class="deeds">{out}{remove}</p>' if out or remove else ""
    return (
        f'<li class="hit" data-held="{e(article.id)}"><h3 dir="auto"><button type="button" class="opens" '
        f'data-read="{e(article.id)}" data-marks="{e(mark)}">{title}</button></h3>'
        f'<p class="about">{" · ".join(about)}</p><p class="excerpt" dir="auto">{pieces(hit.excerpt)}</p>{deeds}</li>'
    )


def _tally(asked: Asked, total: int, begin: int, shown: int) -> str:
    days = period(asked.first or None, asked.last or None) if asked.first and asked.last else ""
    since = f"since {long_day(asked.first)}" if asked.first and not asked.last else ""
    until = f"until {long_day(asked.last)}" if asked.last and not asked.first else ""
    where = ", ".join(part for part in (days or since or until, " and ".join(asked.sources)) if part)
    what = count(total, "article")
    if asked.order == "best":
        what = "The 1 article that fits" if total == 1 else f"The {total:,} articles that fit best"
    here = f", {begin + 1:,} to {begin + shown:,} of them here" if total > shown else ""
    return e(f"{what}{here}{f' · {where}' if where else ''}")


def _paging(asked: Asked, total: int, size: int) -> str:
    last = -(-total // size)
    if last < 2:
        return ""
    steps = []
    for page, label in ((asked.page - 1, "Previous"), (asked.page + 1, "Next")):
        if 1 <= page <= last:
            steps.append(f'<a class="button" href="{e(asked.address(page=page))}">{label}</a>')
    return f'<nav class="paging" aria-label="Pages"><span>Page {asked.page} of {last:,}</span>{"".join(steps)}</nav>'
