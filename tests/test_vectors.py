"""The vector index, with real Chroma: what it finds, and what it does with files that are damaged."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from ingest.vectors import ChromaVectors, MemoryVectors

# More than Chroma keeps in its log: only then does it write the graph to files.
COUNT = 1200


def unit(seed: int, count: int) -> NDArray[np.float32]:
    vectors = np.random.default_rng(seed).normal(size=(count, 16)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


IDS = range(1, COUNT + 1)
VECTORS = unit(1, COUNT)


def exact(vector: NDArray[np.float32], k: int, within: set[int] | None = None) -> list[int]:
    """The nearest by comparing with each."""
    order = [IDS[i] for i in np.argsort(-(VECTORS @ vector), kind="stable")]
    return [i for i in order if within is None or i in within][:k]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaVectors]:
    made = ChromaVectors(tmp_path_factory.mktemp("filled") / "vectors", owner="me")
    made.upsert(IDS, VECTORS)
    yield made
    made.close()


@pytest.fixture(scope="module")
def paged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaVectors]:
    made = ChromaVectors(tmp_path_factory.mktemp("paged") / "vectors", owner="me", page=50)
    made.upsert(IDS, VECTORS)
    yield made
    made.close()


class TestFinding:
    def test_the_nearest_come_first_with_their_cosines(self, filled: ChromaVectors) -> None:
        hits = filled.nearest(VECTORS[41], 10)
        assert [i for i, _ in hits] == exact(VECTORS[41], 10)
        assert hits[0] == (42, pytest.approx(1, abs=1e-5))
        assert [score for _, score in hits] == pytest.approx(sorted(VECTORS @ VECTORS[41])[:-11:-1], abs=1e-5)

    @pytest.mark.parametrize("size", [1, 7, 600, COUNT])
    def test_only_those_within_are_found(self, filled: ChromaVectors, size: int) -> None:
        within = random.Random(size).sample(IDS, size)
        hits = filled.nearest(VECTORS[0], 8, within=within)
        assert [i for i, _ in hits] == exact(VECTORS[0], 8, set(within))

    @pytest.mark.parametrize("size", [60, 600, COUNT])
    def test_a_scope_larger_than_a_page_is_filtered(self, paged: ChromaVectors, size: int) -> None:
        vector = VECTORS[5]
        far = exact(vector, COUNT)[-size:]
        hits = paged.nearest(vector, 8, within=far)
        assert [i for i, _ in hits] == far[:8]

    def test_ids_are_listed_page_by_page(self, paged: ChromaVectors) -> None:
        assert sorted(paged.ids()) == list(IDS)

    def test_ids_within_that_are_not_there_are_no_trouble(self, filled: ChromaVectors) -> None:
        assert [i for i, _ in filled.nearest(VECTORS[3], 5, within=[4, 99_999])] == [4]
        assert filled.nearest(VECTORS[3], 5, within=[99_999]) == []
        assert filled.nearest(VECTORS[3], 5, within=[]) == []

    def test_more_than_there_are(self, filled: ChromaVectors) -> None:
        assert len(filled.nearest(VECTORS[0], COUNT + 50)) == COUNT

    def test_all_ids_are_listed(self, filled: ChromaVectors) -> None:
        assert sorted(filled.ids()) == list(IDS)
        assert filled.count() == COUNT

    def test_memory_finds_the_same(self, filled: ChromaVectors) -> None:
        memory = MemoryVectors(list(IDS), VECTORS)
        for within in (None, [5, 6, 7], []):
            found, expected = (index.nearest(VECTORS[9], 6, within=within) for index in (memory, filled))
            assert [i for i, _ in found] == [i for i, _ in expected]
            assert [s for _, s in found] == pytest.approx([s for _, s in expected], abs=1e-5)
        assert (memory.count(), sorted(memory.ids())) == (COUNT, list(IDS))

    def test_memory_may_be_empty(self) -> None:
        assert MemoryVectors([], np.zeros((0, 0), np.float32)).nearest(VECTORS[0], 3) == []


class TestChanging:
    def test_upserting_an_id_again_replaces_its_vector(self, tmp_path: Path) -> None:
        index = ChromaVectors(tmp_path / "vectors", owner="me")
        index.upsert([1, 2], VECTORS[:2])
        index.upsert([1], VECTORS[2:3])
        assert index.count() == 2
        assert index.nearest(VECTORS[2], 1)[0] == (1, pytest.approx(1, abs=1e-5))
        index.delete([1, 77])
        assert list(index.ids()) == [2]
        index.clear()
        assert index.count() == 0
        assert index.nearest(VECTORS[0], 3) == []
        index.upsert([3], VECTORS[:1])
        index.close()
        index.close()
        index = ChromaVectors(tmp_path / "vectors", owner="me")
        assert list(index.ids()) == [3]
        index.close()

    def test_what_another_encoder_made_is_emptied(self, tmp_path: Path) -> None:
        index = ChromaVectors(tmp_path / "vectors", owner="me")
        index.upsert([1], VECTORS[:1])
        index.close()
        index = ChromaVectors(tmp_path / "vectors", owner="you")
        assert index.count() == 0
        index.upsert([1], np.ones((1, 4), np.float32) / 2)
        assert index.count() == 1
        index.close()


def overwrite(path: Path) -> None:
    path.write_bytes(random.Random(7).randbytes(path.stat().st_size))


def halve(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


class TestDamage:
    """After damage the index is right or empty, never wrong, and no process dies of it. SQLite fills it again."""

    def test_what_was_closed_is_kept(self, tmp_path: Path) -> None:
        for number in range(3):
            index = ChromaVectors(tmp_path / "vectors", owner="me")
            assert index.count() == (COUNT if number else 0)
            index.upsert(IDS, VECTORS)
            index.close()

    @pytest.mark.parametrize("harm", [overwrite, halve, Path.unlink])
    @pytest.mark.parametrize(
        "name", ["header.bin", "data_level0.bin", "link_lists.bin", "length.bin", "chroma.sqlite3"]
    )
    def test_damaged_files_never_give_wrong_neighbours(
        self, tmp_path: Path, name: str, harm: Callable[[Path], None]
    ) -> None:
        folder = tmp_path / "vectors"
        index = ChromaVectors(folder, owner="me")
        index.upsert(IDS, VECTORS)
        index.close()
        [path] = folder.rglob(name)
        harm(path)
        index = ChromaVectors(folder, owner="me")
        assert index.count() in (0, COUNT)
        if index.count():
            for row in range(0, COUNT, 97):
                assert index.nearest(VECTORS[row], 1)[0] == (row + 1, pytest.approx(1, abs=1e-4))
        index.upsert(IDS, VECTORS)
        assert [i for i, _ in index.nearest(VECTORS[3], 5)] == exact(VECTORS[3], 5)
        index.close()
        assert not folder.with_suffix(".opening").exists()

    def test_an_opening_that_never_ended_empties_it(self, tmp_path: Path) -> None:
        index = ChromaVectors(tmp_path / "vectors", owner="me")
        index.upsert([1], VECTORS[:1])
        index.close()
        (tmp_path / "vectors.opening").touch()
        index = ChromaVectors(tmp_path / "vectors", owner="me")
        assert index.count() == 0
        index.close()
