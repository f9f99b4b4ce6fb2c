"""``dateline watch``: files and addresses looked at again and again."""

from __future__ import annotations

import json as json_
import re
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ingest.console import put, say
from qa.cli.frame import AllowPrivateOption, ArchiveOption, JsonOption, LimitOption, cli

if TYPE_CHECKING:
    from ingest.article import Skipped
    from ingest.watch import Look

__all__: list[str] = []

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
# Servers of others are not asked more often than once in so many seconds.
_SHORTEST = 60
# Lines on what was skipped in one round.
_MOST_LINES = 10


@cli.command()
def watch(
    targets: Annotated[list[str], typer.Argument(metavar="PATH|URL", help="Folders, files, feeds, sitemaps, pages.")],
    archive: ArchiveOption = None,
    every: Annotated[
        str, typer.Option("--every", metavar="TIME", help="Between two looks at each: 90s, 10m, 2h, 1d.")
    ] = "10m",
    once: Annotated[bool, typer.Option("--once", help="Look once, then leave, for cron and timers.")] = False,
    limit: LimitOption = None,
    allow_private: AllowPrivateOption = False,
    json: JsonOption = False,
) -> None:
    """Keep looking for new and changed articles, and take them in.

    New and changed files are read, feeds and sitemaps asked whether they have something new. A line is printed when
    there was. The archive is held only while something is stored, so it can be asked meanwhile; a running server is
    handed the work. What fails is tried again, less and less often. Ctrl-C ends it.
    """
    from ingest.settings import Settings
    from ingest.watch import Watch

    pause = _seconds(every, targets, allow_private=allow_private)
    settings = Settings.load(archive, allow_private=allow_private or None, max_links=limit)
    teller = _Teller(as_json=json)
    with _stopping() as stop, closing(Watch(targets, settings, every=pause, stop=stop)) as watched:
        if not once:
            say(f"Watching {len(set(targets)):,} of them, each every {every}. Ctrl-C ends it.")
            watched.run(teller.tell)
        else:
            looks = watched.round(settled=False)
            teller.tell(looks)
            if looks and all(look.trouble for look in looks):
                raise typer.Exit(1)
    if stop.is_set():
        say("Stopped. What was stored stays.")


class _Teller:
    """Tells what a round brought; what was skipped, and what is the matter with a target, not again and again."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._told: set[tuple[str, str]] = set()

    def tell(self, looks: Sequence[Look]) -> None:
        now = datetime.now().astimezone()
        if news := [look for look in looks if look.new]:
            if self._as_json:
                put(json_.dumps({"at": now.isoformat(timespec="seconds"), "targets": [_fields(look) for look in news]}))
            else:
                put(f"{now:%Y-%m-%d %H:%M:%S}  " + "; ".join(f"{look.target}: {_counts(look)}" for look in news))
        for look in looks:
            key = (look.target, look.trouble)
            if look.trouble and key not in self._told:
                say(f"{now:%Y-%m-%d %H:%M:%S}  {look.target} {look.trouble}. Next look in {_duration(look.again)}.")
            if not look.trouble:  # well again: another trouble is news
                self._told = {told for told in self._told if told[0] != look.target}
            self._told.add(key)
        self._tell_skipped([item for look in looks if look.report and not look.trouble for item in look.report.skipped])

    def _tell_skipped(self, skipped: Sequence[Skipped]) -> None:
        fresh = [item for item in skipped if (item.origin, item.reason) not in self._told]
        for item in fresh[:_MOST_LINES]:
            say(f"Skipped: {item.origin} {item.reason}")
        if len(fresh) > _MOST_LINES:
            say(f"Skipped: {len(fresh) - _MOST_LINES:,} more; dateline ingest names them all")
        self._told |= {(item.origin, item.reason) for item in fresh}


def _counts(look: Look) -> str:
    assert look.report is not None
    counts = ((len(look.report.added), "added"), (len(look.report.updated), "updated"))
    return ", ".join(f"{count:,} {name}" for count, name in counts if count)


def _fields(look: Look) -> dict[str, Any]:
    assert look.report is not None
    return {"target": look.target, "added": look.report.added, "updated": look.report.updated}


def _seconds(every: str, targets: Sequence[str], *, allow_private: bool) -> float:
    """What ``--every`` says.

    Raises:
        typer.BadParameter: it says nothing that can be done.
    """
    from ingest.fetch.safe import is_url

    found = re.fullmatch(r"(\d{1,6}(?:\.\d+)?)\s*([smhd])", every.strip().lower())
    seconds = float(found[1]) * _UNITS[found[2]] if found else 0.0
    if not seconds:
        raise typer.BadParameter(f"{every!r} is no time; write 90s, 10m, 2h or 1d", param_hint="--every")
    if seconds < _SHORTEST and not allow_private and any(map(is_url, targets)):
        raise typer.BadParameter(
            f"{every} is too often for servers of others: {_SHORTEST}s at least", param_hint="--every"
        )
    return max(seconds, 0.1)


def _duration(seconds: float) -> str:
    for unit, length in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} s"


@contextmanager
def _stopping() -> Iterator[threading.Event]:
    """An event that the first Ctrl-C or SIGTERM sets; the second one ends the process at once."""
    stop = threading.Event()

    def stop_soon(_signal: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    before = {number: signal.signal(number, stop_soon) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
