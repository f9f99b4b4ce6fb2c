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
from dataclasses import Field, dataclass, fields
from pathlib import Path
from typing import Any

from platformdirs import user_config_path, user_data_path

from ingest.errors import SettingsError
from ingest.setting_values import typed

__all__ = ["Settings", "default_archive"]

_PREFIX = "DATELINE_"
# What is read from the environment elsewhere: the key of a language model is kept in no value that may be shown.
_NOT_SETTINGS = (_PREFIX + "CONFIG", _PREFIX + "LLM_KEY")
_SECRET = ("_key", "_token", "_password", "_secret")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that can be set.

    Attributes:
        archive: the folder of the archive.
        encoder: ``"bundled"``, or the name or path of a sentence-transformers model. An archive keeps its encoder.
        reranker: ``"bundled"``, or the name or path of a sentence-transformers cross-encoder.
        device: what an encoder of sentence-transformers runs on: "auto" for a GPU where there is one, else a name of
            torch's, such as cpu, cuda, cuda:1 or mps.
        threads: processor threads for the models; 0 takes as many as there are cores, up to 8.
        max_file_mb: larger files are skipped, in MiB.
        host, port: where the server listens.
        allow_private: fetch pages of this machine and of private networks too.
        contact: an e-mail address or web page that servers are told with every request, so that they can reach us.
        fetch_timeout: seconds that fetching one page may take, from first to last.
        fetch_delay: seconds between two requests to one server.
        max_download_mb: what is larger is not fetched, in MiB.
        max_links: pages fetched from one feed or sitemap in one run, the newest first.
        chroma_url: a Chroma server that keeps the vectors, such as http://127.0.0.1:8000; without one they lie in the
            archive's folder.
        chroma_token: what that server asks for, sent as "Authorization: Bearer TOKEN", or a header written out.
        public: let anyone who reaches the server ask and read, without a token or a login.
        hosts: other names that requests may address the server by, such as the one that a reverse proxy serves.
        allowed_origins: web sites, such as https://news.example, whose pages may ask with a token of their own.
        mcp_add: let programs add articles over the Model Context Protocol.
        proxy_user_header: the header in which a reverse proxy tells who has logged in with it.
        proxy_user_scopes: what users may do whom such a proxy names: ask, read, write, admin.
        trusted_proxies: the addresses, or networks such as 10.0.0.0/8, that such proxies send from.
        session_hours: how long a login lasts.
        visitor_days: days after its last question that a conversation of a visitor is dropped; 0 keeps it.
        requests_per_minute, questions_per_minute: for each token, user or address; 0 sets no limit.
        questions_at_once: questions worked on at a time; 0 takes as many as there are cores.
        questions_waiting: questions that may wait for their turn; what comes on top is turned away.
        request_seconds: seconds that a request may take to arrive, and an answer to begin.
        max_request_mb: larger requests are turned away, in MiB.
        log_format: "json", "text", or "auto" for text on a terminal and JSON elsewhere.
        metrics: who may read /metrics: "admin" for tokens of that scope, "open" for everyone, or "off".
        page_may_add: who may add and remove articles on the page: "auto" for whoever has the right to write, which is
            everyone on this machine while no login is asked for; "on" for everyone who sees it, or "off" for nobody.
        llm: a language model that writes the answers, such as openai:MODEL, ollama:MODEL, anthropic:MODEL,
            llamacpp:PATH.gguf or http://HOST/v1#MODEL; without one, answers are quotes.
        llm_timeout: seconds that it may take for one answer.
        llm_max_tokens: tokens that it may write for one answer.
    """

    archive: Path
    encoder: str = "bundled"
    reranker: str = "bundled"
    device: str = "auto"
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
    chroma_url: str = ""
    chroma_token: str = ""
    public: bool = False
    hosts: tuple[str, ...] = ()
    allowed_origins: tuple[str, ...] = ()
    mcp_add: bool = False
    proxy_user_header: str = ""
    proxy_user_scopes: tuple[str, ...] = ("ask", "read")
    trusted_proxies: tuple[str, ...] = ()
    session_hours: int = 336
    visitor_days: int = 30
    requests_per_minute: int = 600
    questions_per_minute: int = 60
    questions_at_once: int = 0
    questions_waiting: int = 64
    request_seconds: int = 120
    max_request_mb: int = 32
    log_format: str = "auto"
    metrics: str = "admin"
    page_may_add: str = "auto"
    llm: str = ""
    llm_timeout: float = 30.0
    llm_max_tokens: int = 400

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
        return cls.explained(archive, environ=environ, **given)[0]

    @classmethod
    def explained(
        cls, archive: str | Path | None = None, *, environ: Mapping[str, str] | None = None, **given: Any
    ) -> tuple[Settings, dict[str, str]]:
        """The settings in force, as :meth:`load` gives them, and where each of them came from.

        Raises:
            SettingsError: as for :meth:`load`.
        """
        values = _found(os.environ if environ is None else environ, {**given, "archive": archive})
        types = {field.name: str(field.type) for field in fields(cls)}
        if unknown := sorted(set(values) - set(types)):
            name = unknown[0]
            raise SettingsError(
                f"unknown setting {name!r} in {values[name][1]}; the settings are {', '.join(sorted(types))}"
            )
        made = {name: typed(name, types[name], value, origin) for name, (value, origin) in values.items()}
        made.setdefault("archive", default_archive())
        origins = {name: values[name][1] if name in values else "the default" for name in types}
        return cls(**made), origins

    def shown(self) -> dict[str, Any]:
        """Every setting as a JSON value, in the order of their names; what is secret is masked."""
        return {field.name: _shown(field.name, getattr(self, field.name)) for field in sorted(fields(self), key=_name)}


def default_archive() -> Path:
    """The folder of the archive where none is named, in the user's data folder."""
    return user_data_path("dateline", appauthor=False) / "archive"


def _found(environ: Mapping[str, str], given: Mapping[str, Any]) -> dict[str, tuple[Any, str]]:
    """What is set, as it was written, and where: what wins over another stands in its place."""
    file = _config_file(environ)
    values: dict[str, tuple[Any, str]] = {}
    for origin, names in (
        (file, _from_file(file) if isinstance(file, Path) else {}),
        ("the environment", _from_environment(environ)),
        ("the command", {name: value for name, value in given.items() if value is not None}),
    ):
        values |= {name: (value, str(origin)) for name, value in names.items()}
    return values


def _name(field: Field[Any]) -> str:
    return field.name


def _shown(name: str, value: Any) -> Any:
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, str) and value:
        if name.endswith(_SECRET):
            return "********"
        return re.sub(r"(://)[^/@\s]*@", r"\1********@", value)  # a password in an address
    return value


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
        if name.startswith(_PREFIX) and name not in _NOT_SETTINGS and value
    }
