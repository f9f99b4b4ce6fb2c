"""robots.txt: what a site asks of programs that read it (RFC 9309), by protego."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.fetch.problem import FetchError

if TYPE_CHECKING:
    from protego import Protego

__all__ = ["LARGEST", "PRODUCT", "Robots"]

PRODUCT = "Dateline"
"""The name that rules of a robots.txt may speak to."""
LARGEST = 500 << 10
"""Bytes of a robots.txt that are read; the standard asks for these at least."""

_SECONDS_KEPT = 3600.0
_SECONDS_OF_TROUBLE = 60.0


@dataclass(frozen=True, slots=True)
class _Known:
    """The rules of a site: None where nothing is forbidden; or why they could not be had."""

    rules: Protego | None
    until: float
    trouble: str = ""
    wait: float | None = None


class Robots:
    """The rules of the sites that were asked, kept for an hour. Safe to use from several threads.

    Args:
        read: from the address of a robots.txt, and whether a page of the open network leads there, to its status and
            text; raises FetchError when it cannot be had.
    """

    def __init__(self, read: Callable[[str, bool], tuple[int, bytes]]) -> None:
        self._read = read
        self._sites: dict[tuple[str, bool], _Known] = {}
        self._guard = threading.Lock()

    def check(self, origin: str, url: str, *, from_public: bool = False) -> float:
        """Make sure that ``url`` may be read.

        Args:
            origin: scheme, host and port of it.
            from_public: whether a page of the open network leads there.

        Returns:
            The seconds that the site wants between two requests.

        Raises:
            FetchError: it may not, or the rules cannot be had.
        """
        site = self._site(origin, from_public)
        if site.trouble:
            raise FetchError(site.trouble, passing=True, wait=site.wait)
        if site.rules is None:
            return 0.0
        if not site.rules.can_fetch(url, PRODUCT):
            raise FetchError(
                f"was not fetched: {origin}/robots.txt asks programs not to read it; ask the outlet, or save the page "
                "from a browser and ingest the file"
            )
        return float(site.rules.crawl_delay(PRODUCT) or 0.0)

    def _site(self, origin: str, from_public: bool) -> _Known:
        with self._guard:
            known = self._sites.get((origin, from_public))
        if known is None or time.monotonic() > known.until:
            known = self._fetch(origin, from_public)
            with self._guard:
                self._sites[origin, from_public] = known
        return known

    def _fetch(self, origin: str, from_public: bool) -> _Known:
        """RFC 9309, 2.3.1: a site without rules may be read; one whose rules cannot be had now may not."""
        from protego import Protego

        now = time.monotonic()
        try:
            status, text = self._read(f"{origin}/robots.txt", from_public)
        except FetchError as error:
            if not error.passing:
                raise
            # Kept for a while, or each of many links would wait for the same dead server.
            return _Known(None, now + _SECONDS_OF_TROUBLE, str(error), error.wait)
        if status >= 500 or status == 429:
            trouble = f"{origin}/robots.txt, which says what may be read, cannot be had now ({status}); try again later"
            return _Known(None, now + _SECONDS_OF_TROUBLE, f"was not fetched: {trouble}")
        if status >= 400:
            return _Known(None, now + _SECONDS_KEPT)
        return _Known(Protego.parse(text[:LARGEST].decode("utf-8", "replace")), now + _SECONDS_KEPT)
