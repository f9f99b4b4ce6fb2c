"""Who reads files and who encodes passages: this process, unless others are called in (see ``spread.py``).

Everything else about an ingest, above all storing, is done by one process, in the order of what was read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from ingest.article import Found, Skipped

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ingest.encoder import Encoder

__all__ = ["File", "Hands", "OwnHands"]

_B = TypeVar("_B")


@dataclass(frozen=True, slots=True)
class File:
    """A file that is named to be read.

    Attributes:
        path: where it is.
        size, modified: its bytes and its time, in nanoseconds, before it is read.
        known: what came of it when it was read last, if it has not changed since; then it is not read.
    """

    path: Path
    size: int
    modified: int
    known: tuple[list[str], list[Skipped]] | None = None


class Hands(Protocol):
    """Whoever reads files and encodes passages. What goes in comes out in the same order."""

    def read(self, files: Iterator[File], *, max_bytes: int) -> Iterator[tuple[File, Iterable[Found | Skipped]]]:
        """What is in each of ``files``; nothing for those that are known.

        Args:
            max_bytes: larger files are skipped.
        """
        ...

    def encode(self, batches: Iterator[tuple[_B, Sequence[str]]]) -> Iterator[tuple[_B, NDArray[np.float32] | None]]:
        """Each batch with the vectors of its texts, None where there are no texts.

        Where nothing is ready to be encoded, a batch without texts comes, now and then.
        """
        ...


class OwnHands:
    """Reads and encodes in this process, one after the other, when it is asked for."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    def read(self, files: Iterator[File], *, max_bytes: int) -> Iterator[tuple[File, Iterable[Found | Skipped]]]:
        """See :class:`Hands`."""
        from ingest.readers import read

        for file in files:
            yield file, () if file.known else read(file.path, max_bytes=max_bytes)

    def encode(self, batches: Iterator[tuple[_B, Sequence[str]]]) -> Iterator[tuple[_B, NDArray[np.float32] | None]]:
        """See :class:`Hands`."""
        for batch, texts in batches:
            yield batch, self._encoder.encode(texts) if texts else None
