"""How fast one host is asked: one request at a time, with a pause between the starts of two."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from ingest.fetch.problem import FetchError

__all__ = ["Pace"]

# robots.txt may ask for pauses that no reader has time for; nobody means hours.
_LONGEST_DELAY = 60.0


@dataclass(slots=True)
class _Host:
    turn: threading.Lock = field(default_factory=threading.Lock)
    next: float = 0.0
    closed_until: float = 0.0
    delay: float = 0.0


class Pace:
    """When which host may be asked next. Safe to use from several threads.

    Args:
        delay: seconds between the starts of two requests to one host.
        stopped: ends the waiting.
    """

    def __init__(self, delay: float, stopped: threading.Event) -> None:
        self._delay = delay
        self._stopped = stopped
        self._hosts: dict[str, _Host] = {}
        self._guard = threading.Lock()

    def slow_down(self, host: str, delay: float) -> None:
        """Leave ``host`` at least ``delay`` seconds between two requests."""
        self._of(host).delay = min(delay, _LONGEST_DELAY)

    def close(self, host: str, seconds: float) -> None:
        """Leave ``host`` alone for that long: it said so."""
        self._of(host).closed_until = time.monotonic() + seconds

    @contextmanager
    def turn(self, host: str, *, most: float) -> Iterator[None]:
        """Wait until ``host`` may be asked; nobody else asks it meanwhile.

        Args:
            most: seconds to wait for a host that wants to be left alone.

        Raises:
            FetchError: it wants to be left alone for longer, or the run was stopped.
        """
        known = self._of(host)
        while not known.turn.acquire(timeout=0.2):
            self._check_stopped()
        try:
            closed = known.closed_until - time.monotonic()
            if closed > most:
                raise FetchError(
                    f"was not fetched: {host} asked to be left alone for a while; try again later",
                    passing=True,
                    wait=closed,
                )
            now = time.monotonic()
            if (wait := max(known.next, known.closed_until) - now) > 0:
                self._stopped.wait(wait)
            self._check_stopped()
            known.next = time.monotonic() + max(self._delay, known.delay)
            yield
        finally:
            known.turn.release()

    def _of(self, host: str) -> _Host:
        with self._guard:
            return self._hosts.setdefault(host, _Host())

    def _check_stopped(self) -> None:
        if self._stopped.is_set():
            raise FetchError("was not fetched: the run was stopped", passing=True)
