"""A run as one page of HTML that asks nothing of the network: figures, plots, and every miss to look at.

page.py    the page and its tables
plots.py   the plots, as SVG
misses.py  the questions that did not come out as they should
markup.py  words as HTML: escaped, always
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ingest.errors import InputError
from qa.evaluation.report.page import report

if TYPE_CHECKING:
    from qa.evaluation.comparing import Comparison
    from qa.evaluation.floors import Floors
    from qa.evaluation.run import Run

__all__ = ["report", "write_report"]


def write_report(
    run: Run, file: str | Path, *, comparison: Comparison | None = None, floors: Floors | None = None
) -> None:
    """Write :func:`report` to a file.

    Raises:
        InputError: it cannot be written.
    """
    try:
        text = report(run, comparison=comparison, floors=floors)
        Path(file).write_text(text, encoding="utf-8", errors="replace", newline="\n")
    except OSError as error:
        raise InputError(f"{file} cannot be written: {error.strerror or error}") from error
