"""The formulas of the measures, on cases worked out by hand and against their definitions."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from qa.evaluation.formulas import (
    Bin,
    Interval,
    auc,
    bootstrap,
    brier,
    calibration,
    calibration_error,
    hit,
    mean,
    ndcg,
    percentile,
    ratio,
    reciprocal_rank,
)
from qa.evaluation.words import holds, plain, spans_of, token_f1

shares = st.lists(st.floats(0, 1), min_size=1, max_size=30)


def floats(*values: float) -> NDArray[np.float64]:
    return np.array(values, dtype=float)


# Ranks


def test_a_hit_counts_only_within_the_first_k() -> None:
    assert [hit([False, False, True], k) for k in (1, 2, 3, 4)] == [0, 0, 1, 1]
    assert hit([], 4) == 0


def test_reciprocal_rank_is_one_over_the_first_relevant_rank() -> None:
    assert reciprocal_rank([False, False, True, True]) == 1 / 3
    assert reciprocal_rank([False]) == 0


def test_ndcg_of_a_list_worked_out_by_hand() -> None:
    # Gains at ranks 2 and 3: 1/log2(3) + 1/log2(4); the best order has them at 1 and 2.
    gain, ideal = 1 / math.log2(3) + 0.5, 1 + 1 / math.log2(3)
    assert ndcg([False, True, True, False], 4) == pytest.approx(gain / ideal)
    assert ndcg([False, True], 1) == 0
    assert ndcg([False, False], 2) == 0


def test_ndcg_counts_what_was_not_found_when_the_total_is_known() -> None:
    assert ndcg([True, False], 2, total=2) == pytest.approx(1 / (1 + 1 / math.log2(3)))
    assert ndcg([True, False], 2, total=1) == 1


@given(st.lists(st.booleans(), max_size=12), st.integers(1, 12))
def test_ndcg_is_one_exactly_when_the_best_stand_first(relevant: list[bool], k: int) -> None:
    value = ndcg(relevant, k)
    assert 0 <= value <= 1 + 1e-12
    found = sum(relevant)
    if found:
        assert math.isclose(value, 1) == all(relevant[: min(found, k)])


# AUC


def test_auc_of_four_pairs_counted_by_hand() -> None:
    # Pairs: 0.9 > 0.5, 0.9 > 0.1, 0.5 = 0.5, 0.5 > 0.1.
    assert auc(floats(0.9, 0.5), floats(0.5, 0.1)) == (3 + 0.5) / 4


def test_auc_of_nothing_says_nothing() -> None:
    assert math.isnan(auc(floats(), floats(0.3)))
    assert math.isnan(auc(floats(0.3), floats()))


@given(shares, shares)
def test_auc_is_the_share_of_pairs_in_order(positive: list[float], negative: list[float]) -> None:
    pairs = [(p > n) + 0.5 * (p == n) for p in positive for n in negative]
    assert auc(floats(*positive), floats(*negative)) == pytest.approx(sum(pairs) / len(pairs))


# Calibration


def test_calibration_bins_worked_out_by_hand() -> None:
    found = calibration(floats(0.05, 0.15, 0.95, 1.0), floats(0, 1, 1, 0))
    assert found == (
        Bin(0.0, 0.1, 1, 0.05, 0.0),
        Bin(0.1, 0.2, 1, 0.15, 1.0),
        Bin(0.9, 1.0, 2, 0.975, 0.5),
    )
    error = (0.05 + 0.85 + 2 * 0.475) / 4
    assert calibration_error(floats(0.05, 0.15, 0.95, 1.0), floats(0, 1, 1, 0)) == pytest.approx(error)


def test_a_confidence_that_always_comes_true_as_often_has_no_error() -> None:
    assert calibration_error(floats(0.5, 0.5, 1.0), floats(1, 0, 1)) == 0


def test_no_prediction_has_no_calibration() -> None:
    assert calibration(floats(), floats()) == ()
    assert math.isnan(calibration_error(floats(), floats()))


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=40))
def test_every_prediction_is_in_one_bin(pairs: list[tuple[float, bool]]) -> None:
    confidence, true = (floats(*column) for column in zip(*pairs, strict=True))
    found = calibration(confidence, true)
    assert sum(one.count for one in found) == len(pairs)
    assert sum(one.count * one.came_true for one in found) == pytest.approx(true.sum())
    assert 0 <= calibration_error(confidence, true) <= 1


def test_brier_is_the_mean_squared_distance() -> None:
    assert brier(floats(1.0, 0.5), floats(1, 0)) == 0.125


# Means, percentiles, bootstrap


def test_unknown_numbers_are_left_out() -> None:
    assert mean(floats(1, math.nan, 0)) == 0.5
    assert percentile(floats(1, math.nan, 3), 50) == 2
    assert ratio(floats(1, math.nan), floats(3, 1)) == 0.25
    for nothing in (mean(floats()), mean(floats(math.nan)), percentile(floats(), 50), ratio(floats(), floats())):
        assert math.isnan(nothing)


def test_percentiles_lie_between_their_neighbours() -> None:
    assert percentile(floats(10, 20, 30, 40), 50) == 25
    assert percentile(floats(10, 20, 30, 40), 95) == pytest.approx(38.5)


def test_the_bootstrap_of_a_constant_is_that_constant() -> None:
    assert bootstrap(5, lambda places: 0.25) == Interval(0.25, 0.25, 0.25)


def test_the_bootstrap_finds_the_standard_error_of_a_share() -> None:
    values = np.repeat((0.0, 1.0), 200)
    found = bootstrap(len(values), lambda places: float(values[places].mean()), resamples=2000)
    error = math.sqrt(0.25 / len(values))
    assert found.value == 0.5
    assert found.low == pytest.approx(0.5 - 1.96 * error, abs=0.006)
    assert found.high == pytest.approx(0.5 + 1.96 * error, abs=0.006)
    assert found.excludes_zero


def test_the_bootstrap_of_nothing_has_no_interval() -> None:
    found = bootstrap(0, lambda places: math.nan)
    assert all(map(math.isnan, (found.value, found.low, found.high)))
    assert not found.excludes_zero


def test_the_bootstrap_repeats_itself() -> None:
    values = floats(*range(20))

    def middle(places: NDArray[np.intp]) -> float:
        return float(np.median(values[places]))

    assert bootstrap(20, middle) == bootstrap(20, middle)


# Words


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("The police were called at 3.20 a.m.", "3:20"),
        ("He was 34, the youngest ever.", "34"),
        ("“The Ferryman’s Niece” was stolen", "The Ferryman's Niece"),
        ("Tickets cost £1,500 each", "1,500"),
        ("in the ﬁrst round", "FIRST"),
        ("The Who played", "the who"),
        ("Vitamin A was found", "A"),
    ],
)
def test_an_answer_is_found_whatever_its_case_and_punctuation(text: str, answer: str) -> None:
    assert holds(text, answer)


@pytest.mark.parametrize(
    ("text", "answer"), [("134 people", "34"), ("sesame oil and seeds", "sesame seeds"), ("anything", "%"), ("", "x")]
)
def test_other_words_are_not_the_answer(text: str, answer: str) -> None:
    assert not holds(text, answer)


@given(st.text(), st.text(alphabet=st.characters(categories=["Ll", "Nd"]), min_size=1), st.text())
def test_an_answer_is_found_between_any_words(before: str, answer: str, after: str) -> None:
    assert holds(f"{before} {answer} {after}", answer)


def test_the_places_of_an_answer_are_marked() -> None:
    text = "In 1,500 homes; 1 500 more."
    assert sorted(spans_of(text, ["1,500"])) == [(3, 8), (16, 21)]


def test_overlap_counts_words_as_squad_does() -> None:
    assert token_f1("the 34 people", "34 people killed") == pytest.approx(2 * 2 / (2 + 3))
    assert token_f1("Paris", "London") == 0


@given(st.text(), st.text())
def test_overlap_is_the_same_from_both_sides(one: str, other: str) -> None:
    assert token_f1(one, other) == token_f1(other, one)
    assert token_f1(one, one) == (1 if plain(one) else 0)
