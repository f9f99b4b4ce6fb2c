"""Vectors on a Chroma server, which may be restarted, be away for a while, or come back empty."""

from __future__ import annotations

import threading
import time
import uuid
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol

from ingest.errors import ArchiveError, VectorsAway

from .address import ChromaServer
from .collection import CollectionVectors

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Note", "ServerVectors"]

# A server takes 40 MB in a request, and 5,461 rows: 1,000 vectors are 2 MB.
_BATCH = 1000
_PAGE = 5000
_PAUSES = (0.1, 0.3, 1.0, 2.0)
# Changes wait for a server that does not answer. A question does not: it has the archive's own copy to go to.
_WAITING = ("upsert", "delete", "get")


class Note(Protocol):
    """What an archive remembers of the collection that holds its vectors."""

    def read(self) -> dict[str, str]:
        """What was written last, empty at first."""
        ...

    def write(self, words: dict[str, str]) -> None:
        """Remember these words, for good."""
        ...


class ServerVectors(CollectionVectors):
    """A collection of an archive's own on a Chroma server. Nothing is asked of the server before it is needed.

    The collection bears a mark that changes whenever it is opened, and the archive remembers the last one. So a copy of
    an archive's folder, or an older state of it, never takes the collection that another one uses: it gets a new one.

    Args:
        server: where it is.
        owner: names the archive's encoder; a collection that was made with another one is emptied.
        note: what the archive remembers.
    """

    def __init__(self, server: ChromaServer, *, owner: str, note: Note) -> None:
        super().__init__(batch=_BATCH, page=_PAGE)
        self._server = server
        self._owner = owner
        self._note = note
        self._guard = threading.RLock()
        self._client: Any = None
        self._collection: Any = None
        self._doubtful = note.read().get("at") != server.url

    sound = True

    @property
    def doubtful(self) -> bool:
        """See :class:`VectorIndex`. A server that was killed may have lost what it took in last."""
        return self._doubtful

    def trust(self) -> None:
        """Its ids have been compared."""
        self._doubtful = False
        self._note.write({**self._note.read(), "at": self._server.url})

    def answers(self) -> bool:
        """Whether the server can be used just now."""
        try:
            self._once(self._check)
            self._once(self._connected)
        except VectorsAway:
            return False
        except _Lost:  # as when another process removes the collection just now
            return self.answers()
        return True

    def clear(self) -> None:
        """Throw the collection away, and make a new one."""
        self._doubtful = True
        self._patiently(self._anew)

    def close(self) -> None:
        """Release the connection. Closing twice is harmless."""
        with self._guard:
            self._release()

    def _try(self, method: str, **arguments: Any) -> Any:
        if method in _WAITING:
            return self._patiently(lambda: getattr(self._connected(), method)(**arguments))
        try:
            return self._once(lambda: getattr(self._connected(), method)(**arguments))
        except _Lost as error:
            raise VectorsAway(f"the Chroma server at {self._server.url} has lost the vectors") from error

    def _patiently(self, work: Callable[[], Any]) -> Any:
        """What ``work`` gives, tried again for as long as the server may be restarting."""
        until, tried = time.monotonic() + self._server.patience, 0
        while True:
            try:
                return self._once(work)
            except (VectorsAway, _Lost) as error:
                if time.monotonic() > until:
                    raise VectorsAway(str(error)) from error
            time.sleep(_PAUSES[min(tried, len(_PAUSES) - 1)])
            tried += 1

    def _once(self, work: Callable[[], Any]) -> Any:
        """What ``work`` gives.

        Raises:
            VectorsAway: the server does not answer.
            _Lost: it does, and knows nothing of the collection.
            ArchiveError: whatever else is wrong.
        """
        import httpx
        from chromadb.errors import ChromaError, NotFoundError

        try:
            return work()
        except ArchiveError:
            self._doubtful = True
            raise
        except (httpx.HTTPError, OSError) as error:
            self._doubtful = True
            raise self._away(error) from error
        except NotFoundError as error:
            self._doubtful = True
            self._forget()
            raise _Lost(f"the Chroma server at {self._server.url} has lost the vectors") from error
        except (ChromaError, ValueError) as error:
            raise ArchiveError(f"the Chroma server at {self._server.url} failed ({_words(error)})") from error
        except Exception as error:
            self._doubtful = True
            raise self._away(error) from error

    def _away(self, error: Exception) -> VectorsAway:
        return VectorsAway(
            f"the Chroma server at {self._server.url} does not answer ({_words(error)}): start it and run the command "
            "again, or unset DATELINE_CHROMA_URL to keep the vectors in the archive's folder; what was stored is safe"
        )

    # The connection

    def _connected(self) -> Any:
        """The collection, which is looked for, or made, when it is needed first."""
        with self._guard:
            if self._collection is None:
                if self._client is None:
                    self._check()
                    self._client = self._connect()
                self._collection = self._claimed()
            return self._collection

    def _check(self) -> None:
        """See whether a Chroma server answers: its own client would wait for ever."""
        import httpx

        answer = httpx.get(
            f"{self._server.url}/api/v2/heartbeat",
            headers=dict(self._server.headers),
            timeout=min(5.0, self._server.silence),
        )
        if answer.status_code in (401, 403):
            raise ArchiveError(
                f"the Chroma server at {self._server.url} refuses the request ({answer.status_code}): set "
                "DATELINE_CHROMA_TOKEN to a token that it takes"
            )
        if answer.status_code >= 500:
            raise self._away(RuntimeError(f"it says {answer.status_code}"))
        if answer.status_code != 200 or "heartbeat" not in answer.text:
            raise ArchiveError(
                f"what answers at {self._server.url} is no Chroma server ({answer.status_code}): check "
                "DATELINE_CHROMA_URL"
            )

    def _connect(self) -> Any:
        import chromadb
        import httpx
        from chromadb.config import DEFAULT_DATABASE, DEFAULT_TENANT, Settings

        try:
            client = chromadb.HttpClient(
                self._server.url,
                headers=dict(self._server.headers),
                settings=Settings(anonymized_telemetry=False),
                tenant=self._server.tenant or DEFAULT_TENANT,
                database=self._server.database or DEFAULT_DATABASE,
            )
        except ValueError as error:
            if isinstance(error.__context__, httpx.TransportError):  # it went away just now
                raise error.__context__ from error
            raise
        # It has no limit of its own, and a server that hangs would hang us.
        _sessions(client)[0].timeout = httpx.Timeout(self._server.silence, connect=min(5.0, self._server.silence))
        return client

    def _claimed(self) -> Any:
        """The archive's collection, marked as opened by it."""
        known = self._note.read()
        mark, name = uuid.uuid4().hex, known.get("name")
        found = self._existing(name) if name else None
        if found is not None and not _ours(found, known):
            found = name = None
        name = name or f"dateline-{uuid.uuid4().hex}"
        # Between the two notes either mark is ours, so that a kill does not part us from the collection.
        self._note.write({**known, "name": name, "next": mark})
        if found is None:
            self._doubtful = True
            found = self._made(name, mark)
        else:
            found.modify(metadata={"owner": self._owner, "mark": mark})
        self._note.write({**known, "name": name, "mark": mark, "next": ""})
        return found

    def _existing(self, name: str) -> Any:
        """The collection of that name, None where there is none, or one that another encoder made, which is removed."""
        from chromadb.errors import NotFoundError

        try:
            found = self._client.get_collection(name, embedding_function=None)
        except NotFoundError:
            return None
        if (found.metadata or {}).get("owner") == self._owner:
            return found
        self._client.delete_collection(name)
        return None

    def _made(self, name: str, mark: str) -> Any:
        return self._client.create_collection(
            name,
            configuration={"hnsw": {"space": "cosine"}},
            metadata={"owner": self._owner, "mark": mark},
            embedding_function=None,
        )

    def _anew(self) -> None:
        from chromadb.errors import NotFoundError

        collection = self._connected()
        with suppress(NotFoundError):
            self._client.delete_collection(collection.name)
        self._forget()
        self._connected()

    def _forget(self) -> None:
        """Look for the collection again when it is needed next."""
        with self._guard:
            self._collection = None

    def _release(self) -> None:
        client, self._client, self._collection = self._client, None, None
        if client is not None:
            _shut(client)


class _Lost(ArchiveError):
    """The server knows nothing of the collection: it was started anew, without its data."""


def _ours(collection: Any, known: dict[str, str]) -> bool:
    """Whether nobody has opened the collection since the archive did."""
    mark = (collection.metadata or {}).get("mark")
    return bool(mark) and mark in (known.get("mark"), known.get("next"))


def _shut(client: Any) -> None:
    """Close Chroma's client, its connections too, and what Chroma remembers of it: by itself it does neither."""
    from chromadb.api.shared_system_client import SharedSystemClient

    systems, sessions = [part._system for part in (client, client._admin_client)], _sessions(client)
    client.close()
    for session in sessions:
        session.close()
    kept = SharedSystemClient._identifier_to_system
    for name in [name for name, system in kept.items() if system in systems]:
        kept.pop(name, None)


def _sessions(client: Any) -> list[Any]:
    """The connections of Chroma's client: its own, and that of the other one that it keeps to see what is allowed."""
    return [part._server._session for part in (client, client._admin_client)]


def _words(error: Exception) -> str:
    return (str(error).splitlines() or [""])[0][:200] or type(error).__name__
