"""What a reverse proxy says of a request, believed only where the proxy is one that the settings trust."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import Scope

__all__ = ["Proxies", "Sender"]

_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")


@dataclass(frozen=True, slots=True)
class Sender:
    """Where a request comes from.

    Attributes:
        address: the address of whoever sent it.
        secure: whether they sent it over https.
        user: who has logged in with the proxy, if it says so.
        forwarded: whether it came through a proxy, trusted or not.
    """

    address: str
    secure: bool
    user: str | None
    forwarded: bool


class Proxies:
    """The proxies that are trusted.

    Args:
        networks: their addresses or networks.
        user_header: the header in which they tell who has logged in; empty for none.
    """

    def __init__(self, networks: Collection[str], user_header: str = "") -> None:
        self._networks = [ipaddress.ip_network(network) for network in networks]
        self._user_header = user_header

    def sender(self, scope: Scope) -> Sender:
        """Where the request of this ASGI scope comes from."""
        headers = Headers(scope=scope)
        peer = (scope.get("client") or ("", 0))[0]
        forwarded = any(name in headers for name in _FORWARDED)
        secure = scope.get("scheme") == "https"
        if not self._trusts(peer):
            return Sender(peer, secure, None, forwarded)
        if scheme := headers.get("x-forwarded-proto"):
            secure = scheme.split(",")[-1].strip().lower() == "https"
        user = (headers.get(self._user_header) or "").strip() if self._user_header else ""
        return Sender(self._first_stranger(headers, peer), secure, user or None, forwarded)

    def _first_stranger(self, headers: Headers, peer: str) -> str:
        """The last address that no trusted proxy could have made up: each proxy adds whom it heard from at the end."""
        told = [part.strip() for line in headers.getlist("x-forwarded-for") for part in line.split(",")]
        for address in reversed(told):
            try:
                ipaddress.ip_address(address)
            except ValueError:
                return peer
            if not self._trusts(address):
                return address
            peer = address
        return peer

    def _trusts(self, address: str) -> bool:
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return False
        if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
            found = found.ipv4_mapped
        return any(found in network for network in self._networks)
