"""Reading and encoding over a Ray cluster (extra ``ray``). Storing stays with the process that started the ingest.

Files are sent to the workers as bytes, so that the machines need no disk in common; a worker reads them, or turns
passages into vectors, and keeps nothing. So a worker that dies costs no more than its task, which another one does
again. What comes back is taken in the order in which it was sent, and only so much is under way at a time.
"""

from __future__ import annotations

import logging
import os
import socket
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from ingest.article import Found, Skipped
from ingest.encoder import Encoder, load_encoder
from ingest.errors import DatelineError, InputError, ModelError
from ingest.hands import File
from ingest.settings import Settings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["RayHands", "joined"]

_B = TypeVar("_B")

_TOGETHER, _TOGETHER_BYTES = 32, 4 << 20
"""As many files go to a worker at once, and as many bytes."""
_LARGEST, _LARGEST_PACKED = 8 << 20, 1 << 20
"""A larger file is read by the process that stores, as a stream: it holds many articles, and reading them is quick."""
_PACKED = (".gz", ".xz", ".tgz", ".txz", ".zip", ".tar")
_TASKS, _MOST_TASKS = 2, 64
"""Tasks under way for each processor of the cluster, and in all: a worker need not wait for its next one."""
_RETRIES = 3
_SECONDS = 10
"""To wait for an answer of the cluster."""


@contextmanager
def joined(address: str, settings: Settings, encoder: Encoder) -> Iterator[RayHands]:
    """The workers of a cluster.

    Args:
        address: ``HOST:PORT`` or ``ray://HOST:PORT``, ``auto`` for the cluster that runs on this machine, ``local`` for
            one that is started on this machine for as long as it is needed; empty for ``auto`` if there is one, else
            ``local``.
        settings: name the encoder that the workers load.
        encoder: the encoder of this process, which theirs must equal.

    Raises:
        InputError: Ray is not installed, or no cluster can be reached.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # It would tell its makers.
    try:
        import ray
    except ImportError:
        raise InputError("--ray needs one more library: pip install 'dateline[ray]'") from None
    if ray.is_initialized():
        yield RayHands(ray, settings, encoder)
        return
    try:
        _knock(address)
        ray.init(
            address or None, logging_level=logging.ERROR, log_to_driver=False, include_dashboard=_dashboard(address)
        )
    except (ConnectionError, RuntimeError, ValueError, OSError) as error:
        raise InputError(
            f"no Ray cluster can be reached at {address or 'this machine'} ({_words(error)}): start one with ray start "
            "--head, or name another with --ray ADDRESS"
        ) from error
    try:
        yield RayHands(ray, settings, encoder)
    finally:
        ray.shutdown()


def _knock(address: str) -> None:
    """See whether anything answers at the address of a cluster: Ray would try for minutes.

    Raises:
        OSError: nothing does.
    """
    host, colon, port = address.removeprefix("ray://").rpartition(":")
    if colon and port.isdigit():
        socket.create_connection((host.strip("[]"), int(port)), timeout=_SECONDS).close()


def _dashboard(address: str) -> bool | None:
    """What to say of Ray's dashboard, which only a cluster that we start can be told."""
    return False if address == "local" else None


