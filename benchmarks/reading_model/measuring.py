"""Figures of a reader on held-out questions. It is run by ``qa.reader``, so that what is measured is what ships."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.reading_model.records import learned_from, squad2
from benchmarks.reading_model.search import CrossEncoder, FoundPassage, NewsQuestion
from ingest.article import Article, Passage
from ingest.sentences import sentences
from ingest.stored import StoredPassage
from qa.evaluation.formulas import auc
from qa.evaluation.words import holds, holds_any, plain
from qa.reader import PassageReading, Reader

__all__ = ["held_out", "measure_baseline", "measure_news", "measure_squad2"]

Figures = dict[str, float]

_NOTHING = -99.0
"""The score of the best sentence where there is none."""
_BASELINE_PASSAGES = 4
_WEIGHTS = (
    (0.0, 0.0, 0.0),
    (0.0, 0.3, 0.0),
    (0.0, 0.5, 0.0),
    (0.0, 1.0, 0.0),
    (0.5, 0.0, 0.0),
    (1.0, 0.0, 0.0),
    (0.0, 0.0, 0.5),
    (0.0, 0.5, 0.5),
)
"""Ways to add to a span's log probability: the cross-encoder's logit, the reader's own relevance, answerable."""


def measure_squad2(reader: Reader, path: Path, *, limit: int, seed: int) -> Figures:
    """SQuAD 2.0's held-out pages: whether the best span is the answer and its sentence holds it, and how well its
    margin and the answerable logit part the questions with an answer from those without.

    Args:
        reader: what is measured.
        path: the SQuAD 2.0 file.
        limit: take no more questions than this; 0 takes all.
        seed: draws which, and their order.
    """
    rows = squad2(path, held_out=True)
    rows = random.Random(seed).sample(rows, min(len(rows), limit or len(rows)))
    in_sentence, exact = [], []
    scores: dict[bool, list[tuple[float, float]]] = {True: [], False: []}
    for row in rows:
        [reading] = reader.read(row.question, [_stored(row.context)])
        best = max(reading.sentences, key=lambda sentence: sentence.score)
        scores[bool(row.answers)].append((best.margin, reading.answerable))
        if row.answers:
            in_sentence.append(holds_any(best.sentence.cut(row.context), row.answers))
            exact.append(plain(best.answer.cut(row.context)) in {plain(answer) for answer in row.answers})
    yes, no = (np.array(scores[kind]).reshape(-1, 2) for kind in (True, False))
    return {
        "questions": len(rows),
        "best sentence holds the answer": float(np.mean(in_sentence)),
        "span is the answer": float(np.mean(exact)),
        "AUC by span margin": auc(yes[:, 0], no[:, 0]),
        "AUC by answerable head": auc(yes[:, 1], no[:, 1]),
        "AUC by both": auc(yes.sum(axis=1), no.sum(axis=1)),
    }


def held_out(questions: Sequence[NewsQuestion], *, year: str) -> list[NewsQuestion]:
    """The questions of a year that nothing is learned from: half of news2022, all of any other."""
    return [asked for asked in questions if year != "news2022" or not learned_from(asked.id)]


def measure_news(
    reader: Reader, questions: Sequence[NewsQuestion], *, passages: int, titles: bool
) -> dict[str, float | Figures]:
    """A year of news: how often the sentence that the reader puts first holds the answer, one of the first three does,
    and the marked words do; and how well the best score parts answerable from unanswerable questions (AUC). For each of
    several ways to add the passage's scores to the span's.

    Args:
        reader: what is measured.
        questions: with their passages.
        passages: how many of them are read.
        titles: put the article's title before each.
    """
    read = [_read(reader, asked, asked.passages[:passages], titles=titles) for asked in questions]
    reachable = [
        any(holds(passage.text, asked.answer) for passage in asked.passages[:passages])
        for asked in questions
        if asked.answer
    ]
    table: dict[str, float | Figures] = {
        "questions": len(reachable),
        "answer in a passage": float(np.mean(reachable)),
    }
    for cross, own, known in _WEIGHTS:
        ranked = [
            sorted((one.quote(cross, own, known) for one in sentences), key=lambda quote: -quote.score)
            for sentences in read
        ]
        label = f"span + {cross} cross-encoder + {own} own relevance + {known} answerable"
        table[label] = _figures(questions, ranked)
    return table


def measure_baseline(ranker: CrossEncoder, questions: Sequence[NewsQuestion]) -> Figures:
    """The same for the cross-encoder alone, which scores the sentences of the best four passages one by one."""
    ranked = []
    for asked in questions:
        texts = [passage.text for passage in asked.passages[:_BASELINE_PASSAGES]]
        cut = list(dict.fromkeys(span.cut(text) for text in texts for span in sentences(text)))
        scores = ranker.score(asked.question, cut)
        quotes = [_Quote(score, sentence, sentence) for score, sentence in zip(scores, cut, strict=True)]
        ranked.append(sorted(quotes, key=lambda quote: -quote.score))
    figures = _figures(questions, ranked)
    del figures["span"]  # it marks none
    return figures


@dataclass(frozen=True)
class _Quote:
    """A sentence with its score and the words in it that answer."""

    score: float
    sentence: str
    answer: str


@dataclass(frozen=True)
class _Sentence:
    """A sentence that was read, with the scores of its passage."""

    text: str
    answer: str
    score: float
    ranker: float
    reading: PassageReading

    def quote(self, cross: float, own: float, known: float) -> _Quote:
        """The sentence with its score, by the weights of the passage's scores."""
        passage = cross * self.ranker + own * self.reading.relevance + known * self.reading.answerable
        return _Quote(self.score + passage, self.text, self.answer)


def _read(reader: Reader, asked: NewsQuestion, passages: Sequence[FoundPassage], *, titles: bool) -> list[_Sentence]:
    """The sentences of some passages."""
    texts = [f"{one.title}. {one.text}" if titles and one.title else one.text for one in passages]
    readings = reader.read(asked.question, [_stored(text) for text in texts])
    return [
        _Sentence(one.sentence.cut(text), one.answer.cut(text), one.score, passage.score, reading)
        for text, passage, reading in zip(texts, passages, readings, strict=True)
        for one in reading.sentences
    ]


def _stored(text: str) -> StoredPassage:
    """A text as the one passage of an article."""
    return StoredPassage(Passage(0, len(text), tuple(sentences(text))), Article(text=text))


def _figures(questions: Sequence[NewsQuestion], ranked: Sequence[Sequence[_Quote]]) -> Figures:
    """The figures of the sentences that were put first, for each question best first."""
    first, three, marked, yes, no = [], [], [], [], []
    for asked, quotes in zip(questions, ranked, strict=True):
        top = quotes[0].score if quotes else _NOTHING
        if not asked.answer:
            no.append(top)
            continue
        yes.append(top)
        best = _distinct(quotes)[:3]
        first.append(any(holds(quote.sentence, asked.answer) for quote in best[:1]))
        three.append(any(holds(quote.sentence, asked.answer) for quote in best))
        marked.append(any(holds(quote.answer, asked.answer) for quote in best[:1]))
    return {
        "first": round(float(np.mean(first)), 3),
        "three": round(float(np.mean(three)), 3),
        "span": round(float(np.mean(marked)), 3),
        "AUC": round(auc(np.array(yes), np.array(no)), 3),
    }


def _distinct(quotes: Sequence[_Quote]) -> list[_Quote]:
    """The quotes without those that say a sentence once more."""
    best: dict[str, _Quote] = {}
    for quote in quotes:
        best.setdefault(plain(quote.sentence), quote)
    return list(best.values())
