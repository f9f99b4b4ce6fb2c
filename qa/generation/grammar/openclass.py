"""Which kind of word a word of an open class is where it stands: by its own use, and by the words beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qa.generation.grammar.closed import DO, KNOWN
from qa.generation.grammar.forms import forms
from qa.generation.grammar.tokens import Token
from qa.generation.lexicon import compares, share

__all__ = ["is_nominal", "open_kind"]

_LIKE_ADJECTIVES = (
    "est",
    "able",
    "ible",
    "ful",
    "less",
    "ous",
    "ive",
    "al",
    "ic",
    "ary",
    "wide",
    "based",
    "led",
    "owned",
)
_REGULAR_LOOKING = frozenset("led fed fled bled sped bred".split())
_BEGIN_OBJECTS = frozenset("the a an its his her their to that it them him".split())


@dataclass(frozen=True, slots=True)
class _Word:
    """A word in its place.

    Attributes:
        before, after: the words beside it, without quotation marks; ``previous`` is the kind of the one before.
        verb, noun, adjective, adverb: how much of its use is of each kind, 0 to 9, -1 where none is.
        shapes: the forms of a verb that it can be.
    """

    found: Sequence[Token]
    at: int
    low: str
    before: Token | None
    after: Token | None
    previous: str
    verb: int
    noun: int
    adjective: int
    adverb: int
    shapes: frozenset[str]

    @property
    def nominal_next(self) -> bool:
        return self.after is not None and is_nominal(self.after) and self.after.low not in KNOWN

    @property
    def object_next(self) -> bool:
        """Whether what a verb is done to may come behind it."""
        if self.after is None:
            return False
        small = self.after.low in KNOWN and KNOWN[self.after.low][0] in "DPO"
        return small or self.after.low == "to" or (self.nominal_next and self.after.kind != "T")

    @property
    def past(self) -> bool:
        return bool(self.shapes & {"ed", "en"})


def open_kind(found: Sequence[Token], at: int, before: Token | None, after: Token | None) -> str:
    """The kind of the word at a place; ``before`` and ``after`` are the words beside it."""
    word = _read(found, at, before, after)
    return _by_spelling(word) or _by_neighbours(word) or (_as_verb(word) if word.shapes else "") or _by_use(word)


def _read(found: Sequence[Token], at: int, before: Token | None, after: Token | None) -> _Word:
    low = found[at].low
    verb, noun, adjective, adverb = (share(low, kind) for kind in "vnar")
    shapes = forms(low)
    irregular = low in _REGULAR_LOOKING or not low.endswith(("ed", "ing", "s"))
    if shapes and "base" not in shapes and irregular:
        noun, adjective = min(noun, 2), min(adjective, 3)  # "won" is hardly ever money
    previous = before.kind if before else ""
    return _Word(found, at, low, before, after, previous, verb, noun, adjective, adverb, shapes)


def _by_spelling(word: _Word) -> str:
    token = word.found[word.at]
    most = max(word.verb, word.noun, word.adjective)
    if word.low.endswith("ly") and word.adverb >= 0 and word.adjective < 5:
        return "R"
    if not token.text[0].isupper():
        return ""
    if max(most, word.adverb) < 0 or (token.text.isupper() and len(token.text) > 1):
        return "E"
    begins = word.at == 0 or word.previous == ";"
    return "E" if not begins and most < 9 else ""


def _by_neighbours(word: _Word) -> str:
    after = word.after
    describes = word.adjective > 1 or compares(word.low)
    if describes and word.nominal_next and word.previous in ("D", "J", "G") and "ing" not in word.shapes:
        return "J"
    if word.low == "last" and word.previous in ("N", "E", "P") and after is not None and after.name < 0:
        return "R" if forms(after.low) & {"ed", "en"} else ""
    if word.low == "right" and after is not None and after.low in ("now", "away", "after", "before"):
        return "R"
    if word.previous == "-" and word.at > 1 and "base" in word.shapes:
        over = word.found[word.at - 2]
        return "V" if over.kind in ("M", "O") or over.low in DO else ""
    return ""


def _as_verb(word: _Word) -> str:
    """The kind of a word that may be a verb; "" where its neighbours do not tell."""
    return _behind_helpers(word) or _as_participle(word) or _as_finite(word)


def _behind_helpers(word: _Word) -> str:
    if word.previous in ("O", "M") and "base" in word.shapes:
        return "V"
    if word.previous in ("A", "-") and word.shapes & {"ed", "en", "ing"}:
        return "J" if word.adjective > 5 and word.verb < 4 else "V"
    if word.previous == "A" and word.before and word.before.low in DO and "base" in word.shapes:
        return "V"
    if word.previous in ("D", "G", "J"):
        if word.past or ("ing" in word.shapes and word.noun < 5):
            return "J" if word.nominal_next or word.adjective > 3 or word.noun <= 0 else "N"
        return "N" if word.noun >= 0 else "J"
    if word.previous == "#" and word.noun >= 0 and not word.past:
        return "N"
    return ""


def _as_participle(word: _Word) -> str:
    if "ing" in word.shapes:
        if word.previous in ("E", "N", "J") and word.noun >= 0 and not word.object_next:
            return "N"
        return "V" if word.object_next or word.noun < 5 or word.previous in (",", "A") else "N"
    if "ed" in word.shapes and word.previous in ("N", "E", "P", "W", "C") and not word.nominal_next and word.noun < 5:
        return "V"
    if word.past and word.noun < 5 and (word.adjective < 5 or word.verb > 4):
        describes = word.nominal_next and word.previous in ("I", ",", "C", "") and word.adjective > 3
        return "J" if describes else "V"
    return ""


def _as_finite(word: _Word) -> str:
    if word.verb <= 3 or (word.noun >= 6 and not _looks_verbal(word)):
        return ""
    if "s" in word.shapes:
        return _third_person(word)
    singular = word.previous in ("N", "E") and word.before is not None and not word.before.low.endswith("s")
    if "base" in word.shapes and "ed" not in word.shapes and singular and word.noun > 0:
        return "N"
    if word.noun < 2 or word.previous in ("P", "W", "C") or (word.previous in ("N", "E") and _looks_verbal(word)):
        return "V" if word.previous != "I" or word.noun < 0 else "N"
    return ""


def _third_person(word: _Word) -> str:
    """Whether "plans" or "cuts" is a verb."""
    late = _has_verb(word) and not _looks_verbal(word)
    if word.noun >= 0 and word.previous == "N" and ((word.noun > 1 and _is_bare(word)) or late):
        return "N"
    if word.previous == "C" and word.noun > 1:
        like = any(one.kind == "V" and "s" in forms(one.low) for one in word.found[: word.at])
        return "V" if like and word.after is not None and word.after.low in KNOWN else "N"
    behind = word.previous in ("N", "E", "P", "W", "T", ")", "R", ",", "C", "#", ";")
    return "V" if behind or word.noun < 2 else "N"


def _by_use(word: _Word) -> str:
    if max(word.verb, word.noun, word.adjective, word.adverb) < 0 and word.low.endswith(_LIKE_ADJECTIVES):
        return "J"
    if word.adverb > max(word.noun, word.adjective):
        return "R"
    if word.adjective >= 0 and word.adjective > word.noun:
        return "J"
    return "V" if word.noun < 0 and word.verb > 0 else "N"


# ---- what stands around a word


def is_nominal(token: Token) -> bool:
    """Whether a word may be a noun, or begin one with its words."""
    if token.kind:
        return token.kind in "#TEN"
    return token.name >= 0 or (token.low not in KNOWN and not (share(token.low, "v") > 6 and forms(token.low) & {"s"}))


def _has_verb(word: _Word) -> bool:
    """Whether the clause has its verb already."""
    for token in reversed(word.found[: word.at]):
        if token.kind in ("C", "S", "W", ";", ","):
            return False
        if token.kind == "V":
            return True
    return False


def _is_bare(word: _Word) -> bool:
    """Whether the nouns before a word have no article, number or owner: "surprise cuts" are cuts."""
    found, at = word.found, word.at - 1
    while at >= 0 and found[at].kind in ("N", "J") and not found[at].low.endswith("s"):
        at -= 1
    return at < 0 or found[at].kind in ("V", "I", ",", "C")


def _looks_verbal(word: _Word) -> bool:
    """Whether a word that may be a noun stands like a verb: behind a subject, before an object."""
    before, after = word.before, word.after
    if before is None or before.kind not in ("N", "E", "P", "W") or after is None:
        return False
    if before.low.endswith("s") and before.kind in "NE" and not _has_verb(word) and is_nominal(after):
        return True
    return after.low in _BEGIN_OBJECTS or after.kind in ("#", "T") or after.name >= 0
