"""Publication dates: what people and programs write, as ISO 8601. It knows neither questions nor what day it is.

The precision that is shown is kept: a day becomes ``2022-09-12``, a moment ``2022-09-12T08:30:00`` with its offset from
UTC behind it where one is shown. Seconds are filled in, fractions of a second dropped; a midnight without an offset is
how spreadsheets write a day, so it becomes the day. A month or a year alone is no date.

Numbers only: ``03/04/2022`` is March 4th (and ``03-04-2022`` too) unless ``day_first`` says otherwise or a number above
12 decides; ``12.09.2022``, with dots, always starts with the day. Two-digit years lie between 1970 and 2069.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

__all__ = ["date_in_name", "date_in_url", "is_date", "parse_date"]

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:r?uary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)(?![a-z])"
)
_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?\s*([Zz]|[+-]\d\d(?::?\d\d)?)?)?", re.ASCII
)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:[T ]?(\d\d)(\d\d)(\d\d)?(?:\.\d+)?(Z|[+-]\d\d:?\d\d)?)?", re.ASCII | re.I)
_EPOCH = re.compile(r"(\d{10})(?:\.\d*|\d{3})?", re.ASCII)

_CLOCK = (
    r"(?<![\d.:])(?P<hour>\d{1,2})(?:[:.h](?P<minute>\d\d)(?:[:.](?P<second>\d\d)(?:[.,]\d+)?)?(?!\d)"
    r"(?:\s*(?P<half>[ap])\.?\s?m\b\.?)?|\s*(?P<bare>[ap])\.?\s?m\b\.?)"
    r"(?:\s*\(?(?P<zone>(?:utc|gmt)?[+-]\d\d?(?::?\d\d)?(?![\d-])|[a-z]{1,5}\b))?"
)
_TIME = re.compile(_CLOCK, re.ASCII | re.I)
_FORMS = tuple(
    re.compile(form, re.ASCII | re.I)
    for form in (
        r"(?<!\d)(?P<y>\d{4})(?P<sep>[-/.])(?P<m>\d{1,2})(?P=sep)(?P<d>\d{1,2})(?!\d)",
        rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th|\.)?[\s/-]*(?:day\s+)?(?:of\s+)?(?P<name>{_MONTH})\.?,?[\s/-]*"
        r"(?P<y>\d{4}|'?\d\d(?![:.]))(?!\d)",
        rf"(?<![a-z])(?P<name>{_MONTH})\.?[\s/-]*(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[\s,/-]+(?P<y>\d{{4}})(?![\d:])",
        # As C's ctime and Twitter write it, with the year last: Mon Sep 12 08:30:00 +0000 2022.
        rf"(?<![a-z])(?P<name>{_MONTH})\s+(?P<d>\d{{1,2}})\s+(?P<clock>\d\d:\d\d:\d\d(?:\s+[a-z]+|\s+[+-]\d{{4}})?)\s+"
        r"(?P<y>\d{4})(?!\d)",
        rf"(?<!\d)(?P<y>\d{{4}})[\s,/-]+(?P<name>{_MONTH})\.?[\s/-]*(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:])",
        r"(?<![\d.])(?P<a>\d{1,2})(?P<sep>[-/.])(?P<b>\d{1,2})(?P=sep)(?P<y>\d{4}|\d\d)(?![\d:.])",
        r"(?P<y>\d{4})\s*年\s*(?P<m>\d{1,2})\s*月\s*(?P<d>\d{1,2})\s*日",
    )
)
_NOISE = re.compile(
    r"\b(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\b\.?|[\W_]+"
    r"|\b(?:first|last|originally|article|story|date|dated|updated?|published|posted|created|modified|issued|released|time"
    r"|at|on|the|of|and|hrs?|uhr|local)\b",
    re.I,
)
_OFFSETS = {
    **dict.fromkeys(("z", "utc", "gmt", "ut", "wet"), 0),
    **{"est": -300, "edt": -240, "cst": -360, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420},
    **{"akst": -540, "akdt": -480, "hst": -600, "ast": -240, "adt": -180, "nst": -210, "ndt": -150, "brt": -180},
    **{"bst": 60, "cet": 60, "west": 60, "wat": 60, "cest": 120, "eet": 120, "cat": 120, "sast": 120, "eest": 180},
    **{"msk": 180, "eat": 180, "trt": 180, "pkt": 300, "sgt": 480, "hkt": 480, "awst": 480, "jst": 540, "kst": 540},
    **{"acst": 570, "acdt": 630, "aest": 600, "aedt": 660, "nzst": 720, "nzdt": 780},
}
# "3:15 PM ET" is standard or summer time by the day.
_PLACES = {
    "et": "America/New_York",
    "ct": "America/Chicago",
    "mt": "America/Denver",
    "pt": "America/Los_Angeles",
}
_YEARS = range(1600, 2200)
_OTHER_LANGUAGES = [
    "fr",
    "de",
    "es",
    "it",
    "pt",
    "nl",
    "sv",
    "da",
    "nb",
    "fi",
    "pl",
    "cs",
    "ro",
    "hu",
    "tr",
    "ru",
    "uk",
]
_WORDS_AND_NUMBERS = re.compile(r"(?=.*\b(?:1[6-9]|20|21)\d\d\b)(?=.*(?<!\d)\d{1,2}(?!\d))(?=.*[^\W\d_]{3})")
_IN_PATH = re.compile(
    rf"(?<!\d)((?:19|20)\d\d)(?P<sep>[-_/.]?)(\d\d?|{_MONTH})(?P=sep)(\d\d?)(?=[^\d]|$)", re.ASCII | re.I
)


@lru_cache(maxsize=4096)
def parse_date(text: str, *, day_first: bool | None = None) -> str | None:
    """A publication date in any form that people write, as ISO 8601.

    What stands behind a complete date and its time is ignored; words before it are not, except for weekdays and the
    like of "Updated" and "Published on".

    Args:
        text: such as ``"Sept. 12, 2022"``, ``"26-FEB-1987 15:01:01.79"``, ``"1662971400"`` (seconds or milliseconds
            since 1970) or ``"Updated 3:15 PM ET, Mon March 7, 2022"``.
        day_first: how ``03/04/2022`` is meant; None reads the month first.

    Returns:
        ``YYYY-MM-DD`` or ``YYYY-MM-DDTHH:MM:SS[±HH:MM]``; None where no complete, possible date stands. An impossible
        time of day leaves the day.
    """
    text = text.strip()
    if not 6 <= len(text) <= 150:
        return None
    for form in (_ISO, _COMPACT):
        if match := form.fullmatch(text):
            return _numbers(match)
    if match := _EPOCH.fullmatch(text):
        return _epoch(int(match[1]))
    found = _search(text, day_first=day_first)
    if found and not found[1]:
        return found[0]
    return None if found else _foreign(text)


def is_date(text: str) -> bool:
    """Whether ``text`` is a date and nothing else, weekdays and words such as "Updated" aside."""
    text = text.strip()
    if not 6 <= len(text) <= 80 or text.isdigit():
        return False
    if match := _ISO.fullmatch(text):
        return _numbers(match) is not None
    found = _search(text, day_first=None)
    return found is not None and found[0] is not None and not found[1] and not found[2]


def date_in_url(url: str) -> str | None:
    """The day in the path of an address, such as ``/2022/09/12/``, ``/2022/sep/12/`` or ``/2022-09-12-``, or None."""
    path = url.split("://", 1)[-1].partition("/")[2].partition("?")[0]
    return _in_path(path)


def date_in_name(name: str) -> str | None:
    """The day in a file's name, such as ``2022-09-12-harbour.txt`` or ``harbour_20220912.txt``, or None."""
    return _in_path(name)


