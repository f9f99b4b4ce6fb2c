"""A setting as it was written, in a file or in the environment, as the value that it means."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ingest.errors import SettingsError

__all__ = ["typed"]

_SWITCHES = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
_LEAST = {"fetch_timeout": 1, "session_hours": 1, "request_seconds": 1, "max_request_mb": 1}
_MOST = {"port": 65_535}
_CHOICES = {
    "log_format": ("auto", "json", "text"),
    "metrics": ("admin", "open", "off"),
    "page_may_add": ("auto", "on", "off"),
}


def typed(name: str, kind: str, value: Any, origin: str) -> Any:
    """``value`` as the type that the setting has.

    Args:
        name: the setting.
        kind: its type, as the annotation says it.
        value: what was written.
        origin: where, for the message.

    Raises:
        SettingsError: it cannot be read as that type.
    """
    match kind:
        case "int":
            return _number(name, value, origin)
        case "bool":
            return _switch(name, value, origin)
        case "float":
            return _seconds(name, value, origin)
        case "tuple[str, ...]":
            return _list(name, value, origin)
    if not isinstance(value, str | Path) or not str(value).strip():
        raise SettingsError(f"{name} in {origin} must be {'a path' if kind == 'Path' else 'a text'}, not {value!r}")
    return _path(name, value, origin) if kind == "Path" else _text(name, str(value), origin)


def _path(name: str, value: str | Path, origin: str) -> Path:
    try:
        return Path(value).expanduser().absolute()
    except RuntimeError:
        raise SettingsError(f"{name} in {origin} names a user who has no home folder: {str(value)!r}") from None


def _number(name: str, value: Any, origin: str) -> int:
    if isinstance(value, bool | float):
        raise SettingsError(f"{name} in {origin} must be a whole number, not {value!r}")
    try:
        number = int(value)
    except (TypeError, ValueError):
        raise SettingsError(f"{name} in {origin} must be a whole number, not {value!r}") from None
    if number < 0:
        raise SettingsError(f"{name} in {origin} must not be negative, but is {number}")
    if number < (least := _LEAST.get(name, 0)):
        raise SettingsError(f"{name} in {origin} must be at least {least}, but is {number}")
    if number > (most := _MOST.get(name, number)):
        raise SettingsError(f"{name} in {origin} must be at most {most}, but is {number}")
    return number


def _switch(name: str, value: Any, origin: str) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word not in _SWITCHES:
        raise SettingsError(f"{name} in {origin} must be true or false, not {value!r}")
    return _SWITCHES[word]


def _seconds(name: str, value: Any, origin: str) -> float:
    try:
        number = float("" if isinstance(value, bool) else value)
    except (TypeError, ValueError):
        raise SettingsError(f"{name} in {origin} must be a number, not {value!r}") from None
    if not 0 <= number < 1e9:
        raise SettingsError(f"{name} in {origin} must not be negative or endless, but is {value}")
    return number


def _text(name: str, value: str, origin: str) -> str:
    if name == "contact":  # it goes into a header of every request
        text = value.strip()
        if not re.fullmatch(r"[!-~]{3,200}", text) or not ("@" in text or "://" in text):
            raise SettingsError(f"contact in {origin} must be an e-mail address or a web page, not {value!r}")
        return text
    if name == "proxy_user_header" and not re.fullmatch(r"[A-Za-z0-9-]+", value):
        raise SettingsError(f"{name} in {origin} must be a header's name, such as X-Remote-User, not {value!r}")
    if name in _CHOICES and value not in _CHOICES[name]:
        raise SettingsError(f"{name} in {origin} must be one of {', '.join(_CHOICES[name])}, not {value!r}")
    return value


def _list(name: str, value: Any, origin: str) -> tuple[str, ...]:
    """Several texts: a list in a file, parted by commas in the environment."""
    items = value.split(",") if isinstance(value, str) else value
    if not isinstance(items, list | tuple) or not all(isinstance(item, str) for item in items):
        raise SettingsError(f"{name} in {origin} must be a list of texts, not {value!r}")
    read = _ITEMS.get(name, str)
    found = []
    for item in (item.strip() for item in items):
        if not item:
            continue
        try:
            found.append(read(item))
        except ValueError:
            raise SettingsError(f"{name} in {origin} must name {_NAMING[name]}, not {item!r}") from None
    return tuple(found)


def _host(text: str) -> str:
    if not re.fullmatch(r"[\w.-]+|\[?[0-9A-Fa-f:]+\]?", text):
        raise ValueError(text)
    return text.strip("[]").lower()


def _network(text: str) -> str:
    return str(ipaddress.ip_network(text, strict=False))


def _origin(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise ValueError(text)
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(text)
    return f"{parts.scheme}://{parts.netloc}".lower()


def _scope(text: str) -> str:
    if text not in ("ask", "read", "write", "admin"):
        raise ValueError(text)
    return text


_ITEMS: dict[str, Callable[[str], str]] = {
    "hosts": _host,
    "trusted_proxies": _network,
    "allowed_origins": _origin,
    "proxy_user_scopes": _scope,
}
_NAMING = {
    "hosts": "hosts without scheme or port, such as news.example",
    "trusted_proxies": "addresses or networks, such as 127.0.0.1 or 10.0.0.0/8",
    "proxy_user_scopes": "what may be done: ask, read, write or admin",
    "allowed_origins": "web sites without a path, such as https://news.example",
}
