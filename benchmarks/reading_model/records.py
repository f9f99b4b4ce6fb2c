"""The records of the data files, and which of them may be learned from."""

from __future__ import annotations

import hashlib
import json
import lzma
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Record", "Squad2Question", "learned_from", "records", "squad2"]

Record = dict[str, Any]


def records(path: Path) -> Iterator[Record]:
    """The JSON objects of a .jsonl or .jsonl.xz file."""
    with lzma.open(path, "rt", encoding="utf-8") if path.suffix == ".xz" else path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def learned_from(key: str) -> bool:
    """Whether a question belongs to the half that is trained on; the other half is measured. Stable across runs."""
    return hashlib.sha256(key.encode()).digest()[0] % 2 == 0


@dataclass(frozen=True)
class Squad2Question:
    """A question of SQuAD 2.0.

    Attributes:
        question: what is asked.
        title: of its page.
        context: the paragraph that it is asked of.
        answers: the answers that people marked there; empty when the paragraph does not answer it.
        starts: where in the context each of them begins.
    """

    question: str
    title: str
    context: str
    answers: tuple[str, ...]
    starts: tuple[int, ...]


def squad2(path: Path, *, held_out: bool) -> list[Squad2Question]:
    """The questions of a SQuAD 2.0 file.

    Args:
        path: the file, xz-compressed.
        held_out: of the pages that are never trained on, every second one in the order of the file, or of the others.
    """
    with lzma.open(path, "rt", encoding="utf-8") as file:
        pages = json.load(file)["data"]
    return [
        Squad2Question(
            row["question"],
            page["title"],
            paragraph["context"],
            tuple(answer["text"] for answer in row["answers"]),
            tuple(answer["answer_start"] for answer in row["answers"]),
        )
        for page in pages[held_out::2]
        for paragraph in page["paragraphs"]
        for row in paragraph["qas"]
    ]
