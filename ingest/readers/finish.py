"""What an article's text says of itself, whatever the format it came in: its dateline's place, and its captions."""

from __future__ import annotations

from dataclasses import replace

from ingest.article import Article, Span
from ingest.captions import captions
from ingest.dateline import place_of

__all__ = ["behind", "finished"]


def finished(article: Article) -> Article:
    """The same article with the place of its dateline, where none is known, and the captions in its body marked: those
    that are marked already stand behind it."""
    known = article.captions
    body = article.text[: known[0].start] if known else article.text
    return replace(article, place=article.place or place_of(body), captions=(*captions(body), *known))


def behind(text: str, pictures: list[str]) -> tuple[str, tuple[Span, ...]]:
    """A clean text with captions as paragraphs behind it, and where these stand."""
    spans = []
    for picture in pictures:
        start = len(text) + 2
        text += f"\n\n{picture}"
        spans.append(Span(start, len(text)))
    return text, tuple(spans)