def _in_path(path: str) -> str | None:
    days = (_day(int(m[1]), _month(m[3]), int(m[4])) for m in _IN_PATH.finditer(path) if m["sep"] or len(m[0]) == 8)
    return next((day.isoformat() for day in days if day), None)


def _numbers(match: re.Match[str]) -> str | None:
    year, month, day, hour, minute, second, zone = match.groups()
    if not (shown := _day(int(year), int(month), int(day))):
        return None
    moment = _clock(int(hour), int(minute), int(second or 0)) if hour else None
    return _iso(shown, moment, zone)


def _epoch(seconds: int) -> str | None:
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.isoformat() if moment.year in _YEARS else None


def _search(text: str, *, day_first: bool | None) -> tuple[str | None, str, str] | None:
    """The date (None where it is impossible), and the words before and behind it; None where none stands."""
    match = next((m for form in _FORMS if (m := form.search(text))), None)
    if match is None:
        return None
    parts = match.groupdict()
    before, behind = text[: match.start()], text[match.end() :].removeprefix(":")
    shown = _shown(parts, day_first=day_first)
    if shown is None:
        return None, _words(before), _words(behind)
    moment, zone = None, None
    if clock := _TIME.search(parts.get("clock") or "") or _TIME.search(behind):
        if not parts.get("clock"):
            behind = behind[: clock.start()] + behind[clock.end() :]
    elif clock := _TIME.search(before):
        before = before[: clock.start()] + " " + before[clock.end() :]
    if clock:
        moment, zone = _time(clock), clock["zone"]
    return _iso(shown, moment, zone), _words(before), _words(behind)


