"""What came of each address, counted, and remembered once its articles are stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from ingest.fetch.memory import Memory
from ingest.fetch.web import Done
from ingest.report import Visit
from ingest.stored import Outcome

__all__ = ["Tally"]


class Tally:
    """Counts what came of the addresses of one run, in their order.

    Args:
        memory: where pages are remembered.
    """

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._asked: list[tuple[Outcome, str]] = []

    def visit(self, done: Done, articles: Sequence[tuple[Outcome, str]]) -> Visit:
        """What there is to tell of an address.

        Args:
            articles: what was done with the articles since the last address, and their ids.
        """
        self._asked += articles
        counted = self._asked if done.asked else articles
        if done.page is not None:
            self._memory.keep([replace(done.page, articles=tuple(dict.fromkeys(id for _, id in counted)))])
        counts = Counter(outcome for outcome, _ in counted)
        if done.asked:
            self._asked = []
        return Visit(
            url=done.url,
            kind=done.kind,
            added=counts["added"],
            updated=counts["updated"],
            unchanged=counts["unchanged"],
            note=done.note,
            asked=done.asked,
            failed=done.failed,
            passing=done.passing,
            wait=done.wait,
        )
