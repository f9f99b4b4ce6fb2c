"""Answers and their sources as HTML. Every word from an article or a question passes through ``_e`` on its way out.

It asks nothing and decides nothing; of the archive it only needs articles by their id, to cut each quote afresh.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from ingest.sentences import paragraphs
from qa.answer import ABSTENTION, ArticleRef
from qa.days import written, written_period

if TYPE_CHECKING:
    from ingest.archive import ArchiveStats
    from ingest.article import Article
    from qa.answer import Answer, Citation, Filters, ResolvedDate, RetrievedPassage, Searched

__all__ = [
    "Articles",
    "conversation",
    "evidence",
    "evidence_pane",
    "failure",
    "headline",
    "holdings",
    "long_day",
    "no_evidence",
    "period",
    "progress",
    "start",
    "turn",
]

_MARKER = re.compile(r"\[(\d{1,3})\]")
_MARKERS = re.compile(r"\[\d{1,3}\](?: ?\[\d{1,3}\])*")
_LAST_WORD = re.compile(r"\S{1,24}\Z")
# A paragraph longer than this is shown from a little before the quote to a little after it.
_LONGEST_PARAGRAPH = 900
_AROUND_QUOTE = 260
_NEAREST_SHOWN = 4
_NEAREST_EXCERPT = 320

_LEAD = "Answers come in the articles’ own words, each with its source. What the archive does not say stays unanswered."


class Articles(Protocol):
    """Where the articles are looked up: an archive."""

    def article(self, article_id: str, /) -> Article | None: ...


# --- words -----------------------------------------------------------------------------------------------------------


def _e(text: object) -> str:
    """``text``, inert in HTML: in an element and in a quoted attribute."""
    return escape(str(text), quote=True)


def long_day(moment: str | None) -> str:
    """What ISO 8601 says of when, as ``12 September 2022``; what cannot be read stays as it is."""
    return written(moment) if moment else "undated"


def period(first: str | None, last: str | None) -> str:
    """From the first day to the last, as ``3 January to 20 November 2025``; empty when there are none."""
    if not first or not last:
        return long_day(first or last) if first or last else ""
    return written_period(first, last)


def _count(number: int, one: str) -> str:
    return f"{number:,} {one}{'' if number == 1 else 's'}"


def holdings(stats: ArchiveStats) -> str:
    """What the archive holds, in a line: how many articles, from when to when, from how many outlets."""
    if not stats.articles:
        return "No articles yet"
    outlets = len([name for name, _ in stats.sources if name])
    parts = [_count(stats.articles, "article"), period(stats.first, stats.last)]
    if outlets:
        parts.append(_count(outlets, "outlet"))
    return ", ".join(part for part in parts if part)


def _searched(searched: Searched) -> str:
    days = period(searched.first, searched.last)
    return f"Searched {_count(searched.articles, 'article')}{f' ({days})' if days else ''}"


def _limits(filters: Filters) -> list[str]:
    """What the search was narrowed to, a phrase for each filter."""
    limits = []
    if filters.published_from and filters.published_to:
        limits.append(f"Published {period(filters.published_from, filters.published_to)}")
    elif filters.published_from:
        limits.append(f"Published since {long_day(filters.published_from)}")
    elif filters.published_to:
        limits.append(f"Published until {long_day(filters.published_to)}")
    return limits + [f"Only {source}" for source in filters.sources]


# --- the conversation ------------------------------------------------------------------------------------------------


def conversation(turns: Iterable[str]) -> str:
    """The turns so far, each of them as ``turn``, ``progress`` or ``failure`` made it."""
    return f'<div class="turns" role="log" aria-label="Conversation">{"".join(turns)}</div>'


def turn(number: int, answer: Answer) -> str:
    """A question and its answer, or its abstention."""
    body = _answered(number, answer) if answer.answered else _abstained(answer)
    return _turn(number, answer.question, _aside(answer) + body)


def _aside(answer: Answer) -> str:
    """How the question was read, where that is not how it was asked: completed, and narrowed to days or outlets."""
    completed = "".join(
        f'<p class="understood" dir="auto">{_e(note)}</p>' for note in answer.notes if _reads(answer, note)
    )
    limits = "".join(f'<span class="limit">{_e(limit)}</span>' for limit in _limits(answer.filters))
    return f'<div class="aside">{completed}{limits}</div>' if completed or limits else ""


def _reads(answer: Answer, note: str) -> bool:
    """Whether a note says how the question was read."""
    read_as = answer.standalone_question
    return bool(read_as) and read_as != answer.question and read_as in note


def progress(number: int, question: str, message: str) -> str:
    """A question, and what is being done about it."""
    step = f'<p class="step" role="status"><span class="pulse" aria-hidden="true"></span>{_e(message)}…</p>'
    return _turn(number, question, step, kind="waiting")


def failure(number: int, question: str, message: str) -> str:
    """A question that could not be answered because something broke, and what the reader can do."""
    body = f'<div class="failure" role="alert"><h3>That did not work</h3><p>{_e(message)}</p></div>'
    return _turn(number, question, body)


def _turn(number: int, question: str, body: str, *, kind: str = "done") -> str:
    return (
        f'<section class="turn {kind}" id="turn-{number}" data-turn="{number}">'
        f'<h2 class="asked" dir="auto">{_e(question)}</h2>{body}</section>'
    )


def _answered(number: int, answer: Answer) -> str:
    blocks = "".join(f'<p dir="auto">{part}</p>' for part in _with_chips(number, answer))
    return f'<div class="answer">{blocks}</div>{_notes(answer)}{_fine_print(answer)}'


def _abstained(answer: Answer) -> str:
    searched = answer.text.removeprefix(ABSTENTION).strip()
    nearest = "<p>The passages that come nearest are listed, in case one of them helps.</p>" if answer.passages else ""
    return (
        f'<div class="abstention"><h3>{_e(ABSTENTION)}</h3><p dir="auto">{_e(searched)}</p>{nearest}</div>'
        f"{_notes(answer)}"
    )


def _notes(answer: Answer) -> str:
    items = "".join(f'<li dir="auto">{_e(note)}</li>' for note in answer.notes if not _reads(answer, note))
    return f'<ul class="notes" aria-label="Notes">{items}</ul>' if items else ""


def _fine_print(answer: Answer) -> str:
    total = answer.timings.get("total")
    took = f" in {total / 1000:.1f} seconds" if total is not None else ""
    return f'<p class="fine">{_e(_searched(answer.searched) + took)}</p>'


def _with_chips(number: int, answer: Answer) -> list[str]:
    """The answer's paragraphs, escaped, its markers ``[n]`` made buttons that lead to the sources."""
    text = answer.text
    parts, done = [], 0
    for markers in _MARKERS.finditer(text):
        cited = [int(found[1]) for found in _MARKER.finditer(markers[0])]
        if not all(1 <= one <= len(answer.citations) for one in cited):
            continue
        chips = "".join(_chip(number, answer.citations[one - 1]) for one in cited)
        parts.append(_with_last_word(text[done : markers.start()].rstrip(" "), chips))
        done = markers.end()
    parts.append(_e(text[done:]))
    return [part.strip() for part in "".join(parts).split("\n") if part.strip()]


