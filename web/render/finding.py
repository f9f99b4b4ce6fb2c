"""A plain search and its results as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlencode

from web import words
from web.render.marks import Mark
from web.render.text import apart, count, e, long_day, period, web_address
from web.words import search as said

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
    "section_options",
    "source_options",
]

Order = Literal["best", "newest"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is searched for: words, their order, days (ISO 8601), outlets and sections, and which page of the results,
    from 1."""

    words: str = ""
    order: Order = "best"
    first: str = ""
    last: str = ""
    sources: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    page: int = 1

    def address(self, *, page: int) -> str:
        """The same search as the page's address has it, at another page of its results."""
        given = [
            ("words", self.words),
            ("order", self.order),
            ("first", self.first),
            ("last", self.last),
            *(("source", one) for one in self.sources),
            *(("section", one) for one in self.sections),
            ("page", str(page) if page > 1 else ""),
        ]
        return "#search?" + urlencode([(name, value) for name, value in given if value])


def search_form() -> str:
    """The fields of a search, to be filled in by the page's script from its address; where the results will stand."""
    return (
        f'<form class="search" id="search-form" role="search" aria-label="{said.FORM}">'
        f'<div class="field wide"><label class="unseen" for="search-words">{said.WORDS}</label>'
        '<input type="search" id="search-words" name="words" maxlength="400" autocomplete="off" enterkeyhint="search" '
        f'placeholder="{e(said.PLACEHOLDER)}"><button type="submit" class="button main">{said.SEARCH}</button></div>'
        f'<div class="limits" role="group" aria-label="{said.LIMITS}">'
        f'<fieldset class="choice"><legend class="unseen">{said.ORDER}</legend>'
        f'<label><input type="radio" name="order" value="best" checked><span>{said.BEST}</span></label>'
        f'<label><input type="radio" name="order" value="newest"><span>{said.NEWEST}</span></label></fieldset>'
        f'<div class="pair"><label class="small">{said.FROM} <input type="date" name="first"></label>'
        f'<label class="small">{said.TO} <input type="date" name="last"></label></div>'
        f'<div class="pair"><label class="small outlet">{said.OUTLET} <select name="source">'
        f'<option value="">{said.ALL_OUTLETS}</option>'
        "</select></label>"
        f'<label class="small outlet" hidden>{said.SECTION} <select name="section">'
        f'<option value="">{said.ALL_SECTIONS}</option></select></label></div>'
        f'<button type="button" class="quiet" id="search-clear" hidden>{said.CLEAR}</button></div></form>'
        '<div id="found" aria-live="polite"></div>'
    )


def source_options(sources: Sequence[tuple[str, int]], chosen: str) -> str:
    """The outlets to choose from, with how many articles each has."""
    return _options(said.ALL_OUTLETS, sources, chosen)


def section_options(sections: Sequence[tuple[str, int]], chosen: str) -> str:
    """The sections to choose from, with how many articles stand in each."""
    return _options(said.ALL_SECTIONS, sections, chosen)


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
        add = f'<a href="#add" data-tab="add">{words.TO_ADD}</a>'
        return f'<div class="nothing"><h2>{words.EMPTY}</h2><p>{said.EMPTY_LEAD}</p><p>{add}</p></div>'
    narrowed = asked.first or asked.last or asked.sources or asked.sections
    advice = []
    if asked.order == "newest" and asked.words:
        best = Asked(asked.words, "best", asked.first, asked.last, asked.sources, asked.sections).address(page=1)
        advice.append(f'{said.EVERY_WORD} <a href="{e(best)}">{said.OTHER_WORDINGS}</a>.')
    if narrowed:
        advice.append(f'<button type="button" class="link" data-clear>{said.EVERYWHERE}</button>')
    title = e(said.NOTHING_FOR.format(asked.words)) if asked.words else said.NOTHING
    listed = "".join(f"<p>{one}</p>" for one in advice or [said.FEWER])
    return f'<div class="nothing"><h2>{title}</h2>{listed}</div>'


def pieces(parts: Pieces) -> str:
    """A text with the words that were found set off."""
    return "".join(f"<mark>{e(part)}</mark>" if found else e(part) for part, found in parts)


def remove_button(article_id: str, title: str) -> str:
    """What removes an article, after a question."""
    name = e(title or words.UNTITLED)
    gone = words.archive
    return (
        f'<button type="button" class="quiet danger" data-remove="{e(article_id)}" data-title="{name}" '
        f'aria-label="{gone.REMOVE_IT.format(name)}">{gone.REMOVE}</button>'
    )


def removing(article_id: str, title: str) -> str:
    """What removes an article, below it in the reader."""
    return f'<p class="removing" data-held="{e(article_id)}">{remove_button(article_id, title)}</p>'


def _options(every: str, counted: Sequence[tuple[str, int]], chosen: str) -> str:
    options = "".join(
        f'<option value="{e(name)}"{" selected" if name == chosen else ""}>{e(name)} ({number:,})</option>'
        for name, number in counted
        if name
    )
    return f'<option value="">{every}</option>{options}'


def _hit(hit: Hit, *, removable: bool) -> str:
    article = hit.article
    mark = Mark.passage(article.text[hit.start : hit.end], hit.start, hit.end)
    title = pieces(hit.title) if article.title else words.UNTITLED
    more = said.PASSAGES.format(hit.passages) if hit.passages > 1 else ""
    about = apart(" · ", article.source, long_day(article.published), article.section, more)
    address = web_address(article.url)
    out = f'<a href="{e(address)}" target="_blank" rel="noopener noreferrer">{said.AT_OUTLET}</a>' if address else ""
    remove = remove_button(article.id, article.title) if removable else ""
    deeds = f'<p class="deeds">{out}{remove}</p>' if out or remove else ""
    return (
        f'<li class="hit" data-held="{e(article.id)}"><h3 dir="auto"><button type="button" class="opens" '
        f'data-read="{e(article.id)}" data-marks="{e(mark)}">{title}</button></h3>'
        f'<p class="about">{about}</p><p class="excerpt" dir="auto">{pieces(hit.excerpt)}</p>{deeds}</li>'
    )


def _tally(asked: Asked, total: int, begin: int, shown: int) -> str:
    days = period(asked.first or None, asked.last or None) if asked.first and asked.last else ""
    since = said.SINCE.format(long_day(asked.first)) if asked.first and not asked.last else ""
    until = said.UNTIL.format(long_day(asked.last)) if asked.last and not asked.first else ""
    parts = said.IN_SECTION.format(said.AND.join(asked.sections)) if asked.sections else ""
    where = ", ".join(part for part in (days or since or until, said.AND.join(asked.sources), parts) if part)
    what = count(total, words.ARTICLES)
    if asked.order == "best":
        what = said.BEST_ONE if total == 1 else said.BEST_MANY.format(total)
    here = f", {said.HERE.format(begin + 1, begin + shown)}" if total > shown else ""
    return e(f"{what}{here}{f' · {where}' if where else ''}")


def _paging(asked: Asked, total: int, size: int) -> str:
    last = -(-total // size)
    if last < 2:
        return ""
    steps = []
    for page, label in ((asked.page - 1, said.PREVIOUS), (asked.page + 1, said.NEXT)):
        if 1 <= page <= last:
            steps.append(f'<a class="button" href="{e(asked.address(page=page))}">{label}</a>')
    here = said.PAGE.format(asked.page, last)
    return f'<nav class="paging" aria-label="{said.PAGES}"><span>{here}</span>{"".join(steps)}</nav>'
