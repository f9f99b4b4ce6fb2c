"""Fit and check the confidence: how often an answer of confidence p is to a question that has one.

    python benchmarks/confidence.py ARCHIVE QUESTIONS.jsonl... [--folds 10] [--threshold 0.5]

Each line of QUESTIONS has ``question`` and ``answer``; without an answer the articles do not have one. Printed are the
weights of a logistic regression on what the confidence is made of (see ``qa/confidence.py``, where they are written
down), and by cross-validation the expected calibration error (ten bins; Guo et al. 2017), the area under the ROC curve,
and which share of the questions with and without an answer would be answered.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa import Assistant
from qa.confidence import NAMES, features

Array = NDArray[np.float64]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("archive", type=Path)
    parser.add_argument("questions", type=Path, nargs="+")
    parser.add_argument("--folds", type=int, default=10)
    parser.add_argument("--threshold", type=float, default=0.5)
    options = parser.parse_args()
    rows = [json.loads(line) for file in options.questions for line in file.read_text("utf-8").splitlines()]
    found = []
    with Assistant.open(options.archive) as assistant:
        searcher = assistant.searcher
        for row in rows:
            reading = searcher.read(row["question"], searcher.find(row["question"]))
            found.append(features(reading.evidence[0]) if reading.evidence else (0.0,) * len(NAMES))
    table = np.array(found)
    answerable = np.array([bool(row["answer"]) for row in rows], dtype=float)
    weights = fit(table, answerable)
    print("bias", round(float(weights[0]), 2), *(f"{n} {w:.2f}" for n, w in zip(NAMES, weights[1:], strict=True)))
    held_out = cross_validated(table, answerable, options.folds)
    yes, no = held_out[answerable == 1], held_out[answerable == 0]
    print(f"expected calibration error {calibration_error(held_out, answerable):.3f}")
    print(f"AUC {np.mean((yes[:, None] > no) + 0.5 * (yes[:, None] == no)):.3f}")
    for threshold in sorted({0.35, 0.5, 0.6, options.threshold}):
        print(f"from {threshold}: {np.mean(yes >= threshold):.3f} answered, {np.mean(no >= threshold):.3f} wrongly")


def fit(table: Array, answerable: Array, *, ridge: float = 0.01, rounds: int = 50) -> Array:
    """Weights of a logistic regression, the bias first, by Newton's method."""
    inputs = np.column_stack([np.ones(len(table)), table])
    weights = np.zeros(inputs.shape[1])
    for _ in range(rounds):
        sure = _logistic(inputs @ weights)
        slope = inputs.T @ (sure - answerable) + ridge * np.r_[0.0, weights[1:]]
        bend = inputs.T @ (inputs * (sure * (1 - sure))[:, None]) + ridge * np.eye(len(weights))
        weights = weights - np.linalg.solve(bend, slope)
    return weights


def cross_validated(table: Array, answerable: Array, folds: int) -> Array:
    """For each question the probability by weights that were fitted without its fold."""
    order = np.random.default_rng(0).permutation(len(table))
    sure = np.zeros(len(table))
    for fold in range(folds):
        left_out = order[fold::folds]
        others = np.setdiff1d(order, left_out)
        weights = fit(table[others], answerable[others])
        sure[left_out] = _logistic(np.column_stack([np.ones(len(left_out)), table[left_out]]) @ weights)
    return sure


def calibration_error(sure: Array, answerable: Array, bins: int = 10) -> float:
    """The mean distance of confidence and truth over bins of equal width, weighted by their members."""
    which = np.minimum((sure * bins).astype(int), bins - 1)
    return float(
        sum(abs(np.sum(sure[which == one]) - np.sum(answerable[which == one])) for one in range(bins)) / len(sure)
    )


def _logistic(logits: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-logits)))


if __name__ == "__main__":
    main()
