"""Days and periods as people write them: ``12 September 2022``, ``5 to 11 September 2022``. It resolves nothing.

The names are English whatever the machine's language is.
"""

from __future__ import annotations

from datetime import date

__all__ = ["MONTHS", "written", "written_period"]

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def written(moment: str) -> str:
    """What ISO 8601 says, as people write it: a day or moment, a month (``2022-09``), a year, two days with a slash.

    What cannot be read as one stays as it is.
    """
    first, slash, last = moment.partition("/")
    if slash:
        return written_period(first, last)
    if len(moment) == len("2022-09") and (parts := _parts(f"{moment}-01")):
        return " ".join(parts[1:])
    parts = _parts(moment)
    return " ".join(parts) if parts else moment


def written_period(first: str, last: str) -> str:
    """From the first day to the last (ISO 8601), as ``3 January to 20 November 2025``; what cannot be read stays."""
    begin, end = _parts(first), _parts(last)
    if begin is None or end is None:
        return f"{first} to {last}"
    if begin == end:
        return " ".join(end)
    # What both share is said once, at the end: the year, and then the month.
    said = begin if begin[2] != end[2] else begin[:2] if begin[1] != end[1] else begin[:1]
    return f"{' '.join(said)} to {' '.join(end)}"


def _parts(moment: str) -> tuple[str, str, str] | None:
    """Day, month and year of an ISO 8601 day or moment, as they are written out."""
    try:
        day = date.fromisoformat(moment[:10])
    except ValueError:
        return None
    return str(day.day), MONTHS[day.month - 1], str(day.year)
