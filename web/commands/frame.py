"""What the commands about tokens and users share: the archive's store, scopes, times."""

from __future__ import annotations

import getpass
import re
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast, get_args

import typer

from ingest.errors import ArchiveMissing, InputError

if TYPE_CHECKING:
    from web.access.audit import Audit
    from web.access.principal import Scope
    from web.access.store import Store

__all__ = ["ScopeOption", "day", "person", "scopes_of", "seconds_of", "stored"]

ScopeOption = Annotated[
    list[str] | None,
    typer.Option("--scope", metavar="ask|read|write|admin", help="What it may do; may be repeated. ask and read."),
]
_UNITS = {"m": 60, "h": 3600, "d": 86_400, "w": 604_800, "y": 31_536_000}


@contextmanager
def stored(archive: Path | None) -> Iterator[tuple[Store, Audit]]:
    """The store of the archive's tokens and users, and its audit log. A running server sees each change at once.

    Raises:
        ArchiveMissing: the folder does not exist.
    """
    from ingest.settings import Settings
    from web.access.audit import Audit
    from web.access.store import Store

    folder = Settings.load(archive).archive
    if not folder.is_dir():
        raise ArchiveMissing(f"there is no archive in {folder}: dateline ingest PATH --archive {folder} makes one")
    with closing(Store(folder)) as store:
        yield store, Audit(folder)


def scopes_of(given: Sequence[str] | None) -> frozenset[Scope]:
    """The scopes that were asked for, which may also be parted by commas.

    Raises:
        InputError: there is no such scope.
    """
    from web.access.principal import READING
    from web.access.principal import Scope as Scopes

    named = [name.strip() for word in given or () for name in word.split(",") if name.strip()]
    known = get_args(Scopes)
    if unknown := next((name for name in named if name not in known), None):
        raise InputError(f"there is no scope {unknown!r}; the scopes are {', '.join(known)}")
    return frozenset(cast("list[Scope]", named)) or READING


def seconds_of(time: str | None) -> int | None:
    """The seconds in 12h, 90d, 8w or 1y.

    Raises:
        InputError: it is no such time.
    """
    if time is None:
        return None
    found = re.fullmatch(r"(\d{1,6})([mhdwy])", time.strip())
    if not found or not int(found[1]):
        raise InputError(f"--expires {time!r} is not a time: write 12h, 90d, 8w or 1y")
    return int(found[1]) * _UNITS[found[2]]


def person() -> str:
    """Who runs this command, for the audit log."""
    try:
        return f"shell:{getpass.getuser()}"
    except (OSError, KeyError):  # an id without a name, as in a container
        return "shell"


def day(moment: int | None, *, never: str) -> str:
    """A day as it is listed, in UTC."""
    return never if moment is None else datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d")
