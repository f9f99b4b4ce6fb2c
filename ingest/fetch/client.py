"""One request at a time, from an address to the bytes behind it: redirects, retries, sizes, times, robots.txt.

It knows HTTP and nothing of news. It keeps no cookies, sends no passwords, runs nothing, and goes through no proxy: a
proxy would look names up by itself, out of sight of the checks.
"""

from __future__ import annotations

import re
import ssl
import threading
import time
from dataclasses import dataclass
from types import TracebackType

import httpcore

from ingest.fetch import safe
from ingest.fetch.answers import Answer, busy, read, refused, unconnected, words
from ingest.fetch.dial import Clock, Dialler, Resolve, look_up
from ingest.fetch.inflate import ACCEPTED
from ingest.fetch.limits import Limits
from ingest.fetch.pace import Pace
from ingest.fetch.problem import FetchError
from ingest.fetch.robots import LARGEST, Robots

__all__ = ["Client", "Fetched", "Last"]

_REDIRECTS = (301, 302, 303, 307, 308)
_BUSY = (429, 502, 503, 504)
_ACCEPT = "text/html,application/xhtml+xml,application/rss+xml,application/atom+xml,application/xml;q=0.9,*/*;q=0.8"
# Seconds before the second try; twice that before the third.
_FIRST_PAUSE = 1.0


