"""Articles over time, as bars, and the course of events, as a line of days. Both come from the server, ready drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qa.days import MONTHS
from web import words
from web.render.marks import Mark, annotated, worth_telling
from web.render.text import count, e, long_day, period

if TYPE_CHECKING:
    from qa.timeline import Bar, Event, Timeline

__all__ = ["course", "over_time"]

# Fewer articles say nothing about time, and more ticks than this cannot be read.
_FEWEST = 3
_MOST_TICKS = 6


def over_time(timeline: Timeline, *, course_at: str = "") -> str:
    """How many articles there are over time, a button for each bar; empty where that says nothing.

    Args:
        course_at: where the course of events is fetched from.
    """
    if len(timeline.bars) < 2 or timeline.articles < _FEWEST:
        return ""
    highest = max(bar.articles for bar in timeline.bars)
    bars = "".join(_bar(bar, highest) for bar in timeline.bars)
    number = count(timeline.articles, words.ARTICLES)
    told = f"{words.OVER_TIME}: {number}, {period(timeline.bars[0].first, timeline.bars[-1].last)}"
    many = f'style="--many:{len(timeline.bars)}"'
    more = f'<button type="button" class="narrow" data-course="{e(course_at)}">{words.COURSE}</button>'
    return (
        f'<div class="head"><h3>{words.OVER_TIME}</h3><span>{number}</span></div>'
        f'<div class="bars" {many} role="group" aria-label="{e(told)}. {words.OVER_TIME_HINT}.">{bars}</div>'
        f'<div class="ticks" {many} aria-hidden="true">{_ticks(timeline)}</div>{more if course_at else ""}'
        '<div class="course-here"></div>'
    )


def _bar(bar: Bar, highest: int) -> str:
    when = period(bar.first, bar.last)
    if not bar.articles:
        return f'<span class="bar none" title="{e(when)}"></span>'
    height = max(4, round(100 * bar.articles / highest))
    said = f"{count(bar.articles, words.ARTICLES)}, {when}"
    return (
        f'<button type="button" class="bar" style="--high:{height}%" data-first="{e(bar.first)}" '
        f'data-last="{e(bar.last)}" title="{e(said)}" aria-label="{e(said)}"></button>'
    )


def _ticks(timeline: Timeline) -> str:
    """The names of a few bars, where each begins."""
    bars = timeline.bars
    every = -(-len(bars) // _MOST_TICKS)
    shown = []
    before = ""
    for index in range(0, len(bars), every):
        year, month, day = bars[index].first[:10].split("-")
        name = MONTHS[int(month) - 1][:3]
        said = year if timeline.step == "year" else name if timeline.step == "month" else f"{int(day)} {name}"
        if timeline.step != "year" and year != before:
            said = f"{said} {year}"
        before = year
        shown.append(f'<span style="--from:{100 * index / len(bars):.2f}%">{said}</span>')
    return "".join(shown)


def course(events: Sequence[Event]) -> str:
    """What happened, a day at a time, each in the words of an article that opens in the reader."""
    if not events:
        return f'<p class="no-sources">{words.NO_COURSE}</p>'
    rows, before = [], ""
    for event in events:
        kind = "" if event.day != before else ' class="more"'
        day = f'<span class="day">{e(long_day(event.day))}</span>' if event.day != before else ""
        before = event.day
        rows.append(f"<li{kind}>{day}{_said(event)}</li>")
    return f'<ol class="course">{"".join(rows)}</ol>'


def _said(event: Event) -> str:
    citation = event.citation
    quote, start = citation.quote, citation.start
    told = [(citation.answer.start - start, citation.answer.end - start)] if citation.answer else []
    # Offsets of the article become those of the quote, which is shown by itself.
    dates = [
        type(found)(found.text, found.start - start, found.end - start, found.resolved) for found in citation.dates
    ]
    dates = [found for found in worth_telling(quote, 0, len(quote), dates) if found.resolved != event.day]
    said = annotated(quote, 0, len(quote), dates=dates, answers=told)
    article = citation.article
    about = e(article.source or article.title or words.UNTITLED)
    return (
        f'<p dir="auto">{said}</p><p class="from"><button type="button" class="open" data-read="{e(article.id)}" '
        f'data-marks="{Mark.of(citation)}" dir="auto">{about}</button></p>'
    )
