"""Talk to the server that owns an archive, over its REST interface on this machine.

One process at a time may use an archive. When that is the server, the other commands find its address and key in the
archive's folder (``server.json``, readable by its owner only) and hand their work to it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.article import Skipped
from ingest.errors import ArchiveBusy, DatelineError
from ingest.fetch.safe import is_url

if TYPE_CHECKING:
    import httpx

    from ingest.report import IngestReport, Progress

__all__ = ["Owner"]

# The server answers a question within seconds; an ingest may be silent while a large file is read.
_TIMEOUT = 120.0


@dataclass(frozen=True, slots=True)
class Owner:
    """The server that owns an archive.

    Attributes:
        url: its address, such as ``http://127.0.0.1:7860``.
        token: the key that shows that we may read its archive's folder.
    """

    url: str
    token: str

    @classmethod
    def of(cls, folder: Path, busy: ArchiveBusy) -> Owner:
        """The server that owns the archive in ``folder``, after opening it failed with ``busy``.

        Raises:
            ArchiveBusy: the owner is no server, or its address and key cannot be had.
        """
        path = folder / "server.json"
        try:
            note = json.loads(path.read_text(encoding="utf-8"))
            if note["pid"] == busy.pid:
                return cls(url=str(note["url"]).rstrip("/"), token=str(note["token"]))
            more = f" ({path} was left behind by a server that is gone)"
        except FileNotFoundError:
            raise busy from None
        except OSError as error:
            more = f" (the key to its server, {path}, cannot be read: {error.strerror})"
        except (ValueError, KeyError, TypeError):
            more = f" ({path} should name its server, but is damaged)"
        raise ArchiveBusy(f"{busy}{more}", pid=busy.pid, url=busy.url)

    def get(self, path: str, **params: str | int | None) -> Any:
        """The JSON that the server answers at ``path`` with; parameters that are None are left out.

        Raises:
            DatelineError: the server does not answer, or answers with an error.
        """
        given = {name: value for name, value in params.items() if value is not None}
        with self._client() as client:
            return _checked(client.get(path, params=given)).json()

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """The JSON that the server answers ``body`` at ``path`` with.

        Raises:
            DatelineError: the server does not answer, or answers with an error.
        """
        with self._client() as client:
            return _checked(client.post(path, json=body)).json()

    def ingest(
        self,
        targets: Sequence[str],
        *,
        on_progress: Callable[[Progress], None] | None = None,
        allow_private: bool = False,
        max_links: int | None = None,
    ) -> IngestReport:
        """Let the server ingest files, folders or globs of this machine, or web addresses.

        Args:
            allow_private: have it fetch from private addresses too.
            max_links: pages to fetch from one feed or sitemap; None for what the server's settings say.

        Raises:
            DatelineError: the server does not answer, or the ingest failed.
        """
        from ingest.report import Progress

        body: dict[str, Any] = {"targets": [_named(target) for target in targets]}
        if allow_private:
            body["allow_private"] = True
        if max_links is not None:
            body["max_links"] = max_links
        with self._client(read_timeout=None) as client, client.stream("POST", "/api/v1/ingest", json=body) as response:
            if response.is_error:
                response.read()
            for line in _checked(response).iter_lines():
                said = json.loads(line) if line.strip() else {}
                if "error" in said:
                    raise DatelineError(str(said["error"]))
                if "report" in said:
                    return _report(said["report"])
                if "progress" in said and on_progress is not None:
                    on_progress(Progress(**_known(Progress, said["progress"])))
        raise DatelineError(
            f"the server at {self.url} stopped before the ingest was finished; run the same command again"
        )

    @contextmanager
    def _client(self, *, read_timeout: float | None = _TIMEOUT) -> Iterator[httpx.Client]:
        import httpx

        client = httpx.Client(
            base_url=self.url,
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=httpx.Timeout(5.0, read=read_timeout),
            trust_env=False,  # a proxy cannot reach this machine's loopback address
        )
        try:
            with client:
                yield client
        except httpx.ConnectError:
            raise ArchiveBusy(
                f"another process owns the archive, and server.json in its folder names a server at {self.url} that "
                "does not answer: it is starting, stopping, or gone; try again in a moment, or stop that process",
                url=self.url,
            ) from None
        except httpx.HTTPError as error:
            raise DatelineError(f"the server at {self.url} broke off: {error or type(error).__name__}") from error


def _checked(response: httpx.Response) -> httpx.Response:
    """``response``, if it is no error.

    Raises:
        DatelineError: with the server's own words.
    """
    if response.is_success:
        return response
    try:
        said = response.json()
    except ValueError:
        said = None
    words = (said.get("error") or said.get("detail")) if isinstance(said, dict) else None
    raise DatelineError(str(words or f"the server at {response.url} answered {response.status_code}"))


def _named(target: str) -> str:
    """A target as the server finds it, whose working folder may be another."""
    return target.strip() if is_url(target) else str(Path(target).expanduser().absolute())


def _report(data: Mapping[str, Any]) -> IngestReport:
    from ingest.report import IngestReport, Visit

    return IngestReport(
        added=tuple(data["added"]),
        updated=tuple(data["updated"]),
        unchanged=tuple(data["unchanged"]),
        skipped=tuple(Skipped(**_known(Skipped, item)) for item in data["skipped"]),
        warnings=tuple(Skipped(**_known(Skipped, item)) for item in data["warnings"]),
        seconds=float(data["seconds"]),
        visits=tuple(Visit(**_known(Visit, item)) for item in data.get("visits", ())),
    )


def _known(kind: type, data: Mapping[str, Any]) -> dict[str, Any]:
    """Those of ``data`` that are fields of ``kind``: a newer server may say more."""
    names = {field.name for field in fields(kind)}
    return {name: value for name, value in data.items() if name in names}
