"""Which words of a quote each word of a sentence may stand for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from qa.figures import Figure, equal
from qa.generation.grammar.model import Clauses
from qa.generation.grammar.operators import speaks
from qa.generation.grammar.saying import NEUTRAL, lemma
from qa.generation.grammar.tokens import Day, Token
from qa.generation.lexicon import bases, entry, means, same_word

__all__ = ["LIGHT", "Around", "Pairing", "covers", "paired", "same_day"]

LIGHT = frozenset("also however meanwhile article report story namely total number there then now that".split())
"""Words that add nothing to what a quote says."""

_SPELLED = {
    "britain": "uk",
    "british": "uk",
    "american": "us",
    "america": "us",
    "percent": "per",
    "uks": "uk",
    "women": "woman",
}


# Shares such as "half" are never exact, so that what stands before them is compared by itself.
_ABOUT = {
    guard: name
    for name, guards in {
        "over": ("more than", "over", "at least", "no fewer than", "no less than"),
        "under": ("less than", "fewer than", "up to", "at most", "as many as", "as much as", "no more than"),
        "almost": ("nearly", "almost"),
    }.items()
    for guard in guards
}


def covers(mine: Figure, theirs: Figure) -> bool:
    """Whether a figure says no more than the quote's: the same value, and no less guarded."""
    return (
        equal(mine, theirs)
        and mine.unit == theirs.unit
        and mine.hedge in (theirs.hedge, "about" if not theirs.hedge else theirs.hedge)
    )


def same_day(mine: Day, theirs: Day) -> bool:
    """Whether a time is the quote's, or a longer one that holds it."""
    (text, first, last), (other, begin, end) = mine, theirs
    return text == other or bool(first and last and begin and end and first <= begin and end <= last)


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around a sentence and its quote.

    Attributes:
        known: places of names that the article tells of just before the quote, so that "she" may be they.
        last: whom the sentence before tells of, for whom the sentence may have "she".
        named: all names in the sentence before, for which the sentence may have "the agency".
        asked: the question, whose nouns may be repeated with the words that describe them.
        answers: the words that answer the question, for which "the film" may stand.
    """

    known: frozenset[int] = frozenset()
    last: frozenset[str] = frozenset()
    named: frozenset[str] = frozenset()
    asked: Clauses | None = None
    answers: frozenset[str] = frozenset()


@dataclass(slots=True)
class Pairing:
    """Which words of a quote's sentence each word of a sentence may stand for.

    Attributes:
        pairs: by the places of telling words; a word that has none is not there.
    """

    said: Clauses
    told: Clauses
    around: Around
    pairs: dict[int, set[int]] = field(default_factory=dict)

    def heads(self, read: Clauses, at: int) -> set[int]:
        """A word, and where it is a part of a name, the name's last word."""
        phrase = read.nouns.get(at)
        if phrase is not None and read.words[at].kind == "E":
            name = read.words[at].name
            run = [one for one in phrase.members if read.words[one].name == name and read.words[one].kind == "E"]
            if run:
                return {at, run[-1]}
        return {at}


def paired(pairing: Pairing) -> str:
    said, told = pairing.said, pairing.told
    for at in _needed(pairing):
        word = said.words[at]
        found = {one for one, other in enumerate(told.words) if _same(said, at, told, one)}
        if not found and word.kind == "E":
            found = _initials(word, told)
        if not found and word.kind == "E" and word.name >= 0:
            found = _rest_of_the_name(pairing, at)
        if not found and at in pairing.around.known:
            found = (
                _pronouns(told)
                | _first_noun(told)
                | {
                    one
                    for one, other in enumerate(told.words)
                    if word.kind != "E"
                    and other.kind == "E"
                    and other.low in pairing.around.named | pairing.around.answers
                }
            )
        if not found and word.kind == "R" and at > 0 and said.words[at - 1].kind == "V" and _means_more(said, at - 1):
            found = pairing.pairs.get(at - 1, set())
        if not found:
            return f"“{word.text}” is not in its quote"
        same = {one for one in found if told.words[one].low == word.low}
        pairing.pairs[at] = same or {one for one in found if same_word(told.words[one].low, word.low)} or found
    for at, word in enumerate(said.words):
        if word.kind == "P" and word.low not in ("one", "i", "we", "you"):
            same = {one for one, other in enumerate(told.words) if other.low == word.low}
            pairing.pairs[at] = (
                same
                | _pronouns(told)
                | {place for before in range(at) for place in pairing.pairs.get(before, ()) if before in said.nouns}
            )
            pairing.pairs[at] |= {
                one for one, other in enumerate(told.words) if other.low in pairing.around.last and other.kind in "EN"
            }
    return ""


def _rest_of_the_name(pairing: Pairing, at: int) -> set[int]:
    """Where the quote has the end of a name ("Suns", of "Phoenix Suns") that was looked up in its article."""
    said, told = pairing.said, pairing.told
    last = max(one for one, part in enumerate(said.words) if part.name == said.words[at].name and part.kind == "E")
    return {one for one, theirs in enumerate(told.words) if theirs.kind == "E" and theirs.low == said.words[last].low}


