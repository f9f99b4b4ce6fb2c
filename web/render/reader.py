"""A whole article, as it stands in the archive now: its words, what is cited of them, its versions, its copies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from ingest.captions import captions, furniture
from ingest.sentences import paragraphs, sentences
from ingest.versions import diff
from qa.answer import ArticleRef, ResolvedDate
from qa.dates import resolve_quote
from web import words
from web.render.marks import annotated, worth_telling
from web.render.text import apart, count, e, long_day, long_moment, reference, web_address

if TYPE_CHECKING:
    from ingest.article import Article, Span
    from ingest.stored import Version
    from web.render.marks import Mark

__all__ = ["reader", "reader_frame"]


def reader_frame() -> str:
    """Where reader.js shows an article: its bar, and the place for the article."""

    def button(name: str, label: str, sign: str) -> str:
        return f'<button type="button" class="button round" data-reader="{name}" aria-label="{label}">{sign}</button>'

    return (
        f'<section class="reader" aria-label="{words.READER}"><div class="readbar">'
        f'<button type="button" class="button back" data-reader="back"><span aria-hidden="true">←</span> {words.BACK}'
        f'</button><span class="grow"></span>{button("previous", words.PREVIOUS, "‹")}<span class="of"></span>'
        f"{button('next', words.NEXT, '›')}{button('close', words.CLOSE, '×')}</div>"
        '<div class="sheet" tabindex="0"></div></section>'
    )


def reader(
    article: Article, *, marks: Sequence[Mark] = (), versions: Sequence[Version] = (), copies: Sequence[Article] = ()
) -> str:
    """An article to read.

    Args:
        marks: the places that are cited; one whose words have changed is told, and not shown.
        versions: what it said over time, oldest first, the last one being what it says now.
        copies: other articles that tell the same story in the same words.
    """
    standing = sorted((mark for mark in marks if mark.stands_in(article.text)), key=lambda mark: mark.start)
    moved = f'<p class="changed">{words.MOVED}</p>' if len(standing) < len(marks) else ""
    return (
        f'<article class="article" data-article="{e(article.id)}">{_head(article)}{moved}'
        f'<div class="body" dir="auto">{_body(article, standing)}</div>'
        f"{_copies(copies)}{_versions(versions)}</article>"
    )


def _head(article: Article) -> str:
    kicker = " · ".join(e(part) for part in (article.source, article.section) if part)
    note = f" ({words.DATE_FROM.format(article.date_note)})" if article.date_note else ""
    said = [
        words.BY.format(", ".join(article.authors)) if article.authors else "",
        (long_moment(article.published) if article.published else long_day(None)) + note,
        words.UPDATED.format(long_moment(article.updated)) if article.updated else "",
    ]
    address = web_address(article.url)
    original = (
        f'<a class="original" href="{e(address)}" target="_blank" rel="noopener noreferrer">{words.ORIGINAL}'
        '<span aria-hidden="true"> ↗</span></a>'
        if address
        else ""
    )
    return (
        f'<header><p class="kicker" dir="auto">{kicker}</p>'
        f'<h2 tabindex="-1" dir="auto">{e(article.title or words.UNTITLED)}</h2>'
        f'<p class="about" dir="auto">{apart(" · ", *said)}</p>{original}</header>'
    )


def _body(article: Article, marks: Sequence[Mark]) -> str:
    text = article.text
    pictures = set(article.captions or captions(text))
    around = set(furniture(text))
    shown = []
    for span in paragraphs(text):
        kind = "caption" if span in pictures else "furniture" if span in around else ""
        inner = _paragraph(article, span, marks)
        label = f' data-label="{words.CAPTION}"' if kind == "caption" else ""
        shown.append(f'<p dir="auto"{f" class={kind!r}" if kind else ""}{label}>{inner}</p>')
    return "".join(shown)


def _paragraph(article: Article, span: Span, marks: Sequence[Mark]) -> str:
    """A paragraph, its cited places marked; one that reaches over the paragraph's end goes on in the next."""
    text = article.text
    dates = worth_telling(text, span.start, span.end, _dates(article, span))
    pieces, done = [], span.start
    for mark in marks:
        start, end = max(mark.start, done), min(mark.end, span.end)
        if start >= end:
            continue
        pieces.append(annotated(text, done, start, dates=_within(dates, done, start)))
        told = [mark.answer] if mark.answer else []
        inner = annotated(text, start, end, dates=_within(dates, start, end), answers=told)
        first = f' data-number="{mark.number}"' if start == mark.start and mark.number else ""
        pieces.append(f'<mark class="cited" data-mark="{mark.number}"{first}>{inner}</mark>')
        done = end
    pieces.append(annotated(text, done, span.end, dates=_within(dates, done, span.end)))
    return "".join(pieces)


def _within(dates: Iterable[ResolvedDate], start: int, end: int) -> list[ResolvedDate]:
    return [found for found in dates if start <= found.start and found.end <= end]


def _dates(article: Article, span: Span) -> Iterable[ResolvedDate]:
    """The time expressions of a paragraph, sentence by sentence, as places in the article."""
    for start, end in sentences(article.text, span):
        for found in resolve_quote(article.text[start:end], article.published):
            yield ResolvedDate(found.text, found.start + start, found.end + start, found.resolved)


def _copies(copies: Sequence[Article]) -> str:
    if not copies:
        return ""
    outlets = {copy.source or copy.id for copy in copies}
    rows = "".join(f"<li>{reference(ArticleRef.of(copy))}</li>" for copy in copies)
    title = words.IN_OUTLETS.format(count(len(outlets), words.OUTLETS))
    return f'<section class="copies"><h3>{title}</h3><ul>{rows}</ul></section>'


def _versions(versions: Sequence[Version]) -> str:
    if len(versions) < 2:
        return ""
    rows = [_change(old, new) for old, new in pairwise(versions)]
    first = words.FIRST_HELD.format(long_moment(versions[0].added))
    return (
        f'<section class="versions"><h3>{words.VERSIONS}</h3><p class="about">{e(first)}</p>'
        f"{''.join(reversed(rows))}</section>"
    )


def _change(old: Version, new: Version) -> str:
    lines = []
    for line in diff(old, new)[2:]:
        sign, said = line[:1], e(line[1:])
        if sign == "-":
            lines.append(f'<p class="was" dir="auto"><del>{said}</del></p>')
        elif sign == "+":
            lines.append(f'<p class="is" dir="auto"><ins>{said}</ins></p>')
        elif sign == " ":
            lines.append(f'<p dir="auto">{said}</p>')
    when = words.CHANGED_ON.format(long_moment(new.added))
    return f'<details><summary>{e(when)}</summary><div class="diff">{"".join(lines)}</div></details>'
