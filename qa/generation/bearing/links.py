"""Whether the words of a sentence belong together as their counterparts in the quote do."""

from __future__ import annotations

from qa.generation.bearing.pairing import LIGHT, Pairing
from qa.generation.bearing.prepositions import kindred
from qa.generation.grammar.model import Clauses
from qa.generation.grammar.saying import lemma

__all__ = ["linked"]


def linked(pairing: Pairing) -> str:
    said = pairing.said
    groups: dict[tuple[int, str, int], set[int]] = {}
    for (word, head), names in said.links.items():
        if said.words[word].low in LIGHT or not (said.words[word].telling or word in pairing.pairs):
            continue
        for name in names:
            if name.startswith("in:by") and "subj" in names:
                continue
            if name in ("subj", "obj"):
                if (
                    lemma(said.words[head].low) == "be"
                    or (
                        lemma(said.words[head].low) == "have"
                        and head not in pairing.pairs
                        and said.words[head].kind == "A"
                    )
                    or (
                        head in said.verbs
                        and lemma(said.words[head].low) in ("become", "remain")
                        and name == "obj"
                        and "is" in said.links.get((word, next(iter(said.verbs[head].subjects), -1)), ())
                    )
                ):
                    continue
                key = (head, name, _alternative(said, word, head, name))
            elif name == "is":
                key = (word, name, -1)
            else:
                key = (word, name, -1)
            groups.setdefault(key, set()).add(word if name in ("subj", "obj") else head)
    for _ in range(3):
        before = {place: len(found) for place, found in pairing.pairs.items()}
        for (place, name, _), others in groups.items():
            if why := _group(pairing, place, name, others):
                return why
        if before == {place: len(found) for place, found in pairing.pairs.items()}:
            break
    return ""


def _group(pairing: Pairing, place: int, name: str, others: set[int]) -> str:
    """Whether one of the links is there, and of the places that a word may stand for those that have it."""
    said, words = pairing.said, pairing.said.words
    if name in ("subj", "obj"):
        if _narrowed(pairing, others, {place}, name):
            return ""
        role = "does not" if name == "subj" else "is not whom"
        return f"“{words[min(others)].text}” {role} “{words[place].text}” in its quote"
    if place in pairing.around.known:
        return ""
    if name == "is":
        # "X, the mayor of Leeds": of the links both ways one is enough.
        if words[place].kind == "P" or any(words[other].kind == "P" for other in others):
            return ""
        reverse = {other for other in others if "is" in said.links.get((other, place), ())}
        if _narrowed(pairing, {place}, others, name) or any(
            _narrowed(pairing, {other}, {place}, name) for other in reverse
        ):
            return ""
        return f"“{words[place].text}” is not said to be “{words[min(others)].text}” in its quote"
    others = {one for one in others if words[one].kind not in "DP" and words[one].low not in LIGHT} or others
    if _narrowed(pairing, {place}, others, name) or (
        name == "of" and any(_asked(pairing, place, other) for other in others)
    ):
        return ""
    return f"“{words[place].text}” does not belong to “{words[min(others)].text}” in its quote"


def _asked(pairing: Pairing, word: int, head: int) -> bool:
    """Whether the question has a noun with the same describing word."""
    words = pairing.said.words
    for phrase in pairing.around.asked.phrases if pairing.around.asked else ():
        lows = [pairing.around.asked.words[one].low for one in phrase.members] if pairing.around.asked else []
        if words[word].low in lows and words[head].low in lows:
            return True
    return False


def _narrowed(pairing: Pairing, words: set[int], heads: set[int], name: str) -> bool:
    """Whether one of the words has the link to one of the heads. Where there is one of each, each keeps only the places
    that have it, so that a word that the quote has twice stands for one of them."""
    if len(words) > 1 or len(heads) > 1:
        return any(_link_there(pairing, word, head, name) for word in words for head in heads)
    (word,), (head,) = words, heads
    mine, theirs = pairing.pairs.get(word), pairing.pairs.get(head)
    if not mine or not theirs or len(mine) * len(theirs) == 1:
        return _link_there(pairing, word, head, name)
    found = [(one, other) for one in mine for other in theirs if _link_there(pairing, word, head, name, {one}, {other})]
    if found:
        pairing.pairs[word], pairing.pairs[head] = {one for one, _ in found}, {other for _, other in found}
    return bool(found)


