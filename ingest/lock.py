"""One process owns an archive at a time.

Two Chroma clients on one folder lose vectors for good (chroma issues 4460, 1209, 7040), so the owner holds a lock that
the operating system releases when the process ends, however it ends. ``owner.json`` beside it says who the owner is.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from types import TracebackType

from filelock import FileLock, Timeout

from ingest.errors import ArchiveBusy

__all__ = ["ArchiveLock"]


class ArchiveLock:
    """The lock of one archive folder, taken at construction.

    Args:
        folder: the archive's folder, which exists and can be written to.
        purpose: what the owner does, in a word or two, for the message that others get.
        wait: seconds to wait for another owner to finish.

    Attributes:
        found_unclean: whether the owner before ended without closing the archive (a kill, a power cut).

    Raises:
        ArchiveBusy: another process owns the archive.
    """

    def __init__(self, folder: Path, *, purpose: str, wait: float = 0.0) -> None:
        self._owner = folder / "owner.json"
        self._lock = FileLock(folder / "archive.lock", timeout=wait, is_singleton=False, thread_local=False)
        try:
            self._lock.acquire()
        except Timeout:
            raise self._busy(folder) from None
        # An owner that ends as it should takes its file away.
        self.found_unclean = self._owner.exists()
        try:
            self._write({"pid": os.getpid(), "purpose": purpose, "since": int(time.time())})
        except BaseException:
            self._lock.release()
            raise

    def announce(self, url: str) -> None:
        """Say that the owner is a server that answers at ``url``."""
        self._write({**_read(self._owner), "url": url})

    def release(self, *, unclean: bool = False) -> None:
        """Let others own the archive. Releasing twice is harmless.

        Args:
            unclean: let the next owner find that the archive was not closed as it should be.
        """
        if not self._lock.is_locked:
            return
        try:
            if not unclean:
                self._owner.unlink(missing_ok=True)
        finally:
            self._lock.release()

    def __enter__(self) -> ArchiveLock:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def _write(self, owner: dict[str, object]) -> None:
        new = self._owner.with_suffix(".new")
        new.write_text(json.dumps(owner), encoding="utf-8")
        new.replace(self._owner)

    def _busy(self, folder: Path) -> ArchiveBusy:
        owner = _read(self._owner)
        pid, purpose, url = owner.get("pid"), owner.get("purpose", "another command"), owner.get("url")
        who = f"process {pid} ({purpose}{f' at {url}' if url else ''})" if pid else "another process"
        where = "this same process, which has it open already" if pid == os.getpid() else who
        end = "taskkill /PID" if sys.platform == "win32" else "kill"
        return ArchiveBusy(
            f"the archive {folder} is in use by {where}; wait until it has finished"
            + (f", stop it ({end} {pid})" if pid and pid != os.getpid() else "")
            + ", or name another archive with --archive",
            pid=int(str(pid)) if pid else None,
            url=str(url) if url else None,
        )


def _read(path: Path) -> dict[str, object]:
    """The owner's file, empty when it is missing or just being replaced."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
