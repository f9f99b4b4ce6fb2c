"""The single claims that a sentence is made of: "The app is X, which Y bans: Z agreed" says three things.

Each claim is again a sentence, so that each may rest on another quote. What only repeats the question around the answer
("The app is X") is told apart, since no quote says it in these words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qa.generation.grammar.clauses import clauses
from qa.generation.grammar.model import Clauses

__all__ = ["Part", "finer", "parts", "shorter"]

_IS = re.compile(r"\s(?:is|was|are|were)(?:\s+(?:called|named))?\s")
_THE = re.compile(r"the\s|(?:it was|it is) the\s|this\s", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """One claim.

    Attributes:
        wordings: the claim as a sentence; several where it can be read in several ways.
        frames: of "The app is X", what is said of X in the question's words ("app"), and "X"; several where it can be
            divided in several ways.
    """

    wordings: tuple[str, ...]
    frames: tuple[tuple[str, str], ...] = ()


def parts(text: str) -> list[Part]:
    """The claims of a sentence, the sentence itself where it is one."""
    found: list[Part] = []
    for clause in _clauses(text):
        found += _parts(clause)
    return found


def shorter(text: str) -> list[str]:
    """The clauses of a sentence, each as a sentence: as it stands, then without its asides."""
    found = []
    for clause in _clauses(text):
        main, _ = _without_asides(clause, clauses(clause))
        found += [clause, main] if main != clause else [clause]
    return list(dict.fromkeys(one for one in found if one))


def finer(text: str) -> list[str]:
    """A claim cut further, so that each piece may rest on another sentence: "X, the mayor, resigned and left" as "X is
    the mayor", "X resigned" and "X left". Empty where it cannot be cut."""
    read = clauses(text)
    row = read.phrases
    for at, phrase in enumerate(row):
        if phrase.kind == "C" and 0 < at < len(row) - 1 and row[at + 1].kind == "VG" and row[at + 1].finite:
            first = next((one for one, other in enumerate(row) if other.kind == "VG" and other.finite), 0)
            if (
                0 < first < at
                and read.words[phrase.head].low in ("and", "but")
                and not any(one.kind in ("W", "S") for one in row[:at])
            ):
                start = read.words[phrase.head].start
                subject = text[: read.words[min(row[first].members)].start]
                return [_sentence(text[:start]), _sentence(f"{subject} {text[read.words[phrase.head].end :]}")]
        if phrase.kind == "," and 0 < at < len(row) - 2 and row[at - 1].kind == row[at + 1].kind == "NP" and at == 1:
            stop = next((one for one in range(at + 2, len(row)) if row[one].kind == ","), 0)
            named = read.words[row[0].head].kind == "E" and read.words[row[2].members[0]].low in ("a", "an", "the")
            if named and stop and stop + 1 < len(row) and row[stop + 1].kind == "VG" and row[stop + 1].finite:
                name = text[: read.words[phrase.head].start]
                inside = text[read.words[phrase.head].end : read.words[row[stop].head].start]
                return [_sentence(f"{name} is {inside}"), _sentence(f"{name} {text[read.words[row[stop].head].end :]}")]
    return []


def _clauses(text: str) -> list[str]:
    """A sentence cut at colons, semicolons, and where "and" begins a clause with its own subject."""
    cuts = [0]
    read = clauses(text)
    row = read.phrases
    for at, phrase in enumerate(row):
        start = read.words[phrase.head].start
        if phrase.kind == ";" and _finite(row[:at]) and _finite(row[at + 1 :]) and read.words[phrase.head].text != "-":
            cuts.append(start + 1)
        elif (
            phrase.kind == "C"
            and at + 1 < len(row)
            and row[at + 1].kind == "NP"
            and row[at - 1].kind == ","
            and _begins(row, at + 1)
            and _finite(row[:at])
        ) or (
            phrase.kind == "S"
            and at
            and row[at - 1].kind == ","
            and read.words[phrase.head].low in ("while", "whereas", "though", "although")
            and _finite(row[:at])
        ):
            cuts.append(start)
    found = [_sentence(text[a:b]) for a, b in zip(cuts, [*cuts[1:], len(text)], strict=True)]
    return [one for one in found if one]


def _begins(row: Sequence[object], at: int) -> bool:
    kinds = [getattr(one, "kind", "") for one in row[at : at + 6]]
    return "VG" in kinds and not {",", "W", "C", "S"} & set(kinds[: kinds.index("VG")])


