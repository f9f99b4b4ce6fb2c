"""Which addresses may be asked. It reads addresses, strictly, and reaches nothing.

An address that a page names is the page's choice, not ours: a page must not make us ask this machine, its network, or
the service that hands out a cloud machine's passwords. What is read here is what is dialled: the parts go to the
connection as they are, and no second parser can read them otherwise.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, urljoin

from ingest.fetch.problem import FetchError

__all__ = ["IP", "Address", "is_private", "is_url", "join", "parse", "refusal", "same_site", "shown"]

IP = ipaddress.IPv4Address | ipaddress.IPv6Address

_LONGEST = 4096
_PORTS = {"http": 80, "https": 443}
# Below 1024 other services listen, such as mail, and might take a request for one of theirs.
_FIRST_FREE_PORT = 1024
_ANY_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:(?=//)|(?:https?|file|data|javascript|ftp|gopher|blob|about):", re.I)
_PARTS = re.compile(
    r"(?P<scheme>https?)://(?P<authority>[^/?#]*)(?P<path>/[^?#]*)?(?P<query>\?[^#]*)?(?:#.*)?", re.I | re.S
)
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")
_SECRET = re.compile(
    r"(?<=[?&])((?:\w+[_-])?(?:token|key|apikey|auth|sig|signature|password|passwd|secret))=[^&#]*", re.I
)
_PLAIN = "/?%:@!$&'()*+,;=~[]-._"
_USER = re.compile(r"(?<=//)[^/?#@]*@")

# The services that tell a cloud machine its passwords: never asked, whatever is allowed.
_METADATA = frozenset(
    map(
        ipaddress.ip_address,
        ("169.254.169.254", "169.254.170.2", "100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254"),
    )
)
_CARRIER = ipaddress.ip_network("100.64.0.0/10")
_TRANSLATED = tuple(map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "::ffff:0:0:0/96", "::/96")))
# What Python 3.11's tables do not call private or reserved, and nobody publishes at.
_UNUSED = tuple(
    map(
        ipaddress.ip_network,
        (
            "192.0.0.0/24",
            "192.88.99.0/24",
            "198.18.0.0/15",
            "100::/64",
            "2001::/23",
            "3fff::/20",
            "5f00::/16",
            "fec0::/10",
        ),
    )
)


@dataclass(frozen=True, slots=True)
class Address:
    """A web address that was read.

    Attributes:
        scheme: ``"http"`` or ``"https"``.
        host: a name in lower-case ASCII, or an IP address without brackets.
        port: the port, also where the address names none.
        target: path and query, as they are sent.
    """

    scheme: str
    host: str
    port: int
    target: str

    @property
    def ip(self) -> IP | None:
        """The host where it is an IP address."""
        try:
            return ipaddress.ip_address(self.host)
        except ValueError:
            return None

    @property
    def netloc(self) -> str:
        """Host and port as the ``Host`` header has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """Scheme, host and port: what a robots.txt is valid for."""
        return f"{self.scheme}://{self.netloc}"

    def __str__(self) -> str:
        return self.origin + self.target


def is_url(target: object) -> bool:
    """Whether a target that a person names is an address rather than a file."""
    return isinstance(target, str) and bool(_ANY_SCHEME.match(target.strip()))


def parse(url: str) -> Address:
    """The parts of a web address.

    Raises:
        FetchError: it is no http(s) address, or is written in one of the ways that hide where it leads.
    """
    url = url.strip()
    if len(url) > _LONGEST:
        raise FetchError(f"is longer than {_LONGEST:,} characters, so it is not fetched")
    if any(sign <= " " or sign in "\\\x7f" or "\x80" <= sign <= "\xa0" for sign in url):
        raise FetchError("has white space, a backslash or a control character in it: check how it is written")
    parts = _PARTS.fullmatch(url)
    if parts is None:
        scheme = url.partition(":")[0][:20]
        raise FetchError(f"is not fetched: only http:// and https:// addresses are, not {scheme}:")
    scheme = parts["scheme"].lower()
    if "@" in parts["authority"]:
        raise FetchError("has a user name in it, which is not sent: leave out everything before the @")
    host, port = _host_and_port(parts["authority"])
    return Address(
        scheme,
        _host(host),
        _port(port) if port else _PORTS[scheme],
        quote((parts["path"] or "/") + (parts["query"] or ""), safe=_PLAIN),
    )


def join(base: str, reference: str) -> str:
    """Where ``reference``, found at ``base``, leads.

    Raises:
        FetchError: it is no address at all.
    """
    try:
        return urljoin(base, reference.strip())
    except ValueError:
        raise FetchError(f"leads to {reference[:100]!r}, which is no address") from None


