"""Conversations of visitors who do not come back: dropped some days after the last question in them.

A visitor is known by a cookie alone, and nobody who has lost it can reach what was asked with it, or delete it. What
users asked is theirs, and stays until they delete it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from ingest.errors import ArchiveError
from web.access.principal import VISITORS

if TYPE_CHECKING:
    from qa.feedback import Feedback
    from web.conversations.store import Conversations

__all__ = ["prune", "pruning"]

_DAY = 24 * 3600
# So many at a time, that whoever asks meanwhile need not wait for all of them.
_AT_ONCE = 200

logger = logging.getLogger(__name__)


def prune(conversations: Conversations, feedback: Feedback, *, before: datetime) -> int:
    """Drop the visitors' conversations without a question since ``before``.

    What was said of their answers stays, as it does when its owner deletes a conversation, but no longer tells who
    said it.

    Returns:
        How many were dropped.

    Raises:
        ArchiveError: they could not be.
    """
    dropped = 0
    while gone := conversations.drop(VISITORS, before=before, limit=_AT_ONCE):
        feedback.disown(gone)
        dropped += len(gone)
    if dropped:
        conversations.tidy()
    return dropped


@contextmanager
def pruning(conversations: Conversations, feedback: Feedback, *, days: int, every: float = _DAY) -> Iterator[None]:
    """While this lasts, what visitors asked is dropped ``days`` after their last question, now and once a day.

    Args:
        days: 0 keeps all of it.
        every: seconds between one look and the next.
    """
    if not days:
        yield
        return
    ending = threading.Event()

    def work() -> None:
        while True:
            _pruned(conversations, feedback, days)
            if ending.wait(every):
                return

    thread = threading.Thread(target=work, name="dateline-pruning", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ending.set()
        thread.join()


def _pruned(conversations: Conversations, feedback: Feedback, days: int) -> None:
    try:
        dropped = prune(conversations, feedback, before=datetime.now(UTC) - timedelta(days=days))
    except ArchiveError as error:
        logger.warning("visitors' conversations could not be dropped: %s", error)
        return
    if dropped:
        logger.info("dropped %d of the visitors' conversations, not used for %d days", dropped, days)
