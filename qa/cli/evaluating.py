"""``dateline eval``: how well an archive answers, measured on questions whose answers are known."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ingest.console import as_json, put, say
from ingest.errors import InputError
from qa.cli.frame import ArchiveOption, cli, unicode

if TYPE_CHECKING:
    from qa.evaluation.comparing import Comparison
    from qa.evaluation.floors import Floors
    from qa.evaluation.run import OnProgress, Run

__all__: list[str] = []

_SECONDS_BETWEEN_LINES = 10.0


@cli.command("eval")
def evaluate(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE", help="Questions, as JSON Lines.", show_default=False)
    ] = None,
    archive: ArchiveOption = None,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="Only so many questions of each file.")] = None,
    kind: Annotated[
        str | None, typer.Option("--kind", metavar="KIND", help="Only questions of this kind, such as person or date.")
    ] = None,
    as_asked: Annotated[
        bool, typer.Option("--as-asked", help="Ask as of the day that the file says it was asked; else as of today.")
    ] = False,
    json: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write the run to this file; - for stdout.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write a page with plots and every miss.")
    ] = None,
    compare: Annotated[
        Path | None, typer.Option("--compare", metavar="RUN", help="Compare with an earlier run (its --json file).")
    ] = None,
    floors: Annotated[
        Path | None,
        typer.Option("--floors", metavar="FILE", help="Exit with 1 when a measure is not where it must be."),
    ] = None,
    saved: Annotated[
        Path | None, typer.Option("--saved", metavar="RUN", help="Ask nothing; show this run (its --json file).")
    ] = None,
    from_feedback: Annotated[
        bool, typer.Option("--from-feedback", help="Ask again what people rated on the page, and tell what changed.")
    ] = False,
    both: Annotated[
        bool, typer.Option("--both", help="Ask twice, for quotes and with the language model that is set, and compare.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress and no tables.")] = False,
) -> None:
    """Measure how well the archive answers questions whose answers are known.

    A question file has one JSON object a line, such as {"question": "...", "answer": "..."}; without an answer, silence
    is what is right. docs/evaluation.md has all names, and what each measure means.
    """
    from qa.evaluation.comparing import compare as compared
    from qa.evaluation.floors import Floors
    from qa.evaluation.run import Run

    if from_feedback:
        if files or saved or html or compare or floors or kind:
            raise typer.BadParameter("--from-feedback goes with --archive, --limit, --as-asked, --json and --quiet")
        _recheck(archive, limit, json, as_asked=as_asked, quiet=quiet)
        return
    if bool(files) == bool(saved):
        raise typer.BadParameter("name one file of questions or more, or a run with --saved")
    if both and (saved or compare):
        raise typer.BadParameter("--both asks by itself and compares: leave --saved and --compare out")
    _check_places(json, html)
    bounds = Floors.load(floors) if floors else None
    other = Run.load(compare) if compare else None
    ask = partial(_asked, files or [], archive, limit, kind, as_asked=as_asked, both=both, quiet=quiet)
    other = ask(llm=False) if both else other
    run = Run.load(saved) if saved else ask()
    comparison = compared(run, other) if other else None
    _write(run, comparison, bounds, json, html)
    if not quiet and json != Path("-"):
        _show(run, comparison, both=both)
    if bounds and (missed := bounds.missed(run)):
        for shortfall in missed:
            say(f"Error: {shortfall}")
        raise typer.Exit(1)


def _asked(
    files: list[Path],
    archive: Path | None,
    limit: int | None,
    kind: str | None,
    *,
    as_asked: bool,
    both: bool,
    quiet: bool,
    llm: bool = True,
) -> Run:
    from ingest.settings import Settings
    from qa.evaluation.run import evaluate as evaluated
    from qa.reranker import BundledReranker

    settings = Settings.load(archive)
    if both and not settings.llm:
        raise InputError("--both compares quotes with a language model, and none is set: see the setting llm")
    borne_out = BundledReranker(threads=settings.threads).score if both else None

    kind = unicode(kind) if kind else None
    with _progress(quiet=quiet) as on_progress:
        return evaluated(
            *files,
            archive=archive,
            limit=limit,
            kind=kind,
            as_asked=as_asked,
            llm=llm,
            borne_out=borne_out,
            on_progress=on_progress,
        )


def _recheck(archive: Path | None, limit: int | None, json: Path | None, *, as_asked: bool, quiet: bool) -> None:
    """Ask again what people rated."""
    from qa.evaluation.feedback import recheck, show_recheck

    _check_places(json)
    with _progress(quiet=quiet) as on_progress:
        found = recheck(archive, limit=limit, as_asked=as_asked, on_progress=on_progress)
    if json == Path("-"):
        as_json(found.to_dict())
    elif json:
        found.save(json)
    if not quiet and json != Path("-"):
        show_recheck(found)


def _check_places(*files: Path | None) -> None:
    """A run takes minutes: what cannot be written is said before it.

    Raises:
        InputError: a file is to be written where there is no folder, or where a folder is.
    """
    for file in files:
        if file and file != Path("-") and (file.is_dir() or not file.absolute().parent.is_dir()):
            why = "it is a folder" if file.is_dir() else f"there is no folder {file.absolute().parent}"
            raise InputError(f"{file} cannot be written: {why}")


def _write(
    run: Run, comparison: Comparison | None, floors: Floors | None, json: Path | None, html: Path | None
) -> None:
    if json == Path("-"):
        as_json(run.to_dict())
    elif json:
        run.save(json)
    if html:
        from qa.evaluation.report import write_report

        write_report(run, html, comparison=comparison, floors=floors)


def _show(run: Run, comparison: Comparison | None, *, both: bool) -> None:
    from qa.evaluation.table import show_comparison, show_run

    if both:
        put("With the language model:")
    show_run(run)
    if comparison:
        put("")
        show_comparison(comparison, names=("quotes", "with it") if both else ("before", "after"))


@contextmanager
def _progress(*, quiet: bool) -> Iterator[OnProgress | None]:
    """How far a run is, on stderr: a bar on a terminal, now and then a line elsewhere."""
    if quiet:
        yield None
        return
    if not sys.stderr.isatty():
        yield _Lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True, highlight=False)
    columns = (TextColumn("{task.description}"), BarColumn(bar_width=30), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("Opening the archive", total=None)
        yield lambda done, total: bar.update(task, description="Asking", completed=done, total=total)


class _Lines:
    """A line every few seconds."""

    def __init__(self) -> None:
        self._next = time.monotonic() + _SECONDS_BETWEEN_LINES

    def __call__(self, done: int, total: int) -> None:
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + _SECONDS_BETWEEN_LINES
            say(f"Asked {done} of {total} questions")
