"""Verbs that say, think or expect something, and the word that a form of a verb is a form of."""

from __future__ import annotations

from functools import lru_cache

from qa.generation.lexicon import bases

__all__ = ["NEUTRAL", "SAYING", "SPEECH", "lemma"]

SAYING = frozenset(
    "say tell add announce state argue insist write tweet testify warn admit acknowledge confirm report explain declare"
    " assert contend conclude find reveal note claim believe suspect think allege suggest show indicate"
    " estimate predict"
    " forecast expect hope fear know see feel deny reply recall remark stress post promise vow pledge agree decide hear"
    " propose recommend demand request require rule mean ensure call".split()
)
"""Verbs that a clause stands behind: what it tells is said, thought, wanted or feared."""

SPEECH = frozenset(
    "say tell add announce state argue insist write tweet testify warn admit acknowledge confirm report explain declare"
    " assert contend conclude find reveal note claim allege suggest show indicate estimate reply recall"
    " remark stress post"
    " according hear".split()
)
NEUTRAL = frozenset("say state tell according report".split())
"""Words of saying that say no more than that somebody says so."""


@lru_cache(maxsize=8192)
def lemma(low: str) -> str:
    """The verb that a word is a form of."""
    if low == "according":
        return low
    if low in ("is", "are", "was", "were", "be", "been", "being", "am", "'s"):
        return "be"
    return next(iter(bases(low, "v")), low)
