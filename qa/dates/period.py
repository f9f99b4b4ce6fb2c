"""A stretch of days, written as ISO 8601 for programs and in words for people."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from qa.days import MONTHS, written_period

__all__ = ["Period", "month_of", "months_of", "shifted_month", "week_of", "year_of"]


@dataclass(frozen=True, slots=True)
class Period:
    """The days from ``first`` to ``last``, both included."""

    first: date
    last: date

    @property
    def iso(self) -> str:
        """A day ``2022-09-12``, a whole month ``2022-09``, a whole year ``2022``, or two days with a slash."""
        if self.first == self.last:
            return self.first.isoformat()
        if self == year_of(self.first.year):
            return f"{self.first.year:04}"
        if self == month_of(self.first.year, self.first.month):
            return self.first.isoformat()[:7]
        return f"{self.first.isoformat()}/{self.last.isoformat()}"

    def __str__(self) -> str:
        """The period as people write it: ``5 to 11 September 2022``."""
        first, last = self.first, self.last
        if self == year_of(first.year):
            return str(first.year)
        if self == month_of(first.year, first.month):
            return f"{MONTHS[first.month - 1]} {first.year}"
        if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31):
            return f"{first.year} to {last.year}"
        if first.day == 1 and last.day == monthrange(last.year, last.month)[1]:
            beginning = MONTHS[first.month - 1] + ("" if first.year == last.year else f" {first.year}")
            return f"{beginning} to {MONTHS[last.month - 1]} {last.year}"
        return written_period(first.isoformat(), last.isoformat())


def week_of(day: date) -> Period:
    """The week, Monday to Sunday, that holds ``day``."""
    monday = day - timedelta(days=day.weekday())
    return Period(monday, monday + timedelta(days=6))


def month_of(year: int, month: int) -> Period:
    return months_of(year, month, 1)


def months_of(year: int, month: int, count: int) -> Period:
    """``count`` whole months, beginning with this one."""
    end_year, end_month = shifted_month(year, month, count - 1)
    return Period(date(year, month, 1), date(end_year, end_month, monthrange(end_year, end_month)[1]))


def year_of(year: int) -> Period:
    return Period(date(year, 1, 1), date(year, 12, 31))


def shifted_month(year: int, month: int, by: int) -> tuple[int, int]:
    """The year and month that lie ``by`` months after this one."""
    years, index = divmod(year * 12 + month - 1 + by, 12)
    return years, index + 1
