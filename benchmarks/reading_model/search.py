"""The passages that a search brings up for the questions of a year of news: BM25, then the cross-encoder.

It is a search of its own, not that of an archive: no vectors are needed, so that thousands of articles take seconds.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.reading_model.arrays import MAX_TOKENS
from benchmarks.reading_model.records import Record, records
from benchmarks.reading_model.texts import normalize, passages
from ingest.models import OnnxModel

__all__ = ["CrossEncoder", "FoundPassage", "NewsQuestion", "PassageIndex", "news_questions"]

_STOP_WORDS = frozenset(
    "a an and are as at be been by did do does for from had has have he her his how in into is it its of on or that the"
    " their them there they this to was were what when where which who whom whose why will with would".split()
)
_KEPT = 16
_TITLE_WEIGHT = 0.3


@dataclass(frozen=True)
class FoundPassage:
    """A passage that was found for a question: the cross-encoder's logit, the article's title, the words."""

    score: float
    title: str
    text: str


@dataclass(frozen=True)
class NewsQuestion:
    """A question on a year of news, its answer (empty when no article has it), and the passages found, best first."""

    id: str
    question: str
    answer: str
    passages: tuple[FoundPassage, ...]


class PassageIndex:
    """A full-text index over the passages of some articles."""

    def __init__(self, articles: Iterable[Record]) -> None:
        self._database = sqlite3.connect(":memory:")
        self._database.execute("CREATE VIRTUAL TABLE passages USING fts5(text, title, tokenize='porter unicode61')")
        rows = ((passage, article.get("title") or "") for article in articles for passage in passages(article["text"]))
        self._database.executemany("INSERT INTO passages VALUES (?, ?)", rows)

    def search(self, question: str, count: int) -> list[tuple[str, str]]:
        """(title, passage) of the passages that share most with the question (BM25); the same text only once."""
        words = [word for word in dict.fromkeys(re.findall(r"\w+", question.lower())) if word not in _STOP_WORDS]
        if not words:
            return []
        found = self._database.execute(
            "SELECT title, text FROM passages WHERE passages MATCH ? ORDER BY bm25(passages, 1.0, ?) LIMIT ?",
            (" OR ".join(f'"{word}"' for word in words), _TITLE_WEIGHT, count * 2),
        ).fetchall()
        # A text that was found twice stands at its last place, as when the shipped weights' examples were mined.
        by_words = {normalize(text)[:300]: (title, text) for title, text in reversed(found)}
        return list(by_words.values())[::-1][:count]


class CrossEncoder:
    """The cross-encoder that the reader starts from.

    Args:
        folder: holds ``model.onnx`` and ``tokenizer.json``.
        threads: see :class:`ingest.models.OnnxModel`.
    """

    # Its activations are quantised over a whole batch, so that scores depend a little on what else is in it. These
    # batches are the ones that the examples of the shipped weights were mined with.
    _BATCH = 8

    def __init__(self, folder: Path, *, threads: int) -> None:
        self._model = OnnxModel(folder, threads=threads, max_tokens=MAX_TOKENS)

    def score(self, question: str, texts: Sequence[str]) -> list[float]:
        """How well each of the texts answers the question: logits."""
        encodings = self._model.tokenize([(question, text) for text in texts])
        order = sorted(range(len(texts)), key=lambda i: len(encodings[i].ids))
        scores = [0.0] * len(texts)
        for at in range(0, len(order), self._BATCH):
            batch = order[at : at + self._BATCH]
            chosen = [encodings[i] for i in batch]
            for members, outputs in self._model.run(chosen, batch_tokens=self._BATCH * MAX_TOKENS):
                for member, logit in zip(members, outputs[0].reshape(-1), strict=True):
                    scores[batch[member]] = float(logit)
        return scores


def news_questions(folder: Path, kept: Path, *, base: Path, pool: int, threads: int) -> list[NewsQuestion]:
    """The questions of a year of news, each with the passages that the cross-encoder puts first.

    Args:
        folder: of the year, with its articles, questions and unanswerable questions.
        kept: the file where the result is kept, and read from the next time.
        base: the cross-encoder's folder.
        pool: how many passages it scores for a question.
        threads: see :class:`CrossEncoder`.
    """
    if not kept.exists():
        index = PassageIndex(records(folder / "articles.jsonl.xz"))
        ranker = CrossEncoder(base, threads=threads)
        asked = [row for name in ("questions", "unanswerable") for row in records(folder / f"{name}.jsonl")]
        partial = kept.with_suffix(".tmp")
        with partial.open("w", encoding="utf-8") as file:
            for row in asked:
                best = _ranked(ranker, row["question"], index.search(row["question"], pool))
                line = {"id": row["id"], "q": row["question"], "answer": row["answer"], "passages": best}
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
        partial.replace(kept)
    return [
        NewsQuestion(row["id"], row["q"], row["answer"] or "", tuple(FoundPassage(**one) for one in row["passages"]))
        for row in records(kept)
    ]


def _ranked(ranker: CrossEncoder, question: str, found: Sequence[tuple[str, str]]) -> list[dict[str, float | str]]:
    scores = ranker.score(question, [text for _, text in found])
    best = sorted(zip(scores, found, strict=True), key=lambda pair: -pair[0])[:_KEPT]
    return [asdict(FoundPassage(score, title, text)) for score, (title, text) in best]
