"""The values that pass between the steps of an ingest. It knows no file format, no database and no model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

__all__ = ["Article", "Found", "Passage", "Skipped", "Span"]


class Span(NamedTuple):
    """A half-open stretch of a text, in characters: ``text[start:end]``."""

    start: int
    end: int

    def cut(self, text: str) -> str:
        """The words that this span marks in ``text``."""
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Article:
    """One news article.

    Attributes:
        text: the body as it is stored. Every span and quote is a stretch of exactly this string.
        title: the headline; empty when there is none.
        url: where it was published, or None.
        source: the outlet, such as ``"Harbour Gazette"`` or ``"example.org"``, or None.
        authors: the bylines, in order.
        published: ISO 8601, a day (``"2022-09-12"``) or a moment with its offset (``"2022-09-12T08:30:00+02:00"``) or
            without one when the article shows none. None when no date is known.
        updated: likewise, when the outlet says that it changed the article.
        language: a BCP 47 tag such as ``"en"``, or None.
        id: the archive's name for the article. Empty until the archive or the input gives one.
        date_note: what a guessed date was read from (``"file name"``), empty for a date that was stated.
        section: the part of the paper that it stands in, such as ``"Sport"``, or None.
        description: what the outlet says of it in a sentence or two, outside of the text, or None.
        place: where it was written, as its dateline says (``"LONDON"``), or None.
        captions: stretches of ``text`` that are captions of pictures, in order.
    """

    text: str
    title: str = ""
    url: str | None = None
    source: str | None = None
    authors: tuple[str, ...] = ()
    published: str | None = None
    updated: str | None = None
    language: str | None = None
    id: str = ""
    date_note: str = ""
    section: str | None = None
    description: str | None = None
    place: str | None = None
    captions: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of an article that is encoded and retrieved as one piece.

    Attributes:
        start, end: the stretch, in characters of ``Article.text``.
        sentences: the sentences in it, as spans of ``Article.text`` (not of the passage), in order.
        id: the archive's number for it; 0 until it is stored.
        article_id: the article that it is cut from; empty until it is stored.
    """

    start: int
    end: int
    sentences: tuple[Span, ...] = ()
    id: int = 0
    article_id: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """An article that a reader found, and where: ``origin`` is the file's absolute path, with ``#12`` behind it for the
    twelfth record of a file that holds several (records are counted from 1)."""

    article: Article
    origin: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something that was not taken in, where it stands, and why, in words for the person who runs the ingest."""

    origin: str
    reason: str
