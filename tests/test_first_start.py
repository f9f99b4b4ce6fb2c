"""The first start: samples go into the default archive, or one that asks for them; a stopped start is finished."""

from __future__ import annotations

from pathlib import Path

from ingest.archive import Archive
from ingest.settings import Settings
from web.first_start import prepare


def _articles(folder: Path) -> int:
    with Archive.open(folder) as archive:
        return archive.stats().articles


def test_samples_are_put_into_an_archive_that_asks_for_them(tmp_path: Path) -> None:
    said: list[str] = []
    settings = Settings.load(tmp_path / "archive")
    prepare(settings, samples=True, say=said.append)
    assert _articles(settings.archive) == 42
    assert len(said) == 1
    assert str(settings.archive) in said[0]


def test_a_start_that_was_stopped_half_way_is_finished_by_the_next(tmp_path: Path) -> None:
    settings = Settings.load(tmp_path / "archive")
    prepare(settings, samples=True, say=lambda _: None)
    with Archive.open(settings.archive) as archive:
        archive.remove([article.id for article in archive.articles(limit=30)])
    (settings.archive / "samples.unfinished").touch()
    prepare(settings, samples=False, say=lambda _: None)
    assert _articles(settings.archive) == 42
    assert not (settings.archive / "samples.unfinished").exists()


def test_an_archive_that_is_there_is_left_alone(tmp_path: Path) -> None:
    settings = Settings.load(tmp_path / "archive")
    Archive.open(settings.archive, create=True).close()
    said: list[str] = []
    prepare(settings, samples=True, say=said.append)
    assert (_articles(settings.archive), said) == (0, [])


def test_an_archive_that_was_named_starts_empty(tmp_path: Path) -> None:
    said: list[str] = []
    prepare(Settings.load(tmp_path / "mine"), samples=False, say=said.append)
    assert not (tmp_path / "mine").exists()
    assert "starting an empty one" in said[0]
