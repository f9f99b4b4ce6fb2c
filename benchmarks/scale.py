"""Measure what an archive costs as it grows.

    python benchmarks/scale.py [--sizes 1000,10000,50000,200000] [--folder DIR] [--json FILE]

One archive grows from size to size (in passages) by ``dateline ingest``'s own code. The articles are made up: words
drawn as often as words are used, sentences, paragraphs, days of five years, forty sources. The vectors are made up too,
around five hundred topics: nothing of what is timed is the encoder. At each size a process of its own is measured, in
milliseconds by the clock and (busy) of all processors together, which other work on the machine changes less:

    ingest     adding articles, an article
    delete     removing an article, and twenty at once
    open       opening the archive, after it was closed well
    dense      the 50 nearest passages to a vector; alike for the words of a question (lexical)
    filtered   the 50 nearest within a week, a year, and a source
    disk       the archive's folder
    memory     the most that the process held (resident), after opening and after all of these
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import statistics
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.archive import Archive, Scope
from ingest.pipeline import ingest_into

_BEGIN, _DAYS, _SOURCES = date(2019, 1, 1), 5 * 365, 40
_TOPICS, _SPREAD = 500, 0.05
"""Two vectors of one topic have a cosine of about a half."""
_STOP_WORDS = 150
"""The commonest words, which no question is searched for by."""
_ADDED, _REMOVED, _ASKED = 200, 20, 40


class MadeUpEncoder:
    """Unit vectors that depend on nothing but the text, around topics; see :class:`~ingest.encoder.Encoder`."""

    name = fingerprint = "made up"
    dimensions = 384

    def __init__(self) -> None:
        self._topics = _unit(np.random.default_rng(0).standard_normal((_TOPICS, self.dimensions)))

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of passages, of shape ``(len(texts), 384)``."""
        made = np.empty((len(texts), self.dimensions))
        for row, text in enumerate(texts):
            rng = np.random.default_rng(zlib.crc32(text.encode()))
            made[row] = self._topics[rng.integers(_TOPICS)] + _SPREAD * rng.standard_normal(self.dimensions)
        return _unit(made)

    def encode_query(self, question: str) -> NDArray[np.float32]:
        """The vector of a question, of shape ``(384,)``."""
        vector: NDArray[np.float32] = self.encode([question])[0]
        return vector


def _unit(vectors: NDArray[np.float64]) -> NDArray[np.float32]:
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


class Writer:
    """Makes articles up, the same ones for the same seed."""

    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng(seed)
        rng = np.random.default_rng(1)
        starts, ends = [c + v for c in "bcdfghklmnprstvw" for v in "aeiou"], ["n", "r", "s", "t", "l", "m", ""]
        parts = [rng.choice(starts, 60_000), rng.choice(starts, 60_000), rng.choice([*starts, ""], 60_000)]
        self._words = np.array([a + b + c + end for a, b, c, end in zip(*parts, rng.choice(ends, 60_000), strict=True)])
        shares = 1 / np.arange(10, 10 + len(self._words))
        self._until = np.cumsum(shares / shares.sum())

    def words(self, count: int, *, beyond: int = 0) -> list[str]:
        """Words, common ones more often, but for the ``beyond`` commonest of all."""
        first = self._until[beyond - 1] if beyond else 0.0
        found: list[str] = self._words[np.searchsorted(self._until, self._rng.uniform(first, 1, count))].tolist()
        return found

    def articles(self, count: int) -> Iterator[dict[str, str]]:
        """Articles of about seven passages, as records of JSON Lines."""
        for _ in range(count):
            key = int(self._rng.integers(1 << 62))
            yield {
                "url": f"https://made-up.example/{key:x}",
                "title": " ".join(self.words(9)).capitalize(),
                "source": f"Paper {int(self._rng.integers(_SOURCES))}",
                "published": (_BEGIN + timedelta(days=int(self._rng.integers(_DAYS)))).isoformat(),
                "text": "\n\n".join(self._paragraph() for _ in range(16)),
            }

    def _paragraph(self) -> str:
        lengths = self._rng.integers(12, 28, 3)
        return " ".join(" ".join(self.words(int(length))).capitalize() + "." for length in lengths)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="1000,10000,50000,200000", help="passages, with commas between")
    parser.add_argument("--folder", type=Path, help="where the archive grows, instead of a temporary folder")
    parser.add_argument("--json", type=Path, help="write the figures there too")
    options = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        for seed, size in enumerate(int(size) for size in options.sizes.split(",")):
            grown = _apart(_grow, Path(folder), size, 100 + seed)
            rows.append({"size": size, **grown, **_apart(_measure, Path(folder), 200 + seed)})
            print(json.dumps(rows[-1]), flush=True)
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    for name in rows[0]:
        print(f"| {name} | " + " | ".join(str(row[name]) for row in rows) + " |")


