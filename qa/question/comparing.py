"""Questions that set two things side by side: which two, in what respect, and what is to be found out about each.

"Which cost more, the bridge or the tunnel?" becomes "The bridge cost how much?" and "The tunnel cost how much?". Only
clear forms are taken; in doubt a question is none of these.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from qa.question.words import AUXILIARIES, QUESTION_WORDS

__all__ = ["Respect", "Sides", "sides_of"]

Respect = Literal["first", "last", "more", "less", "differ"]
"""In what respect two things are compared: which came first or last, which is more or less, or in all they are."""


@dataclass(frozen=True, slots=True)
class Sides:
    """Two things to compare.

    Attributes:
        names: what they are called in the question.
        respect: in what respect.
        questions: for each of them, what is to be found out.
    """

    names: tuple[str, str]
    respect: Respect
    questions: tuple[str, str]


_HOW: dict[str, str] = {
    "bigger": "big",
    "biggest": "big",
    "larger": "large",
    "largest": "large",
    "greater": "great",
    "higher": "high",
    "highest": "high",
    "taller": "tall",
    "tallest": "tall",
    "longer": "long",
    "longest": "long",
    "older": "old",
    "oldest": "old",
    "deeper": "deep",
    "deepest": "deep",
    "faster": "fast",
    "fastest": "fast",
    "heavier": "heavy",
    "heaviest": "heavy",
    "hotter": "hot",
    "hottest": "hot",
    "stronger": "strong",
    "wider": "wide",
    "richer": "rich",
    "more expensive": "expensive",
}
_HOW_LESS: dict[str, str] = {
    "smaller": "large",
    "smallest": "large",
    "lower": "high",
    "lowest": "high",
    "shorter": "long",
    "younger": "old",
    "youngest": "old",
    "slower": "fast",
    "lighter": "heavy",
    "colder": "cold",
    "cheaper": "expensive",
    "less expensive": "expensive",
}
_ALL = {word: ("more", how) for word, how in _HOW.items()} | {word: ("less", how) for word, how in _HOW_LESS.items()}
_GRADED = "|".join(sorted((re.escape(word) for word in _ALL), key=len, reverse=True))
_BE = "is|are|was|were"
_HAPPENING = re.compile(r"(?:came|come|happened|occurred|was|were|is|took place)", re.IGNORECASE)

_CHOICE = r"\s*[,:–—-]+\s*(?P<a>[^,]+?),?\s+or\s+(?P<b>[^,]+)$"
_ORDER = re.compile(
    r"^(?:which|who|what)(?:\s+(?:one|event|of (?:them|these|the two)))?\s+(?P<verb>\w+(?:\s+\w+)?)\s+"
    rf"(?P<word>first|earlier|sooner|last|later){_CHOICE}",
    re.IGNORECASE,
)
_ORDER_OF = re.compile(
    r"^(?:did|was|were)\s+(?P<a>.+?)\s+(?:(?P<verb>happen|come|occur|take place|start|begin|end|open|close)\s+)?"
    r"(?P<word>before|after|earlier than|later than)\s+(?P<b>.+)$",
    re.IGNORECASE,
)
_GRADE = re.compile(
    rf"^(?:which|who|what)(?:\s+(?:one|of (?:them|these|the two)|(?!{_BE})\w+))?\s+(?P<be>{_BE})\s+(?:the\s+)?"
    rf"(?P<word>{_GRADED}){_CHOICE}",
    re.IGNORECASE,
)
_GRADE_THAN = re.compile(
    rf"^(?P<be>{_BE})\s+(?P<a>.+?)\s+(?:(?:much|any|far|still)\s+)?(?P<word>{_GRADED})\s+than\s+(?P<b>.+)$",
    re.IGNORECASE,
)
_AMOUNT = re.compile(
    r"^(?:which|who|what)(?:\s+(?:one|of (?:them|these|the two)|(?!has|had|have)\w+))?\s+(?P<verb>\w+)\s+"
    rf"(?P<word>more|fewer|less|(?:the )?most|(?:the )?fewest|(?:the )?least)(?P<noun>(?:\s+\w+){{0,2}}){_CHOICE}",
    re.IGNORECASE,
)
_AMOUNT_THAN = re.compile(
    r"^(?P<aux>did|does|do)\s+(?P<a>.+?)\s+(?P<verb>\w+)\s+(?P<word>more|fewer|less)(?P<noun>(?:\s+\w+){0,2})\s+than\s+"
    r"(?P<b>.+)$",
    re.IGNORECASE,
)
_MORE_OF = re.compile(
    r"^(?:did|do|does)\s+(?P<word>more|fewer|less)\s+(?P<noun>\w+(?:\s+\w+)?)\s+(?P<verb>\w+)\s+(?P<place>in|at|on|to|for|of|by"
    r"|from|with|during)\s+(?P<a>.+?)\s+than\s+(?:(?P=place)\s+)?(?P<b>.+)$",
    re.IGNORECASE,
)
_DIFFER = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"^how\s+(?:do|does|did|{_BE})\s+(?P<a>.+?)\s+(?:differ|different)\s+(?:from|to|than)\s+(?P<b>.+)$",
        r"^how\s+(?:do|does|did)\s+(?P<a>.+?)\s+and\s+(?P<b>.+?)\s+(?:differ|compare)$",
        r"^how\s+(?:do|does|did)\s+(?P<a>.+?)\s+compare\s+(?:to|with|against)\s+(?P<b>.+)$",
        rf"^what(?:['’]s|\s+(?:{_BE}))\s+the\s+(?:main\s+)?differences?\s+between\s+(?P<a>.+?)\s+and\s+(?P<b>.+)$",
        r"^(?:please\s+)?(?:compare|contrast)\s+(?P<a>.+?)\s+(?:and|with|to|against|versus|vs\.?)\s+(?P<b>.+)$",
        r"^(?P<a>.+?)\s+(?:versus|vs\.?)\s+(?P<b>.+)$",
    )
)
_NO_SIDE = re.compile(
    r"^(?:it|he|she|they|this|that|these|those|there|ever|expected|usual|before|normal|average|previously|planned"
    r"|originally|first|last|\d|(?:a|the) (?:year|month|week|day|decade)s?\b)|\b(?:ago|expected|previous(?:ly)?)\b",
    re.IGNORECASE,
)
_OTHER_ONE = r"the (?:first|second|third|last|latter|later|other|new|old)"
_MOST_WORDS = 10


def sides_of(question: str) -> Sides | None:
    """The two things that ``question`` sets side by side; None if it is no such question."""
    text = " ".join(question.split()).rstrip(" ?.!")
    if len(text) > 300:
        return None
    for reading in (_order, _grade, _more_of, _amount, _difference):
        found = reading(text)
        if found is not None:
            return found
    return None


def _order(text: str) -> Sides | None:
    """Which came first."""
    match = _ORDER.match(text) or _ORDER_OF.match(text)
    pair = _pair(match)
    if match is None or pair is None:
        return None
    verb = match["verb"] or "happen"
    respect: Respect = "last" if match["word"].lower() in ("last", "later", "after", "later than") else "first"
    if match.re is _ORDER_OF:
        return Sides(pair, respect, _each(pair, f"When did {{}} {'happen' if verb.lower() == 'come' else verb}?"))
    if set(verb.lower().split()) & QUESTION_WORDS:
        return None
    if _HAPPENING.fullmatch(verb):
        return Sides(pair, respect, _each(pair, "When was {}?"))
    be, _, rest = verb.partition(" ")
    form = f"When {be} {{}} {rest}?" if rest and be.lower() in _BE.split("|") else f"When {verb} {{}}?"
    return Sides(pair, respect, _each(pair, form))


def _grade(text: str) -> Sides | None:
    """Which is bigger, older, higher."""
    match = _GRADE.match(text) or _GRADE_THAN.match(text)
    pair = _pair(match)
    if match is None or pair is None:
        return None
    respect, how = _ALL[match["word"].lower()]
    return Sides(pair, "more" if respect == "more" else "less", _each(pair, f"How {how} {match['be'].lower()} {{}}?"))


def _more_of(text: str) -> Sides | None:
    """Whether more of something was here than there."""
    match = _MORE_OF.match(text)
    pair = _pair(match)
    if match is None or pair is None:
        return None
    form = f"How many {match['noun']} did {match['verb']} {match['place']} {{}}?"
    return Sides(pair, "more" if match["word"].lower() == "more" else "less", _each(pair, form))


def _amount(text: str) -> Sides | None:
    """Which has more of something."""
    choice, than = _AMOUNT.match(text), _AMOUNT_THAN.match(text)
    match = choice or than
    pair = _pair(match)
    if match is None or pair is None or match["verb"].lower() in _BE.split("|"):
        return None
    noun = match["noun"].strip()
    less = match["word"].lower().removeprefix("the ") in ("less", "least", "fewer", "fewest")
    amount = f"how many {noun}" if noun else "how much"
    form = f"{{}} {match['verb']} {amount}?" if choice else f"{amount} {match['aux'].lower()} {{}} {match['verb']}?"
    return Sides(pair, "less" if less else "more", _each(pair, form))


def _difference(text: str) -> Sides | None:
    """How two things differ."""
    for form in _DIFFER:
        if (pair := _pair(form.match(text))) is not None:
            return Sides(pair, "differ", _each(pair, "What about {}?"))
    return None


def _each(pair: tuple[str, str], form: str) -> tuple[str, str]:
    one, two = (form.format(name) for name in pair)
    return one[0].upper() + one[1:], two[0].upper() + two[1:]


def _pair(match: re.Match[str] | None) -> tuple[str, str] | None:
    """The two sides of a match, None if one is no thing; "the last one" is "the last deal" after "the first deal"."""
    if match is None:
        return None
    one, two = match["a"].strip(" ,"), match["b"].strip(" ,")
    two = re.sub(r"^(?:that|those)\s+(?=of\b|in\b|at\b)", f"{_head(one)} ", two, flags=re.IGNORECASE)
    if _noun(one) and (re.fullmatch(_OTHER_ONE, two, re.IGNORECASE) or re.search(r"\bones?$", two, re.IGNORECASE)):
        two = f"{re.sub(r'ones?$', '', two, flags=re.IGNORECASE).strip()} {_noun(one)}{one[len(_head(one)) :]}"
    two = re.sub(r"\bones?\b", lambda found: _noun(one) or found[0], two, count=1)
    if one.lower() == two.lower() or not (_is_thing(one) and _is_thing(two)):
        return None
    return one, two


def _head(side: str) -> str:
    """What stands before the preposition: "the toll" of "the toll in the capital"."""
    return re.split(r"\s+(?:of|in|at|on|from|for)\s+", side, maxsplit=1)[0]


def _noun(side: str) -> str:
    """The noun of a side: "deal" of "the tentative deal in spring"; "" if a name stands there."""
    word = _head(side).split()[-1]
    return word if word.islower() else ""


def _is_thing(side: str) -> bool:
    """Whether the words can name a thing or an event: few, and no clause among them."""
    words = side.lower().split()
    if not 0 < len(words) <= _MOST_WORDS or _NO_SIDE.search(side):
        return False
    return not (set(words) & (AUXILIARIES | QUESTION_WORDS)) and any(word[0].isalpha() for word in words)
