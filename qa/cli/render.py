"""Answers, sources and articles as lines of text: styled and wrapped on a terminal, plain elsewhere.

It decides nothing: what it shows is in the values that it is given. Words from articles are shown as they are, less the
characters that a terminal would act on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from re import finditer

from rich.console import Console
from rich.style import Style
from rich.text import Text

from ingest.article import Article, Passage
from ingest.console import printable, put
from qa.answer import Answer, ArticleRef, Citation, RetrievedPassage
from qa.days import written

__all__ = ["Line", "answer_lines", "article_lines", "day", "listing_lines", "show"]

_WIDEST = 100
_LONGEST_PARAGRAPH = 600
_NEAREST = 3


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph of output: its words, how far it is indented, and how much further its second row and those after."""

    text: Text
    indent: int = 0
    hang: int = 0


def show(lines: Iterable[Line]) -> None:
    """Write ``lines`` to stdout: wrapped and styled on a terminal, one unbroken line each elsewhere."""
    console = Console(highlight=False, markup=False, emoji=False)
    width = min(console.width, _WIDEST)
    for line in lines:
        margin = " " * line.indent
        if not console.is_terminal:
            put((margin + line.text.plain).rstrip())
            continue
        for n, row in enumerate(line.text.wrap(console, max(width - line.indent - line.hang, 20)) or [Text()]):
            console.print(Text(margin + " " * line.hang * (n > 0)).append_text(row), soft_wrap=True)


def answer_lines(answer: Answer, *, paragraphs: bool) -> Iterator[Line]:
    """An answer for people: its text, then each numbered source, then notes and what was searched.

    Args:
        answer: the answer.
        paragraphs: show a quote in its paragraph where that is short, with the quote in bold; else the quote alone.
    """
    meant = answer.standalone_question
    if meant and meant != answer.question and not any(meant in note for note in answer.notes):
        yield Line(_text(f"Searched for: {meant}", "dim"))
        yield Line(Text())
    for paragraph in answer.text.split("\n"):
        yield Line(_marked(paragraph))
    first: dict[str, int] = {}
    for citation in answer.citations:
        yield Line(Text())
        yield from _citation_lines(citation, first.setdefault(citation.article.id, citation.number))
        yield from _quote_lines(citation, answer.passages, paragraphs=paragraphs)
    if not answer.answered and answer.passages:
        yield Line(Text())
        yield Line(_text("The nearest passages:", "bold"))
        for passage in answer.passages[:_NEAREST]:
            yield from _nearest_lines(passage)
    yield Line(Text())
    for note in answer.notes:
        yield Line(_text(f"Note: {note}", "yellow"))
    yield Line(_text(_footer(answer), "dim"))


def _citation_lines(citation: Citation, first: int) -> Iterator[Line]:
    """Whose words they are; ``first`` is the number of the first citation of the same article."""
    title = _flat(citation.article.title) or "Untitled"
    again = f" (as [{first}])" if first != citation.number else ""
    yield Line(Text.assemble((f"[{citation.number}] ", "bold cyan"), (title, "bold"), again), hang=4)
    if not again:
        yield from _about_lines(citation.article, indent=4)


def _quote_lines(citation: Citation, passages: tuple[RetrievedPassage, ...], *, paragraphs: bool) -> Iterator[Line]:
    around = _paragraph(citation, passages) if paragraphs else None
    if around is None:
        yield Line(Text.assemble("“", *_quote_parts(citation, ""), "”"), 4)
    else:
        before, after = around
        yield Line(Text.assemble((before, "dim"), *_quote_parts(citation, "bold"), (after, "dim")), 4)
    for found in citation.dates:
        yield Line(_text(f"“{_flat(found.text)}”: {day(found.resolved)}", "green"), 4)
    if citation.attribution:
        yield Line(_text(f"Said by {_flat(citation.attribution)}", "dim"), 4)
    if citation.also_in:
        outlets = dict.fromkeys(_flat(ref.source or ref.title) for ref in citation.also_in)
        yield Line(_text("Also in: " + ", ".join(outlets), "dim"), 4)


def _quote_parts(citation: Citation, style: str) -> list[tuple[str, str]]:
    """The quote on one line, with the words that answer underlined."""
    if citation.answer is None:
        return [(_flat(citation.quote), style)]
    start, end = citation.answer.start - citation.start, citation.answer.end - citation.start
    before, told, after = (
        _joined(part) for part in (citation.quote[:start], citation.quote[start:end], citation.quote[end:])
    )
    return [(before, style), (told, f"{style} underline".strip()), (after, style)]


def _nearest_lines(passage: RetrievedPassage) -> Iterator[Line]:
    yield Line(Text())
    yield Line(_text(_flat(passage.article.title) or "Untitled", "bold"), 4)
    yield from _about_lines(passage.article, indent=4)
    words = _flat(passage.text)
    yield Line(_text(words if len(words) <= 300 else words[:300].rsplit(" ", 1)[0] + " …", "dim"), 4)


