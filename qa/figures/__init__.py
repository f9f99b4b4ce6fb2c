"""Figures in a text, as values that can be compared: "$4.5 billion" is "4.5bn dollars", "about 30" may be 34.

Only reading and comparing: it knows no articles and no questions. Read in this order: ``spoken`` (numbers in words),
``units``, and here: finding figures, and whether two of them can both be true.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from qa.figures.spoken import NUMBER_WORD, SCALES, SHORT_SCALES, SMALL, WORDS, spoken_number
from qa.figures.units import KIN, MONEY, SIGNS, UNITS

__all__ = ["Figure", "compatible", "equal", "find_figures", "spoken_number"]

Hedge = Literal["", "about", "over", "under"]

_DIGITS = r"\d{1,3}(?:[,\u00a0\u202f]\d{3})+(?:\.\d+)?(?![\d])|\d+(?:\.\d+)?"
_SIGN = "|".join(re.escape(sign) for sign in sorted(SIGNS, key=len, reverse=True))
_SCALE = (
    r"(?:[-\s]?(?:hundred|thousand|lakh|million|crore|billion|trillion)\b|\s?(?:bn|mn|mln|mio|bln|tn|trn)\b|[kKmMbB]\b)"
)
_UNIT = "|".join(re.escape(unit) for unit in sorted(UNITS, key=len, reverse=True))
_VALUE = rf"(?:(?P<sign%s>{_SIGN})\s?)?(?P<value%s>{_DIGITS}|(?i:{WORDS}))(?P<scale%s>(?i:{_SCALE}))?"
_FIGURE = re.compile(
    r"(?<![\w.,:/$£€-])"
    + _VALUE.replace("%s", "")
    + r"(?:(?:\s?[-–—]\s?|\s+(?:to|and|or)\s+)"
    + _VALUE.replace("%s", "2")
    + r")?"
    + rf"(?:[-\s]?(?P<unit>{_UNIT})(?![\w/]))?"
    + r"(?!\w|[:/.,]\d)"
)
_VAGUE = re.compile(
    r"\b(?:(?:tens|hundreds|thousands|dozens|scores|millions|billions|trillions)(?:\s+of\s+(?:thousands"
    r"|millions|billions))?"
    r"|several|many|few|handful|couple|countless|numerous|various|multiple)\b",
    re.IGNORECASE,
)
_DOZEN = re.compile(rf"\b(?:(half)\s+a|(an?)|({NUMBER_WORD}|\d+))\s+dozen\b", re.IGNORECASE)
_PARTS = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "tenth": 10}
_SHARE = re.compile(
    r"\b(?:(?P<many>a|an|one|two|three|four|five)[-\s](?P<part>half|third|quarter|fifth|sixth|seventh|eighth|tenth)s?"
    r"(?=\s+of\b)|half(?=\s+(?:of|the)\b))",
    re.IGNORECASE,
)
_NO_COUNT = re.compile(r"\b(?:no|any|every|some|each|this|that|the|which)[\s-]$", re.IGNORECASE)
_BEFORE = 30
_HEDGES: tuple[tuple[Hedge, re.Pattern[str]], ...] = (
    (
        "over",
        re.compile(
            r"\b(?:more|greater|higher|longer|larger) than(?: about| around)?$|\b(?:over|above|exceeding|exceeded"
            r"|at least|no fewer than|no less than|not less than|upwards of|surpass\w*|topp(?:ed|ing))$|>$",
            re.IGNORECASE,
        ),
    ),
    (
        "under",
        re.compile(
            r"\b(?:(?:fewer|less|lower|shorter|smaller) than|under|below|up to|as many as|as much as|at most"
            r"|no more than|maximum of)$|<$",
            re.IGNORECASE,
        ),
    ),
    (
        "about",
        re.compile(
            r"\b(?:about|around|approximately|approx\.?|roughly|some|nearly|almost|close to|an estimated|estimated"
            r"|circa|just over|just under|just below|just above|barely|or so|around about|in the region of)"
            r"(?: the| a| an)?$|~$",
            re.IGNORECASE,
        ),
    ),
)
_AFTER = re.compile(r"\s*(?:(?P<over>\+|or more|plus|and counting)|(?P<about>or so|odd|-ish))(?!\w)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure in a text: ``text == source[start:end]``, its unit included.

    Attributes:
        low, high: what it says; the same but for a range.
        unit: ``"percent"``, ``"point"`` (a percentage point, or another), ``"dollar"``, ``"km"``, ...; "" for what is
            counted.
        hedge: "about", "over" (at least, more than) and "under" (at most, up to) as the text puts it.
        step: what one more of its last digit would be worth: 10 in "340", 1 in "41", 100,000 in "4.5 million".
        scaled: written with a word such as "million", so that it may be rounded.
        vague: not a value ("dozens", "several"); never compared.
    """

    text: str
    start: int
    end: int
    low: Decimal
    high: Decimal
    unit: str = ""
    hedge: Hedge = ""
    step: Decimal = Decimal(1)
    scaled: bool = False
    vague: bool = False

    @property
    def is_money(self) -> bool:
        return self.unit in MONEY


