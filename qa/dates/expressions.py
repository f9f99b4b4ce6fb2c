"""Finding time expressions. Knows how they look, not which days they mean.

Each rule is a regular expression and a function from its match to the expression's fields. Where two rules meet, the
longer match wins. A rule may name a group ``at``: then the expression is that group, and the rest is what must stand
around it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from qa.dates.lexicon import (
    DAY,
    GAP,
    MONTH,
    NUMBER,
    NUMBERS,
    ORDINALS,
    SEASONS,
    UNIT,
    WEEKDAY,
    WEEKDAYS,
    YEAR,
    month_number,
)

__all__ = ["Relation", "TimeExpression", "Unit", "find"]

Unit = Literal["day", "week", "weekend", "weekday", "month", "quarter", "half", "season", "year", "decade"]
Relation = Literal["", "last", "this", "next", "earlier", "later", "window"]


@dataclass(frozen=True, slots=True)
class TimeExpression:
    """Words that mean a time: ``text == source[start:end]``.

    Attributes:
        unit: how precise it is.
        shift: units from the reference day ("yesterday" is -1 day, "this week" 0 weeks); None when it isn't counted so.
        relation: "last" Friday, "next" March, "earlier" this week; "window" is the last ``-shift`` units.
        year, month, day: what the words name. ``until_month`` and ``until_day`` end a range such as "3 to 7 June".
        number: the weekday (Monday is 0), the quarter or half (from 1), or the month a season begins in; of a week that
            is named by its first day ("the week beginning 3 March") 1, else 0.
    """

    text: str
    start: int
    end: int
    unit: Unit
    shift: int | None = None
    relation: Relation = ""
    year: int | None = None
    month: int | None = None
    day: int | None = None
    until_month: int | None = None
    until_day: int | None = None
    number: int | None = None

    @property
    def is_complete(self) -> bool:
        """Whether the words name the time without a reference day."""
        return self.year is not None and self.shift is None


_Fields = dict[str, object]
_Reader = Callable[[re.Match[str]], "_Fields | None"]

_WHICH = "(?P<which>last|this past|this coming|past|previous|this|next|coming)"
_OF_YEAR = f"(?:,?{GAP}(?:of{GAP})?(?:{YEAR}|(?P<whichyear>last|this|next){GAP}year\\b))"
_PART = f"(?:(?:early|mid|late)(?:-|{GAP})(?:in{GAP})?)?"
_NO_OCCASION = f"(?!{GAP}(?:attacks?|committee|commission|panel|hearings?|riots?|insurrection|movement|terror\\w*)\\b)"
_TO = f"(?:\\s?[-–]\\s?|{GAP}(?:to|and|through|until){GAP}(?:the{GAP})?)"
_UNTIL_DAY = DAY.replace("?P<day>", "?P<untilday>").replace("(?<![\\d.,:$£€])", "")
_UNTIL_MONTH = MONTH.replace("?P<month>", "?P<untilmonth>")
_FIXED: dict[str, int] = {
    "the day before yesterday": -2,
    "the day after tomorrow": 2,
    "earlier today": 0,
    "later today": 0,
    "today": 0,
    "tonight": 0,
    "this morning": 0,
    "this afternoon": 0,
    "this evening": 0,
    "yesterday": -1,
    "last night": -1,
    "tomorrow": 1,
}
_PAPERS = (
    "Times|Telegraph|Post|Mirror|Express|Herald|Mail|Sport|World|People|Tribune|Business|Observer|Independent"
    "|Night(?:'s)? (?:Football|Live|Takeaway|Fever|Lights)|Evening Post|Club|Addams"
)
_DAYS_WITH_NAMES = (
    "Black|Good|Super|Ash|Palm|Easter|Bloody|Cyber|Whit|Holy|Maundy|Shrove|Fat|Giving|Ruby|Sheffield|Freaky|Holiday"
    "|Mail on|Stir-up|Blue|Rosy|Taco|Spy|Clean|Man Friday|Girl"
)


def _fixed(match: re.Match[str]) -> _Fields | None:
    words = " ".join(match["fixed"].lower().split())
    if match["fixed"][0].isupper() and _mid_sentence(match.string, match.start()):
        return None  # a masthead or a programme: "USA Today", "the Today show"
    return {"unit": "day", "shift": _FIXED[words]}


def _mid_sentence(text: str, start: int) -> bool:
    before = text[max(0, start - 3) : start].rstrip(" \t")
    return bool(before) and (before[-1].isalnum() or before[-1] in ",'’&")


def _relation(words: str | None) -> Relation:
    match (words or "").lower().split():
        case ["last" | "past" | "previous"] | ["this", "past"]:
            return "last"
        case ["next" | "coming"] | ["this", "coming"]:
            return "next"
        case ["this"]:
            return "this"
    return ""


_SHIFTS: dict[str, int] = {"last": -1, "this": 0, "next": 1}


def _count(words: str) -> int:
    return int(words) if words.isdecimal() else NUMBERS[words.lower()]


def _calendar(match: re.Match[str]) -> _Fields | None:
    groups = match.groupdict()
    month = groups["month"]
    if month[0].islower() and month_number(month) in (3, 5) and not (groups.get("day") or groups.get("year")):
        # In small letters "march" and "may" are verbs, unless "in" or a number stands by them.
        before = match.string[max(0, match.start("month") - 3) : match.start("month")].lower()
        if before not in ("in ", "st ", "xt ", "is "):
            return None
    day = int(groups["day"]) if groups.get("day") else None
    until = groups.get("untilmonth")
    if until and month[0].islower() != until[0].islower():
        return None
    relation = _relation(groups.get("which"))
    return {
        "unit": "day" if day else "month",
        "month": month_number(month),
        "day": day,
        "until_day": int(groups["untilday"]) if groups.get("untilday") else None,
        "until_month": month_number(until) if until else None,
        **_year_fields(groups, relation),
    }


def _year_fields(groups: dict[str, str], relation: Relation = "") -> _Fields:
    """``year`` if a number names it, ``shift`` if "last year" and the like do."""
    if groups.get("year"):
        return {"year": int(groups["year"]), "relation": relation}
    if groups.get("whichyear"):
        return {"shift": _SHIFTS[groups["whichyear"].lower()], "relation": relation}
    return {"relation": relation}


def _numeric(match: re.Match[str]) -> _Fields | None:
    first, second, year = int(match["first"]), int(match["second"]), int(match["year"])
    if match["sign"] == "/" and first <= 12 and second <= 12 and first != second:
        return None  # 03/04/2022 is March in one country and April in another
    day, month = (second, first) if second > 12 else (first, second)
    return {"unit": "day", "year": year, "month": month, "day": day} if month <= 12 else None


def _counted(match: re.Match[str]) -> _Fields | None:
    return {"unit": match["unit"].lower(), "shift": -_count(match["number"])}


def _window(match: re.Match[str]) -> _Fields | None:
    number = match.groupdict().get("number")
    return {"unit": match["unit"].lower(), "shift": -_count(number or "one"), "relation": "window"}


def _named_unit(match: re.Match[str]) -> _Fields | None:
    when = (match["when"] or "").lower()
    which = _relation(match["which"])
    relation = when if when in ("earlier", "later") and which == "this" else which
    return {"unit": match["unit"].lower(), "shift": _SHIFTS[which], "relation": relation}


def _week_of_day(match: re.Match[str]) -> _Fields | None:
    fields = _calendar(match)
    return None if fields is None else fields | {"unit": "week", "number": int(match["from"].lower() != "of")}


def _weekday(match: re.Match[str]) -> _Fields | None:
    week = match["week"]
    return {
        "unit": "weekday",
        "number": WEEKDAYS[match["weekday"].lower()],
        "relation": _relation(match["which"]),
        "shift": _SHIFTS[week.lower()] if week else None,
    }


def _weekend(match: re.Match[str]) -> _Fields | None:
    return {"unit": "weekend", "relation": _relation(match["which"])}


def _part_of_year(match: re.Match[str]) -> _Fields | None:
    groups = match.groupdict()
    number = int(groups["q"]) if groups.get("q") else ORDINALS[groups["ordinal"].lower()]
    unit = "half" if (groups.get("part") or "").lower() == "half" else "quarter"
    if unit == "half" and number > 2:
        return None
    if match["year"] is None and match["whichyear"] is None and not groups.get("plainyear") and not _is_business(match):
        return None  # a quarter of a match, not of a year
    return {"unit": unit, "number": number, **_year_fields(groups)}


_BUSINESS = re.compile(
    r"\b(?:profits?|revenues?|sales|earnings|gdp|econom\w+|growth|grew|shares?|inflation|loss(?:es)?|shipments|deliveries"
    r"|exports|output|net income|investors?|compan(?:y|ies)|bank|fiscal|billion|million|per ?cent|earn(?:s|ed)?|sell"
    r"|sold|hired?|jobs|subscribers|customers|lay-?offs|spen[dt]\w*|budget|turnover|unemployment|orders)\b|%",
    re.IGNORECASE,
)


_SENTENCE_END = re.compile(r"[.!?][\"'”’)]*\s+(?=[\"'“‘(]*[A-Z])")


def _is_business(match: re.Match[str]) -> bool:
    before = match.string[max(0, match.start() - 160) : match.start()]
    after = match.string[match.end() : match.end() + 160]
    return bool(_BUSINESS.search(_SENTENCE_END.split(before)[-1]) or _BUSINESS.search(_SENTENCE_END.split(after)[0]))


def _season(match: re.Match[str]) -> _Fields | None:
    groups = match.groupdict()
    fields = _year_fields(groups, _relation(groups.get("which")))
    return {"unit": "season", "number": SEASONS[match["season"].lower()], **fields}


def _year(match: re.Match[str]) -> _Fields | None:
    return {"unit": "year", "year": int(match["year"])}


def _decade(match: re.Match[str]) -> _Fields | None:
    return {"unit": "decade", "year": int(match["decade"])}


_ORDINAL = f"(?P<ordinal>{'|'.join(ORDINALS)})"
_WEEK_OF = f"\\bweek{GAP}(?P<from>of|beginning|starting|from)(?:{GAP}on)?{GAP}(?:Monday,?{GAP})?(?:the{GAP})?"
_SEASON = "(?P<season>spring|summer|autumn|fall|winter)\\b"
# "after May", "by March" and the like may speak of a person or a protest, so those two months ask for clearer words.
_MONTH_AFTER = (
    "in|since|until|till|during|through|throughout"
    f"|(?:end|start|beginning|middle|rest|month|week|weeks|days|day){GAP}of"
)
_MONTH_AFTER_TOO = f"{_MONTH_AFTER}|by|before|after|between|to|and|for|from|of"
_PLAIN_MONTH = f"(?!May\\b|Mar){MONTH}(?!{GAP}\\d)"
_YEAR_AFTER = (
    "in|since|until|till|during|through|throughout|from|before|after|between|by|early|mid|late|around|circa"
    f"|(?:end|beginning|start|middle|rest|course|most|all|much|summit|spring|summer|autumn|fall|winter){GAP}of"
)
_NO_COUNT = (
    f"(?!{GAP}(?:people|men|women|children|troops|soldiers|metres|meters|miles|feet|jobs|years|votes|points|others|of|more"
    f"|\\w+{GAP}(?:Street|Avenue|Road|Boulevard|Lane|Drive)|Street|Avenue|Road)\\b)"
)

_PATTERNS: tuple[tuple[str, _Reader], ...] = (
    (r"(?<![\w/.-])(?P<year>(?:1[5-9]|20)\d\d)-(?P<second>\d\d)-(?P<first>\d\d)(?![\d-])(?P<sign>)", _numeric),
    (
        r"(?<![\w/.-])(?P<first>\d{1,2})(?P<sign>[/.])(?P<second>\d{1,2})(?P=sign)(?P<year>(?:1[5-9]|20)\d\d)(?![\w/])",
        _numeric,
    ),
    (
        f"(?:{WEEKDAY},?{GAP}(?:the{GAP})?)?{MONTH}{GAP}(?:the{GAP})?{DAY}(?:{_TO}{_UNTIL_DAY})?{_OF_YEAR}?{_NO_OCCASION}",
        _calendar,
    ),
    (
        f"(?:{WEEKDAY},?{GAP})?(?:the{GAP})?{DAY}(?:{_TO}{_UNTIL_DAY})?{GAP}(?:of{GAP})?{MONTH}{_OF_YEAR}?{_NO_OCCASION}",
        _calendar,
    ),
    (f"{_WEEK_OF}{MONTH}{GAP}(?:the{GAP})?{DAY}{_OF_YEAR}?", _week_of_day),
    (f"{_WEEK_OF}{DAY}{GAP}(?:of{GAP})?{MONTH}{_OF_YEAR}?", _week_of_day),
    (f"{_PART}{MONTH}{_OF_YEAR}", _calendar),
    (f"{MONTH}(?:{_TO}|{GAP}and{GAP}){_UNTIL_MONTH}{_OF_YEAR}?(?!{GAP}\\d)", _calendar),
    (f"\\b(?:{_MONTH_AFTER}){GAP}(?P<at>{_PART}{MONTH})(?!{GAP}\\d)", _calendar),
    (f"\\b(?:{_MONTH_AFTER_TOO}){GAP}(?P<at>{_PART}{_PLAIN_MONTH})", _calendar),
    (f"\\b(?P<at>(?:early|mid|late)(?:-|{GAP}){MONTH})", _calendar),
    (f"\\b(?P<at>(?P<which>last|this|next|this past|this coming){GAP}{MONTH})", _calendar),
    (f"\\b(?:{_YEAR_AFTER})(?:-|{GAP})(?P<at>{YEAR}){_NO_COUNT}", _year),
    (
        f"\\b(?:between|from|in|during){GAP}\\d{{4}}(?:\\s?[-–]\\s?|{GAP}(?:and|to|until|through){GAP})(?P<at>{YEAR}){_NO_COUNT}",
        _year,
    ),
    (r"(?<![\w$£€,.-])(?P<decade>(?:1[5-9]|20)\d0)['’]?s\b", _decade),
    (
        f"\\b(?P<fixed>{'|'.join(GAP.join(words.split()) for words in _FIXED)})\\b"
        f"(?!{GAP}(?:show|programme|program|host)\\b)",
        _fixed,
    ),
    (f"{NUMBER}{GAP}{UNIT}s?{GAP}ago\\b", _counted),
    (f"\\b(?P<at>(?:last|past|previous){GAP}{NUMBER}{GAP}{UNIT}s?)\\b", _window),
    (
        f"\\b(?:(?:in|over|during|within|for|of){GAP}the)(?:{GAP})(?P<at>(?:last|past){GAP}{UNIT})\\b(?!{GAP}of\\b)",
        _window,
    ),
    (
        f"\\b(?:(?P<when>early|earlier|mid|late|later)(?:-|{GAP})(?:in{GAP})?)?{_WHICH}{GAP}(?P<unit>week|month|quarter|year)\\b(?!{GAP}of\\b)",
        _named_unit,
    ),
    (
        f"(?<!\\w)(?:{_WHICH}{GAP})?{WEEKDAY}(?!{GAP}(?:{_PAPERS})\\b)(?:,?{GAP}(?:of{GAP})?(?P<week>last|this|next){GAP}week)?"
        f"(?:{GAP}(?:early{GAP}|late{GAP})?(?:morning|afternoon|evening|night)\\b)?(?!\\w)",
        _weekday,
    ),
    (f"\\b(?:{_WHICH}|over{GAP}the|at{GAP}the){GAP}weekend\\b", _weekend),
    (
        f"\\b{_ORDINAL}(?:-|{GAP})(?P<part>quarter|half)\\b(?:{_OF_YEAR}|(?P<plainyear>{GAP}of{GAP}the{GAP}year\\b))?",
        _part_of_year,
    ),
    (f"\\bQ(?P<q>[1-4])\\b{_OF_YEAR}?(?P<plainyear>)", _part_of_year),
    (f"\\b(?:{_PART}{_SEASON}{_OF_YEAR})", _season),
    (
        f"\\b(?:(?:in|during|since|until|by|through)(?:{GAP}the){GAP}(?P<at>{_PART}{_SEASON}))(?!{GAP}(?:of|from)\\b)",
        _season,
    ),
    (f"\\b(?P<at>{_PART}(?P<which>last|this|next|this past|this coming){GAP}{_SEASON})", _season),
)
_RULES = tuple((re.compile(pattern, re.IGNORECASE), reader) for pattern, reader in _PATTERNS)
_PAPER_BEFORE = re.compile(f"\\b(?:{_DAYS_WITH_NAMES})\\s{{1,3}}$")


def find(text: str, *, any_case: bool = False) -> list[TimeExpression]:
    """The time expressions in ``text``, in order, none overlapping another.

    Args:
        any_case: also take "monday" and "march" for names of days and months, as people type questions.
    """
    found = [
        expression
        for rule, reader in _RULES
        for match in rule.finditer(text)
        if (expression := _read(match, reader, any_case=any_case)) is not None
    ]
    found.sort(key=lambda expression: (expression.start - expression.end, expression.start))
    taken: set[int] = set()
    kept = []
    for expression in found:  # the longest first
        characters = range(expression.start, expression.end)
        if taken.isdisjoint(characters):
            taken.update(characters)
            kept.append(expression)
    return sorted(kept, key=lambda expression: expression.start)


def _read(match: re.Match[str], reader: _Reader, *, any_case: bool) -> TimeExpression | None:
    groups = match.groupdict()
    for name in ("month", "untilmonth", "weekday"):
        word = groups.get(name)
        if word and word[0].islower() and not any_case:
            return None
    if groups.get("weekday") and _PAPER_BEFORE.search(
        match.string, max(0, match.start("weekday") - 20), match.start("weekday")
    ):
        return None
    fields = reader(match)
    if fields is None:
        return None
    start, end = match.span("at" if groups.get("at") else 0)
    return TimeExpression(match.string[start:end], start, end, **fields)  # type: ignore[arg-type]
