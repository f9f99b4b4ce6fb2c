"""Real web servers on this machine, for the tests of fetching: polite ones, and ones that misbehave."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpcore

from ingest.fetch.client import Client
from ingest.fetch.limits import Limits

PUBLIC = "93.184.215.14"
"""An address of the open network. Nothing is ever sent there: `Wired` leads it to a server of this machine."""


@dataclass
class Reply:
    """What a server answers: a status, headers and a body; validators are added and heeded where ``tag`` is given."""

    body: bytes | str = b""
    kind: str = "text/html; charset=utf-8"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    tag: str = ""
    modified: float = 0.0

    @property
    def bytes(self) -> bytes:
        return self.body.encode() if isinstance(self.body, str) else self.body


Page = Reply | Callable[["Asked"], Reply]


@dataclass(frozen=True)
class Asked:
    """A request as the server got it."""

    path: str
    headers: dict[str, str]
    at: float


class Site:
    """A web server on loopback. ``pages`` says what it answers where; a function is called with each request."""

    def __init__(self, pages: dict[str, Page] | None = None) -> None:
        self.pages: dict[str, Page] = pages or {}
        self.asked: list[Asked] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                site._answer(self)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def paths(self) -> list[str]:
        """The paths that were asked for, in order, without robots.txt."""
        return [asked.path for asked in self.asked if asked.path != "/robots.txt"]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        asked = Asked(handler.path, {k.lower(): v for k, v in handler.headers.items()}, time.monotonic())
        self.asked.append(asked)
        page = self.pages.get(handler.path.partition("?")[0], Reply("nothing here", status=404))
        reply = page(asked) if callable(page) else page
        status, body = reply.status, reply.bytes
        headers = {"Content-Type": reply.kind, "Content-Length": str(len(body))} | reply.headers
        if reply.tag:
            headers["ETag"] = reply.tag
        if reply.modified:
            headers["Last-Modified"] = formatdate(reply.modified, usegmt=True)
        same = reply.tag and asked.headers.get("if-none-match") == reply.tag
        same = same or (reply.modified and asked.headers.get("if-modified-since") == headers.get("Last-Modified"))
        if same:
            status, body = 304, b""
            headers = {name: value for name, value in headers.items() if name in ("ETag", "Last-Modified")}
        handler.send_response(status)
        for name, value in headers.items():
            if value:
                handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)


@contextmanager
def site(pages: dict[str, Page] | None = None) -> Iterator[Site]:
    made = Site(pages)
    try:
        yield made
    finally:
        made.close()


@contextmanager
def raw(talk: Callable[[socket.socket, threading.Event], None]) -> Iterator[str]:
    """A server that says whatever ``talk`` sends after each request, whether it is HTTP or not: its address. robots.txt
    is not there."""
    ended = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.05)

    def serve(connection: socket.socket) -> None:
        with connection:
            connection.settimeout(20)
            try:
                request = connection.recv(65_536)
                if request.startswith(b"GET /robots.txt"):
                    connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                elif request:
                    talk(connection, ended)
            except OSError:
                pass  # the other side has had enough

    def accept() -> None:
        while not ended.is_set():
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        ended.set()
        thread.join()
        listener.close()


class Wired(httpcore.NetworkBackend):
    """A network in which every address is a port of this machine. ``dialled`` lists what was asked for.

    Args:
        ports: from addresses to ports of loopback; an address that is not there does not answer.
    """

    def __init__(self, ports: dict[str, int]) -> None:
        self.ports = ports
        self.dialled: list[str] = []
        self._real = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        self.dialled.append(host)
        if host not in self.ports:
            raise httpcore.ConnectError(f"nobody is at {host}")
        return self._real.connect_tcp("127.0.0.1", self.ports[host], timeout, local_address, socket_options)


def quick(**changes: Any) -> Limits:
    """Limits for tests: this machine may be asked, without pauses, and nothing lasts long."""
    return Limits(**{"allow_private": True, "delay": 0.0, "total": 5.0, "silence": 2.0, "longest_wait": 2.0, **changes})


def client(**changes: Any) -> Client:
    return Client(quick(**changes))


def story(n: int, *, head: str = "", words: str = "left") -> str:
    """A page with an article of its own."""
    body = "".join(
        f"<p>The harbour master of Lisk said on Monday that ship {n}{i} had {words} the old pier with a cargo of salt, "
        "timber and wool for the islands in the north.</p>"
        for i in range(6)
    )
    return (
        f"<!doctype html><html lang=en><head><title>Story {n} of the harbour</title>{head}"
        f'<meta property="article:published_time" content="2024-03-{n:02d}T08:00:00Z">'
        '<meta property="og:site_name" content="Lisk Post"></head><body><nav><a href="/">Home</a></nav>'
        f"<article><h1>Story {n} of the harbour</h1>{body}</article><footer>Copyright</footer></body></html>"
    )


def stories(numbers: Iterable[int]) -> dict[str, Page]:
    return {f"/story/{n}": Reply(story(n), tag=f'"{n}"') for n in numbers}


def rss(url: str, numbers: Iterable[int], *, full: str = "", **links: str) -> str:
    """A feed of stories; ``full`` is the text that every entry carries."""
    items = "".join(
        f"<item><title>Story {n} of the harbour</title><link>{links.get(f'link{n}', f'{url}/story/{n}')}</link>"
        f"<guid>{n}</guid><pubDate>{formatdate(1709280000 + n * 86400)}</pubDate>"
        f"<description>Ship {n} left.</description>"
        + (f"<content:encoded><![CDATA[{full}]]></content:encoded>" if full else "")
        + "</item>"
        for n in numbers
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>Lisk Post</title><link>{url}</link>{items}</channel></rss>"
    )


def sitemap(urls: Iterable[tuple[str, str]], *, index: bool = False) -> str:
    """A sitemap of addresses and the days they were changed on."""
    outer, inner = ("sitemapindex", "sitemap") if index else ("urlset", "url")
    listed = "".join(
        f"<{inner}><loc>{url}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</{inner}>" for url, day in urls
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><{outer} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        f"{listed}</{outer}>"
    )


def packed(body: str | bytes) -> bytes:
    return gzip.compress(body.encode() if isinstance(body, str) else body)
