"""The sources of an answer: a card for each citation, or for each of the nearest passages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from web import words
from web.render.marks import Mark
from web.render.quote import Articles, cut, quote
from web.render.text import apart, count, e, long_day, reference, web_address

if TYPE_CHECKING:
    from qa.answer import Answer, ArticleRef, Citation, RetrievedPassage

__all__ = ["evidence", "evidence_pane", "no_evidence"]

_NEAREST_SHOWN = 4
_NEAREST_EXCERPT = 320


def evidence_pane(sections: Sequence[str]) -> str:
    """The sources of every answer so far; the last one's are shown, ask.js turns to the others."""
    if not sections:
        return f'<section class="evidence"><p class="no-sources">{words.SOURCES_HERE}</p></section>'
    last = len(sections) - 1
    return "".join(
        f'<section class="evidence" data-turn="{index + 1}"{"" if index == last else " hidden"}>{section}</section>'
        for index, section in enumerate(sections)
    )


def evidence(number: int, answer: Answer, articles: Articles) -> str:
    """The sources of one answer: a card for each citation, or after an abstention for each of the nearest passages."""
    if answer.answered and not answer.citations:
        return _none(words.OF_THE_ARCHIVE)
    if answer.answered:
        cards = [_card(number, citation, articles) for citation in answer.citations]
        return f"<h2>{count(len(cards), words.SOURCES)}</h2><ol>{''.join(cards)}</ol>"
    best = {passage.article.id: passage for passage in reversed(answer.passages)}  # of each article its best passage
    found = [passage for passage in answer.passages if best[passage.article.id] is passage]
    nearest = [_nearest(passage, articles) for passage in found[:_NEAREST_SHOWN]]
    if not nearest:
        return _none(words.NOTHING_NEAR)
    return f'<h2>{words.NEAREST}</h2><p class="no-sources">{words.NEAREST_WHY}</p><ol>{"".join(nearest)}</ol>'


def no_evidence() -> str:
    """The sources of a question that could not be answered because something broke."""
    return _none(words.NOT_ANSWERED)


def _none(why: str) -> str:
    return f'<h2>{words.NO_SOURCES}</h2><p class="no-sources">{why}</p>'


def _card(number: int, citation: Citation, articles: Articles) -> str:
    label = f"source-{number}-{citation.number}"
    others = "".join(f"<li>{reference(other)}</li>" for other in citation.also_in)
    also = f'<div class="also"><p>{words.ALSO_IN}</p><ul>{others}</ul></div>' if others else ""
    return (
        f'<li class="card" id="{label}" tabindex="-1" aria-label="{words.SOURCE.format(citation.number)}" '
        f'data-article="{e(citation.article.id)}" data-mark="{Mark.of(citation)}">'
        f'<button type="button" class="number" data-chip="{label}" '
        f'aria-label="{words.BACK_TO.format(citation.number)}">{citation.number}</button>'
        f"{_heading(citation.article, articles)}{quote(citation, articles)}"
        f"{_said_by(citation)}{also}</li>"
    )


def _said_by(citation: Citation) -> str:
    said = words.SAID_BY.format(e(citation.attribution))
    return f'<p class="said" dir="auto">{said}</p>' if citation.attribution else ""


def _nearest(passage: RetrievedPassage, articles: Articles) -> str:
    article = articles.article(passage.article.id)
    if article is None or article.text[passage.start : passage.end] != passage.text:
        body = f'<p class="changed">{words.CHANGED_SINCE}</p>'
    else:
        said = passage.text if len(passage.text) <= _NEAREST_EXCERPT else cut(passage.text, _NEAREST_EXCERPT) + " …"
        body = f'<blockquote dir="auto">{e(said)}</blockquote>'
    mark = Mark.passage(passage.text, passage.start, passage.end)
    return (
        f'<li class="card near" data-article="{e(passage.article.id)}" data-mark="{mark}">'
        f"{_heading(passage.article, articles)}{body}</li>"
    )


def _heading(ref: ArticleRef, articles: Articles) -> str:
    article = articles.article(ref.id)
    note = f" ({words.DATE_FROM.format(article.date_note)})" if article is not None and article.date_note else ""
    address = web_address(ref.url)
    original = (
        f' · <a class="original" href="{e(address)}" target="_blank" rel="noopener noreferrer">{words.ORIGINAL}'
        '<span aria-hidden="true"> ↗</span></a>'
        if address
        else ""
    )
    return (
        f'<h3><button type="button" class="open" dir="auto">{e(ref.title or words.UNTITLED)}</button></h3>'
        f'<p class="about">{apart(" · ", ref.source, long_day(ref.published) + note)}{original}</p>'
    )
