"""``dateline user``: people who log in on the page."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from ingest.console import as_json, put, say
from ingest.errors import DatelineError, InputError
from qa.cli.frame import ArchiveOption, JsonOption, cli
from web.commands.frame import ScopeOption, day, person, scopes_of, stored

__all__: list[str] = []

user = typer.Typer(help="Add, list and remove the people who may log in.", no_args_is_help=True)
cli.add_typer(user, name="user")

_Name = Annotated[str, typer.Argument(metavar="NAME", help="What they log in with.")]


@user.command()
def add(name: _Name, scope: ScopeOption = None, archive: ArchiveOption = None) -> None:
    """Add somebody who may log in. The password is asked for, or read from standard input.

    From then on, nobody can use the server of this archive without a login or a token.
    """
    from web.access import passwords

    scopes = scopes_of(scope)
    with stored(archive) as (store, audit):
        if store.user(name):
            raise InputError(f"there is a user {name!r} already; dateline user password {name} sets a new password")
        passwords.set_password(store, name, _password(), scopes)
        audit.note("user add", who=person(), user=name, scopes=sorted(scopes))
    put(f"{name} may log in, and {', '.join(sorted(scopes))}.")


@user.command()
def password(name: _Name, scope: ScopeOption = None, archive: ArchiveOption = None) -> None:
    """Set a new password, and new scopes if any are named. It ends the user's logins."""
    from web.access import passwords

    with stored(archive) as (store, audit):
        found = store.user(name)
        if found is None:
            raise DatelineError(f"there is no user {name!r}; dateline user list tells which there are")
        scopes = scopes_of(scope) if scope else found.scopes
        passwords.set_password(store, name, _password(), scopes, replace=True)
        audit.note("user password", who=person(), user=name, scopes=sorted(scopes))
    put(f"{name} has a new password, and may {', '.join(sorted(scopes))}.")


@user.command("list")
def listed(archive: ArchiveOption = None, json: JsonOption = False) -> None:
    """List the users."""
    with stored(archive) as (store, _):
        rows = store.users()
    if json:
        as_json({"users": [{"name": row.name, "scopes": sorted(row.scopes), "created": row.created} for row in rows]})
        return
    if not rows:
        say("No users.")
    for row in rows:
        put(f"{row.name:<24}  {' '.join(sorted(row.scopes)):<21}  since {day(row.created, never='')}")


@user.command()
def remove(name: _Name, archive: ArchiveOption = None) -> None:
    """Remove a user, and end their logins. Their conversations stay until they are deleted."""
    with stored(archive) as (store, audit):
        if not store.remove_user(name):
            raise DatelineError(f"there is no user {name!r}; dateline user list tells which there are")
        audit.note("user remove", who=person(), user=name)
    put(f"Removed {name}.")


def _password() -> str:
    """A password that was typed twice, or the first line of standard input.

    Raises:
        InputError: there is none, or the two differ.
    """
    if not sys.stdin.isatty():
        if not (line := sys.stdin.readline().rstrip("\r\n")):
            raise InputError("no password was given: type it, or send it on standard input")
        return line
    typed = str(typer.prompt("Password", hide_input=True))
    if typed != str(typer.prompt("Again", hide_input=True)):
        raise InputError("the two passwords differ; nothing was changed")
    return typed
