"""English words: of which kind they are, their forms, and which words mean the same or less. Data: ``words.tsv.gz``,
derived from WordNet 3.0 (see README.md beside this file) by ``benchmarks/derive_lexicon.py``, and ``news.txt``, our
own. Read once, when first asked."""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

__all__ = ["Entry", "bases", "compares", "entry", "means", "same_word", "share"]

_ENDINGS = {
    "v": [pair.split(":") for pair in "ies:y es:e es: s: ied:y ed:e ed: ing:e ing:".split()],
    "n": [pair.split(":") for pair in "ies:y es:e es: s: men:man".split()],
    "a": [pair.split(":") for pair in "er:e er: est:e est: ier:y iest:y".split()],
}
_DOUBLED = re.compile(r"([bdgklmnprtvz])\1$")
_KIND = re.compile(r"([nvar])(\d)")


@dataclass(frozen=True, slots=True)
class Entry:
    """A word.

    Attributes:
        kinds: how much of its use is as a noun, verb, adjective, adverb ("n", "v", "a", "r"), 0 to 9.
        same, general, made: words that mean the same, that say less, and that have the same stem.
    """

    kinds: dict[str, int]
    same: frozenset[str] = frozenset()
    general: frozenset[str] = frozenset()
    made: frozenset[str] = frozenset()


_UNKNOWN = Entry({})


@cache
def _table() -> tuple[dict[str, str], dict[tuple[str, str], str]]:
    """The lines of words that have one, and the words of irregular forms by kind."""
    words: dict[str, str] = {}
    forms: dict[tuple[str, str], str] = {}
    packed = (Path(__file__).parent / "words.tsv.gz").read_bytes()
    for line in gzip.decompress(packed).decode().splitlines():
        word, _, rest = line.partition("\t")
        if rest[0] == "=":
            forms[word, rest[1]] = rest[3:]
        else:
            words[word] = rest
    return words, forms


@cache
def _news() -> dict[str, frozenset[str]]:
    """The words that say the same as a word in news."""
    found: dict[str, frozenset[str]] = {}
    for line in (Path(__file__).parent / "news.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            words = frozenset(line.split())
            for word in words:
                found[word] = found.get(word, frozenset()) | words
    return found


@lru_cache(maxsize=8192)
def entry(word: str) -> Entry:
    """What is known of a word in small letters, two words joined by "_"; an empty entry of an unknown one."""
    line = _table()[0].get(word)
    if line is None:
        return _UNKNOWN
    kinds, *groups = line.split("\t")
    same, general, made = (frozenset(group.split(",")) - {""} for group in groups)
    return Entry({kind: int(tenths) for kind, tenths in _KIND.findall(kinds)}, same, general, made)


def share(word: str, kind: str) -> int:
    """How much of the use of a word, in the form that it has, is of a kind: 0 to 9, -1 where it is none of it."""
    return max((entry(base).kinds.get(kind, -1) for base in bases(word, kind)), default=-1)


@lru_cache(maxsize=8192)
def bases(word: str, kind: str) -> tuple[str, ...]:
    """The words of a kind that ``word`` may be a form of, itself first: "sold" is of "sell"."""
    words, forms = _table()
    found = [word] if kind in entry(word).kinds else []
    if irregular := forms.get((word, kind)):
        return (irregular, *found)
    for ending, instead in () if kind == "a" and word in words else _ENDINGS.get(kind, ()):
        if word.endswith(ending) and len(word) > len(ending) + 1:
            stem = word[: -len(ending)]
            for base in (stem + instead, _DOUBLED.sub(r"\1", stem) if not instead else ""):
                if base in words and kind in entry(base).kinds:
                    found.append(base)
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=8192)
def compares(word: str) -> bool:
    """Whether a word compares: "lower", but not "teenager"."""
    if not word.endswith("er") or len(word) < 5 or entry(word).kinds.get("n", -1) > 3:
        return False
    stems = (word[:-2], word[:-1], _DOUBLED.sub(r"\1", word[:-2]), f"{word[:-3]}y")
    return any(entry(stem).kinds.get("a", -1) > 2 for stem in stems)


@lru_cache(maxsize=8192)
def _all_bases(word: str) -> frozenset[str]:
    return frozenset(base for kind in "nvar" for base in bases(word, kind)) | {word}


@lru_cache(maxsize=16384)
def same_word(one: str, other: str) -> bool:
    """Whether two words are forms of one word, or made from one stem: "resigned" and "resignation"."""
    if one == other or one.replace("-", "") == other.replace("-", ""):
        return True
    mine, theirs = _all_bases(one), _all_bases(other)
    if mine & theirs:
        return True
    return any(theirs & entry(base).made for base in mine) or any(mine & entry(base).made for base in theirs)


@lru_cache(maxsize=16384)
def means(said: str, told: str) -> bool:
    """Whether "told" says what "said" says: the same word, one that means the same, or a less general one."""
    if same_word(said, told):
        return True
    mine = _all_bases(said)
    if any(mine & _news().get(base, frozenset()) for base in _all_bases(told)):
        return True
    return any(mine & (entry(base).same | entry(base).general) for base in _all_bases(told))
