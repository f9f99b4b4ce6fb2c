"""What must hold of a file that was read, whatever was in it."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

from fuzz.mutate import LONGEST, damaged

from ingest.article import Found, Skipped
from ingest.clean import clean
from ingest.readers import read
from ingest.split import split

__all__ = ["MOST_BYTES", "check"]

MOST_BYTES = 4 * 2**20
"""What a file may have, decompressed. A reader may take some fifty times as much, for the tree of a page."""


def check(number: int, seed: int, folder: Path, *, longest: int = LONGEST) -> tuple[int, int]:
    """Read one damaged file, and count the articles in it and what was skipped.

    Args:
        number, seed: which one, see :func:`fuzz.mutate.damaged`.
        folder: where it is put.
        longest: what it is blown up to, in bytes, where that is more than usual.

    Raises:
        AssertionError: something that must not be.
    """
    name, data = damaged(number, seed=seed, longest=longest)
    path = folder / name
    path.write_bytes(data)
    articles = skipped = 0
    for item in read(path, max_bytes=MOST_BYTES):
        assert item.origin.startswith(str(path)), f"an origin elsewhere: {item.origin}"
        if isinstance(item, Skipped):
            assert item.reason, "a skip without a reason"
            skipped += 1
        else:
            _check_article(item, path)
            articles += 1
    return articles, skipped


def _check_article(found: Found, path: Path) -> None:
    article = found.article
    assert article.text, "an empty text"
    assert article.text == clean(article.text), "a text that is not clean"
    ends = [0, *(end for span in article.captions for end in span), len(article.text)]
    assert ends == sorted(ends), "captions out of place"
    passages = split(article.text, captions=article.captions)
    assert all(passage.sentences for passage in passages), "a passage without a sentence"
    line = json.dumps(dataclasses.asdict(article), ensure_ascii=False)
    again = path.with_name("again.jsonl")
    again.write_text(line + "\n", encoding="utf-8")
    (back,) = read(again, max_bytes=4 * MOST_BYTES)
    assert isinstance(back, Found), f"does not read back: {back}"
    assert back.article == article, "reads back as something else"
