"""Which files there are below a name that a person gives. It opens none of them."""

from __future__ import annotations

import glob
import os
import stat
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from ingest.article import Skipped
from ingest.errors import InputError

from .decode import place, why

__all__ = ["FORMATS", "READ", "discover", "format_of", "is_junk_folder", "left_out"]

FORMATS = {
    ".txt": "text",
    ".text": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".mht": "mail",
    ".mhtml": "mail",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".tsv": "csv",
    ".parquet": "parquet",
    ".rss": "feed",
    ".atom": "feed",
    ".xml": "feed",
    ".eml": "mail",
    ".mbox": "mbox",
    ".warc": "warc",
    ".pdf": "pdf",
    ".docx": "docx",
    ".zip": "zip",
    ".tar": "tar",
    ".tgz": "tar",
    ".txz": "tar",
}
READ = "Dateline reads " + " ".join(FORMATS) + ", also with .gz or .xz behind"

_PACKED = (".gz", ".xz")
_JUNK_FILES = frozenset(("thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r"))
_JUNK_FOLDERS = frozenset(("__macosx", "__pycache__", "node_modules", "$recycle.bin", "system volume information"))
_JUNK_ENDS = ("~", ".tmp", ".part", ".crdownload", ".lock")
# Files that tell about a folder or a data set, as their capitals used to say.
_ABOUT = frozenset(("readme", "license", "licence", "copying", "notice", "notes", "changelog", "contributing", "todo"))


def format_of(name: str) -> str | None:
    """The format that a file's name speaks for, such as ``"jsonl"`` for ``news.jsonl.xz``, or None."""
    ends = [end.lower() for end in PurePosixPath(name).suffixes[-2:]]
    if ends and ends[-1] in _PACKED:
        ends.pop()
    return FORMATS.get(ends[-1]) if ends else None


def left_out(name: str) -> str | None:
    """Why a file of that name is not read where nobody named it: a reason in words, empty where it is passed over
    without a word; None for a file to read."""
    name = name.lower()
    if name in _JUNK_FILES or name.endswith(_JUNK_ENDS) or name.startswith(("~$", ".")):
        return ""
    kind = format_of(name)
    if kind is None:
        end = PurePosixPath(name).suffix
        return f"is not of a format that is read: {end}" if end else "has no extension that says its format"
    if name.split(".")[0] in _ABOUT and kind in ("text", "markdown", "html"):
        return "tells about its folder, by its name; name the file itself to take it in"
    return None


def is_junk_folder(name: str) -> bool:
    """Whether a folder of that name holds what systems and programs keep for themselves."""
    return name.startswith(".") or name.lower() in _JUNK_FOLDERS


def discover(target: str | Path) -> Iterator[Path | Skipped]:
    """The files to read below a name, sorted; and what is left out, with the reason.

    Hidden files and folders, and what systems and editors leave behind, are passed over without a word.

    Args:
        target: a file, a folder (read with all its folders), or a pattern with ``*``, ``?``, ``[...]`` or ``**``.

    Raises:
        InputError: nothing has that name, or nothing fits the pattern; or a folder holds no file that can be read.
    """
    given = str(target)
    path = Path(given).expanduser()
    if given.strip() and os.path.lexists(path):
        found = _folder(path) if path.is_dir() else iter([path])
    elif glob.has_magic(given):
        if not (matches := sorted(glob.glob(str(path), recursive=True))):  # noqa: PTH207 (Path.glob: no absolute ones)
            raise InputError(f"Nothing fits the pattern {given!r} (looked from {place(Path())}). Check it.")
        found = _matched(matches, folders="**" not in given)
    else:
        raise InputError(f"There is no file or folder named {given!r} (looked from {place(Path())}). Check the name.")
    return _checked(found, given)


def _checked(found: Iterator[Path | Skipped], given: str) -> Iterator[Path | Skipped]:
    any_file = False
    for item in found:
        any_file = any_file or isinstance(item, Path)
        yield item
    if not any_file:
        yield Skipped(place(Path(given).expanduser()), f"holds no file with articles. {READ}")


def _matched(matches: list[str], *, folders: bool) -> Iterator[Path | Skipped]:
    """The files that fit a pattern, and those in folders that do; with ``**`` these are among the matches anyway."""
    seen: set[Path] = set()
    for path in map(Path, matches):
        if path.is_dir() and not folders:
            continue
        for item in _folder(path) if path.is_dir() else _file(path):
            if isinstance(item, Skipped) or item not in seen:
                yield item
            if isinstance(item, Path):
                seen.add(item)


def _folder(top: Path) -> Iterator[Path | Skipped]:
    waiting, seen = [top], set()
    while waiting:
        folder = waiting.pop()
        try:
            about = folder.stat()
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            yield Skipped(place(folder), why(error))
            continue
        if (about.st_dev, about.st_ino) in seen:  # A link back to a folder that was read.
            continue
        seen.add((about.st_dev, about.st_ino))
        if folder != top and any(entry.name == "archive.db" for entry in entries):  # Dateline's own archive.
            continue
        inner = []
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if _is_folder(entry):
                inner.append(folder / entry.name)
            else:
                yield from _file(folder / entry.name)
        waiting += reversed([path for path in inner if not is_junk_folder(path.name)])


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _file(path: Path) -> Iterator[Path | Skipped]:
    reason = left_out(path.name)
    if reason == "":
        return
    try:
        mode = path.stat().st_mode
    except OSError as error:
        broken = isinstance(error, FileNotFoundError) and path.is_symlink()
        yield Skipped(place(path), "is a link that leads nowhere" if broken else why(error))
        return
    if not stat.S_ISREG(mode):
        yield Skipped(place(path), "is not a regular file")
    elif reason:
        yield Skipped(place(path), reason)
    else:
        yield path
