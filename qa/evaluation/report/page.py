"""The page of a report: its head, figures, plots, tables and misses."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path

from qa.days import written as day
from qa.evaluation.comparing import Comparison, Difference
from qa.evaluation.floors import Floors
from qa.evaluation.formulas import percentile
from qa.evaluation.measures import GROUPS, KEY_MEASURES, PERCENTILES, Measure, figures, steps_of, written
from qa.evaluation.report.markup import tag, text
from qa.evaluation.report.misses import VERDICTS, miss_list
from qa.evaluation.report.plots import calibration_plot, confidence_plot, interval_plot, kinds_plot, latency_plot
from qa.evaluation.run import KINDS, Run

__all__ = ["report"]

# The page may do nothing but show itself: no script, no picture, nothing from elsewhere.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_TILES = {
    "answers.first": "answer in the first citation",
    "answers.any": "answer in any citation",
    "answers.answered": "answerable, answered",
    "abstention.unanswerable_answered": "unanswerable, yet answered",
    "abstention.auc": "AUC of confidence",
    "abstention.ece": "calibration error",
    "retrieval.words.hit@4": "passage among the first 4",
    "latency.median": "milliseconds, median",
}
_BARS = (("answers.first", "first citation", "able"), ("answers.any", "any citation", "pale"))


def report(run: Run, *, comparison: Comparison | None = None, floors: Floors | None = None) -> str:
    """``run`` as one page of HTML, which needs no other file.

    Args:
        comparison: what differs from another run, to be shown too.
        floors: what must be reached; what is not is said at the top.
    """
    style = Path(__file__).with_name("style.css").read_text(encoding="utf-8")
    head = tag(
        "head",
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        tag("title", "Dateline: how well the archive answers"),
        tag("style", style),
    )
    sections = [
        _header(run),
        _floors(run, floors) if floors else "",
        _tiles(run),
        _section("Plots", tag("div", *_plots(run), class_="plots")),
        _section("Compared with the other run", _comparison(comparison)) if comparison else "",
        _section("Measures", _measures(run), _times(run)),
        _section("By kind of question", *(_kinds(run, sort) for sort in KINDS)),
        _section("Misses", _contents(run), miss_list(run.outcomes)),
    ]
    return "<!doctype html>\n" + tag("html", head, tag("body", tag("main", *sections)), lang="en") + "\n"


def _section(title: str, *content: str) -> str:
    return tag("section", tag("h2", text(title)), *content) if any(content) else ""


def _header(run: Run) -> str:
    able = sum(outcome.question.answerable for outcome in run.outcomes)
    searched = run.searched
    days = f", {day(searched.first)} to {day(searched.last)}" if searched.first and searched.last else ""
    said = [
        f"{len(run.outcomes):,} questions: {able:,} with an answer, {len(run.outcomes) - able:,} without",
        f"{searched.articles:,} articles{days}",
        f"asked as of {'the day of each question' if run.as_asked else 'the day of the run'}",
        f"{run.made.replace('T', ' ').replace('+00:00', ' UTC')}, {run.seconds:,.0f} s, Dateline {run.version}",
    ]
    names = ", ".join(run.files)
    return tag(
        "header",
        tag("h1", "How well the archive answers"),
        tag("ul", *(tag("li", text(line)) for line in said), class_="about"),
        tag("p", text(names), class_="files") if names else "",
    )


def _floors(run: Run, floors: Floors) -> str:
    missed = floors.missed(run)
    if not missed:
        count = len(floors.at_least) + len(floors.at_most)
        return tag("p", f"All {count} floors are reached.", class_="verdict good")
    return tag("div", *(tag("p", text(f"{one}.")) for one in missed), class_="verdict bad")


def _tiles(run: Run) -> str:
    tiles = []
    for measure in run.defined():
        if measure.name in _TILES:
            value = tag("b", written(run.measures[measure.name], measure.unit))
            between = tag("small", text(_between(run, measure)))
            tiles.append(
                (measure.name, tag("div", value, tag("span", text(_TILES[measure.name])), between, class_="tile"))
            )
    order = list(_TILES)
    return tag("div", *(tile for _, tile in sorted(tiles, key=lambda one: order.index(one[0]))), class_="tiles")


def _between(run: Run, measure: Measure) -> str:
    interval = run.intervals[measure.name]
    if math.isnan(interval.low):
        return ""
    return f"{written(interval.low, measure.unit)} to {written(interval.high, measure.unit)}"


def _plots(run: Run) -> Iterable[str]:
    columns = run.columns
    sure, able, times = columns["confidence"], columns["answerable"], columns["latency"]
    events = [("there is an answer", "able", able), ("a citation has it", "pale", columns["came_true"])]
    legend = [(name, style) for name, style, _ in events]
    yield _figure("Calibration", calibration_plot(sure, events), legend)
    legend = [("answerable", "able"), ("unanswerable", "unable")]
    yield _figure("Confidence", confidence_plot(sure[able == 1], sure[able == 0]), legend)
    middle, late = (f"{percentile(times, percent):,.0f}" for percent in (50, 95))
    yield _figure("Time of an answer", latency_plot(times), [(f"median {middle} ms, 95th {late} ms", "")])
    for sort in ("expects", "file"):
        kinds = list(_bars(run, sort))
        legend = [(label, style) for _, label, style in _BARS]
        title = f"The answer stands in the …, {KINDS[sort][0]}"
        yield _figure(title, kinds_plot(kinds), legend, wide=True) if len(kinds) > 1 else ""


def _bars(run: Run, sort: str) -> Iterable[tuple[str, int, list[tuple[str, str, float]]]]:
    """The answerable questions of each kind: its name, how many, and the measures that make its bars."""
    for kind, some in run.by_kind(sort).items():
        able = [outcome for outcome in some if outcome.question.answerable]
        found = figures(able)
        if _BARS[0][0] in found:
            yield kind, len(able), [(label, style, found.get(name, math.nan)) for name, label, style in _BARS]


def _figure(title: str, plot: str, legend: Sequence[tuple[str, str]], *, wide: bool = False) -> str:
    keys = [tag("span", text(name), class_=f"key {style}" if style else None) for name, style in legend]
    head = tag("figcaption", text(title), tag("p", *keys, class_="legend"))
    return tag("figure", head, plot, class_="half" if wide else None) if plot else ""


def _measures(run: Run) -> str:
    sections = []
    for group, some in groupby(run.defined(), key=lambda measure: measure.group):
        if group != "latency":
            rows = [(_named(one), written(run.measures[one.name], one.unit), _between(run, one)) for one in some]
            sections.append((GROUPS[group], rows))
    return _table(("", "value", "95% interval"), *sections)


def _times(run: Run) -> str:
    rows = []
    for step in ("", *steps_of(run.columns)):
        name = f"latency.{step}" if step else "latency"
        times = (run.measures.get(f"{name}.{short}", math.nan) for short, _, _ in PERCENTILES)
        label = text(step.capitalize() or "Whole answer")
        rows.append((f"{label} {tag('code', text(name))}", *(written(time, "ms") for time in times)))
    return _table(("milliseconds", *(short for short, _, _ in PERCENTILES)), ("", rows))


def _named(measure: Measure) -> str:
    label = measure.label[0].upper() + measure.label[1:]
    return f"{text(label)} {tag('code', text(measure.name))}"


def _kinds(run: Run, sort: str) -> str:
    kinds = run.by_kind(sort)
    if len(kinds) < 2:
        return ""
    units = {measure.name: measure.unit for measure in run.defined()}
    shown = {name: label for name, label in KEY_MEASURES.items() if name in units}
    rows = []
    for kind, some in kinds.items():
        found = figures(some)
        values = (written(found.get(name, math.nan), units[name]) for name in shown)
        rows.append((text(kind), str(len(some)), *values))
    return _table((KINDS[sort][0].capitalize(), "questions", *shown.values()), ("", rows))


def _table(head: Sequence[str], *sections: tuple[str, Iterable[Sequence[str]]]) -> str:
    """A table; ``head`` and the sections' titles are words, their rows are HTML. It scrolls where it is too wide."""
    parts = [tag("thead", tag("tr", *(tag("th", text(name), scope="col") for name in head)))]
    for title, rows in sections:
        first = tag("tr", tag("th", text(title), scope="colgroup", colspan=str(len(head)))) if title else ""
        parts.append(tag("tbody", first, *(tag("tr", *(tag("td", cell) for cell in row)) for row in rows)))
    return tag("div", tag("table", *parts), class_="scroll", tabindex="0")


