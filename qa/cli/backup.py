"""``dateline backup`` and ``dateline restore``: an archive kept in one file and put back, with or without a server."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ingest.console import as_json, put
from ingest.errors import ArchiveBusy, DatelineError, InputError
from qa.cli.frame import ArchiveOption, JsonOption, cli

if TYPE_CHECKING:
    from ingest.settings import Settings

__all__: list[str] = []


@cli.command()
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE.tar.gz", help="Where to.", show_default=False)],
    archive: ArchiveOption = None,
    json: JsonOption = False,
) -> None:
    """Write the archive into one file: articles, conversations, users and tokens, as they are at this moment.

    A server that runs, or an ingest, goes on meanwhile. The vectors are left out: they are filled in again from what
    is kept. Whoever has the file can read everything, so keep it well.
    """
    from dataclasses import asdict

    from ingest.backup import back_up
    from ingest.settings import Settings

    contents = back_up(Settings.load(archive).archive, file)
    if json:
        as_json({"file": str(file.absolute()), **asdict(contents)})
    else:
        put(f"Wrote {_count(contents.articles)} to {file}, {file.stat().st_size / 2**20:,.1f} MiB.")


@cli.command()
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE.tar.gz", help="A backup.", show_default=False)],
    archive: ArchiveOption = None,
    keep_access: Annotated[
        bool, typer.Option("--keep-access", help="Leave users and tokens as they are, not as they were.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask first.")] = False,
) -> None:
    """Make the archive what it was when a backup was made. What came since is lost.

    A server that runs takes the backup in and goes on.
    """
    from ingest.database import FILE
    from ingest.settings import Settings

    settings = Settings.load(archive)
    if not file.is_file():
        raise InputError(f"there is no file {file}")
    if not yes and (settings.archive / FILE).is_file():
        if not sys.stdin.isatty():
            raise DatelineError(f"nothing was restored: --yes replaces all that is in {settings.archive}")
        if not typer.confirm(f"Replace all that is in {settings.archive}?"):
            raise DatelineError("nothing was restored")
    articles = _restore(settings, file.absolute(), keep_access=keep_access)
    put(f"Restored {_count(articles)} in {settings.archive}.")


def _restore(settings: Settings, file: Path, *, keep_access: bool) -> int:
    """The number of articles that the archive has then."""
    from ingest.backup import put_back
    from ingest.owner import Owner

    try:
        return put_back(file, settings.archive, keep_access=keep_access).articles
    except ArchiveBusy as busy:
        owner = Owner.of(settings.archive, busy)
        said: dict[str, Any] = owner.post("/api/v1/restore", {"file": str(file), "keep_access": keep_access})
    if "error" in said:
        raise DatelineError(str(said["error"]))
    return int(said["articles"])


def _count(articles: int) -> str:
    return f"{articles:,} article{'' if articles == 1 else 's'}"
