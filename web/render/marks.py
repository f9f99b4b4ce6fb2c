"""Where quotes stand in an article, as a page can carry it in an address, and a text with such places marked."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from web.render.text import e, long_day

if TYPE_CHECKING:
    from qa.answer import Citation, ResolvedDate

__all__ = ["Mark", "annotated", "worth_telling"]

_WRITTEN = re.compile(r"(\d{1,8})-(\d{1,8})-([0-9a-f]{8})-(\d{1,3})(?:-(\d{1,8})-(\d{1,8}))?", re.ASCII)
_MOST_MARKS = 100


@dataclass(frozen=True, slots=True)
class Mark:
    """A quoted stretch of an article's text.

    Attributes:
        start, end: the stretch, in characters.
        check: a checksum of the words that stood there.
        number: of the citation; 0 for a passage that nothing cites.
        answer: the words in it that answer; None for none.
    """

    start: int
    end: int
    check: str
    number: int = 0
    answer: tuple[int, int] | None = None

    @classmethod
    def of(cls, citation: Citation) -> Mark:
        """The mark of a citation."""
        told = (citation.answer.start, citation.answer.end) if citation.answer else None
        return cls(citation.start, citation.end, _checksum(citation.quote), citation.number, told)

    @classmethod
    def passage(cls, text: str, start: int, end: int) -> Mark:
        """The mark of a passage that nothing cites."""
        return cls(start, end, _checksum(text))

    @classmethod
    def read(cls, written: str) -> tuple[Mark, ...]:
        """The marks in what :meth:`__str__` wrote, commas between them; anything else is left out."""
        marks = []
        for found in map(_WRITTEN.fullmatch, written.split(",")[:_MOST_MARKS]):
            if found:
                told = (int(found[5]), int(found[6])) if found[5] else None
                marks.append(cls(int(found[1]), int(found[2]), found[3], int(found[4]), told))
        return tuple(marks)

    def __str__(self) -> str:
        told = f"-{self.answer[0]}-{self.answer[1]}" if self.answer else ""
        return f"{self.start}-{self.end}-{self.check}-{self.number}{told}"

    def stands_in(self, text: str) -> bool:
        """Whether the words still stand there."""
        return self.start < self.end <= len(text) and _checksum(text[self.start : self.end]) == self.check


def _checksum(words: str) -> str:
    return f"{zlib.crc32(words.encode('utf-8', 'surrogatepass')):08x}"


def worth_telling(text: str, start: int, end: int, dates: Iterable[ResolvedDate]) -> list[ResolvedDate]:
    """The time expressions between ``start`` and ``end`` that mean more than their words say, none over another."""
    kept: list[ResolvedDate] = []
    for found in sorted(dates, key=lambda item: item.start):
        inside = (kept[-1].end if kept else start) <= found.start and found.end <= end
        if inside and text[found.start : found.end] == found.text and found.resolved[:4] not in found.text:
            kept.append(found)
    return kept


def annotated(
    text: str, start: int, end: int, *, dates: Sequence[ResolvedDate] = (), answers: Sequence[tuple[int, int]] = ()
) -> str:
    """A stretch of a text, escaped, with the words that answer set off, and beside each relative date what it means.

    The day is an attribute that the stylesheet shows: what is marked, and what is copied, are the text's words.
    """
    edges = {start, end, *(edge for found in dates for edge in (found.start, found.end))}
    edges |= {edge for told in answers for edge in told}
    cuts = sorted(edge for edge in edges if start <= edge <= end)
    pieces = []
    for first, last in pairwise(cuts):
        words = e(text[first:last])
        for found in dates:
            if found.start <= first and last <= found.end:
                day = e(long_day(found.resolved))
                shown = f' data-day="{day}"' if last == found.end else ""
                words = f'<span class="when"{shown} title="{day}">{words}</span>'
        told = any(begin <= first and last <= stop for begin, stop in answers)
        pieces.append(f'<strong class="answers">{words}</strong>' if told else words)
    return "".join(pieces)
