"""Files that are large, and pages that would take for ever: read as a stream, or given up in time."""

from __future__ import annotations

import gzip
import io
import json
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from fuzz.seeds import MAIL, SEEDS, tar_of

from ingest.article import Found, Skipped
from ingest.readers import apart, read
from ingest.readers.decode import Unreadable
from ingest.readers.html import extracted, from_html

LIMIT = 20_000
"""Bytes: the files are several times as large."""
RECORD = json.dumps({"text": "The mill of Tamm was sold on Friday. " * 100, "title": "Mill"})


def many(what: bytes, *, parting: bytes = b"") -> bytes:
    return (what + parting) * (5 * LIMIT // len(what) + 1)


def members(folder: str = "") -> dict[str, bytes]:
    return {f"{folder}{n}.txt": b"Mill %d\n\nThe mill number %d of Tamm was sold. " % (n, n) * 100 for n in range(20)}


def zip_stored(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()


FILES: dict[str, Callable[[], bytes]] = {
    "a.jsonl": lambda: many(RECORD.encode() + b"\n"),
    "a.mbox": lambda: many(b"From - Mon Sep 12 08:30:00 2022\n" + MAIL.replace("\r\n", "\n").encode() + b"\n"),
    "a.warc": lambda: many(SEEDS["a.warc"]()),
    "a.warc.gz": lambda: many(gzip.compress(SEEDS["a.warc"]())),
    "a.tar": lambda: tar_of(members()),
    "a.zip": lambda: zip_stored(members()),
}


@pytest.mark.parametrize("name", FILES)
def test_files_of_many_articles_may_be_larger_than_the_limit(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(FILES[name]())
    assert path.stat().st_size > 3 * LIMIT
    found = list(read(path, max_bytes=LIMIT))
    assert len(found) >= 20
    assert all(isinstance(item, Found) for item in found)


def test_the_limit_is_for_each_of_the_articles(tmp_path: Path) -> None:
    long = json.dumps({"text": "The mill of Tamm was sold. " * LIMIT})
    path = tmp_path / "a.jsonl"
    path.write_text(f"{RECORD}\n{long}\n{RECORD}\n", encoding="utf-8")
    first, second = read(path, max_bytes=LIMIT)
    assert isinstance(first, Found)
    assert isinstance(second, Skipped)
    assert second.reason.startswith("has a line of more than 20,000 bytes")
    path = tmp_path / "a.tar"
    path.write_bytes(tar_of({"long.txt": b"word " * LIMIT, **members()}))
    first, *rest = read(path, max_bytes=LIMIT)
    assert isinstance(first, Skipped)
    assert len(rest) == 20


def test_a_list_is_not_taken_for_json_lines_of_any_length(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("[\n" + f"{RECORD},\n" * 100 + f"{RECORD}\n]", encoding="utf-8")
    [only] = read(path, max_bytes=LIMIT)
    assert isinstance(only, Skipped)
    assert "too large" in only.reason


def test_what_grows_too_much_when_it_is_unpacked_is_given_up(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(f"{RECORD}\n".encode() * 3000))
    *found, last = read(path, max_bytes=LIMIT)
    assert len(found) > 10
    assert isinstance(last, Skipped)
    assert last.reason.startswith("holds too much when decompressed")


def test_one_article_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"word " * LIMIT)
    [only] = read(path, max_bytes=LIMIT)
    assert isinstance(only, Skipped)
    assert only.reason.startswith("has 100,000 bytes, more than the 20,000 bytes allowed")


WORDS = "The ferry between Port Ellin and the island of Sorrel ran aground early on Monday, the coast guard said."


def test_a_page_that_would_take_for_ever_is_given_up_in_a_thread_too() -> None:
    page = f"<html><body><article><p>{WORDS}</p>{'<p>word<br>' * 120_000}</article></body></html>"
    told: list[str] = []

    def give_up() -> None:
        try:
            apart.page(page, name="", url=None, seconds=2)
        except Unreadable as error:
            told.append(str(error))

    began = time.monotonic()
    reader = threading.Thread(target=give_up, daemon=True)
    reader.start()
    reader.join(60)
    assert time.monotonic() - began < 30
    assert told == ["is a page of 1.3 MB with 240,008 tags, which takes too much time to read; is it an article?"]


def test_a_page_with_many_tags_is_read_apart_as_it_would_be_here() -> None:
    page = f"<html><body><article><h1>Ferry</h1><p>{WORDS}</p></article>{'<i></i>' * 11_000}</body></html>"
    assert apart.suspicious(page)
    assert not apart.suspicious(page[:2000])
    found = from_html(page, name="2022-09-12.html", url="https://gazette.example/ferry")
    assert found is not None
    assert WORDS in found.text
    assert found == extracted(page, name="2022-09-12.html", url="https://gazette.example/ferry")
