"""How often one caller may come: a token bucket for each, and longer and longer waits after wrong passwords.

Two small classes rather than a library: what there is keeps its counts in a Redis or runs timers of its own.
"""

from __future__ import annotations

import math
import threading
import time

__all__ = ["Attempts", "Buckets"]

_MOST_CALLERS = 10_000


class Buckets:
    """So many a minute for each caller, all of them at once if they like. Safe to use from several threads.

    Args:
        a_minute: how many; 0 sets no limit.
    """

    def __init__(self, a_minute: int) -> None:
        self._most = a_minute
        self._lock = threading.Lock()
        self._left: dict[str, tuple[float, float]] = {}

    def take(self, caller: str) -> int:
        """Take one. 0 when it was there, else the seconds after which one will be."""
        if not self._most:
            return 0
        now, rate = time.monotonic(), self._most / 60
        with self._lock:
            left, since = self._left.get(caller, (float(self._most), now))
            left = min(left + (now - since) * rate, self._most)
            if left < 1:
                return math.ceil((1 - left) / rate)
            self._left[caller] = (left - 1, now)
            if len(self._left) > _MOST_CALLERS:
                self._forget(now, rate)
        return 0

    def _forget(self, now: float, rate: float) -> None:
        """Forget the callers whose bucket is full again; if that is not enough, those who came longest ago."""
        full = [who for who, (left, since) in self._left.items() if left + (now - since) * rate >= self._most]
        oldest = sorted(self._left, key=lambda who: self._left[who][1])
        for who in full or oldest[: _MOST_CALLERS // 2]:
            del self._left[who]


class Attempts:
    """Wrong passwords: some are free, then each doubles the wait. Safe to use from several threads.

    Args:
        longest: the longest wait in seconds; failures are forgotten after four times that.
    """

    def __init__(self, *, longest: int = 900) -> None:
        self._longest = longest
        self._lock = threading.Lock()
        self._failed: dict[str, tuple[int, float]] = {}

    def wait(self, *keys: tuple[str, int]) -> int:
        """Seconds to wait before the next attempt; each key comes with how many failures of it are free."""
        now = time.monotonic()
        with self._lock:
            return max((self._wait(key, free, now) for key, free in keys), default=0)

    def failed(self, *keys: tuple[str, int]) -> None:
        """Note an attempt that failed."""
        now = time.monotonic()
        with self._lock:
            for key, _ in keys:
                self._failed[key] = (self._failed.get(key, (0, 0.0))[0] + 1, now)
            if len(self._failed) > _MOST_CALLERS:
                old = [key for key, (_, last) in self._failed.items() if now - last > 4 * self._longest]
                for key in old or sorted(self._failed, key=lambda key: self._failed[key][1])[: _MOST_CALLERS // 2]:
                    del self._failed[key]

    def succeeded(self, key: str) -> None:
        """Forget the failures of a key."""
        with self._lock:
            self._failed.pop(key, None)

    def _wait(self, key: str, free: int, now: float) -> int:
        count, last = self._failed.get(key, (0, 0.0))
        if count < free or now - last > 4 * self._longest:
            return 0
        seconds = min(1 << min(count - free, 20), self._longest)
        return max(math.ceil(last + seconds - now), 0)
