"""What a sentence may leave out of its quote, and what it may not: "former" of "former president", "youngest" needs
all of whom somebody is the youngest."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qa.generation.lexicon import compares

if TYPE_CHECKING:
    from qa.generation.bearing.pairing import Pairing
    from qa.generation.grammar.model import Clauses

__all__ = ["left_out"]

_PRIVATIVE = frozenset(
    "former ex acting alleged fake failed attempted suspected would-be so-called deputy vice honorary late assistant"
    " interim false bogus replica mock potential possible planned proposed would future one-time onetime"
    " retired outgoing"
    " incoming designate elect almost nearly half least less fewer unsuccessful near counterfeit imitation supposed"
    " expected projected estimated predicted unconfirmed reported apparent likely aspiring upcoming scheduled".split()
)
_STRONG = frozenset(
    "all every each both most no none only first last second third fourth fifth sixth seventh eighth ninth tenth final"
    " latest earliest biggest largest smallest best worst more less fewer fewest least highest lowest oldest youngest"
    " newest longest shortest record sole single same other another just always never again once ever".split()
)
_WEAK = frozenset(
    "average majority minority fraction rest remainder third quarter some many several few most half certain part parts"
    " nearly almost about around approximately".split()
)
_GUARD = re.compile(
    r"\b(more than|less than|fewer than|at least|at most|up to|nearly|almost|as much as)\s+(?:(?:a|an|the|one)\s+)?"
)
_NOBODY = frozenset("no nobody none neither nothing few".split())
_WITHIN = frozenset("of in:of in:in in:at in:across in:among in:throughout in:from".split())
_IF = frozenset("if unless until provided otherwise".split())


def left_out(pairing: Pairing) -> str:
    """Why what is left out may not be left out; "" where it may."""
    return next(filter(None, (check(pairing) for check in _CHECKS)), "")


def _paired(pairing: Pairing) -> set[int]:
    return {one for places in pairing.pairs.values() for one in places}


def _together(pairing: Pairing) -> str:
    """What stands beside each other with "and" does so in the quote: "to Oslo and Bergen from May"."""
    for one, others in pairing.said.joined.items():
        for other in others:
            mine, theirs = pairing.pairs.get(one), pairing.pairs.get(other)
            if not mine or not theirs or pairing.said.words[one].kind == "P":
                continue
            ends = [(left, right) for left in mine for right in theirs]
            if not any(_beside(pairing.told, left, right) for left, right in ends):
                words = pairing.said.words
                return f"“{words[one].text}” and “{words[other].text}” are told apart in its quote"
    return ""


def _beside(told: Clauses, one: int, other: int) -> bool:
    left, right = told.nouns.get(one), told.nouns.get(other)
    if left is None or right is None or left is right:
        return True
    return right.head in told.joined.get(left.head, ()) or other in told.joined.get(one, ())


def _conditions(pairing: Pairing) -> str:
    """What happens only if something else does is not told without it."""
    there = {word.low for word in pairing.told.words} & _IF
    lost = there - {word.low for word in pairing.said.words}
    return f"it leaves out “{min(lost)}”" if lost else ""


def _guards(pairing: Pairing) -> str:
    """ "More than a decade" is not "a decade"."""
    kept = _paired(pairing)
    mine = " ".join(word.low for word in pairing.said.words)
    words = pairing.told.words
    for match in _GUARD.finditer(pairing.told.text.lower()):
        behind = next((at for at, word in enumerate(words) if word.end > match.end()), None)
        if behind is not None and behind in kept and words[behind].kind in "NJT" and match[1] not in mine:
            return f"its quote says “{match[0].strip()} {words[behind].text}”"
    return ""


def _owned(pairing: Pairing) -> str:
    """ "The owner of the bank" is not "the owner"."""
    said, told = pairing.said, pairing.told
    for at, places in pairing.pairs.items():
        phrase = said.nouns.get(at)
        if (
            phrase is None
            or phrase.head != at
            or len(phrase.members) != 2
            or said.words[phrase.members[0]].low != "the"
        ):
            continue
        if any(head == at for _, head in said.links if _ != phrase.members[0]):
            continue
        wholes = [
            {word for word, head in told.links if head == one and word > one and "of" in told.links[word, head]}
            for one in places
            if one in told.nouns
        ]
        if wholes and all(wholes):
            return f"its quote says which “{said.words[at].low}”"
    return ""


def _limits(pairing: Pairing) -> str:
    """ "By 2029", "since 1950" and the like are kept."""
    kept = _paired(pairing)
    for (word, head), names in pairing.told.links.items():
        nearest = max(
            (
                other
                for one, other in pairing.told.links
                if one == word and other < word and other in pairing.told.verbs
            ),
            default=head,
        )
        if (
            head == nearest
            and head in kept
            and head in pairing.told.verbs
            and word not in kept
            and names & {"timeby", "timesince", "timeuntil", "timebefore"}
        ):
            return f"it leaves out “{pairing.told.words[word].text}”"
    return ""


def _described(pairing: Pairing) -> str:
    """A word before a noun that makes another thing of it is kept."""
    kept = _paired(pairing)
    for at, places in pairing.pairs.items():
        if at not in pairing.said.nouns:
            continue
        reasons = []
        for one in places:
            phrase = pairing.told.nouns.get(one)
            lost = [
                pairing.told.words[other].low
                for other in (phrase.members if phrase else ())
                if other < one and other not in kept and _changes(pairing, other, one, kept)
            ]
            reasons.append(lost)
        if reasons and all(reasons):
            return f"“{reasons[0][0]} {pairing.said.words[at].low}” is more than “{pairing.said.words[at].low}”"
    return ""


def _changes(pairing: Pairing, at: int, noun: int, kept: set[int]) -> bool:
    """Whether a word makes another thing of the next noun, which is kept."""
    words, phrase = pairing.told.words, pairing.told.nouns[noun]
    after = (one for one in phrase.members if one > at and words[one].kind in "NE")
    return words[at].low in _PRIVATIVE and next(after, noun) in kept


def _strong(low: str) -> bool:
    if compares(low):
        return True
    return low in _STRONG or (
        low.endswith("est")
        and len(low) > 5
        and low not in ("request", "protest", "interest", "contest", "forest", "harvest", "arrest", "invest", "suggest")
    )


def _scoped(pairing: Pairing) -> str:
    """Where a word such as "first" or "only" is said, all that it is said of is kept; and none is put in."""
    said, told = pairing.said, pairing.told
    kept = _paired(pairing) | {at for at, word in enumerate(told.words) if not word.telling}
    for at, word in enumerate(said.words):
        if not _strong(word.low):
            continue
        theirs = [one for one, other in enumerate(told.words) if other.low == word.low]
        if not theirs:
            return f"“{word.text}” is not in its quote"
        head = said.nouns[at].head if at in said.nouns else -1
        theirs = [
            one
            for one in theirs
            if one not in told.nouns or head not in pairing.pairs or told.nouns[one].head in pairing.pairs[head]
        ]
        periods = [one for one, other in enumerate(told.words) if other.day and other.day[1] != other.day[2]]
        if set(periods) - kept or not any(_all_kept(told, one, kept) for one in theirs):
            return f"“{word.text}” is said of something narrower in its quote"
    return ""


def _all_kept(told: Clauses, at: int, kept: set[int]) -> bool:
    """Whether everything is kept that narrows what a word is said of."""
    phrase = told.nouns.get(at)
    if phrase is None:
        return True
    narrowing = set(phrase.members)
    for (word, head), names in told.links.items():
        if (
            head == phrase.head
            and word in told.nouns
            and names & {"of", "in:of", "in:in", "in:at", "in:to", "in:for", "in:among"}
        ) and (word > head or word in phrase.members):
            narrowing |= (
                {one for one in told.nouns[word].members if told.words[one].kind in "NEJ#"}
                if word not in phrase.members
                else {word}
            )
    return not {one for one in narrowing - kept if told.words[one].kind in "NEJ#VR"}


def _shares(pairing: Pairing) -> str:
    """ "10 percent of new cases in Leeds" is not "10 percent of cases"."""
    kept, told = _paired(pairing), pairing.told
    for at, places in pairing.pairs.items():
        figure = pairing.said.words[at].figure
        if figure is None or figure.unit != "percent":
            continue
        of = {word for word, head in told.links if head in places and "of" in told.links[word, head]}
        for head in of & set(told.nouns):
            lost = [one for one in told.nouns[head].members if one not in kept and told.words[one].kind in "NEJV#"]
            if lost:
                return f"its quote says “{told.words[lost[0]].text} {told.words[head].text}”"
        for (word, head), names in told.links.items():
            if head in of and word > head and word not in kept and names & _WITHIN:
                return f"its quote says which “{told.words[head].low}”"
    return ""


def _places(pairing: Pairing) -> str:
    """ "Eight died in York and 30 were hurt in Hull" is not "eight died and 30 were hurt in Hull"."""
    said, told, kept = pairing.said, pairing.told, _paired(pairing)
    verbs = [at for at, verb in said.verbs.items() if verb.phrase.finite]
    for one in verbs:
        later = [other for other in verbs if other > one and any(head == other for _, head in _placed(said))]
        for place in pairing.pairs.get(one, ()) if later else ():
            for word, head in _placed(told):
                if head == place and word > head and word not in kept:
                    return f"its quote says where “{said.words[one].text}”"
    return ""


def _placed(read: Clauses) -> list[tuple[int, int]]:
    return [
        link for link, names in read.links.items() if names & {"in:in", "in:at"} and read.words[link[0]].kind == "E"
    ]


def _one_of(pairing: Pairing) -> str:
    """Of "delayed or cancelled" both are kept."""
    kept = _paired(pairing)
    for one in pairing.told.either & kept:
        beside = pairing.told.joined.get(one) or {other for other in pairing.told.either if other in pairing.told.verbs}
        if beside - kept - {one}:
            return f"its quote says “{pairing.told.words[one].text}” or something else"
    return ""


def _denied(pairing: Pairing) -> str:
    """What is denied of a narrower thing is not denied of the wider one."""
    kept, told = _paired(pairing), pairing.told
    for one in kept & set(told.verbs):
        verb = told.verbs[one]
        doers = {told.words[other].low for place in verb.subjects for other in told.nouns[place].members}
        if not verb.phrase.denied and doers.isdisjoint(_NOBODY):
            continue
        for (word, head), names in told.links.items():
            if head != one or word < one or any(name.startswith("time") for name in names):
                continue
            parts = told.nouns[word].members if word in told.nouns else [word]
            lost = [part for part in (*parts, word) if part not in kept and told.words[part].telling]
            if lost:
                return f"its quote denies only what has to do with “{told.words[lost[0]].text}”"
    return ""


def _counted(pairing: Pairing) -> str:
    """ "Some workers" are not "workers"; "workers" are not "all workers"."""
    said, told = pairing.said, pairing.told
    for at, places in pairing.pairs.items():
        phrase = said.nouns.get(at)
        if phrase is None or phrase.head != at or said.words[at].kind not in "NE":
            continue
        mine = _weak_words(said, at)
        theirs = [_weak_words(told, one) for one in places if one in told.nouns]
        if theirs and not any(words <= mine for words in theirs):
            return f"its quote says “{min(theirs[0])} {said.words[at].text}”"
    return ""


def _weak_words(read: Clauses, at: int) -> set[str]:
    phrase = read.nouns.get(at)
    if phrase is None or phrase.head != at:
        return set()
    found = {read.words[one].low for one in phrase.members} & _WEAK
    for (word, head), names in read.links.items():
        if word == at and "of" in names and head in read.nouns and head < word:
            figure = read.words[head].figure
            if read.words[head].low in _WEAK:
                found.add(read.words[head].low)
            elif figure is not None and figure.unit == "percent":
                found.add("percent")
    if (
        at > 1
        and read.words[at - 1].low == "of"
        and read.words[at - 2].low == "part"
        and read.words[at - 3].low == "as"
    ):
        found.discard("part")
    return found


_CHECKS = (
    _together,
    _conditions,
    _guards,
    _owned,
    _limits,
    _described,
    _scoped,
    _shares,
    _places,
    _one_of,
    _denied,
    _counted,
)