def _finite(row: Sequence[object]) -> bool:
    return any(getattr(one, "kind", "") == "VG" and getattr(one, "finite", False) for one in row)


def _sentence(text: str) -> str:
    plain = re.sub(r"^(?:and|but|while|whereas|though|although)\s+", "", text.strip(" ,;:–—"))
    return f"{plain[:1].upper()}{plain[1:].rstrip('.')}." if plain else ""


def _parts(text: str) -> list[Part]:
    """The claims of one clause: its asides with "who" and "which" are claims of their own."""
    read = clauses(text)
    main, asides = _without_asides(text, read)
    found = [Part((main,), _frames(main))]
    return found + asides


def _without_asides(text: str, read: Clauses) -> tuple[str, list[Part]]:
    row = read.phrases
    for at in range(1, len(row) - 1):
        word = read.words[row[at + 1].head]
        if (
            row[at].kind != ","
            or word.low not in ("who", "which", "whose", "where")
            or row[at - 1].kind not in ("NP", "J")
        ):
            continue
        stop = _closing(read, at + 1)
        end = read.words[row[stop].head].start if stop < len(row) else len(text.rstrip("."))
        inside = text[word.end : end].strip(" ,.")
        heads = [re.sub(r",(?=[”\"’'])", "", head) for head in _antecedents(text, read, at - 1)]
        if not any(one.kind == "VG" and one.finite for one in row[at + 2 : stop]):
            continue
        before = text[: read.words[row[at].head].start]
        behind = text[end:].lstrip(" ,") if stop < len(row) else ""
        rest, more = _without_asides_again(_sentence(f"{before} {behind}"))
        subject_inside = row[at + 2].kind == "NP"
        if word.low == "where":
            wordings = tuple(_sentence(f"{inside} in {head}") for head in heads)
        elif word.low == "whose":
            wordings = tuple(_sentence(f"{head}’s {inside}") for head in heads)
        elif subject_inside:  # "X, which they sold": they sold X
            place = _object_place(read, at + 2, stop)
            wordings = tuple(_sentence(f"{text[word.end : place]} {head} {text[place:end]}") for head in heads)
        else:
            wordings = tuple(_sentence(f"{head} {inside}") for head in heads)
        return rest, [Part(wordings), *more]
    return text, []


def _without_asides_again(text: str) -> tuple[str, list[Part]]:
    return _without_asides(text, clauses(text))


def _object_place(read: Clauses, start: int, stop: int) -> int:
    """Where the object of "which they agreed to on Monday" would stand: behind the first verb that has none."""
    row = read.phrases[:stop]
    for at in range(start, len(row)):
        kinds = [one.kind for one in row[at + 1 : at + 3]] + ["", ""]
        if row[at].kind != "VG" or kinds[0] in ("NP", "VG", "J"):
            continue
        last = at + 1 if kinds[0] == "I" and kinds[1] != "NP" else at
        return read.words[max(row[last].members)].end
    return read.words[max(row[-1].members)].end


def _closing(read: Clauses, start: int) -> int:
    """Where an aside ends: at the comma before the verb of the sentence, else with it."""
    row = read.phrases
    verb = next((at for at in range(start, len(row)) if row[at].kind == "VG" and row[at].finite), len(row))
    for at in range(verb + 1, len(row) - 1):
        if row[at].kind == "," and row[at + 1].kind == "VG" and row[at + 1].finite:
            if [one.kind for one in row[at + 2 : at + 4]] == ["C", "VG"]:
                continue  # "which lets them buy, possess and grow it"
            return at
    return len(row)


def _antecedents(text: str, read: Clauses, at: int) -> list[str]:
    """What an aside may be about: the noun before it, and the longer ones that it ends."""
    row = read.phrases
    end = read.words[row[at + 1].head].start
    found = []
    while True:
        found.append(text[read.words[min(row[at].members)].start : end])
        if at >= 2 and row[at - 1].kind == "I" and row[at - 2].kind == "NP":
            at -= 2
        else:
            return found


def _frames(text: str) -> tuple[tuple[str, str], ...]:
    """ "The app that was banned is X" as what is said of X, and X."""
    plain = text.rstrip(".")
    found = []
    for match in _IS.finditer(plain):
        first, last = plain[: match.start()], plain[match.end() :]
        if opened := _THE.match(first):
            found.append((first[opened.end() :], last))
        if (opened := _THE.match(last)) and len(last.split()) <= 6:
            found.append((last[opened.end() :], first))
    return tuple(found)
