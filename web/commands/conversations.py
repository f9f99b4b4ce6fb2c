"""``dateline conversations``: what was asked on the page, for whoever may read the archive's folder."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ingest.console import as_json, put, say
from ingest.errors import DatelineError, InputError
from qa.cli.frame import ArchiveOption, JsonOption, cli

if TYPE_CHECKING:
    from web.conversations import Conversations

__all__: list[str] = []

conversations = typer.Typer(help="List, export and delete what was asked on the page.", no_args_is_help=True)
cli.add_typer(conversations, name="conversations")

OwnerOption = Annotated[str | None, typer.Option("--owner", metavar="NAME", help="Only those of this user.")]
IdArgument = Annotated[str, typer.Argument(metavar="ID", help="As `dateline conversations list` lists it.")]


@conversations.command("list")
def listed(archive: ArchiveOption = None, owner: OwnerOption = None, json: JsonOption = False) -> None:
    """List the conversations, the one that was used last first."""
    with _kept(archive) as kept:
        names = [owner] if owner is not None else [name for name, _ in kept.owners()]
        found = [(name, heading) for name in names for heading in kept.list(name, limit=sys.maxsize)]
    found.sort(key=lambda pair: pair[1].changed, reverse=True)
    if json:
        as_json({"conversations": [{"owner": name, **asdict(heading)} for name, heading in found]})
        return
    if not found:
        say("No conversations.")
    for name, heading in found:
        questions = "1 question" if heading.turns == 1 else f"{heading.turns} questions"
        put("\t".join((heading.id, heading.changed[:10], name, questions, heading.title)))


@conversations.command("export")
def export(
    id: IdArgument,
    archive: ArchiveOption = None,
    form: Annotated[str, typer.Option("--format", metavar="md|html|json|txt", help="What to make of it.")] = "md",
    file: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to write it; stdout unless given.")
    ] = None,
) -> None:
    """Write a conversation with all its citations."""
    from web.conversations import FORMATS, exported

    chosen = next((one for one in FORMATS if one == form), None)
    if chosen is None:
        raise InputError(f"{form!r} is no format of a conversation; there are {', '.join(FORMATS)}")
    with _kept(archive) as kept:
        document = exported(kept.get(_owner(kept, id), id), chosen)
    if file is None:
        put(document.rstrip("\n"))
        return
    try:
        file.write_text(document, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{file} cannot be written: {error.strerror}") from error


@conversations.command("delete")
def delete(
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help="As `dateline conversations list` lists them.")],
    archive: ArchiveOption = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Delete conversations for good."""
    with _kept(archive) as kept:
        owners = {id: _owner(kept, id) for id in ids}
        titles = ", ".join(f"“{kept.get(owner, id).heading.title}”" for id, owner in owners.items())
        if not yes and not (sys.stdin.isatty() and typer.confirm(f"Delete {titles}?", err=True)):
            raise DatelineError("nothing was deleted; --yes deletes without asking")
        for id, owner in owners.items():
            kept.delete(owner, id)
    say(f"Deleted {titles}.")


@contextmanager
def _kept(archive: Path | None) -> Iterator[Conversations]:
    """The conversations of an archive, whether or not a server has it open."""
    from ingest.settings import Settings
    from web.conversations.store import FILE, Conversations

    folder = Settings.load(archive).archive
    if not (folder / FILE).is_file():
        raise DatelineError(f"there are no conversations in {folder}: name the archive's folder with --archive")
    with closing(Conversations(folder)) as kept:
        if kept.note:
            raise DatelineError(kept.note.partition("since ")[2])
        yield kept


def _owner(kept: Conversations, id: str) -> str:
    from web.conversations import NoConversation

    owner = kept.owner_of(id)
    if owner is None:
        raise NoConversation(f"there is no conversation {id!r}; `dateline conversations list` lists what there is")
    return owner