def _with_last_word(words: str, chips: str) -> str:
    """``words``, escaped, and ``chips`` on the same line as the last of them, so that no chip starts a line."""
    found = _LAST_WORD.search(words)
    if found is None:
        return _e(words) + chips
    return f'{_e(words[: found.start()])}<span class="tail">{_e(found[0])}{chips}</span>'


def _chip(turn_number: int, citation: Citation) -> str:
    article = citation.article
    parts = (article.title or "Untitled article", article.source, long_day(article.published))
    about = " ".join(", ".join(part for part in parts if part).split())
    return (
        f'<button type="button" class="chip" data-card="source-{turn_number}-{citation.number}" '
        f'aria-label="Source {citation.number}: {_e(about)}" title="{_e(about)}">{citation.number}</button>'
    )


# --- the sources -----------------------------------------------------------------------------------------------------


def evidence_pane(sections: Sequence[str]) -> str:
    """The sources of every answer so far; the last one's are shown, page.js turns to the others."""
    if not sections:
        return '<p class="no-sources">The sources of an answer appear here, each with its exact words.</p>'
    last = len(sections) - 1
    return "".join(
        f'<section class="evidence" data-turn="{index + 1}"{"" if index == last else " hidden"}>{section}</section>'
        for index, section in enumerate(sections)
    )


