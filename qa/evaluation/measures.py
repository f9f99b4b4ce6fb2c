"""What is measured, by name: how each measure is made from the outcomes, and which way is better."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from qa.evaluation.formulas import Floats, auc, brier, calibration_error, mean, percentile, ratio
from qa.evaluation.judging import DEPTHS, Outcome

__all__ = [
    "GROUPS",
    "KEY_MEASURES",
    "PERCENTILES",
    "Columns",
    "Measure",
    "Unit",
    "figures",
    "measures_of",
    "steps_of",
    "written",
]

Unit = Literal["share", "score", "number", "characters", "ms"]

GROUPS = {
    "retrieval": "Retrieval: passages brought up",
    "answers": "Answers, of answerable questions",
    "citations": "Citations, of answerable questions that were answered",
    "exact": "Exactness, of all answers",
    "abstention": "Silence and confidence",
    "followups": "Follow-ups",
    "citing": "Sentences and what they cite, judged by a cross-encoder",
    "writing": "Written by a language model",
    "failed": "Errors",
    "latency": "Time, in milliseconds",
}

KEY_MEASURES = {
    "retrieval.words.hit@4": "in 4",
    "answers.answered": "answered",
    "answers.first": "first",
    "answers.any": "any",
    "abstention.unanswerable_answered": "baseless",
    "abstention.auc": "AUC",
}
"""What is shown of each kind of question, with a short name."""

PERCENTILES = (
    ("median", "median", 50.0),
    ("p90", "90th percentile", 90.0),
    ("p95", "95th percentile", 95.0),
    ("p99", "99th percentile", 99.0),
)
"""Of times: the end of a measure's name, what it is called, and the percentile."""


class Columns:
    """The numbers of many outcomes: one array a name, ``nan`` where an outcome has none; a draw of them is as cheap as
    the arrays that are looked at."""

    def __init__(self, arrays: Mapping[str, Floats], count: int, places: NDArray[np.intp] | None = None) -> None:
        self._arrays = arrays
        self._places = places
        self.count = count

    @classmethod
    def of(cls, outcomes: Collection[Outcome]) -> Columns:
        """The numbers of ``outcomes``, in their order."""
        names = {name for outcome in outcomes for name in outcome.numbers}
        arrays = {name: np.array([one.numbers.get(name, math.nan) for one in outcomes], float) for name in names}
        return cls(arrays, len(outcomes))

    def __getitem__(self, name: str) -> Floats:
        array = self._arrays.get(name)
        if array is None:
            return np.full(self.count if self._places is None else len(self._places), math.nan)
        return array if self._places is None else array[self._places]

    @property
    def names(self) -> Collection[str]:
        """The names of the numbers that some outcome has."""
        return self._arrays.keys()

    def draw(self, places: NDArray[np.intp]) -> Columns:
        """The outcomes of these places, which may repeat."""
        return Columns(self._arrays, self.count, places)


@dataclass(frozen=True, slots=True)
class Measure:
    """Something that is measured.

    Attributes:
        name: its group, a point, and the rest.
        label: for people.
        better: which way is better; None where neither is.
        of: how it is made; ``nan`` where it says nothing.
    """

    name: str
    label: str
    unit: Unit
    better: Literal["higher", "lower"] | None
    of: Callable[[Columns], float]

    @property
    def group(self) -> str:
        return self.name.partition(".")[0]


def measures_of(columns: Columns) -> tuple[Measure, ...]:
    """All that can be measured; the steps of an answer are those that were timed."""
    return (*_FIXED, *(measure for step in steps_of(columns) for measure in _times(step)))


def steps_of(columns: Columns) -> list[str]:
    """The steps of an answer that were timed."""
    return sorted(name.partition(".")[2] for name in columns.names if name.startswith("latency."))


def figures(outcomes: Collection[Outcome]) -> dict[str, float]:
    """Every measure of ``outcomes`` that says something, by name."""
    columns = Columns.of(outcomes)
    found = {measure.name: measure.of(columns) for measure in measures_of(columns)}
    return {name: value for name, value in found.items() if not math.isnan(value)}


def written(value: float, unit: Unit) -> str:
    """A figure for people; a dash where there is none."""
    if math.isnan(value):
        return "–"
    if unit in ("share", "score"):
        return f"{value:.3f}"
    if unit == "number":
        return f"{value:.2f}"
    return f"{value:,.1f}" if unit == "ms" and abs(value) < 10 else f"{value:,.0f}"


def _mean(name: str, columns: Columns) -> float:
    return mean(columns[name])


def _share(name: str, label: str, better: Literal["higher", "lower"] = "higher", unit: Unit = "share") -> Measure:
    return Measure(name, label, unit, better, partial(_mean, name))


def _ranks(what: str, label: str) -> list[Measure]:
    name = f"retrieval.{what}"
    hits = [_share(f"{name}.hit@{k}", f"{label}: {'first' if k == 1 else f'among the first {k}'}") for k in DEPTHS]
    return [
        *hits,
        _share(f"{name}.mrr", f"{label}: mean reciprocal rank", unit="score"),
        _share(f"{name}.ndcg@{DEPTHS[-1]}", f"{label}: nDCG of the first {DEPTHS[-1]}", unit="score"),
    ]


def _percentile(name: str, percent: float, columns: Columns) -> float:
    return percentile(columns[name], percent)


def _times(step: str = "") -> list[Measure]:
    name, label = (f"latency.{step}", step) if step else ("latency", "whole answer")
    return [
        Measure(f"{name}.{short}", f"{label}, {long}", "ms", "lower", partial(_percentile, name, percent))
        for short, long, percent in PERCENTILES
    ]


