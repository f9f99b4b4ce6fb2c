"""Bytes on disk to characters: sizes, compression, encodings. It knows no file format and no article."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import lzma
import os
import re
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol, TypeVar

__all__ = [
    "BREAKING",
    "FAULTS",
    "Unreadable",
    "decode",
    "decode_html",
    "limited",
    "opened",
    "place",
    "rows",
    "seekable",
    "unpacked",
    "why",
]

# What parsers, ours and others', raise for content that they do not expect.
FAULTS: tuple[type[Exception], ...] = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)
FAULTS += (MemoryError, SyntaxError, csv.Error, zlib.error, lzma.LZMAError)

_BLOCK = 1 << 16
_SAMPLE = 1 << 14
_WESTERN_BYTES = "dateline.western"
_MEGABYTE = 2**20
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OTHER_KINDS = (
    (b"%PDF", "a PDF file"),
    (b"PK\x03\x04", "a ZIP archive or an Office document"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"{\\rtf", "an RTF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x7fELF", "a program"),
    (b"\x1f\x8b", "a gzip file whose name does not end in .gz"),
    (b"\xfd7zXZ", "an xz file whose name does not end in .xz"),
    (b"SQLite format 3", "a database"),
)
_WESTERN = frozenset("‘’“”‚„–—…•«»°£€§©®™½¼¾·\xa0àáâãäåæçèéêëìíîïñòóôõöøùúûüýÿœšžßÀÁÂÄÅÆÇÈÉÊÍÎÓÔÖØÚÜŒŠ¿¡")
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\v\f\r\x1a\x1b") + b"\x7f"
_CHARSET = re.compile(rb"""<(?:meta\b[^>]*?\bcharset|\?xml\b[^>]*?\bencoding)\s*=\s*["']?\s*([\w.:-]+)""", re.I)
# Browsers read these names as the larger set that they are part of.
_LARGER = {"ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030"}


_Row = TypeVar("_Row", str, bytes)


class Unreadable(Exception):
    """A file's content cannot be read; the message is the reason, in words, to follow the file's name."""


BREAKING: tuple[type[Exception], ...] = (Unreadable, OSError, *FAULTS)
"""All that reading a file's content may raise."""


class Readable(Protocol):
    """What bytes are read from."""

    def read1(self, size: int, /) -> bytes: ...


def place(path: Path) -> str:
    """The absolute path of a file as text that can be stored, also where its name is not valid UTF-8."""
    return os.fsencode(path.absolute()).decode("utf-8", "backslashreplace")


def why(error: OSError) -> str:
    """An error of the operating system in words."""
    if isinstance(error, PermissionError):
        return "permission denied: this user may not read it"
    if isinstance(error, FileNotFoundError):
        return "is not there any more"
    if isinstance(error, gzip.BadGzipFile):
        return "is not the gzip file that its name says"
    return f"cannot be read: {(error.strerror or str(error) or type(error).__name__).lower()}"


@contextmanager
def opened(path: Path, *, max_bytes: int, unpacked_bytes: int | None = None) -> Iterator[io.BufferedReader]:
    """A file's bytes, decompressed where its name says that it is compressed; as they are, they can be sought in.

    Args:
        path: the file.
        max_bytes: the most bytes that it may have, on disk and decompressed. A larger file is not opened.
        unpacked_bytes: the most that it may have decompressed, where that is more.

    Raises:
        Unreadable: it is too large, or no regular file (also later, when more than ``max_bytes`` come out of it).
        OSError: the operating system does not let it be read.
    """
    about = path.stat()
    if not stat.S_ISREG(about.st_mode):
        raise Unreadable("is not a regular file")
    if about.st_size > max_bytes:
        raise _too_large(f"has {_megabytes(about.st_size)}", max_bytes)
    with path.open("rb") as file:
        yield unpacked(limited(file, max_bytes), path.name, max_bytes=unpacked_bytes or max_bytes)


def unpacked(stream: io.BufferedReader, name: str, *, max_bytes: int) -> io.BufferedReader:
    """A file's bytes decompressed where its name ends in ``.gz``, ``.xz`` and the like, else the same stream."""
    end = os.path.splitext(name)[1].lower()  # noqa: PTH122 (a name within an archive is no path)
    if end in (".gz", ".tgz"):
        return limited(gzip.GzipFile(fileobj=stream), max_bytes)
    if end in (".xz", ".txz"):
        return limited(lzma.LZMAFile(stream), max_bytes)
    return stream


def limited(inner: Readable, max_bytes: int) -> io.BufferedReader:
    """The same bytes, of which no more than so many are given out; then ``Unreadable`` is raised."""
    return io.BufferedReader(_Limited(inner, max_bytes), buffer_size=_BLOCK)


def seekable(stream: io.BufferedReader) -> IO[bytes]:
    """The same stream where it can be sought in, else all of its bytes in memory."""
    return stream if stream.seekable() else io.BytesIO(stream.read())


def decode(data: bytes) -> str:
    """All of a text file's bytes as text. Raises Unreadable when they are no text."""
    return _decode(data, _encoding(data[:_BLOCK]))


