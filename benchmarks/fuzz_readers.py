"""Damaged files of every format through the readers: does one crash, hang, or take too much memory?

    python benchmarks/fuzz_readers.py --inputs 100000 [--seed N] [--only NUMBER]
    python benchmarks/fuzz_readers.py --inputs 1000 --longest 4000000 --memory 200

The inputs are made by ``tests/fuzz`` from their numbers, so a number and the seed show the same file again. They are
read in another process, which is watched: one that dies, or sits on one file longer than ``--seconds``, is noted and
started again behind that file. So is a file that takes more than twice ``--memory`` on top of what the process has, as
Linux tells it; and its addresses are limited. What the readers give is checked too: clean text, captions within it,
passages, and that it reads back the same from JSON Lines.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import sys
import tempfile
import time
from collections import Counter
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from fuzz.check import MOST_BYTES, check  # noqa: E402
from fuzz.mutate import LONGEST, damaged  # noqa: E402
from fuzz.seeds import SEEDS  # noqa: E402

from ingest.readers import read  # noqa: E402

_TOLD = 100
"""After so many files a worker tells what came of them."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--longest", type=int, default=LONGEST, help="blow the files up to so many bytes")
    parser.add_argument("--seconds", type=float, default=60.0, help="a file may take so long")
    parser.add_argument("--memory", type=int, default=64, help="a file may take twice as many MB, by the limit of 4 MB")
    parser.add_argument("--only", type=int, help="read this one here, and show what comes of it")
    given = parser.parse_args()
    if given.only is not None:
        _show(given.only, given.seed)
        return
    began = time.perf_counter()
    found, faults, peak = _watch(given)
    print(f"{found['files']:,} files in {time.perf_counter() - began:,.0f} s: {found['articles']:,} articles, ", end="")
    print(f"{found['skipped']:,} skipped; the slowest took {found['slowest'] / 1000:.1f} s; ", end="")
    print(f"the greediest {found['greediest']:,} MB, the process {peak:,} MB at most")
    for number, what in faults:
        print(f"  {number}: {what}")
    if faults:
        sys.exit(1)


def _watch(given: argparse.Namespace) -> tuple[Counter[str], list[tuple[int, str]], int]:
    """Run the inputs in a process that is started again when it dies or hangs."""
    context = multiprocessing.get_context("spawn")
    at = context.Value("q", given.first)
    since = context.Value("d", time.time())
    counts: Counter[str] = Counter()
    faults: list[tuple[int, str]] = []
    peak, last = 0, given.first + given.inputs
    while at.value < last:
        told: Any = context.SimpleQueue()
        since.value = time.time()
        worker = context.Process(target=_work, args=(at, since, last, given, told), daemon=True)
        worker.start()
        while worker.is_alive():
            worker.join(0.5)
            if time.time() - since.value > given.seconds + 20 * (counts["files"] == 0):
                faults.append((at.value, f"hangs: more than {given.seconds:g} s"))
                worker.kill()
                worker.join()
            peak = _drain(told, counts, faults, peak)
        peak = _drain(told, counts, faults, peak)
        if worker.exitcode and worker.exitcode != -9:
            faults.append((at.value, f"dies: exit code {worker.exitcode}"))
        if at.value < last:
            at.value += 1
    return counts, faults, peak


def _drain(told: Any, counts: Counter[str], faults: list[tuple[int, str]], peak: int) -> int:
    while not told.empty():
        kind, *rest = told.get()
        if kind == "fault":
            faults.append((rest[0], rest[1]))
            print(f"  {rest[0]}: {rest[1]}", flush=True)
        else:
            articles, skipped, slowest, greediest, size = rest
            counts += Counter(articles=articles, skipped=skipped, files=_TOLD)
            if counts["files"] % 1000 < _TOLD:
                print(f"  {counts['files']:,} files", file=sys.stderr, flush=True)
            counts["slowest"] = max(counts["slowest"], slowest)
            counts["greediest"] = max(counts["greediest"], greediest)
            peak = max(peak, size)
    return peak


def _work(at: Synchronized[int], since: Synchronized[float], last: int, given: argparse.Namespace, told: Any) -> None:
    articles = skipped = slowest = greediest = 0
    with tempfile.TemporaryDirectory() as folder:
        for number in range(at.value, last):
            at.value, since.value = number, time.time()
            before = _memory("VmRSS", reset=True)
            try:
                more = check(number, given.seed, Path(folder), longest=given.longest)
            except Exception as error:  # noqa: BLE001 - this is what is looked for
                told.put(("fault", number, f"{type(error).__name__}: {str(error)[:300]}"))
                continue
            taken = max(_memory("VmHWM") - before, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
            # The first files bring the libraries into memory.
            if number >= given.first + 10 * len(SEEDS):
                greediest = max(greediest, taken)
                if taken > 2 * given.memory:
                    told.put(("fault", number, f"takes {taken} MB"))
            elif number == given.first + 10 * len(SEEDS) - 1:
                _limit(1024 + 8 * given.memory)
            articles, skipped = articles + more[0], skipped + more[1]
            slowest = max(slowest, int(1000 * (time.time() - since.value)))
            if number % _TOLD == _TOLD - 1:
                size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
                told.put(("count", articles, skipped, slowest, greediest, size))
                articles = skipped = slowest = greediest = 0
        at.value = last


def _memory(what: str, *, reset: bool = False) -> int:
    """``VmRSS``, what this process takes now, or ``VmHWM``, what it has taken at most since the last reset, in MB."""
    own = Path("/proc/self")
    if not (own / "clear_refs").exists():
        return 0
    if reset:
        (own / "clear_refs").write_text("5")
    (found,) = (row for row in (own / "status").read_text().splitlines() if row.startswith(what))
    return int(found.split()[1]) // 1024


def _limit(more: int) -> None:
    """Let this process take so many MB of addresses on top of those that it has."""
    most = (_memory("VmSize") + more) << 20
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _show(number: int, seed: int) -> None:
    name, data = damaged(number, seed=seed)
    print(name, len(data), data[:2000])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        for item in read(path, max_bytes=MOST_BYTES):
            print(item)
        print(check(number, seed, Path(folder)))


if __name__ == "__main__":
    main()
