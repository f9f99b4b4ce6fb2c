"""Which sentences of an article tell what it is about, and which passages are about a topic. It searches nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.article import Span
from qa.compose import Line
from qa.question.words import content_words, names

if TYPE_CHECKING:
    from ingest.stored import StoredPassage

__all__ = ["ABOUT_FROM", "MAY_BE_FROM", "Told", "is_about", "is_telling", "leans", "opening", "stems", "telling"]

ABOUT_FROM = 0.0
"""The logit from which a passage is taken to be about a topic that it names in part, and, where all the words of the
topic stand in it, the one from which it may be: "penguins" as the title of a story of the weather has -3.5."""
MAY_BE_FROM = -4.0

_SHORTEST, _LONGEST = 35, 340
# "Love it or hate it." opens no story: one that does has so many characters.
_FULL = 60
_WORD = re.compile(r"[^\W_]+")
_ENDS = re.compile(r"[.!…]['\"”’»)]*$")
_LEANS = re.compile(
    r"\W*(?:(?:but|and|so|yet|then|also|still|meanwhile|however|later|now)\W+)?"
    r"(?:he|she|they|it|his|her|their|its|him|them|this|that|these|those|such|both|neither|others?|another|there"
    r"|i|we|you|my|our|asked|see|read|click|sign|here)\b",
    re.IGNORECASE,
)
_SAID = re.compile(r"[“\"«„][^”\"»“]+[”\"»“]")
_ASIDE = re.compile(
    r"\?\W*:|\beditor['’]s note\b|\b(?:direct|archived?) link\b|https?://|^(?:more|related|read|watch|photos?|video"
    r"|image|correction|updated?|source)\s*:"
    r"|\b(?:subscribe|newsletter|sign up|click here|follow us|check out our|live updates)\b",
    re.IGNORECASE,
)
# A place in capital letters, the day and the agency, before the story begins.
_DATELINE = re.compile(
    r"(?:[A-ZÀ-Þ][A-ZÀ-Þ.'’-]+(?: [A-ZÀ-Þ.'’-]+)*(?:, [\w. ]{2,25})?(?: \([^()]{2,30}\))?|\([A-Z][^()]{1,20}\))"
    r" ?[—–-]{1,2}\s"
)
_ENDINGS = ("ies", "ing", "ed", "es", "s", "y", "e")


@dataclass(frozen=True, slots=True)
class Told:
    """What is told: the lines of an answer, and what its reader should know, a sentence each."""

    lines: tuple[Line, ...] = ()
    notes: tuple[str, ...] = ()


def stems(text: str) -> frozenset[str]:
    """The words of ``text`` that carry meaning, without their endings: "floods", "flooded" and "flood" are one."""
    return frozenset(_stem(part) for word in content_words(text) for part in _WORD.findall(word))


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def is_about(topic: str, stored: StoredPassage, relevance: float) -> bool:
    """Whether a passage is about ``topic``.

    Args:
        relevance: how well the passage goes with the topic: a logit.
    """
    wanted = stems(topic)
    if not wanted or relevance < MAY_BE_FROM:
        return False
    there = stems(f"{stored.article.title} {stored.text}")
    if wanted <= there:
        return True
    named = [stems(name.text) for name in names(f"… {topic}")]
    # "Jane Doe" is "Doe" further down. A name that is not there at all makes it another story.
    if relevance < ABOUT_FROM or any(not name & there for name in named):
        return False
    return 2 * len(wanted & there) >= len(wanted)


def is_telling(sentence: str) -> bool:
    """Whether a sentence tells something by itself: no caption or question, nothing that points back, no mere quote."""
    return _tells(sentence) and not leans(sentence)


def leans(sentence: str) -> bool:
    """Whether a sentence begins with a word that points at the one before."""
    return _LEANS.match(sentence) is not None


def _tells(sentence: str) -> bool:
    words = " ".join(sentence.split())
    if not _SHORTEST <= len(words) <= _LONGEST or not _ENDS.search(words) or "?" in words[-2:] or _ASIDE.search(words):
        return False
    said = sum(len(quote) for quote in _SAID.findall(words))
    return words[0] not in "-•*–—" and 2 * said <= len(words)


def telling(stored: StoredPassage) -> Iterator[Span]:
    """The stretches of a passage that tell something by themselves, in order.

    They are sentences, without a dateline before them; one that points at the sentence before comes with it.
    """
    text = stored.article.text
    before: Span | None = None
    for span in stored.passage.sentences:
        if dateline := _DATELINE.match(text, span.start, span.end):
            span = Span(dateline.end(), span.end)
        words = span.cut(text)
        if not _tells(words):
            before = None
        elif not leans(words):
            before = span
            yield span
        elif before is not None:
            pair, before = Span(before.start, span.end), None
            if pair.end - pair.start <= _LONGEST:
                yield pair


def opening(stored: StoredPassage) -> Span:
    """The sentence that opens the story, in its article's first passage; the passage's first one if none tells it."""
    told = list(telling(stored))
    full = (span for span in told if span.end - span.start >= _FULL)
    return next(full, (told or stored.passage.sentences)[0])
