"""Words as HTML. Whatever comes from an article, a question or a file goes through here and can act as nothing."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from itertools import pairwise

from ingest.console import printable

__all__ = ["link", "marked", "tag", "text"]


def text(words: str) -> str:
    """``words`` to be shown as they are, between tags or in an attribute."""
    return escape(printable(words))


def tag(name: str, *content: str, **attributes: str | None) -> str:
    """An element around ``content``, which is HTML already; attributes are words, and those that are None left out. A
    trailing ``_`` is taken off an attribute's name, and other ``_`` are hyphens."""
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{text(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{given}>{''.join(content)}</{name}>"


def link(url: str | None, words: str) -> str:
    """``words``, leading to ``url`` when it is an address of the web."""
    if url and url.startswith(("http://", "https://")):
        return tag("a", text(words), href=url, rel="noopener noreferrer")
    return text(words)


def marked(words: str, *, strong: Iterable[tuple[int, int]] = (), soft: Iterable[tuple[int, int]] = ()) -> str:
    """``words`` with some of them set off.

    Args:
        strong: characters that are highlighted.
        soft: characters that are underlined; they may overlap with the others.
    """
    kinds = {"strong": _places(words, strong), "soft": _places(words, soft)}
    borders = sorted({0, len(words), *(place for spans in kinds.values() for span in spans for place in span)})
    parts = []
    for start, end in pairwise(borders):
        inside = [kind for kind, spans in kinds.items() if any(first <= start and end <= last for first, last in spans)]
        piece = text(words[start:end])
        parts.append(tag("mark", piece, class_=" ".join(inside)) if inside else piece)
    return "".join(parts)


def _places(words: str, spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Those of ``spans`` that lie within ``words``, cut to it."""
    cut = [(max(start, 0), min(end, len(words))) for start, end in spans]
    return [(start, end) for start, end in cut if start < end]
