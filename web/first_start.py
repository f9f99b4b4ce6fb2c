"""The first start: where there is no archive yet, make one, so that the page has something to show."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from platformdirs import user_data_path

from ingest import samples as sample_articles

if TYPE_CHECKING:
    from ingest.settings import Settings

__all__ = ["prepare"]


def prepare(settings: Settings, *, samples: bool, say: Callable[[str], None]) -> None:
    """Where there is no archive, put the sample articles into a new one, unless it was named: that one starts empty.

    Args:
        settings: which archive, and its encoder.
        samples: take the sample articles for a named archive too.
        say: tells the person at the terminal, a line at a time.

    Raises:
        DatelineError: the archive cannot be made.
    """
    if (settings.archive / "archive.db").exists():
        return
    named = settings.archive != user_data_path("dateline", appauthor=False) / "archive"
    if (named and not samples) or not sample_articles.folder().is_dir():
        say(f"There is no archive in {settings.archive} yet: starting an empty one.")
        return
    from ingest.pipeline import ingest

    say(f"There is no archive yet: making one of the sample articles, in {settings.archive}")
    ingest(sample_articles.folder(), settings=settings)
