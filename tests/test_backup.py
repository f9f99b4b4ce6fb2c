"""Backups: taken and put back while nobody has the archive, while a server has it, and refused when damaged."""

from __future__ import annotations

import io
import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import tarfile
import threading
from contextlib import closing
from pathlib import Path

import pytest
from serving import ROOT, served

from ingest import ingest
from ingest.archive import Archive
from ingest.backup import back_up, put_back
from ingest.errors import ArchiveBusy, ArchiveMissing, DatelineError, InputError, RecipeMismatch
from web.access import tokens
from web.access.principal import READING
from web.access.store import Store

LATER = "Late news\n\nThe lighthouse of Kessel Point was lit again on 3 June 2025, its keeper said."


def _dateline(*words: str) -> subprocess.CompletedProcess[str]:
    code = "import sys, app; sys.argv[0] = 'dateline'; app.main()"
    return subprocess.run(
        [sys.executable, "-c", code, *words], cwd=ROOT, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )


def _ids(folder: Path) -> set[str]:
    with Archive.open(folder) as archive:
        assert archive.check() == []
        return {article.id for article in archive.export()}


@pytest.fixture
def archive(sample_archive: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sample_archive, tmp_path / "archive"))


def test_an_archive_is_put_back_as_it_was(archive: Path, tmp_path: Path) -> None:
    before = _ids(archive)
    with closing(Store(archive)) as store:
        token = tokens.create(store, "bot", READING)
    contents = back_up(archive, tmp_path / "kept.tar.gz")
    assert (contents.articles, set(contents.files) >= {"archive.db", "access.db"}) == (len(before), True)
    assert stat.S_IMODE((tmp_path / "kept.tar.gz").stat().st_mode) == 0o600
    (tmp_path / "later.txt").write_text(LATER, encoding="utf-8")
    ingest(tmp_path / "later.txt", archive=archive)
    with closing(Store(archive)) as store:
        store.revoke("bot")
    assert len(_ids(archive)) == len(before) + 1
    put_back(tmp_path / "kept.tar.gz", archive, keep_access=True)
    assert _ids(archive) == before
    with closing(Store(archive)) as store:
        assert tokens.verified(store, token) is None
        put_back(tmp_path / "kept.tar.gz", archive)
        assert tokens.verified(store, token) is not None


def test_a_backup_makes_an_archive_where_there_is_none(archive: Path, tmp_path: Path) -> None:
    back_up(archive, tmp_path / "kept.tar.gz")
    done = _dateline("restore", str(tmp_path / "kept.tar.gz"), "--archive", str(tmp_path / "new"))
    assert done.returncode == 0
    assert _ids(tmp_path / "new") == _ids(archive)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["archive", "kept.tar.gz", "new"]


def test_a_server_goes_on_while_its_archive_is_kept_and_put_back(archive: Path, tmp_path: Path) -> None:
    kept, here = str(tmp_path / "kept.tar.gz"), ["--archive", str(archive)]
    question = {"question": "When was the lighthouse of Kessel Point lit again?"}
    with served(archive, tmp_path / "log") as server, server.client() as client:
        assert _dateline("backup", kept, *here).returncode == 0
        before = client.get("/api/v1/articles", params={"limit": 1000}).json()
        (tmp_path / "later.txt").write_text(LATER, encoding="utf-8")
        assert _dateline("ingest", str(tmp_path / "later.txt"), *here).returncode == 0
        assert client.post("/api/v1/ask", json=question).json()["answered"]
        unsure = _dateline("restore", kept, *here)
        assert (unsure.returncode, "--yes replaces all" in unsure.stderr) == (1, True)
        restored = _dateline("restore", kept, *here, "--yes")
        assert restored.stdout.startswith("Restored ")
        assert client.get("/api/v1/articles", params={"limit": 1000}).json() == before
        assert not client.post("/api/v1/ask", json=question).json()["answered"]
        known = {"question": "How many people died in the Velsbridge flood?"}
        assert client.post("/api/v1/ask", json=known).json()["answered"]
        (tmp_path / "bad.tar.gz").write_bytes(b"x" * 1000)
        refused = _dateline("restore", str(tmp_path / "bad.tar.gz"), *here, "--yes")
        assert (refused.returncode, "is no backup" in refused.stderr) == (1, True)
        key = json.loads((archive / "server.json").read_text())["token"]
        assert client.post("/api/v1/restore", json={"file": kept}).status_code == 401
        assert key not in server.said()
    assert len(_ids(archive)) == len(before["articles"])


