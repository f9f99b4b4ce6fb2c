"""Settings: read once where a command starts, then passed down as one frozen value.

A setting given to the command wins over the environment (``DATELINE_ARCHIVE``), which wins over a TOML file
(``DATELINE_CONFIG``, else ``dateline.toml`` in the working folder, else in the user's configuration folder), which wins
over the default. A name that no setting has is an error, so that a misspelt one cannot be ignored.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from platformdirs import user_config_path, user_data_path

from ingest.errors import SettingsError

__all__ = ["Settings", "default_archive"]

_PREFIX = "DATELINE_"
_SWITCHES = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that can be set.

    Attributes:
        archive: the folder of the archive.
        encoder: ``"bundled"``, or the name or path of a sentence-transformers model. An archive keeps its encoder.
        reranker: ``"bundled"``, or the name or path of a sentence-transformers cross-encoder.
        threads: processor threads for the models; 0 takes as many as there are cores, up to 8.
        max_file_mb: larger files are skipped, in MiB.
        host, port: where the server listens.
        allow_private: fetch pages of this machine and of private networks too.
        contact: an e-mail address or web page that servers are told with every request, so that they can reach us.
        fetch_timeout: seconds that fetching one page may take, from first to last.
        fetch_delay: seconds between two requests to one server.
        max_download_mb: what is larger is not fetched, in MiB.
        max_links: pages fetched from one feed or sitemap in one run, the newest first.
    """

    archive: Path
    encoder: str = "bundled"
    reranker: str = "bundled"
    threads: int = 0
    max_file_mb: int = 100
    host: str = "127.0.0.1"
    port: int = 7860
    allow_private: bool = False
    contact: str = ""
    fetch_timeout: int = 120
    fetch_delay: float = 1.0
    max_download_mb: int = 50
    max_links: int = 200

    @classmethod
    def load(
        cls, archive: str | Path | None = None, *, environ: Mapping[str, str] | None = None, **given: Any
    ) -> Settings:
        """The settings in force.

        Args:
            archive: the archive's folder as given to the command, or None.
            environ: the environment, ``os.environ`` unless told.
            given: other settings as given to the command; None means not given.

        Raises:
            SettingsError: a name is unknown, a value cannot be used, or the TOML file cannot be read.
        """
        environ = os.environ if environ is None else environ
        named = {**given, "archive": archive}
        values: dict[str, tuple[Any, str]] = {}
        for origin, names in (
            (_config_file(environ), None),
            ("the environment", _from_environment(environ)),
            ("the command", {name: value for name, value in named.items() if value is not None}),
        ):
            found = _from_file(origin) if names is None and isinstance(origin, Path) else (names or {})
            values |= {name: (value, str(origin)) for name, value in found.items()}
        types = {field.name: field.type for field in fields(cls)}
        if unknown := sorted(set(values) - set(types)):
            name = unknown[0]
            raise SettingsError(
                f"unknown setting {name!r} in {values[name][1]}; the settings are {', '.join(sorted(types))}"
            )
        made = {name: _typed(name, str(types[name]), value, origin) for name, (value, origin) in values.items()}
        made.setdefault("archive", default_archive())
        return cls(**made)


def default_archive() -> Path:
    """The folder of the archive where none is named, in the user's data folder."""
    return user_data_path("dateline", appauthor=False) / "archive"


def _config_file(environ: Mapping[str, str]) -> Path | str:
    """The TOML file to read, or the empty string when there is none."""
    if named := environ.get(_PREFIX + "CONFIG"):
        return Path(os.path.expanduser(named))  # noqa: PTH111 (Path's raises for a user that is not there)
    for path in (Path("dateline.toml"), user_config_path("dateline", appauthor=False) / "dateline.toml"):
        if path.is_file():
            return path
    return ""


def _from_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"the settings file {path} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"the settings file {path} is not valid TOML: {error}") from error


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    return {
        name.removeprefix(_PREFIX).lower(): value
        for name, value in environ.items()
        if name.startswith(_PREFIX) and name != _PREFIX + "CONFIG" and value
    }


def _typed(name: str, kind: str, value: Any, origin: str) -> Any:
    """``value`` as the type that the setting has.

    Raises:
        SettingsError: it cannot be read as that type.
    """
    if kind == "int":
        return _number(name, value, origin)
    if kind == "bool":
        return _switch(name, value, origin)
    if kind == "float":
        return _seconds(name, value, origin)
    if not isinstance(value, str | Path) or not str(value).strip():
        raise SettingsError(f"{name} in {origin} must be {'a path' if kind == 'Path' else 'a text'}, not {value!r}")
    if kind == "str":
        return _contact(value, origin) if name == "contact" else str(value)
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
    if name == "fetch_timeout" and number < 1:
        raise SettingsError(f"fetch_timeout in {origin} must be at least 1, but is {number}")
    if name == "port" and number > 65_535:
        raise SettingsError(f"port in {origin} must be at most 65535, but is {number}")
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


def _contact(value: str | Path, origin: str) -> str:
    """It goes into a header of every request."""
    if not re.fullmatch(r"[!-~]{3,200}", text := str(value).strip()) or not ("@" in text or "://" in text):
        raise SettingsError(f"contact in {origin} must be an e-mail address or a web page, not {value!r}")
    return text
