"""Two runs over the same questions: what differs, how sure that is, and which questions changed."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.errors import InputError
from qa.evaluation.formulas import Interval, bootstrap
from qa.evaluation.judging import Outcome
from qa.evaluation.measures import Columns, Measure, measures_of
from qa.evaluation.words import plain

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from qa.evaluation.run import Run

__all__ = ["Change", "Comparison", "Difference", "compare"]

# What a verdict is worth, to tell better from worse. Of a question without an answer only silence is right.
_WORTH = {"right": 4, "later": 3, "silent": 2, "wrong": 1, "failed": 0}
_WORTH_OF_SILENCE = {"silent": 2, "baseless": 1, "failed": 0}

_Key = tuple[str, tuple[tuple[str, str], ...], str, int]


@dataclass(frozen=True, slots=True)
class Difference:
    """One measure in two runs, over the questions that both have.

    Attributes:
        before, after: its value in the other run, and in this one.
        change: ``after`` less ``before``, with its 95% confidence interval.
    """

    measure: Measure
    before: float
    after: float
    change: Interval

    @property
    def verdict(self) -> str:
        """``better`` or ``worse`` where the interval leaves out 0 and one way is better; else nothing."""
        if not self.change.excludes_zero or self.measure.better is None:
            return ""
        return "better" if (self.change.value > 0) == (self.measure.better == "higher") else "worse"


@dataclass(frozen=True, slots=True)
class Change:
    """A question of which something else became than before."""

    before: Outcome
    after: Outcome

    @property
    def better(self) -> bool:
        """Whether it became better."""
        return _worth(self.after) > _worth(self.before)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs, compared.

    Attributes:
        common: how many questions both have.
        only_before, only_after: how many only one of them has.
        differences: the measures that both have, in their order.
        changes: the questions whose verdict changed, those that became worse first.
    """

    common: int
    only_before: int
    only_after: int
    differences: tuple[Difference, ...]
    changes: tuple[Change, ...]

    @property
    def differing(self) -> tuple[Difference, ...]:
        """The measures that are not the same in both."""
        return tuple(one for one in self.differences if one.before != one.after)


def compare(run: Run, other: Run, *, resamples: int = 1000) -> Comparison:
    """What ``run`` does otherwise than ``other``, over the questions that both were asked: the same words, after the
    same talk, as of the same day.

    The intervals come from the paired bootstrap: the questions are drawn again, the same ones for both runs.

    Args:
        run: the run that is judged.
        other: the one before it.
        resamples: how often the questions are drawn again.

    Raises:
        InputError: they have no question in common.
    """
    befores, afters = _keyed(other.outcomes), _keyed(run.outcomes)
    pairs = [(befores[key], outcome) for key, outcome in afters.items() if key in befores]
    if not pairs:
        raise InputError("the two runs have no question in common: compare runs over the same files")
    before, after = (Columns.of([pair[which] for pair in pairs]) for which in (0, 1))
    changes = [Change(one, two) for one, two in pairs if _worth(one) != _worth(two)]
    return Comparison(
        common=len(pairs),
        only_before=len(befores) - len(pairs),
        only_after=len(afters) - len(pairs),
        differences=tuple(_differences(before, after, resamples)),
        changes=tuple(sorted(changes, key=lambda change: change.better)),
    )


def _keyed(outcomes: Iterable[Outcome]) -> dict[_Key, Outcome]:
    """Outcomes by their question; the same question a second time has a key of its own."""
    seen: Counter[tuple[object, ...]] = Counter()
    found: dict[_Key, Outcome] = {}
    for outcome in outcomes:
        question = outcome.question
        key = (plain(question.text), question.history, question.asked)
        found[(*key, seen[key])] = outcome
        seen[key] += 1
    return found


def _differences(before: Columns, after: Columns, resamples: int) -> Iterator[Difference]:
    for measure in measures_of(after):
        if measure.name.count(".") > 1 and measure.group == "latency" and not measure.name.endswith(".median"):
            continue  # of the steps of an answer, the median tells enough
        values = measure.of(before), measure.of(after)
        if any(map(math.isnan, values)):
            continue

        def change(places: NDArray[np.intp], of: Measure = measure) -> float:
            return of.of(after.draw(places)) - of.of(before.draw(places))

        yield Difference(measure, *values, bootstrap(after.count, change, resamples=resamples))


def _worth(outcome: Outcome) -> int:
    return (_WORTH if outcome.question.answerable else _WORTH_OF_SILENCE)[outcome.verdict]
