"""Stop an ingest, an update, a removal or a rebuild at random moments, and see whether all is well afterwards.

    python benchmarks/faults.py --moments 200 --seed 1
    python benchmarks/faults.py --moments 0 --full 100     # a full disk; as root, who can mount a small one

Run by hand; the tests run a few moments of it. Each moment is a process of its own that is killed with SIGKILL (or
interrupted, as by Ctrl-C), or that finds its disk full. Then the archive must open, its check must find nothing, every
passage must be exact, both searches must work, no article, passage, vector, version, story or note of a file that was
read may be lost, doubled or left over, and running the command again must give the same as if nothing had happened.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import shutil
import signal
import sqlite3
import subprocess
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

import numpy as np

from ingest.archive import Archive
from ingest.encoder import BundledEncoder, Encoder
from ingest.errors import ArchiveFull
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
    files, what archives of both texts hold (sorted lines), and how many seconds each kind of work takes undisturbed."""

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
            stats = opened.stats()
            assert stats.stories == stats.articles - _FOLDERS, "the copies are no stories"
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
    count = _complete(stage, encoder, folder, kind)
    return "done" if ended else f"{count} articles"


def survive_full(stage: Stage, encoder: Encoder, kind: str, leave: int, *, disk: Path) -> str:
    """Let one kind of work find its disk full, and look whether the archive is whole and can be completed.

    Args:
        leave: the KiB that are free when it begins.
        disk: a small disk, see :func:`small_disk`.

    Returns:
        How far it was: ``"done"`` when there was room enough.

    Raises:
        AssertionError: something is lost or wrong.
    """
    _write(stage.corpus, changed=kind == "update")
    folder, ballast = disk / "archive", disk / "ballast"
    shutil.rmtree(folder, ignore_errors=True)
    before: list[str] = []
    if kind != "ingest":
        shutil.copytree(stage.archive, folder)
        before = _ids(folder)
    with ballast.open("wb") as file:
        file.write(b"\0" * max(shutil.disk_usage(disk).free - (leave << 10), 0))
    full = False
    try:
        with Archive.open(folder, encoder=encoder, create=True) as archive:
            _work(archive, encoder, stage.corpus, kind)
    except ArchiveFull as error:
        full = "free some space" in str(error)
    if full and kind != "remove" and before:
        with Archive.open(folder, encoder=encoder) as archive:
            assert {article.id for article in archive.export()} >= set(before), "articles are lost"
            assert archive.matching(["council"], 100), "nothing can be found"
            assert archive.nearest(encoder.encode_query("Which school closes?"), 3), "nothing is near"
    ballast.unlink()
    count = _complete(stage, encoder, folder, kind)
    return f"{count} articles" if full else "done"


@contextmanager
def small_disk(place: Path, *, kib: int = 24_000) -> Iterator[Path]:
    """A disk of so many KiB, mounted on the folder ``place``; only root can.

    Raises:
        OSError: it cannot be mounted.
    """
    place.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={kib}k", "tmpfs", str(place)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(f"a small disk cannot be mounted here: {done.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], capture_output=True, check=False)


def _complete(stage: Stage, encoder: Encoder, folder: Path, kind: str) -> int:
    """See that an archive is whole, run the command again, and see that nothing is missing: the articles found."""
    with Archive.open(folder, encoder=encoder, create=True) as archive:
        count = _assert_whole(archive, encoder)
        ingest_into(archive, encoder, [stage.corpus])
        _assert_whole(archive, encoder)
        wanted = stage.second if kind == "update" else stage.first
        assert _lines(archive) == wanted, "the articles, their stories or their versions differ"
        for path in stage.corpus.rglob("*.*"):
            known = archive.file_known(path)
            assert known is not None, f"{path} is not noted as read"
            assert known[0], f"{path} is noted without articles"
    return count


def _write(corpus: Path, *, changed: bool) -> None:
    """The articles' files, every other one with a changed text if wanted. Their times are those of their texts.

    In each folder lie articles of their own, a wire copy of one, and one that is known by its address.
    """
    for number in range(_FOLDERS * _FILES):
        new = changed and number % 2 == 1
        verb = "reopens" if new else "closes"
        place = _PLACES[number % len(_PLACES)]
        title, day = f"School {number} in {place} {verb}", f"2024-03-{number + 1:02}"
        text = (
            f"The school number {number} of {place} {verb} on Monday, the council said. Parents met in a hall.\n\n"
            f"“We did not expect it,” said a teacher of class {number}. Buses {'run' if new else 'do not run'}.\n"
        )
        folder = corpus / f"{number // _FILES}"
        if number % _FILES == 3:
            record = {"title": title, "published": day, "text": text, "url": f"https://news.example/{number}"}
            _put(folder / f"{number}.json", json.dumps(record), new=new)
        else:
            _put(folder / f"{number}.txt", f"{title}\n{day}\n\n{text}", new=new)
        if number % _FILES == 2:
            _put(folder / f"{number}-copy.txt", f"{title}\n{day}\n\n{text}The agency reports.\n", new=new)


def _put(path: Path, text: str, *, new: bool) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
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
    # A shell that starts us in the background has us ignore it, and so the child.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    encoder = BundledEncoder(threads=1)
    try:
        pipe.send("opening")
        with Archive.open(folder, encoder=encoder, create=True) as archive:
            pipe.send("at work")
            _work(archive, encoder, corpus, kind)
    except KeyboardInterrupt:
        sys.exit(130)


