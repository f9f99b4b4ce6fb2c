"""Where an article quotes somebody: the stretches between quotation marks, straight or curly. It knows no speakers."""

from __future__ import annotations

import re

from ingest.article import Span
from ingest.sentences import paragraphs

__all__ = ["MASK", "masked", "quotations"]

MASK = "¤"
"""What every character of a quotation becomes, its marks too, where the words around it are read."""

_DOUBLE = re.compile(r"[\"“”„«»]|''|``")
_SINGLE = re.compile(r"(?<![\w.,])['‘](?=\w)(?P<said>(?:[^'‘’\n]|(?<=\w)['’](?=\w))*?)(?<=[,.?!…])['’](?!\w)")
# A quotation in single marks is told from an apostrophe by its length: two stray ones stand closer together.
_FEWEST_WORDS = 4


def quotations(text: str) -> list[Span]:
    """The outermost quotations in ``text``, marks included, in order. One that is not closed in its paragraph ends with
    it, as where the next paragraph goes on with an opening mark."""
    found = []
    for paragraph in paragraphs(text):
        doubles = _doubles(text, paragraph)
        found += doubles or _singles(text, paragraph)
    return found


def _doubles(text: str, paragraph: Span) -> list[Span]:
    found, opened = [], -1
    for mark in _DOUBLE.finditer(text, paragraph.start, paragraph.end):
        if opened < 0 and _opens(text, mark, paragraph):
            opened = mark.start()
        elif opened >= 0 and _closes(text, mark, paragraph):
            found.append(Span(opened, mark.end()))
            opened = -1
    if opened >= 0:
        found.append(Span(opened, paragraph.end))
    return found


def _opens(text: str, mark: re.Match[str], paragraph: Span) -> bool:
    if mark[0] in "“„«``":
        return True
    before = text[mark.start() - 1] if mark.start() > paragraph.start else " "
    after = text[mark.end()] if mark.end() < paragraph.end else " "
    return mark[0] in "\"''" and not (before.isdigit() or before.isalpha()) and not after.isspace()


def _closes(text: str, mark: re.Match[str], paragraph: Span) -> bool:
    if mark[0] in "“„«``":
        return False
    before = text[mark.start() - 1]
    return mark[0] in "”»" or not before.isspace() or mark.end() >= paragraph.end


def _singles(text: str, paragraph: Span) -> list[Span]:
    return [
        Span(*match.span())
        for match in _SINGLE.finditer(text, paragraph.start, paragraph.end)
        if len(match["said"].split()) >= _FEWEST_WORDS
    ]


def masked(text: str, quoted: list[Span]) -> str:
    """``text`` of the same length with every quotation made of :data:`MASK`, and line breaks made spaces."""
    pieces, at = [], 0
    for span in quoted:
        pieces += [text[at : span.start], MASK * (span.end - span.start)]
        at = span.end
    return re.sub(r"\s", " ", "".join([*pieces, text[at:]]))
