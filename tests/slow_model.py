"""A language model on loopback that writes the quotes that it is given, as slowly as one likes."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from json import dumps, loads

from talkers import quotes_in

SECONDS_AT_MOST = 60
"""No answer takes longer."""
_SECONDS_BETWEEN = 1.2


class Writing(BaseHTTPRequestHandler):
    """A language model that writes the quotes that it is given, slowly, and notices when nobody listens."""

    def log_message(self, format: str, *args: object) -> None:
        """Tests print nothing."""

    def do_POST(self) -> None:
        said = loads(self.rfile.read(int(self.headers["Content-Length"])))["messages"][-1]["content"]
        model = self.server
        assert isinstance(model, Model)
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        until = time.monotonic() + SECONDS_AT_MOST
        model.writes.set()
        try:
            if model.silent:
                self._pause(model, until)
            for number, quote in enumerate(quotes_in(said), 1):
                self._piece(f"{quote.rstrip('.')} [{number}]. ")
                self._pause(model, min(until, time.monotonic() + _SECONDS_BETWEEN))
            self._pause(model, until)
            self.wfile.write(b"data: [DONE]\n\n")
        except OSError:
            model.left.set()

    def _pause(self, model: Model, until: float) -> None:
        while model.patient.is_set() and time.monotonic() < until:
            time.sleep(0.1)
            self._piece("")

    def _piece(self, text: str) -> None:
        choice = {"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": None}
        chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
        self.wfile.write(f"data: {dumps(chunk)}\n\n".encode())
        self.wfile.flush()


class Model(ThreadingHTTPServer):
    """A server of that model on loopback.

    Attributes:
        patient: while it is set, no answer comes to an end.
        writes: an answer has been begun.
        left: whoever asked has gone before the end.
        silent: while it is patient it does not say a word.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Writing)
        self.patient, self.writes, self.left = threading.Event(), threading.Event(), threading.Event()
        self.silent = False

    @property
    def setting(self) -> str:
        """What Dateline's setting ``llm`` calls it."""
        return f"http://127.0.0.1:{self.server_port}/v1#m"


@contextmanager
def model() -> Iterator[Model]:
    """The server, while it is needed."""
    with Model() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