@dataclass(frozen=True, slots=True)
class Last:
    """What a server said of a page when it was fetched last, so that it may say that nothing has changed.

    Attributes:
        url: the address that answered, after redirects.
        etag, modified: its ``ETag`` and ``Last-Modified``, as they were sent; empty where there was none.
    """

    url: str
    etag: str = ""
    modified: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer.

    Attributes:
        url: the address that answered, after redirects.
        body: what it sent, decompressed; empty when nothing has changed since the last time.
        kind: the content type, in lower case, without parameters; empty where there is none.
        charset: the encoding that the content type names; empty where it names none.
        last: to be handed in next time.
        changed: False when the server says that nothing has changed since the last time (304).
        private: whether it came from this machine or a private network.
        name: the file name that the server gives it; empty where it gives none.
    """

    url: str
    body: bytes
    kind: str
    charset: str
    last: Last
    changed: bool
    private: bool
    name: str = ""


class Client:
    """Asks servers. Safe to use from several threads. A context manager: leaving it closes its connections.

    Args:
        limits: what a fetch may cost.
        stopped: set it to end all that is running.
        resolve: looks names up.
        network: makes connections, given addresses that were checked.
        tls: whose certificates are believed; None for those of the system and of certifi.
    """

    def __init__(
        self,
        limits: Limits,
        *,
        stopped: threading.Event | None = None,
        resolve: Resolve = look_up,
        network: httpcore.NetworkBackend | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.limits = limits
        self._stopped = stopped or threading.Event()
        self._pace = Pace(limits.delay, self._stopped)
        self._robots = Robots(self._read_robots)
        self._pool = httpcore.ConnectionPool(
            ssl_context=tls or httpcore.default_ssl_context(),
            max_connections=None,
            max_keepalive_connections=limits.hosts,
            keepalive_expiry=15.0,
            network_backend=Dialler(allow_private=limits.allow_private, resolve=resolve, network=network),
        )

    def get(
        self, url: str, *, last: Last | None = None, max_bytes: int | None = None, from_public: bool = False
    ) -> Fetched:
        """What is at ``url``.

        Args:
            last: what was said of it the last time: an answer that nothing has changed is short.
            max_bytes: a lower limit of size than the client's own.
            from_public: whether a page of the open network led here, which may not lead into a private one.

        Raises:
            FetchError: it cannot be had, or may not be.
        """
        most = min(max_bytes or self.limits.max_bytes, self.limits.max_bytes)
        ask = _Ask(last=last, max_bytes=most, from_public=from_public)
        return self._follow(url, ask, robots=True)

    def close(self) -> None:
        """Close what is open."""
        self._pool.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _follow(self, url: str, ask: _Ask, *, robots: bool) -> Fetched:
        """What is at ``url`` or where it sends us; each address on the way is checked like the first."""
        clock = Clock(time.monotonic() + self.limits.total, self._stopped, from_public=ask.from_public)
        at = safe.parse(url)
        for _ in range(self.limits.redirects + 1):
            if robots:
                waited = time.monotonic()
                delay = self._robots.check(at.origin, str(at), from_public=clock.from_public)
                clock.until += time.monotonic() - waited
                if delay:
                    self._pace.slow_down(at.netloc, delay)
            answer = self._try(at, ask, clock)
            if answer.status not in _REDIRECTS or not answer.location:
                return _checked(answer, ask.last, at, clock)
            clock.from_public = clock.from_public or not clock.private
            at = _redirected(at, answer.location)
        raise FetchError(f"was not fetched: it leads on and on, over more than {self.limits.redirects} addresses")

    def _try(self, at: safe.Address, ask: _Ask, clock: Clock) -> Answer:
        """The answer of one address, asked again while it is busy."""
        for nth in range(1, self.limits.tries + 1):
            begun = time.monotonic()
            with self._pace.turn(at.netloc, most=self.limits.longest_wait):
                clock.until += time.monotonic() - begun  # waiting for our turn is no fault of the server's
                try:
                    answer = self._send(at, ask, clock)
                except FetchError as error:
                    if not error.passing or clock.over or nth == self.limits.tries:
                        raise
                    answer = None
            if answer is not None and answer.status not in _BUSY:
                return answer
            wait = answer.wait if answer is not None else None
            if wait is not None and wait > self.limits.longest_wait:
                self._pace.close(at.netloc, wait)
            if nth == self.limits.tries or (wait or 0) > self.limits.longest_wait:
                assert answer is not None
                raise busy(answer)
            pause = _FIRST_PAUSE * 2 ** (nth - 1) if wait is None else wait
            clock.until += pause
            self._stopped.wait(pause)
        raise AssertionError("the last try returns or raises")

    def _send(self, at: safe.Address, ask: _Ask, clock: Clock) -> Answer:
        """One request, one answer.

        Raises:
            FetchError: there is none.
        """
        request = httpcore.Request(
            "GET",
            httpcore.URL(scheme=at.scheme, host=at.host, port=at.port, target=at.target),
            headers=self._headers(at, ask.last),
            extensions={"timeout": dict.fromkeys(("connect", "read", "write", "pool"), self.limits.silence)},
        )
        try:
            with clock.running():
                response = self._pool.handle_request(request)
                try:
                    return read(response, ask.max_bytes, clock)
                finally:
                    response.close()
        except (httpcore.ConnectTimeout, httpcore.ReadTimeout, httpcore.WriteTimeout, httpcore.PoolTimeout):
            raise FetchError(
                f"was not fetched: {at.netloc} said nothing for {self.limits.silence:,.0f} s; try again later",
                passing=True,
            ) from None
        except httpcore.ConnectError as error:
            raise unconnected(at, error) from None
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise FetchError(
                f"was not fetched: the connection broke off or carried no HTTP ({words(error)}); try again later",
                passing=True,
            ) from None

    def _headers(self, at: safe.Address, last: Last | None) -> list[tuple[bytes, bytes]]:
        headers = {
            "Host": at.netloc,
            "User-Agent": self.limits.agent,
            "Accept": _ACCEPT,
            "Accept-Encoding": ACCEPTED,
            "Accept-Language": "en, *;q=0.5",
        }
        if last is not None and last.url == str(at):
            headers |= {"If-None-Match": last.etag} if last.etag else {}
            headers |= {"If-Modified-Since": last.modified} if last.modified else {}
        return [(name.encode("ascii"), value.encode("latin-1", "replace")) for name, value in headers.items()]

    def _read_robots(self, url: str, from_public: bool) -> tuple[int, bytes]:
        ask = _Ask(last=None, max_bytes=4 * LARGEST, from_public=from_public)
        try:
            return 200, self._follow(url, ask, robots=False).body
        except FetchError as error:
            if not error.status:
                raise
            return error.status, b""


@dataclass(frozen=True, slots=True)
class _Ask:
    last: Last | None
    max_bytes: int
    from_public: bool


def _checked(answer: Answer, last: Last | None, at: safe.Address, clock: Clock) -> Fetched:
    """What an answer that leads nowhere else brought.

    Raises:
        FetchError: it is an error.
    """
    if answer.status not in (200, 304):
        raise refused(answer)
    if answer.status == 304 and (last is None or last.url != str(at)):
        raise FetchError("was not fetched: the server says that nothing has changed, but nothing was known (304)")
    kind, _, parameters = answer.headers.get("content-type", "").partition(";")
    charset = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", parameters, re.I)
    name = re.search(r"filename\s*=\s*\"?([^\";]+)", answer.headers.get("content-disposition", ""), re.I)
    now = Last(str(at), answer.headers.get("etag", "")[:500], answer.headers.get("last-modified", "")[:100])
    return Fetched(
        url=str(at),
        body=answer.body,
        kind=kind.strip().lower(),
        charset=charset[1] if charset else "",
        last=last if answer.status == 304 and last is not None and not (now.etag or now.modified) else now,
        changed=answer.status == 200,
        private=clock.private,
        name=name[1].strip() if name else "",
    )


def _redirected(at: safe.Address, location: str) -> safe.Address:
    """Where an answer sends us.

    Raises:
        FetchError: nowhere that we go.
    """
    # Header values are bytes; some servers send addresses in UTF-8 as they are.
    reference = location.encode("latin-1").decode("utf-8", "replace")
    leads = safe.join(str(at), reference)
    try:
        return safe.parse(leads)
    except FetchError as error:
        raise FetchError(f"was not fetched: it leads to {safe.shown(leads)}, which {error}") from None
