"""What a time expression means, seen from a day: the article's for a quote, the asker's for a question.

A bare "on Friday" or "in March" lies in the past in news, unless the words around it speak of the future.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta
from typing import Literal

from qa.answer import ResolvedDate
from qa.dates.expressions import TimeExpression, find
from qa.dates.period import Period, month_of, months_of, shifted_month, week_of, year_of

__all__ = ["Tense", "resolve", "resolve_quote", "tense"]

Tense = Literal["past", "present", "future", "unknown"]


def resolve_quote(quote: str, published: str | None) -> tuple[ResolvedDate, ...]:
    """The time expressions in ``quote`` and what they mean, in order; offsets count from the quote's beginning.

    ``resolved`` is as precise as the words: a day ``2022-09-12``, a month ``2022-09``, a year ``2021``, or, for a
    week, a quarter, a season and the like, an ISO 8601 interval ``2022-09-05/2022-09-11``.
    A bare year ("in 2021", "the 1990s") says all by itself and is left out.

    Args:
        published: the article's day or time, ISO 8601. Without it only complete dates resolve, to themselves.
    """
    on = _day_of(published)
    resolved = []
    for expression in find(quote):
        if expression.unit == "decade" or (expression.unit == "year" and expression.is_complete):
            continue
        period = resolve(expression, quote, on=on)
        if period is not None:
            resolved.append(ResolvedDate(expression.text, expression.start, expression.end, period.iso))
    return tuple(resolved)


def _day_of(published: str | None) -> date | None:
    try:
        return date.fromisoformat((published or "")[:10])
    except ValueError:
        return None


def resolve(expression: TimeExpression, text: str, *, on: date | None) -> Period | None:
    """The days that ``expression``, found in ``text``, means as seen from ``on``; None when that can't be told."""
    try:
        if expression.is_complete and expression.year is not None:
            return _in_year(expression, expression.year)
        if on is None:
            return None
        return _relative(expression, text, on)
    except (ValueError, OverflowError):
        return None  # 30 February, or a day before year 1


def _in_year(expression: TimeExpression, year: int) -> Period | None:
    match expression.unit:
        case "day" if expression.month and expression.day:
            first = date(year, expression.month, expression.day)
            last = date(year, expression.month, expression.until_day) if expression.until_day else first
            return Period(first, last) if last >= first else None
        case "month" if expression.month:
            count = ((expression.until_month or expression.month) - expression.month) % 12 + 1
            begins_in = year - (1 if expression.until_month and expression.until_month < expression.month else 0)
            return months_of(begins_in, expression.month, count)
        case "week" if expression.month and expression.day:
            day = date(year, expression.month, expression.day)
            return Period(day, day + timedelta(days=6)) if expression.number else week_of(day)
        case "quarter" if expression.number:
            return months_of(year, expression.number * 3 - 2, 3)
        case "half" if expression.number:
            return months_of(year, expression.number * 6 - 5, 6)
        case "season" if expression.number:
            return months_of(year, expression.number, 3)
        case "year":
            return year_of(year)
        case "decade":
            return Period(date(year, 1, 1), date(year + 9, 12, 31))
    return None


def _relative(expression: TimeExpression, text: str, on: date) -> Period | None:
    if expression.relation == "window":
        return Period(_moved(on, expression.unit, expression.shift or 0), on)
    if expression.unit == "weekday":
        return _weekday(expression, text, on)
    if expression.unit == "weekend":
        return _weekend(expression, text, on)
    if expression.month or expression.number:
        if expression.shift is not None:
            return _in_year(expression, on.year + expression.shift)
        return _nearest(expression, text, on)
    return _shifted(expression, on)


def _moved(on: date, unit: str, by: int) -> date:
    """``on``, moved by days, weeks, months or years; 31 March less a month is 28 February."""
    if unit in ("day", "week"):
        return on + timedelta(days=by * (7 if unit == "week" else 1))
    year, month = shifted_month(on.year, on.month, by * (12 if unit == "year" else 1))
    return date(year, month, min(on.day, monthrange(year, month)[1]))