def _alternative(said: Clauses, word: int, head: int, name: str) -> int:
    """Subjects that a verb may have are alternatives; what stands beside each other is not."""
    verb = said.verbs.get(head)
    return -1 if verb and word in verb.subjects else word


def _link_there(
    pairing: Pairing, word: int, head: int, name: str, mine: set[int] | None = None, theirs: set[int] | None = None
) -> bool:
    said, told = pairing.said, pairing.told
    mine = pairing.pairs.get(word) if mine is None else mine
    theirs = pairing.pairs.get(head) if theirs is None else theirs
    if theirs is None and lemma(said.words[head].low) == "be":
        # "The park is in Leeds": what is told of "is" is told of the park.
        verb = said.verbs.get(head)
        return verb is not None and any(_link_there(pairing, word, subject, name) for subject in verb.subjects)
    if theirs is None and (said.words[head].kind in "DP" or said.words[head].low in LIGHT):
        return True
    if not mine or not theirs:
        return mine is None and not said.words[word].telling
    for one in mine:
        for other in theirs:
            for left in pairing.heads(told, one):
                for right in pairing.heads(told, other):
                    if left == right and one != other:
                        return True
                    if left == right and name == "of" and len(mine) == 1 and said.words[word].kind in "ER":
                        return True
                    if name in ("subj", "obj") and _stands_for(told, left, right, name):
                        return True
                    if (
                        name in ("of", "is")
                        and told.nouns.get(left) is not None
                        and told.nouns.get(left) is told.nouns.get(right)
                    ):
                        return True
                    if _names_fit(
                        name,
                        told.links.get((left, right), set()),
                        told,
                        left,
                        right,
                        owner=said.words[word].kind == "E",
                    ):
                        return True
                    if name in ("is", "of") and _names_fit(
                        name, told.links.get((right, left), set()) & {"is"}, told, right, left
                    ):
                        return True
    return False


def _stands_for(told: Clauses, word: int, verb: int, name: str) -> bool:
    """Whether a word is another word for who does it: "the app TikTok", or "she" behind "Anna Holm"."""
    for (filler, head), names in told.links.items():
        if head != verb or name not in names:
            continue
        if "is" in told.links.get((word, filler), ()) or "is" in told.links.get((filler, word), ()):
            return True
        if told.words[filler].kind == "P" and word < filler and _before_pronoun(told, word, filler):
            return True
    return False


_PERSONAL = frozenset("he she him her they them it".split())


def _before_pronoun(told: Clauses, word: int, pronoun: int) -> bool:
    """Whether a pronoun is for a noun before it in the sentence: the only one that does something there."""
    if told.words[pronoun].low not in _PERSONAL:
        return False
    subjects = {
        one
        for one, verb in told.links
        if one < pronoun
        and verb < pronoun + 1
        and told.links[one, verb] & {"subj", "obj"}
        and told.words[one].kind in "NE"
        and verb in told.verbs
    }
    if told.words[pronoun].low in ("he", "she", "him", "her"):
        subjects = {one for one in subjects if told.words[one].kind == "E"}
    doers = {
        one for one in subjects if any("subj" in told.links[one, verb] for other, verb in told.links if other == one)
    }
    return word in subjects and (
        len(subjects) == 1 or (doers == {word} and told.words[pronoun].low in ("he", "she", "they"))
    )


def _names_fit(name: str, there: set[str], told: Clauses, word: int, head: int, *, owner: bool = False) -> bool:
    if name in there:
        return True
    if name == "of":
        return (
            "is" in there
            or "time" in there
            or any(
                other.startswith("in:")
                and other[3:] in (("in", "at", "from") if owner else ("in", "at", "on", "for", "from", "to"))
                and told.words[word].kind != "V"
                for other in there
            )
        )
    if name.startswith("in:"):
        mine = name[3:]
        if mine == "among" and any(
            "is" in told.links.get((one, head), ()) and "of" in told.links.get((word, one), ())
            for one, other in enumerate(told.words)
            if other.low == "one"
        ):
            return True
        if mine == "by" and "of" in there and told.words[head].kind in "NE":
            return True
        if told.words[word].kind == "E" and any(
            "in:in" in told.links.get((word, place), ()) and f"in:{mine}" in told.links.get((place, head), ())
            for place in told.nouns
        ):
            return True  # "to Fort Hill in Leeds" is to Leeds
        return any(other.startswith("in:") and kindred(mine, other[3:]) for other in there) or (
            mine in ("in", "at", "for", "from", "to") and "of" in there
        )
    if name == "time":
        return "of" in there
    return False
