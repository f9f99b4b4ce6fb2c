"""Reads pages that could take for ever in a process of their own, which is stopped when it takes too long.

The libraries that find the text of a page compare its elements with each other: twice the elements take four times as
long, and a thread cannot be stopped. So a page with very many is not read in this process.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from ingest.article import Article

from .decode import Unreadable

__all__ = ["page", "suspicious"]

_MANY = 20_000
"""Tags. Real pages have a few thousand; with so many, the worst take about 3 s."""
_LARGE = 3_000_000
"""Characters. Larger ones take a lot of memory, whatever is in them."""
_SECONDS, _TIMES = 20, 3
"""Processor seconds that a page may take; and so many times as many by the clock, on a machine that is busy."""
_MEMORY = 1 << 30
"""Bytes that the process may take, most of them for the tree of the page and its copies."""


def suspicious(html: str) -> bool:
    """Whether a page may take longer than anyone waits."""
    return len(html) > _LARGE or html.count("<") > _MANY


def page(html: str, *, name: str, url: str | None, seconds: int = _SECONDS) -> Article | None:
    """As :func:`ingest.readers.html.from_html`, within limits of time and memory.

    Args:
        seconds: the processor's, that it may take.

    Raises:
        Unreadable: the page takes more.
    """
    root = str(Path(__file__).resolve().parents[2])
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    try:
        done = subprocess.run(
            [sys.executable, "-m", "ingest.readers.apart", str(seconds)],
            input=pickle.dumps((html, name, url)),
            capture_output=True,
            timeout=_TIMES * seconds,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _refused(html, "time") from None
    if done.returncode == 0:
        article: Article | None = pickle.loads(done.stdout)
        return article
    timed = sys.platform != "win32" and done.returncode in (-signal.SIGXCPU, -signal.SIGKILL)
    raise _refused(html, "time" if timed else "memory")


def _refused(html: str, what: str) -> Unreadable:
    return Unreadable(
        f"is a page of {len(html) / 2**20:,.1f} MB with {html.count('<'):,} tags, which takes too much {what} to read; "
        "is it an article?"
    )


def _limit(seconds: int) -> None:
    """Set the limits for this process, where the system knows any."""
    with suppress(ImportError):
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
        with suppress(ValueError, OSError):  # macOS takes none
            resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


def _main() -> None:
    asked: Any = pickle.load(sys.stdin.buffer)
    _limit(int(sys.argv[1]))
    from .html import extracted

    html, name, url = asked
    sys.stdout.buffer.write(pickle.dumps(extracted(html, name=name, url=url)))


if __name__ == "__main__":
    _main()
