"""The section of the paper that a question names: "in the Sport section", "articles under Business".

Only a section that the archive has, and only where the words say that a section is meant. In doubt nothing is read: a
wrong filter loses the answer, a missing one costs a little rank.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

__all__ = ["NamedSection", "named_section"]

_KIND = r"(?:sections?|category|rubric|pages)"
_QUOTE = "[“”\"'‘’]?"
_LEAD = re.compile(r"(?<![\w’'-])(?:in|from|within|under)\s+(?:(?:the|your)\s+)?", re.IGNORECASE)
# "the Sport section of the paper" is one of ours, "the Coast section of the railway" is not.
_THEN_KIND = re.compile(
    rf"{_QUOTE}(?P<name>[^.?!;:]{{1,80}}?){_QUOTE}\s+{_KIND}\b"
    r"(?:\s+of\s+(?:the|your|this)\s+(?:(?:news)?papers?|archive|news|collection)\b)?(?!\s+of\b)(?![’'-])",
    re.IGNORECASE,
)
_KIND_FIRST = re.compile(rf"(?:section|category|rubric)\s+(?={_QUOTE}\w)", re.IGNORECASE)
_UNDER = re.compile(
    r"\b(?:articles?|stor(?:y|ies)|news|reports?|headlines?|coverage|pieces?|filed|published|printed|listed)\b"
    r"[^.?!;:]{0,30}?\b(?P<lead>under\s+(?:the\s+heading\s+)?)",
    re.IGNORECASE,
)
_ENDS = re.compile(
    r"\s*(?:$|[?.!,;:)]|(?:about|on|that|which|from|in|for|since|before|after|during|between|published|last|this"
    r"|yesterday|today|are|is|were|do|mention)\b)",
    re.IGNORECASE,
)
_MOST_WORDS = 8
# What is left of "What is in the Sport section?" asks for whatever there is.
_ALL = re.compile(r"\W*what(?:['’]s|\s+(?:is|was|are|were|stands|stood))(?:\s+there)?\W*", re.IGNORECASE)

# "How many articles are in the Sport section?": nothing is said of them without it.
_LEFT_OVER = re.compile(r"\s+(?:is|are|was|were|stands?|stood|appear(?:s|ed)?)(?:\s+there)?(?=\W*$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class NamedSection:
    """A section that a question names, as the archive writes it, and the question without it."""

    name: str
    rest: str


def named_section(question: str, sections: Callable[[], Sequence[str]]) -> NamedSection | None:
    """The section that the question plainly names; None where it names none of the archive's.

    Args:
        sections: gives the archive's; it is called only where the question speaks of a section at all.
    """
    if not re.search(rf"\b(?:{_KIND}|under)\b", question, re.IGNORECASE):
        return None
    known = {_key(name): name for name in sections()}
    for lead in _LEAD.finditer(question):
        found = _before_kind(question, lead.end(), known)
        if found is None and (kind := _KIND_FIRST.match(question, lead.end())):
            found = _known_at(question, kind.end(), known)
        if found is not None:
            return NamedSection(found[0], _without(question, lead.start(), found[1]))
    for under in _UNDER.finditer(question):
        if (found := _known_at(question, under.end(), known)) is not None:
            return NamedSection(found[0], _without(question, under.start("lead"), found[1]))
    return None


def _before_kind(question: str, at: int, known: Mapping[str, str]) -> tuple[str, int] | None:
    """The section in "Sport section", and where these words end."""
    match = _THEN_KIND.match(question, at)
    if match is None:
        return None
    said = _key(match["name"])
    # People say "the sports pages" of a section that is called Sport.
    names = (known.get(key) for key in (said, f"{said}s", said.removesuffix("s")))
    return next(((name, match.end()) for name in names if name), None)


def _known_at(question: str, at: int, known: Mapping[str, str]) -> tuple[str, int] | None:
    """The longest name of a section that stands there and ends what is said, and where it ends."""
    words = [word.end() for word in re.finditer(r"\S+", question[at:])][:_MOST_WORDS]
    for end in reversed(words):
        said = question[at : at + end].strip(" ?.!,;:)“”\"'‘’")
        begin = question.find(said, at)
        after = re.compile(_QUOTE).match(question, begin + len(said))
        stop = after.end() if after else begin + len(said)
        if said and (name := known.get(_key(said))) and _ENDS.match(question, stop):
            return name, stop
    return None


def _key(name: str) -> str:
    return " ".join(name.split()).casefold()


def _without(question: str, start: int, end: int) -> str:
    """The question without the words that name its section."""
    before, after = question[:start].rstrip(" ,"), question[end:].lstrip(" ,")
    rest = before + ("" if not before or re.match(r"[?.!;:)]|$", after) else " ") + after
    if _ALL.fullmatch(rest):
        return "What do you have?"
    if not re.search(r"\w", after):
        rest = _LEFT_OVER.sub("", rest)
    return rest[:1].upper() + rest[1:]
