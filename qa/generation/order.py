"""Whether a sentence puts its words together as its quote does: the same words in the same order, from where a clause
begins to where it may end, with nothing left out between them but asides, days, places and describing words.

So nobody is said to have done what somebody else did, and no half of a sentence is told as a whole.
"""

from __future__ import annotations

import re
from itertools import pairwise

from qa.figures import Figure, equal
from qa.generation.align import aligned
from qa.generation.claims import TITLES, Claim, Day, Word, alike

__all__ = ["LIGHT", "covers", "out_of_order", "same_day"]

LIGHT = frozenset("person people number total also however meanwhile according article report story namely".split())
"""Words that add nothing to what a quote says."""

_WORD = re.compile(r"\w+(?:['’]\w+)?")
# Small words that may be there in one and not in the other.
_LOOSE = frozenset(("the", "a", "an"))
_PLACES = frozenset("in at near on from during".split())
# Before these a sentence may be left off; behind those it may not.
_MAY_END = re.compile(
    r"[’'”\"]?(?:[.!?…:]*[’'”\"]?$|,\s+(?:and|but|while|as|after|before|when|with|which|where|although|though|according"
    r"|following|amid)\b|\s+(?:after|before|when|while|because|amid|following|according)\b)",
    re.IGNORECASE,
)
_NO_END = re.compile(
    r"\b(?:a|an|the|of|in|on|at|to|for|from|with|by|and|or|but|is|are|was|were|be|been|has|have|had|will|would|can"
    r"|could|may|might|shall|should|must|do|does|did|not|no|as|that|which|who|whose|its|his|her|their|our|my|your"
    r"|this|these|those|after|before|when|while|because|if|than|into|over|under|about|becoming|including|such|it|he"
    r"|she|they)$",
    re.IGNORECASE,
)
_LINKED = re.compile(r",\s+(?:and|but|while)\s+$", re.IGNORECASE)
_PUT_BEFORE = re.compile(
    r"(?:also )?(?:on|in|at|after|before|during|following|earlier|late|last|this|early)\b[^,;:–—]+,\s+$",
    re.IGNORECASE,
)
_LEADING = re.compile(
    r"(?:\b(?:the|a|an|it|he|she|they|its|his|her|their|no|all|some|many|most|both)\s+)*[“\"‘']?$", re.IGNORECASE
)
_HALF = re.compile(
    r"\W*(?:after|before|when|while|as|once|if|although|though|since|in|on|at|for|with|by|from|during|despite|because"
    r"|led|following|until|unlike|like)\b",
    re.IGNORECASE,
)
_SUBJECT = re.compile(r"[\W]*(?:the|a|an|it|he|she|they|its|his|her|their|no|all|some|many|most|both|[A-Z]|\d)")
_WRAPPED = (re.compile(r"^[’'”\"]?(?:,|\s?[–—(]|\s-\s)"), re.compile(r"(?:,|[–—)]|\s-)\s*[’'“\"]?\s*$"))
_CONDITIONS = re.compile(r"\b(?:if|unless|until|whether|provided|otherwise)\b", re.IGNORECASE)
_VERB = re.compile(r"\w+(?:ed|ing)|is|are|was|were|has|had|have|will|would|could|may|might|can")


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


def out_of_order(said: Claim, told: Claim) -> str:
    """What is wrong with the order of a sentence's words; "" where nothing is."""
    pairs = aligned(said.words, told.words, _same)
    there = {mine for mine, _ in pairs}
    for at, word in enumerate(said.words):
        if at not in there and word.text not in LIGHT and not _moved(at, said, told):
            return f"“{word.text}” stands elsewhere in its quote"
    if not pairs:
        return "its words are not in its quote"
    if {word.lower() for word in _CONDITIONS.findall(told.text)} - {w.lower() for w in _CONDITIONS.findall(said.text)}:
        return "it leaves out a condition"
    if not (_begins(said, told, pairs[0]) and _ends(said, told, pairs[-1])):
        return "it is a part of a sentence in its quote, told as a whole"
    if not all(_joined(said, told, one, two) for one, two in pairwise(pairs)):
        return "it joins what its quote keeps apart"
    matched = ((said.words[mine], told.words[theirs]) for mine, theirs in pairs)
    return next(filter(None, (_force(mine, theirs) for mine, theirs in matched)), "")


def _same(mine: Word, theirs: Word) -> bool:
    if mine.day or theirs.day:
        return bool(mine.day and theirs.day and same_day(mine.day, theirs.day))
    if mine.figure or theirs.figure:
        return bool(mine.figure and theirs.figure and covers(mine.figure, theirs.figure))
    return alike(mine.text, theirs.text)


