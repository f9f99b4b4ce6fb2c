"""What servers answer: read within limits, and what to say of an answer that is none. It sends nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import httpcore

from ingest.fetch import safe
from ingest.fetch.dial import Clock
from ingest.fetch.inflate import inflate
from ingest.fetch.problem import FetchError

__all__ = ["Answer", "busy", "read", "refused", "unconnected", "words"]

# Bytes of an error page that are read.
_SHORT = 1 << 16


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered: its status, its headers by their lower-case names, and its body if that is wanted."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def location(self) -> str:
        """Where it sends us, empty where it does not."""
        return self.headers.get("location", "")

    @property
    def wait(self) -> float | None:
        """The seconds that ``Retry-After`` asks for, a number or a date; None without one."""
        said = self.headers.get("retry-after", "").strip()
        if re.fullmatch(r"\d{1,9}", said):
            return float(said)
        try:
            when = parsedate_to_datetime(said)
        except ValueError:
            return None
        return max(0.0, (when.replace(tzinfo=when.tzinfo or UTC) - datetime.now(UTC)).total_seconds())


def read(response: httpcore.Response, max_bytes: int, clock: Clock) -> Answer:
    """All of an answer.

    Raises:
        FetchError: it is too large, badly compressed, or takes too long.
    """
    headers: dict[str, str] = {}
    for name, value in response.headers:
        headers.setdefault(name.decode("latin-1").lower(), value.decode("latin-1").strip())
    if response.status != 200:
        _drain(response)
        return Answer(response.status, headers, b"")
    stated = headers.get("content-length", "")
    if stated.isdigit() and int(stated) > max_bytes:
        raise _too_large(int(stated), max_bytes)
    body = bytearray()
    sent = _counted(response.iter_stream(), max_bytes)
    for piece in inflate(sent, headers.get("content-encoding", "")):
        body += piece
        if len(body) > max_bytes:
            raise _too_large(None, max_bytes)
        clock.left(1.0)
    return Answer(200, headers, bytes(body))


def _drain(response: httpcore.Response) -> None:
    """Read what nobody wants, as long as it is short, so that the connection can be used again."""
    size = 0
    for piece in response.iter_stream():
        size += len(piece)
        if size > _SHORT:
            return


def _counted(pieces: Iterable[bytes], max_bytes: int) -> Iterator[bytes]:
    """The pieces of an answer as it is sent, up to so many bytes."""
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > max_bytes:
            raise _too_large(None, max_bytes)
        yield piece


def _too_large(size: int | None, max_bytes: int) -> FetchError:
    has = f"has {size / 2**20:,.0f} MB" if size else "does not end"
    return FetchError(
        f"was not fetched: it {has}, and {max_bytes / 2**20:,.0f} MB are allowed; DATELINE_MAX_DOWNLOAD_MB raises the "
        "limit for files"
    )


def busy(answer: Answer) -> FetchError:
    """What to say of a server that has no time."""
    when = f"; it asks to come back in {answer.wait:,.0f} s" if answer.wait else "; try again later"
    said = "we ask too often" if answer.status == 429 else "it is overloaded or down"
    return FetchError(
        f"was not fetched: the server says that {said} ({answer.status}){when}",
        passing=True,
        wait=answer.wait,
        status=answer.status,
    )


_ADVICE = {
    401: "it wants a login; save the page from a browser and ingest the file",
    402: "it wants to be paid; save the page from a browser and ingest the file",
    403: "the server refuses programs; save the page from a browser and ingest the file",
    404: "there is no such page; check the address",
    410: "the page was taken away for good",
    451: "the page may not be shown for legal reasons",
}


def refused(answer: Answer) -> FetchError:
    """What to say of an answer that is an error, and what can be done."""
    try:
        phrase = HTTPStatus(answer.status).phrase
    except ValueError:
        phrase = "an unknown answer"
    advice = _ADVICE.get(answer.status, "try again later" if answer.status >= 500 else "check the address")
    passing = answer.status >= 500 or answer.status in (408, 425)
    return FetchError(f"was not fetched: {answer.status} {phrase}: {advice}", passing=passing, status=answer.status)


def unconnected(at: safe.Address, error: Exception) -> FetchError:
    """What to say of a server that cannot be connected to."""
    said = words(error)
    if "CERTIFICATE" in said.upper():
        return FetchError(f"was not fetched: the certificate of {at.host} is not valid ({said})")
    return FetchError(
        f"was not fetched: {at.netloc} cannot be connected to ({said}); check the address, or try again later",
        passing=True,
    )


def words(error: Exception) -> str:
    """What an error says, or else what it is."""
    return (str(error) or type(error).__name__)[:200]
