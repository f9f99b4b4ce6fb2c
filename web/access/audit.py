"""Who did what when: ``audit.jsonl`` in the archive's folder, one JSON object a line, for its owner only.

Adds, removals, tokens, users and logins are told; questions never are.
"""

from __future__ import annotations

import json
import logging
import os
import threading
from datetime import UTC, datetime
from pathlib import Path

__all__ = ["FILE", "Audit"]

FILE = "audit.jsonl"

_MOST_BYTES = 10 << 20
_KEPT = 5

logger = logging.getLogger(__name__)


class Audit:
    """The audit log of an archive. Safe to use from several threads, and beside other processes.

    Args:
        folder: the archive's folder.
        most_bytes: a file that has grown larger is put aside; so many of them are kept, ``audit.jsonl.1`` the latest.
    """

    def __init__(self, folder: Path, *, most_bytes: int = _MOST_BYTES) -> None:
        self.path = folder / FILE
        self._most = most_bytes
        self._lock = threading.Lock()

    def note(self, action: str, *, who: str, **details: object) -> None:
        """Write a line. Where it cannot be written, the server's own log says so, with the line.

        Args:
            action: what was done, in a word or two: ``"login"``, ``"add"``, ``"token create"``.
            who: the principal's name.
            details: what else is known of it; None is left out.
        """
        told = {name: value for name, value in details.items() if value is not None}
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        line = json.dumps({"time": now, "action": action, "who": who, **told}, ensure_ascii=False, default=str) + "\n"
        try:
            with self._lock:
                self._rotate()
                # Written in one piece to the end of the file, lines of several processes do not mix.
                file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
                try:
                    os.write(file, line.encode("utf-8", "backslashreplace"))
                finally:
                    os.close(file)
        except OSError as error:
            logger.warning("the audit log %s cannot be written (%s): %s", self.path, error.strerror, line.rstrip())

    def _rotate(self) -> None:
        if not self.path.exists() or self.path.stat().st_size < self._most:
            return
        for number in range(_KEPT - 1, 0, -1):
            older = self._aside(number)
            if older.exists():
                older.replace(self._aside(number + 1))
        self.path.replace(self._aside(1))

    def _aside(self, number: int) -> Path:
        return self.path.with_name(f"{FILE}.{number}")
