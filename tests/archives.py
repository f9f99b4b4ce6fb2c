"""What the tests of the archive share: the real encoder, loaded once, and short ways to store articles."""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Iterable
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path

from ingest.archive import Archive, Prepared
from ingest.article import Article
from ingest.encoder import BundledEncoder, Encoder
from ingest.pipeline import passage_text
from ingest.split import split

processes = multiprocessing.get_context("forkserver")
"""Starts processes from one that has loaded all modules and nothing else: real ones, within a tenth of a second."""
processes.set_forkserver_preload([__name__, "chromadb", "courlan", "ingest.readers", "onnxruntime", "tokenizers"])


@lru_cache
def encoder() -> BundledEncoder:
    """The bundled encoder, one for the whole run."""
    return BundledEncoder()


def opened(folder: Path, *, create: bool = True, purpose: str = "a test") -> Archive:
    """The archive in ``folder``, made when there is none."""
    return Archive.open(folder, encoder=encoder(), create=create, purpose=purpose)


def ready(article: Article, origin: str = "/news/one.txt", *, by: Encoder | None = None, nth: int = 1) -> Prepared:
    """``article`` as the pipeline hands it to the archive."""
    passages = split(article.text, captions=article.captions)
    vectors = (by or encoder()).encode([passage_text(article, passage) for passage in passages])
    return Prepared(article, origin, passages, vectors, nth)


def put(archive: Archive, article: Article, origin: str = "/news/one.txt", *, nth: int = 1) -> tuple[str, str]:
    """Store ``article``: what was done, and its id."""
    [done] = archive.store([ready(article, origin, nth=nth)])
    return done


def exported(archive: Archive) -> bytes:
    """The archive as JSON Lines, with all fields of every article."""
    return b"".join(json.dumps(asdict(article)).encode() + b"\n" for article in archive.export())


def best(archive: Archive, question: str, k: int = 3) -> list[str]:
    """The words of the passages nearest to a question."""
    hits = archive.nearest(encoder().encode_query(question), k)
    return [stored.text for stored in archive.passages([i for i, _ in hits])]


def assert_whole(archive: Archive) -> None:
    """All is well with the archive: its own check, every span, and both indexes."""
    assert archive.check() == []
    for article in archive.export():
        passages = archive.passages_of(article.id)
        assert [(p.start, p.end, p.sentences) for p in passages] == [
            (p.start, p.end, p.sentences) for p in split(article.text, captions=article.captions)
        ]
        for stored in archive.passages([passage.id for passage in passages]):
            assert stored.article == article
            assert stored.text == article.text[stored.passage.start : stored.passage.end]


def write(folder: Path, texts: Iterable[tuple[str, str]]) -> Path:
    """Files of these names and texts in ``folder``, which is returned."""
    for name, text in texts:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder
