"""One process: the open archive, the page and REST over it, and the note that tells other commands where it is."""

from __future__ import annotations

import errno
import json
import os
import secrets
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.errors import DatelineError

if TYPE_CHECKING:
    from fastapi import FastAPI

    from ingest.settings import Settings
    from web.operations.traces import Tracer
    from web.service import Service

__all__ = ["AddressError", "application", "run"]

# A page that stays open never closes its connection by itself. Answers that are being made are waited for longer.
_SECONDS_TO_FINISH = 2
_MOST_SECONDS_TO_FINISH = 15
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
        SettingsError: others could reach the server without a login, and that is not said to be meant.
        KeyboardInterrupt: the process was told to stop; everything is closed.
    """
    from ingest.aside import grouping
    from qa.assistant import Assistant
    from qa.feedback import Feedback
    from web.access import Access
    from web.api import Ingests
    from web.conversations import Conversations
    from web.conversations.pruning import pruning
    from web.first_start import prepare
    from web.operations.logs import configure
    from web.operations.traces import Tracer
    from web.service import Service

    with ExitStack() as stack:
        listener = stack.enter_context(listening(host, port))
        url, token = _url(host, listener.getsockname()[1]), secrets.token_urlsafe(32)
        access = stack.enter_context(closing(Access(settings, key=token, loopback=_is_loopback(host))))
        access.check(f"{host}:{listener.getsockname()[1]}")
        tracer = stack.enter_context(closing(Tracer.of()))
        prepare(settings, samples=samples, say=say)
        assistant = stack.enter_context(Assistant.open(settings=settings, create=True, purpose="dateline serve"))
        ingests = Ingests(assistant)
        stack.callback(ingests.finish)
        stack.enter_context(grouping(assistant.archive))
        conversations = stack.enter_context(closing(Conversations(settings.archive)))
        feedback = stack.enter_context(closing(Feedback(settings.archive)))
        stack.enter_context(pruning(conversations, feedback, days=settings.visitor_days))
        service = Service(assistant, settings, access, ingests, conversations, feedback)
        unanswered: set[object] = set()
        app = application(service, tracer=tracer, until_answered=unanswered)
        if assistant.archive.writable:  # else nothing can be left in its folder, and nobody need come through here
            stack.enter_context(announced(settings.archive, url, token))
            assistant.archive.announce(url)
        for note in (assistant.archive.stats().healed, conversations.note, feedback.note):
            if note:
                say(note)
        configure(settings.log_format)
        _until_stopped(
            app,
            listener,
            started=lambda: say(f"Dateline is at {url}"),
            stopping=ingests.give_up,
            busy=lambda: bool(unanswered),
        )


def application(service: Service, *, tracer: Tracer, until_answered: set[object]) -> FastAPI:
    """The page and the interfaces for programs as one application.

    Args:
        service: what they work with.
        tracer: what is told of each request.
        until_answered: has something in it for each request that is being answered.
    """
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    import gradio as gr
    from fastapi import FastAPI
    from fastapi.staticfiles import StaticFiles

    from web import page
    from web.access.load import Load, slots_of
    from web.access.login import add_login
    from web.api import add_rest
    from web.embed import add_embed
    from web.guard import LOOPBACK, Guard
    from web.mcp.http import add_mcp
    from web.openai import add_openai
    from web.operations import Metrics, Requests, add_metrics
    from web.operations.restoring import add_restoring

    app = FastAPI(title="Dateline", docs_url=None, redoc_url=None, openapi_url="/api/v1/openapi.json")
    slots = slots_of(service.settings)
    metrics = Metrics(service.assistant.archive, slots)
    hosts = LOOPBACK | set(service.settings.hosts) if service.access.named else None
    app.add_middleware(page.Shell)
    # The last one added is the first to see a request.
    app.add_middleware(Load, slots=slots, settings=service.settings)
    app.add_middleware(Guard, hosts=hosts, early=page.early(), access=service.access)
    app.add_middleware(Requests, metrics=metrics, tracer=tracer, until_answered=until_answered)
    add_login(app, service.access)
    add_metrics(app, service, metrics)
    add_restoring(app, service)
    add_rest(app, service)
    add_openai(app, service)
    add_mcp(app, service)
    add_embed(app)
    app.mount("/look", StaticFiles(directory=page.LOOK))
    page.add_page(app, service)
    gr.mount_gradio_app(app, page.blocks(service, slots), "/", **page.dressing())
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
    app: FastAPI,
    listener: socket.socket,
    *,
    started: Callable[[], None],
    stopping: Callable[[], None],
    busy: Callable[[], bool],
) -> None:
    """Answer requests until SIGINT or SIGTERM.

    Args:
        app: what answers.
        listener: where requests come in.
        started: called when that begins.
        stopping: called when it begins to end. Nothing new is taken on from then.
        busy: whether requests are still being answered, which are waited for a while.
    """
    import asyncio

    import uvicorn

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                started()

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            stopping()
            ending = asyncio.create_task(self.hang_up())
            await super().shutdown(sockets)
            ending.cancel()

        async def hang_up(self) -> None:
            # Uvicorn's own time limit would cancel what is running and print a traceback for each page left open.
            began = time.monotonic()
            await asyncio.sleep(_SECONDS_TO_FINISH)
            while busy() and time.monotonic() - began < _MOST_SECONDS_TO_FINISH:
                await asyncio.sleep(0.1)
            for connection in list(self.server_state.connections):
                if connection.transport is not None:
                    connection.transport.close()

    # Which proxies are believed is for the settings to say (web/access/proxies.py), not for uvicorn's defaults.
    config = uvicorn.Config(app, log_config=None, access_log=False, server_header=False, proxy_headers=False)
    Server(config).run(sockets=[listener])


def _url(host: str, port: int) -> str:
    shown = _ANY_HOST.get(host) or (f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}"


def _is_loopback(host: str) -> bool:
    return host == "localhost" or host == "::1" or host.startswith("127.")
