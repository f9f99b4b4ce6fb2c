"""A quote in its paragraph, cut afresh from the article as it stands now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from ingest.sentences import paragraphs
from web import words
from web.render.marks import annotated, worth_telling
from web.render.text import e

if TYPE_CHECKING:
    from ingest.article import Article
    from qa.answer import Citation

__all__ = ["Articles", "cut", "quote"]

# A paragraph longer than this is shown from a little before the quote to a little after it.
_LONGEST_PARAGRAPH = 900
_AROUND_QUOTE = 260


class Articles(Protocol):
    """Where the articles are looked up: an archive."""

    def article(self, article_id: str, /) -> Article | None: ...


def quote(citation: Citation, articles: Articles) -> str:
    """The paragraph with the quote marked, cut from the article as it stands now; or why it cannot be shown."""
    article = articles.article(citation.article.id)
    if article is None:
        return f'<p class="changed">{words.GONE}</p>'
    if article.text[citation.start : citation.end] != citation.quote:
        return f'<p class="changed">{words.MOVED}</p>'
    begin, end = _surroundings(article.text, citation.start, citation.end)
    before, after = article.text[begin : citation.start], article.text[citation.end : end]
    lead = "… " if _cut_off(article.text, begin, -1) else ""
    trail = " …" if _cut_off(article.text, end, 1) else ""
    marked = _marked(article.text, citation)
    return f'<blockquote dir="auto">{lead}{e(before)}<mark>{marked}</mark>{e(after)}{trail}</blockquote>'


def _marked(text: str, citation: Citation) -> str:
    start, end, answer = citation.start, citation.end, citation.answer
    told = [(answer.start, answer.end)] if answer and text[answer.start : answer.end] == answer.text else []
    dates = worth_telling(text, start, end, citation.dates)
    return annotated(text, start, end, dates=dates, answers=told)


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
        stop = end + len(cut(text[end:stop], _AROUND_QUOTE))
    return begin, stop


def cut(text: str, length: int) -> str:
    """At most ``length`` characters of ``text``, up to the end of a word where there is one."""
    space = text.rfind(" ", 0, length)
    return text[: space if space > 0 else length]


def _cut_off(text: str, at: int, step: int) -> bool:
    """Whether a paragraph goes on beyond ``at``, backwards (-1) or forwards (1)."""
    rest = text[:at].rpartition("\n")[2] if step < 0 else text[at:].partition("\n")[0]
    return bool(rest.strip())
