"""Talking to a model: its words as they come, within a time, with what they cost; and what went wrong, in our words.

A model is asked for text and nothing else: it is given no tools, and whatever else it sends is not looked at.
"""

from __future__ import annotations

import queue
import re
import threading
import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

__all__ = ["Cost", "ModelFailed", "Talker"]

# A stretch that comes so often in a row, at the end of what was written, is a loop.
_LOOP = re.compile(r"(.{2,80}?)\1{5}$", re.DOTALL)
_LOOKED_AT = 500
_MOST_CHARACTERS = 20_000
# Where a provider counts no tokens, one is taken to be so many characters.
_PER_TOKEN = 4


class ModelFailed(Exception):
    """The model gave nothing that can be used; its message says why, in words for people and without the provider's own
    words, which may hold a key or a prompt."""


@dataclass(slots=True)
class Cost:
    """What was spent on one answer, added up while it is made.

    Attributes:
        calls: how often the model was asked.
        prompt, completion: tokens that it read and wrote; ``cached`` of those that it read were at hand.
        estimated: whether some were reckoned from the characters, since the provider did not count them.
    """

    calls: int = 0
    prompt: int = 0
    completion: int = 0
    cached: int = 0
    estimated: bool = False

    def add(self, usage: Mapping[str, int] | None, said: str, written: str) -> None:
        """Add one call: what the provider counted, or else an estimate from the texts."""
        self.calls += 1
        if usage is None:
            self.estimated = True
            usage = {"prompt": len(said) // _PER_TOKEN, "completion": len(written) // _PER_TOKEN}
        self.prompt += usage.get("prompt", 0)
        self.completion += usage.get("completion", 0)
        self.cached += usage.get("cached", 0)


@dataclass(frozen=True, slots=True)
class Talker:
    """A model that is asked for text.

    Attributes:
        name: what people call it.
        timeout: seconds that all the calls for one answer may take together.
    """

    llm: LLM = field(repr=False)
    name: str
    timeout: float

    def stream(self, said: tuple[str, str], cost: Cost, *, seconds: float) -> Generator[str, None, None]:
        """What the model writes, piece by piece.

        Args:
            said: what is always the same, and the rest.
            cost: what it costs is added to it, also where it fails.
            seconds: how long all of it may take.

        Raises:
            ModelFailed: it cannot be reached, refuses, breaks off, takes too long, or repeats itself.
        """
        written = ""
        answer = _Call(self.llm, said)
        try:
            for piece in answer.pieces(time.monotonic() + seconds):
                written += piece
                if _LOOP.search(written[-_LOOKED_AT:]) or len(written) > _MOST_CHARACTERS:
                    raise ModelFailed("it repeated itself")
                yield piece
        except queue.Empty:
            raise ModelFailed(f"it took longer than {seconds:.0f} s") from None
        finally:
            answer.stop()
            cost.add(answer.usage, "".join(said), written)

    def say(self, said: tuple[str, str], cost: Cost, *, seconds: float) -> str:
        """All that the model writes.

        Raises:
            ModelFailed: see :meth:`stream`.
        """
        with closing(self.stream(said, cost, seconds=seconds)) as pieces:
            return "".join(pieces)


class _Call:
    """One request, made on a thread of its own, so that it can be left when it takes too long."""

    def __init__(self, llm: LLM, said: tuple[str, str]) -> None:
        self._said = said
        self._llm = llm
        self._pieces: queue.Queue[str | Exception | None] = queue.Queue()
        self._left = threading.Event()
        self.usage: dict[str, int] | None = None

    def pieces(self, deadline: float) -> Iterator[str]:
        """The pieces until the end.

        Raises:
            queue.Empty: the deadline passed.
            ModelFailed: the provider's error.
        """
        threading.Thread(target=self._run, name="language model", daemon=True).start()
        while (piece := self._pieces.get(timeout=max(0.0, deadline - time.monotonic()))) is not None:
            if isinstance(piece, Exception):
                raise ModelFailed(_why(piece))
            yield piece

    def stop(self) -> None:
        """Leave the request: what still comes is not wanted."""
        self._left.set()

    def _run(self) -> None:
        from llama_index.core.llms import ChatMessage, MessageRole

        system, user = self._said
        messages = [
            ChatMessage(role=MessageRole.SYSTEM, content=system),
            ChatMessage(role=MessageRole.USER, content=user),
        ]
        try:
            broken_off = False
            answer = self._llm.stream_chat(messages)
            for chunk in answer:
                if self._left.is_set():
                    answer.close()  # which closes the connection
                    return
                self.usage = _usage(chunk.raw) or self.usage
                broken_off = _goes_on(chunk.raw, broken_off)
                if chunk.delta:
                    self._pieces.put(chunk.delta)
            self._pieces.put(ConnectionError() if broken_off else None)
        except Exception as error:  # noqa: BLE001  # whatever a provider's package raises is told to whoever waits
            self._pieces.put(error)


def _goes_on(raw: Any, before: bool) -> bool:
    """Whether the answer is not over yet, as far as the provider says why it ends. A connection that is cut may look
    like an end."""
    choices = _part(raw, "choices") if raw is not None else None
    return _part(choices[0], "finish_reason") is None if choices else before


_PROMPT = ("prompt_tokens", "input_tokens", "prompt_eval_count")
_COMPLETION = ("completion_tokens", "output_tokens", "eval_count")
_CACHED = ("cached_tokens", "cache_read_input_tokens")


def _usage(raw: Any) -> dict[str, int] | None:
    """The tokens that a provider counted, None where it told nothing. Each has its own names for them."""
    if raw is None:
        return None
    held = _part(raw, "usage") or raw
    details = _part(held, "prompt_tokens_details") or held
    found = {
        name: next((count for one in names if isinstance(count := _part(place, one), int)), None)
        for name, names, place in (
            ("prompt", _PROMPT, held),
            ("completion", _COMPLETION, held),
            ("cached", _CACHED, details),
        )
    }
    if found["prompt"] is None and found["completion"] is None:
        return None
    return {name: count for name, count in found.items() if count is not None}


def _part(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, Mapping) else getattr(value, name, None)


_NO_KEY, _TOO_MUCH = (401, 403), (429,)
_REFUSED = (400, 413, 422)


def _why(error: Exception) -> str:
    """What went wrong, without the provider's own words: they may repeat the key, or what was sent."""
    status = getattr(error, "status_code", None)
    names = " ".join(kind.__name__ for kind in type(error).__mro__).lower()
    match status:
        case int() if status in _NO_KEY:
            return "its key was refused"
        case int() if status in _TOO_MUCH:
            return "it has no capacity left for now"
        case 404:
            return "it is not known there"
        case int() if status in _REFUSED:
            return "it refused what was sent, which may be too long for it"
        case int():
            return f"its server answered with the error {status}"
    if "timeout" in names:
        return "it took too long"
    if "connect" in names or "network" in names or "protocol" in names or isinstance(error, OSError):
        return "its server cannot be reached, or broke off"
    return f"it answered with what cannot be read ({type(error).__name__})"