def _about_lines(ref: ArticleRef | Article, *, indent: int) -> Iterator[Line]:
    about = ", ".join(part for part in (_flat(ref.source or ""), day(ref.published) or "undated") if part)
    yield Line(_text(about, "cyan"), indent)
    if ref.url:
        url = _flat(ref.url)
        yield Line(
            Text(url, Style(color="blue", link=url if url.startswith(("http://", "https://")) else None)), indent
        )


def _paragraph(citation: Citation, passages: tuple[RetrievedPassage, ...]) -> tuple[str, str] | None:
    """What stands in the quote's paragraph before it, and after it; None when it is unknown or long."""
    for passage in passages:
        start, end = citation.start - passage.start, citation.end - passage.start
        if passage.article.id != citation.article.id or passage.text[max(start, 0) : end] != citation.quote:
            continue
        first = passage.text.rfind("\n\n", 0, start)
        last = passage.text.find("\n\n", end)
        before = passage.text[first + 2 if first >= 0 else 0 : start]
        after = passage.text[end : last if last >= 0 else len(passage.text)]
        if len(before) + len(citation.quote) + len(after) <= _LONGEST_PARAGRAPH:
            return _joined(before), _joined(after)
    return None


def _footer(answer: Answer) -> str:
    """What was searched, through which filters, how sure the answer is and how long it took."""
    searched = answer.searched
    parts = [f"Searched {searched.articles:,} article{'' if searched.articles == 1 else 's'}"]
    if searched.first and searched.last:
        parts[0] += f", {day(searched.first)} to {day(searched.last)}"
    if answer.filters.published_from or answer.filters.published_to:
        first, last = day(answer.filters.published_from), day(answer.filters.published_to)
        parts.append(f"published {f'from {first} ' if first else ''}{f'to {last}' if last else ''}".strip())
    if answer.filters.sources:
        parts.append("only " + ", ".join(_flat(source) for source in answer.filters.sources))
    if answer.filters.sections:
        parts.append("section " + ", ".join(_flat(section) for section in answer.filters.sections))
    if answer.answered:
        parts.append(f"confidence {answer.confidence:.0%}")
    if total := answer.timings.get("total"):
        parts.append(f"{total / 1000:.1f} s")
    return " · ".join(parts)


def listing_lines(articles: Iterable[Article], *, columns: bool) -> Iterator[Line]:
    """One line an article: id, day, outlet, title; aligned in ``columns`` for people, parted by tabs for programs."""
    rows = [(a.id, (a.published or "")[:10], _flat(a.source or ""), _flat(a.title) or "Untitled") for a in articles]
    if not columns:
        yield from (Line(Text("\t".join(row))) for row in rows)
        return
    widths = [max((len(row[i]) for row in rows), default=0) for i in range(3)]
    for row in rows:
        cells = [f"{cell:<{width}}  " for cell, width in zip(row, widths, strict=False)]
        yield Line(Text.assemble((cells[0], "dim"), (cells[1], "cyan"), cells[2], (row[3], "bold")))


def article_lines(article: Article, passages: Iterable[Passage]) -> Iterator[Line]:
    """An article: what is known about it, then its text, with ``§ n`` where the passage of that number begins."""
    yield Line(_text(_flat(article.title) or "Untitled", "bold"))
    yield from _about_lines(article, indent=0)
    if article.authors:
        yield Line(_text("By " + ", ".join(_flat(author) for author in article.authors)))
    if article.updated:
        yield Line(_text(f"Updated {day(article.updated)}"))
    if article.date_note:
        yield Line(_text(f"Its date is read from the {_flat(article.date_note)}", "dim"))
    for number, passage in enumerate(passages, start=1):
        yield Line(Text())
        yield Line(_text(f"§ {number}", "dim"))
        yield from (Line(_text(_flat(row))) for row in article.text[passage.start : passage.end].split("\n"))


def day(moment: str | None) -> str:
    """What ISO 8601 says of when, as people write it: ``12 September 2022``; empty for None."""
    return printable(written(moment)) if moment else ""


def _marked(paragraph: str) -> Text:
    """A paragraph of an answer with its markers ``[n]`` set off."""
    text = _text(printable(paragraph))
    for marker in finditer(r"\[\d+\]", text.plain):
        text.stylize("bold cyan", *marker.span())
    return text


def _text(words: str, style: str = "") -> Text:
    return Text(printable(words), style)


def _flat(words: str) -> str:
    """``words`` on one line."""
    return printable(" ".join(words.split()))


def _joined(words: str) -> str:
    """``words`` on one line, with a space kept where they join what stands before or after them."""
    flat = _flat(words)
    return f"{' ' if words[:1].isspace() else ''}{flat}{' ' if flat and words[-1:].isspace() else ''}"
