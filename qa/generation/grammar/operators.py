"""What changes the force of a verb: denied, possible, wanted, on a condition, said by somebody, over or still to come.

Two verbs say alike only where all of this is alike; see :func:`weaker`.
"""

from __future__ import annotations

from qa.generation.grammar.model import Clauses, Verb
from qa.generation.grammar.saying import SPEECH, lemma
from qa.generation.lexicon import bases

__all__ = ["operators", "speaks", "tense_fits"]

_CLASSES = {
    word: name
    for name, words in {
        "may": "may might could possibly perhaps maybe potentially",
        "can": "can",
        "will": "will would shall 'll",
        "must": "should must",
        "allegedly": "allegedly alleged reportedly apparently supposedly",
        "likely": "likely probably",
        "unlikely": "unlikely",
        "nearly": "nearly almost barely hardly",
        "never": "never",
    }.items()
    for word in words.split()
}
_SOON = frozenset("be go set slate schedule due bind".split())
_IF = frozenset("if unless whether until lest".split())
_LED = frozenset("without instead of for from against about with before despite".split())
_GRADED = {
    word: words.split()[0]
    for words in ("expect forecast predict project", "believe think", "suspect", "fear", "hope", "deny", "know")
    for word in words.split()
}


def speaks(read: Clauses, at: int) -> bool:
    """Whether the word at a place says that somebody says something."""
    verb = read.verbs.get(at)
    told = verb is None or not verb.phrase.passive or any(other.under == at for other in read.verbs.values())
    return read.words[at].kind in "VI" and lemma(read.words[at].low) in SPEECH and told


def operators(read: Clauses, at: int) -> frozenset[str]:
    """The names of what changes the force of the verb at a place."""
    verb = read.verbs.get(at)
    return frozenset(_own(read, verb, 0) | _said(read, at) | _doubted(read, at)) if verb else frozenset(_said(read, at))


def _own(read: Clauses, verb: Verb, depth: int) -> set[str]:
    phrase = verb.phrase
    found = {_CLASSES[one] for one in phrase.helpers if one in _CLASSES}
    found |= {_CLASSES[low] for one in phrase.members if (low := read.words[one].low) in _CLASSES}
    for (word, head), _ in read.links.items():
        if (
            head == verb.at
            and read.words[word].kind == "R"
            and read.words[word].low in _CLASSES
            and abs(word - head) < 4
        ):
            found.add(_CLASSES[read.words[word].low])
    if phrase.denied and "never" not in found:
        found.add("not")
    if any(
        read.words[one].low == "no"
        for one in range(max(0, verb.at - 1), min(len(read.words), verb.at + 3))
        if one in read.nouns
    ):
        found.add("not")
    if verb.mark in _IF or (phrase.tense == "ing" and verb.mark in _LED) or verb.mark == "before":
        found.add(f"mark:{verb.mark}")
    if verb.under >= 0 and depth < 4:
        over = read.verbs[verb.under]
        name = lemma(read.words[verb.under].low)
        noun = _noun_over(read, verb) or _adjective_over(read, verb)
        if verb.by == "to":
            described = name in ("be", "become", "remain") and not noun and verb.phrase.members[0] - 1 in read.nouns
            found.add("to" if described else "will" if name in _SOON and not noun else f"to:{noun or name}")
        elif verb.by == "ing":
            found.add(f"ing:{name}")
        if verb.by in ("to", "ing") and "to" not in found:
            found |= _own(read, over, depth + 1) - ({"will"} if "will" in found else set())
        elif name in _GRADED:
            found.add(_GRADED[name])
    elif phrase.tense == "ing" and verb.mark in _LED:
        found.add(f"{verb.mark}:{_leader(read, verb)}")
    return found


def _noun_over(read: Clauses, verb: Verb) -> str:
    """ "plan", of "plans to build"."""
    before = verb.phrase.members[0] - 1
    if before > verb.under and before in read.nouns and read.words[before].kind == "N":
        return next((one for one in bases(read.words[before].low, "n") if one in _MEANT), "")
    return ""