def evidence(number: int, answer: Answer, articles: Articles) -> str:
    """The sources of one answer: a card for each citation, or after an abstention for each of the nearest passages."""
    if answer.answered and not answer.citations:
        return '<h2>No sources</h2><p class="no-sources">This was asked of the archive itself, not of an article.</p>'
    if answer.answered:
        cards = [_card(number, citation, articles) for citation in answer.citations]
        return f"<h2>{_count(len(cards), 'source')}</h2><ol>{''.join(cards)}</ol>"
    best = {passage.article.id: passage for passage in reversed(answer.passages)}  # of each article its best passage
    found = [passage for passage in answer.passages if best[passage.article.id] is passage]
    nearest = [_nearest(passage, articles) for passage in found[:_NEAREST_SHOWN]]
    if not nearest:
        return '<h2>No sources</h2><p class="no-sources">Nothing in the archive comes near this question.</p>'
    why = "They share words or meaning with the question, but none of them answers it."
    return f'<h2>Nearest passages</h2><p class="no-sources">{why}</p><ol>{"".join(nearest)}</ol>'


def no_evidence() -> str:
    """The sources of a question that could not be answered because something broke."""
    return '<h2>No sources</h2><p class="no-sources">This question was not answered.</p>'


def _card(number: int, citation: Citation, articles: Articles) -> str:
    label = f"source-{number}-{citation.number}"
    others = "".join(f"<li>{_reference(other)}</li>" for other in citation.also_in)
    also = f'<div class="also"><p>Also in</p><ul>{others}</ul></div>' if others else ""
    return (
        f'<li class="card" id="{label}" tabindex="-1" aria-label="Source {citation.number}">'
        f'<button type="button" class="number" data-chip="{label}" '
        f'aria-label="Back to {citation.number} in the answer">{citation.number}</button>'
        f"{_heading(citation.article, articles)}{_quote(citation, articles)}"
        f"{_said_by(citation)}{also}</li>"
    )


def _said_by(citation: Citation) -> str:
    return f'<p class="said" dir="auto">Said by {_e(citation.attribution)}</p>' if citation.attribution else ""


def _nearest(passage: RetrievedPassage, articles: Articles) -> str:
    article = articles.article(passage.article.id)
    if article is None or article.text[passage.start : passage.end] != passage.text:
        body = '<p class="changed">The article has changed since this search.</p>'
    else:
        words = passage.text if len(passage.text) <= _NEAREST_EXCERPT else _cut(passage.text, _NEAREST_EXCERPT) + " …"
        body = f'<blockquote dir="auto">{_e(words)}</blockquote>'
    return f'<li class="card near">{_heading(passage.article, articles)}{body}</li>'


def _heading(ref: ArticleRef, articles: Articles) -> str:
    article = articles.article(ref.id)
    note = f" (date from the {article.date_note})" if article is not None and article.date_note else ""
    about = [ref.source, long_day(ref.published) + note]
    return (
        f'<h3 dir="auto">{_link(ref.url, ref.title or "Untitled article")}</h3>'
        f'<p class="about">{" · ".join(_e(part) for part in about if part)}</p>'
    )


def _reference(ref: ArticleRef) -> str:
    about = ", ".join(part for part in (ref.source, long_day(ref.published)) if part)
    return f"{_link(ref.url, ref.title or 'Untitled article')} <span>{_e(about)}</span>"


def _link(url: str | None, words: str) -> str:
    """``words``, leading to ``url`` when that is a web address; to nowhere when it is anything else."""
    address = _web_address(url)
    if not address:
        return _e(words)
    return f'<a href="{_e(address)}" target="_blank" rel="noopener noreferrer">{_e(words)}</a>'


def _web_address(url: str | None) -> str:
    try:
        parts = urlsplit((url or "").strip())
    except ValueError:
        return ""
    return parts.geturl() if parts.scheme in ("http", "https") and parts.netloc else ""


def _quote(citation: Citation, articles: Articles) -> str:
    """The paragraph with the quote marked, cut from the article as it stands now; or why it cannot be shown."""
    article = articles.article(citation.article.id)
    if article is None:
        return '<p class="changed">This article is no longer in the archive, so its words cannot be shown.</p>'
    if article.text[citation.start : citation.end] != citation.quote:
        return '<p class="changed">This article has changed: the quoted words no longer stand there. Ask again.</p>'
    begin, end = _surroundings(article.text, citation.start, citation.end)
    before, after = article.text[begin : citation.start], article.text[citation.end : end]
    lead = "… " if _cut_off(article.text, begin, -1) else ""
    trail = " …" if _cut_off(article.text, end, 1) else ""
    marked = _annotated(article.text, citation)
    return f'<blockquote dir="auto">{lead}{_e(before)}<mark>{marked}</mark>{_e(after)}{trail}</blockquote>'


