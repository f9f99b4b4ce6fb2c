"""What a fetch may cost, ourselves and the servers that are asked."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingest.settings import Settings

__all__ = ["Limits"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a fetch may cost.

    Attributes:
        allow_private: take pages from addresses of this machine and of private networks too.
        contact: an e-mail address or a web page, told to every server with our name, so that its people can reach us.
        total: seconds for one request with all that it leads to, from the look-up of the name to the last byte.
        silence: seconds to wait for a connection, and for each next piece of an answer.
        max_bytes: the most bytes of one answer, as sent and decompressed.
        delay: seconds between the starts of two requests to one host; robots.txt may ask for more.
        max_links: pages fetched from one feed or sitemap in one run, newest first.
        redirects: how often one request may be sent on.
        tries: how often one request is sent to a server that is busy.
        longest_wait: seconds that we wait for a server that names a time; a longer one ends the try.
        hosts: hosts that are asked at the same time.
    """

    allow_private: bool = False
    contact: str = ""
    total: float = 120.0
    silence: float = 20.0
    max_bytes: int = 50 << 20
    delay: float = 1.0
    max_links: int = 200
    redirects: int = 5
    tries: int = 3
    longest_wait: float = 60.0
    hosts: int = 4

    @classmethod
    def of(cls, settings: Settings) -> Limits:
        """The limits that the settings ask for."""
        return cls(
            allow_private=settings.allow_private,
            contact=settings.contact,
            total=float(settings.fetch_timeout),
            silence=min(20.0, float(settings.fetch_timeout)),
            max_bytes=settings.max_download_mb << 20,
            delay=settings.fetch_delay,
            max_links=settings.max_links,
        )

    @property
    def agent(self) -> str:
        """How we name ourselves to servers."""
        try:
            name = f"Dateline/{version('dateline')}"
        except PackageNotFoundError:
            name = "Dateline"
        return f"{name} (+{self.contact})" if self.contact else name