def _shown(parts: dict[str, str | None], *, day_first: bool | None) -> date | None:
    year = _year(parts["y"] or "")
    if parts.get("name"):
        return _day(year, _month(parts["name"] or ""), int(parts["d"] or 0))
    if parts.get("a") is None:
        return _day(year, int(parts["m"] or 0), int(parts["d"] or 0))
    first, second = int(parts["a"] or 0), int(parts["b"] or 0)
    if first > 12 or (second <= 12 and (day_first or (day_first is None and parts["sep"] == "."))):
        first, second = second, first
    return _day(year, first, second)


def _year(digits: str) -> int:
    number = int(digits.lstrip("'"))
    return number if len(digits) == 4 else number + (1900 if number >= 70 else 2000)


def _month(name: str) -> int:
    return int(name) if name.isdigit() else _MONTHS.index(name[:3].lower()) + 1


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if year in _YEARS else None
    except ValueError:
        return None


def _time(clock: re.Match[str]) -> time | None:
    hour, half = int(clock["hour"]), (clock["half"] or clock["bare"] or "").lower()
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    return _clock(hour, int(clock["minute"] or 0), int(clock["second"] or 0))


def _clock(hour: int, minute: int, second: int) -> time | None:
    try:
        return time(hour, minute, min(second, 59) if second == 60 else second)
    except ValueError:
        return None


def _iso(day: date, moment: time | None, zone: str | None) -> str:
    if moment is None:
        return day.isoformat()
    at = datetime.combine(day, moment)
    offset = _zone(zone.lower()) if zone else None
    if offset is None and moment == time(0):
        return day.isoformat()
    return at.replace(tzinfo=offset).isoformat(timespec="seconds")


def _zone(name: str) -> tzinfo | None:
    if name in _OFFSETS:
        return timezone(timedelta(minutes=_OFFSETS[name]))
    if name in _PLACES:
        try:
            return ZoneInfo(_PLACES[name])
        except ZoneInfoNotFoundError:  # Windows without the tzdata package.
            return None
    if match := re.fullmatch(r"(?:utc|gmt)?([+-])(\d\d?):?(\d\d)?", name):
        minutes = int(match[2]) * 60 + int(match[3] or 0)
        if minutes <= 15 * 60 and int(match[3] or 0) < 60:
            return timezone(timedelta(minutes=-minutes if match[1] == "-" else minutes))
    return None


def _words(text: str) -> str:
    return _NOISE.sub("", text)


def _foreign(text: str) -> str | None:
    """Dates with the names of months in other languages, by dateparser (loaded only for these: it takes 0.3 s)."""
    if len(text) > 60 or not _WORDS_AND_NUMBERS.match(text):
        return None
    import dateparser

    found: datetime | None = dateparser.parse(
        text,
        languages=_OTHER_LANGUAGES,
        settings={"PARSERS": ["absolute-time"], "REQUIRE_PARTS": ["day", "month", "year"], "STRICT_PARSING": True},
    )
    if found is None or found.year not in _YEARS:
        return None
    if not re.search(r"\d[:.h]\d\d", text):
        return found.date().isoformat()
    return found.replace(microsecond=0).isoformat(timespec="seconds")