def _moved(at: int, said: Claim, told: Claim) -> bool:
    """Whether a word may stand elsewhere than in the quote: the only day, or a place, at either end of the sentence."""
    word = said.words[at]
    at_end = at in (0, len(said.words) - 1)
    if word.day:
        return at_end and len(told.days) == 1
    placed = word.name and word.before in _PLACES and at_end
    return placed and any(_same(word, other) and other.before == word.before for other in told.words)


def _begins(said: Claim, told: Claim, first: tuple[int, int]) -> bool:
    """Whether the sentence begins where the quote or a clause of it does, with the same small words before it."""
    mine, theirs = said.text[: said.words[first[0]].start], told.text[: told.words[first[1]].start]
    if first[0] > 0:  # a day or a place was put in front
        mine = said.text[said.words[first[0] - 1].end : said.words[first[0]].start]
    if first[1] > 0 and not _titles(told, first[1]):
        # The clause begins with the small words right before its first telling word.
        small = _LEADING.search(theirs)
        at = small.start() if small else len(theirs)
        before, theirs = theirs[:at], theirs[at:]
        begins = _LINKED.search(before) or _PUT_BEFORE.fullmatch(before)
        if not begins or not _SUBJECT.match(told.text[at:]):
            return False
    elif first[1] > 0:
        theirs = ""
    return not (_small(mine) ^ _small(theirs)) - _LOOSE


def _titles(told: Claim, first: int) -> bool:
    """Whether only a title stands before a name: "Mayor", of "Mayor Anna Holm"."""
    *before, name = told.words[: first + 1]
    return name.name and all(word.text in TITLES for word in before) and not _small(told.text[: before[0].start])


def _ends(said: Claim, told: Claim, last: tuple[int, int]) -> bool:
    """Whether the sentence ends where the quote does, or where it may be left off."""
    behind = told.text[told.words[last[1]].end :]
    mine = said.text[said.words[last[0]].end :] if last[0] == len(said.words) - 1 else ""
    if not _WORD.search(behind):
        return not _small(mine)
    if _small(mine) == _small(behind):
        return True
    stripped = said.text.rstrip(" .!?")
    opened = stripped.count("“") != stripped.count("”") or stripped.count('"') % 2
    if opened or _NO_END.search(stripped) or _HALF.match(said.text):
        return False
    return bool(_MAY_END.match(behind)) and not _small(mine)


def _joined(said: Claim, told: Claim, one: tuple[int, int], two: tuple[int, int]) -> bool:
    """Whether two words that follow each other are joined as in the quote."""
    mine = said.text[said.words[one[0]].end : said.words[two[0]].start]
    theirs = told.text[told.words[one[1]].end : told.words[two[1]].start]
    left_out = told.words[one[1] + 1 : two[1]]
    if not left_out:
        return not (_small(mine) ^ _small(theirs)) - _LOOSE and ";" not in theirs
    if all(edge.search(theirs) for edge in _WRAPPED):
        return not _small(mine) - _LOOSE
    first, last = left_out[0], left_out[-1]
    start = told.words[one[1]].end
    before, between = theirs[: first.start - start], theirs[first.start - start : last.end - start]
    after = theirs[last.end - start :]
    if all(word.day for word in left_out):
        return not (_small(mine) ^ _small(after)) - _LOOSE and not _small(before) - _PLACES - _LOOSE
    if re.search(r"[,;:–—()]", theirs):
        return False
    place = bool(_small(before) & _PLACES) and len(left_out) <= 3 and not _small(between) - _LOOSE - {"of", "the"}
    if place and _small(after) and not any(_VERB.fullmatch(word.text) for word in left_out):
        return not (_small(mine) ^ _small(after)) - _LOOSE
    return False


def _small(text: str) -> set[str]:
    return {word.lower() for word in _WORD.findall(text)}


def _force(mine: Word, theirs: Word) -> str:
    """Whether a word has the force that it has in the quote."""
    if mine.denied != theirs.denied:
        return f"“{mine.text}” is {'not ' if mine.denied else ''}denied in its quote"
    if mine.hedged != theirs.hedged:
        return f"“{mine.text}” is {'said for certain' if mine.hedged else 'not said for certain'} in its quote"
    if mine.passive != theirs.passive:
        return f"“{mine.text}” is {'done to' if theirs.passive else 'done by'} somebody in its quote"
    if theirs.changed and theirs.changed != mine.changed:
        return f"“{theirs.changed} {theirs.text}” is more than “{mine.text}”"
    return ""
