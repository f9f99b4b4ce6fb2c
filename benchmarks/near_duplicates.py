"""Find the stories of whole corpora from their texts alone, and see whether the groups are right and what they cost.

    python benchmarks/near_duplicates.py --data ../shared/eval
    python benchmarks/near_duplicates.py --data ../shared/eval --draw sample.txt      # pairs to be judged, with texts

Nothing is encoded: articles are stored without passages. The pairs in ``near_duplicates_verdicts.json`` were drawn at
random by ``--draw`` and judged by reading both texts: does the one carry the other's report, as a wire copy, an edited,
a shortened or an updated one does? They are named by their addresses, and no text of theirs is kept.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import combinations
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))

from ingest import changes, stories
from ingest.article import Article, Found
from ingest.database import Database
from ingest.readers import read
from ingest.stored import Prepared

CORPORA = {"news2023": "news2023/articles.jsonl.xz", "reuters": "scale/reuters.jsonl.xz"}
VERDICTS = Path(__file__).with_name("near_duplicates_verdicts.json")

_NO_VECTORS = np.zeros((0, 384), dtype=np.float32)
_BATCH = 100

Pair = tuple[str, str]


@dataclass(frozen=True)
class Grouped:
    """The articles of a corpus by their addresses, the groups of addresses that were found, and the processor seconds
    that each next 1,000 articles took, to be stored and to be grouped."""

    articles: dict[str, Article]
    groups: list[list[str]]
    storing: list[float]
    grouping: list[float]

    def pairs(self) -> Iterator[Pair]:
        """All pairs within the groups."""
        for group in self.groups:
            yield from combinations(group, 2)


def group(found: list[Found], *, seed: int | None = None) -> Grouped:
    """Store articles without passages, find their stories, and measure both; in another order where there is a seed."""
    if seed is not None:
        random.Random(seed).shuffle(found)
    articles = {item.article.url or item.origin: item.article for item in found}
    storing, grouping = [], []
    with tempfile.TemporaryDirectory() as folder:
        db = Database.open(Path(folder))
        stories.catch_up(db)
        for at in range(0, len(found), 1000):
            seconds = [0.0, 0.0]
            for first in range(at, min(at + 1000, len(found)), _BATCH):
                took = _store(db, found[first : first + _BATCH])
                seconds = [sum(pair) for pair in zip(seconds, took, strict=True)]
            storing.append(seconds[0])
            grouping.append(seconds[1])
        groups: defaultdict[int, list[str]] = defaultdict(list)
        for story, url in db.rows("SELECT story, url FROM articles ORDER BY url"):
            groups[story].append(url)
        db.close()
    return Grouped(articles, sorted(group for group in groups.values() if len(group) > 1), storing, grouping)


def _store(db: Database, found: list[Found]) -> tuple[float, float]:
    """Store a batch: the seconds without grouping, and those of grouping."""
    real, spent = stories.enter, 0.0

    def enter(db: Database, number: int, article: Article) -> None:
        nonlocal spent
        began = time.process_time()
        real(db, number, article)
        spent += time.process_time() - began

    stories.enter = enter
    began = time.process_time()
    try:
        with db.writing(), db.transaction():
            for item in found:
                changes.store(db, Prepared(item.article, item.origin, (), _NO_VECTORS))
    finally:
        stories.enter = real
    return time.process_time() - began - spent, spent


def normalised(text: str) -> str:
    """A text as it is compared here, by other code than that which is measured: its words in lower case."""
    return " ".join(re.findall(r"\w+", text.lower()))


def identical(articles: dict[str, Article]) -> list[Pair]:
    """All pairs of articles whose texts are the same."""
    same: defaultdict[str, list[str]] = defaultdict(list)
    for url, article in sorted(articles.items()):
        same[normalised(article.text)].append(url)
    return [pair for urls in same.values() for pair in combinations(urls, 2)]


def draw(found: Grouped, *, count: int = 88, seed: int = 3) -> list[Pair]:
    """Pairs to judge, drawn at random from those whose texts differ."""
    differing = [
        pair
        for pair in sorted(found.pairs())
        if normalised(found.articles[pair[0]].text) != normalised(found.articles[pair[1]].text)
    ]
    return sorted(random.Random(seed).sample(differing, min(count, len(differing))))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the folder with news2023 and scale")
    parser.add_argument("--draw", type=Path, help="write pairs to be judged here, with what differs in them")
    parser.add_argument("--order", type=int, help="take the articles in another order, by this seed")
    given = parser.parse_args()
    drawn = []
    for name, path in CORPORA.items():
        articles = [item for item in read(given.data / path, max_bytes=1 << 30) if isinstance(item, Found)]
        found = group(articles, seed=given.order)
        _print(name, found)
        drawn += [(name, pair, found) for pair in draw(found)]
    if given.draw:
        given.draw.write_text("\n".join(_shown(*item) for item in drawn), encoding="utf-8")


def _print(name: str, found: Grouped) -> None:
    pairs, same = set(found.pairs()), identical(found.articles)
    sizes = Counter(min(len(group), 5) for group in found.groups)
    print(f"{name}: {len(found.articles):,} articles, {len(found.groups):,} groups, {len(pairs):,} pairs in them")
    print(f"  groups of 2 / 3 / 4 / more         {sizes[2]} / {sizes[3]} / {sizes[4]} / {sizes[5]}")
    missed = [pair for pair in same if tuple(sorted(pair)) not in pairs]
    print(f"  pairs of identical texts           {len(same)}, grouped {len(same) - len(missed)}")
    verdicts = {tuple(pair): right for *pair, right in json.loads(VERDICTS.read_text())[name]}
    drawn = draw(found)
    judged = [verdicts[pair] for pair in drawn if pair in verdicts]
    print(f"  pairs drawn                        {len(drawn)}, judged {len(judged)}, of these right {sum(judged)}")
    print(
        f"  judged wrong earlier, still grouped {sum(not right and pair in pairs for pair, right in verdicts.items())}"
    )
    for at in sorted({0, len(found.grouping) // 2, len(found.grouping) - 2}):
        print(
            f"  articles {1000 * at:>6,} to {1000 * at + 1000:>6,}       "
            f"{found.grouping[at]:.1f} CPU s to group, {found.storing[at]:.1f} to store"
        )


def _shown(name: str, pair: Pair, found: Grouped) -> str:
    """A pair for the one who judges it: both headlines and days, and what differs in the texts."""
    one, other = (found.articles[url] for url in pair)
    first, second = one.text.split(), other.text.split()
    lines = [f"=== {name} {pair[0]} {pair[1]}", *(f"    {a.published} {a.title}" for a in (one, other))]
    cuts = SequenceMatcher(None, first, second, autojunk=False).get_opcodes()
    parts = [
        f"..{b - a}.." if kind == "equal" else f"[{' '.join(first[a:b])[:110]} -> {' '.join(second[c:d])[:110]}]"
        for kind, a, b, c, d in cuts
    ]
    return "\n".join([*lines, "    " + " ".join(parts)[:900]])


if __name__ == "__main__":
    main()