def find_figures(text: str) -> list[Figure]:
    """The figures in ``text``, in order. Parts of dates, times, scores and names are found too, where they have digits
    of their own; ordinals ("21st", "third") are not."""
    found = list(_numbers(text))
    taken = [(figure.start, figure.end) for figure in found]
    for figure in (*_dozens(text), *_shares(text), *_vague(text)):
        clash = [span for span in taken if span[0] < figure.end and figure.start < span[1]]
        if not clash or _covers(figure, clash):
            found = [other for other in found if (other.start, other.end) not in clash] + [figure]
            taken = [span for span in taken if span not in clash] + [(figure.start, figure.end)]
    return sorted(found, key=lambda figure: figure.start)


def _numbers(text: str) -> Iterator[Figure]:
    at = 0
    while match := _FIGURE.search(text, at):
        figure = _read(text, match)
        if figure is not None:
            yield figure
        at = figure.end if figure is not None else match.end("value")


def _covers(figure: Figure, clash: list[tuple[int, int]]) -> bool:
    return all(figure.start <= start and end <= figure.end for start, end in clash) and not figure.vague


def _read(text: str, match: re.Match[str]) -> Figure | None:
    """The figure of a match; None where it only looks like one ("no one")."""
    if match["value"].lower() == "one" and not match["unit"] and _is_pronoun(text, match):
        return None
    first = _number(match["value"])
    second = _number(match["value2"]) if match["value2"] else None
    if first is None:
        return None
    scale = _scale(text, match, "scale")
    unit = _unit(match, scale)
    end = match.end()
    if _is_score(match):
        return Figure(match[0], match.start(), end, first, first, vague=True)
    if match["value2"] and (second is None or not _is_range(text, match, first * scale, second)):
        end = match.end("scale") if match["scale"] else match.end("value")
        second, unit = None, SIGNS.get(match["sign"] or "", "")
    step = _step(match["value"], first) * scale
    low = high = first * scale
    if second is not None:
        other = _scale(text, match, "scale2")
        low, high = first * (scale if match["scale"] else other), second * other
        step = _step(match["value2"], second) * other
    hedge = _hedge(text, match.start(), end)
    spoken = match["value"].lower()
    scaled = bool(match["scale"] or match["scale2"]) or any(
        word in spoken for word in ("illion", "thousand", "hundred")
    )
    return Figure(text[match.start() : end], match.start(), end, low, high, unit, hedge, step, scaled)


def _is_pronoun(text: str, match: re.Match[str]) -> bool:
    after = text[match.end() : match.end() + 9].lower()
    return bool(_NO_COUNT.search(text[: match.start()][-8:])) or after.startswith(
        (" of ", " another", " day", " is ", ".")
    )


def _is_score(match: re.Match[str]) -> bool:
    """Whether it is a score ("4-3", "2–2"), a season ("2023-24") or a vote: bare numbers, the second no larger."""
    if not match["value2"] or match["scale"] or match["scale2"] or match["sign"] or match["unit"]:
        return False
    first, second = _number(match["value"]), _number(match["value2"])
    dash = re.search(r"[-–—]", match[0][len(match["value"]) :]) is not None and match["value"][0].isdigit()
    return dash and first is not None and second is not None and second <= first


def _is_range(text: str, match: re.Match[str], first: Decimal, second: Decimal) -> bool:
    """Whether two numbers are the ends of a range, and not a score, two figures side by side, or years."""
    between = text[match.end("scale") if match["scale"] else match.end("value") : match.start("value2")].strip(" $£€")
    high = second * _scale(text, match, "scale2")
    low = first if match["scale"] else first * _scale(text, match, "scale2")
    if between in ("and", "or"):
        return (
            between == "and"
            and low < high
            and bool(re.search(r"\bbetween\s+\S{0,3}$", text[: match.start("value")], re.I))
        )
    return low < high


