"""One process: the open archive, the page and REST over it, and the note that tells other commands where it is."""

from __future__ import annotations

import errno
import json
import os
import secrets
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.errors import DatelineError

if TYPE_CHECKING:
    from fastapi import FastAPI

    from ingest.settings import Settings
    from qa.assistant import Assistant
    from web.api import Ingests

__all__ = ["AddressError", "application", "run"]

# Long enough for an answer that is being made; a page that stays open never closes its connection by itself.
_SECONDS_TO_FINISH = 2
_ANY_HOST = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}


class AddressError(DatelineError):
    """The server cannot listen at the address that it was given."""


def run(settings: Settings, *, host: str, port: int, samples: bool, say: Callable[[str], None]) -> None:
    """Serve the archive until the process is told to stop.

    Args:
        settings: which archive, and its encoder.
        host: the address to listen at.
        port: the port; 0 takes any that is free.
        samples: start a new archive with the sample articles even though it was named.
        say: tells the person at the terminal, a line at a time.

    Raises:
        AddressError: host and port cannot be listened at.
        ArchiveError: the archive cannot be used.
        KeyboardInterrupt: the process was told to stop; everything is closed.
    """
    from qa.assistant import Assistant
    from web.api import Ingests
    from web.first_start import prepare

    with ExitStack() as stack:
        listener = stack.enter_context(listening(host, port))
        prepare(settings, samples=samples, say=say)
        assistant = stack.enter_context(Assistant.open(settings=settings, create=True, purpose="dateline serve"))
        url = _url(host, listener.getsockname()[1])
        token = secrets.token_urlsafe(32)
        ingests = Ingests(assistant)
        stack.callback(ingests.finish)
        app = application(assistant, ingests, token=token, loopback=_is_loopback(host))
        if assistant.archive.writable:  # else nothing can be left in its folder, and nobody need come through here
            stack.enter_context(announced(settings.archive, url, token))
            assistant.archive.announce(url)
        if assistant.archive.stats().healed:
            say(assistant.archive.stats().healed)
        _until_stopped(app, listener, started=lambda: say(f"Dateline is at {url}"), stopping=ingests.give_up)


def application(assistant: Assistant, ingests: Ingests, *, token: str, loopback: bool) -> FastAPI:
    """The page and REST as one application.

    Args:
        assistant: answers, and holds the archive.
        ingests: runs what is added over REST.
        token: the key to adding articles.
        loopback: whether only this machine is served, so that requests must address it by a loopback name.
    """
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    import gradio as gr
    from fastapi import FastAPI
    from fastapi.staticfiles import StaticFiles

    from web import page, samples
    from web.api import add_rest
    from web.guard import LOOPBACK, Guard

    app = FastAPI(title="Dateline", docs_url=None, redoc_url=None, openapi_url="/api/v1/openapi.json")
    app.add_middleware(Guard, hosts=LOOPBACK if loopback else None, early=page.early())
    add_rest(app, assistant, ingests, token)
    app.mount("/look", StaticFiles(directory=page.LOOK))
    blocks = page.blocks(assistant, samples.questions_for(assistant.archive))
    gr.mount_gradio_app(app, blocks, "/", **page.dressing())
    return app


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """A socket that listens at ``host`` and ``port``.

    Raises:
        AddressError: the port is taken or may not be used, or the host is not an address of this machine.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
    except (OSError, OverflowError, UnicodeError) as error:
        raise AddressError(f"cannot listen at {host}:{port}: {error}") from error
    with listener:
        if os.name == "posix":  # a port that was left a moment ago can be taken again; Windows would share a busy one
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(address)
            listener.listen(128)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                reason = f"the port is in use by another program; choose another one, such as --port {port + 1}"
            else:
                reason = error.strerror or str(error)
            raise AddressError(f"cannot listen at {host}:{port}: {reason}") from error
        yield listener


@contextmanager
def announced(folder: Path, url: str, token: str) -> Iterator[None]:
    """Leave ``server.json``, which only this user can read, in the archive's folder for as long as the server runs."""
    note, new = folder / "server.json", folder / f"server.{os.getpid()}.new"
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump({"pid": os.getpid(), "url": url, "token": token}, file)
    new.replace(note)
    try:
        yield
    finally:
        note.unlink(missing_ok=True)


def _until_stopped(
    app: FastAPI, listener: socket.socket, *, started: Callable[[], None], stopping: Callable[[], None]
) -> None:
    """Answer requests until SIGINT or SIGTERM, and tell when that starts and when it begins to end."""
    import asyncio

    import uvicorn

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                started()

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            stopping()
            asyncio.get_running_loop().call_later(_SECONDS_TO_FINISH, self.hang_up)
            await super().shutdown(sockets)

        def hang_up(self) -> None:
            # Uvicorn's own time limit would cancel what is running and print a traceback for each page left open.
            for connection in list(self.server_state.connections):
                if connection.transport is not None:
                    connection.transport.close()

    Server(uvicorn.Config(app, log_level="warning", access_log=False, server_header=False)).run(sockets=[listener])


def _url(host: str, port: int) -> str:
    shown = _ANY_HOST.get(host) or (f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}"


def _is_loopback(host: str) -> bool:
    return host == "localhost" or host == "::1" or host.startswith("127.")
