"""Answers questions from an archive of news articles, with citations. Knows nothing of web pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qa.answer import Answer, Citation
    from qa.asking import ask
    from qa.assistant import Assistant

__all__ = ["Answer", "Assistant", "Citation", "ask"]

_HOMES = {"Answer": "qa.answer", "Citation": "qa.answer", "Assistant": "qa.assistant", "ask": "qa.asking"}


def __getattr__(name: str) -> Any:
    # Imported when asked for: an assistant brings the database and the model runtime with it.
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