def _most(name: str, columns: Columns) -> float:
    return percentile(columns[name], 100.0)


def _where(columns: Columns, wanted: str, **conditions: float) -> Floats:
    """The column ``wanted``, of the outcomes with these numbers."""
    keep = np.ones(columns[wanted].shape, dtype=bool)
    for name, value in conditions.items():
        keep &= columns[name] == value
    return columns[wanted][keep]


def _silent_rightly(columns: Columns) -> float:
    """Of the questions that were met with silence, those without an answer."""
    return 1 - mean(_where(columns, "answerable", answered=0.0))


def _silent(columns: Columns) -> float:
    """Of the questions without an answer, those met with silence."""
    return 1 - mean(_where(columns, "answered", answerable=0.0))


def _baseless(columns: Columns) -> float:
    return mean(_where(columns, "answered", answerable=0.0))


def _auc(columns: Columns) -> float:
    able = _where(columns, "confidence", answerable=1.0)
    unable = _where(columns, "confidence", answerable=0.0)
    return auc(able[~np.isnan(able)], unable[~np.isnan(unable)])


def _probability(score: Callable[[Floats, Floats], float], event: str, columns: Columns) -> float:
    """``score`` of the confidence as the probability of ``event``."""
    known = ~np.isnan(columns["confidence"]) & ~np.isnan(columns[event])
    return score(columns["confidence"][known], columns[event][known])


def _follow_ups(name: str, columns: Columns) -> float:
    return mean(_where(columns, name, followups=1.0))


def _rewrite(whole: str, columns: Columns) -> float:
    return ratio(columns["rewrite.both"], columns[f"rewrite.{whole}"])


def _of_sentences(what: str, columns: Columns) -> float:
    """Of the sentences that the model wrote, a share."""
    return ratio(columns[f"writing.{what}"], columns["writing.sentences"])


def _fixed() -> Sequence[Measure]:
    sure: partial[float] = partial(_probability, calibration_error, "answerable")
    true: partial[float] = partial(_probability, calibration_error, "came_true")
    return [
        *_ranks("words", "a passage with the answer's words"),
        *_ranks("articles", "a passage of an article that answers"),
        _share("answers.answered", "answered"),
        _share("answers.first", "answer in the first citation"),
        _share("answers.any", "answer in any citation"),
        _share("answers.text", "answer in the text"),
        _share("answers.highlighted_first", "answer in the first highlighted words"),
        _share("answers.highlighted", "answer in any highlighted words"),
        _share("answers.highlight_f1", "overlap of the first highlighted words, F1", unit="score"),
        _share("answers.gold_cited", "an article that answers is cited"),
        _share("answers.complete", "parts of a full answer in the citations"),
        _share("answers.outdated", "outdated answer first", "lower"),
        _share("citations.number", "citations, mean", "lower", "number"),
        _share("citations.characters", "characters of quotes, mean", "lower", "characters"),
        Measure(
            "citations.most",
            "characters of quotes, most",
            "characters",
            "lower",
            partial(_most, "citations.characters"),
        ),
        _share("exact.quotes", "all quotes stand in their articles"),
        _share("exact.highlights", "all highlighted words stand in their quotes"),
        _share("exact.markers", "all markers have their citations"),
        Measure("abstention.unanswerable_answered", "unanswerable, yet answered", "share", "lower", _baseless),
        Measure("abstention.precision", "silent: unanswerable indeed", "share", "higher", _silent_rightly),
        Measure("abstention.recall", "unanswerable: silent", "share", "higher", _silent),
        Measure("abstention.auc", "confidence, answerable above unanswerable: AUC", "score", "higher", _auc),
        Measure("abstention.ece", "confidence as chance of an answer: calibration error", "score", "lower", sure),
        Measure(
            "abstention.ece_correct",
            "confidence as chance of a right citation: calibration error",
            "score",
            "lower",
            true,
        ),
        Measure(
            "abstention.brier",
            "confidence as chance of an answer: Brier score",
            "score",
            "lower",
            partial(_probability, brier, "answerable"),
        ),
        Measure("followups.answered", "answered", "share", "higher", partial(_follow_ups, "answers.answered")),
        Measure(
            "followups.first", "answer in the first citation", "share", "higher", partial(_follow_ups, "answers.first")
        ),
        Measure("followups.any", "answer in any citation", "share", "higher", partial(_follow_ups, "answers.any")),
        Measure(
            "followups.rewrite_recall",
            "words of a person's rewrite: recall",
            "share",
            "higher",
            partial(_rewrite, "wanted"),
        ),
        Measure(
            "followups.rewrite_precision",
            "words of a person's rewrite: precision",
            "share",
            "higher",
            partial(_rewrite, "added"),
        ),
        Measure(
            "followups.left_alone",
            "left alone where a person leaves it",
            "share",
            "higher",
            partial(_mean, "rewrite.left_alone"),
        ),
        _share("citing.recall", "citation recall"),
        _share("citing.precision", "citation precision"),
        _share("citing.unsupported", "sentences with words that their quotes lack", "lower"),
        _share("writing.generative", "answered in the model's words"),
        _share("writing.failed", "the model failed", "lower"),
        Measure("writing.cut", "of its sentences cut", "share", None, partial(_of_sentences, "cut")),
        Measure("writing.mended", "of them cited otherwise", "share", None, partial(_of_sentences, "mended")),
        _share("writing.prompt_tokens", "tokens read, mean", "lower", "number"),
        _share("writing.completion_tokens", "tokens written, mean", "lower", "number"),
        Measure("failed.questions", "questions that ended in an error", "share", "lower", partial(_mean, "failed")),
        *_times(),
    ]


_FIXED = tuple(_fixed())
