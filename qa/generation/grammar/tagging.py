"""The words of a sentence, each with what kind of word it is there. Knows no clauses.

Kinds are single letters: ``E`` a part of a proper name, ``N`` another noun, ``P`` a pronoun, ``D`` an article or such,
``J`` an adjective, ``#`` a figure, ``T`` a time, ``V`` a verb, ``A`` a form of be, have or do, ``M`` may and its like,
``-`` not, ``R`` an adverb, ``I`` a preposition, ``O`` "to" before a verb, ``C`` and/or/but, ``S`` after/because/that,
``W`` who/which, ``G`` the 's of an owner, and marks: ``,`` ``;`` ``(`` ``)`` ``"``.
"""

from __future__ import annotations

from functools import lru_cache

from qa.generation.grammar.closed import BE, DO, HAVE, KNOWN, PARTICLES
from qa.generation.grammar.forms import form, forms, is_finite
from qa.generation.grammar.openclass import is_nominal, open_kind
from qa.generation.grammar.tokens import Token, cut
from qa.generation.lexicon import bases, share

__all__ = ["tokens"]


@lru_cache(maxsize=2048)
def tokens(text: str, published: str | None = None) -> tuple[Token, ...]:
    """The words of a sentence with their kinds.

    Args:
        published: the day (ISO 8601) that "Monday" is reckoned from.
    """
    found = cut(text, published)
    for at, token in enumerate(found):
        if not token.kind:
            token.kind = _kind(found, at)
    _repair(found)
    for token in found:
        if token.kind == "V":
            token.form = form(token.low)
    return tuple(found)


def _repair(found: list[Token]) -> None:
    """Gives a clause that has no verb the one that it can have: "as seaweed drifts westward"."""
    start = 0
    for at in range(len(found) + 1):
        if at < len(found) and found[at].kind not in ("S", "W", ";"):
            continue
        inside = found[start:at]
        if inside and not any(token.kind in "VAM" for token in inside):
            for one, token in enumerate(inside):
                before = inside[one - 1].kind if one else ""
                after = inside[one + 1] if one + 1 < len(inside) else None
                verbal = token.kind in "NJ" and forms(token.low) & {"s", "ed", "en"} and share(token.low, "v") > 1
                if verbal and before and before in "NE" and (after is None or (after.kind and after.kind in "IRDT#O")):
                    token.kind = "V"
                    break
        start = at + 1


def _before(found: list[Token], at: int) -> Token | None:
    at -= 1
    while at >= 0 and (found[at].kind in '"' or found[at].kind == "R"):
        at -= 1
    return found[at] if at >= 0 else None


def _after(found: list[Token], at: int) -> Token | None:
    return next((token for token in found[at + 1 :] if token.kind != '"'), None)


def _kind(found: list[Token], at: int) -> str:
    token, before, after = found[at], _before(found, at), _after(found, at)
    low = token.low
    if low.endswith("n't"):
        token.form = "n't"
        return "A" if low[:-3] in BE | HAVE | DO else "M"
    if token.name >= 0 and (token.text[0].isupper() or low not in KNOWN):
        return "E"
    if low in KNOWN and (not token.text[0].isupper() or at == 0 or low not in ("us", "may", "will")):
        return _small(found, at, before, after)
    return open_kind(found, at, before, after)


def _small(found: list[Token], at: int, before: Token | None, after: Token | None) -> str:
    """The kind of a word of a closed class."""
    low, kinds = found[at].low, KNOWN[found[at].low]
    follows = after.low if after else ""
    if low == "to":
        object_behind = at + 2 < len(found) and found[at + 2].low in ("the", "a", "an", "its", "his", "her", "their")
        noun = _is_noun_here(after) and not object_behind
        return "O" if follows and follows in bases(follows, "v") and not noun else "I"
    if low in ("who", "which", "whose", "whom"):
        return "W"
    if low == "that":
        if before and before.kind in "NE#)" and after and _verbal(after):
            return "W"
        if (
            after
            and after.low.endswith("ly")
            and at + 2 < len(found)
            and _verbal(found[at + 2])
            and before
            and before.kind in "NE"
        ):
            return "W"
        return (
            "D"
            if after
            and is_nominal(after)
            and (not before or before.kind in "VIAM,")
            and follows not in KNOWN
            and not (before and before.kind == "V")
            else "S"
        )
    if low in HAVE | DO | BE:
        return "A"
    if low == "what":
        return "W" if after and _verbal(after) else "D"
    if low == "her" or low == "his" or low in ("one", "those"):
        return "D" if after and is_nominal(after) else "P"
    if low == "as" and (
        follows in ("many", "much", "few", "little", "well")
        or (before and before.low in ("many", "much", "few", "well"))
    ):
        return "I"
    if low in ("after", "before", "since", "until", "as", "because", "once", "so"):
        return "S" if _clause_follows(found, at) else ("I" if low not in ("so", "once") else "R")
    if low == "about":
        return "R" if after is None or after.kind == "#" or follows == "to" else "I"
    if low in PARTICLES and before and before.kind == "V" and after and after.kind and after.kind in ",;":
        return "R"
    if low in (
        "more",
        "most",
        "less",
        "much",
        "no",
        "about",
        "over",
        "first",
        "both",
        "long",
        "so",
        "neither",
        "either",
    ):
        return (
            "D" if after and is_nominal(after) else "R" if "R" in kinds or low in ("more", "most", "less") else kinds[0]
        )
    if low in ("all", "each", "some", "many", "several", "few", "another", "such", "any", "half", "most"):
        return "D"
    return kinds[0]


def _clause_follows(found: list[Token], at: int) -> bool:
    """Whether a clause with a subject and a verb comes behind, before the next mark."""
    seen = False
    for token in found[at + 1 : at + 16]:
        if token.kind in (",", ";") or (token.low in KNOWN and KNOWN[token.low] in ("W", "C")):
            return False
        if token.low in BE | HAVE | DO or token.low in ("will", "would", "may", "might", "could", "can", "should"):
            return seen
        if seen and not token.kind and token.name < 0 and is_finite(token.low):
            return True
        seen = seen or token.kind in ("#", "T") or token.name >= 0 or token.low not in KNOWN or "P" in KNOWN[token.low]
        if token.low.endswith("ing") and token is found[at + 1]:
            return False
    return False


def _verbal(token: Token) -> bool:
    low = token.low
    return (
        low in BE | HAVE | DO
        or "M" in KNOWN.get(low, "")
        or (low not in KNOWN and token.name < 0 and share(low, "v") > 2)
        or low in ("also", "never", "not")
    )


def _is_noun_here(token: Token | None) -> bool:
    return token is None or token.name >= 0 or token.kind in ("#", "T") or share(token.low, "n") > 7
