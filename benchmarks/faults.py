"""Stop an ingest, an update, a removal or a rebuild at random moments, and see whether all is well afterwards.

    python benchmarks/faults.py --moments 200 --seed 1

Run by hand; the tests run a few moments of it. Each moment is a process of its own that is killed with SIGKILL (or
interrupted, as by Ctrl-C). Then the archive must open, its check must find nothing, every passage must be exact, both
searches must work, and running the command again must give the same articles as if nothing had happened.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from multiprocessing.connection import Connection
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from ingest.archive import Archive
from ingest.encoder import BundledEncoder, Encoder
from ingest.pipeline import ingest_into
from ingest.split import split

KINDS = ("ingest", "update", "remove", "reindex")

_FOLDERS, _FILES = 6, 4
_PLACES = ("Lisk", "Orle", "Tamm", "Brend", "Sulo", "Kvist")

# Processes are forked from one that has loaded the modules and nothing else.
processes = multiprocessing.get_context("forkserver")


@dataclass(frozen=True)
class Stage:
    """What a moment starts from and must come to: a finished archive of the first texts, the folder with the articles'
    files, the articles of both texts (sorted lines), and how many seconds each kind of work takes undisturbed."""

    archive: Path
    corpus: Path
    first: list[bytes]
    second: list[bytes]
    seconds: dict[str, float]


@contextmanager
def stage(encoder: Encoder) -> Iterator[Stage]:
    """Everything that moments start from, in a folder that is removed afterwards."""
    with tempfile.TemporaryDirectory() as name:
        top = Path(name)
        corpus, archive, changed = top / "news", top / "archive", top / "changed"
        seconds = {}
        _write(corpus, changed=False)
        with Archive.open(archive, encoder=encoder, create=True) as opened:
            seconds["ingest"] = _timed(opened, encoder, corpus, "ingest")
            first = _lines(opened)
            seconds["reindex"] = _timed(opened, encoder, corpus, "reindex")
        shutil.copytree(archive, changed)
        _write(corpus, changed=True)
        with Archive.open(changed, encoder=encoder) as opened:
            seconds["update"] = _timed(opened, encoder, corpus, "update")
            second = _lines(opened)
            seconds["remove"] = _timed(opened, encoder, corpus, "remove")
        yield Stage(archive, corpus, first, second, seconds)


def survive(stage: Stage, encoder: Encoder, kind: str, share: float, *, sign: int = signal.SIGKILL) -> str:
    """Stop one kind of work, and look whether the archive is whole and can be completed.

    Args:
        share: when, as a share of the time that the work takes; below 0.15 while the archive is being opened.
        sign: the signal to stop it with.

    Returns:
        How far it was: ``"done"`` when it had ended before.

    Raises:
        AssertionError: something is lost or wrong.
    """
    _write(stage.corpus, changed=kind == "update")
    folder = stage.archive.with_name("moment")
    shutil.rmtree(folder, ignore_errors=True)
    if kind != "ingest":
        shutil.copytree(stage.archive, folder)
    ours, theirs = processes.Pipe()
    process = processes.Process(target=_child, args=(folder, stage.corpus, kind, theirs))
    process.start()
    ours.recv()
    if share >= 0.15:
        ours.recv()
    time.sleep(share * stage.seconds[kind])
    if process.is_alive():
        os.kill(process.pid or 0, sign)
    process.join()
    ended = process.exitcode == 0
    process.close()
    with Archive.open(folder, encoder=encoder, create=True) as archive:
        count = _assert_whole(archive, encoder)
        ingest_into(archive, encoder, [stage.corpus])
        _assert_whole(archive, encoder)
        assert _lines(archive) == (stage.second if kind == "update" else stage.first), "the articles differ"
    return "done" if ended else f"{count} articles"


def _write(corpus: Path, *, changed: bool) -> None:
    """The articles' files, every other one with a changed text if wanted. Their times are those of their texts."""
    for number in range(_FOLDERS * _FILES):
        path = corpus / f"{number // _FILES}" / f"{number}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        new = changed and number % 2 == 1
        verb = "reopens" if new else "closes"
        place = _PLACES[number % len(_PLACES)]
        path.write_text(
            f"School {number} in {place} {verb}\n2024-03-{number + 1:02}\n\n"
            f"The school number {number} of {place} {verb} on Monday, the council said. Parents met in a hall.\n\n"
            f"“We did not expect it,” said a teacher of class {number}. Buses {'run' if new else 'do not run'}.\n",
            encoding="utf-8",
        )
        os.utime(path, (1_700_000_000 + new, 1_700_000_000 + new))


def _work(archive: Archive, encoder: Encoder, corpus: Path, kind: str) -> None:
    if kind == "remove":
        for article in list(archive.export()):
            archive.remove([article.id])
    elif kind == "reindex":
        archive.reindex()
    else:
        for folder in sorted(corpus.iterdir()):
            ingest_into(archive, encoder, [folder])


def _timed(archive: Archive, encoder: Encoder, corpus: Path, kind: str) -> float:
    began = time.perf_counter()
    _work(archive, encoder, corpus, kind)
    return time.perf_counter() - began


def _child(folder: Path, corpus: Path, kind: str, pipe: Connection) -> None:
    encoder = BundledEncoder(threads=1)
    try:
        pipe.send("opening")
        with Archive.open(folder, encoder=encoder, create=True) as archive:
            pipe.send("at work")
            _work(archive, encoder, corpus, kind)
    except KeyboardInterrupt:
        sys.exit(130)


def _lines(archive: Archive) -> list[bytes]:
    return sorted(json.dumps(asdict(article)).encode() for article in archive.export())


def _assert_whole(archive: Archive, encoder: Encoder) -> int:
    """How many articles there are, all of them whole and all of them found."""
    assert archive.check() == []
    articles = list(archive.export())
    for article in articles:
        passages = archive.passages_of(article.id)
        assert [(p.start, p.end, p.sentences) for p in passages] == [
            (p.start, p.end, p.sentences) for p in split(article.text, captions=article.captions)
        ]
        for stored in archive.passages([passage.id for passage in passages]):
            assert stored.text == article.text[stored.passage.start : stored.passage.end]
    if articles:
        asked = articles[len(articles) // 2]
        question = f"What did the teacher of class {asked.title.split()[1]} say about the school in {asked.title}?"
        near = archive.passages([i for i, _ in archive.nearest(encoder.encode_query(question), 8)])
        assert asked.id in {stored.article.id for stored in near}
        assert len(archive.matching(["council"], 100)) == len(articles)
    return len(articles)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--moments", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    chance = random.Random(given.seed)
    encoder = BundledEncoder()
    seen: Counter[str] = Counter()
    with stage(encoder) as ready:
        for number in range(given.moments):
            kind = KINDS[number % len(KINDS)]
            sign = signal.SIGINT if number % 10 == 9 else signal.SIGKILL
            share = chance.uniform(0, 1.3)
            reached = survive(ready, encoder, kind, share, sign=sign)
            seen[f"{kind}, {'ended before' if reached == 'done' else 'stopped'}"] += 1
            print(f"{number + 1:4} {kind:8} {signal.Signals(sign).name:8} at {share:.2f}: {reached}; whole", flush=True)
    print(f"{given.moments} moments survived: {', '.join(f'{n} × {what}' for what, n in sorted(seen.items()))}")


if __name__ == "__main__":
    main()
