"""``ask()``: one question, one answer, with an assistant for each archive kept warm in the process."""

from __future__ import annotations

import atexit
import threading
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from ingest.settings import Settings
from qa.answer import Answer
from qa.asked import History
from qa.assistant import Assistant

__all__ = ["ask", "kept"]

_assistants: dict[Settings, Assistant] = {}
_guard = threading.Lock()


def ask(
    question: str,
    *,
    archive: str | Path | None = None,
    history: History = (),
    published_from: str | date | None = None,
    published_to: str | date | None = None,
    sources: str | Sequence[str] | None = None,
    sections: str | Sequence[str] | None = None,
    ignore: str | Sequence[str] = (),
    asked_on: str | date | None = None,
) -> Answer:
    """Answer a question from the articles of an archive, or abstain.

    The first call opens the archive and loads the models (seconds); the process keeps them, and the archive, until it
    ends. To release an archive sooner, use :class:`qa.Assistant` as a context manager.

    Args:
        question: in English, as a person would ask it.
        archive: the archive's folder; None for the one in the settings (``DATELINE_ARCHIVE``).
        history: the questions and answers before it, oldest first: pairs of texts, or Answers.
        published_from, published_to: only articles of these days, both included; overrides days that the question
            names.
        sources: only articles of this outlet, or of these.
        sections: only articles of this section, or of these; overrides one that the question names.
        ignore: what the question may name that is to narrow nothing: ``"days"``, ``"sections"``, or both.
        asked_on: the day that "last week" in the question is reckoned from; today unless told.

    Returns:
        An answer whose every sentence is cited, or an abstention (``answered`` is False).

    Raises:
        ArchiveMissing: there is no archive.
        ArchiveBusy: another process owns it.
        InputError: the question is empty, or a date cannot be read.
    """
    return kept(archive).ask(
        question,
        history=history,
        published_from=published_from,
        published_to=published_to,
        sources=sources,
        sections=sections,
        ignore=ignore,
        asked_on=asked_on,
    )


def kept(archive: str | Path | None = None, *, purpose: str = "qa.ask()") -> Assistant:
    """The assistant for an archive that the process keeps until it ends; the first call opens it.

    Raises:
        ArchiveMissing: there is no archive.
        ArchiveBusy: another process owns it.
    """
    settings = Settings.load(archive)
    with _guard:
        if settings not in _assistants:
            _assistants[settings] = Assistant.open(settings=settings, purpose=purpose)
        return _assistants[settings]


@atexit.register
def _close() -> None:
    while _assistants:
        _assistants.popitem()[1].close()
