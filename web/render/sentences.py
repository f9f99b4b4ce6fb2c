"""An answer's text: its sentences with their markers as buttons, the words that answer set off, its dates resolved."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from web import words
from web.render.marks import Mark, annotated, worth_telling
from web.render.text import e, long_day

if TYPE_CHECKING:
    from qa.answer import Answer, Citation, ResolvedDate

__all__ = ["lines"]

_MARKER = re.compile(r"\[([0-9]{1,3})\]")
_MARKERS = re.compile(r"\[[0-9]{1,3}\](?: ?\[[0-9]{1,3}\])*")
# What looks like a marker in a quote has round brackets in an answer, whatever its digits are.
_IN_QUOTES = re.compile(r"\[(\d+)\]")
_LAST_WORD = re.compile(r"\S{1,24}\Z")
_LEAD = re.compile(r"(?:\d{1,2} )?[A-Z][a-z]{2,8} \d{4}: ")
# Set in bold, the stop behind a sentence looks like a blot.
_STOPS = ".,;: "
# More than so many characters in bold set nothing off.
_LONGEST_BOLD = 80
_SPACE = re.compile(r"\s+")


def lines(number: int, answer: Answer) -> list[tuple[str, str]]:
    """The answer's paragraphs as HTML, each with the day that it begins with, if it does.

    Args:
        number: of the turn.
    """
    found, at = [], 0
    for line in answer.text.split("\n"):
        if line.strip():
            found.append(_line(number, at, line.strip(), answer))
        at += len(_MARKERS.findall(line))
    return found


def _line(number: int, at: int, line: str, answer: Answer) -> tuple[str, str]:
    day = lead[0][:-2] if answer.kind == "overview" and (lead := _LEAD.match(line)) else ""
    if day:
        line = line[len(day) + 2 :]
    parts: list[str] = []
    done = 0
    for markers in _MARKERS.finditer(line):
        cited = [int(found[1]) for found in _MARKER.finditer(markers[0])]
        if not all(1 <= one <= len(answer.citations) for one in cited):
            continue
        citations = [answer.citations[one - 1] for one in cited]
        said = line[done : markers.start()].rstrip(" ")
        chips = "".join(_chip(number, citation) for citation in citations)
        shown = _said(said, citations[0], chips, on=day)
        parts.append(f'<span class="sentence" style="--at:{at + len(parts)}">{shown}</span>')
        done = markers.end()
    return day, "".join(parts) + e(line[done:])


def _said(said: str, citation: Citation, chips: str, *, on: str = "") -> str:
    """A sentence and its chips, which stay on the line of its last word, so that no chip starts a line.

    Args:
        on: the day that stands before the sentence, and need not be told in it again.
    """
    dates, told = _placed(said, citation)
    dates = [found for found in dates if long_day(found.resolved) != on]
    last = _LAST_WORD.search(said)
    edge = last.start() if last else len(said)
    edges = [(found.start, found.end) for found in dates] + told
    while cut := next((start for start, end in edges if start < edge < end), None):
        edge = cut
    head = annotated(said, 0, edge, dates=_within(dates, 0, edge), answers=told)
    tail = annotated(said, edge, len(said), dates=_within(dates, edge, len(said)), answers=told)
    wraps = ' class="tail"' if len(said) - edge <= 24 else ""
    return f"{head}<span{wraps}>{tail}{chips}</span>"


def _within(dates: list[ResolvedDate], start: int, end: int) -> list[ResolvedDate]:
    return [found for found in dates if start <= found.start and found.end <= end]


def _placed(said: str, citation: Citation) -> tuple[list[ResolvedDate], list[tuple[int, int]]]:
    """The citation's dates and answer as places in what is said, which has the quote on one line."""
    quoted, places = _on_one_line(citation.quote)
    begin = said.rfind(quoted)
    if begin < 0:
        return [], []

    def moved(start: int, end: int) -> tuple[int, int] | None:
        if not citation.start <= start < end <= citation.end:
            return None
        return begin + places[start - citation.start], begin + places[end - citation.start]

    dates = []
    for found in citation.dates:
        if at := moved(found.start, found.end):
            dates.append(replace(found, start=at[0], end=at[1], text=said[at[0] : at[1]]))
    answer = citation.answer
    brief = answer is not None and len(answer.text) <= _LONGEST_BOLD
    told = moved(answer.start, answer.start + len(answer.text.rstrip(_STOPS))) if answer and brief else None
    return worth_telling(said, 0, len(said), dates), [told] if told else []


def _on_one_line(quote: str) -> tuple[str, list[int]]:
    """A quote as an answer has it, and where each of its characters stands there."""
    pieces: list[str] = []
    places: list[int] = []
    length = 0
    for index, character in enumerate(quote):
        places.append(length)
        if character.isspace():
            if not pieces or quote[index - 1].isspace():
                continue
            character = " "
        pieces.append(character)
        length += 1
    places.append(length)
    line = _IN_QUOTES.sub(r"(\1)", "".join(pieces)).rstrip()
    return line, [min(place, len(line)) for place in places]


def _chip(turn_number: int, citation: Citation) -> str:
    article = citation.article
    parts = (article.title or words.UNTITLED, article.source, long_day(article.published))
    about = _SPACE.sub(" ", ", ".join(part for part in parts if part))
    return (
        f'<button type="button" class="chip" data-card="source-{turn_number}-{citation.number}" '
        f'data-article="{e(article.id)}" data-mark="{Mark.of(citation)}" '
        f'aria-label="{words.SOURCE.format(citation.number)}: {e(about)}">{citation.number}</button>'
    )
