"""The first start: where there is no archive yet, make one, so that the page has something to show."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ingest import samples as sample_articles
from ingest.settings import default_archive

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
    unfinished = settings.archive / "samples.unfinished"
    if (settings.archive / "archive.db").exists() and not unfinished.exists():
        return
    named = settings.archive != default_archive()
    if (named and not samples and not unfinished.exists()) or not sample_articles.folder().is_dir():
        say(f"There is no archive in {settings.archive} yet: starting an empty one.")
        return
    from ingest.archive import Archive
    from ingest.pipeline import ingest
    from ingest.vectors import ChromaServer

    say(f"Putting the sample articles into the archive {settings.archive} ...")
    # Left behind by a start that was stopped half way: the next one finishes the job.
    Archive.open(settings.archive, create=True, purpose="dateline serve", server=ChromaServer.of(settings)).close()
    unfinished.touch()
    ingest(sample_articles.folder(), settings=settings)
    unfinished.unlink()
