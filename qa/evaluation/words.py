"""When a text holds an answer: the same words one after the other, whatever their case and punctuation."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator

__all__ = ["holds", "holds_any", "plain", "spans_of", "token_f1"]

_WORD = re.compile(r"\w+")
_ARTICLES = ("the", "a", "an")


def plain(text: str) -> str:
    """The words of ``text`` in small letters with single spaces between, without articles before the first of them."""
    words = _WORD.findall(unicodedata.normalize("NFKC", text).lower())
    while len(words) > 1 and words[0] in _ARTICLES:
        words = words[1:]
    return " ".join(words)


def holds(text: str, answer: str) -> bool:
    """Whether the words of ``answer`` stand in ``text``, one after the other. An answer without a word is nowhere."""
    words = plain(answer)
    return bool(words) and f" {words} " in f" {plain(text)} "


def holds_any(text: str, answers: Iterable[str]) -> bool:
    """Whether one of ``answers`` stands in ``text``."""
    return any(holds(text, answer) for answer in answers)


def spans_of(text: str, answers: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Where one of ``answers`` stands in ``text``: characters, to be marked for the eye, in no order."""
    for answer in answers:
        words = plain(answer).split()
        if words:
            pattern = r"(?<!\w)" + r"\W+".join(map(re.escape, words)) + r"(?!\w)"
            yield from (match.span() for match in re.finditer(pattern, text, re.IGNORECASE))


def token_f1(given: str, answer: str) -> float:
    """How much ``given`` and ``answer`` overlap: the harmonic mean of precision and recall over their words, as SQuAD
    counts it (Rajpurkar et al. 2016)."""
    ours, gold = Counter(plain(given).split()), Counter(plain(answer).split())
    common = (ours & gold).total()
    return 2 * common / (ours.total() + gold.total()) if common else 0.0
