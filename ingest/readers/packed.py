"""Archives of files: zip and tar. Their members are read one after another, and nothing is written to the disk.

A small archive can hold endless data, so what comes out of it is counted: by member, in all, against what went in, and
by the archives that lie in archives.
"""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Iterator
from typing import IO

from ingest.article import Found, Skipped
from ingest.clean import line

from .decode import BREAKING, Unreadable, limited, seekable
from .files import is_junk_folder, left_out
from .item import MOST_TIMES, Inner, Item

__all__ = ["read_tar", "read_zip"]

MOST_MEMBERS = 100_000
DEEPEST = 3
_RATIO = 250
"""No text is so repetitive that it becomes so many times smaller; a bomb is."""
_FREE = 2**20
"""Members of less than this are not looked at for that."""
_LARGEST_INDEX = 32 * 2**20
_DAMAGE: tuple[type[Exception], ...] = (zipfile.BadZipFile, tarfile.TarError, *BREAKING)
_END, _END_SIZE = b"PK\x05\x06", 22


def read_zip(stream: io.BufferedReader, item: Item, inner: Inner) -> Iterator[Found | Skipped]:
    """What is in the files of a zip archive."""
    _check_depth(item)
    file = seekable(stream)
    _check_index(file)
    try:
        archive = zipfile.ZipFile(file)
    except zipfile.BadZipFile as error:
        raise Unreadable(f"is no zip archive that can be read: {str(error)[:200]}") from None
    with archive:
        members = archive.infolist()
        if len(members) > MOST_MEMBERS:
            raise Unreadable(f"holds {len(members):,} files, more than the {MOST_MEMBERS:,} that are read")
        gate = _Gate(item)
        for member in members:
            if member.is_dir():
                continue
            size, packed = member.file_size, member.compress_size
            if (wanted := gate.admit(member.filename, size, packed)) is None:
                continue
            yield from [wanted] if isinstance(wanted, Skipped) else _zipped(archive, member, wanted, inner)
    yield from gate.nothing()


def _zipped(archive: zipfile.ZipFile, member: zipfile.ZipInfo, item: Item, inner: Inner) -> Iterator[Found | Skipped]:
    if member.flag_bits & 1:
        yield Skipped(item.origin, "is encrypted; unpack it with its password and ingest what comes out")
        return
    try:
        opened = archive.open(member)
    except _DAMAGE as error:
        yield Skipped(item.origin, f"cannot be unpacked: {str(error)[:200] or type(error).__name__}")
        return
    with opened:
        yield from inner(limited(_Checked(opened), item.max_bytes), item)


def read_tar(stream: io.BufferedReader, item: Item, inner: Inner) -> Iterator[Found | Skipped]:
    """What is in the files of a tar archive; links and devices in it are passed over."""
    _check_depth(item)
    gate = _Gate(item)
    try:
        with tarfile.open(fileobj=stream, mode="r|") as archive:
            for number, member in enumerate(archive, start=1):
                archive.members = []  # type: ignore[attr-defined] # It keeps all that it has passed, to look up names.
                if number > MOST_MEMBERS:
                    yield Skipped(item.origin, f"holds more than {MOST_MEMBERS:,} files; the rest is left out")
                    break
                if not member.isreg() or (wanted := gate.admit(member.name, member.size, member.size)) is None:
                    continue
                if isinstance(wanted, Skipped):
                    yield wanted
                elif opened := archive.extractfile(member):
                    yield from inner(limited(_Checked(opened), item.max_bytes), wanted)
    except tarfile.TarError as error:
        raise Unreadable(f"is a tar archive that breaks off or cannot be read: {str(error)[:200]}") from None
    yield from gate.nothing()


class _Checked:
    """The bytes of a member. That it is damaged is said in words, not by the kind of error that its archive has."""

    def __init__(self, inner: IO[bytes]) -> None:
        self._inner = inner

    def read1(self, size: int, /) -> bytes:
        try:
            return self._inner.read(size)
        except (zipfile.BadZipFile, tarfile.TarError) as error:
            raise Unreadable(f"is damaged: {str(error)[:200]}") from None


class _Gate:
    """Which members of an archive are read, and how much has been let through."""

    def __init__(self, item: Item) -> None:
        self._item, self._total, self._seen, self._any = item, 0, set[str](), False

    def admit(self, name: str, size: int, packed: int) -> Item | Skipped | None:
        """The member to read, or why it is not read; None where it is passed over without a word."""
        shown = line(name.replace("\\", "/"))[:500]
        parts = [part for part in shown.split("/") if part not in ("", ".")]
        origin = "/".join([self._item.origin, *parts])
        folders = [part for part in parts[:-1] if part != ".."]
        if not parts or any(map(is_junk_folder, folders)) or (reason := left_out(parts[-1])) == "":
            return None
        self._any = True
        reason = self._why_not(parts, size, packed) or reason
        if reason is None and origin in self._seen:
            reason = "stands twice in the archive; the first one is read"
        if reason:
            return Skipped(origin, reason)
        self._seen.add(origin)
        self._total += size
        return Item(parts[-1], origin, self._item.max_bytes, self._item.depth + 1)

    def nothing(self) -> Iterator[Skipped]:
        """A word on an archive that has nothing to read."""
        if not self._any:
            yield Skipped(self._item.origin, "is an archive without any file to read")

    def _why_not(self, parts: list[str], size: int, packed: int) -> str | None:
        limit = self._item.max_bytes
        if ".." in parts:
            return "has a name that leads out of the archive"
        if size > limit:
            return f"has {size / 2**20:,.0f} MB, more than the {limit / 2**20:,.0f} MB allowed for a file"
        if size > _FREE and size > _RATIO * max(packed, 1):
            return f"would become {size // max(packed, 1):,} times as large when it is unpacked: no text does"
        if self._total + size > (self._item.total or MOST_TIMES * limit):
            return "is left out: what was unpacked before it is more than may come out of one archive"
        return None


def _check_depth(item: Item) -> None:
    if item.depth >= DEEPEST:
        raise Unreadable(f"is an archive within {item.depth} others; no more than {DEEPEST} are opened")


def _check_index(file: IO[bytes]) -> None:
    """Refuse a zip file whose list of members alone is large: the library takes it into memory as a whole."""
    end = file.seek(0, io.SEEK_END)
    file.seek(max(0, end - (1 << 16) - _END_SIZE))
    tail = file.read()
    at = tail.rfind(_END)
    size = int.from_bytes(tail[at + 12 : at + 16], "little") if at >= 0 else 0
    if _LARGEST_INDEX < size < 0xFFFFFFFF or (size == 0xFFFFFFFF and end > 2**32):
        raise Unreadable(f"has a list of files of {size / 2**20:,.0f} MB; unpack it and ingest the folder")
    file.seek(0)
