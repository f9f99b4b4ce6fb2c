"""Sentences, passages and answers in plain text, as the training data is made of them.

Dateline itself cuts sentences and compares answers better (``ingest.sentences``, ``qa.evaluation.words``). The rules
here stay as they were when the shipped weights were trained, so that the same data comes out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

__all__ = ["PASSAGE_WORDS", "contains", "normalize", "occurrences", "passages", "sentence_spans"]

PASSAGE_WORDS = 170
"""The most words of a passage, as ``ingest.split`` cuts them."""

_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|Sen|Rep|Gov|Gen|Col|Lt|Sgt|St|Jr|Sr|vs|No|Inc|Corp|Co|Ltd|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec)|\b[A-Z])\.$"
)
_BREAK = re.compile(r"(?<=[.!?])[\"')\]\u201d\u2019]*\s+(?=[\"'(\[\u201c\u2018]*[A-Z0-9])|\n+")


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Rough sentence spans, in order, without the space around them."""
    edges = [0]
    for found in _BREAK.finditer(text):
        sentence = text[edges[-1] : found.end()]
        if "\n" in found.group() or not _ABBREVIATION.search(sentence.rstrip()):
            edges.append(found.end())
    edges.append(len(text))
    spans = []
    for start, end in pairwise(edges):
        sentence = text[start:end]
        if sentence.strip():
            spans.append((start + len(sentence) - len(sentence.lstrip()), start + len(sentence.rstrip())))
    return spans


def passages(text: str) -> list[str]:
    """Whole sentences in order, grouped to at most ``PASSAGE_WORDS`` words; a longer sentence stands alone."""
    spans: list[tuple[int, int]] = []
    words = 0
    for start, end in sentence_spans(text):
        count = len(text[start:end].split())
        if spans and words + count <= PASSAGE_WORDS:
            spans[-1] = (spans[-1][0], end)
            words += count
        else:
            spans.append((start, end))
            words = count
    return [text[start:end] for start, end in spans]


def normalize(text: str) -> str:
    """Lower-case words and numbers only, single spaces: how answers are compared."""
    return " ".join(re.findall(r"\d+(?:[.,]\d+)*|\w+", text.lower().replace("\u2019", "'")))


def contains(text: str, answers: Iterable[str]) -> bool:
    """Whether any of the answers stands in the text as whole words."""
    padded = f" {normalize(text)} "
    return any(f" {words} " in padded for answer in answers if (words := normalize(answer)))


def occurrences(text: str, answer: str) -> list[tuple[int, int]]:
    """Character spans where the answer's words stand in the text, whatever their case and punctuation."""
    words = re.findall(r"\w+", answer)
    if not words:
        return []
    pattern = r"(?<!\w)" + r"\W{1,3}".join(map(re.escape, words)) + r"(?!\w)"
    return [found.span() for found in re.finditer(pattern, text, re.IGNORECASE)]
