"""Taking a compound question apart: "Who was summoned, and why?" asks two things. In doubt it stays whole."""

from __future__ import annotations

import re

from qa.question.thread import PRONOUN
from qa.question.words import AUXILIARIES, names

__all__ = ["parts"]

_AUX = "|".join(sorted(AUXILIARIES))
_WH = "who|whom|whose|what|which|when|where|why|how"
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
    rf"^(?P<asking>(?:which|what|how (?:many|much))\s+(?!(?:{_AUX})\b)\S+(?:\s+(?!(?:{_AUX})\b)\S+){{0,2}}|{_WH})"
    r"\s+(?P<rest>.+)$",
    re.IGNORECASE,
)
_AUX_FIRST = re.compile(rf"^(?P<aux>{_AUX})\s+(?P<rest>.+)$", re.IGNORECASE)
_LONGEST = 400


def parts(question: str) -> tuple[str, ...]:
    """The questions that ``question`` is made of, in order, or ``(question,)``.

    What a later part leaves out is marked by "…", for the answer to the first:
    ``("Who was summoned?", "Why was … summoned?")``.
    """
    text = " ".join(question.split()).rstrip(" ?.!")
    if not text or len(text) > _LONGEST:
        return (question,)
    sentences = [
        sentence.strip() for sentence in re.split(r"(?<=\?)\s+", " ".join(question.split())) if sentence.strip()
    ]
    if len(sentences) > 1:
        whole = all(sentence.endswith("?") and _is_whole(sentence.rstrip(" ?")) for sentence in sentences)
        return tuple(sentences) if whole else (question,)
    if both := _BOTH.match(text):
        return _asked(f"{both['one']} {both['rest']}"), _asked(f"{both['two']} {both['rest']}")
    if (fragment := _FRAGMENT.match(text)) and _is_whole(fragment["first"]):
        second = _grown(fragment["short"], fragment["first"])
        return (_asked(fragment["first"]), _asked(second)) if second else (question,)
    if (clauses := _CLAUSES.match(text)) and _is_whole(clauses["first"]) and _is_whole(clauses["second"]):
        return _asked(clauses["first"]), _asked(_anchored(clauses["second"], clauses["first"]))
    return (question,)


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


def _anchored(second: str, first: str) -> str:
    """The second question; if it names nobody and says "he", with the first in brackets, to be searched by."""
    if PRONOUN.search(second) and not names(second):
        return f"{second} ({first[0].lower()}{first[1:]})"
    return second
