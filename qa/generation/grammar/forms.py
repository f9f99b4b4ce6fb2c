"""The forms of verbs."""

from __future__ import annotations

from functools import lru_cache

from qa.generation.lexicon import bases, share

__all__ = ["form", "forms", "is_finite"]


# Verbs that are their own past or participle.
_SAME = frozenset(
    "burst bet broadcast cast thrust upset put set cut hit let cost hurt shut spread split beat read quit bid become"
    " come run".split()
)


@lru_cache(maxsize=8192)
def forms(low: str) -> frozenset[str]:
    """Which forms of a verb a word can be."""
    found = set()
    for base in bases(low, "v"):
        if base == low:
            found.add("base")
        elif low.endswith("ing"):
            found.add("ing")
        elif low.endswith("s") and not low.endswith("ss"):
            found.add("s")
        elif low.endswith(("en", "wn", "one", "un", "orn")):
            found.add("en")
        else:
            found.add("ed")
    if "base" in found and low in _SAME:
        found.add("ed")
    return frozenset(found)


def is_finite(low: str) -> bool:
    return share(low, "v") > 3 and bool(forms(low) & {"s", "ed"}) and share(low, "n") < 6


def form(low: str) -> str:
    found = forms(low)
    return next((one for one in ("ing", "en", "ed", "s", "base") if one in found), "base")
