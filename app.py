"""Dateline's entry point: the ``dateline`` command with ``serve``, and ``python app.py``, which serves at once.

Importing it is light: the page and its libraries are loaded when the server starts.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ingest.console import guarded, say

if TYPE_CHECKING:
    from ingest.settings import Settings

__all__ = ["main", "serve"]

_Archive = Annotated[Path | None, typer.Option("--archive", metavar="DIR", help="The archive's folder.")]
_Host = Annotated[str | None, typer.Option("--host", help="The address to listen at; 127.0.0.1 unless told.")]
_Port = Annotated[int | None, typer.Option("--port", min=0, max=65535, help="The port; 7860 unless told.")]
_Public = Annotated[
    bool, typer.Option("--public", help="Let everyone who reaches the server ask and read, without a login.")
]
_Samples = Annotated[bool, typer.Option("--samples", help="Start a new archive with the sample articles.")]


def main() -> None:
    """The ``dateline`` command."""
    import web.commands  # noqa: F401  # adds its own to the command
    from qa.cli import cli
    from web.mcp.stdio import mcp_command

    cli.command("serve")(serve_command)
    cli.command("mcp")(mcp_command)
    cli()


def serve_command(
    archive: _Archive = None,
    host: _Host = None,
    port: _Port = None,
    public: _Public = False,
    samples: _Samples = False,
) -> None:
    """Serve the page and the REST interface until Ctrl-C."""
    from ingest.settings import Settings

    with guarded():
        settings = Settings.load(archive, host=host, port=port, public=public or None)
        serve(settings, settings.host, settings.port, samples=samples)


def serve(settings: Settings, host: str, port: int, *, samples: bool = False) -> None:
    """Serve until the process is told to stop, starting a new archive where there is none.

    Args:
        settings: which archive. The default one starts with the sample articles, one that was named starts empty.
        host: the address to listen at.
        port: the port.
        samples: start a new archive with the sample articles even though it was named.

    Raises:
        DatelineError: the archive cannot be used, or the address cannot be listened at.
    """
    from web.server import run

    try:
        run(settings, host=host, port=port, samples=samples, say=say)
    except KeyboardInterrupt:
        say("Stopped.")


if __name__ == "__main__":
    typer.run(serve_command)
