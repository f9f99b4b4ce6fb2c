"""The plots of a report, as SVG that takes its colours from the page."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from qa.evaluation.formulas import Floats, Interval, calibration, percentile
from qa.evaluation.report.markup import tag, text

__all__ = ["calibration_plot", "confidence_plot", "interval_plot", "kinds_plot", "latency_plot"]

_WIDTH, _HEIGHT = 360, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 40, 12, 14, 38
_ACROSS, _DOWN = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM
_ROW = 46


def calibration_plot(confidence: Floats, events: Sequence[tuple[str, str, Floats]]) -> str:
    """A reliability diagram: how often what was predicted with a confidence came true.

    Args:
        confidence: what was predicted.
        events: of each thing predicted, its name, its style, and whether it came true; ``nan`` where that is unknown.
    """
    parts = [_axes("confidence", [0, 0.25, 0.5, 0.75, 1], [0, 0.25, 0.5, 0.75, 1])]
    parts.append(_line(_x(0), _y(0), _x(1), _y(1), "guide"))
    for name, style, came_true in events:
        known = ~np.isnan(confidence) & ~np.isnan(came_true)
        bins = calibration(confidence[known], came_true[known])
        points = " ".join(f"{_x(one.confidence):.1f},{_y(one.came_true):.1f}" for one in bins)
        parts.append(tag("polyline", points=points, class_=f"line {style}"))
        most = max((one.count for one in bins), default=1)
        for one in bins:
            said = f"{name}: {one.count} with a mean confidence of {one.confidence:.2f}, {one.came_true:.2f} came true"
            radius = f"{2.5 + 5 * math.sqrt(one.count / most):.1f}"
            centre = {"cx": f"{_x(one.confidence):.1f}", "cy": f"{_y(one.came_true):.1f}"}
            parts.append(tag("circle", tag("title", text(said)), r=radius, class_=f"dot {style}", **centre))
    return _svg("Calibration: how often a confidence came true", parts)


def confidence_plot(answerable: Floats, unanswerable: Floats, *, bins: int = 20) -> str:
    """How confidence is distributed: answerable questions above the line, unanswerable ones below it."""
    counts = [
        np.histogram(values[~np.isnan(values)], bins=bins, range=(0, 1))[0] for values in (answerable, unanswerable)
    ]
    shares = [found / max(found.sum(), 1) for found in counts]
    most = max(float(max(found.max() for found in shares)), 0.01)
    middle, wide = _TOP + _DOWN / 2, _ACROSS / bins
    parts = [_ticks_across("confidence", [0, 0.25, 0.5, 0.75, 1])]
    for which, (found, share, style) in enumerate(zip(counts, shares, ("able", "unable"), strict=True)):
        for place in range(bins):
            tall = share[place] / most * (_DOWN / 2 - 2)
            if found[place]:
                said = f"{place / bins:.2f} to {(place + 1) / bins:.2f}: {found[place]}"
                top = middle if which else middle - tall
                parts.append(_bar(_LEFT + place * wide + 1, top, wide - 2, max(tall, 1.5), f"fill {style}", said))
    parts.append(_line(_LEFT, middle, _LEFT + _ACROSS, middle, "axis"))
    return _svg("Confidence of answerable questions, above, and of unanswerable ones, below", parts)


def latency_plot(milliseconds: Floats, *, bins: int = 24) -> str:
    """How long the answers took, with lines at the median and the 95th percentile."""
    known = milliseconds[~np.isnan(milliseconds)]
    if not known.size:
        return ""
    # The slowest hundredth may take very long, and is counted in the last bar.
    end = max(percentile(known, 99) * 1.05, 1.0)
    counts = np.histogram(np.minimum(known, end), bins=bins, range=(0, end))[0]
    wide, most = _ACROSS / bins, counts.max()
    step = _round_step(end)
    ticks = [tick * step / end for tick in range(int(end / step) + 1)]
    parts = [_ticks_across("milliseconds", ticks, top=end)]
    for place in range(bins):
        tall = counts[place] / most * _DOWN
        if counts[place]:
            said = f"{place * end / bins:.0f} to {(place + 1) * end / bins:.0f} ms: {counts[place]}"
            parts.append(_bar(_LEFT + place * wide + 1, _TOP + _DOWN - tall, wide - 2, tall, "fill able", said))
    for percent in (50, 95):
        across = _x(min(percentile(known, percent) / end, 1))
        parts.append(_line(across, _TOP, across, _TOP + _DOWN, "guide"))
    parts.append(_line(_LEFT, _TOP + _DOWN, _LEFT + _ACROSS, _TOP + _DOWN, "axis"))
    return _svg("Time of an answer", parts)


def kinds_plot(kinds: Sequence[tuple[str, int, Sequence[tuple[str, str, float]]]]) -> str:
    """Bars by kind of question: of each its name, how many questions, and its measures with their styles."""
    height = _TOP + _ROW * len(kinds) + 20
    width, left = 400, 110
    across = width - left - 40
    parts = []
    for share in (0, 0.5, 1):
        here = left + share * across
        parts.append(_line(here, _TOP, here, height - 20, "grid"))
        parts.append(_words(here, height - 6, f"{share:g}", anchor="middle"))
    for place, (kind, count, measures) in enumerate(kinds):
        top = _TOP + place * _ROW
        parts.append(_words(left - 8, top + 18, kind, anchor="end", style="name"))
        parts.append(_words(left - 8, top + 32, f"{count} question{'s' * (count != 1)}", anchor="end"))
        tall = 34 / max(len(measures), 1)
        for nth, (name, style, value) in enumerate(measures):
            if math.isnan(value):
                continue
            there = top + 5 + nth * tall
            parts.append(_bar(left, there, max(value * across, 1), tall - 2, f"fill {style}", f"{name}: {value:.2f}"))
            parts.append(_words(left + value * across + 4, there + tall / 2 + 3, f"{value:.2f}"))
    return _svg("By kind of question", parts, width=width, height=height)


def interval_plot(change: Interval, reach: float) -> str:
    """A change and its interval as a small bar around 0, of which ``reach`` is at either end."""
    wide, middle = 120, 60

    def at(value: float) -> float:
        return middle + max(-1.0, min(1.0, value / reach if reach else 0.0)) * (middle - 4)

    parts = [_line(middle, 1, middle, 19, "guide")]
    if not math.isnan(change.low):
        parts.append(_line(at(change.low), 10, at(change.high), 10, "line able"))
    parts.append(tag("circle", cx=f"{at(change.value):.1f}", cy="10", r="3.5", class_="dot able"))
    return tag("svg", *parts, viewBox=f"0 0 {wide} 20", class_="small", aria_hidden="true")


def _round_step(end: float) -> float:
    """A round number of which about four reach ``end``."""
    power = 10.0 ** math.floor(math.log10(end / 4))
    return next(step for step in (power, 2 * power, 5 * power, 10 * power) if end / step <= 5)


def _x(share: float) -> float:
    return _LEFT + share * _ACROSS


def _y(share: float) -> float:
    return _TOP + (1 - share) * _DOWN


def _axes(across: str, ticks_across: Sequence[float], ticks_up: Sequence[float]) -> str:
    lines = [_line(_LEFT, _y(tick), _LEFT + _ACROSS, _y(tick), "grid") for tick in ticks_up]
    names = [_words(_LEFT - 6, _y(tick) + 4, f"{tick:g}", anchor="end") for tick in ticks_up]
    return "".join((*lines, *names, _ticks_across(across, ticks_across)))


def _ticks_across(name: str, ticks: Sequence[float], *, top: float = 1.0) -> str:
    below = _TOP + _DOWN + 15
    numbers = [
        _words(_x(tick), below, f"{tick * top:,.0f}" if top != 1 else f"{tick:g}", anchor="middle") for tick in ticks
    ]
    return "".join((*numbers, _words(_LEFT + _ACROSS / 2, below + 17, name, anchor="middle")))


def _line(x1: float, y1: float, x2: float, y2: float, style: str) -> str:
    places = zip(("x1", "y1", "x2", "y2"), (x1, y1, x2, y2), strict=True)
    return tag("line", class_=style, **{name: f"{value:.1f}" for name, value in places})


def _bar(x: float, y: float, width: float, height: float, style: str, said: str) -> str:
    places = zip(("x", "y", "width", "height"), (x, y, width, height), strict=True)
    return tag("rect", tag("title", text(said)), class_=style, **{name: f"{value:.1f}" for name, value in places})


def _words(x: float, y: float, words: str, *, anchor: str = "start", style: str | None = None) -> str:
    return tag("text", text(words), x=f"{x:.1f}", y=f"{y:.1f}", text_anchor=anchor, class_=style)


def _svg(title: str, parts: Sequence[str], *, width: int = _WIDTH, height: int = _HEIGHT) -> str:
    return tag("svg", *parts, viewBox=f"0 0 {width} {height}", role="img", aria_label=title)
