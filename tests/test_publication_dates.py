"""Publication dates in the forms that people and programs write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.dates import date_in_name, date_in_url, is_date, parse_date

DAYS = [
    "2022-09-12",
    "2022/09/12",
    "2022.9.12",
    "20220912",
    "12.09.2022",
    "13/09/2022 00:00",
    "09/12/2022",
    "9/12/22",
    "12 September 2022",
    "12 Sept. 2022",
    "12-Sep-22",
    "12th of September, 2022",
    "September 12, 2022",
    "Sept. 12th, 2022",
    "Sep 12 2022",
    "MONDAY, SEPTEMBER 12, 2022",
    "Published on Mon., 12 September 2022",
    "Last updated: Sept 12, 2022",
    "2022 September 12",
    "2022-09-12 00:00:00",
    "2022-09-12 25:61",
    "12 September 2022 (corrected)",
    "2022年9月12日",
    "12 septembre 2022",
    "12 de septiembre de 2022",
    "12. September 2022",
    "12 сентября 2022",
]


@pytest.mark.parametrize("text", DAYS)
def test_a_day_keeps_the_precision_of_a_day(text: str) -> None:
    assert parse_date(text) == ("2022-09-13" if text.startswith("13") else "2022-09-12")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2023-10-05T14:48:00.000Z", "2023-10-05T14:48:00+00:00"),
        ("2023-10-05T14:48Z", "2023-10-05T14:48:00+00:00"),
        ("2023-10-05 14:48:01.123456+00", "2023-10-05T14:48:01+00:00"),
        ("2023-10-05T14:48:01+0530", "2023-10-05T14:48:01+05:30"),
        ("2023-10-05T00:00:00Z", "2023-10-05T00:00:00+00:00"),
        ("20231005T144801Z", "2023-10-05T14:48:01+00:00"),
        ("20231005144801", "2023-10-05T14:48:01"),
        ("1662971400", "2022-09-12T08:30:00+00:00"),
        ("1662971400123", "2022-09-12T08:30:00+00:00"),
        ("1662971400.5", "2022-09-12T08:30:00+00:00"),
        ("26-FEB-1987 15:01:01.79", "1987-02-26T15:01:01"),
        (" 1-MAR-1987 01:30:29.50", "1987-03-01T01:30:29"),
        ("27-MAR-1987 00:02:59.13&#5;&#5;&#5;RM", "1987-03-27T00:02:59"),
        ("Mon, 12 Sep 2022 08:30:00 +0200", "2022-09-12T08:30:00+02:00"),
        ("Mon Sep 12 08:30:00 +0000 2022", "2022-09-12T08:30:00+00:00"),
        ("Mon Sep 12 08:30:00 2022", "2022-09-12T08:30:00"),
        ("Mon Sep 12 2022 08:30:00 GMT+0200 (Central European Summer Time)", "2022-09-12T08:30:00+02:00"),
        ("12/Sep/2022:08:30:00 +0000", "2022-09-12T08:30:00+00:00"),
        ("Updated 3:15 PM ET, Mon March 7, 2022", "2022-03-07T15:15:00-05:00"),
        ("Published 5:02 p.m. ET Sept. 12, 2022", "2022-09-12T17:02:00-04:00"),
        ("Sept. 12, 2022 at 12:05 a.m. EST", "2022-09-12T00:05:00-05:00"),
        ("First published on Mon 12 Sep 2022 07.00 BST", "2022-09-12T07:00:00+01:00"),
        ("5 p.m. Sept 12, 2022", "2022-09-12T17:00:00"),
        ("May 5, 2020, 10:15 PM UTC / Updated May 6, 2020, 1:15 AM UTC", "2020-05-05T22:15:00+00:00"),
        ("12 septembre 2022 à 10:30", "2022-09-12T10:30:00"),
    ],
)
def test_a_moment_keeps_its_time_and_its_offset(text: str, expected: str) -> None:
    assert parse_date(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2022",
        "September 2022",
        "30.02.2022",
        "2022-13-01",
        "31 September 2022",
        "yesterday",
        "2 days ago",
        "12:30",
        "12 Sep 08:30",
        "In 2022 there were 12 monkeys",
        "Chapter 12 May 2022",
        "99999999999",
        "9999999999999999",
        "true",
        "0000-00-00",
        "x" * 100_000,
    ],
)
def test_what_is_no_complete_possible_date_is_none(text: str) -> None:
    assert parse_date(text) is None


def test_numbers_are_read_month_first_unless_told() -> None:
    assert parse_date("03/04/2022") == "2022-03-04"
    assert parse_date("03/04/2022", day_first=True) == "2022-04-03"
    assert parse_date("13/04/2022", day_first=False) == "2022-04-13"
    assert parse_date("04/13/2022", day_first=True) == "2022-04-13"
    assert parse_date("03.04.2022") == "2022-04-03"
    assert parse_date("03.04.2022", day_first=False) == "2022-03-04"


MOMENTS = st.datetimes(min_value=datetime(1600, 1, 1), max_value=datetime(2199, 12, 31)).map(
    lambda moment: moment.replace(microsecond=0)
)
OFFSETS = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(MOMENTS, st.none() | OFFSETS)
def test_what_is_stored_reads_back_the_same(moment: datetime, offset: timezone | None) -> None:
    first = parse_date(moment.replace(tzinfo=offset).isoformat())
    assert first is not None
    assert parse_date(first) == first
    assert datetime.fromisoformat(first) == moment.replace(tzinfo=offset)


@given(st.dates(min_value=date(1970, 1, 1), max_value=date(2069, 12, 31)))
def test_every_day_is_read_in_every_usual_form(day: date) -> None:
    for form in ("%d %B %Y", "%B %d, %Y", "%a, %d %b %Y", "%d-%b-%y", "%m/%d/%Y", "%d.%m.%Y", "%Y%m%d", "%A %d %B, %Y"):
        assert parse_date(day.strftime(form)) == day.isoformat()


@given(st.integers(10**9, 4 * 10**9))
def test_seconds_since_1970_are_a_moment_in_utc(seconds: int) -> None:
    assert parse_date(str(seconds)) == datetime.fromtimestamp(seconds, UTC).isoformat()


@given(st.text(max_size=160))
def test_any_text_gives_a_date_or_none(text: str) -> None:
    found = parse_date(text)
    assert found is None or parse_date(found) == found
    is_date(text)
    date_in_url(text)


def test_a_line_is_a_date_only_when_nothing_else_stands_in_it() -> None:
    assert is_date("Monday, September 12, 2022")
    assert is_date("Updated: 12 Sept 2022, 3:15 PM ET")
    assert not is_date("On September 12, 2022, the harbour froze.")
    assert not is_date("September 12, 2022: a day to remember")
    assert not is_date("1662971400")
    assert not is_date("31.02.2022")


def test_the_day_in_an_address_or_a_file_name() -> None:
    assert date_in_url("https://example.org/2022/09/12/harbour") == "2022-09-12"
    assert date_in_url("https://example.org/world/2022/sep/12/harbour?x=2020-01-01") == "2022-09-12"
    assert date_in_url("https://example.org/harbour-2022-9-2.html") == "2022-09-02"
    assert date_in_url("https://example.org/2022/09/harbour-12") is None
    assert date_in_url("https://example.org/1920/1080/3") is None
    assert date_in_name("2022-09-12-harbour.txt") == "2022-09-12"
    assert date_in_name("harbour_20220912.txt") == "2022-09-12"
    assert date_in_name("120220912.txt") is None
    assert date_in_name("2022-13-12.txt") is None
