"""What a run must reach: floors under measures, and ceilings over them, in a JSON file.

{
  "at_least": {"answers.first": 0.7, "abstention.auc": 0.9},
  "at_most": {"abstention.unanswerable_answered": 0.2, "latency.median": 600}
}
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.errors import InputError
from qa.evaluation.measures import Columns, measures_of

if TYPE_CHECKING:
    from qa.evaluation.run import Run

__all__ = ["Floors", "Shortfall"]


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A measure that is not where it must be; ``value`` is ``nan`` where the run has no figure for it."""

    name: str
    value: float
    bound: float
    ceiling: bool

    def __str__(self) -> str:
        limit = f"{'at most' if self.ceiling else 'at least'} {self.bound:g}"
        if math.isnan(self.value):
            return f"{self.name} must be {limit}, and was not measured: no question tells"
        return f"{self.name} must be {limit}, and is {self.value:.4g}"


@dataclass(frozen=True, slots=True)
class Floors:
    """Bounds by the name of a measure."""

    at_least: Mapping[str, float] = field(default_factory=dict)
    at_most: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def load(cls, file: str | Path) -> Floors:
        """The floors in a file.

        Raises:
            InputError: it cannot be read, names a measure that there is not, or gives a bound that is no number.
        """
        try:
            data = json.loads(Path(file).read_text(encoding="utf-8"))
        except OSError as error:
            raise InputError(f"{file} cannot be read: {error.strerror or error}") from error
        except ValueError as error:
            raise InputError(f"{file} is not JSON: {error}") from error
        if not isinstance(data, dict) or not data or set(data) - {"at_least", "at_most"}:
            raise InputError(f'{file} should be a JSON object with "at_least", "at_most", or both')
        return cls(**{side: _bounds(file, side, bounds) for side, bounds in data.items()})

    def missed(self, run: Run) -> tuple[Shortfall, ...]:
        """What ``run`` does not reach."""
        found = [
            Shortfall(name, run.measures.get(name, math.nan), bound, ceiling)
            for bounds, ceiling in ((self.at_least, False), (self.at_most, True))
            for name, bound in bounds.items()
        ]
        return tuple(one for one in found if not (one.value <= one.bound if one.ceiling else one.value >= one.bound))


def _bounds(file: str | Path, side: str, bounds: Any) -> dict[str, float]:
    if not isinstance(bounds, dict):
        raise InputError(f'{file}: "{side}" should hold measures and numbers')
    known = [measure.name for measure in measures_of(Columns({}, 0))]
    for name, bound in bounds.items():
        if name not in known and not name.startswith("latency."):
            near = get_close_matches(name, known, n=1)
            raise InputError(f"{file}: there is no measure {name!r}{f'; {near[0]!r} is one' if near else ''}")
        if isinstance(bound, bool) or not isinstance(bound, int | float):
            raise InputError(f"{file}: {name} is {json.dumps(bound)}, and should be a number")
    return {name: float(bound) for name, bound in bounds.items()}
