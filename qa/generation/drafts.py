"""From the stream of a model's words to its sentences: each once it is complete, with the quotes that it cites."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ingest.sentences import sentences
from qa.generation.hostile import inert

__all__ = ["Draft", "drafts", "paced"]

_MARKER = re.compile(
    r"\s*[\[【(]\^?(?:(?:quotes?|sources?|evidence|citations?|no\.?)\s*)?"
    r"(\d{1,3}(?:\s*(?:[,;&–-]|and)\s*(?:quote\s*)?\d{1,3})*)[\]】)]",
    re.IGNORECASE,
)
# "(3)" is a marker only at the end of a sentence.
_ROUND = re.compile(r"\s*\(\d{1,2}\)(?=[.!?]*\s*$)")
# Markers behind the stop belong to the sentence before it.
_BEHIND = re.compile(r"([.!?]+[\"'”’)]*)((?:\s*\[\^?\d[^\]\n]{0,20}\])+)")
_LETTER = re.compile(r"[^\W\d_]")
_LED = re.compile(r"(?:the )?answer(?: is)?\s*:\s*|(?:yes|no|sure|certainly|of course)\b[,.!:]\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Draft:
    """A sentence as a model wrote it: plain words without markers, and the numbers of the quotes that it cites."""

    text: str
    cites: tuple[int, ...]


def drafts(pieces: Iterable[str]) -> Iterator[Draft]:
    """The sentences in a stream of pieces, each when the next one has begun, the last when the stream ends."""
    return (draft for draft in paced(pieces) if draft is not None)


def paced(pieces: Iterable[str]) -> Iterator[Draft | None]:
    """The sentences, as :func:`drafts` has them, and None for each piece that is empty: nothing came for a while."""
    held = ""
    for piece in pieces:
        if not piece:
            yield None
        held += piece
        done, held = _cut(held)
        yield from filter(None, map(_draft, done))
    yield from filter(None, map(_draft, [*_cut(f"{held}\n")[0]]))


def _cut(text: str) -> tuple[list[str], str]:
    """The sentences of a text that are complete, and the rest. A line break ends a sentence; elsewhere a letter of the
    next one has to be there, since a marker may still follow the stop."""
    *rows, last = text.split("\n")
    done = [span.cut(moved) for row in rows for moved in [_BEHIND.sub(r"\2\1", row)] for span in sentences(moved)]
    moved = _BEHIND.sub(r"\2\1", last)
    spans = sentences(moved)
    while len(spans) > 1 and not _LETTER.search(spans[-1].cut(moved)):
        spans = spans[:-1]
    if len(spans) < 2:
        return done, last
    return done + [span.cut(moved) for span in spans[:-1]], moved[spans[-1].start :]


def _draft(sentence: str) -> Draft | None:
    """One sentence, told apart from its markers; None where nothing is said."""
    numbers: list[int] = []
    text = inert(sentence)
    for match in _MARKER.finditer(text):
        if match[0].strip()[0] in "[【" or _ROUND.match(text, match.start()):
            numbers += [int(digits) for digits in re.findall(r"\d+", match[1])]
    bare = _MARKER.sub(lambda match: "" if match[0].strip()[0] in "[【" else match[0], text)
    bare = _ROUND.sub("", bare)
    bare = re.sub(r"\s+([.,;:!?])", r"\1", bare).strip()
    while led := _LED.match(bare):
        bare = bare[led.end() :]
    if (bare.endswith("”") and "“" not in bare) or (bare.endswith('"') and bare.count('"') == 1):
        bare = bare[:-1].rstrip()  # a quotation mark that closes nothing
    if not _LETTER.search(bare):
        return None
    return Draft(bare[0].upper() + bare[1:], tuple(dict.fromkeys(numbers)))
