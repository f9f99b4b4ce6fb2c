"""What an ingest looks like to the person who runs it: the progress bar, the report, one line for an error.

``python -m ingest`` and ``dateline ingest`` share it. It decides nothing about articles or archives.
"""

from __future__ import annotations

import json
import re
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

from ingest.errors import ArchiveBusy, DatelineError, InputError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from ingest.pipeline import IngestReport, Progress

    OnProgress = Callable[[Progress], None]

__all__ = ["STOPPED", "addressed", "as_json", "guarded", "printable", "progress", "put", "run_ingest", "say"]

STOPPED = "Stopped. What was stored stays; run the same command again to finish."

# A line every few seconds is enough for a log file.
_SECONDS_BETWEEN_LINES = 5.0

# Signs that move the cursor, change colours or reverse the reading direction, and halves of characters that no
# encoding can write. An article may hold any of them; a terminal must not act on them.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class _Terminated(KeyboardInterrupt):
    """SIGTERM arrived: stop as for Ctrl-C."""


def printable(text: str) -> str:
    """``text`` without the characters that a terminal would act on instead of showing."""
    return _UNPRINTABLE.sub("", text)


def say(message: str) -> None:
    """One line on stderr, for the person at the terminal."""
    _write(sys.stderr, printable(message))


def put(text: str) -> None:
    """Lines of a result, on stdout."""
    _write(sys.stdout, printable(text))


def as_json(value: Any) -> None:
    """``value`` as one JSON object on stdout."""
    utf8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    text = json.dumps(value, ensure_ascii=not utf8, indent=2 if sys.stdout.isatty() else None)
    _write(sys.stdout, text.encode("utf-8", "backslashreplace").decode())


def _write(stream: TextIO, text: str) -> None:
    """Lines of text; what the stream's encoding lacks is written as ``?`` rather than being an error."""
    encoding = stream.encoding or "utf-8"
    print(text.encode(encoding, "replace").decode(encoding), file=stream, flush=True)


@contextmanager
def guarded(*, stopped: str = "Stopped.") -> Iterator[None]:
    """Turn what ends a command early into one line on stderr and an exit code: 1 for an error, 130 for Ctrl-C, 143 for
    SIGTERM.

    Args:
        stopped: what to say after Ctrl-C or SIGTERM.

    Raises:
        SystemExit: with the exit code.
    """
    on_main_thread = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGTERM, _terminate) if on_main_thread else None
    try:
        yield
    except DatelineError as error:
        say("Error: " + " ".join(str(error).split()))
        raise SystemExit(1) from None
    except KeyboardInterrupt as interrupt:
        say("\n" + stopped if sys.stderr.isatty() else stopped)
        raise SystemExit(143 if isinstance(interrupt, _Terminated) else 130) from None
    finally:
        if on_main_thread:
            signal.signal(signal.SIGTERM, before)


def _terminate(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise _Terminated


def progress(*, quiet: bool = False) -> AbstractContextManager[OnProgress | None]:
    """Show how far an ingest is, on stderr: a bar on a terminal, now and then a line elsewhere.

    Yields:
        What to hand to ``ingest(on_progress=...)``; None when nothing is to be shown.
    """
    if quiet:
        return nullcontext(None)
    return _bar() if sys.stderr.isatty() else nullcontext(_Lines())


class _Lines:
    """A line when a phase begins, and every few seconds within it."""

    def __init__(self) -> None:
        self._phase = ""
        self._next = 0.0

    def __call__(self, now: Progress) -> None:
        if now.phase == "done" or (now.phase == self._phase and time.monotonic() < self._next):
            return
        self._phase, self._next = now.phase, time.monotonic() + _SECONDS_BETWEEN_LINES
        counts = f": {now.articles:,} articles, {now.done:,} of {now.passages:,} passages" if now.passages else ""
        say(_message(now) + counts)


@contextmanager
def _bar() -> Iterator[OnProgress]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TimeRemainingColumn(elapsed_when_finished=True),
        console=Console(stderr=True, highlight=False),
        transient=True,
    )
    with bar:
        task = bar.add_task("Starting", total=None)
        yield lambda now: bar.update(task, description=_message(now), completed=now.done, total=now.total)


def _message(now: Progress) -> str:
    return printable(" ".join(now.message.split())) or now.phase.capitalize()


_ADDRESS = re.compile(r"auto|local|ray://\S+|[\w.-]+:\d+")


def addressed(words: Sequence[str]) -> list[str]:
    """A command's words with ``--ray`` written out: its address may be left out, and what follows is a path then."""
    found = list(words)
    for at, word in enumerate(words):
        if word == "--ray" and not _ADDRESS.fullmatch("".join(words[at + 1 : at + 2])):
            found[at] = "--ray="
    return found


def run_ingest(
    targets: Sequence[str],
    *,
    archive: Path | None = None,
    quiet: bool = False,
    to_json: bool = False,
    allow_private: bool | None = None,
    max_links: int | None = None,
    ray: str | None = None,
) -> int:
    """Ingest ``targets``, by way of the server when one owns the archive, and print the report on stdout.

    Args:
        targets: files, folders, globs or web addresses.
        archive: the archive's folder, None for the one in the settings.
        quiet: show no progress.
        to_json: print the report as one JSON object.
        allow_private: fetch from private addresses too; None for what the settings say.
        max_links: pages to fetch from one feed or sitemap; None for what the settings say.
        ray: the address of a Ray cluster that reads and encodes, empty for one on this machine; None for this process.

    Returns:
        The exit code: 1 when not a single article was found, else 0.

    Raises:
        DatelineError: the archive or a target cannot be used.
    """
    from ingest.settings import Settings

    settings = Settings.load(archive, allow_private=allow_private, max_links=max_links)
    with progress(quiet=quiet or to_json) as on_progress:
        report = _ingest(targets, settings, on_progress, ray)
    if to_json:
        as_json(report.to_dict())
    else:
        put(str(report))
    return 0 if report.added or report.updated or report.unchanged else 1


def _ingest(targets: Sequence[str], settings: Any, on_progress: OnProgress | None, ray: str | None) -> IngestReport:
    from ingest.pipeline import ingest

    try:
        return ingest(*targets, settings=settings, on_progress=on_progress, ray=ray)
    except ArchiveBusy as busy:
        from ingest.owner import Owner

        owner = Owner.of(settings.archive, busy)
        if ray is not None:
            raise InputError(
                f"the server at {owner.url} owns the archive, and takes articles in by itself: leave --ray out, or "
                "stop the server first"
            ) from busy
        say(f"The server at {owner.url} owns the archive; the articles go in through it.")
        return owner.ingest(
            targets, on_progress=on_progress, allow_private=settings.allow_private, max_links=settings.max_links
        )
