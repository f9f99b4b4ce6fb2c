"""What the archive holds, as HTML: articles over time, outlets, latest additions, stories that many carry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from web import words
from web.render.finding import remove_button
from web.render.text import apart, count, e, long_day, period
from web.words import archive as said

if TYPE_CHECKING:
    from ingest.archive import ArchiveStats, Story
    from ingest.article import Article
    from qa.timeline import Bar, Timeline

__all__ = ["overview"]

_SOURCES_SHOWN = 12
_OUTLETS_NAMED = 6


def overview(
    stats: ArchiveStats,
    timeline: Timeline,
    latest: Sequence[tuple[Article, str]],
    stories: Sequence[Story],
    *,
    health: str,
    well: bool,
    removable: bool,
) -> str:
    """The archive at a glance.

    Args:
        latest: the articles that came in last, with the moment that each did.
        stories: those that most outlets carry.
        health: how the archive is, in a sentence.
        well: whether that is as it should be.
        removable: whether whoever looks may remove articles.
    """
    state = f'<p class="health {"well" if well else "ill"}" role="status">{e(health)}</p>'
    if not stats.articles:
        return (
            f'<div class="holding"><h2>{words.EMPTY}</h2><p class="lead">{said.EMPTY_LEAD}</p>'
            f'<p><a class="button main" href="#add" data-tab="add">{words.TO_ADD}</a></p>{state}</div>'
        )
    return (
        f'<div class="holding"><h2>{said.TITLE}</h2>{_figures(stats)}{_over_time(timeline)}'
        f'<div class="columns">{_sources(stats)}{_latest(latest, removable=removable)}</div>'
        f"{_stories(stories)}{state}</div>"
    )


def _figures(stats: ArchiveStats) -> str:
    outlets = len([name for name, _ in stats.sources if name])
    figures = [count(stats.articles, words.ARTICLES)]
    if stats.stories and stats.stories < stats.articles:
        figures.append(said.STORIES.format(stats.stories))
    if outlets:
        figures.append(count(outlets, words.OUTLETS))
    figures.append(count(stats.passages, words.PASSAGES))
    items = "".join(
        f"<div><dt>{e(name)}</dt><dd>{number}</dd></div>" for number, _, name in (one.partition(" ") for one in figures)
    )
    return f'<dl class="figures">{items}</dl>'


def _over_time(timeline: Timeline) -> str:
    if not timeline.bars:
        return f'<p class="hint">{said.UNDATED}</p>'
    most = max(bar.articles for bar in timeline.bars)
    bars = "".join(_bar(bar, most) for bar in timeline.bars)
    undated = f" · {said.WITHOUT_DATE.format(count(timeline.undated, words.ARTICLES))}" if timeline.undated else ""
    between = period(timeline.bars[0].first, timeline.bars[-1].last)
    return (
        f'<section class="per-day"><h3>{said.PER[timeline.step]}</h3>'
        f'<ol class="days" style="--most: {most}">{bars}</ol>'
        f'<p class="axis"><span>{e(long_day(timeline.bars[0].first))}</span>'
        f"<span>{said.MOST[timeline.step].format(most)}</span><span>{e(long_day(timeline.bars[-1].last))}</span></p>"
        f'<p class="hint">{e(between + undated)}. {said.A_BAR}</p></section>'
    )


def _bar(bar: Bar, most: int) -> str:
    when = period(bar.first, bar.last) if bar.first != bar.last else long_day(bar.first)
    label = e(f"{when}: {count(bar.articles, words.ARTICLES)}")
    if not bar.articles:
        return f'<li title="{label}"></li>'
    share = f"{100 * bar.articles / most:.1f}%"
    where = e("#search?" + urlencode({"order": "newest", "first": bar.first, "last": bar.last}))
    return f'<li title="{label}"><a href="{where}" aria-label="{label}" style="--share: {share}"></a></li>'


def _sources(stats: ArchiveStats) -> str:
    named = [(name, number) for name, number in stats.sources if name]
    if not named:
        return f'<section class="outlets"><h3>{said.OUTLETS}</h3><p class="hint">{said.NO_OUTLETS}</p></section>'
    most = named[0][1]
    rows = [
        f'<li style="--share: {100 * number / most:.1f}%">'
        f'<a href="{e("#search?" + urlencode({"order": "newest", "source": name}))}" dir="auto">{e(name)}</a>'
        f'<span class="amount">{number:,}</span></li>'
        for name, number in named
    ]
    more = ""
    if len(rows) > _SOURCES_SHOWN:
        rest = "".join(rows[_SOURCES_SHOWN:])
        more = (
            f"<details><summary>{count(len(rows) - _SOURCES_SHOWN, words.MORE_OUTLETS)}</summary>"
            f"<ul>{rest}</ul></details>"
        )
    return f'<section class="outlets"><h3>{said.OUTLETS}</h3><ul>{"".join(rows[:_SOURCES_SHOWN])}</ul>{more}</section>'


def _latest(latest: Sequence[tuple[Article, str]], *, removable: bool) -> str:
    rows = "".join(
        f'<li data-held="{e(article.id)}">{_opens(article)}'
        f'<p class="about">{_about(article)} · {e(said.CAME_IN.format(long_day(added[:10])))}'
        f"{remove_button(article.id, article.title) if removable else ''}</p></li>"
        for article, added in latest
    )
    return f'<section class="additions"><h3>{said.LATEST}</h3><ul>{rows}</ul></section>'


def _stories(stories: Sequence[Story]) -> str:
    if not stories:
        return ""
    rows = "".join(f'<li>{_opens(story.earliest)}<p class="about">{e(_carried(story))}</p></li>' for story in stories)
    return f'<section class="widest"><h3>{said.WIDEST}</h3><ul>{rows}</ul></section>'


def _carried(story: Story) -> str:
    """How many articles tell a story, and in which outlets they stand."""
    names = list(dict.fromkeys(article.source or said.UNNAMED for article in story.members))
    listed = ", ".join(names[:_OUTLETS_NAMED])
    if len(names) > _OUTLETS_NAMED:
        listed = said.MORE.format(listed, len(names) - _OUTLETS_NAMED)
    return said.IN_OUTLETS.format(count(len(story.members), words.ARTICLES), listed)


def _opens(article: Article) -> str:
    title = e(article.title or words.UNTITLED)
    return f'<button type="button" class="opens" data-read="{e(article.id)}" dir="auto">{title}</button>'


def _about(article: Article) -> str:
    return apart(", ", article.source, long_day(article.published))
