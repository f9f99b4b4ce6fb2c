"""Stories of an older archive, found while it is in use."""

from __future__ import annotations

import sqlite3
import threading
import time
from pathlib import Path

import pytest
from archives import ready

from benchmarks.scale import MadeUpEncoder
from ingest.archive import Archive
from ingest.article import Article
from ingest.aside import grouping

MODEL = MadeUpEncoder()


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """An archive of 450 articles, two of each text, that was made before there were stories."""
    articles = [Article(text=f"Report {n % 225} of the harbour master, as it was told.") for n in range(450)]
    with Archive.open(tmp_path / "archive", encoder=MODEL, create=True) as archive:
        archive.store([ready(article, f"/{n}.jsonl, record {n}", by=MODEL) for n, article in enumerate(articles)])
    db = sqlite3.connect(tmp_path / "archive" / "archive.db")
    db.executescript(
        "UPDATE articles SET wording = NULL, story = NULL; DELETE FROM story_recipe; DELETE FROM wordings;"
    )
    db.close()
    return tmp_path / "archive"


def at_work() -> bool:
    """Whether some thread looks for stories."""
    return any(thread.name == "dateline-stories" for thread in threading.enumerate())


def test_an_older_archive_gets_its_stories_while_it_is_open(older: Path) -> None:
    with Archive.open(older, encoder=MODEL) as archive:
        assert archive.ungrouped > 0
        with grouping(archive):
            until = time.monotonic() + 60
            while archive.ungrouped and time.monotonic() < until:
                assert archive.nearest(MODEL.encode_query("Who told it?"), 3)
                time.sleep(0.01)
        assert archive.ungrouped == 0
        assert archive.check() == []
        with grouping(archive):
            assert not at_work()


def test_closing_does_not_wait_for_all_stories(older: Path) -> None:
    with Archive.open(older, encoder=MODEL) as archive:
        whole = archive.ungrouped
        with grouping(archive):
            pass
        assert not at_work()
        assert 0 < archive.ungrouped < whole
        archive.group()
        assert archive.check() == []
