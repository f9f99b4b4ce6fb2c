"""Where the sample articles lie: in the installed package, or in the checkout's ``examples/``."""

from __future__ import annotations

from pathlib import Path

__all__ = ["folder"]


def folder() -> Path:
    """The folder of the sample articles, to be handed to ``ingest()``. Beside it lies ``questions.jsonl``."""
    package = Path(__file__).parent
    installed = package / "examples"
    return (installed if installed.is_dir() else package.parent / "examples") / "articles"
