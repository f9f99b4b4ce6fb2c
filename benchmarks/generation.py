"""How many sentences that a quote does not bear out get through the checks of ``qa.generation``.

    python benchmarks/generation.py --archive ARCHIVE QUESTIONS.jsonl [--limit 60] [--shown FILE]
    python benchmarks/generation.py --archive ARCHIVE --drafts DRAFTS.jsonl [...] --prompts PROMPTS.jsonl [--shown FILE]

An adversary that stands closer to the quotes than any model: it takes the sentences that are quoted for each
question, and changes each in twelve ways (another name, names exchanged, another figure, words left out, a beginning
or an end left off, two sentences joined, a word changed, "not" put in, guards left out, parts in another order, who
says so left out). ``--shown`` writes what got through, in an order drawn at random, to be read by a person: a change
of "a" to "the" is harmless, and only reading tells.

With ``--drafts``: what becomes of sentences that were written for the very quotes that a model is given, honest ones
and ones with an error in them. A draft is a line with ``id``, ``kind`` ("honest", "false") and ``text``; a prompt one
with ``id``, ``question``, ``quotes`` and the ``articles`` that they are from, by their ids."""

from __future__ import annotations

import argparse
import json
import random
import re
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ingest.article import Passage, Span
from ingest.sentences import sentences
from ingest.stored import StoredPassage
from qa import Assistant
from qa.generation.checking import Source, why_not
from qa.generation.drafts import drafts
from qa.generation.verifying import Checked, Verifier
from qa.generation.words import NO_ANSWER
from qa.read import Evidence

_NAME = re.compile(r"\b[A-Z][a-z]+(?: [A-Z][a-z]+)+\b")
_FIGURE = re.compile(r"\b\d[\d,.]*\d|\b\d\b|\b(?:two|three|four|five|six|seven|eight|nine|ten)\b")
_GUARD = re.compile(r"\b(?:not|never|no|may|might|could|allegedly|reportedly|about|at least|nearly|more than|some)\b ?")
_BE = re.compile(r"\b(is|was|were|has|had|will|are|have)\b")
_SAID = re.compile(r",? (?:[\w.]+ ){1,4}(?:said|says|told [\w ]+)(?: on \w+)?\.$")

Change = Callable[[random.Random, str, list[str]], str]


def _another(pattern: re.Pattern[str]) -> Change:
    def change(draw: random.Random, said: str, pool: list[str]) -> str:
        mine, others = pattern.findall(said), pattern.findall(" ".join(pool))
        return said.replace(draw.choice(mine), draw.choice(others), 1) if mine else ""

    return change


def _exchanged(draw: random.Random, said: str, pool: list[str]) -> str:
    found = list(dict.fromkeys(_NAME.findall(said)))
    if len(found) < 2:
        return ""
    one, two = draw.sample(found, 2)
    return said.replace(one, "\0").replace(two, one).replace("\0", two)


def _left_out(draw: random.Random, said: str, pool: list[str]) -> str:
    words = said.split()
    at = draw.randrange(1, max(2, len(words) - 3))
    return " ".join(words[:at] + words[at + draw.randrange(1, 6) :])


def _without_end(draw: random.Random, said: str, pool: list[str]) -> str:
    words = said.split()
    return " ".join(words[: draw.randrange(5, max(6, len(words) - 1))]).rstrip(",;:") + "."


def _without_beginning(draw: random.Random, said: str, pool: list[str]) -> str:
    words = said.split()
    text = " ".join(words[draw.randrange(1, max(2, len(words) - 5)) :])
    return text[:1].upper() + text[1:]


def _joined(draw: random.Random, said: str, pool: list[str]) -> str:
    one, two = said.split(), draw.choice(pool).split()
    return " ".join(one[: draw.randrange(2, max(3, len(one)))] + two[draw.randrange(1, max(2, len(two) - 2)) :])


def _word(draw: random.Random, said: str, pool: list[str]) -> str:
    words = said.split()
    words[draw.randrange(len(words))] = draw.choice(draw.choice(pool).split())
    return " ".join(words)


def _shuffled(draw: random.Random, said: str, pool: list[str]) -> str:
    parts = re.split(r"(?<=,) ", said)
    draw.shuffle(parts)
    return " ".join(parts) if len(parts) > 2 else ""


_CHANGES: dict[str, Change] = {
    "another name": _another(_NAME),
    "another figure": _another(_FIGURE),
    "names exchanged": _exchanged,
    "words left out": _left_out,
    "end left off": _without_end,
    "beginning left off": _without_beginning,
    "two joined": _joined,
    "another word": _word,
    "parts in another order": _shuffled,
    "denied": lambda draw, said, pool: _BE.sub(r"\1 not", said, count=1),
    "guard left out": lambda draw, said, pool: _GUARD.sub("", said, count=1),
    "who says so left out": lambda draw, said, pool: _SAID.sub(".", said),
}


