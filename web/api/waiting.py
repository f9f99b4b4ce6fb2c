"""Work that stops when nobody waits for it any more."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from starlette.requests import Request

__all__ = ["Gone", "while_there"]

_Result = TypeVar("_Result")


class Gone(Exception):
    """Whoever asked has hung up."""


async def while_there(request: Request, work: Coroutine[Any, Any, _Result]) -> _Result:
    """What ``work`` comes to, unless the client hangs up: then it is cancelled.

    Args:
        request: what is answered; its body has been read.

    Raises:
        Gone: the client hung up.
    """
    working = asyncio.ensure_future(work)
    watching = asyncio.ensure_future(_hung_up(request))
    try:
        await asyncio.wait({working, watching}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise Gone
    finally:
        for task in (working, watching):
            task.cancel()
        await asyncio.gather(working, watching, return_exceptions=True)


async def _hung_up(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
