"""Taking a compound question apart: "Who was summoned, and why?" asks two things. In doubt it stays whole.

A later part may lean on the answer to the first: "what did he say?" after "Who heads the bank?". Such a part has a "…"
where that answer goes, and says what to ask when there is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from qa.question.thread import PRONOUN
from qa.question.words import AUXILIARIES, looks_like_person, names

__all__ = ["Part", "apart", "parts"]

GAP = "…"
"""Stands in a part where the answer to the first part goes."""


@dataclass(frozen=True, slots=True)
class Part:
    """A question in a compound one.

    Attributes:
        text: the question, with :data:`GAP` where it leans on the answer to the first part.
        alone: what to ask when there is no such answer; "" where it cannot be asked then, and the whole question has to
            speak for it.
        person: whether only a name fits into the gap.
    """

    text: str
    alone: str = ""
    person: bool = False

    @property
    def needs(self) -> bool:
        """Whether it leans on the answer to the first part."""
        return GAP in self.text

    def filled(self, answer: str) -> str:
        """The question with ``answer``, the words that answer the first part, in its place; without them, ``alone``.

        Only a name stands for a "he" or "she", and nothing long for anything.
        """
        if not self.needs:
            return self.text
        words = " ".join(answer.split()).strip(" ,;:.")
        named = [name.text for name in names(f"{GAP} {words}")]
        fits = 0 < len(words.split()) <= _LONGEST_ANSWER
        if self.person:
            fits = fits and any(looks_like_person(name) or (name == words and not name.isupper()) for name in named)
        return self.text.replace(GAP, words, 1) if fits else self.alone


_AUX = "|".join(sorted(AUXILIARIES))
_WH = "who|whom|whose|what|which|when|where|why|how"
_HOW_MUCH = "old|long|far|big|tall|often|fast|deep|large|high|heavy"
_SHORT = (
    "why|when|where|how|how (?:many|much|long|often)|by whom|by how much|since when|for how long|for what|with whom"
    "|to whom"
)
_BOTH = re.compile(
    rf"^(?P<one>when|where|why|how)\s*,?\s+and\s+(?P<two>when|where|why|how)\s+(?P<rest>(?:{_AUX})\s.+)$", re.IGNORECASE
)
_FRAGMENT = re.compile(rf"^(?P<first>.+?),?\s+and\s+(?P<short>{_SHORT})$", re.IGNORECASE)
_CLAUSES = re.compile(
    rf"^(?P<first>.+?),?\s+and\s+(?P<second>(?:(?:in|at|on|to|for|by|with|from)\s+)?(?:{_WH})\s.+|(?:{_AUX})\s+(?:he|she|it|they)\s.+)$",
    re.IGNORECASE,
)
_ASKED = re.compile(
    rf"^(?P<asking>how (?:many|much|{_HOW_MUCH})(?=\s+(?:{_AUX})\b)"
    rf"|(?:which|what|how (?:many|much))\s+(?!(?:{_AUX})\b)\S+(?:\s+(?!(?:{_AUX})\b)\S+){{0,2}}|{_WH})"
    r"\s+(?P<rest>.+)$",
    re.IGNORECASE,
)
_AUX_FIRST = re.compile(rf"^(?P<aux>{_AUX})\s+(?P<rest>.+)$", re.IGNORECASE)
_LONGEST = 400
_LONGEST_ANSWER = 8
_HE = re.compile(r"\b(?:(?P<his>his|their|its|her(?=\s+[a-z]))|(?P<it>it|they|them)|he|she|him|her)\b", re.IGNORECASE)
_PAST = re.compile(
    r"\w{2,}ed|won|lost|got|made|took|said|went|left|held|met|beat|sold|bought|built|fell|rose|came|became|began|broke|set"
    r"|ran|sent|paid|led|fought|shot|hit|drowned",
    re.IGNORECASE,
)
_NP = r"(?:(?:the|a|an)\s+)?(?:[A-Z][\w'’-]*(?:\s+[A-Z][\w'’-]*)*|(?<=\s)[a-z]+)"
_EACH = re.compile(
    rf"^(?P<lead>(?i:{_WH})(?:\s+\w+)?\s+(?i:{_AUX}))\s+both\s+(?P<one>{_NP})\s+and\s+(?P<two>{_NP})\s+(?P<rest>.+)$"
)


def parts(question: str) -> tuple[str, ...]:
    """The questions that ``question`` is made of, in order, or ``(question,)``: what can be asked without an answer
    to the first of them; where nothing can, its text with the gap, as ``("Who was summoned?", "Why was … summoned?")``.
    """
    return tuple(part.alone or part.text for part in apart(question))


def apart(question: str) -> tuple[Part, ...]:
    """The parts of a question, in order; of one that isn't compound, itself alone."""
    text = " ".join(question.split()).rstrip(" ?.!")
    if not text or len(text) > _LONGEST:
        return (Part(question),)
    sentences = [
        sentence.strip() for sentence in re.split(r"(?<=\?)\s+", " ".join(question.split())) if sentence.strip()
    ]
    if len(sentences) > 1:
        if not all(sentence.endswith("?") and _is_whole(sentence.rstrip(" ?")) for sentence in sentences):
            return (Part(question),)
        first = sentences[0].rstrip(" ?")
        return (
            Part(sentences[0]),
            *(_bound(sentence.rstrip(" ?"), first, bracket=False) for sentence in sentences[1:]),
        )
    found = _each(text) or _listed(text) or _taken_apart(text)
    return found or (Part(question),)


