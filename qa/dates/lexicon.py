"""The words of time in English, and the regular-expression pieces made of them. Knows nothing of calendars."""

from __future__ import annotations

__all__ = [
    "DAY",
    "GAP",
    "MONTH",
    "MONTHS",
    "NUMBER",
    "NUMBERS",
    "ORDINALS",
    "SEASONS",
    "UNIT",
    "WEEKDAY",
    "WEEKDAYS",
    "YEAR",
    "month_number",
]

_MONTH_NAMES = "January February March April May June July August September October November December".split()
MONTHS: dict[str, int] = {name.lower(): number for number, name in enumerate(_MONTH_NAMES, start=1)}
_MONTH_FORMS = (
    "Jan(?:uary|\\.)?|Feb(?:ruary|\\.)?|Mar(?:ch|\\.)|Apr(?:il|\\.)?|May|June?\\.?|July?\\.?|Aug(?:ust|\\.)?"
    "|Sep(?:tember|t\\.?|\\.)?|Oct(?:ober|\\.)?|Nov(?:ember|\\.)?|Dec(?:ember|\\.)?"
)
MONTH = f"(?P<month>\\b(?:{_MONTH_FORMS})(?![\\w-]))"

WEEKDAYS: dict[str, int] = {
    name: number
    for number, name in enumerate(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"))
}
WEEKDAY = "(?P<weekday>\\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\\b"

SEASONS: dict[str, int] = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
"""The month in which each begins, as meteorologists count on the northern half of the earth."""

NUMBERS: dict[str, int] = {"a": 1, "an": 1} | {
    word: number
    for number, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"), start=1
    )
}
ORDINALS: dict[str, int] = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}

# At most three, so that the search stays linear on a page of blanks.
GAP = "\\s{1,3}"
DAY = "(?P<day>(?<![\\d.,:$£€])(?:3[01]|[12]\\d|0?[1-9]))(?:st|nd|rd|th)?(?![\\w%]|[.,:]\\d)"
YEAR = "(?P<year>(?<![\\d.,:$£€])(?:1[5-9]|20)\\d\\d)(?![\\w%]|[.,:]\\d)"
NUMBER = f"(?P<number>(?<![\\w.,])(?:\\d{{1,3}}|{'|'.join(NUMBERS)}))"
UNIT = "(?P<unit>day|week|month|year)"


def month_number(word: str) -> int:
    """The number of the month that ``word``, a name or an abbreviation of one, stands for."""
    beginning = word.lower().rstrip(".")[:3]
    return next(number for name, number in MONTHS.items() if name.startswith(beginning))
