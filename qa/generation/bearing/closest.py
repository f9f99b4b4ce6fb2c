"""What stands right at a word and changes it, whatever the clauses around it are: "not", and how many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qa.generation.lexicon import bases

if TYPE_CHECKING:
    from qa.generation.bearing.pairing import Pairing
    from qa.generation.grammar.model import Clauses

__all__ = ["closest_kept"]

_DENIALS = frozenset("not no never neither nor without cannot hardly barely".split())
_MANY = frozenset(
    "several many some few various numerous multiple dozens scores hundreds thousands millions couple majority minority"
    " much lots plenty repeatedly often usually mostly mainly largely widely nationwide worldwide".split()
)


def closest_kept(pairing: Pairing) -> str:
    """Why a word is not what it is in the quote; "" where all are."""
    return _denied(pairing) or _how_many(pairing)


def _denied(pairing: Pairing) -> str:
    """ "Not guilty" is not "guilty", and the other way round."""
    said, told = pairing.said, pairing.told
    for at, places in pairing.pairs.items():
        if said.words[at].kind == "P" or not places:
            continue
        if all(_is_denied(said, at) != _is_denied(told, one) for one in places):
            return f"“{said.words[at].text}” is {'not ' if _is_denied(said, at) else ''}denied in its quote"
    return ""


def _is_denied(read: Clauses, at: int) -> bool:
    """Whether "not" stands right before a word, or with an adverb or an article between."""
    for one in range(at - 1, max(-1, at - 4), -1):
        word = read.words[one]
        if word.low in _DENIALS or word.form == "n't":
            return True
        if word.kind not in "RDA":
            return False
    return False


def _how_many(pairing: Pairing) -> str:
    """One of something is not several."""
    said, told = pairing.said, pairing.told
    there = {word.low for word in told.words}
    for word in said.words:
        if word.low in _MANY and word.low not in there:
            return f"“{word.text}” is not in its quote"
    for at, places in pairing.pairs.items():
        mine = said.words[at]
        theirs = [told.words[one].low for one in places if told.words[one].kind == "N"]
        if mine.kind == "N" and theirs and all(_is_more(mine.low, low) for low in theirs):
            return f"“{mine.text}” is only one in its quote"
    return ""


def _is_more(mine: str, theirs: str) -> bool:
    """Whether a noun is the plural of another."""
    return mine != theirs and theirs in bases(mine, "n") and len(mine) >= len(theirs)
