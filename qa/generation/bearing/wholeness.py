"""Whether a sentence is whole: it has a subject and a verb, and what its verbs need is there. A sentence that breaks
off says something else than its quote, or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qa.generation.grammar.saying import SAYING, lemma

if TYPE_CHECKING:
    from qa.generation.bearing.pairing import Pairing
    from qa.generation.grammar.model import Clauses

__all__ = ["breaks_off", "is_whole"]


_COUNTING = frozenset("most some all many several few".split())


def is_whole(read: Clauses) -> bool:
    """Whether a sentence has a main clause, and no verb that breaks off ("which could.")."""
    row = read.phrases
    for at, phrase in enumerate(row):
        if phrase.kind != "VG":
            continue
        head = read.words[phrase.head]
        if head.kind in "MO-":
            return False
        behind = next((one.kind for one in row[at + 1 :] if one.kind != "R"), "")
        if head.kind == "A" and behind in ("", ",", ";", "C"):
            return False
    return any(
        verb.phrase.finite and verb.subjects and not verb.mark and verb.under < 0 and not _relative(read, verb.at)
        for verb in read.verbs.values()
    )


def _relative(read: Clauses, at: int) -> bool:
    """Whether a verb follows "who" or "which"."""
    row = read.phrases
    place = next(one for one, phrase in enumerate(row) if phrase.kind == "VG" and phrase.head == at)
    return place > 0 and row[place - 1].kind == "W"


def breaks_off(pairing: Pairing) -> str:
    """Why a verb lacks what it has in the quote: "the league will air", of "the league will air a game"."""
    said, told = pairing.said, pairing.told
    for at, verb in said.verbs.items():
        places = [one for one in pairing.pairs.get(at, ()) if one in told.verbs]
        if verb.phrase.passive or not places or lemma(said.words[at].low) in SAYING or _has_object(said, at):
            continue
        if _ends(said, at) and all(_has_object(told, one) and not told.verbs[one].phrase.passive for one in places):
            return f"“{said.words[at].text}” has something with it in its quote"
    tied = {place for link in said.links for place in link} | set(said.verbs)
    for phrase in said.phrases:
        if phrase.kind == "NP" and phrase.head not in tied and said.words[phrase.head].kind in "NE#":
            return f"“{said.words[phrase.head].text}” belongs to nothing in it"
        head = said.words[phrase.head]
        alone = phrase.kind == "NP" and head.kind == "D" and head.low in _COUNTING
        if alone and not any(one.kind == "NP" and told.words[one.head].low == head.low for one in told.phrases):
            return f"a word is missing behind “{head.text}”"
    return ""


def _ends(read: Clauses, at: int) -> bool:
    """Whether nothing comes behind a verb, in a clause that has not its object before ("which they sold")."""
    row = read.phrases
    place = next(one for one, phrase in enumerate(row) if phrase.kind == "VG" and phrase.head == at)
    behind = next((one.kind for one in row[place + 1 :] if one.kind not in ("R", "T")), "")
    return behind in ("", ",", ";", "C") and not any(one.kind == "W" for one in row[:place])


def _has_object(read: Clauses, at: int) -> bool:
    return any("obj" in names for (_, head), names in read.links.items() if head == at) or any(
        verb.under == at for verb in read.verbs.values()
    )