def _comparison(comparison: Comparison) -> str:
    said = f"{comparison.common:,} questions in common, {comparison.only_after:,} only in this run, "
    said += f"{comparison.only_before:,} only in the other. "
    said += f"{len(comparison.differences) - len(comparison.differing)} measures are the same in both and not shown. "
    said += "Intervals by paired bootstrap."
    sections = []
    for group, some in groupby(comparison.differing, key=lambda one: one.measure.group):
        of_group = list(some)
        sections.append((GROUPS[group], [_difference(one, _reach(of_group, one)) for one in of_group]))
    table = _table(("", "other", "this", "change", "95% interval", "", ""), *sections) if sections else ""
    changes = [
        (
            text(change.after.question.text),
            text(change.before.verdict),
            text(change.after.verdict),
            _badge("better" if change.better else "worse"),
        )
        for change in comparison.changes
    ]
    changed = _table(("Questions that changed", "other", "this", ""), ("", changes)) if changes else ""
    return tag("p", text(said), class_="note") + table + (changed or tag("p", "No question changed.", class_="note"))


def _badge(verdict: str) -> str:
    return tag("span", text(verdict), class_=f"badge {'good' if verdict == 'better' else 'bad'}") if verdict else ""


def _reach(differences: Sequence[Difference], one: Difference) -> float:
    """The furthest that the measures of one unit go, so that their bars can be held against each other."""
    ends = [
        abs(end)
        for other in differences
        if other.measure.unit == one.measure.unit
        for end in (other.change.low, other.change.high, other.change.value)
        if not math.isnan(end)
    ]
    return max(ends, default=0.0)


def _difference(one: Difference, reach: float) -> Sequence[str]:
    unit, change = one.measure.unit, one.change
    low, high = (f"{'+' if value > 0 else ''}{written(value, unit)}" for value in (change.low, change.high))
    return (
        _named(one.measure),
        written(one.before, unit),
        written(one.after, unit),
        f"{'+' if change.value > 0 else ''}{written(change.value, unit)}",
        f"{low} to {high}" if not math.isnan(change.low) else "",
        interval_plot(change, reach),
        _badge(one.verdict),
    )


def _contents(run: Run) -> str:
    """Links to the groups of misses."""
    counts = dict.fromkeys(VERDICTS, 0)
    for outcome in run.outcomes:
        counts[outcome.verdict] += not outcome.fine
    links = [
        tag("a", text(f"{short} {counts[verdict]}"), href=f"#misses-{verdict}", class_="jump")
        for verdict, (_, short) in VERDICTS.items()
        if counts[verdict]
    ]
    return tag("p", *links, class_="jumps") if links else ""