def _needed(pairing: Pairing) -> Iterator[int]:
    """The places of the words that have to stand in the quote."""
    for at, word in enumerate(pairing.said.words):
        if word.kind == "V" and at in pairing.said.verbs and _names_only(pairing.said, at):
            continue
        if (
            (word.telling and word.low not in LIGHT)
            or (
                word.kind == "A"
                and at in pairing.said.verbs
                and lemma(word.low) in ("have", "do")
                and not _owns(pairing, at)
            )
            or word.low == "according"
        ):
            yield at


def _owns(pairing: Pairing, at: int) -> bool:
    """Whether "Leeds has a park" is told as "Leeds's park"."""
    said, told = pairing.said, pairing.told
    if lemma(said.words[at].low) != "have" or any(lemma(word.low) == "have" for word in told.words):
        return False
    owners = said.verbs[at].subjects
    owned = {word for word, head in said.links if head == at and word not in owners and "obj" in said.links[word, head]}
    pairs = [
        (one, other)
        for one, word in enumerate(told.words)
        for other, thing in enumerate(told.words)
        if any(word.low == said.words[owner].low for owner in owners)
        and any(thing.low == said.words[thing_at].low for thing_at in owned)
    ]
    return any(one in told.nouns[other].owners for one, other in pairs if other in told.nouns)


def _names_only(said: Clauses, at: int) -> bool:
    """Whether a verb only gives a name: "is called X"."""
    verb = said.verbs[at]
    return (
        verb.phrase.passive
        and lemma(said.words[at].low) in ("call", "name")
        and any("is" in names for (_, head), names in said.links.items() if head in verb.subjects)
    )


def _pronouns(told: Clauses) -> set[int]:
    return {
        at
        for at, word in enumerate(told.words)
        if word.low in ("he", "she", "it", "they", "him", "her", "them", "his", "its", "their")
    }


def _first_noun(told: Clauses) -> set[int]:
    """ "The singer", where a sentence begins with it: somebody that was named before."""
    first = next((phrase for phrase in told.phrases if phrase.kind == "NP"), None)
    if first is None or told.words[first.members[0]].low not in ("the", "this") or told.words[first.head].kind != "N":
        return set()
    return {first.head}


def _same(said: Clauses, at: int, told: Clauses, one: int) -> bool:
    mine, theirs = said.words[at], told.words[one]
    if mine.day or theirs.day:
        return bool(mine.day and theirs.day and same_day(mine.day, theirs.day))
    if mine.figure or theirs.figure:
        if not (mine.figure and theirs.figure and covers(mine.figure, theirs.figure)):
            return False
        return mine.figure.hedge != "about" or _ABOUT.get(mine.guard) == _ABOUT.get(theirs.guard)
    if mine.kind == "R" and theirs.kind in "RI":
        return mine.low == theirs.low or (mine.low.endswith("ly") and same_word(mine.low, theirs.low))
    if (mine.low == "according" or (mine.kind == "V" and lemma(mine.low) in NEUTRAL)) and speaks(told, one):
        return True
    if mine.kind == "V" and theirs.low == "according" and lemma(mine.low) in ("find", "show", "write", "note"):
        return True
    if mine.kind == "A":
        return theirs.kind == "A" and one in told.verbs and lemma(mine.low) == lemma(theirs.low)
    if not theirs.telling:
        return mine.low == theirs.low and theirs.kind in "DRI"
    if _spelled(mine.low) == _spelled(theirs.low):
        return True
    if mine.kind == "E" or theirs.kind == "E":
        return same_word(mine.low, theirs.low) and mine.kind != "V"
    return (
        means(mine.low, theirs.low)
        or (mine.kind == "V" and _phrased(mine.low, told, one))
        or (theirs.kind == "V" and _two(said, at, theirs.low))
    )


def _spelled(low: str) -> str:
    return _SPELLED.get(low, low)


def _phrased(low: str, told: Clauses, one: int) -> bool:
    """Whether a verb means what a verb and its small word mean: "resigned", "stepped down"."""
    if one + 1 >= len(told.words) or told.words[one].kind != "V":
        return False
    both = entry(f"{lemma(told.words[one].low)}_{told.words[one + 1].low}")
    return bool((both.same | both.general) & set(bases(low, "v")))


def _means_more(said: Clauses, at: int) -> bool:
    """Whether a verb and its small word mean something together that other words mean too: "stepped down"."""
    both = entry(f"{lemma(said.words[at].low)}_{said.words[at + 1].low}")
    return bool(both.same or both.general)


def _two(said: Clauses, at: int, low: str) -> bool:
    if at + 1 >= len(said.words):
        return False
    both = f"{lemma(said.words[at].low)}_{said.words[at + 1].low}"
    return any(both in entry(base).same | entry(base).general for base in bases(low, "v"))


def _initials(word: Token, told: Clauses) -> set[int]:
    """Where a name stands in full that a sentence gives in its first letters, or the other way round."""
    letters = word.low
    if not (word.text.isupper() and 2 <= len(letters) <= 6):
        return set()
    capital = [at for at, other in enumerate(told.words) if other.text[0].isupper() and other.name >= 0]
    for start in range(len(capital) - len(letters) + 1):
        run = capital[start : start + len(letters)]
        if "".join(told.words[at].low[0] for at in run) == letters and run[-1] - run[0] <= len(letters) + 2:
            return {run[-1]}
    return set()
