"""Where a Chroma server is, and what it wants to be told. It knows settings; it asks nothing of the server."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit, urlunsplit

from ingest.errors import SettingsError

if TYPE_CHECKING:
    from ingest.settings import Settings

__all__ = ["ChromaServer"]

_HEADER = re.compile(r"([A-Za-z0-9-]+): *(\S.*)")


@dataclass(frozen=True, slots=True)
class ChromaServer:
    """A Chroma server that keeps the vectors of archives.

    Attributes:
        url: its address, such as ``http://127.0.0.1:8000``, without anything secret.
        headers: what is sent with every request.
        tenant, database: Chroma's own divisions, None for its default ones.
        patience: seconds that a change waits for a server that does not answer, as while it is being restarted.
        silence: seconds that one answer may take.
    """

    url: str
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    tenant: str | None = None
    database: str | None = None
    patience: float = 30.0
    silence: float = 20.0

    @classmethod
    def at(cls, url: str, *, token: str = "") -> ChromaServer:
        """The server at an address, which may name ``?tenant=`` and ``&database=``.

        Args:
            token: is sent as ``Authorization: Bearer TOKEN``, or as another header if it is written so, as in
                ``X-Chroma-Token: TOKEN``; empty for none.

        Raises:
            SettingsError: that is no web address, or no header.
        """
        try:
            parts = urlsplit(url.strip())
            named = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or True)
        except ValueError:  # such as a port that is no number
            named = False
        if not named or parts.username or parts.password:
            raise SettingsError(
                "chroma_url must be the address of a Chroma server, such as http://127.0.0.1:8000, without a password "
                "(that goes into chroma_token)" + ("" if "@" in url else f", not {url!r}")
            )
        asked = parse_qs(parts.query)
        if unknown := sorted(asked.keys() - {"tenant", "database"}):
            raise SettingsError(f"chroma_url may name a tenant and a database, but not {unknown[0]!r}")
        return cls(
            urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/"), "", "")),
            _headers(token.strip()),
            asked.get("tenant", [None])[0],
            asked.get("database", [None])[0],
        )

    @classmethod
    def of(cls, settings: Settings) -> ChromaServer | None:
        """The server that the settings name, None where the vectors lie in the archive's folder.

        Raises:
            SettingsError: its address or token cannot be used.
        """
        return cls.at(settings.chroma_url, token=settings.chroma_token) if settings.chroma_url else None


def _headers(token: str) -> tuple[tuple[str, str], ...]:
    if not token:
        return ()
    if not token.isascii() or not token.isprintable():
        raise SettingsError("chroma_token has characters that no header can hold: check it")
    if found := _HEADER.fullmatch(token):
        return ((found[1], found[2]),)
    if " " in token:
        raise SettingsError("chroma_token must be a token, or a header with its name, as X-Chroma-Token: TOKEN")
    return (("Authorization", f"Bearer {token}"),)
