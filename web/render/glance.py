"""What the archive holds, as HTML: articles over time, outlets, latest additions, stories that many carry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from web.render.finding import remove_button
from web.render.text import count, e, long_day, period

if TYPE_CHECKING:
    from ingest.archive import ArchiveStats, Story
    from ingest.article import Article
    from qa.timeline import Bar, Timeline

__all__ = ["overview"]

_SOURCES_SHOWN = 12


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
            '<div class="holding"><h2>The archive is empty</h2><p class="lead">'
            f'<a href="#add" data-tab="add">Add articles</a>, and what there is will be shown here.</p>{state}</div>'
        )
    return (
        f'<div class="holding"><h2>The archive</h2>{_figures(stats)}{_over_time(timeline)}'
        f'<div class="columns">{_sources(stats)}{_latest(latest, removable=removable)}</div>'
        f"{_stories(stories)}{state}</div>"
    )


def _figures(stats: ArchiveStats) -> str:
    outlets = len([name for name, _ in stats.sources if name])
    figures = [(f"{stats.articles:,}", "article" if stats.articles == 1 else "articles")]
    if stats.stories and stats.stories < stats.articles:
        figures.append((f"{stats.stories:,}", "stories, copies counted once"))
    if outlets:
        figures.append((f"{outlets:,}", "outlet" if outlets == 1 else "outlets"))
    figures.append((f"{stats.passages:,}", "passages"))
    items = "".join(f"<div><dt>{e(name)}</dt><dd>{number}</dd></div>" for number, name in figures)
    return f'<dl class="figures">{items}</dl>'


def _over_time(timeline: Timeline) -> str:
    if not timeline.bars:
        return '<p class="hint">No article shows a date, so none can be placed in time.</p>'
    most = max(bar.articles for bar in timeline.bars)
    bars = "".join(_bar(bar, most) for bar in timeline.bars)
    undated = f" · {count(timeline.undated, 'article')} without a date" if timeline.undated else ""
    between = period(timeline.bars[0].first, timeline.bars[-1].last)
    return (
        f'<section class="per-day"><h3>Articles per {timeline.step}</h3>'
        f'<ol class="days" style="--most: {most}">{bars}</ol>'
        f'<p class="axis"><span>{e(long_day(timeline.bars[0].first))}</span>'
        f"<span>at most {most:,} a {timeline.step}</span><span>{e(long_day(timeline.bars[-1].last))}</span></p>"
        f'<p class="hint">{e(between + undated)}. A bar leads to its articles.</p></section>'
    )


def _bar(bar: Bar, most: int) -> str:
    when = period(bar.first, bar.last) if bar.first != bar.last else long_day(bar.first)
    label = e(f"{when}: {count(bar.articles, 'article')}")
    if not bar.articles:
        return f'<li title="{label}"></li>'
    share = f"{100 * bar.articles / most:.1f}%"
    where = e("#search?" + urlencode({"order": "newest", "first": bar.first, "last": bar.last}))
    return f'<li title="{label}"><a href="{where}" aria-label="{label}" style="--share: {share}"></a></li>'


def _sources(stats: ArchiveStats) -> str:
    named = [(name, number) for name, number in stats.sources if name]
    if not named:
        return '<section class="outlets"><h3>Outlets</h3><p class="hint">No article names its outlet.</p></section>'
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
            f"<details><summary>{count(len(rows) - _SOURCES_SHOWN, 'more outlet')}</summary><ul>{rest}</ul></details>"
        )
    return f'<section class="outlets"><h3>Outlets</h3><ul>{"".join(rows[:_SOURCES_SHOWN])}</ul>{more}</section>'


def _latest(latest: Sequence[tuple[Article, str]], *, removable: bool) -> str:
    rows = "".join(
        f'<li data-held="{e(article.id)}">{_opens(article)}'
        f'<p class="about">{e(_about(article))} · came in on {e(long_day(added[:10]))}'
        f"{remove_button(article.id, article.title) if removable else ''}</p></li>"
        for article, added in latest
    )
    return f'<section class="additions"><h3>Latest additions</h3><ul>{rows}</ul></section>'


def _stories(stories: Sequence[Story]) -> str:
    if not stories:
        return ""
    rows = "".join(
        f'<li>{_opens(story.earliest)}<p class="about">{len(story.members):,} articles: {e(_outlets(story))}</p></li>'
        for story in stories
    )
    return f'<section class="widest"><h3>Stories with most copies</h3><ul>{rows}</ul></section>'


def _outlets(story: Story) -> str:
    names = list(dict.fromkeys(article.source or "unnamed" for article in story.members))
    return ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")


def _opens(article: Article) -> str:
    title = e(article.title or "Untitled article")
    return f'<button type="button" class="opens" data-read="{e(article.id)}" dir="auto">{title}</button>'


def _about(article: Article) -> str:
    return ", ".join(part for part in (article.source, long_day(article.published)) if part)