def _number(written: str) -> Decimal | None:
    if written[0].isdigit():
        return Decimal(re.sub(r"[,\u00a0\u202f]", "", written))
    return spoken_number(written)


def _scale(text: str, match: re.Match[str], group: str) -> Decimal:
    written = (match[group] or "").strip(" -\n\t").lower()
    if written == "m" and not (match["sign"] or _counts_things(text, match.end(group))):
        return Decimal(1)
    return Decimal(SCALES.get(written) or SHORT_SCALES.get(written) or 1)


def _counts_things(text: str, end: int) -> bool:
    """Whether the "m" before is a million ("5m people") and not metres ("5m tall", "5m.")."""
    after = re.match(
        r" (?!tall|high|long|wide|deep|away|from|above|below|of\b|in\b|and\b|or\b|to\b|at\b)[a-z]", text[end : end + 8]
    )
    return after is not None


def _unit(match: re.Match[str], scale: Decimal) -> str:
    if sign := match["sign"] or match["sign2"]:
        return SIGNS[sign]
    written = match["unit"]
    if written:
        return UNITS[written]
    return "m" if match["scale"] == "m" and scale == 1 else ""


def _step(written: str, value: Decimal) -> Decimal:
    """What one more of the last digit that counts is worth; of a number in words, likewise."""
    if "." in written:
        return Decimal(1).scaleb(-len(written.partition(".")[2]))
    if value == 0:
        return Decimal(1)
    if value != value.to_integral_value():
        return Decimal("0.5")
    digits = str(int(value))
    return Decimal(10) ** (len(digits) - len(digits.rstrip("0")))


def _hedge(text: str, start: int, end: int) -> Hedge:
    after = _AFTER.match(text, end)
    if after:
        return "over" if after["over"] else "about"
    before = text[max(0, start - _BEFORE) : start].rstrip(" $£€\n")
    return next((hedge for hedge, pattern in _HEDGES if pattern.search(before)), "")


def _dozens(text: str) -> list[Figure]:
    found = []
    for match in _DOZEN.finditer(text):
        many = Decimal("0.5") if match[1] else Decimal(1) if match[2] else _number(match[3])
        if many is not None:
            value = 12 * many
            found.append(Figure(match[0], match.start(), match.end(), value, value, hedge="about", step=Decimal(6)))
    return found


def _shares(text: str) -> list[Figure]:
    found = []
    for match in _SHARE.finditer(text):
        many = match["many"].lower() if match["many"] else "a"
        value = Decimal(100) * SMALL.get(many, 1) / _PARTS[(match["part"] or "half").lower()]
        found.append(Figure(match[0], match.start(), match.end(), value, value, "percent", "about", Decimal(5)))
    return found


def _vague(text: str) -> list[Figure]:
    zero = Decimal(0)
    return [Figure(match[0], match.start(), match.end(), zero, zero, vague=True) for match in _VAGUE.finditer(text)]


def _alike(first: str, second: str) -> bool:
    return first == second or frozenset((first, second)) in KIN


def equal(first: Figure, second: Figure) -> bool:
    """Whether two figures say the same value; a unit that only one of them has is passed over ("34", "34 people")."""
    units = _alike(first.unit, second.unit) or "" in (first.unit, second.unit)
    return units and not first.vague and not second.vague and (first.low, first.high) == (second.low, second.high)


def compatible(first: Figure, second: Figure) -> bool:
    """Whether both may be true of one thing: equal but for rounding and hedges, or not to be compared at all, because
    one is vague or their units are of different kinds. Two figures that are not compatible contradict each other."""
    if first.vague or second.vague or not _alike(first.unit, second.unit):
        return True
    return _reach(first)[0] <= _reach(second)[1] and _reach(second)[0] <= _reach(first)[1]


def _reach(figure: Figure) -> tuple[Decimal, Decimal]:
    """The least and the most that a figure may stand for. Only figures below 100 that are written out bare, or with
    digits that are not round, are taken at their word."""
    low, high = figure.low, figure.high
    half = figure.step / 2
    match figure.hedge:
        case "over":
            return low, high + max(figure.step, high / 4)
        case "under":
            return Decimal(0), high
        case "about":
            slack = max(half, high * 15 / 100)
            return low - slack, high + slack
    if figure.scaled or figure.step < 1:
        return low - half, high + half
    if high < 100:
        return low, high
    slack = min(half, high / 10)
    return low - slack, high + slack
