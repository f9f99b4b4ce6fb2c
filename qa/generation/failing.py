"""What goes wrong with a model, in our words.

A provider's own words are never repeated: they may hold the key, or what was sent. They are only looked at, for which
kind of trouble it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

__all__ = ["CutShort", "ModelFailed", "Trouble", "ended", "failure", "part", "pause", "refuses"]

Trouble = Literal[
    "key", "credit", "busy", "unknown", "long", "refused", "broken", "memory", "away", "cut", "slow", "unreadable",
    "loop", "short", "silent",
]  # fmt: skip


class ModelFailed(Exception):
    """The model gave nothing that can be used; its message says why, in words for people and not the provider's own.

    Attributes:
        trouble: the same for programs.
    """

    def __init__(self, trouble: Trouble, why: str = "") -> None:
        super().__init__(why or _WORDS[trouble])
        self.trouble: Trouble = trouble


class CutShort(ModelFailed):
    """Its tokens were used up: what it wrote before its last sentence is whole."""


# The names that providers have for kinds of trouble, as codes and types of their errors.
_NAMED: dict[str, Trouble] = {
    "authentication_error": "key",
    "invalid_api_key": "key",
    "permission_error": "key",
    "billing_error": "credit",
    "insufficient_quota": "credit",
    "context_length_exceeded": "long",
    "exceed_context_size_error": "long",
    "request_too_large": "long",
    "overloaded_error": "busy",
    "rate_limit_error": "busy",
    "rate_limit_exceeded": "busy",
    "model_not_found": "unknown",
    "not_found_error": "unknown",
    "timeout_error": "slow",
    "api_error": "broken",
    "server_error": "broken",
}
_NUMBERED: dict[int, Trouble] = {
    400: "refused", 401: "key", 402: "credit", 403: "key", 404: "unknown", 408: "slow", 413: "long", 422: "refused",
    429: "busy", 503: "busy", 504: "slow", 529: "busy",
}  # fmt: skip
_LONG = re.compile(r"too long|too many tokens|context (?:length|window|size)|maximum context", re.IGNORECASE)
_MEMORY = re.compile(r"\bmemory\b", re.IGNORECASE)
_WORDS: dict[Trouble, str] = {
    "key": "its key was refused",
    "credit": "the account of its key has no credit left",
    "busy": "it has no capacity left for now",
    "unknown": "there is no such model at its provider",
    "long": "what was sent is too long for it",
    "memory": "it does not fit into the memory of its machine",
    "away": "its server cannot be reached",
    "cut": "its server broke off",
    "slow": "it took too long",
    "loop": "it repeated itself",
    "silent": "it refused to answer",
    "short": "its tokens were used up before a sentence was whole (see llm_max_tokens)",
    "refused": "it refused what was sent",
    "broken": "its server answered with an error",
    "unreadable": "it answered with what cannot be read",
}


def failure(error: Exception) -> ModelFailed:
    """What a provider's package raised, or was told, as an error of ours."""
    if isinstance(error, ModelFailed):
        return error
    status = _status(error)
    trouble = _trouble(error, status)
    match trouble:
        case "busy" if (seconds := pause(error)) is not None:
            return ModelFailed(trouble, f"{_WORDS[trouble]}, and asks to wait {seconds:.0f} s")
        case "refused":
            return ModelFailed(trouble, f"it refused what was sent (error {status})")
        case "broken":
            return ModelFailed(trouble, f"its server answered with {f'the error {status}' if status else 'an error'}")
        case "unreadable":
            return ModelFailed(trouble, f"it answered with what cannot be read ({type(error).__name__})")
    return ModelFailed(trouble)


def pause(error: Exception) -> float | None:
    """The seconds after which a provider that has no capacity may be asked again, where it tells them."""
    headers = getattr(getattr(error, "response", None), "headers", {})
    try:
        seconds = float(headers.get("retry-after", ""))
    except ValueError:
        return None
    return seconds if 0 <= seconds < float("inf") else None


def refuses(error: Exception, setting: str) -> bool:
    """Whether a provider refused what was sent and named a setting."""
    return _status(error) in (400, 422) and setting in str(error)


def ended(raw: Any, refused: bool) -> str | None:
    """How an answer ended, as far as one piece of it says: "" where its protocol tells no end, None where more is to
    come. A connection that is cut may look like an end.

    Args:
        raw: the piece as OpenAI's, Ollama's or Anthropic's package has it.
        refused: whether the model has refused before.
    """
    if raw is None:
        return ""
    if choices := part(raw, "choices"):
        reason = part(choices[0], "finish_reason")
    elif part(raw, "done") is not None:
        reason = (part(raw, "done_reason") or "stop") if part(raw, "done") else None
    elif str(part(raw, "type")).startswith(("message_", "content_block_")):
        reason = part(part(raw, "delta"), "stop_reason")
    else:
        return ""
    return "refusal" if reason and refused else reason


def part(value: Any, name: str) -> Any:
    """A part of what a provider sent, which may be a mapping or an object; None where it has none of that name."""
    return value.get(name) if isinstance(value, Mapping) else getattr(value, name, None)


def _status(error: Exception) -> int:
    """The error's number in HTTP, 0 where it has none: what comes in the middle of a stream has none that counts."""
    status = getattr(error, "status_code", None)
    return status if isinstance(status, int) and status >= 400 else 0


def _trouble(error: Exception, status: int) -> Trouble:
    named = [_NAMED[code] for code in _codes(error) if code in _NAMED]
    if "credit" in named:
        return "credit"
    if named and named[0] != "broken":
        return named[0]
    if not status and not _is_answer(error):
        return _broken_off(error)
    if status in (0, 500) and _MEMORY.search(str(error)):
        return "memory"
    if status in (400, 422) and _LONG.search(str(error)):
        return "long"
    return _NUMBERED.get(status, "broken")


def _codes(error: Exception) -> Iterator[str]:
    body = getattr(error, "body", None)
    for place in (body, part(body, "error"), error):
        for name in ("code", "type"):
            if isinstance(code := part(place, name), str):
                yield code


def _is_answer(error: Exception) -> bool:
    """Whether a provider answered with it, rather than the way there broke."""
    return hasattr(error, "status_code") or part(error, "body") is not None


def _broken_off(error: Exception) -> Trouble:
    """Of an error on the way: a package may have put its own around the one that tells."""
    chain = (one for one in (error, error.__cause__, error.__context__) if one)
    names = " ".join(kind.__name__ for one in chain for kind in type(one).__mro__).lower()
    if "timeout" in names:
        return "slow"
    if "connecterror" in names or "connectionrefused" in names:
        return "away"
    if any(word in names for word in ("connect", "network", "protocol")) or isinstance(error, OSError):
        return "cut"
    return "unreadable"
