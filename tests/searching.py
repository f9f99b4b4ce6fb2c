"""What the tests of whole answers share: the sample articles, searched and read with the real models."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from archives import encoder, opened

from qa.compose import Line
from qa.reader import BundledReader
from qa.search import Searcher


@lru_cache
def reader() -> BundledReader:
    """The bundled reader, one for the whole run."""
    return BundledReader()


@contextmanager
def searching(folder: Path) -> Iterator[Searcher]:
    """A searcher of the archive in ``folder``."""
    with opened(folder, create=False) as archive:
        yield Searcher(archive, encoder(), reader())


def quotes(lines: list[Line] | tuple[Line, ...]) -> list[str]:
    """What is quoted, each on one line, checked against the articles."""
    found = []
    for line in lines:
        if line.evidence is not None:
            article, span = line.evidence.stored.article, line.evidence.span
            assert article.text[span.start : span.end] == line.evidence.quote
            found.append(" ".join(line.evidence.quote.split()))
    return found
