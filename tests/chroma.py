"""A real Chroma server for tests: started, stopped, killed, and emptied as it may befall one."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

__all__ = ["Chroma"]

_SECONDS_TO_START = 60


class Chroma:
    """``chroma run`` on a port of its own, with its data in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        run = "from chromadb.cli.cli import app; app()"
        options = ["run", "--path", str(self._folder), "--host", "127.0.0.1", "--port", str(self._port)]
        with (self._folder.parent / "chroma.log").open("ab") as log:
            self._process = subprocess.Popen([sys.executable, "-c", run, *options], stdout=log, stderr=log)
        until = time.monotonic() + _SECONDS_TO_START
        while time.monotonic() < until and self._process.poll() is None:
            try:
                if httpx.get(f"{self.url}/api/v2/heartbeat", trust_env=False).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
        raise AssertionError(f"chroma run did not start: {(self._folder.parent / 'chroma.log').read_text()}")

    def end(self, *, how: signal.Signals = signal.SIGKILL) -> None:
        """End it, if it runs."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait()
            self._process = None

    def signal(self, what: signal.Signals) -> None:
        """Send it a signal, such as one to stand still."""
        assert self._process is not None
        self._process.send_signal(what)

    def restart(self, *, empty: bool = False) -> None:
        """Kill it and start it again; ``empty`` without its data."""
        self.end()
        if empty:
            shutil.rmtree(self._folder)
        self.start()
