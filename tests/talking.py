"""A server in this process, without the page, for the tests of the interfaces that other programs use."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import uvicorn
from fastapi import FastAPI

from qa.answer import Answer, Step
from qa.assistant import Assistant
from web.access import Access
from web.access.tokens import create
from web.guard import Guard

KEY = "the key of a test"


class Watched(Assistant):
    """A real assistant that notes what it does, and takes its time between two steps."""

    pause = 0.0
    events: list[Step | Answer]

    def stream(self, question: str, **given: Any) -> Iterator[Step | Answer]:
        """See :meth:`Assistant.stream`."""
        for event in super().stream(question, **given):
            self.events.append(event)
            yield event
            time.sleep(self.pause)


@contextmanager
def listening(
    assistant: Assistant, *add: Callable[[FastAPI, Any], None], tokens: dict[str, str] | None = None
) -> Iterator[str]:
    """The address of a server with these interfaces, behind the guard.

    Args:
        add: the functions that add the interfaces.
        tokens: is filled: scopes to a token that has them. Without it nobody needs a token.
    """
    app = FastAPI()
    access = Access(assistant.settings, key=KEY, loopback=True)
    for scopes in tokens or ():
        tokens[scopes] = create(access.store, scopes.replace(",", " "), frozenset(scopes.split(",")))
    app.add_middleware(Guard, hosts=None, early="", access=access)
    for interface in add:
        interface(app, SimpleNamespace(assistant=assistant, settings=assistant.settings, access=access))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", access_log=False))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            time.sleep(0.01)
        [listener] = server.servers[0].sockets
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        access.close()
