"""The recipe of an archive: the encoder and the cutting that it was made with. Other vectors could not be compared.

Beside it stands where the vectors are kept.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ingest.database import Database
from ingest.errors import RecipeMismatch
from ingest.sentences import CUTTING

if TYPE_CHECKING:
    from ingest.encoder import Encoder

__all__ = ["Note", "agree", "read"]

_VECTORS = "vectors"
"""The row that is no part of the recipe."""


def read(db: Database) -> dict[str, str]:
    """``encoder``, ``fingerprint``, ``dimensions``, ``cutting``; empty while the archive is new."""
    return dict(db.rows("SELECT name, value FROM recipe WHERE name <> ?", (_VECTORS,)))


def agree(db: Database, encoder: Encoder | None) -> str:
    """Compare the archive's recipe with ``encoder``, and write it down in a new archive.

    Returns:
        What names the archive and its encoder: the owner of its vector index.

    Raises:
        RecipeMismatch: the archive was made with another encoder.
    """
    with db.held():
        known = read(db)
        if encoder is not None:
            if "encoder" not in known:
                known |= _recipe_with(encoder)
                db.executemany("INSERT OR REPLACE INTO recipe VALUES (?, ?)", known.items())
            if known["fingerprint"] != encoder.fingerprint:
                raise _mismatch(db, known["encoder"], encoder.name)
    return f"{known.get('encoder', '')} {known.get('fingerprint', '')}"


class Note:
    """What an archive remembers of where its vectors are kept: words by their names, empty at first."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def read(self) -> dict[str, str]:
        """What was written last."""
        rows = self._db.rows("SELECT value FROM recipe WHERE name = ?", (_VECTORS,))
        return dict(json.loads(rows[0][0])) if rows else {}

    def write(self, words: dict[str, str]) -> None:
        """Remember these words, for good."""
        with self._db.writing():
            self._db.execute("INSERT OR REPLACE INTO recipe VALUES (?, ?)", (_VECTORS, json.dumps(words)))


def _recipe_with(encoder: Encoder) -> dict[str, str]:
    return {
        "encoder": encoder.name,
        "fingerprint": encoder.fingerprint,
        "dimensions": str(encoder.dimensions),
        "cutting": CUTTING,
    }


def _mismatch(db: Database, made_with: str, encoder: str) -> RecipeMismatch:
    folder = db.folder
    again = folder.with_name(folder.name + "-new")
    return RecipeMismatch(
        f"the archive {folder} was made with the encoder {made_with}, not with {encoder}: set DATELINE_ENCODER back, "
        f"or encode it again into another archive with dateline export articles.jsonl --archive {folder} and "
        f"dateline ingest articles.jsonl --archive {again}"
    )