def _surroundings(text: str, start: int, end: int) -> tuple[int, int]:
    """The paragraphs that the quote stands in, or as much of them as can be shown."""
    around = [span for span in paragraphs(text) if span.start < end and span.end > start]
    begin = min([start, *(span.start for span in around)])
    stop = max([end, *(span.end for span in around)])
    if stop - begin <= _LONGEST_PARAGRAPH:
        return begin, stop
    if start - begin > _AROUND_QUOTE:
        space = text.find(" ", start - _AROUND_QUOTE, start)
        begin = space + 1 if space >= 0 else start
    if stop - end > _AROUND_QUOTE:
        stop = end + len(_cut(text[end:stop], _AROUND_QUOTE))
    return begin, stop


def _cut(text: str, length: int) -> str:
    """At most ``length`` characters of ``text``, up to the end of a word where there is one."""
    space = text.rfind(" ", 0, length)
    return text[: space if space > 0 else length]


def _cut_off(text: str, at: int, step: int) -> bool:
    """Whether a paragraph goes on beyond ``at``, backwards (-1) or forwards (1)."""
    rest = text[:at].rpartition("\n")[2] if step < 0 else text[at:].partition("\n")[0]
    return bool(rest.strip())


def _annotated(text: str, citation: Citation) -> str:
    """The quote, escaped, with the words that answer set off, and beside each relative date the day that it means.

    The day is an attribute that the stylesheet shows: the words in the mark, and what is copied, are the quote.
    """
    start, end = citation.start, citation.end
    dates = _to_annotate(text, citation)
    answer = citation.answer
    told = range(answer.start, answer.end) if answer and text[answer.start : answer.end] == answer.text else range(0)
    edges = {start, end, *(edge for found in dates for edge in (found.start, found.end))}
    edges |= {edge for edge in (told.start, told.stop) if start < edge < end}
    cuts = sorted(edges)
    return "".join(_piece(text, first, last, dates, answers=first in told) for first, last in pairwise(cuts))


def _to_annotate(text: str, citation: Citation) -> list[ResolvedDate]:
    """The time expressions of a quote that mean another day than their words say, none over another."""
    dates: list[ResolvedDate] = []
    for found in sorted(citation.dates, key=lambda item: item.start):
        inside = (dates[-1].end if dates else citation.start) <= found.start and found.end <= citation.end
        if inside and text[found.start : found.end] == found.text and found.resolved[:4] not in found.text:
            dates.append(found)
    return dates


def _piece(text: str, start: int, end: int, dates: Sequence[ResolvedDate], *, answers: bool) -> str:
    """A stretch of a quote that is all answer or not, and all one date or none."""
    words = _e(text[start:end])
    for found in dates:
        if found.start <= start and end <= found.end:
            day = _e(long_day(found.resolved))
            shown = f' data-day="{day}"' if end == found.end else ""
            words = f'<span class="when"{shown} title="{day}">{words}</span>'
    return f'<strong class="answers">{words}</strong>' if answers else words


# --- the page before the first question ------------------------------------------------------------------------------


def headline(stats: ArchiveStats) -> str:
    """The page's head: its name, and what the archive holds."""
    return f'<div class="head"><h1 class="brand">Dateline</h1><p class="holdings">{_e(holdings(stats))}</p></div>'


def start(stats: ArchiveStats, *, examples: Sequence[str] = (), latest: Sequence[Article] = ()) -> str:
    """What is shown until the first question: examples to ask, else the latest articles; or how to add some."""
    if not stats.articles:
        return _empty()
    body = f'<h2>What would you like to know?</h2><p class="lead">{_LEAD}</p>'
    if examples:
        buttons = "".join(f'<li><button type="button" data-ask="{_e(one)}">{_e(one)}</button></li>' for one in examples)
        body += f'<h3>For example</h3><ul class="examples">{buttons}</ul>'
    elif latest:
        rows = "".join(f"<li>{_reference(ArticleRef.of(article))}</li>" for article in latest)
        body += f'<h3>Latest in the archive</h3><ul class="latest">{rows}</ul>'
    return f'<div class="start">{body}</div>'


def _empty() -> str:
    return (
        '<div class="start"><h2>The archive is empty</h2>'
        '<p class="lead">Add articles from a terminal, then reload this page. A file, a folder or a pattern will do: '
        "plain text, Markdown, HTML, JSON, JSON Lines or CSV.</p>"
        "<pre><code>dateline ingest path/to/articles</code></pre></div>"
    )
