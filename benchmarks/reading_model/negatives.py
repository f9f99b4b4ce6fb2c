"""Questions that a passage no longer answers: a name or year exchanged, a word turned into its opposite.

SQuAD 2.0 has such questions, written by people; these teach the same on other texts.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

__all__ = ["swap", "turn"]

_YEAR = re.compile(r"\b(1[5-9]\d\d|20[0-2]\d)\b")
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][\w'-]+(?: (?:of |the |de )?[A-Z][\w'-]+)*")
_OPPOSITES = (
    "first last, before after, most least, more less, largest smallest, biggest smallest, highest lowest, high low, "
    "largest second-largest, oldest youngest, earliest latest, north south, east west, northern southern, "
    "eastern western, increase decrease, increased decreased, rose fell, won lost, win lose, begin end, began ended, "
    "start stop, started stopped, born buried, opened closed, accepted rejected, allowed banned, supported opposed, "
    "bought sold, above below, inside outside, major minor, male female, father mother, brother sister, son daughter, "
    "husband wife, men women, old new, early late, strong weak, legal illegal, public private, common rare, "
    "always never, best worst, minimum maximum, positive negative, one three, two five, four seven, six nine, "
    "million thousand, daily yearly, winter summer, import export, teacher student, president secretary"
)
_OPPOSITE = {a: b for pair in _OPPOSITES.split(", ") for a, b in (pair.split(), pair.split()[::-1])}
_AUXILIARY = re.compile(r"\b(?:did|does|do|was|were|is|are|has|have|had|can|could|will|would|should)\b")
_DID = re.compile(r"\bdid (?:the )?[\w'-]+ ")


def swap(question: str, others: Sequence[str], rng: random.Random) -> str | None:
    """The question with a year or a name replaced by another, so that its passage no longer answers it.

    Args:
        question: what is asked of the passage.
        others: texts whose names may take the place of the question's.
        rng: draws the year or name.

    Returns:
        The other question, or None where there is nothing to replace, or nothing to replace it with.
    """
    if year := _YEAR.search(question):
        other = str(int(year.group()) + rng.choice([-30, -12, -7, -3, 4, 9, 15, 40]))
        return question[: year.start()] + other + question[year.end() :]
    names = list(_NAME.finditer(question))
    known = {name.group() for name in names}
    pool = sorted({found.group() for text in others for found in _NAME.finditer(text)} - known)
    if not names or not pool:
        return None
    name, other = rng.choice(names), rng.choice(pool)
    if name.group().lower() in other.lower() or other.lower() in question.lower():
        return None
    return question[: name.start()] + other + question[name.end() :]


def turn(question: str, rng: random.Random) -> str | None:
    """The question turned into its opposite, which its passage seldom answers: a word for its opposite, or a "not".
    None where neither is possible."""
    words = [found for found in re.finditer(r"[a-z-]+", question) if found.group() in _OPPOSITE]
    if words:
        word = rng.choice(words)
        return question[: word.start()] + _OPPOSITE[word.group()] + question[word.end() :]
    if subject := _DID.search(question):
        return f"{question[: subject.end()]}{rng.choice(['not', 'never', 'refuse to'])} {question[subject.end() :]}"
    if verb := _AUXILIARY.search(question):
        return f"{question[: verb.end()]} not{question[verb.end() :]}"
    return None
