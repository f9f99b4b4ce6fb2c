"""Examples from the passages that a search brings up for news questions, with the answer's words and without."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from benchmarks.reading_model.examples import MAX_WORDS, Example
from benchmarks.reading_model.records import learned_from
from benchmarks.reading_model.search import NewsQuestion
from benchmarks.reading_model.texts import contains, occurrences

__all__ = ["mined_examples"]

_MOST_RIGHT = 6
_MOST_WRONG = 8
_MOST_WRONG_UNANSWERABLE = 5
_LEAST_SCORE = -2.0
"""A passage that holds the answer's words and scores less is likely to speak of something else."""


def mined_examples(questions: Sequence[NewsQuestion], *, seed: int) -> list[Example]:
    """Examples of the half of the questions that may be learned from. Every second passage has its title before it."""
    rng = random.Random(seed)
    return [example for asked in questions if learned_from(asked.id) for example in _examples(asked, rng)]


def _examples(asked: NewsQuestion, rng: random.Random) -> Iterator[Example]:
    """The examples of one question: so many passages with the answer's words, and so many without."""
    answers = [asked.answer] if asked.answer else []
    right = _MOST_RIGHT
    wrong = _MOST_WRONG if answers else _MOST_WRONG_UNANSWERABLE
    for passage in asked.passages:
        if len(passage.text.split()) > MAX_WORDS + 20:
            continue
        lead = f"{passage.title}. " if passage.title and rng.random() < 0.5 else ""
        text = lead + passage.text
        spans = tuple(span for answer in answers for span in occurrences(text, answer) if span[0] >= len(lead))
        if spans and right and passage.score > _LEAST_SCORE:
            right -= 1
            yield Example(asked.question, text, spans, source="news2022")
        elif not spans and wrong and not contains(text, answers):
            wrong -= 1
            yield Example(asked.question, text, source="news2022-none", weight=0.7)
