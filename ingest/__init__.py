"""Writes the archive: reads articles, cuts them into passages, encodes and stores them. Knows nothing of questions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ingest.pipeline import IngestReport, Progress, ingest

__all__ = ["IngestReport", "Progress", "ingest"]


def __getattr__(name: str) -> Any:
    # Imported when asked for: the pipeline brings the database and the model runtime with it.
    if name in __all__:
        from ingest import pipeline

        return getattr(pipeline, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
