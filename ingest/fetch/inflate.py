"""Compressed answers, taken apart piece by piece, so that a small one cannot fill the memory."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

from ingest.fetch.problem import FetchError

__all__ = ["ACCEPTED", "inflate"]

ACCEPTED = "gzip, deflate"
"""What we ask for. Brotli and zstd turn a few kilobytes into gigabytes, and their libraries do it in one step."""

_STEP = 1 << 18
# Members of one gzip file; some writers begin a new one with every block.
_MOST_MEMBERS = 10_000


def inflate(pieces: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """The pieces of an answer without the compression that ``Content-Encoding`` names.

    Raises:
        FetchError: it is compressed in a way that was not asked for, or damaged, or cut short.
    """
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        yield from pieces
    elif encoding in ("gzip", "x-gzip"):
        yield from _members(pieces)
    elif encoding == "deflate":
        yield from _deflated(pieces)
    else:
        raise FetchError(f"was sent compressed in a way that was not asked for, {encoding[:40]!r}")


def _members(pieces: Iterable[bytes]) -> Iterator[bytes]:
    unpacker, members, started = zlib.decompressobj(wbits=31), 1, False
    for piece in pieces:
        while piece:
            if unpacker.eof:
                if not piece.strip(b"\0"):  # what some writers fill the last block up with
                    break
                unpacker, members = zlib.decompressobj(wbits=31), members + 1
                if members > _MOST_MEMBERS:
                    raise FetchError("was sent compressed in more parts than any page has")
            started = True
            yield from _steps(unpacker, piece)
            piece = unpacker.unused_data
    if started and not unpacker.eof:
        raise FetchError("was cut short: its compressed text breaks off; try again later", passing=True)


def _deflated(pieces: Iterable[bytes]) -> Iterator[bytes]:
    unpacker: zlib._Decompress | None = None
    for piece in pieces:
        if unpacker is None:
            # By the standard there is a zlib header; some servers leave it out.
            headed = piece[0] & 0x0F == 8 and (len(piece) < 2 or (piece[0] << 8 | piece[1]) % 31 == 0)
            unpacker = zlib.decompressobj(wbits=15 if headed else -15)
        if unpacker.eof:
            break
        yield from _steps(unpacker, piece)
    if unpacker is not None and not unpacker.eof:
        raise FetchError("was cut short: its compressed text breaks off; try again later", passing=True)


def _steps(unpacker: zlib._Decompress, piece: bytes) -> Iterator[bytes]:
    try:
        while True:
            if out := unpacker.decompress(piece, _STEP):
                yield out
            piece = unpacker.unconsumed_tail
            # All may have been read, and some still wait to be given out.
            if unpacker.eof or (not piece and len(out) < _STEP):
                return
    except zlib.error:
        raise FetchError("was sent with damaged compression; try again later", passing=True) from None
