"""Connections: names are looked up here, the addresses checked, and the very address that was checked is dialled.

A name may be answered with one address when it is checked and with another when it is connected to (DNS rebinding), so
nothing else looks it up. TLS and the ``Host`` header keep the name. Everything that is read, however slowly it comes,
ends when the time of the request is up, or when the whole run is stopped.
"""

from __future__ import annotations

import ipaddress
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import httpcore

from ingest.fetch.problem import FetchError
from ingest.fetch.safe import IP, is_private, refusal

__all__ = ["Clock", "Dialler", "Resolve", "look_up"]

Resolve = Callable[[str, int], Sequence[str]]
"""From a host's name and a port to its addresses; raises OSError when there are none."""

# Seconds between two looks at whether the run was stopped.
_SLICE = 0.5
# A name with more addresses than these is not tried further.
_MOST_ADDRESSES = 4


@dataclass(slots=True)
class Clock:
    """The time of one request, and what became of its connections.

    Attributes:
        until: when the time is up, in seconds of :func:`time.monotonic`.
        stopped: is set when the whole run ends.
        from_public: whether a page of the open network led here, which may not lead into a private one.
        private: whether the address that was dialled last is a private one.
    """

    until: float
    stopped: threading.Event
    from_public: bool = False
    private: bool = False

    @property
    def over(self) -> bool:
        """Whether the time is up, or the run was stopped."""
        return self.stopped.is_set() or time.monotonic() >= self.until

    def left(self, most: float) -> float:
        """Seconds left, ``most`` at most.

        Raises:
            FetchError: there are none, or the run was stopped.
        """
        if self.stopped.is_set():
            raise FetchError("was not fetched: the run was stopped", passing=True)
        left = self.until - time.monotonic()
        if left <= 0:
            raise FetchError("took too long; DATELINE_FETCH_TIMEOUT gives it more seconds", passing=True)
        return min(left, most)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Whatever this thread connects to and reads meanwhile is on this clock."""
        token = _clock.set(self)
        try:
            yield
        finally:
            _clock.reset(token)


_clock: ContextVar[Clock] = ContextVar("clock")


def look_up(host: str, port: int) -> list[str]:
    """The addresses that the system's resolver has for a name.

    Raises:
        OSError: there are none.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class Dialler(httpcore.NetworkBackend):
    """Connects to addresses that may be asked.

    Args:
        allow_private: whether this machine and private networks may be asked.
        resolve: looks names up.
        network: makes the connections, given addresses only.
    """

    def __init__(
        self, *, allow_private: bool, resolve: Resolve = look_up, network: httpcore.NetworkBackend | None = None
    ) -> None:
        self._allow_private = allow_private
        self._resolve = resolve
        self._network = network or httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to ``host``, see the base class.

        Raises:
            FetchError: the name has no address, or none that may be asked.
            httpcore.ConnectError: no address answers.
        """
        clock, patience = _clock.get(), timeout or 20.0
        addresses = self._checked(host, self._addresses(host, port, clock, patience), clock)
        for nth, ip in enumerate(addresses, 1):
            try:
                stream = self._network.connect_tcp(
                    str(ip), port, timeout=clock.left(patience), socket_options=socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if nth == len(addresses):
                    raise
                continue
            clock.private = is_private(ip)
            return _Timed(stream, clock)
        raise AssertionError("there is an address at least")

    def _addresses(self, host: str, port: int, clock: Clock, patience: float) -> list[IP]:
        try:
            return [ipaddress.ip_address(host)]
        except ValueError:
            pass
        # The system's resolver knows no time limit.
        answer: queue.SimpleQueue[Sequence[str] | OSError] = queue.SimpleQueue()
        threading.Thread(target=self._ask, args=(host, port, answer), name="dateline-dns", daemon=True).start()
        until = time.monotonic() + patience
        while time.monotonic() < until:
            try:
                found = answer.get(timeout=clock.left(_SLICE))
            except queue.Empty:
                continue
            if isinstance(found, OSError):
                # EAI_AGAIN: the resolver itself could not be reached.
                again = isinstance(found, socket.gaierror) and found.errno == socket.EAI_AGAIN
                raise FetchError(
                    f"has a host that is not known, {host}: check how it is written, and the connection",
                    passing=again,
                )
            # A zone, as in fe80::1%eth0, belongs to link-local addresses only, which are refused by what is before it.
            return [ipaddress.ip_address(address.partition("%")[0]) for address in found]
        raise FetchError(f"was not fetched: looking up {host} took too long; try again later", passing=True)

    def _ask(self, host: str, port: int, answer: queue.SimpleQueue[Sequence[str] | OSError]) -> None:
        try:
            answer.put(self._resolve(host, port))
        except OSError as error:
            answer.put(error)
        except UnicodeError as error:  # what the codec of host names makes of an impossible one
            answer.put(OSError(str(error)))

    def _checked(self, host: str, addresses: Sequence[IP], clock: Clock) -> list[IP]:
        """Those of ``addresses`` that may be asked.

        Raises:
            FetchError: there are none.
        """
        fit, reason = [], "no address"
        for ip in addresses:
            if why := refusal(ip, allow_private=self._allow_private):
                allowed = "" if refusal(ip, allow_private=True) else "; --allow-private takes it all the same"
                reason = f"{why}{allowed}" if host == str(ip) else f"{ip}, {why}{allowed}"
            elif clock.from_public and is_private(ip):
                reason = f"{ip}, a private address, which a page of the open network may not lead to"
            else:
                fit.append(ip)
        if not fit:
            raise FetchError(f"is not fetched: {host} is {reason}")
        return fit[:_MOST_ADDRESSES]


class _Timed(httpcore.NetworkStream):
    """A connection that is read on the clock of whichever request it serves at the time."""

    def __init__(self, stream: httpcore.NetworkStream, clock: Clock) -> None:
        self._stream = stream
        self._private = clock.private

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        clock = _clock.get()
        clock.private = self._private
        silent_until = time.monotonic() + (timeout or 20.0)
        while True:
            try:
                return self._stream.read(max_bytes, timeout=clock.left(_SLICE))
            except httpcore.ReadTimeout:
                if time.monotonic() >= silent_until:
                    raise

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, timeout=_clock.get().left(timeout or 20.0))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        clock = _clock.get()
        clock.private = self._private
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, clock.left(timeout or 20.0)), clock)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