def _apart(work: Callable[..., dict[str, float]], *given: Any) -> dict[str, float]:
    """What ``work`` returns, from a process of its own, whose memory is its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(work, given)


def _open(folder: Path) -> Archive:
    return Archive.open(folder / "archive", encoder=MadeUpEncoder(), create=True)


def _file(folder: Path, count: int, seed: int) -> Path:
    path = folder / f"made-up-{seed}.jsonl"
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(record) + "\n" for record in Writer(seed).articles(count))
    return path


def _grow(folder: Path, size: int, seed: int) -> dict[str, float]:
    """Let the archive grow until it has about ``size`` passages."""
    with _open(folder) as archive:
        wanted = size - archive.stats().passages
        path = _file(folder, max(1, round(wanted / 7)), seed)
        began = time.perf_counter()
        report = ingest_into(archive, MadeUpEncoder(), [path], max_bytes=4 << 30)
        seconds = time.perf_counter() - began
        stats = archive.stats()
    path.unlink()
    return {
        "articles": stats.articles,
        "passages": stats.passages,
        "growing, articles a second": round(len(report.added) / seconds, 1),
        "growing, memory at most, MB": _memory(),
    }


def _measure(folder: Path, seed: int) -> dict[str, float]:
    opened: list[Archive] = []
    figures = _timed("open", lambda: opened.append(_open(folder)), 1)
    figures["memory after opening, MB"] = _memory()
    with opened[0] as archive:
        figures |= _ask(archive, seed)
        path = _file(folder, _ADDED, seed)
        added: list[str] = []
        whole = _timed("ingest", lambda: added.extend(ingest_into(archive, MadeUpEncoder(), [path]).added), 1)
        figures |= {f"{name}, an article": round(taken / _ADDED, 1) for name, taken in whole.items()}
        singly = iter(added[:_REMOVED])
        figures |= _timed("delete one", lambda: archive.remove([next(singly)]), _REMOVED)
        figures |= _timed("delete twenty", lambda: archive.remove(added[_REMOVED : 2 * _REMOVED]), 1)
        archive.remove(added[2 * _REMOVED :])
        path.unlink()
    figures["memory at most, MB"] = _memory()
    files = [path for path in (folder / "archive").rglob("*") if path.is_file()]
    figures["disk, MB"] = round(sum(path.stat().st_size for path in files) / 1e6)
    return figures


def _ask(archive: Archive, seed: int) -> dict[str, float]:
    """Milliseconds of each kind of search, the median of several."""
    writer, encoder = Writer(seed), MadeUpEncoder()
    vectors = iter(encoder.encode([f"question {number}" for number in range(5 * _ASKED)]))
    questions = iter([writer.words(8, beyond=_STOP_WORDS) for _ in range(_ASKED)])
    week = Scope(published_from=date(2021, 3, 1).isoformat(), published_to=date(2021, 3, 7).isoformat())
    year = Scope(published_from=date(2021, 1, 1).isoformat(), published_to=date(2021, 12, 31).isoformat())
    source = Scope(sources=("Paper 7",))
    archive.nearest(next(vectors), 50)
    figures = _timed("dense", lambda: archive.nearest(next(vectors), 50), _ASKED)
    figures |= _timed("lexical", lambda: archive.matching(next(questions), 50), _ASKED)
    for name, scope in (("a week", week), ("a source", source), ("a year", year)):
        figures |= _timed(
            f"dense within {name}", lambda s=scope: archive.nearest(next(vectors), 50, scope=s), _ASKED // 2
        )
    return figures


def _timed(what: str, step: Callable[[], Any], times: int) -> dict[str, float]:
    """The medians of the milliseconds that ``step`` takes by the clock, and of all processors together."""
    taken, busy = [], []
    for _ in range(times):
        clock, spent = time.perf_counter(), time.process_time()
        step()
        taken.append((time.perf_counter() - clock) * 1000)
        busy.append((time.process_time() - spent) * 1000)
    return {what: round(statistics.median(taken), 3), f"{what} (busy)": round(statistics.median(busy), 3)}


def _memory() -> int:
    """The most that this process has held, in megabytes."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


if __name__ == "__main__":
    main()
