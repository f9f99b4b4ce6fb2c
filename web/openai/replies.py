"""What a client gets back: completions, chunks of them, embeddings and errors, as OpenAI's interface has them.

Beside the words, ``dateline`` holds the whole answer as ``Answer.to_dict()`` gives it: quotes with their places, their
articles and days. In a stream it comes with the last words.
"""

from __future__ import annotations

import base64
import json
import re
import secrets
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fastapi.responses import JSONResponse

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from qa.answer import Answer

__all__ = ["DONE", "Reply", "count", "embedded", "error", "failed", "line", "listed", "pieces"]

DONE = "data: [DONE]\n\n"


def count(*texts: str) -> int:
    """Words and signs: what stands for tokens here, where no language model counts its own."""
    return sum(len(re.findall(r"\w+|[^\w\s]", text)) for text in texts)


def pieces(text: str) -> Iterator[str]:
    """``text`` in pieces of a few words."""
    yield from re.findall(r"(?:\S+\s*){1,4}|\s+", text)


def line(data: dict[str, Any]) -> str:
    """A server-sent event."""
    return f"data: {json.dumps(data, ensure_ascii=False)}\n\n"


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to one request.

    Attributes:
        model: what the client called the model.
        asked: how many words it sent.
    """

    model: str
    asked: int
    id: str = field(default_factory=lambda: f"chatcmpl-{secrets.token_hex(12)}")
    created: int = field(default_factory=lambda: int(time.time()))

    def whole(self, content: str, answer: Answer | None) -> dict[str, Any]:
        """The completion in one piece."""
        message = {"role": "assistant", "content": content, "refusal": None, **_beside(answer)}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        return {**self._head("chat.completion"), "choices": [choice], "usage": self._usage(content, answer)}

    def chunk(self, **delta: str) -> dict[str, Any]:
        """A piece of the completion."""
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": None}
        return {**self._head("chat.completion.chunk"), "choices": [choice]}

    def last(self, answer: Answer | None) -> dict[str, Any]:
        """What ends the completion."""
        choice = {"index": 0, "delta": _beside(answer), "logprobs": None, "finish_reason": "stop"}
        return {**self._head("chat.completion.chunk"), "choices": [choice]}

    def used(self, content: str, answer: Answer | None) -> dict[str, Any]:
        """What comes behind the end where the client asked how many words there were."""
        return {**self._head("chat.completion.chunk"), "choices": [], "usage": self._usage(content, answer)}

    def _head(self, kind: str) -> dict[str, Any]:
        return {"id": self.id, "object": kind, "created": self.created, "model": self.model}

    def _usage(self, content: str, answer: Answer | None) -> dict[str, int]:
        read, said = self.asked, count(content)
        if answer and answer.writing:  # then there are real tokens
            read, said = answer.writing.prompt_tokens, answer.writing.completion_tokens
        return {"prompt_tokens": read, "completion_tokens": said, "total_tokens": read + said}


def _beside(answer: Answer | None) -> dict[str, Any]:
    return {"dateline": answer.to_dict()} if answer else {}


def listed(models: Sequence[str], created: int) -> list[dict[str, Any]]:
    """The models, as ``/v1/models`` lists them."""
    return [{"id": name, "object": "model", "created": created, "owned_by": "dateline"} for name in models]


def embedded(vectors: NDArray[np.float32], texts: Sequence[str], *, model: str, packed: bool) -> dict[str, Any]:
    """Vectors, as numbers or packed as Base64 of 32-bit floats."""
    rows: list[Any] = (
        [base64.b64encode(vector.astype("<f4").tobytes()).decode() for vector in vectors]
        if packed
        else vectors.tolist()
    )
    words = count(*texts)
    return {
        "object": "list",
        "model": model,
        "data": [{"object": "embedding", "index": index, "embedding": row} for index, row in enumerate(rows)],
        "usage": {"prompt_tokens": words, "total_tokens": words},
    }


_KINDS = {401: "authentication_error", 403: "permission_error", 404: "not_found_error", 429: "rate_limit_error"}
_CODES = {401: "invalid_api_key", 429: "rate_limit_exceeded"}


def error(status: int, message: str, *, param: str | None = None, code: str | None = None) -> dict[str, Any]:
    """An error in OpenAI's words."""
    kind = _KINDS.get(status, "invalid_request_error" if status < 500 else "server_error")
    return {"error": {"message": message, "type": kind, "param": param, "code": code or _CODES.get(status)}}


def failed(
    status: int,
    message: str,
    *,
    param: str | None = None,
    code: str | None = None,
    headers: dict[str, str] | None = None,
) -> JSONResponse:
    """An error as a response."""
    return JSONResponse(error(status, message, param=param, code=code), status, headers=headers)