def decode_html(data: bytes) -> str:
    """An HTML page's bytes as text: valid UTF-8 before what the page declares, and that before a guess."""
    if any(data.startswith(bom) for bom, _ in _BOMS):
        return decode(data)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        declared = _CHARSET.search(data[:4096])
    if declared:
        try:
            name = codecs.lookup(declared[1].decode("ascii")).name
            if not name.startswith(("utf-8", "utf-16", "utf-32")):
                return data.decode(_LARGER.get(name, name), "replace")
        except (LookupError, ValueError):  # No such encoding, or one that does not give text.
            pass
    return decode(data)


def rows(stream: io.BufferedReader, *, longest: int = -1) -> Iterator[str]:
    """The lines of a text file, one at a time, with their line ends.

    Args:
        longest: the most bytes, or characters, that a line may have; -1 for any number.

    Raises:
        Unreadable: it is no text, or has a longer line (after those before it).
    """
    head = stream.peek(_BLOCK)
    encoding = _encoding(head)
    unix = b"\n" in head or b"\r" not in head
    if encoding.startswith(("utf-16", "utf-32")) or not unix:
        text = io.TextIOWrapper(stream, encoding, errors="replace", newline="\n" if unix else "")
        while row := text.readline(longest):
            yield _short(row, longest)
        return
    while data := stream.readline(longest):
        yield _decode(_short(data, longest), encoding)
        encoding = "utf-8" if encoding == "utf-8-sig" else encoding


def _short(row: _Row, longest: int) -> _Row:
    if 0 <= longest <= len(row):
        raise Unreadable(f"has a line of more than {_megabytes(longest)}; DATELINE_MAX_FILE_MB raises the limit")
    return row


def _decode(data: bytes, encoding: str) -> str:
    # UTF-8 may have lines of another origin in between, or a byte that was damaged.
    return data.decode(encoding, _WESTERN_BYTES if encoding.startswith("utf-8") else "replace")


def _western_bytes(error: UnicodeError) -> tuple[str, int]:
    """Bytes that are no UTF-8 are read one by one as Windows-1252, and what stands around them as it is."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error(_WESTERN_BYTES, _western_bytes)


def _encoding(head: bytes) -> str:
    """The encoding that the first bytes of a file speak for. Raises Unreadable for other things than text."""
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return encoding
    for start, kind in _OTHER_KINDS:
        if head.startswith(start):
            raise Unreadable(f"is not text but {kind}")
    if wide := _wide(head):
        return wide
    controls = len(head) - len(head.translate(None, _CONTROLS))
    if controls > 8 + len(head) / 50:
        raise Unreadable("is not text: it is full of control characters")
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)  # The last character may be cut.
    except UnicodeDecodeError:
        text = head.decode("utf-8", "replace")
        strange = text.count("\ufffd")
        # Text in older encodings hardly ever has bytes in the order that UTF-8 asks for.
        return "utf-8" if 2 * strange <= sum(char > "\x7f" for char in text) else _legacy(head[:_SAMPLE])
    return "utf-8"


def _wide(head: bytes) -> str | None:
    """UTF-16 without a byte order mark: every other byte is NUL in text of a Western language."""
    half = len(head) // 2
    if half < 4:
        return None
    even, odd = head[::2].count(0) / half, head[1::2].count(0) / half
    if min(even, odd) < 0.1 and max(even, odd) > 0.6:
        return "utf-16-be" if even > odd else "utf-16-le"
    return None


def _legacy(sample: bytes) -> str:
    """An encoding from before Unicode. Western text has few bytes above 127, and detectors guess it badly."""
    western = sample.decode("cp1252", "replace")
    beyond = [char for char in western if char > "\x7f"]
    known = sum(char in _WESTERN for char in beyond)
    if len(beyond) <= len(sample) * 0.05 or (len(beyond) <= len(sample) * 0.2 and known >= len(beyond) * 0.95):
        return "cp1252"
    import charset_normalizer

    best = charset_normalizer.from_bytes(sample, steps=5, chunk_size=1024).best()
    if best is None:
        raise Unreadable("is not text in any encoding that could be recognised; save it as UTF-8")
    return "cp1252" if best.encoding in ("ascii", "latin_1") else best.encoding


def _megabytes(size: int) -> str:
    if size < _MEGABYTE:
        return f"{size:,} bytes"
    return f"{size / _MEGABYTE:,.{0 if size >= 10 * _MEGABYTE else 1}f} MB"


def _too_large(has: str, max_bytes: int) -> Unreadable:
    return Unreadable(f"{has}, more than the {_megabytes(max_bytes)} allowed; DATELINE_MAX_FILE_MB raises the limit")


class _Limited(io.RawIOBase):
    """Another stream, up to so many bytes: a small compressed file can hold a very large one.

    A plain file, whose size is known, can be sought in, and is not counted.
    """

    def __init__(self, inner: Readable, limit: int) -> None:
        self._inner, self._limit, self._given = inner, limit, 0
        self._file = inner if isinstance(inner, io.BufferedReader) and inner.seekable() else None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._file is not None

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        if self._file is None:
            raise io.UnsupportedOperation("seek")
        return self._file.seek(offset, whence)

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        # One piece at a time, so that what a broken file gave before its end is not lost.
        data = self._inner.read1(len(buffer))
        self._given += len(data)
        if self._given > self._limit and self._file is None:
            raise _too_large("holds too much when decompressed", self._limit)
        buffer[: len(data)] = data
        return len(data)
