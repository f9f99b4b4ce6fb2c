"""How much is worked on at once, and how large and how slow a request may be: overload is told quickly, not waited out.

Answers are made by the processor: more of them at a time would only make each slower. So a few are worked on, some
wait for their turn, and whoever comes on top hears at once when to come again.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

from anyio import from_thread
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ingest.settings import Settings
from web.guard import is_question, problem

__all__ = ["Busy", "Load", "Slots", "slots_of"]

_FEWEST_AT_ONCE = 2

logger = logging.getLogger(__name__)


class Busy(Exception):
    """There is no slot, and none will be soon.

    Attributes:
        seconds: when to come again.
    """

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Slots:
    """So many at once, in the order in which they came. For one event loop.

    Args:
        at_once: how many are worked on.
        waiting: how many more may wait.
        longest: seconds that one waits.

    Attributes:
        at_once: how many are worked on at most.
        busy: how many are worked on now.
    """

    def __init__(self, at_once: int, waiting: int, longest: float) -> None:
        self.at_once = at_once
        self.busy = 0
        self._most_waiting = waiting
        self._longest = longest
        self._queue: deque[asyncio.Future[None]] = deque()

    @property
    def waiting(self) -> int:
        """How many wait now."""
        return len(self._queue)

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """Hold a slot.

        Raises:
            Busy: too many wait already, or it took too long.
        """
        await self._take()
        try:
            yield
        finally:
            self._give_back()

    @contextmanager
    def held_by_thread(self) -> Iterator[None]:
        """Hold a slot in one of anyio's worker threads. It may be given back in any other thread.

        Raises:
            Busy: as for :meth:`held`.
        """
        loop = from_thread.run(self._taken)
        try:
            yield
        finally:
            with suppress(RuntimeError):  # the server has stopped meanwhile, and its loop is closed
                loop.call_soon_threadsafe(self._give_back)

    async def _taken(self) -> asyncio.AbstractEventLoop:
        await self._take()
        return asyncio.get_running_loop()

    async def _take(self) -> None:
        if self.busy < self.at_once and not self._queue:
            self.busy += 1
            return
        if len(self._queue) >= self._most_waiting:
            raise Busy(self._soon())
        turn = asyncio.get_running_loop().create_future()
        self._queue.append(turn)
        try:
            await asyncio.wait_for(asyncio.shield(turn), self._longest)
        except (TimeoutError, asyncio.CancelledError) as error:
            if turn.done():  # it was handed on in the same moment
                self._give_back()
            else:
                self._queue.remove(turn)
            if isinstance(error, TimeoutError):
                raise Busy(self._soon()) from None
            raise

    def _give_back(self) -> None:
        if self._queue:
            self._queue.popleft().set_result(None)
        else:
            self.busy -= 1

    def _soon(self) -> int:
        """Seconds until it is worth coming again: about one for each round of those who wait."""
        return max(1, min(30, len(self._queue) // self.at_once))


class Load:
    """ASGI middleware that keeps the server from taking on more than it can do.

    Args:
        app: what does the work.
        slots: the questions that are worked on at once.
        settings: the limits.
    """

    def __init__(self, app: ASGIApp, slots: Slots, settings: Settings) -> None:
        self.app = app
        self.slots = slots
        self._most_bytes = settings.max_request_mb << 20
        self._seconds = settings.request_seconds
        self._left_behind: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        told = Headers(scope=scope).get("content-length", "")
        if told.isdecimal() and int(told) > self._most_bytes:
            await _answer(_too_large(self._most_bytes), scope, receive, send)
            return
        response = _Response(send)
        work = asyncio.create_task(self._work(scope, _Body(receive, self._most_bytes, self._seconds), response))
        self._left_behind.add(work)
        work.add_done_callback(self._left_behind.discard)
        try:
            await asyncio.wait({work, response.began_soon()}, timeout=self._seconds, return_when="FIRST_COMPLETED")
            if not work.done() and not response.began.is_set():
                # What runs in a thread cannot be stopped. It keeps its slot, and nobody hears what comes of it.
                response.silence()
                work.add_done_callback(_tell)
                words = f"This took longer than {self._seconds} seconds, and was given up."
                await problem(504, words)(scope, receive, send)
                return
            await work
        except asyncio.CancelledError:
            work.cancel()
            raise
        finally:
            response.forget()

    async def _work(self, scope: Scope, body: _Body, response: _Response) -> None:
        try:
            # The page has a queue of its own, whose questions take a slot when they come out of it.
            if is_question(scope) and not scope["path"].startswith("/gradio_api/"):
                async with self.slots.held():
                    await self.app(scope, body, response)
            else:
                await self.app(scope, body, response)
        except Busy as busy:
            words = f"Too many questions are being answered. Come again in {busy.seconds} s."
            await problem(503, words, headers={"Retry-After": str(busy.seconds)})(scope, body, response)
        except HTTPException as error:  # of a body that was read outside of FastAPI's routes
            await _answer(error, scope, body, response)


def _too_large(most_bytes: int) -> HTTPException:
    return HTTPException(413, f"A request may have at most {most_bytes >> 20} MiB.", {"Connection": "close"})


async def _answer(error: HTTPException, scope: Scope, receive: Receive, send: Send) -> None:
    await problem(error.status_code, error.detail, headers=dict(error.headers or {}))(scope, receive, send)


def _tell(work: asyncio.Task[None]) -> None:
    if not work.cancelled() and (error := work.exception()):
        logger.warning("a request that was given up broke later: %s", error)


class _Body:
    """A request's body as it arrives, up to a size and a time."""

    def __init__(self, receive: Receive, most: int, seconds: float) -> None:
        self._receive = receive
        self._most = self._left = most
        self._seconds = seconds
        self._until: float | None = None
        self._whole = False

    async def __call__(self) -> Message:
        """The next piece.

        Raises:
            HTTPException: it is too large, or does not arrive.
        """
        if self._whole:
            return await self._receive()
        if self._until is None:
            self._until = asyncio.get_running_loop().time() + self._seconds
        try:
            async with asyncio.timeout_at(self._until):
                message = await self._receive()
        except TimeoutError:
            words = f"The request did not arrive within {self._seconds} seconds."
            raise HTTPException(408, words, {"Connection": "close"}) from None
        if message["type"] == "http.request":
            self._left -= len(message.get("body", b""))
            self._whole = not message.get("more_body", False)
            if self._left < 0:
                raise _too_large(self._most)
        return message


class _Response:
    """A response on its way out, which can be silenced."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._silent = False
        self._waiter: asyncio.Task[bool] | None = None
        self.began = asyncio.Event()

    async def __call__(self, message: Message) -> None:
        if self._silent:
            return
        self.began.set()
        await self._send(message)

    def began_soon(self) -> asyncio.Task[bool]:
        self._waiter = asyncio.create_task(self.began.wait())
        return self._waiter

    def silence(self) -> None:
        self._silent = True

    def forget(self) -> None:
        if self._waiter is not None:
            self._waiter.cancel()


def slots_of(settings: Settings) -> Slots:
    """The slots that the settings ask for."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    at_once = settings.questions_at_once or max(cores, _FEWEST_AT_ONCE)
    return Slots(at_once, settings.questions_waiting, settings.request_seconds / 2)
