"""What can go wrong with a request: one exception, whose message follows the address in a report."""

from __future__ import annotations

__all__ = ["FetchError"]


class FetchError(Exception):
    """Something cannot be fetched; the message says why, and what to do about it.

    Args:
        reason: in words for the person who asked for it.
        passing: whether trying again later may help: a server that is busy, a connection that broke.
        wait: seconds after which the server wants to be asked again, None when it does not say.
        status: the status of the server's answer; 0 where there was none.
    """

    def __init__(self, reason: str, *, passing: bool = False, wait: float | None = None, status: int = 0) -> None:
        super().__init__(reason)
        self.passing = passing
        self.wait = wait
        self.status = status
