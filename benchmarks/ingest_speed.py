"""Measure an ingest against the bare encoder on the same passages, in turns.

    python benchmarks/ingest_speed.py ARTICLES.jsonl.xz [--first N] [--turns N]

Each turn ingests the articles into a new archive (reading, splitting, encoding, SQLite, Chroma), and encodes the same
passages with the same encoder and nothing else. Printed is the ratio of the two speeds: 1.0 would be an ingest that
costs nothing beside the encoder.
"""

from __future__ import annotations

import argparse
import json
import lzma
import statistics
import tempfile
import time
from itertools import islice
from pathlib import Path

from ingest.archive import Archive
from ingest.article import Found
from ingest.encoder import BundledEncoder
from ingest.pipeline import ingest_into, passage_text
from ingest.readers import read
from ingest.split import split


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=Path)
    parser.add_argument("--first", type=int, default=200, help="how many of the articles")
    parser.add_argument("--turns", type=int, default=5)
    options = parser.parse_args()
    encoder = BundledEncoder()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "articles.jsonl"
        with lzma.open(options.articles, "rt", encoding="utf-8") as lines:
            path.write_text("".join(islice(lines, options.first)), encoding="utf-8")
        articles = [item.article for item in read(path) if isinstance(item, Found)]
        texts = [
            passage_text(article, passage)
            for article in articles
            for passage in split(article.text, captions=article.captions)
        ]
        ratios, speeds = [], []
        for turn in range(options.turns):
            archive = Path(folder) / f"archive-{turn}"
            steps = [("whole", lambda a=archive: _ingest(a, encoder, path)), ("bare", lambda: encoder.encode(texts))]
            seconds = {}
            # In turns, the other one first each time: the machine may be busier at one moment than at the next.
            for name, step in steps if turn % 2 else reversed(steps):
                began = time.perf_counter()
                step()
                seconds[name] = time.perf_counter() - began
            ratios.append(seconds["bare"] / seconds["whole"])
            speeds.append(len(texts) / seconds["whole"])
            print(json.dumps({"turn": turn, "ratio": round(ratios[-1], 3), **seconds}))
    print(f"{len(articles)} articles, {len(texts)} passages")
    print(f"whole ingest / bare encoder, median speed ratio: {statistics.median(ratios):.3f}")
    print(f"passages a second, whole ingest, median: {statistics.median(speeds):.1f}")


def _ingest(archive: Path, encoder: BundledEncoder, path: Path) -> None:
    with Archive.open(archive, encoder=encoder, create=True) as opened:
        ingest_into(opened, encoder, [path])


if __name__ == "__main__":
    main()
