"""What a client sends, checked, and the question in its list of messages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from ingest.errors import InputError
from qa.answer import Ignored
from web.api import LONGEST_QUESTION

__all__ = ["MODEL", "Completion", "Embedding", "Message", "Narrowed", "conversation"]

MODEL = "dateline"
"""What the archive is called where a client asks for the name of a model."""

# Turns before the question that are looked at.
_TURNS = 50
_SAID = ("user", "assistant")
# The footnotes that an answer was sent with, and the escaping of its text.
_FOOTNOTES = re.compile(r"\n\n\[1\] .*\Z", re.DOTALL)
_ESCAPED = re.compile(r"\\([\\`*_{}#|~$\[(])")


class _Lenient(BaseModel):
    """Clients send fields for language models of every kind: what means nothing here is let be."""

    model_config = ConfigDict(extra="ignore")


class Message(_Lenient):
    """A message: its words are a text, or a list of parts of which those of type ``text`` count."""

    role: str
    content: str | list[dict[str, Any]] | None = None

    @property
    def text(self) -> str:
        """Its words."""
        if isinstance(self.content, str):
            return self.content.strip()
        texts = (part.get("text") for part in self.content or () if part.get("type") in ("text", "input_text"))
        return "\n".join(text for text in texts if isinstance(text, str)).strip()


class Narrowed(_Lenient):
    """What the search is narrowed to: an addition to OpenAI's interface, sent as the field ``dateline``."""

    model_config = ConfigDict(extra="forbid")

    published_from: date | None = None
    published_to: date | None = None
    sources: list[str] = []
    sections: list[str] = []
    ignore: list[Ignored] = []
    asked_on: date | None = None


class _StreamOptions(_Lenient):
    include_usage: bool | None = None


class _ResponseFormat(_Lenient):
    type: Literal["text"] = "text"


class Completion(_Lenient):
    """The body of ``/v1/chat/completions``."""

    model: str = MODEL
    messages: Annotated[list[Message], Field(min_length=1, max_length=2000)]
    stream: bool | None = None
    stream_options: _StreamOptions | None = None
    n: Annotated[int, Field(ge=1, le=1)] | None = None
    response_format: _ResponseFormat | None = None
    dateline: Narrowed = Narrowed()

    @property
    def wants_usage(self) -> bool:
        """Whether a stream is to end with the number of words that went in and out."""
        return bool(self.stream_options and self.stream_options.include_usage)


class Embedding(_Lenient):
    """The body of ``/v1/embeddings``. ``input_type`` is an addition: a question is encoded in another way than the
    passage that may answer it."""

    model: str
    input: str | list[str] | list[int] | list[list[int]]
    encoding_format: Literal["float", "base64"] = "float"
    dimensions: int | None = None
    input_type: Literal["passage", "query"] = "passage"

    def texts(self) -> list[str]:
        """What is to be encoded.

        Raises:
            InputError: it is nothing, too much, or numbers of another model's tokens.
        """
        given = [self.input] if isinstance(self.input, str) else self.input
        texts = [text for text in given if isinstance(text, str)]
        if len(texts) != len(given):
            raise InputError(
                "input is a list of token numbers, which are those of another model's tokenizer: send texts "
                "(LangChain's OpenAIEmbeddings does with check_embedding_ctx_length=False)"
            )
        if not 0 < len(texts) <= 2048:
            raise InputError(f"input has {len(texts)} texts: send 1 to 2048 at a time")
        if empty := [i for i, text in enumerate(texts) if not text.strip()]:
            raise InputError(f"input[{empty[0]}] is empty: there is nothing to encode in it")
        return texts


def conversation(messages: Sequence[Message]) -> tuple[str, list[tuple[str, str]]]:
    """The question, which is the last thing that the user said, and the questions and answers before it.

    What systems, developers and tools said is left out: nothing here is told how to behave.

    Raises:
        InputError: the last message with words is not the user's, or is too long.
    """
    said = [message for message in messages if message.role in _SAID and message.text]
    if not said or said[-1].role != "user":
        raise InputError("messages must end with a message of the user that has words in it: the question")
    question = said[-1].text
    if len(question) > LONGEST_QUESTION:
        raise InputError(f"the question has {len(question):,} characters: at most {LONGEST_QUESTION:,} are read")
    turns: list[tuple[str, str]] = []
    for message in said[:-1]:
        if message.role == "user":
            turns.append((message.text[:LONGEST_QUESTION], ""))
        elif turns:
            turns[-1] = (turns[-1][0], _plain(message.text))
    return question, turns[-_TURNS:]


def _plain(content: str) -> str:
    """The text of an answer that was sent as Markdown with footnotes."""
    plain = _ESCAPED.sub(r"\1", _FOOTNOTES.sub("", content))
    return plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
