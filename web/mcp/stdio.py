"""``dateline mcp``: the protocol over stdin and stdout, for a program on this machine that starts it.

The archive is opened here; where a server owns it, what is asked is handed on to that server's ``/mcp``.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ingest.console import guarded
from ingest.errors import ArchiveBusy, DatelineError

if TYPE_CHECKING:
    import mcp_types as types
    from mcp import Client
    from mcp.server import Server

    from ingest.owner import Owner
    from ingest.settings import Settings
    from web.mcp.offering import Context

__all__ = ["mcp_command"]


def mcp_command(
    archive: Annotated[Path | None, typer.Option("--archive", metavar="DIR", help="The archive's folder.")] = None,
) -> None:
    """Serve the archive to a program that speaks the Model Context Protocol, over stdin and stdout.

    For the settings of such programs: command "dateline", arguments "mcp" and, if need be, "--archive DIR".
    """
    from ingest.settings import Settings

    with guarded():
        serve(Settings.load(archive))


def serve(settings: Settings) -> None:
    """Serve until stdin ends.

    Raises:
        ArchiveError: the archive cannot be used, and no server answers for it.
    """
    from ingest.owner import Owner
    from qa.assistant import Assistant

    try:
        assistant = Assistant.open(settings=settings, purpose="dateline mcp")
    except ArchiveBusy as busy:
        asyncio.run(_relay(Owner.of(settings.archive, busy)))
        return
    from web.mcp.offering import offering

    with assistant:
        asyncio.run(_run(offering(assistant, add=settings.mcp_add)))


async def _run(server: Server[Any]) -> None:
    from mcp.server.stdio import stdio_server

    async with stdio_server() as (reading, writing):
        await server.run(reading, writing, server.create_initialization_options())


async def _relay(owner: Owner) -> None:
    """Hand everything on to the server that owns the archive."""
    import httpx2
    from mcp import Client
    from mcp.client.streamable_http import streamable_http_client

    http = httpx2.AsyncClient(
        headers={"Authorization": f"Bearer {owner.token}"},
        timeout=httpx2.Timeout(5.0, read=None),
        trust_env=False,  # a proxy cannot reach this machine's loopback address
    )
    try:
        async with http, Client(streamable_http_client(f"{owner.url}/mcp", http_client=http), cache=None) as client:
            await _run(_handing_on(client))
    except* (OSError, httpx2.HTTPError) as errors:
        raise DatelineError(f"the server at {owner.url} broke off: {errors.exceptions[0]}") from errors


def _handing_on(client: Client) -> Server[dict[str, Any]]:
    from mcp.server import Server

    async def list_tools(_: Context, page: types.PaginatedRequestParams | None) -> types.ListToolsResult:
        return await client.list_tools(cursor=page.cursor if page else None)

    async def call_tool(context: Context, called: types.CallToolRequestParams) -> types.CallToolResult:
        async def tell(progress: float, total: float | None, message: str | None) -> None:
            await context.session.report_progress(progress, total, message)

        return await client.call_tool(called.name, called.arguments, progress_callback=tell)

    async def list_resources(_: Context, page: types.PaginatedRequestParams | None) -> types.ListResourcesResult:
        return await client.list_resources(cursor=page.cursor if page else None)

    async def list_templates(
        _: Context, page: types.PaginatedRequestParams | None
    ) -> types.ListResourceTemplatesResult:
        return await client.list_resource_templates(cursor=page.cursor if page else None)

    async def read_resource(_: Context, wanted: types.ReadResourceRequestParams) -> types.ReadResourceResult:
        return await client.read_resource(wanted.uri)

    async def list_prompts(_: Context, page: types.PaginatedRequestParams | None) -> types.ListPromptsResult:
        return await client.list_prompts(cursor=page.cursor if page else None)

    async def get_prompt(_: Context, wanted: types.GetPromptRequestParams) -> types.GetPromptResult:
        return await client.get_prompt(wanted.name, wanted.arguments)

    about = client.server_info
    return Server(
        about.name if about else "dateline",
        title=about.title if about else None,
        version=about.version if about else "",
        instructions=client.instructions,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        on_list_resources=list_resources,
        on_list_resource_templates=list_templates,
        on_read_resource=read_resource,
        on_list_prompts=list_prompts,
        on_get_prompt=get_prompt,
    )
