"""The questions that go with the sample articles."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING

from ingest import samples

if TYPE_CHECKING:
    from ingest.archive import Archive

__all__ = ["featured", "questions_for"]

# An archive much larger than the samples is the user's own, even if the samples are in it too.
_MOST_LOOKED_THROUGH = 500


@cache
def featured() -> tuple[str, ...]:
    """The sample questions that are fit to be shown, in their order; none where the samples are not installed."""
    path = samples.folder().parent / "questions.jsonl"
    if not path.is_file():
        return ()
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return tuple(row["question"] for row in rows if row.get("featured"))


@cache
def _titles() -> frozenset[str]:
    """The titles of the sample articles."""
    from ingest.article import Found, Skipped
    from ingest.readers import discover, read

    if not samples.folder().is_dir():
        return frozenset()
    paths = [path for path in discover(samples.folder()) if not isinstance(path, Skipped)]
    return frozenset(found.article.title for path in paths for found in read(path) if isinstance(found, Found))


def questions_for(archive: Archive) -> Callable[[], Sequence[str]]:
    """A function that gives the sample questions while all the sample articles are in the archive, else none.

    It looks through the archive only when the number of its articles has changed.
    """

    @cache
    def offered(articles: int) -> Sequence[str]:
        wanted = _titles()
        if not wanted or articles < len(wanted) or articles > _MOST_LOOKED_THROUGH:
            return ()
        held = {article.title for article in archive.articles(limit=articles)}
        return featured() if wanted <= held else ()

    return lambda: offered(archive.stats().articles)
