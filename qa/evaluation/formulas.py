"""The formulas that figures are made with, over plain numbers. They know nothing of questions.

A figure that nothing can be said of is ``nan``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Bin",
    "Floats",
    "Interval",
    "auc",
    "bootstrap",
    "brier",
    "calibration",
    "calibration_error",
    "hit",
    "mean",
    "ndcg",
    "percentile",
    "ratio",
    "reciprocal_rank",
]

Floats = NDArray[np.float64]


def mean(values: Floats) -> float:
    """The mean of those of ``values`` that are known."""
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else math.nan


def ratio(part: Floats, whole: Floats) -> float:
    """The sum of ``part`` over the sum of ``whole``, of those that are known."""
    below = float(np.nansum(whole))
    return float(np.nansum(part)) / below if below else math.nan


def percentile(values: Floats, percent: float) -> float:
    """The value below which ``percent`` of the known ``values`` lie, linear between two neighbours (Hyndman and Fan
    1996, type 7)."""
    known = values[~np.isnan(values)]
    return float(np.percentile(known, percent)) if known.size else math.nan


def hit(relevant: Sequence[bool], k: int) -> float:
    """1 when one of the first ``k`` is relevant, else 0: success at k, of which the mean is taken."""
    return float(any(relevant[:k]))


def reciprocal_rank(relevant: Sequence[bool]) -> float:
    """1 over the rank of the first that is relevant, 0 if none is (Voorhees 1999, TREC-8 question answering)."""
    return next((1 / rank for rank, it_is in enumerate(relevant, 1) if it_is), 0.0)


def ndcg(relevant: Sequence[bool], k: int, *, total: int | None = None) -> float:
    """Normalised discounted cumulative gain of the first ``k``, each worth 1 or nothing (Järvelin and Kekäläinen 2002,
    with the discount 1 / log2(rank + 1)).

    Args:
        relevant: by rank, whether it is relevant.
        k: how many count.
        total: how many relevant ones there are to be found; None where that is unknown, and the same list in its best
            order is what the gain is measured against.
    """
    there_are = sum(relevant) if total is None else max(total, sum(relevant[:k]))
    ideal = sum(1 / math.log2(rank + 1) for rank in range(1, min(k, there_are) + 1))
    gain = sum(1 / math.log2(rank + 1) for rank, it_is in enumerate(relevant[:k], 1) if it_is)
    return gain / ideal if ideal else 0.0


def auc(positive: Floats, negative: Floats) -> float:
    """The chance that one of ``positive``, taken at random, lies above one of ``negative``; equal ones count half. The
    area under the ROC curve, by way of the Mann-Whitney statistic (Hanley and McNeil 1982)."""
    if not positive.size or not negative.size:
        return math.nan
    ordered = np.sort(negative)
    below = np.searchsorted(ordered, positive, side="left")
    not_above = np.searchsorted(ordered, positive, side="right")
    return float((below + not_above).sum() / (2 * positive.size * negative.size))


@dataclass(frozen=True, slots=True)
class Bin:
    """The predictions between two confidences: how many, their mean confidence, and how often they came true."""

    low: float
    high: float
    count: int
    confidence: float
    came_true: float


def calibration(confidence: Floats, came_true: Floats, *, bins: int = 10) -> tuple[Bin, ...]:
    """Predictions in bins of equal width over 0 to 1, for a reliability diagram (DeGroot and Fienberg 1983). Empty bins
    are left out; a prediction on the border of two is in the upper one, and 1 is in the last."""
    places = np.minimum((confidence * bins).astype(int), bins - 1)
    found = []
    for place in range(bins):
        inside = places == place
        if count := int(inside.sum()):
            sure, true = float(confidence[inside].mean()), float(came_true[inside].mean())
            found.append(Bin(place / bins, (place + 1) / bins, count, sure, true))
    return tuple(found)


def calibration_error(confidence: Floats, came_true: Floats, *, bins: int = 10) -> float:
    """The expected calibration error: how far the confidence in a bin is from how often it came true, weighted by the
    bin's count (Naeini et al. 2015, Guo et al. 2017)."""
    found = calibration(confidence, came_true, bins=bins)
    total = sum(one.count for one in found)
    return sum(one.count * abs(one.confidence - one.came_true) for one in found) / total if total else math.nan


def brier(confidence: Floats, came_true: Floats) -> float:
    """The mean squared distance of a predicted probability from what came true (Brier 1950): 0 is best, and 0.25 is
    what "one half" always gets."""
    return mean((confidence - came_true) ** 2)


@dataclass(frozen=True, slots=True)
class Interval:
    """A value, and the interval that holds it with 95% confidence. ``nan`` where there is none."""

    value: float
    low: float
    high: float

    @property
    def excludes_zero(self) -> bool:
        """Whether 0 lies outside the interval."""
        return self.low > 0 or self.high < 0


def bootstrap(count: int, statistic: Callable[[NDArray[np.intp]], float], *, resamples: int = 1000) -> Interval:
    """The percentile bootstrap (Efron and Tibshirani 1993, chapter 13). For a difference of two systems over the same
    items it is the paired bootstrap (Koehn 2004): one draw of items serves both.

    Args:
        count: how many items there are.
        statistic: the value over the items of these places, which may repeat.
        resamples: how often ``count`` items are drawn, with replacement. The draws are the same at every call.
    """
    value = statistic(np.arange(count))
    if not count or math.isnan(value):
        return Interval(value, math.nan, math.nan)
    draw = np.random.default_rng(20260101)
    drawn = np.array([statistic(draw.integers(0, count, count)) for _ in range(resamples)])
    drawn = drawn[~np.isnan(drawn)]
    low, high = np.percentile(drawn, (2.5, 97.5)) if drawn.size else (math.nan, math.nan)
    return Interval(value, float(low), float(high))
