"""A backup of an archive: one file with all that cannot be made again, taken and put back while a server runs.

It holds a consistent copy of each of the archive's databases: the articles, and beside them tokens and users,
conversations, ratings. The vector index is left out, since it is filled again from the articles.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.database import FILE
from ingest.errors import ArchiveError, ArchiveMissing, DatelineError, InputError, RecipeMismatch
from ingest.lock import ArchiveLock
from ingest.schema import migrate

if TYPE_CHECKING:
    from ingest.archive import Archive

__all__ = ["Contents", "back_up", "put_back", "replace"]

_MANIFEST = "backup.json"
_FORMAT = "dateline-backup"
_ACCESS = "access.db"
_MOST_FILES = 50


@dataclass(frozen=True, slots=True)
class Contents:
    """What a backup holds.

    Attributes:
        made: when, ISO 8601.
        articles: how many.
        files: the databases in it.
        bytes: their size.
    """

    made: str
    articles: int
    files: tuple[str, ...]
    bytes: int


def back_up(folder: Path, file: Path) -> Contents:
    """Write a backup of the archive in ``folder``. Whoever has the archive open goes on working.

    Args:
        folder: the archive's folder.
        file: the backup, readable by this user only. It is there as a whole or not at all.

    Raises:
        ArchiveMissing: there is no archive.
        ArchiveError: it is damaged.
        InputError: the file cannot be written.
    """
    if not (folder / FILE).is_file():
        raise ArchiveMissing(f"there is no archive in {folder}, so nothing can be backed up")
    file = file.absolute()
    if not file.parent.is_dir():
        raise InputError(f"{file} cannot be written: there is no folder {file.parent}")
    try:
        with tempfile.TemporaryDirectory(prefix=".dateline-backup-", dir=file.parent) as scratch:
            copies = Path(scratch)
            for database in sorted(folder.glob("*.db")):
                _copy(database, copies / database.name)
            contents = _described(copies)
            new = copies / "whole"
            _pack(copies, contents, new)
            new.replace(file)
    except OSError as error:
        raise InputError(f"{file} cannot be written: {error.strerror or error}") from error
    return contents


def put_back(file: Path, folder: Path, *, keep_access: bool = False) -> Contents:
    """Make the archive in ``folder`` what it was at the time of a backup. Nobody may have it open.

    Args:
        file: the backup.
        folder: the archive's folder, made where there is none. What it holds is replaced.
        keep_access: leave the tokens and users as they are.

    Raises:
        InputError: the file is no backup, or is damaged; nothing was changed.
        ArchiveBusy: the archive is open somewhere.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with ArchiveLock(folder, purpose="restore"), _unpacked(file, folder) as (copies, contents):
        _replace_all(copies, contents, folder, keep_access=keep_access)
        with closing(sqlite3.connect(folder / FILE)) as db, db:
            db.execute("DELETE FROM recipe WHERE name = 'vectors'")  # where the vectors were kept then
        # It is filled again when the archive is opened next.
        shutil.rmtree(folder / "vectors", ignore_errors=True)
        (folder / "vectors.sums").unlink(missing_ok=True)
    return contents


def replace(archive: Archive, file: Path, *, keep_access: bool = False) -> Contents:
    """As :func:`put_back`, for an archive that this process has open and goes on using.

    Raises:
        InputError: the file is no backup, or is damaged; nothing was changed.
        RecipeMismatch: the backup was made with another encoder; nothing was changed.
        ArchiveReadOnly: the archive cannot be written to.
    """
    with _unpacked(file, archive.folder) as (copies, contents):
        was, now = archive.recipe.get("fingerprint"), _recipe(copies / FILE).get("fingerprint")
        if was and now and was != now:
            raise RecipeMismatch(
                f"the backup {file} was made with another encoder than the server uses: stop the server, and restore "
                "it then"
            )
        with archive.replacing():
            _replace_all(copies, contents, archive.folder, keep_access=keep_access)
    return contents


def _replace_all(copies: Path, contents: Contents, folder: Path, *, keep_access: bool) -> None:
    """Put each database in its place. Those who have it open see the new content with their next question."""
    for name in contents.files:
        if not (name == _ACCESS and keep_access):
            _copy(copies / name, folder / name)