def test_a_backup_is_whole_while_others_write(archive: Path, tmp_path: Path) -> None:
    stop = threading.Event()
    with closing(sqlite3.connect(archive / "archive.db")) as db:
        db.execute("CREATE TABLE pairs (a INTEGER)")

    def write() -> None:
        with closing(sqlite3.connect(archive / "archive.db", timeout=30)) as db:
            while not stop.is_set():
                with db:  # two rows at a time, never one
                    db.execute("INSERT INTO pairs VALUES (1)")
                    db.execute("INSERT INTO pairs VALUES (2)")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        counts = []
        for number in range(5):
            back_up(archive, tmp_path / f"{number}.tar.gz")
            with tarfile.open(tmp_path / f"{number}.tar.gz") as tar:
                (tmp_path / "archive.db").write_bytes(tar.extractfile("archive.db").read())  # type: ignore[union-attr]
            with closing(sqlite3.connect(tmp_path / "archive.db")) as db:
                counts.append(db.execute("SELECT count(*) FROM pairs").fetchone()[0])
                assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    finally:
        stop.set()
        writer.join()
    assert all(count % 2 == 0 for count in counts)
    assert counts == sorted(counts)


def _tar(path: Path, **files: bytes) -> Path:
    with tarfile.open(path, "w:gz") as tar:
        for name, content in files.items():
            info = tarfile.TarInfo(name.replace("__", "/").replace("_", "."))
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return path


def _manifest(**more: object) -> bytes:
    return json.dumps({"format": "dateline-backup", "version": 1, "files": {"archive.db": "0" * 64}} | more).encode()


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"other_txt": b"x"}, "is no backup of an archive"),
        ({"backup_json": b"[]"}, "is no backup of an archive"),
        ({"backup_json": _manifest(version=2)}, "made by a newer Dateline"),
        ({"backup_json": _manifest(files={"archive.db": "", "../x.db": ""})}, "names files that no archive has"),
        ({"backup_json": _manifest()}, "is no backup of an archive, or is damaged"),
        ({"backup_json": _manifest(), "archive_db": b"x"}, "is not what it was when the backup was made"),
    ],
)
def test_what_is_no_backup_changes_nothing(archive: Path, tmp_path: Path, files: dict[str, bytes], said: str) -> None:
    before = (archive / "archive.db").read_bytes()
    with pytest.raises(InputError, match=said):
        put_back(_tar(tmp_path / "bad.tar.gz", **files), archive)
    assert (archive / "archive.db").read_bytes() == before
    assert not list(archive.glob(".dateline-*"))


def test_a_cut_off_backup_is_refused(archive: Path, tmp_path: Path) -> None:
    back_up(archive, tmp_path / "kept.tar.gz")
    whole = (tmp_path / "kept.tar.gz").read_bytes()
    (tmp_path / "half.tar.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match="is no backup of an archive, or is damaged"):
        put_back(tmp_path / "half.tar.gz", archive)


def test_a_newer_archive_is_refused_before_anything_changes(archive: Path, tmp_path: Path) -> None:
    newer = Path(shutil.copytree(archive, tmp_path / "newer"))
    with closing(sqlite3.connect(newer / "archive.db")) as db:
        db.execute("PRAGMA user_version = 9999")
    back_up(newer, tmp_path / "kept.tar.gz")
    with pytest.raises(RecipeMismatch):
        put_back(tmp_path / "kept.tar.gz", archive)
    assert _ids(archive)


def test_nothing_is_put_back_under_somebody_who_has_it_open(archive: Path, tmp_path: Path) -> None:
    back_up(archive, tmp_path / "kept.tar.gz")
    with Archive.open(archive), pytest.raises(ArchiveBusy):
        put_back(tmp_path / "kept.tar.gz", archive)


def test_what_cannot_be_backed_up_is_told(archive: Path, tmp_path: Path) -> None:
    with pytest.raises(ArchiveMissing):
        back_up(tmp_path / "nowhere", tmp_path / "x.tar.gz")
    with pytest.raises(InputError, match="there is no folder"):
        back_up(archive, tmp_path / "no" / "x.tar.gz")
    (archive / "archive.db").write_bytes(os.urandom(5000))
    with pytest.raises(DatelineError):
        back_up(archive, tmp_path / "x.tar.gz")
    assert not (tmp_path / "x.tar.gz").exists()
