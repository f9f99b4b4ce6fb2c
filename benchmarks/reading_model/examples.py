"""Examples: a question, a passage of the length that Dateline reads, and the spans of it that answer."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from benchmarks.reading_model.texts import PASSAGE_WORDS, contains, sentence_spans

__all__ = ["MAX_WORDS", "Builder", "Example", "Spans"]

MAX_WORDS = 190
"""The most words of an example's passage, unless one sentence has more."""

_FEWEST_FILLED = 8
_FILLER_TRIES = 5

Spans = Sequence[tuple[int, int]]


@dataclass(frozen=True)
class Example:
    """One question with one passage.

    Attributes:
        question, passage: the texts.
        spans: character spans of the passage that answer; any of them is right.
        regions: sentences that hold the answer somewhere. Without spans and regions the passage does not answer.
        source: where it comes from; ``-without``, ``-swapped`` and so on tell how it was made unanswerable.
        weight: how much it counts in the loss.
    """

    question: str
    passage: str
    spans: tuple[tuple[int, int], ...] = ()
    regions: tuple[tuple[int, int], ...] = ()
    source: str = ""
    weight: float = 1.0

    @property
    def answerable(self) -> bool:
        """Whether the passage answers the question."""
        return bool(self.spans or self.regions)


@dataclass
class Builder:
    """Collects examples from contexts of any length: long ones are cut, short ones get sentences from elsewhere.

    Attributes:
        rng: draws all that is left to chance.
        fillers: the texts that sentences are taken from.
        examples: what was added.
    """

    rng: random.Random
    fillers: list[str]
    examples: list[Example] = field(default_factory=list)

    def add(
        self,
        question: str,
        text: str,
        *,
        source: str,
        spans: Spans = (),
        regions: Spans = (),
        answers: Sequence[str] = (),
        title: str = "",
        weight: float = 1.0,
        pad: float = 0.5,
    ) -> None:
        """Add one example, unless no span or region is left in the window that is cut from the text.

        Args:
            question, text, source, spans, regions, weight: see :class:`Example`.
            answers: what the sentences put around the text must not hold.
            title: put before every second passage.
            pad: the chance that a short text is padded.
        """
        start, end = self._window(text, [*spans, *regions])
        exact, whole = _within(spans, start, end), _within(regions, start, end)
        if (spans or regions) and not (exact or whole):
            return
        passage = text[start:end]
        before, after = self._padding(len(passage.split()), answers, pad)
        if title and self.rng.random() < 0.5:
            before = f"{title}. {before}"
        self.examples.append(
            Example(
                question.strip(),
                before + passage + after,
                _moved(exact, len(before) - start),
                _moved(whole, len(before) - start),
                source,
                weight,
            )
        )

    def add_without(self, question: str, text: str, answers: Sequence[str], *, source: str, title: str = "") -> None:
        """Add the text with every sentence that holds the answer taken out, if that leaves two sentences or more: on
        topic, but without the answer."""
        kept = [text[start:end] for start, end in sentence_spans(text) if not contains(text[start:end], answers)]
        left = " ".join(kept)
        if len(kept) >= 2 and not contains(left, answers):
            self.add(question, left, source=source + "-without", answers=answers, title=title)

    def _window(self, text: str, keep: Spans) -> tuple[int, int]:
        """A stretch of at most MAX_WORDS words in whole sentences, around the first of the spans to keep."""
        cut = sentence_spans(text)
        if len(text.split()) <= MAX_WORDS or not cut:
            return 0, len(text)
        counts = [len(text[start:end].split()) for start, end in cut]
        anchor = keep[0] if keep else cut[self.rng.randrange(len(cut))]
        inside = [i for i, (start, end) in enumerate(cut) if start < anchor[1] and anchor[0] < end] or [0]
        first, last = inside[0], inside[-1]
        words = sum(counts[first : last + 1])
        most = self.rng.randint(110, MAX_WORDS)
        while True:
            sides = [i for i in (first - 1, last + 1) if 0 <= i < len(cut)]
            self.rng.shuffle(sides)
            grown = next((i for i in sides if words + counts[i] <= most), None)
            if grown is None:
                return cut[first][0], cut[last][1]
            first, last, words = min(first, grown), max(last, grown), words + counts[grown]

    def _padding(self, words: int, answers: Sequence[str], pad: float) -> tuple[str, str]:
        """What to put before and behind a passage of so many words."""
        missing = self.rng.randint(70, PASSAGE_WORDS) - words
        if missing <= 12 or self.rng.random() >= pad:
            return "", ""
        share = self.rng.random()
        before = self._filler(missing * share, answers)
        after = self._filler(missing * (1 - share), answers)
        return before and f"{before} ", after and f" {after}"

    def _filler(self, room: float, answers: Sequence[str]) -> str:
        """Consecutive sentences from elsewhere of about ``room`` words that do not hold the answer; empty if there is
        too little room, or chance brings up nothing that fits."""
        if room <= _FEWEST_FILLED:
            return ""
        words = int(room)
        for _ in range(_FILLER_TRIES):
            text = self.rng.choice(self.fillers)
            cut = sentence_spans(text)
            taken = _taken((text[start:end] for start, end in cut[self.rng.randrange(len(cut)) :]), words)
            if taken and len(taken.split()) <= words + 30 and not contains(taken, answers):
                return taken
        return ""


def _taken(sentences: Iterator[str], words: int) -> str:
    """The first of the sentences, and those behind it while there are not more than so many words."""
    taken = ""
    for sentence in sentences:
        if taken and len(taken.split()) + len(sentence.split()) > words:
            break
        taken = f"{taken} {sentence}".strip()
    return taken


def _within(spans: Spans, start: int, end: int) -> list[tuple[int, int]]:
    return [(a, b) for a, b in spans if start <= a < b <= end]


def _moved(spans: Spans, by: int) -> tuple[tuple[int, int], ...]:
    return tuple(dict.fromkeys((a + by, b + by) for a, b in spans))
