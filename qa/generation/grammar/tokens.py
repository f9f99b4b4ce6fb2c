"""Cutting a sentence into words, marks, figures and times. Knows no kinds of words but these."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from qa import dates
from qa.figures import Figure, find_figures
from qa.generation.grammar.closed import KNOWN
from qa.question.words import names

__all__ = ["Day", "Token", "cut"]

Day = tuple[str, date | None, date | None]
"""A time: its words, and the first and last day that they mean."""

_TOKEN = re.compile(
    r"[^\W_]+(?:[.&-][^\W_]+|['’](?!(?:s|d|ll|ve|re|m)\b)[^\W_]+)*\.?(?<=\b[A-Za-z]\.)|[^\W_]+(?:[.,&'’-](?!(?:s|d|ll|ve|re|m)\b)[^\W_]+)*|['’](?:s|d|ll|ve|re|m)\b|(?<=s)['’](?=\s)|[^\w\s]"
)

_MARKS = {
    ",": ",", ";": ";", ":": ";", "–": ";", "—": ";", "(": "(", ")": ")", "[": "(", "]": ")", "-": ";",
    "“": '"', "”": '"', '"': '"', "„": '"', "«": '"', "»": '"',
}  # fmt: skip

_GUARD = re.compile(
    r"\b(?:at least|at most|(?:more|less|fewer) than|up to|as many as|as much as|no (?:more|fewer|less) than|over|about"
    r"|around|nearly|almost|roughly|approximately|an estimated)\s+$",
    re.IGNORECASE,
)
_SHORT = {"d": ("had", "A"), "ll": ("will", "M"), "ve": ("have", "A"), "re": ("are", "A"), "m": ("am", "A")}

_IS = frozenset("it he she that there here what who where how this".split())


@dataclass(slots=True)
class Token:
    """A word in its place.

    Attributes:
        text, low: as it stands, and in small letters without a possessive.
        kind: see the module.
        form: of a verb: "base", "s", "ed", "en", "ing" or "aux".
        figure, day: the value, where it is one; ``guard`` is what stands before a figure, such as "at least".
        name: the number of the proper name that it is a part of, -1 if none.
        quoted: whether it stands between quotation marks, in a stretch of several words.
    """

    text: str
    low: str
    start: int
    end: int
    kind: str = ""
    form: str = ""
    figure: Figure | None = None
    day: Day | None = None
    guard: str = ""
    name: int = -1
    quoted: bool = False
    forms: set[str] = field(default_factory=set)

    @property
    def telling(self) -> bool:
        """Whether it says something by itself."""
        return self.kind in "ENJ#TVR" and bool(self.kind)


def cut(text: str, published: str | None) -> list[Token]:
    wholes: list[tuple[int, int, Token]] = []
    for one in dates.find(text):
        day = (one.text.lower(), *_period(one, text, published))
        wholes.append((one.start, one.end, Token(one.text, one.text.lower(), one.start, one.end, "T", day=day)))
    for figure in find_figures(text):
        if not figure.vague and not any(a < figure.end and figure.start < b for a, b, _ in wholes):
            guard = _GUARD.search(text[: figure.start])
            start = guard.start() if guard else figure.start
            token = Token(figure.text, figure.text.lower(), start, figure.end, "#", figure=figure)
            token.guard = " ".join(guard[0].lower().split()) if guard else ""
            wholes.append((start, figure.end, token))
    named = names(text)
    found: list[Token] = [token for _, _, token in wholes]
    last = ""
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        if any(a < end and start < b for a, b, _ in wholes):
            continue
        word = match[0]
        if word in _MARKS:
            found.append(Token(word, word, start, end, _MARKS[word]))
        elif word[0].isalnum():
            token = Token(word, word.lower().rstrip(".").replace(".", "").replace("’", "'"), start, end)
            token.name = next((at for at, name in enumerate(named) if name.start <= start < name.end), -1)
            found.append(token)
            last = token.low
        elif word.startswith(("'", "’")):
            found.append(_shortened(word, start, end, last))
    found.sort(key=lambda token: token.start)
    _quotations(found)
    return found


def _shortened(word: str, start: int, end: int, before: str) -> Token:
    """What an apostrophe stands for: "is" in "it's", else an owner."""
    letters = word[1:].lower()
    if letters == "s" and before in _IS:
        return Token(word, "is", start, end, "A")
    low, kind = _SHORT.get(letters, ("'s", "G"))
    return Token(word, low, start, end, kind)


def _period(one: dates.TimeExpression, text: str, published: str | None) -> tuple[date | None, date | None]:
    try:
        on = date.fromisoformat((published or "")[:10])
    except ValueError:
        on = None
    period = dates.resolve(one, text, on=on)
    return (period.first, period.last) if period else (None, None)


def _quotations(found: list[Token]) -> None:
    """Marks what stands in quotation marks that hold more than a few words."""
    opened = -1
    for at, token in enumerate(found):
        if token.kind != '"':
            continue
        if opened < 0:
            opened = at
        else:
            if _is_title(found[opened + 1 : at]):
                for inner in (one for one in found[opened + 1 : at] if one.kind != ","):
                    inner.kind, inner.name = "E", 1000 + opened
            elif at - opened > 6:
                for inner in found[opened + 1 : at]:
                    inner.quoted = True
            opened = -1


def _is_title(inside: list[Token]) -> bool:
    """Whether what stands between quotation marks is a name: "The Harbour at Night"."""
    capital = [token for token in inside if token.text[0].isupper() or token.text[0].isdigit()]
    small = [token for token in inside if token not in capital and token.kind not in (",", "G")]
    named = bool(capital) and len(inside) <= 9 and inside[0].text[0].isupper()
    return named and all(len(token.low) <= 4 and token.low in KNOWN for token in small)
