"""A small share of what benchmarks/fuzz_readers.py reads by the hundred thousand."""

from __future__ import annotations

from pathlib import Path

import pytest
from fuzz.check import check
from fuzz.mutate import damaged
from fuzz.seeds import SEEDS

ROUNDS = 12


@pytest.mark.parametrize("first", range(len(SEEDS)), ids=list(SEEDS))
def test_damaged_files_are_read_as_far_as_they_go(tmp_path: Path, first: int) -> None:
    counts = [check(number, 0, tmp_path) for number in range(first, ROUNDS * len(SEEDS), len(SEEDS))]
    assert len(counts) == ROUNDS
    assert all(articles + skipped for articles, skipped in counts)


def test_a_number_is_always_the_same_file() -> None:
    assert damaged(77, seed=3) == damaged(77, seed=3)
    assert damaged(77, seed=3) != damaged(77, seed=4)


def test_what_once_went_wrong_does_not_again(tmp_path: Path) -> None:
    for number, seed in ((26, 0), (891, 0), (3201, 0), (51688, 0), (68050, 1)):
        check(number, seed, tmp_path)