def _lines(archive: Archive) -> list[bytes]:
    """All that an archive holds: each article, what it said before, and the story that it belongs to."""
    articles = list(archive.export())
    story = archive.story_of([article.id for article in articles])
    return sorted(
        json.dumps(
            [asdict(article), [found.article.text for found in archive.versions(article.id)], story[article.id]]
        ).encode()
        for article in articles
    )


_ORPHANS = (
    "SELECT count(*) FROM versions WHERE article NOT IN (SELECT number FROM articles)",
    "SELECT count(*) FROM embeddings WHERE passage NOT IN (SELECT id FROM passages)",
    "SELECT count(*) FROM passages WHERE article NOT IN (SELECT number FROM articles)",
    "SELECT count(*) FROM file_articles WHERE article NOT IN (SELECT number FROM articles)",
    "SELECT count(*) FROM file_articles WHERE path NOT IN (SELECT path FROM files)",
    "SELECT count(*) FROM wordings WHERE number NOT IN (SELECT wording FROM articles WHERE wording IS NOT NULL)",
    "SELECT count(*) FROM wording_keys WHERE wording NOT IN (SELECT number FROM wordings)",
    "SELECT count(*) FROM alike WHERE one > 0 AND one NOT IN (SELECT number FROM wordings)",
    "SELECT count(*) FROM alike AS a WHERE NOT EXISTS (SELECT 1 FROM alike WHERE one = a.other AND other = a.one)",
    "SELECT count(*) FROM articles WHERE wording IS NULL OR story IS NULL",
    "SELECT count(*) FROM dropped",
    "SELECT count(*) FROM passages WHERE NOT indexed",
    "SELECT count(*) - count(DISTINCT article || ' ' || start) FROM passages",
    "SELECT count(*) - count(DISTINCT identity) FROM articles",
)
"""What must be zero in an archive that is whole."""


def _ids(folder: Path) -> list[str]:
    with sqlite3.connect(folder / "archive.db") as db:
        return [row[0] for row in db.execute("SELECT id FROM articles")]


def _assert_whole(archive: Archive, encoder: Encoder) -> int:
    """How many articles there are, all of them whole and all of them found."""
    wrong = archive.check()
    assert not wrong, wrong
    articles = list(archive.export())
    for article in articles:
        passages = archive.passages_of(article.id)
        assert [(p.start, p.end, p.sentences) for p in passages] == [
            (p.start, p.end, p.sentences) for p in split(article.text, captions=article.captions)
        ]
        for stored in archive.passages([passage.id for passage in passages]):
            assert stored.text == article.text[stored.passage.start : stored.passage.end]
    _assert_tables(archive)
    if articles:
        asked = articles[len(articles) // 2]
        question = f"What did the teacher of class {asked.title.split()[1]} say about the school in {asked.title}?"
        near = archive.passages([i for i, _ in archive.nearest(encoder.encode_query(question), 8)])
        assert asked.id in {stored.article.id for stored in near}
        assert len(archive.matching(["council"], 100)) == len(articles)
    return len(articles)


def _assert_tables(archive: Archive) -> None:
    """Nothing is left over or doubled, and the index gives each passage for its own vector."""
    db = sqlite3.connect(archive.folder / "archive.db")
    try:
        for question in _ORPHANS:
            [(count,)] = db.execute(question)
            assert count == 0, f"{count}: {question}"
        vectors = dict(db.execute("SELECT passage, vector FROM embeddings"))
        indexed = sorted(archive._vectors.ids())
        assert indexed == sorted(vectors), "the index differs from the passages"
        for passage, blob in vectors.items():
            hits = dict(archive.nearest(np.frombuffer(blob, dtype="<f2").astype(np.float32), 5))
            assert hits.get(passage, 0.0) > 0.99, f"passage {passage} is not found by its own vector"
    finally:
        db.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--moments", type=int, default=200, help="kills")
    parser.add_argument("--full", type=int, default=0, help="times that the disk is full")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    processes.set_forkserver_preload(["chromadb", "ingest.pipeline", "ingest.readers", "onnxruntime", "tokenizers"])
    chance = random.Random(given.seed)
    encoder = BundledEncoder()
    seen: Counter[str] = Counter()
    with stage(encoder) as ready:
        number = 0
        while number < given.moments:
            kind = KINDS[number % len(KINDS)]
            sign = signal.SIGINT if number % 10 == 9 else signal.SIGKILL
            share = chance.uniform(0, 1.1)
            reached = survive(ready, encoder, kind, share, sign=sign)
            seen[f"{kind}, {'ended before' if reached == 'done' else 'stopped'}"] += 1
            print(f"{number + 1:4} {kind:8} {signal.Signals(sign).name:8} at {share:.2f}: {reached}; whole", flush=True)
            # Only what was stopped counts; how long the work takes depends on what else the machine does.
            number += reached != "done"
            ready.seconds[kind] *= 0.8 if reached == "done" else 1.03
        if given.full:
            with small_disk(ready.archive.with_name("disk")) as disk:
                for number in range(given.full):
                    kind, leave = KINDS[number % len(KINDS)], int(2 ** chance.uniform(0, 11.5))
                    reached = survive_full(ready, encoder, kind, leave, disk=disk)
                    seen[f"{kind}, {'had room' if reached == 'done' else 'disk full'}"] += 1
                    print(f"{number + 1:4} {kind:8} {leave:6,} KiB free: {reached}; whole", flush=True)
    total = given.moments + given.full
    print(f"{total} moments survived: {', '.join(f'{n} × {what}' for what, n in sorted(seen.items()))}")


if __name__ == "__main__":
    main()
