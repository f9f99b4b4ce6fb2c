"""Prepositions that may stand for each other."""

from __future__ import annotations

__all__ = ["kindred"]

_KINDRED = [
    frozenset(group.split())
    for group in (
        "in at on during within",
        "of in",
        "to into onto toward towards",
        "with alongside",
        "about over on regarding concerning",
        "after following",
        "off from",
        "for of",
        "across in throughout",
    )
]


def kindred(one: str, other: str) -> bool:
    """Whether two prepositions, or two words that join clauses, say about the same."""
    return one == other or any({one, other} <= group for group in _KINDRED)
