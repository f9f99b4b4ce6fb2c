"""How well saved pages become articles: their text, and their publication date.

    python benchmarks/extraction.py FOLDER

The folder is a copy of the public article-extraction-benchmark: ``html/*.html.gz`` and ``ground-truth.json``. The text
is measured as that benchmark does it: runs of four words, counted page by page, each page with the same weight. Image
captions are no part of the body there, so those that are marked as such are left out.

``extraction_dates.json`` beside this file holds the day on which each page says that it was published, read from the
pages by hand: null where a page does not say, and two days where the page shows one moment in two time zones.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
import time
from collections import Counter
from pathlib import Path
from statistics import mean

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from ingest.article import Article  # noqa: E402
from ingest.readers.decode import decode_html  # noqa: E402
from ingest.readers.html import from_html  # noqa: E402

_RUN = 4


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path, help="a copy of the article-extraction-benchmark")
    parser.add_argument("--misses", action="store_true", help="list the pages that go wrong")
    given = parser.parse_args()
    truth = json.loads((given.folder / "ground-truth.json").read_text("utf-8"))
    dates = json.loads((Path(__file__).parent / "extraction_dates.json").read_text("utf-8"))
    began = time.perf_counter()
    pages = {name: _article(given.folder / "html" / f"{name}.html.gz") for name in sorted(truth)}
    seconds = time.perf_counter() - began
    scores = {name: _score(truth[name]["articleBody"], _body(article)) for name, article in pages.items()}
    precision = mean(score[0] for score in scores.values())
    recall = mean(score[1] for score in scores.values())
    print(f"{len(pages)} pages in {seconds:.1f} s")
    print(f"text: precision {precision:.3f}, recall {recall:.3f}, F1 {_f1(precision, recall):.3f}")
    shown = {name: [day] if isinstance(day, str) else day for name, day in dates.items() if day}
    found = {name: (article.published or "")[:10] for name, article in pages.items() if article}
    right = [name for name, days in shown.items() if found.get(name) in days]
    false = [name for name, day in found.items() if day and not dates[name]]
    print(f"date: {len(right)} of {len(shown)} right ({len(right) / len(shown):.3f}); {len(false)} where none is shown")
    notes = Counter(article.date_note or "stated" for article in pages.values() if article and article.published)
    print("      " + ", ".join(f"{count} {note}" for note, count in notes.most_common()))
    captions = sum(len(article.captions) for article in pages.values() if article)
    print(f"captions marked: {captions}")
    if given.misses:
        _list(scores, shown, found)


def _article(path: Path) -> Article | None:
    return from_html(decode_html(gzip.decompress(path.read_bytes())))


def _body(article: Article | None) -> str:
    if article is None:
        return ""
    body, at = [], 0
    for start, end in article.captions:
        body.append(article.text[at:start])
        at = end
    return " ".join([*body, article.text[at:]])


def _score(truth: str, found: str) -> tuple[float, float]:
    """Precision and recall of the runs of words."""
    wanted, made = _runs(truth), _runs(found)
    both = (wanted & made).total()
    if wanted == made:
        return 1.0, 1.0
    return both / max(made.total(), 1), both / max(wanted.total(), 1)


def _runs(text: str) -> Counter[tuple[str, ...]]:
    words = re.findall(r"\w+", text)
    if not words:
        return Counter()
    return Counter(tuple(words[at : at + _RUN]) for at in range(max(1, len(words) - _RUN + 1)))


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _list(scores: dict[str, tuple[float, float]], shown: dict[str, list[str]], found: dict[str, str]) -> None:
    for name, score in sorted(scores.items(), key=lambda pair: _f1(*pair[1])):
        if _f1(*score) < 0.95:
            print(f"  {name[:12]} precision {score[0]:.2f} recall {score[1]:.2f}")
    for name, days in shown.items():
        if found.get(name) not in days:
            print(f"  {name[:12]} shows {' or '.join(days)}, found {found.get(name) or 'nothing'}")


if __name__ == "__main__":
    main()
