"""Talking to a model: its words as they come, within a time, with what they cost; and what went wrong, in our words.

A model is asked for text and nothing else: it is given no tools, and whatever else it sends is not looked at.
"""

from __future__ import annotations

import gc
import queue
import re
import threading
import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from qa.generation.failing import CutShort, ModelFailed, ended, failure, part, pause, refuses

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

__all__ = ["Cost", "ModelFailed", "Talker"]

# A stretch that comes so often in a row, at the end of what was written, is a loop.
_LOOP = re.compile(r"(.{2,80}?)\1{5}$", re.DOTALL)
_LOOKED_AT = 500
_MOST_CHARACTERS = 20_000
# Where a provider counts no tokens, one is taken to be so many characters.
_PER_TOKEN = 4
# A request is made so often at most: once more where the model has its own mind about settings, or no capacity for now
# and may be asked again within this share of the time that is left.
_ASKED = 3
_WAIT = 0.5
# Seconds without a word after which whoever waits for one is let do something else.
_BEAT = 1.0


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
        """What the model writes, piece by piece. While it writes nothing, an empty piece comes every second, so that
        whoever listens may leave.

        Args:
            said: what is always the same, and the rest.
            cost: what it costs is added to it, also where it fails.
            seconds: how long all of it may take.

        Raises:
            CutShort: its tokens were used up before it had finished.
            ModelFailed: it cannot be reached, refuses, breaks off, takes too long, or repeats itself.
        """
        written = ""
        answer = _Call(self.llm, said, time.monotonic() + seconds)
        try:
            for piece in answer.pieces():
                written += piece
                if _LOOP.search(written[-_LOOKED_AT:]) or len(written) > _MOST_CHARACTERS:
                    raise ModelFailed("loop")
                yield piece
        except queue.Empty:
            raise ModelFailed("slow", f"it took longer than {seconds:.0f} s") from None
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

    def __init__(self, llm: LLM, said: tuple[str, str], deadline: float) -> None:
        self._said = said
        self._llm = llm
        self._deadline = deadline
        self._pieces: queue.Queue[str | Exception | None] = queue.Queue()
        self._left = threading.Event()
        self._begun = False
        self.usage: dict[str, int] | None = None

    def pieces(self) -> Iterator[str]:
        """The pieces until the end, and an empty one for each second in which none came.

        Raises:
            queue.Empty: the deadline passed.
            ModelFailed: the provider's error.
        """
        threading.Thread(target=self._run, name="language model", daemon=True).start()
        while (piece := self._next()) is not None:
            if isinstance(piece, Exception):
                raise failure(piece) from None
            yield piece

    def _next(self) -> str | Exception | None:
        left = max(0.0, self._deadline - time.monotonic())
        try:
            return self._pieces.get(timeout=min(left, _BEAT))
        except queue.Empty:
            if left <= _BEAT:
                raise
            return ""

    def stop(self) -> None:
        """Leave the request: what still comes is not wanted."""
        self._left.set()

    def _run(self) -> None:
        for asked in range(1, _ASKED + 1):
            try:
                self._ask()
            except Exception as error:  # noqa: BLE001  # whatever a provider's package raises is told to whoever waits
                if asked < _ASKED and self._may_ask_again(error):
                    continue
                self._pieces.put(error)
            else:
                self._pieces.put(None)
            return

    def _ask(self) -> None:
        """Put what the model writes into the queue, to its end.

        Raises:
            ModelFailed: it ended otherwise than a whole answer ends.
            Exception: whatever the provider's package raises.
        """
        from llama_index.core.llms import ChatMessage, MessageRole

        system, user = self._said
        messages = [
            ChatMessage(role=MessageRole.SYSTEM, content=system),
            ChatMessage(role=MessageRole.USER, content=user),
        ]
        answer = self._llm.stream_chat(messages)
        end: str | None = ""
        refused = False
        for chunk in answer:
            if self._left.is_set():
                answer.close()
                # The connection is closed with the provider's stream, which holds itself.
                del answer
                gc.collect()
                return
            if counted := _usage(chunk.raw):
                self.usage = {**(self.usage or {}), **counted}
            refused = refused or _refused(chunk.raw)
            end = end or ended(chunk.raw, refused)
            if chunk.delta:
                self._begun = True
                self._pieces.put(chunk.delta)
        match end:
            case None:
                raise ModelFailed("cut")
            case "length" | "max_tokens" | "model_context_window_exceeded":
                raise CutShort("short")
            case "content_filter" | "refusal":
                raise ModelFailed("silent")

    def _may_ask_again(self, error: Exception) -> bool:
        """Whether to ask once more, when what hindered is out of the way."""
        if self._begun:
            return False
        if _suited(self._llm, error):
            return True
        seconds = pause(error) if failure(error).trouble == "busy" else None
        if seconds is None or seconds > _WAIT * (self._deadline - time.monotonic()):
            return False
        return not self._left.wait(seconds)


def _suited(llm: Any, error: Exception) -> bool:
    """Whether a model that refused a setting can be asked without it from now on: some that think first have only one
    temperature, and count their tokens under another name."""
    if refuses(error, "temperature") and getattr(llm, "temperature", None) == 0.0:
        llm.temperature = 1.0
        return True
    more = dict(getattr(llm, "additional_kwargs", {}))
    if refuses(error, "reasoning_effort") and "reasoning_effort" in more:
        del more["reasoning_effort"]
    elif refuses(error, "max_completion_tokens") and "max_tokens" in more:
        more["max_completion_tokens"] = more.pop("max_tokens")
    else:
        return False
    llm.additional_kwargs = more
    return True


def _refused(raw: Any) -> bool:
    """Whether the model says in a piece that it will not answer, as OpenAI's do beside their words."""
    choices = part(raw, "choices")
    return bool(choices and part(part(choices[0], "delta"), "refusal"))


_PROMPT = ("prompt_tokens", "input_tokens", "prompt_eval_count")
_COMPLETION = ("completion_tokens", "output_tokens", "eval_count")
_CACHED = ("cached_tokens", "cache_read_input_tokens", "prompt_cache_hit_tokens")
# Anthropic counts what it found at hand, or put there, beside what it read.
_BESIDE = ("cache_read_input_tokens", "cache_creation_input_tokens")


def _usage(raw: Any) -> dict[str, int]:
    """The tokens that a provider counted so far, as far as a piece tells them. Each has its own names for them."""
    if raw is None:
        return {}
    held = part(raw, "usage") or part(part(raw, "message"), "usage") or raw
    prompt = _first(held, _PROMPT)
    if prompt is not None:
        prompt += sum(_first(held, (name,)) or 0 for name in _BESIDE)
    cached = _first(part(held, "prompt_tokens_details"), _CACHED)
    counts = {
        "prompt": prompt,
        "completion": _first(held, _COMPLETION),
        "cached": _first(held, _CACHED) if cached is None else cached,
    }
    return {name: count for name, count in counts.items() if count is not None}


def _first(value: Any, names: tuple[str, ...]) -> int | None:
    return next((count for name in names if isinstance(count := part(value, name), int)), None)
