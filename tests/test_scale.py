"""A small run of what benchmarks/scale.py does with hundreds of thousands of passages."""

from __future__ import annotations

from pathlib import Path

from benchmarks import scale
from ingest.archive import Archive


def test_every_cost_is_measured_and_the_archive_is_left_as_it_was(tmp_path: Path) -> None:
    grown = scale._grow(tmp_path, 60, 1)
    assert 30 <= grown["passages"] <= 90
    figures = scale._measure(tmp_path, 2)
    for cost in ("open", "dense", "lexical", "ingest, an article", "delete one", "dense within a week"):
        assert figures[cost] > 0, cost
    with Archive.open(tmp_path / "archive", encoder=scale.MadeUpEncoder()) as archive:
        assert (archive.stats().articles, archive.stats().passages) == (grown["articles"], grown["passages"])
        assert archive.check() == []


def test_made_up_vectors_depend_on_their_text_alone() -> None:
    once, again = scale.MadeUpEncoder(), scale.MadeUpEncoder()
    assert (once.encode(["one", "two"])[1] == again.encode(["two"])[0]).all()