def _each(text: str) -> tuple[Part, ...]:
    """ "What did both the mayor and the governor say?" asks the same of two."""
    match = _EACH.match(text)
    if match is None:
        return ()
    return tuple(Part(_asked(f"{match['lead']} {match[name]} {match['rest']}")) for name in ("one", "two"))


def _taken_apart(text: str) -> tuple[Part, ...]:
    """The two parts of a question; none if it isn't one of two parts."""
    if both := _BOTH.match(text):
        return Part(_asked(f"{both['one']} {both['rest']}")), Part(_asked(f"{both['two']} {both['rest']}"))
    if (fragment := _FRAGMENT.match(text)) and _is_whole(fragment["first"]):
        second = _grown(fragment["short"], fragment["first"])
        return (Part(_asked(fragment["first"])), Part(_asked(second))) if second else ()
    if (clauses := _CLAUSES.match(text)) and _is_whole(clauses["first"]) and _is_whole(clauses["second"]):
        counted = re.match(rf"how many (?P<noun>(?!(?:{_AUX})\b)\w+)", clauses["first"], re.IGNORECASE)
        if counted and (again := re.match(rf"how many(?= (?:{_AUX})\b)", clauses["second"], re.IGNORECASE)):
            second = f"how many {counted['noun']}{clauses['second'][again.end() :]}"
            return Part(_asked(clauses["first"])), Part(_asked(second))
        return Part(_asked(clauses["first"])), _bound(clauses["second"], clauses["first"])
    return ()


def _listed(text: str) -> tuple[Part, ...]:
    """The parts of "When, where and why did it sink?" and "Who runs it, when did he come and what does he want?"."""
    lead, comma, rest = text.partition(",")
    pieces = [piece.strip() for piece in rest.split(",")]
    last = re.match(r"^(?P<one>.*?)\s*\band\s+(?P<two>.+)$", pieces[-1], re.IGNORECASE) if comma else None
    if last is None:
        return ()
    pieces = [piece for piece in (*pieces[:-1], last["one"], last["two"]) if piece]
    if len(pieces) < 2:
        return ()
    asking = re.match(rf"^(?P<word>when|where|why|how)\s+(?P<rest>(?:{_AUX})\s.+)$", pieces[-1], re.IGNORECASE)
    bare = {"when", "where", "why", "how"}
    if asking and {piece.lower() for piece in (lead, *pieces[:-1])} <= bare:
        words = (lead, *pieces[:-1], asking["word"])
        return tuple(Part(_asked(f"{word.lower()} {asking['rest']}")) for word in words)
    if not _is_whole(lead):
        return ()
    found = [Part(_asked(lead))]
    for piece in pieces:
        short = re.fullmatch(_SHORT, piece, re.IGNORECASE)
        grown = _grown(piece, lead) if short else ""
        if not (grown or (not short and _asks(piece) and _is_whole(piece))):
            return ()
        found.append(Part(_asked(grown)) if grown else _bound(piece, lead))
    return tuple(found)


def _asks(words: str) -> bool:
    return bool(re.match(rf"(?:(?:in|at|on|to|for|by|with|from)\s+)?(?:{_WH})\s", words, re.IGNORECASE))


def _asked(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}?"


def _is_whole(words: str) -> bool:
    """Whether the words are a question by themselves: asking, and with a verb as far as can be told."""
    if _AUX_FIRST.match(words):
        return len(words.split()) >= 3
    lead = re.match(rf"^(?:in|at|on|to|for|by|with|from)\s+(?=(?:{_WH})\b)", words, re.IGNORECASE)
    asked = _ASKED.match(words[lead.end() :] if lead else words)
    if asked is None:
        return False
    rest = asked["rest"].lower().split()
    if asked["asking"].lower() == "what" and rest[0].startswith("happen"):
        return True
    if rest[0] in AUXILIARIES:
        return len(rest) >= 2
    if _PAST.fullmatch(rest[0]) and len(asked["asking"].split()) > 1:
        return True
    return asked["asking"].lower() == "who" or (asked["asking"].lower() in ("what", "which") and len(rest) >= 4)


def _grown(short: str, first: str) -> str:
    """The second question, made of its question word and the first; "" if that isn't sure."""
    asked = _ASKED.match(first)
    if asked is None:
        return ""
    inverted = _AUX_FIRST.match(asked["rest"])
    word = asked["asking"].lower().split()[0]
    if inverted is None:
        return f"{short} … {asked['rest']}" if word == "who" else ""
    if word in ("when", "where", "why") or asked["asking"].lower() == "how":
        return f"{short} {asked['rest']}"
    if inverted["aux"].lower() in ("do", "does", "did"):
        return f"{short} {asked['rest']} …"
    return f"{short} {inverted['aux']} … {inverted['rest']}"


def _bound(second: str, first: str, *, bracket: bool = True) -> Part:
    """A later part. If it names nobody and says "he", "he" is whoever the first part brings."""
    if names(f"{GAP} {second}") or not PRONOUN.search(second):
        return Part(_asked(second))
    alone = _asked(f"{second} ({first[0].lower()}{first[1:]})") if bracket else _asked(second)
    pronoun = _HE.search(second)
    asked = _ASKED.match(first)
    if pronoun is None or asked is None or asked["asking"].lower().split()[0] not in ("who", "whom", "which", "what"):
        return Part(alone)
    gap = f"{GAP}’s" if pronoun["his"] else GAP
    text = f"{second[: pronoun.start()]}{gap}{second[pronoun.end() :]}"
    return Part(_asked(text), alone, person=not pronoun["it"] and pronoun[0].lower() != "its")
