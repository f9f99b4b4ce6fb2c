"""The phrases of a sentence: nouns with what describes them, verbs with their helpers, and the words between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from qa.generation.grammar.saying import SAYING, lemma
from qa.generation.grammar.tokens import Token

__all__ = ["Phrase", "phrases"]


@dataclass(slots=True)
class Phrase:
    """Words that belong together.

    Attributes:
        kind: ``NP`` a noun with its words, ``VG`` a verb with its helpers, else the kind of its only word.
        head: the place of its main word among the tokens.
        members: the places of all its words.
        owners: of a noun, the places of its owners ("Leeds" of "Leeds's mayor").
        tense: of a verb: "done", "now", "prog" (is doing), "was" (was doing), "modal", "inf", "ing", or "part".
        passive, denied: of a verb.
        helpers: of a verb, its helping words in small letters.
    """

    kind: str
    head: int
    members: list[int] = field(default_factory=list)
    owners: list[int] = field(default_factory=list)
    tense: str = ""
    passive: bool = False
    denied: bool = False
    helpers: list[str] = field(default_factory=list)

    @property
    def finite(self) -> bool:
        return self.tense in ("done", "now", "prog", "was", "modal")


_WAS = frozenset(("was", "were"))
_BE = frozenset("is are was were be been being am 's".split())
_HAVE = frozenset("has have had having".split())


def phrases(words: Sequence[Token]) -> list[Phrase]:
    """The phrases of a sentence, in order."""
    found: list[Phrase] = []
    at = 0
    while at < len(words):
        phrase, at = _next(words, at)
        if phrase is not None:
            found.append(phrase)
    _reduce(words, found)
    return found


def _next(words: Sequence[Token], at: int) -> tuple[Phrase | None, int]:
    kind = words[at].kind
    if kind in "AMVO" or (kind == "-" and at + 1 < len(words) and words[at + 1].kind in "VO"):
        return _verb(words, at)
    if kind == "P":
        return Phrase("NP", at, [at]), at + 1
    if (
        kind in "DJNE#G"
        or (kind == "T" and _owns(words, at))
        or (kind == "R" and at + 1 < len(words) and words[at + 1].kind in "J")
    ):
        return _noun(words, at)
    if kind == '"':
        return None, at + 1
    return Phrase(kind, at, [at]), at + 1


def _owns(words: Sequence[Token], at: int) -> bool:
    return at + 1 < len(words) and words[at + 1].kind == "G"


def _noun(words: Sequence[Token], start: int) -> tuple[Phrase, int]:
    members: list[int] = []
    owners: list[int] = []
    at, head = start, -1
    while at < len(words):
        kind = words[at].kind
        if kind == '"':
            at += 1
            continue
        if kind == "G":
            if head >= 0:
                owners.append(head)
                head = -1
            at += 1
            continue
        if kind == "D" and head < 0 and any(words[one].kind == "J" for one in members):
            break
        if kind == "D" and head >= 0 and not (owners and owners[-1] == members[-1]):
            break
        if (
            kind == "D"
            and members
            and any(words[one].kind in "NE#" for one in members)
            and head < 0
            and words[at].low in ("the", "a", "an")
        ):
            break
        if kind == "T" and _owns(words, at):
            members.append(at)
            head = at
        elif kind in "NE#":
            if (
                kind == "#"
                and head >= 0
                and words[head].kind != "#"
                and not (words[head].kind in "NE" and words[at].text.isdigit() and len(words[at].text) < 4)
            ):
                break
            members.append(at)
            if not (kind == "#" and head >= 0 and words[head].kind in "NE"):
                head = at
        elif (
            kind in "DJ"
            and not (kind == "J" and head >= 0 and words[head].kind in "NE" and not _noun_behind(words, at))
        ) or (kind == "R" and at + 1 < len(words) and words[at + 1].kind == "J" and head < 0):
            members.append(at)
        elif (
            kind == "C"
            and head < 0
            and members
            and words[members[-1]].kind == "J"
            and at + 1 < len(words)
            and words[at + 1].kind == "J"
        ):
            pass
        else:
            break
        at += 1
    if head < 0:
        last = members[-1] if members else start
        kind = "J" if words[last].kind in "JR" and not any(words[one].kind == "D" for one in members) else "NP"
        return Phrase(kind, last, members or [start], owners), max(at, start + 1)
    return Phrase("NP", head, members, owners), at


def _noun_behind(words: Sequence[Token], at: int) -> bool:
    while at < len(words) and words[at].kind in 'J"':
        at += 1
    return at < len(words) and words[at].kind in "NE"


def _verb(words: Sequence[Token], start: int) -> tuple[Phrase, int]:
    at, main = start, -1
    helpers: list[str] = []
    members: list[int] = []
    denied = infinitive = False
    while at < len(words):
        token = words[at]
        if token.kind == "O":
            if members:
                break
            infinitive = True
        elif token.kind in "AM":
            if main >= 0 and words[main].kind == "V":
                break
            helpers.append(token.low)
            main = at if token.kind == "A" else main
            denied = denied or token.form == "n't"
        elif token.kind == "-":
            denied = True
        elif token.kind == "V":
            main = at
            members.append(at)
            at += 1
            break
        elif token.kind == "R" and any(one.kind in "VAM" for one in words[at + 1 : at + 3]) and (helpers or infinitive):
            pass
        elif token.kind == '"' and (infinitive or helpers) and at + 1 < len(words) and words[at + 1].kind == "V":
            at += 1
            continue
        else:
            break
        members.append(at)
        at += 1
    main = main if main >= 0 else members[-1]
    if words[main].kind == "A" and helpers:
        helpers.pop()
    tense, passive = _tense(words[main], helpers, infinitive=infinitive)
    return Phrase("VG", main, members, tense=tense, passive=passive, denied=denied, helpers=helpers), at


def _tense(main: Token, helpers: list[str], *, infinitive: bool) -> tuple[str, bool]:
    be = [one for one in helpers if one in _BE]
    passive = (
        bool(be) and main.form in ("ed", "en", "base") and main.kind == "V" and not {"do", "does", "did"} & set(helpers)
    )
    if infinitive:
        return "inf", passive
    if any(one not in _BE | _HAVE | {"do", "does", "did"} and not one.endswith("n't") for one in helpers):
        return "modal", passive
    if main.form == "ing" and main.kind == "V":
        if not be:
            return "ing", False
        return ("was" if _WAS & set(be) else "prog"), False
    if helpers == ["being"]:
        return "ing", passive
    if "being" in helpers:
        return ("was" if _WAS & set(be) else "prog"), passive
    if _HAVE & set(helpers) or "did" in helpers or _WAS & set(be):
        return "done", passive
    if be or "does" in helpers or "do" in helpers:
        return "now", passive
    if main.kind == "A":
        past = main.low in ("was", "were", "had", "did", "been")
        return ("ing" if main.low in ("being", "having") else "done" if past else "now"), False
    if main.form == "ing":
        return "ing", False
    return {"ed": "done", "en": "part"}.get(main.form, "now"), main.form == "en"


def _reduce(words: Sequence[Token], found: list[Phrase]) -> None:
    """Finds verbs that are no verbs of their clause: "the man arrested on Monday said"."""
    for at, phrase in enumerate(found):
        if phrase.kind != "VG" or phrase.tense != "done" or phrase.helpers or words[phrase.head].kind != "V":
            continue
        before = found[at - 1].kind if at else ""
        after = found[at + 1] if at + 1 < len(found) else None
        next_at = at + 1
        while next_at < len(found) and found[next_at].kind in ("R", "T"):
            next_at += 1
        by = (
            next_at + 1 < len(found)
            and words[found[next_at].head].low == "by"
            and found[next_at + 1].kind == "NP"
            and words[found[next_at + 1].head].kind != "#"
        )
        start = max(
            (
                one
                for one in range(at)
                if found[one].kind == "S"
                or (found[one].kind == "C" and found[one + 1].kind == "NP" and found[one - 1].kind == ",")
            ),
            default=0,
        )
        pending = (
            before in (",", ";")
            and not any(_is_main(found, one) for one in range(start, at))
            and not any(
                one.kind == "VG" and one.finite and two.kind == ","
                for two, one in zip(found[at:], found[at + 1 :], strict=False)
            )
        )
        loose = (
            before in ("", ",", "I", "S", ";")
            and not pending
            and (after is None or after.kind in ("I", "T", "S", "R", ","))
        )
        over = found[at - 2] if at > 1 else None
        object_of = (
            over is not None
            and any(one.kind == "VG" and one.finite for one in found[:at])
            and before == "NP"
            and (over.kind == "I" or (over.kind == "VG" and lemma(words[over.head].low) not in SAYING))
        )
        object_of = object_of and lemma(words[phrase.head].low) not in SAYING
        loose = loose or (object_of and (after is None or after.kind in ("I", "T", ",", ";")))
        inside = (
            before == "NP" and (after is None or after.kind in ("I", "T", "R", "O")) and _verb_follows(found, at + 1)
        )
        if by or loose or inside:
            phrase.tense, phrase.passive = "part", True


def _is_main(found: Sequence[Phrase], at: int) -> bool:
    """Whether a phrase is a finite verb that is not behind "who" or "which"."""
    return found[at].kind == "VG" and found[at].finite and not (at and found[at - 1].kind == "W")


def _verb_follows(found: Sequence[Phrase], at: int) -> bool:
    """Whether another finite verb follows that has no subject of its own."""
    for before, phrase in zip(found[at:], found[at + 1 :], strict=False):
        if phrase.kind in ("C", "S", "W", ";", "(", ","):
            return False
        own = before.kind == "NP" and found[found.index(before) - 1].kind in ("NP", "T", "VG", "R")
        if phrase.kind == "VG" and phrase.finite:
            return not own
    return False
