"""Measure answers on a set of dated news articles and questions.

    python benchmarks/news.py FOLDER [--archive DIR] [--limit N] [--misses FILE]

FOLDER holds ``articles.jsonl.xz``, ``questions.jsonl`` (with ``answer`` and ``asked``) and ``unanswerable.jsonl``.
The articles are ingested into DIR at the first run (minutes); later runs reuse it. Printed are: how often the
answer's string stands in the first citation's quote and in any, the length of the quotes, how many of the answerable
and of the unanswerable questions are answered, the AUC of ``confidence`` between them, and the time of a warm
``ask()``.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import sys
import time
import unicodedata
from pathlib import Path
from typing import Any

from ingest import ingest
from qa import Assistant
from qa.answer import Answer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--archive", type=Path, default=None, help="where the archive is kept; default: FOLDER's name")
    parser.add_argument("--limit", type=int, default=None, help="only so many questions of each kind")
    parser.add_argument("--misses", type=Path, default=None, help="write every answer to this JSONL file")
    options = parser.parse_args()
    archive = options.archive or Path(f"archive-{options.folder.name}")
    if not (archive / "archive.db").exists():
        print(ingest(options.folder / "articles.jsonl.xz", archive=archive), file=sys.stderr)
    questions = [*_questions(options.folder / "questions.jsonl", options.limit)]
    questions += _questions(options.folder / "unanswerable.jsonl", options.limit)
    rows = []
    with Assistant.open(archive) as assistant:
        assistant.ask("Is anything warm?")
        for asked in questions:
            began = time.perf_counter()
            answer = assistant.ask(asked["question"])
            rows.append(_row(asked, answer, 1000 * (time.perf_counter() - began)))
    if options.misses:
        options.misses.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    _print(rows)


def _questions(path: Path, limit: int | None) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()][:limit]


def _row(asked: dict[str, Any], answer: Answer, milliseconds: float) -> dict[str, Any]:
    quotes = [citation.quote for citation in answer.citations]
    holds = [_holds(quote, asked["answer"]) for quote in quotes] if asked["answer"] else []
    passages = [_holds(passage.text, asked["answer"]) for passage in answer.passages] if asked["answer"] else []
    return {
        "question": asked["question"],
        "answer": asked["answer"],
        "answered": answer.answered,
        "confidence": answer.confidence,
        "quotes": quotes,
        "first": bool(holds and holds[0]),
        "any": any(holds),
        "passage_1": bool(passages and passages[0]),
        "passage_4": any(passages[:4]),
        "passage_any": any(passages),
        "characters": sum(map(len, quotes)),
        "milliseconds": milliseconds,
        "timings": dict(answer.timings),
        "notes": list(answer.notes),
    }


def _holds(text: str, answer: str) -> bool:
    """Whether the answer's words stand in ``text`` one after the other, whatever their case and punctuation."""
    return f" {_plain(answer)} " in f" {_plain(text)} "


def _plain(text: str) -> str:
    words = re.findall(r"\w+", unicodedata.normalize("NFKC", text).lower())
    while words and words[0] in ("the", "a", "an"):
        words = words[1:]
    return " ".join(words)


def _print(rows: list[dict[str, Any]]) -> None:
    able = [row for row in rows if row["answer"]]
    unable = [row for row in rows if not row["answer"]]

    def share(name: str) -> str:
        return f"{sum(row[name] for row in able) / len(able):.3f}"

    print(f"questions with an answer             {len(able)}, without {len(unable)}")
    print(
        f"passage with the answer: first       {share('passage_1')}, "
        f"in 4 {share('passage_4')}, any {share('passage_any')}"
    )
    print(f"answer in the first citation         {share('first')}")
    print(f"answer in any citation               {share('any')}")
    print(f"answerable that were answered        {share('answered')}")
    if unable:
        wrong = sum(row["answered"] for row in unable) / len(unable)
        print(f"unanswerable that were answered      {wrong:.3f}")
        print(f"AUC of confidence                    {_auc(able, unable):.3f}")
    answered = [row for row in able if row["answered"]]
    print(f"citations an answer, mean            {statistics.mean(len(row['quotes']) for row in answered):.2f}")
    lengths = sorted(row["characters"] for row in answered)
    print(f"characters of quotes, mean / most    {statistics.mean(lengths):.0f} / {lengths[-1]}")
    times = sorted(row["milliseconds"] for row in rows)
    print(
        f"warm ask(), median / p95             {statistics.median(times):.0f} / {times[int(0.95 * len(times))]:.0f} ms"
    )
    for name in rows[0]["timings"]:
        print(f"    {name:<33}{statistics.median(row['timings'].get(name, 0.0) for row in rows):.0f} ms")


def _auc(able: list[dict[str, Any]], unable: list[dict[str, Any]]) -> float:
    """The chance that an answerable question has the higher confidence of a random pair."""
    pairs = [(a["confidence"], u["confidence"]) for a in able for u in unable]
    return sum((a > u) + 0.5 * (a == u) for a, u in pairs) / len(pairs)


if __name__ == "__main__":
    main()
