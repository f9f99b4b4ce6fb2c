"""``dateline token``: keys for programs that use the server."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from ingest.console import as_json, put, say
from ingest.errors import DatelineError
from qa.cli.frame import ArchiveOption, JsonOption, cli
from web.commands.frame import ScopeOption, day, person, scopes_of, seconds_of, stored

__all__: list[str] = []

token = typer.Typer(help="Make, list and revoke the tokens that programs use.", no_args_is_help=True)
cli.add_typer(token, name="token")


@token.command()
def create(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is for, such as newsroom-bot.")],
    scope: ScopeOption = None,
    expires: Annotated[
        str | None, typer.Option("--expires", metavar="TIME", help="After 12h, 90d, 8w or 1y; never unless given.")
    ] = None,
    archive: ArchiveOption = None,
    json: JsonOption = False,
) -> None:
    """Make a token. It is shown once: only its hash is kept.

    From then on, nobody can use the server of this archive without a token or a login.
    """
    from web.access import tokens

    scopes, seconds = scopes_of(scope), seconds_of(expires)
    with stored(archive) as (store, audit):
        first = not store.any()
        made = tokens.create(store, name, scopes, seconds=seconds)
        audit.note("token create", who=person(), token=name, scopes=sorted(scopes), expires=expires)
    if json:
        as_json({"name": name, "token": made, "scopes": sorted(scopes)})
        return
    put(made)
    say(f"This token may {', '.join(sorted(scopes))}. Send it as Authorization: Bearer TOKEN. It is not shown again.")
    if first:
        say("The server of this archive now asks everybody for a token or a login: dateline user add NAME makes one.")


@token.command("list")
def listed(archive: ArchiveOption = None, json: JsonOption = False) -> None:
    """List the tokens: what they may do, until when, and when they were last used."""
    with stored(archive) as (store, _):
        rows = store.tokens()
    if json:
        shown: list[dict[str, Any]] = [
            {
                "id": row.id,
                "name": row.name,
                "scopes": sorted(row.scopes),
                "created": row.created,
                "expires": row.expires,
                "used": row.used,
                "expired": row.expired(),
            }
            for row in rows
        ]
        as_json({"tokens": shown})
        return
    if not rows:
        say("No tokens.")
    for row in rows:
        end = "for ever" if row.expires is None else day(row.expires, never="")
        until = f"{'expired' if row.expired() else 'until'} {end}" if row.expires else end
        put(
            f"{row.name:<24}  {' '.join(sorted(row.scopes)):<21}  {until:<18}  "
            f"last used {day(row.used, never='never')}  dln_{row.id}_…"
        )


@token.command()
def revoke(
    name: Annotated[str, typer.Argument(metavar="NAME|ID", help="As `dateline token list` lists it.")],
    archive: ArchiveOption = None,
) -> None:
    """Take a token back, at once, and end the logins that were made with it."""
    with stored(archive) as (store, audit):
        if not store.revoke(name.removeprefix("dln_").partition("_")[0] if name.startswith("dln_") else name):
            raise DatelineError(f"there is no token {name!r}; dateline token list tells which there are")
        audit.note("token revoke", who=person(), token=name)
        left = store.any()
    put(f"Revoked {name}.")
    if not left:
        say("There is no token and no user left: on this machine alone, the server asks nobody who they are.")
