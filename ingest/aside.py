"""Finding the stories of an older archive while it is in use."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from ingest.archive import Archive
from ingest.errors import ArchiveError

__all__ = ["grouping"]


class _Enough(Exception):
    """The archive is about to be closed."""


@contextmanager
def grouping(archive: Archive) -> Iterator[None]:
    """While this lasts, the articles without a story get one, on a thread of their own, some hundred at a time.

    Whoever asks meanwhile may wait for half a second. What is not done at the end is done the next time. Where every
    article has its story, or nothing can be written, no thread is started.
    """
    if not archive.writable or not archive.ungrouped:
        yield
        return
    ending = threading.Event()
    thread = threading.Thread(target=_group, args=(archive, ending), name="dateline-stories", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ending.set()
        thread.join()


def _group(archive: Archive, ending: threading.Event) -> None:
    def go_on(done: int, total: int) -> None:
        if ending.is_set():
            raise _Enough

    try:
        archive.group(on_progress=go_on)
    except _Enough:
        return
    except ArchiveError as error:
        logging.getLogger(__name__).warning("copies of stories could not be looked for: %s", error)
