"""Numbers in words, and the words for a million and the like."""

from __future__ import annotations

import re
from decimal import Decimal

__all__ = ["NUMBER_WORD", "SCALES", "SHORT_SCALES", "SMALL", "WORDS", "spoken_number"]

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
SMALL = {word: value for value, word in enumerate(_ONES)} | {
    word: 10 * value for value, word in enumerate(_TENS, start=2)
}
SCALES = {
    "hundred": 100,
    "thousand": 1_000,
    "lakh": 100_000,
    "million": 1_000_000,
    "crore": 10_000_000,
    "billion": 1_000_000_000,
    "trillion": 1_000_000_000_000,
}
SHORT_SCALES = {
    "k": 1_000,
    "m": 1_000_000,
    "mn": 1_000_000,
    "mln": 1_000_000,
    "mio": 1_000_000,
    "b": 1_000_000_000,
    "bn": 1_000_000_000,
    "bln": 1_000_000_000,
    "tn": 1_000_000_000_000,
    "trn": 1_000_000_000_000,
}

NUMBER_WORD = rf"(?:{'|'.join([*_ONES, *_TENS, *SCALES])})"
WORDS = (
    r"(?:(?:half\s+an?|an?)\s+(?:hundred|thousand|lakh|million|crore|billion|trillion)"
    rf"|{NUMBER_WORD})\b(?:(?:[-\s]|\s+and\s+){NUMBER_WORD}\b)*"
    r"(?:\s+and\s+a\s+half\b)?(?:\s+(?:hundred|thousand|lakh|million|crore|billion|trillion)\b)*"
)


def spoken_number(words: str) -> Decimal | None:
    """The value of a number in words ("four hundred and twelve thousand", "two and a half million"), None if it is
    none: "forty fifty", "nineteen three"."""
    total = part = Decimal(0)
    last = Decimal(10**15)
    tokens = re.findall(r"[a-z]+", words.lower())
    if tokens[:1] == ["half"] and len(tokens) > 1:
        part, tokens = Decimal("0.5"), tokens[2:]
    elif tokens[:1] in (["a"], ["an"]):
        part, tokens = Decimal(1), tokens[1:]
    smallest = Decimal(1000)  # the least that was added to this part: "forty-two" is fine, "two forty" is not
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if tokens[at : at + 3] == ["and", "a", "half"]:
            part, at = part + Decimal("0.5"), at + 3
            continue
        if token in SMALL:
            value = Decimal(SMALL[token])
            if (
                value >= smallest
                or (smallest < 20)
                or (value >= 10 and smallest < 100)
                or (value == 0 and len(tokens) > 1)
            ):
                return None
            part, smallest = part + value, value
        elif token == "hundred":
            if smallest <= 0 or part >= 100 or (part == 0 and at > 0):
                return None
            part, smallest = (part or Decimal(1)) * 100, Decimal(100)
        elif token in SCALES:
            scale = Decimal(SCALES[token])
            if scale >= last:
                return None
            total, part, last, smallest = total + (part or Decimal(1)) * scale, Decimal(0), scale, Decimal(1000)
        elif token != "and":
            return None
        at += 1
    return total + part if tokens or part else None
