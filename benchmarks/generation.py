"""How many sentences that a quote does not bear out get through the checks of ``qa.generation``.

    python benchmarks/generation.py --archive ARCHIVE QUESTIONS.jsonl [--limit 60] [--shown FILE]

An adversary that stands closer to the quotes than any model: it takes the sentences that are quoted for each question,
and changes each in twelve ways (another name, names exchanged, another figure, words left out, a beginning or an end
left off, two sentences joined, a word changed, "not" put in, guards left out, parts in another order, who says so left
out). ``--shown`` writes what got through, in an order drawn at random, to be read by a person: a change of "a" to "the"
is harmless, and only reading tells.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from ingest.sentences import sentences
from qa import Assistant
from qa.generation.checking import Source, why_not

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


def main() -> None:
    """Ask, change, check, count."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--archive", type=Path, required=True)
    parser.add_argument("--limit", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shown", type=Path)
    given = parser.parse_args()
    draw = random.Random(given.seed)
    asked = [json.loads(line) for line in given.questions.read_text("utf-8").splitlines()][: given.limit]
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