def _evidence(assistant: Assistant, question: str, quote: str, article_id: str) -> Evidence:
    """A quote as evidence, with the words that answer, as the reader sees them."""
    article = assistant.archive.article(article_id)
    start = article.text.find(quote) if article else -1
    if article is None or start < 0:
        raise SystemExit(
            f"Article {article_id} of the archive has no “{quote[:60]} …”; is it the archive of the prompts?"
        )
    span = Span(start, start + len(quote))
    within = tuple(Span(span.start + one.start, span.start + one.end) for one in sentences(quote))
    stored = StoredPassage(article=article, passage=Passage(span.start, span.end, within))
    reading = assistant.searcher.reader.read(question, [stored])[0]
    best = max(reading.sentences, key=lambda one: one.score, default=None)
    answer = best.answer if best and best.margin > 0 else None
    return Evidence(stored=stored, span=span, score=0.0, relevance=reading.relevance, answer=answer)


def _check_drafts(assistant: Assistant, prompts: Path, files: list[Path], shown: Path | None) -> None:
    """What becomes of each sentence of the drafts, by their kinds."""
    asked = {one["id"]: one for one in _lines(prompts)}
    outcomes: dict[str, Counter[str]] = {}
    reasons: dict[str, Counter[str]] = {}
    rows = []
    took = sentences_seen = 0.0
    for draft in (one for file in files for one in _lines(file)):
        prompt = asked[draft["id"]]
        quotes = zip(prompt["quotes"], prompt["articles"], strict=True)
        evidence = [_evidence(assistant, prompt["question"], quote, article) for quote, article in quotes]
        verifier = Verifier(evidence, assistant.reranker.score, prompt["question"])
        for sentence in drafts([draft["text"]]):
            if sentence.text.startswith(NO_ANSWER.rstrip(".")):
                continue
            began = time.perf_counter()
            checked = verifier.check(sentence)
            took, sentences_seen = took + time.perf_counter() - began, sentences_seen + 1
            name = _outcome(sentence.text, checked)
            outcomes.setdefault(draft["kind"], Counter())[name] += 1
            if checked.outcome == "cut":
                reasons.setdefault(draft["kind"], Counter())[re.sub(r"“[^”]*”", "“…”", checked.why)] += 1
            rows.append(
                {"id": draft["id"], "kind": draft["kind"], "outcome": name, "text": sentence.text}
                | ({"shown": checked.text} if checked.outcome != "cut" else {"why": checked.why})
            )
    for kind, counts in outcomes.items():
        told = ", ".join(f"{name} {count}" for name, count in counts.most_common())
        print(f"{kind:8} {counts.total():5} sentences: {told}")
    told = sum(counts.total() - counts["cut"] for counts in outcomes.values())
    wrong = outcomes.get("false", Counter())
    print(
        f"shown {told}, of which false {wrong.total() - wrong['cut']} (with {wrong['shortened']} that were shortened)"
    )
    print(f"{1000 * took / max(1, sentences_seen):.0f} ms a sentence, with the cross-encoder")
    for kind, counts in reasons.items():
        for why, count in counts.most_common(12):
            print(f"  {kind:8} {count:4} {why}")
    if shown:
        shown.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows), "utf-8")


def _outcome(text: str, checked: Checked) -> str:
    shorter = checked.outcome == "mended" and len(checked.text) < len(text) - 3
    return "shortened" if shorter else "kept" if checked.outcome == "repeated" else checked.outcome


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def main() -> None:
    """Ask, change, check, count."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", type=Path, nargs="?")
    parser.add_argument("--drafts", type=Path, nargs="+")
    parser.add_argument("--prompts", type=Path)
    parser.add_argument("--archive", type=Path, required=True)
    parser.add_argument("--limit", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shown", type=Path)
    given = parser.parse_args()
    if bool(given.questions) == bool(given.drafts) or bool(given.drafts) != bool(given.prompts):
        parser.error("give questions, or --drafts with --prompts")
    if given.drafts:
        with Assistant.open(given.archive) as assistant:
            return _check_drafts(assistant, given.prompts, given.drafts, given.shown)
    draw = random.Random(given.seed)
    asked = _lines(given.questions)[: given.limit]
    tried: Counter[str] = Counter()
    through: list[dict[str, str]] = []
    with Assistant.open(given.archive) as assistant:
        for one in asked:
            answer = assistant.ask(one["question"], asked_on=one.get("asked"))
            sources = [Source(" ".join(item.quote.split()), item.article.published) for item in answer.citations]
            pool = [span.cut(source.quote) for source in sources for span in sentences(source.quote)]
            for said in pool:
                for name, change in _CHANGES.items():
                    changed = change(draw, said, pool)
                    if not changed or changed in pool:
                        continue
                    tried[name] += 1
                    if any(not why_not(changed, [source]) for source in sources):
                        through.append({"change": name, "shown": changed, "of": said})
    counts = Counter(one["change"] for one in through)
    for name in _CHANGES:
        print(f"{name:24} {counts[name]:5} of {tried[name]:6} through")
    print(f"{'all':24} {len(through):5} of {tried.total():6} through")
    if given.shown:
        draw.shuffle(through)
        given.shown.write_text("\n".join(json.dumps(one, ensure_ascii=False) for one in through) + "\n", "utf-8")


if __name__ == "__main__":
    main()