class RayHands:
    """The workers of the Ray cluster that this process has joined; see :class:`~ingest.hands.Hands`."""

    def __init__(self, ray: Any, settings: Settings, encoder: Encoder) -> None:
        self._ray = ray
        # The workers need to know no more of the settings, some of which are secret.
        self._settings = Settings(archive=Path(), encoder=settings.encoder, threads=1)
        self._fingerprint = encoder.fingerprint
        task = ray.remote(num_cpus=1, max_retries=_RETRIES)
        self._reading, self._encoding = task(_read_files), task(_encode)

    def read(self, files: Iterator[File], *, max_bytes: int) -> Iterator[tuple[File, Iterable[Found | Skipped]]]:
        """See :class:`~ingest.hands.Hands`."""
        waiting: deque[tuple[Sequence[File], Any]] = deque()
        for group in _groups(files, max_bytes=max_bytes):
            sent = self._send(group, max_bytes=max_bytes)
            waiting.append((group, sent))
            if len(waiting) >= self._most():
                yield from self._taken(*waiting.popleft(), max_bytes=max_bytes)
        while waiting:
            yield from self._taken(*waiting.popleft(), max_bytes=max_bytes)

    def _send(self, group: Sequence[File], *, max_bytes: int) -> Any:
        """The task that reads a group of files, None where there is nothing to read, or this process reads it."""
        if group[0].known or not _goes(group[0], max_bytes=max_bytes):
            return None
        try:
            content = [(str(file.path.absolute()), file.path.read_bytes()) for file in group]
        except OSError:  # read here, it says what is wrong with it
            return None
        return self._reading.remote(content, max_bytes)

    def _taken(
        self, group: Sequence[File], sent: Any, *, max_bytes: int
    ) -> Iterator[tuple[File, Iterable[Found | Skipped]]]:
        from ingest.readers import read

        if sent is None:
            yield from ((file, () if file.known else read(file.path, max_bytes=max_bytes)) for file in group)
            return
        try:
            found = self._ray.get(sent)
        except self._ray.exceptions.RayTaskError as error:
            raise _failed(error) from error
        except self._ray.exceptions.RayError as error:
            if len(group) == 1:
                reason = f"cannot be read: {1 + _RETRIES} workers died of it, the last with {_words(error)}"
                yield group[0], [Skipped(_place(group[0].path), reason)]
                return
            for file in group:  # one of them is what they died of
                yield from self._taken([file], self._send([file], max_bytes=max_bytes), max_bytes=max_bytes)
            return
        yield from zip(group, found, strict=True)

    def encode(self, batches: Iterator[tuple[_B, Sequence[str]]]) -> Iterator[tuple[_B, NDArray[np.float32] | None]]:
        """See :class:`~ingest.hands.Hands`."""
        waiting: deque[tuple[_B, Any]] = deque()
        for batch, texts in batches:
            if texts or waiting:
                sent = self._encoding.remote(self._settings, self._fingerprint, list(texts)) if texts else None
                waiting.append((batch, sent))
            else:
                yield batch, None
            # Where nothing is ready to be encoded, the reader may be waiting for room that is given back here.
            while waiting and (not texts or len(waiting) > self._most()):
                yield self._encoded(*waiting.popleft())
        while waiting:
            yield self._encoded(*waiting.popleft())

    def _encoded(self, batch: _B, sent: Any) -> tuple[_B, NDArray[np.float32] | None]:
        if sent is None:
            return batch, None
        try:
            return batch, self._ray.get(sent)
        except self._ray.exceptions.RayError as error:
            raise _failed(error) from error

    def _most(self) -> int:
        """How many tasks may be under way: a cluster can grow and shrink."""
        processors = int(self._ray.cluster_resources().get("CPU", 1))
        return max(2, min(_TASKS * processors, _MOST_TASKS))


def _groups(files: Iterator[File], *, max_bytes: int) -> Iterator[list[File]]:
    """Files that go to a worker together, in their order; what does not go to one is a group of its own."""
    group: list[File] = []
    size = 0
    for file in files:
        goes = file.known is None and _goes(file, max_bytes=max_bytes)
        if group and (not goes or size + file.size > _TOGETHER_BYTES or len(group) >= _TOGETHER):
            yield group
            group, size = [], 0
        if goes:
            group.append(file)
            size += file.size
        else:
            yield [file]
    if group:
        yield group


def _goes(file: File, *, max_bytes: int) -> bool:
    """Whether a file is sent to a worker."""
    packed = file.path.name.lower().endswith(_PACKED)
    return file.size <= min(max_bytes, _LARGEST_PACKED if packed else _LARGEST)


def _place(path: Path) -> str:
    from ingest.readers import place

    return place(path)


def _failed(error: Exception) -> DatelineError:
    """What a task failed with, in our words."""
    cause = getattr(error, "cause", None)
    if isinstance(cause, DatelineError):
        return type(cause)(str(cause))
    if isinstance(cause, ImportError):
        return ModelError(
            f"a worker of the Ray cluster lacks a library ({_words(cause)}): install dateline on each node"
        )
    return DatelineError(
        f"the Ray cluster failed ({_words(cause or error)}): what was stored stays; run the command again to finish"
    )


def _words(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [""])[0][:200] or type(error).__name__


# On the workers


def _read_files(files: Sequence[tuple[str, bytes]], max_bytes: int) -> list[list[Found | Skipped]]:
    """What is in each file, given as its path and its bytes."""
    from ingest.readers import read_bytes

    return [list(read_bytes(data, Path(path), max_bytes=max_bytes)) for path, data in files]


def _encode(settings: Settings, fingerprint: str, texts: list[str]) -> NDArray[np.float32]:
    encoder = _encoder(settings)
    if encoder.fingerprint != fingerprint:
        raise ModelError(
            f"a worker of the Ray cluster has another encoder ({encoder.name}): install the same version of dateline, "
            "with the same models, on each node"
        )
    return encoder.encode(texts)


@lru_cache(1)
def _encoder(settings: Settings) -> Encoder:
    return load_encoder(settings)