def _adjective_over(read: Clauses, verb: Verb) -> str:
    """ "unable", of "unable to find it"."""
    before = read.words[verb.phrase.members[0] - 1] if verb.phrase.members[0] else None
    return before.low if before is not None and before.kind == "J" and before.low not in ("due", "set") else ""


def _doubted(read: Clauses, at: int) -> set[str]:
    """ "evidence", of "little evidence that they won": what a noun or an adjective makes of a whole clause."""
    found = set()
    for place in range(at):
        word = read.words[place]
        if word.kind not in "NJ" or not ({*bases(word.low, "n"), word.low} & _OF_CLAUSES):
            continue
        between = [one.kind for one in read.words[place + 1 : at]]
        if between and between[0] in "SDEPNJWR#" and not {",", ";", "C", "V", "I"} & set(between):
            found.add(f"noun:{word.low}")
    return found


_OF_CLAUSES = frozenset(
    "evidence claim idea fear hope doubt rumor rumour possibility suspicion belief allegation notion"
    " theory chance concern"
    " worry accusation suggestion speculation sign denial hint proof prospect risk unclear unlikely skeptical doubtful"
    " uncertain unsure unknown impossible possible likely untrue false".split()
)
_MEANT = frozenset(
    "plan effort bid attempt right ability chance deal order law bill need move decision agreement"
    " proposal promise pledge"
    " threat offer request refusal failure desire intention vote push call campaign opportunity permission"
    " goal aim".split()
)
"""Nouns of what is wanted or allowed, and not done."""


def _leader(read: Clauses, verb: Verb) -> str:
    """The word before "of killing", in "accused of killing"."""
    before = verb.phrase.members[0] - 2
    return lemma(read.words[before].low) if before >= 0 else ""


def _said(read: Clauses, at: int) -> set[str]:
    """Whether somebody says so: "said that ..." before it, or ", police said" behind."""
    for place in range(len(read.words)):
        if place == at or not speaks(read, place):
            continue
        if read.words[place].low == "according":
            if place > at or any(word.kind == "," for word in read.words[place:at]):
                return {"said"}
            continue
        verb = read.verbs.get(place)
        if verb is None or (at in read.verbs and read.verbs[at].under == place and read.verbs[at].by != "that"):
            continue
        if place < at and _has_clause(read, place):
            return {"said"}
        if place > at and _trails(read, place) and not _between(read, at, place):
            return {"said"}
    token = read.words[at]
    return {"said"} if token.quoted else set()


def _has_clause(read: Clauses, place: int) -> bool:
    """Whether what is said comes behind the verb of saying."""
    return any(verb.under == place for verb in read.verbs.values()) or any(
        word.kind == ";" for word in read.words[place + 1 : place + 3]
    )


def _trails(read: Clauses, place: int) -> bool:
    """Whether the verb of saying closes a sentence that says it."""
    if _has_clause(read, place) or not read.verbs[place].phrase.finite:
        return False
    start = max((at for at in range(place) if read.words[at].kind in (",", '"', ";")), default=-1)
    stop = next((at for at in range(place + 1, len(read.words)) if read.words[at].kind in (",", ";")), len(read.words))
    between = [one for one in read.verbs if start < one < place]
    opened = start >= 0 and not between and read.words[start + 1].kind not in "WS"
    return opened and not any(place < one < stop and read.verbs[one].phrase.finite for one in read.verbs)


def _between(read: Clauses, at: int, place: int) -> bool:
    return any(read.words[one].kind == ";" for one in range(at, place))


_FITS = {
    "done": {"done", "part", "ing", "now"},
    "now": {"now", "ing", "prog"},
    "prog": {"prog", "now"},
    "was": {"was", "prog", "ing"},
    "modal": {"modal", "inf", "now", "prog"},
    "inf": {"inf", "modal"},
    "ing": {"ing", "done", "now", "prog", "was", "part"},
    "part": {"part", "done", "now", "ing"},
}


def tense_fits(said: Verb, told: Verb) -> bool:
    """Whether a verb puts what happens no nearer to being done than the quote's."""
    return told.phrase.tense in _FITS[said.phrase.tense]