def refusal(ip: IP, *, allow_private: bool = False) -> str:
    """Why ``ip`` is not asked, empty when it may be.

    Args:
        allow_private: whether this machine and private networks may be asked.
    """
    if ip in _METADATA:
        return "the service that tells a cloud machine its passwords"
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if inner is not None or ip.teredo is not None or (int(ip) > 1 and any(ip in net for net in _TRANSLATED)):
            return "an IPv4 address in an IPv6 one"
    if ip.is_unspecified:
        return "no address of a machine"
    if ip.is_loopback:
        return "" if allow_private else "this machine"
    if ip.is_link_local:
        return "a link-local address"
    if ip.is_multicast:
        return "a multicast address"
    if any(ip in net for net in _UNUSED if net.version == ip.version):
        return "a reserved address"
    if ip in _CARRIER if ip.version == 4 else False:
        return "" if allow_private else "a private network"
    if ip.is_reserved or (ip.version == 4 and int(ip) >> 24 == 0):
        return "a reserved address"
    if is_private(ip):
        return "" if allow_private else "a private network"
    return "" if ip.is_global else "a reserved address"


def is_private(ip: IP) -> bool:
    """Whether ``ip`` is this machine or in a private network."""
    return ip.is_loopback or ip.is_private or (ip.version == 4 and ip in _CARRIER)


@lru_cache(maxsize=1024)
def same_site(one: str, other: str) -> bool:
    """Whether two hosts are of one publisher as far as their names tell: the same registered name."""
    import courlan

    if one == other:
        return True
    names = [courlan.extract_domain(f"https://{host}/") for host in (one, other)]
    return names[0] is not None and names[0] == names[1]


def shown(url: str) -> str:
    """An address as it may be shown and logged: without user names, passwords and keys."""
    return _SECRET.sub(r"\1=***", _USER.sub("***@", url[:_LONGEST]))[:500]


def _host_and_port(authority: str) -> tuple[str, str]:
    if authority.startswith("["):
        host, bracket, rest = authority.partition("]")
        if not bracket or (rest and not rest.startswith(":")):
            raise FetchError("has a host with an open bracket: check how it is written")
        return host + bracket, rest[1:]
    host, _, port = authority.partition(":")
    return host, port


def _port(port: str) -> int:
    number = int(port) if re.fullmatch(r"[0-9]{1,5}", port) else 0
    if not 0 < number < 1 << 16:
        raise FetchError(f"has the port {port[:20]!r}, and ports are numbers from 1 to 65535")
    if number < _FIRST_FREE_PORT and number not in _PORTS.values():
        raise FetchError(f"has port {number}, where no web pages are: below 1024 only 80 and 443 are asked")
    return number


def _host(host: str) -> str:
    """A host in its one plain spelling."""
    if not host:
        raise FetchError("names no host: check how it is written")
    if host.startswith("["):
        return _ipv6(host[1:-1])
    plain = host.lower() if host.isascii() else _ascii(host)
    labels = plain.split(".")
    if labels[-1] == "":
        raise FetchError("has a host that ends in a dot: leave it out")
    if _NUMBER.fullmatch(labels[-1]):
        return _ipv4(host)
    if len(plain) > 253 or not all(map(_LABEL.fullmatch, labels)):
        raise FetchError(f"has a host that cannot be one, {host[:100]!r}: check how it is written")
    for label in labels:
        _check_coded(label)
    return plain


def _ipv4(host: str) -> str:
    try:
        return str(ipaddress.IPv4Address(host))
    except ValueError:
        raise FetchError(
            f"has an IP address in an unusual spelling, {host[:100]!r}: write it as four numbers with dots"
        ) from None


def _ipv6(host: str) -> str:
    try:
        if "%" in host:
            raise ValueError(host)
        return str(ipaddress.IPv6Address(host))
    except ValueError:
        raise FetchError(f"has an IPv6 address that is none, {host[:100]!r}: check how it is written") from None


def _ascii(host: str) -> str:
    """A host with letters beyond ASCII as the name system writes it; signs that only look like others are refused."""
    import idna

    try:
        return idna.encode(host.lower(), strict=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        raise FetchError(f"has a host with signs that no host has, {host[:100]!r}: write it in plain letters") from None


def _check_coded(label: str) -> None:
    if not label.startswith("xn--"):
        return
    import idna

    try:
        idna.decode(label, strict=True)
    except (idna.IDNAError, UnicodeError):
        raise FetchError(f"has a host with {label[:70]!r} in it, which is no coded name: check it") from None