def _shifted(expression: TimeExpression, on: date) -> Period | None:
    """ "Yesterday", "three weeks ago", "this month"."""
    shift = expression.shift or 0
    there = _moved(on, expression.unit, shift) if expression.unit != "quarter" else on
    match expression.unit:
        case "day":
            period = Period(there, there)
        case "week":
            period = week_of(there)
        case "month":
            period = month_of(there.year, there.month)
        case "quarter":
            year, month = shifted_month(on.year, (on.month - 1) // 3 * 3 + 1, 3 * shift)
            period = months_of(year, month, 3)
        case "year":
            period = year_of(there.year)
        case _:
            return None
    if expression.relation == "earlier":
        return Period(period.first, on)
    if expression.relation == "later":
        return Period(on, period.last)
    return period


def _weekday(expression: TimeExpression, text: str, on: date) -> Period:
    number = expression.number or 0
    if expression.shift is not None:  # "Friday of last week"
        day = week_of(on + timedelta(days=7 * expression.shift)).first + timedelta(days=number)
        return Period(day, day)
    ahead = (number - on.weekday()) % 7
    back = (on.weekday() - number) % 7
    when = tense(text, expression)
    if expression.relation == "last":
        days = -(back or 7)
    elif expression.relation == "next":
        days = ahead or 7
    elif expression.relation == "this":
        days = -back if when == "past" else ahead
    else:
        days = ahead if when == "future" else -back
    day = on + timedelta(days=days)
    return Period(day, day)


def _weekend(expression: TimeExpression, text: str, on: date) -> Period:
    saturday = week_of(on).first + timedelta(days=5)  # of this week, begun or not
    if expression.relation == "last":
        saturday -= timedelta(days=7)
    elif expression.relation == "next":
        saturday += timedelta(days=7 if on >= saturday else 0)
    elif on < saturday:
        when = tense(text, expression)
        ahead = when == "future" or (expression.relation == "this" and when != "past")
        saturday -= timedelta(days=0 if ahead else 7)
    return Period(saturday, saturday + timedelta(days=1))


SOON = timedelta(days=31)
"""A date without a year whose sentence has no tense lies ahead if it comes this soon and went by much longer ago: a
timetable, a caption. "The hearing on 3 October", printed on 28 September, is not a year old. Four times as far for the
present: "is closing 20 branches in November"."""


def _nearest(expression: TimeExpression, text: str, on: date) -> Period | None:
    """The last or the next "9 September", "March", "spring" or "first quarter"."""
    candidates = [period for year in range(on.year - 1, on.year + 2) if (period := _in_year(expression, year))]
    begun = [period for period in candidates if period.first <= on]
    coming = [period for period in candidates if period.last >= on]
    if not begun or not coming:
        return None
    last, following = begun[-1], coming[0]
    match expression.relation:
        case "last":
            ended = [period for period in begun if period.last < on]
            return ended[-1] if ended else None
        case "next":
            return next((period for period in coming if period.first > on), None)
    when = tense(text, expression)
    if expression.relation == "this":
        same = [period for period in candidates if period.first.year == on.year]
        return same[0] if same else None
    if when == "future":
        return following
    soon = {"unknown": SOON, "present": 4 * SOON}.get(when)
    if soon and following.first - on <= soon and on - last.last > 200 * timedelta(days=1):
        return following
    return last


# ---- tense: is the sentence about the past or the future?

_FUTURE = (
    r"\b(?:will|shall|won['’]t|would|\w+['’]ll)\b(?:\s+(?:not|also|then|be|have|likely|now))*(?:\s+\w+)?"
    r"|\b(?:is|are|be|was|were|been)?\s*(?:due|set|scheduled|expected|slated|poised|going|planning|planned|supposed|likely|about)\s+(?:to|for|on|in)\b(?:\s+be\s+\w+)?"
    r"|\b(?:is|are)\s+to\s+\w+|\b(?:plans?|intends?|hopes?|aims?|promise[sd]?|vow(?:s|ed)?)\s+to\b"
    r"|\b(?:upcoming|coming|forthcoming|begins|starts|opens|until|till|by|expires?|deadline|ahead\s+of)\b"
)
_PAST = (
    r"\b(?:said|told|was|were|had|did|went|came|took|met|won|lost|held|made|gave|began|fell|rose|found|left|saw|wrote"
    r"|shot|hit|died|\w{2,}ed|since|after|following)\b"
)
_PRESENT = r"\b(?:is|are|am|['’]s|['’]re)\s+\w+ing\b"
_CUE = re.compile(f"(?P<future>{_FUTURE})|(?P<present>{_PRESENT})|(?P<past>{_PAST})", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?][\"'”’)]*\s+(?=[\"'“‘(]*[A-Z])|\n\s*\n")
_REACH = 250


def tense(text: str, expression: TimeExpression) -> Tense:
    """Whether ``expression`` is spoken of as past or future: by the nearest word before it in its sentence that tells
    ("said on Monday that it will open on Friday"), or else the first one after it ("On Friday the court will hear")."""
    before = text[max(0, expression.start - _REACH) : expression.start]
    ends = [match.end() for match in _SENTENCE_END.finditer(before)]
    before = before[ends[-1] :] if ends else before
    cues = list(_CUE.finditer(before))
    if cues:
        return _told(cues[-1])
    after = text[expression.end : expression.end + _REACH]
    stop = _SENTENCE_END.search(after)
    cue = _CUE.search(after[: stop.start()] if stop else after)
    return "unknown" if cue is None else _told(cue)


def _told(cue: re.Match[str]) -> Tense:
    return "future" if cue["future"] else "present" if cue["present"] else "past"
