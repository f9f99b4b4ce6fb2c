"""Examples as token arrays, and the batches that are drawn from them. It knows no network."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.reading_model.examples import Example

__all__ = ["MAX_TOKENS", "Arrays", "Row", "batches", "load_tokenizer", "pad", "save_arrays", "tokenize"]

MAX_TOKENS = 320
"""Question and passage together are read up to here, when trained and in ``qa.reader``."""

_CHUNK = 2000
"""Examples tokenised at a time: encodings take much memory."""
_POOL = 32
"""So many batches are filled at a time with texts of like length."""

Integers = NDArray[np.integer[Any]]


class Row(NamedTuple):
    """One tokenised example.

    Attributes:
        tokens: question and passage.
        first: the passage's first token.
        starts, ends: the tokens on which an answer may start and end; empty when the passage does not answer.
        weight: how much the example counts in the loss.
    """

    tokens: Integers
    first: int
    starts: Integers
    ends: Integers
    weight: float


def load_tokenizer(folder: Path) -> Any:
    """The tokenizer of a model's folder, without padding and truncation."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def tokenize(example: Example, encoding: Any) -> Row | None:
    """The example in tokens, cut to MAX_TOKENS; None if it has an answer and that was cut off.

    Args:
        example: question, passage and the spans that answer.
        encoding: the pair of question and passage, by the tokenizer.
    """
    length = min(len(encoding.ids), MAX_TOKENS)
    first = encoding.type_ids.index(1)
    offsets = encoding.offsets
    places = [(i, *offsets[i]) for i in range(first, length) if offsets[i][1] > offsets[i][0]]
    starts: set[int] = set()
    ends: set[int] = set()
    for start, end in example.spans:
        covered = [i for i, begin, stop in places if begin < end and start < stop]
        if covered and offsets[covered[-1]][1] >= end:
            starts.add(covered[0])
            ends.add(covered[-1])
    for start, end in example.regions:
        covered = [i for i, begin, stop in places if begin < end and start < stop]
        starts.update(covered)
        ends.update(covered)
    if example.answerable and not starts:
        return None
    tokens = encoding.ids[:length]
    tokens[-1] = encoding.ids[-1]  # [SEP]
    return Row(_numbers(tokens), first, _numbers(sorted(starts)), _numbers(sorted(ends)), example.weight)


def _numbers(values: list[int]) -> NDArray[np.uint16]:
    return np.array(values, dtype=np.uint16)


def save_arrays(examples: Sequence[Example], tokenizer: Any, path: Path) -> None:
    """Tokenise examples and write them as flat arrays: the tokens and the allowed starts and ends of all of them one
    after the other, and a table with the length of each."""
    kept = list(_tokenized(examples, tokenizer))
    table = np.array(
        [(len(row.tokens), row.first, len(row.starts), len(row.ends), row.weight) for row, _ in kept], dtype=np.float32
    )
    np.savez(
        path,
        ids=np.concatenate([row.tokens for row, _ in kept]),
        starts=np.concatenate([row.starts for row, _ in kept]),
        ends=np.concatenate([row.ends for row, _ in kept]),
        rows=table,
        sources=np.array([source for _, source in kept]),
    )
    print(
        f"{path.name}: {len(kept)} examples, {table[:, 0].mean():.0f} tokens each, "
        f"without answer {np.mean(table[:, 2] == 0):.2f}"
    )
    print(", ".join(f"{name} {times}" for name, times in sorted(Counter(source for _, source in kept).items())))


def _tokenized(examples: Sequence[Example], tokenizer: Any) -> Iterator[tuple[Row, str]]:
    """The rows of examples and their sources, without those whose answers are cut off."""
    for at in range(0, len(examples), _CHUNK):
        chunk = examples[at : at + _CHUNK]
        encodings = tokenizer.encode_batch([(example.question, example.passage) for example in chunk])
        for example, encoding in zip(chunk, encodings, strict=True):
            if row := tokenize(example, encoding):
                yield row, example.source


class Arrays:
    """The examples of one or more array files, by number.

    Args:
        paths: the files.
        longest: leave out examples of more tokens.
        shares: sources, by how their names begin, with how often their examples are taken: 0.3 thins, 2 repeats.
    """

    def __init__(
        self, paths: Sequence[Path], *, longest: int = MAX_TOKENS, shares: dict[str, float] | None = None
    ) -> None:
        self._files: list[dict[str, Any]] = []
        self._places: list[tuple[int, int]] = []
        for number, path in enumerate(paths):
            with np.load(path) as file:
                arrays = {name: file[name] for name in file.files}
            for name, column in (("ids", 0), ("starts", 2), ("ends", 3)):
                arrays[name + "_at"] = np.concatenate([[0], np.cumsum(arrays["rows"][:, column].astype(np.int64))])
            self._files.append(arrays)
            chance = random.Random(path.name)
            for i, (row, source) in enumerate(zip(arrays["rows"], arrays["sources"], strict=True)):
                share = next((share for name, share in (shares or {}).items() if source.startswith(name)), 1.0)
                times = int(share) + (chance.random() < share % 1)
                if row[0] <= longest:
                    self._places += [(number, i)] * times

        self._names = ", ".join(path.stem for path in paths)

    def __str__(self) -> str:
        return f"{len(self)} examples of {self._names}"

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, number: int) -> Row:
        file, i = self._places[number]
        arrays = self._files[file]
        tokens, starts, ends = (
            arrays[name][arrays[name + "_at"][i] : arrays[name + "_at"][i + 1]] for name in ("ids", "starts", "ends")
        )
        return Row(tokens, int(arrays["rows"][i, 1]), starts, ends, float(arrays["rows"][i, 4]))

    def length(self, number: int) -> int:
        """The tokens of an example."""
        file, i = self._places[number]
        return int(self._files[file]["rows"][i, 0])


def batches(data: Arrays, *, seed: int, size: int, skip: int = 0) -> Iterator[tuple[int, list[int]]]:
    """Batches without end, epoch after epoch: shuffled, like lengths together.

    Args:
        data: the examples.
        seed: fixes the order.
        size: examples in a batch.
        skip: go on where so many examples have been seen.

    Yields:
        How many examples have been seen after the batch, and their numbers.
    """
    seen = 0
    for epoch in count():
        rng = random.Random(f"{seed}-{epoch}")
        order = list(range(len(data)))
        rng.shuffle(order)
        for at in range(0, len(order), size * _POOL):
            pool = sorted(order[at : at + size * _POOL], key=data.length)
            groups = [pool[i : i + size] for i in range(0, len(pool), size)]
            rng.shuffle(groups)
            for group in groups:
                seen += len(group)
                if seen > skip:
                    yield seen, group


def pad(rows: Sequence[tuple[Integers, int]]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Token, mask and type arrays, padded to the longest, of texts given as (tokens, first passage token)."""
    width = max(len(tokens) for tokens, _ in rows)
    ids, mask, types = (np.zeros((len(rows), width), dtype=np.int64) for _ in range(3))
    for i, (tokens, first) in enumerate(rows):
        ids[i, : len(tokens)] = tokens
        mask[i, : len(tokens)] = 1
        types[i, first : len(tokens)] = 1
    return ids, mask, types
