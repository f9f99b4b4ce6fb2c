"""What is being read: a file, or one that is held within another. It opens nothing."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ingest.article import Found, Skipped

__all__ = ["MOST_TIMES", "Inner", "Item", "together"]

MOST_TIMES = 20
"""An archive may hold so many times the largest file that is allowed, in all."""


@dataclass(frozen=True, slots=True)
class Item:
    """A file, or a member of an archive.

    Attributes:
        name: the file's name, whose ending says the format.
        origin: where it is: the path, and for a member the names of those that hold it, as if they were folders.
        max_bytes: the most bytes that it may have.
        depth: in how many archives it lies.
        total: the most bytes that may come out of an archive in all; None for ``MOST_TIMES`` as many as of one file.
    """

    name: str
    origin: str
    max_bytes: int
    depth: int = 0
    total: int | None = None


Inner = Callable[[io.BufferedReader, Item], Iterator[Found | Skipped]]
"""How a file within another is read; it never raises for bad content."""


def together(items: Iterator[Found | Skipped]) -> Iterator[Found | Skipped]:
    """The same items, but neighbours that are skipped for the same reason are named together."""
    first: Skipped | None = None
    last: Skipped | None = None
    for item in items:
        if first and last and not (isinstance(item, Skipped) and item.reason == first.reason):
            yield _joined(first, last)
            first = None
        if isinstance(item, Skipped):
            first, last = first or item, item
        else:
            yield item
    if first and last:
        yield _joined(first, last)


def _joined(first: Skipped, last: Skipped) -> Skipped:
    if first is last:
        return first
    return Skipped(first.origin, f"{first.reason} (the same up to {last.origin.rpartition('#')[2]})")
