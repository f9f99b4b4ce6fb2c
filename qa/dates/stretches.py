"""The stretches of days that the time expressions of a question mean: "from 3 March to 5 April" is one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from qa.dates.expressions import TimeExpression
from qa.dates.period import Period
from qa.dates.resolve import resolve, tense

__all__ = ["LEAD", "Stretch", "spoken", "stretches"]

LEAD = re.compile(
    r"\b(?P<word>since|after|following|before|prior to|until|till|by|up to|through|between|from|in|on|during|over"
    r"|within|at"
    r"|as of|beginning|starting|ending|for|of|coming|expires on|due)\s+(?:the\s+)?(?:(?:very\s+)?(?P<edge>end|start"
    r"|beginning|middle|course|rest)\s+of\s+)?(?:the\s+)?$",
    re.IGNORECASE,
)
_JOIN = re.compile(r"\s*(?:-|–|to|and|until|through|till)\s*(?:the\s+)?(?:end of\s+)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of days in the question, open on a side after "since" or "before"."""

    start: int
    end: int
    first: date | None
    last: date | None
    unit: str
    meaning: str


# The articles lie long ago where the newest is older than this; these units can be named without a year.
_LONG_AGO = timedelta(days=183)
_NAMED = ("quarter", "half", "season")


def _seen_from(expression: TimeExpression, question: str, asked_on: date, newest: date | None) -> Period | None:
    """The days that an expression means as seen from the asker's day, or, where it names a month or a day without a
    year and the articles all lie long ago, from theirs."""
    period = resolve(expression, question, on=asked_on)
    bare = expression.year is None and expression.shift is None and not expression.relation
    named = expression.month is not None or (expression.number is not None and expression.unit in _NAMED)
    if period is None or newest is None or not (bare and named):
        return period
    if asked_on - newest <= _LONG_AGO or period.first <= newest or tense(question, expression) == "future":
        return period
    return resolve(expression, question, on=newest) or period


def stretches(
    question: str, expressions: list[TimeExpression], asked_on: date, newest: date | None = None
) -> list[Stretch]:
    """The stretches that time expressions mean, in their order.

    Args:
        question: where they stand.
        expressions: the time expressions in it, in their order.
        asked_on: the asker's day.
        newest: the day of the newest article; see :func:`qa.dates.read_question`.
    """
    readings: list[Stretch] = []
    rest = list(expressions)
    while rest:
        expression = rest.pop(0)
        lead = LEAD.search(question[max(0, expression.start - 60) : expression.start])
        word = lead["word"].lower() if lead else ""
        other = rest[0] if rest else None
        if (
            (word in ("between", "from", "") or _is_pair(word, expression, other))
            and other
            and _JOIN.fullmatch(question[expression.end : other.start])
        ):
            reading = _range(question, expression, other, asked_on, newest)
            if reading is not None:
                rest.pop(0)
                readings.append(reading)
                continue
        period = _seen_from(expression, question, asked_on, newest)
        # "At the end of the year" is a day that nobody named.
        reading = None if lead and lead["edge"] else _single(question, expression, period, word)
        if reading is not None:
            readings.append(reading)
    return readings


def _is_pair(word: str, first: TimeExpression, second: TimeExpression | None) -> bool:
    """ "In 2016 and 2017", "during May and June": two that follow each other."""
    if word not in ("in", "during") or second is None or first.unit != second.unit:
        return False
    if first.unit == "year":
        return (second.year or 0) - (first.year or 0) == 1
    return first.unit == "month" and ((second.month or 0) - (first.month or 0)) % 12 == 1


def _range(
    question: str, first: TimeExpression, last: TimeExpression, asked_on: date, newest: date | None
) -> Stretch | None:
    end = _seen_from(last, question, asked_on, newest)
    start = _seen_from(first, question, asked_on, newest)
    if start and end and not first.is_complete and last.is_complete:
        # "from 3 March to 5 April 2021": the year stands for both.
        start = resolve(first, question, on=end.last)
    if start is None or end is None or start.first > end.last:
        return None
    span = Period(start.first, end.last)
    return Stretch(first.start, last.end, span.first, span.last, last.unit, str(span))


def _single(question: str, expression: TimeExpression, period: Period | None, word: str) -> Stretch | None:
    if period is None:
        return None
    place = (expression.start, expression.end)
    day = timedelta(days=1)
    match word:
        case "since":
            return Stretch(*place, period.first, None, expression.unit, f"from {spoken(period.first)} on")
        case "from" if expression.unit != "decade" and re.match(r"\s+(?:on|onwards?)\b", question[expression.end :]):
            return Stretch(*place, period.first, None, expression.unit, f"from {spoken(period.first)} on")
        case "after" | "following":
            if period.first == period.last or expression.unit in ("month", "year"):
                first = period.last + day if expression.unit in ("month", "year") else period.first
                return Stretch(*place, first, None, expression.unit, f"from {spoken(first)} on")
            return None
        case "before" | "prior to":
            return Stretch(*place, None, period.first - day, expression.unit, f"before {spoken(period.first)}")
        case "until" | "till" | "up to" | "through" | "as of" | "by":
            return Stretch(*place, None, period.last, expression.unit, f"up to {spoken(period.last)}")
    return Stretch(*place, period.first, period.last, expression.unit, str(period))


def spoken(day: date) -> str:
    return str(Period(day, day))
