"""A run, and how it compares, as tables for a terminal and as lines with tabs for a pipe."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ingest.console import printable, put
from qa.days import written as day_of
from qa.evaluation.comparing import Comparison
from qa.evaluation.measures import KEY_MEASURES, PERCENTILES, Measure, figures, steps_of, written
from qa.evaluation.run import KINDS, Run

__all__ = ["show_comparison", "show_run"]

_STYLES = {"better": "green", "worse": "red", "": ""}
# A narrow terminal has room for the names of the measures alone.
_LABEL = "what it is"
_WIDE = 110

Rows = Iterator[tuple[str, Sequence[str], str]]


def show_run(run: Run) -> None:
    """Write the figures of ``run``, then those by kind of question, to stdout."""
    put(_headline(run))
    _show(("measure", _LABEL, "value", "95% interval"), _measure_rows(run), numbers=2)
    _show(("time in ms", *(name for name, _, _ in PERCENTILES)), _time_rows(run), numbers=len(PERCENTILES))
    for sort, (title, _) in KINDS.items():
        kinds = run.by_kind(sort)
        if len(kinds) > 1:
            put(f"Kinds of questions, {title}")
            head = ("kind", "questions", *KEY_MEASURES.values())
            _show(head, _kind_rows(run, sort), numbers=len(head) - 1)


def show_comparison(comparison: Comparison, *, names: tuple[str, str] = ("before", "after")) -> None:
    """Write what differs between two runs to stdout.

    Args:
        names: what the other run and this one are called.
    """
    both = f"{comparison.common} questions in common"
    apart = [
        f"{count} only in the {which} run"
        for count, which in ((comparison.only_after, "new"), (comparison.only_before, "other"))
        if count
    ]
    put(", ".join([both, *apart]))
    _show(("measure", _LABEL, *names, "change", "95% interval", ""), _difference_rows(comparison), numbers=5)
    put(f"{len(comparison.differences) - len(comparison.differing)} measures are the same in both")
    _show(("question", *names), _change_rows(comparison), numbers=0)


def _headline(run: Run) -> str:
    searched, able = run.searched, sum(one.question.answerable for one in run.outcomes)
    days = f", {day_of(searched.first)} to {day_of(searched.last)}" if searched.first and searched.last else ""
    return (
        f"{len(run.outcomes)} questions, {able} with an answer, to {searched.articles:,} articles{days}; "
        f"{run.seconds:.0f} s"
    )


def _measure_rows(run: Run) -> Rows:
    for measure in run.defined():
        if measure.group != "latency":
            interval, value = run.intervals[measure.name], _value(run.measures[measure.name], measure)
            between = _between(interval.low, interval.high, measure)
            yield measure.group, (measure.name, measure.label, value, between), ""


def _time_rows(run: Run) -> Rows:
    for name in ("latency", *(f"latency.{step}" for step in steps_of(run.columns))):
        times = (run.measures.get(f"{name}.{short}", math.nan) for short, _, _ in PERCENTILES)
        yield "", (name, *(written(time, "ms") for time in times)), ""


def _kind_rows(run: Run, sort: str) -> Rows:
    measures = {measure.name: measure for measure in run.defined()}
    for kind, some in run.by_kind(sort).items():
        found = figures(some)
        cells = (
            written(found.get(name, math.nan), measures[name].unit if name in measures else "share")
            for name in KEY_MEASURES
        )
        yield "", (kind, str(len(some)), *cells), ""


def _difference_rows(comparison: Comparison) -> Rows:
    for one in comparison.differing:
        measure, change = one.measure, one.change
        between = _between(change.low, change.high, measure, signed=True)
        values = _value(one.before, measure), _value(one.after, measure), _signed(change.value, measure)
        yield measure.group, (measure.name, measure.label, *values, between, one.verdict), _STYLES[one.verdict]


def _change_rows(comparison: Comparison) -> Rows:
    for change in comparison.changes:
        row = (change.after.question.text, change.before.verdict, change.after.verdict)
        yield "", row, "green" if change.better else "red"


def _value(value: float, measure: Measure) -> str:
    return written(value, measure.unit)


def _signed(value: float, measure: Measure) -> str:
    return f"{'+' if value > 0 else ''}{_value(value, measure)}"


def _between(low: float, high: float, measure: Measure, *, signed: bool = False) -> str:
    if math.isnan(low):
        return ""
    low_text, high_text = ((_signed if signed else _value)(value, measure) for value in (low, high))
    return f"{low_text} to {high_text}"


def _show(head: Sequence[str], rows: Rows, *, numbers: int) -> None:
    """Rows under ``head``, of which the last ``numbers`` columns are set to the right; on a terminal as a table."""
    console = Console(highlight=False, markup=False, emoji=False)
    found = list(rows)
    if not found:
        return
    if not console.is_terminal:
        put("\t".join(head))
        for _, cells, _ in found:
            put("\t".join(" ".join(cell.split()) for cell in cells))
        put("")
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    left_out = {place for place, name in enumerate(head) if name == _LABEL and console.width < _WIDE}
    for place, name in enumerate(head):
        if place not in left_out:
            number = place >= len(head) - numbers
            table.add_column(name, justify="right" if number else "left", overflow="fold", no_wrap=number)
    group = ""
    for section, cells, style in found:
        if section != group:
            table.add_section()
            group = section
        table.add_row(*(Text(printable(cell), style) for place, cell in enumerate(cells) if place not in left_out))
    console.print(table)
