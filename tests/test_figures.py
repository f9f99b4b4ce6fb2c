"""Figures: read from words and digits, and compared."""

from __future__ import annotations

import itertools
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.figures import Figure, compatible, equal, find_figures, spoken_number

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()


def in_words(number: int) -> str:
    """A number as English says it."""
    for value, name in ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (1000, "thousand")):
        if number >= value:
            rest = f" {in_words(number % value)}" if number % value else ""
            return f"{in_words(number // value)} {name}{rest}"
    if number >= 100:
        rest = f" and {in_words(number % 100)}" if number % 100 else ""
        return f"{_ONES[number // 100]} hundred{rest}"
    if number < 20:
        return _ONES[number]
    return _TENS[number // 10 - 2] + (f"-{_ONES[number % 10]}" if number % 10 else "")


def one(text: str) -> Figure:
    """The only figure in a text."""
    [figure] = find_figures(text)
    return figure


@given(st.integers(0, 10**15 - 1))
def test_words_say_their_number(number: int) -> None:
    assert spoken_number(in_words(number)) == number


@given(st.integers(2, 10**12 - 1))
def test_words_are_found_in_a_sentence(number: int) -> None:
    figure = one(f"The town counted {in_words(number)} visitors.")
    assert (figure.low, figure.high, figure.text) == (number, number, in_words(number))


@given(st.integers(0, 10**15))
def test_separators_are_no_matter(number: int) -> None:
    assert equal(one(f"It was {number:,} then."), one(f"It was {number} then."))


@given(st.decimals(min_value=Decimal("0.01"), max_value=999, places=2), st.sampled_from(["$", "£", "€", "US$"]))
def test_money_is_read_to_the_cent(value: Decimal, sign: str) -> None:
    figure = one(f"It cost {sign}{value}.")
    assert (figure.low, figure.is_money) == (value, True)
    assert equal(one(f"{sign}{value} million"), one(f"{sign}{value}m"))
    assert equal(one(f"{sign}{value} billion"), one(f"{sign}{value}bn"))


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    for figure in find_figures(text):
        assert text[figure.start : figure.end] == figure.text


@given(
    st.lists(
        st.sampled_from("4.5bn $ 4 , . - 30 to dozen two hundred and million % 5m – and a half £ k".split(" ")),
        max_size=12,
    )
)
def test_figures_never_overlap(pieces: list[str]) -> None:
    found = find_figures(" ".join(pieces))
    assert all(first.end <= second.start for first, second in itertools.pairwise(found))
    assert all(figure.low <= figure.high for figure in found)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("$4.5 billion", 4_500_000_000, "dollar"),
        ("4.5bn dollars", 4_500_000_000, "dollar"),
        ("US$4.5bn", 4_500_000_000, "USD"),
        ("€450k", 450_000, "euro"),
        ("thirty-four people", 34, ""),
        ("one and a half million", 1_500_000, ""),
        ("half a million", 500_000, ""),
        ("two dozen ships", 24, ""),
        ("three percentage points", 3, "point"),
        ("3 per cent", 3, "percent"),
        ("half of the crew", 50, "percent"),
        ("5m people", 5_000_000, ""),
        ("5m tall", 5, "m"),
        ("2.5m litres", 2_500_000, "litre"),
        ("11 million crowns a day", 11_000_000, "crown"),
        ("a 10-year-old boy", 10, "year"),
        ("44.3 degrees Celsius", Decimal("44.3"), "C"),
    ],
)
def test_values_and_units(text: str, value: int | Decimal, unit: str) -> None:
    figure = one(text)
    assert (figure.low, figure.high, figure.unit) == (value, value, unit)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("30 to 40 people", 30, 40),
        ("between 30 and 40", 30, 40),
        ("20-30%", 20, 30),
        ("$1-2 billion", 10**9, 2 * 10**9),
    ],
)
def test_ranges(text: str, low: int, high: int) -> None:
    figure = one(text)
    assert (figure.low, figure.high) == (low, high)


@pytest.mark.parametrize(
    "text", ["no one said so", "at 7:30", "the 21st century", "in the 1990s", "Covid-19", "an F-16"]
)
def test_what_is_no_figure(text: str) -> None:
    assert find_figures(text) == []


@pytest.mark.parametrize("text", ["dozens of ships", "several ships", "hundreds of thousands", "won 4-3 on penalties"])
def test_what_is_no_value(text: str) -> None:
    assert one(text).vague


def test_two_figures_side_by_side_are_two() -> None:
    assert [figure.low for figure in find_figures("36 votes to 35")] == [36, 35]
    assert [figure.low for figure in find_figures("100 and 200")] == [100, 200]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("about 30", "34"),
        ("more than 30", "34"),
        ("at least 30 people", "34"),
        ("up to 50", "34"),
        ("30 to 40", "34"),
        ("34", "thirty-four"),
        ("41,000", "41,207"),
        ("40,000", "41,207"),
        ("$4.5 billion", "$4.47 billion"),
        ("5 million", "4.8 million"),
        ("18 million", "18.4 million"),
        ("dozens", "34"),
        ("34 percent", "34"),
        ("34 km", "41 miles"),
        ("$5", "€4"),
        ("3 percentage points", "3 percent"),
        ("some 2,100", "2,142"),
        ("nearly 100", "97"),
    ],
)
def test_what_may_both_be_true(first: str, second: str) -> None:
    assert compatible(one(first), one(second))
    assert compatible(one(second), one(first))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("34", "41"),
        ("38,500", "41,207"),
        ("7 million crowns", "11 million crowns"),
        ("1.8 kilograms", "about 18 kilograms"),
        ("about 30", "90"),
        ("more than 30", "90"),
        ("30 to 40", "41"),
        ("4.1%", "4.3%"),
        ("$5", "US$7"),
        ("fewer than 30", "34"),
    ],
)
def test_what_cannot_both_be_true(first: str, second: str) -> None:
    assert not compatible(one(first), one(second))
    assert not compatible(one(second), one(first))


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_equal_figures_are_compatible(a: int, b: int) -> None:
    first, second = one(f"{a:,} tons"), one(f"{b:,} tons")
    assert equal(first, second) == (a == b)
    assert compatible(first, second) == compatible(second, first)
    assert a != b or compatible(first, second)