def _copy(database: Path, place: Path) -> None:
    """Copy a database as it is at one moment, whoever writes to it meanwhile.

    Raises:
        ArchiveError: SQLite failed.
    """
    try:
        if not place.exists():
            os.close(os.open(place, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        with closing(_connected(database)) as source, closing(sqlite3.connect(place, timeout=30)) as target:
            source.backup(target)
    except sqlite3.Error as error:
        raise ArchiveError(f"{database} could not be copied to {place}: {error}") from error


def _connected(database: Path) -> sqlite3.Connection:
    if os.access(database, os.W_OK) and os.access(database.parent, os.W_OK):
        return sqlite3.connect(database, timeout=30)
    return sqlite3.connect(f"{database.absolute().as_uri()}?immutable=1", uri=True)


def _described(copies: Path) -> Contents:
    files = sorted(copies.glob("*.db"))
    with closing(sqlite3.connect(copies / FILE)) as db:
        [articles] = db.execute("SELECT count(*) FROM articles").fetchone()
    made = datetime.now(UTC).isoformat(timespec="seconds")
    return Contents(made, articles, tuple(path.name for path in files), sum(path.stat().st_size for path in files))


def _recipe(database: Path) -> dict[str, str]:
    with closing(sqlite3.connect(database)) as db:
        return dict(db.execute("SELECT name, value FROM recipe").fetchall())


def _pack(copies: Path, contents: Contents, new: Path) -> None:
    sums = {name: _sum(copies / name) for name in contents.files}
    manifest = {"format": _FORMAT, "version": 1, "made": contents.made, "articles": contents.articles, "files": sums}
    (copies / _MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    with (
        os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream,
        tarfile.open(fileobj=stream, mode="w:gz", compresslevel=1) as tar,
    ):
        for name in (_MANIFEST, *contents.files):
            tar.add(copies / name, arcname=name)


@contextmanager
def _unpacked(file: Path, beside: Path) -> Iterator[tuple[Path, Contents]]:
    """The databases in a backup, checked, in a folder that is there meanwhile.

    Raises:
        InputError: it is no backup, or is damaged.
        RecipeMismatch: a newer Dateline made its archive.
    """
    with tempfile.TemporaryDirectory(prefix=".dateline-restore-", dir=beside) as scratch:
        copies = Path(scratch)
        try:
            with tarfile.open(file, mode="r:*") as tar:
                manifest = _manifest(file, tar)
                for name in manifest["files"]:
                    # The names were checked to be those of files in one folder; only a plain file can be read.
                    with closing(tar.extractfile(name) or io.BytesIO()) as member, (copies / name).open("wb") as copy:
                        shutil.copyfileobj(member, copy)
        except (tarfile.TarError, EOFError, KeyError) as error:
            raise InputError(f"{file} is no backup of an archive, or is damaged: {error}") from error
        except OSError as error:
            raise InputError(f"{file} cannot be read: {error.strerror or error}") from error
        for name, sum in manifest["files"].items():
            if _sum(copies / name) != sum:
                raise InputError(f"{file} is damaged: {name} in it is not what it was when the backup was made")
            _check(file, copies / name)
        with closing(sqlite3.connect(copies / FILE, isolation_level=None)) as db:
            migrate(db)
        yield copies, _contents(manifest, copies)


def _manifest(file: Path, tar: tarfile.TarFile) -> dict[str, Any]:
    stream = tar.extractfile(_MANIFEST)
    try:
        manifest = json.load(stream) if stream else None
    except ValueError:
        manifest = None
    files = manifest.get("files") if isinstance(manifest, dict) else None
    if not isinstance(manifest, dict) or manifest.get("format") != _FORMAT or not isinstance(files, dict):
        raise InputError(f"{file} is no backup of an archive: dateline backup FILE makes one")
    if manifest.get("version") != 1:
        raise InputError(f"{file} was made by a newer Dateline: update this one")
    if FILE not in files or len(files) > _MOST_FILES or any(Path(n).name != n or not n.endswith(".db") for n in files):
        raise InputError(f"{file} is no backup of an archive: it names files that no archive has")
    return manifest


def _contents(manifest: dict[str, Any], copies: Path) -> Contents:
    names = tuple(sorted(manifest["files"]))
    size = sum((copies / name).stat().st_size for name in names)
    return Contents(str(manifest.get("made", "")), int(manifest.get("articles", 0)), names, size)


def _check(file: Path, database: Path) -> None:
    try:
        with closing(sqlite3.connect(database)) as db:
            [found] = db.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        found = str(error)
    if found != "ok":
        raise DatelineError(f"{file} is damaged: {database.name} in it cannot be used ({found}); nothing was changed")


def _sum(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
