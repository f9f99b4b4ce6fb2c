"""What a job is to do, as targets of an ingest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.article import Found, Skipped

if TYPE_CHECKING:
    from ingest.pipeline import Target
    from web.api.jobs import Kind

__all__ = ["safe_name", "targets_of"]

_LONGEST_NAME = 150


def targets_of(kind: Kind, work: Any, id: str, spool: Path, *, max_bytes: int) -> list[Target]:
    """The targets of a job.

    Args:
        work: see :class:`~web.api.jobs.Order`.
        id: the job's; an uploaded file, and a record without an address or an id, is another article than any before.
        spool: the folder with its files.
        max_bytes: larger files are skipped.
    """
    from ingest.fetch.web import Gathered

    if kind == "fetch":
        return list(work)
    if kind == "articles":
        return [Gathered(_records(work, id))]
    return [Gathered(_uploaded(work, id, spool, max_bytes))]


def safe_name(name: str) -> str:
    """A file's name as the client gave it, without a path, and fit for any file system."""
    bare = name.replace("\\", "/").rsplit("/", 1)[-1]
    plain = "".join(sign if sign.isalnum() or sign in "._- " else "_" for sign in bare).strip(" .")
    return plain.encode("utf-8", "replace").decode()[-_LONGEST_NAME:].lstrip(" .") or "unnamed"


def _records(records: Sequence[Mapping[str, Any]], id: str) -> Iterator[Found | Skipped]:
    from ingest.readers.records import articles

    # An id that the client gave means the same article whenever it comes; where there is none, nothing may be replaced.
    origins = ("articles" if record.get("id") else f"articles/{id}" for record in records)
    return articles(
        (f"{origin}#{number}", record) for number, (origin, record) in enumerate(zip(origins, records, strict=True), 1)
    )


def _uploaded(names: Sequence[str], id: str, spool: Path, max_bytes: int) -> Iterator[Found | Skipped]:
    from ingest.readers import read

    for number, name in enumerate(names, 1):
        path = spool / str(number) / name
        for found in read(path, max_bytes=max_bytes):
            yield replace(found, origin=found.origin.replace(str(path), f"upload/{id}/{number}/{name}", 1))
