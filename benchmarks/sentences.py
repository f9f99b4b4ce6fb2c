"""How well, and how fast, texts are cut into sentences: ours beside the libraries that are installed.

    python benchmarks/sentences.py gum_news.jsonl

The file holds a document a line: {"paragraphs": [[sentence, ...], ...]}, cut by hand. A paragraph's sentences are
joined with a space, cut again, and the places where they were joined are compared with the places of the cuts. The end
of a paragraph counts for nothing. These libraries are measured when they are installed: blingfire, nltk, pysbd,
sentencex, spacy, syntok.
"""

from __future__ import annotations

import importlib.util
import json
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from ingest.sentences import sentences  # noqa: E402

Cutter = Callable[[str], Iterable[str]]


def ours() -> Cutter:
    return lambda text: (span.cut(text) for span in sentences(text))


def blingfire() -> Cutter:
    import blingfire as library

    return lambda text: library.text_to_sentences(text).split("\n")


def nltk() -> Cutter:
    from nltk.tokenize.punkt import PunktSentenceTokenizer

    return PunktSentenceTokenizer().tokenize  # untrained: the trained parameters are a download


def pysbd() -> Cutter:
    import pysbd as library

    return library.Segmenter(language="en", clean=False).segment


def sentencex() -> Cutter:
    import sentencex as library

    return lambda text: library.segment("en", text)


def spacy() -> Cutter:
    import spacy as library

    model = library.blank("en")
    model.add_pipe("sentencizer")
    return lambda text: (sentence.text for sentence in model(text).sents)


def syntok() -> Cutter:
    from syntok import segmenter

    return lambda text: (
        text[sentence[0].offset : sentence[-1].offset + len(sentence[-1].value)]
        for paragraph in segmenter.analyze(text)
        for sentence in paragraph
    )


CUTTERS = [ours, blingfire, nltk, pysbd, sentencex, spacy, syntok]


def joints(pieces: Iterable[str]) -> set[int]:
    """Where pieces end, counted in characters that are not space, but for the last."""
    ends: list[int] = []
    place = 0
    for piece in pieces:
        place += len("".join(piece.split()))
        ends.append(place)
    return set(ends[:-1])


def score(cutter: Cutter, paragraphs: list[list[str]]) -> tuple[float, float, float]:
    """Precision, recall and F1 of the boundaries inside paragraphs."""
    right = made = wanted = 0
    for paragraph in paragraphs:
        gold, cut = joints(paragraph), joints(cutter(" ".join(paragraph)))
        right, made, wanted = right + len(gold & cut), made + len(cut), wanted + len(gold)
    precision, recall = right / max(made, 1), right / max(wanted, 1)
    return precision, recall, 2 * right / max(made + wanted, 1)


def speed(cutter: Cutter, text: str) -> float:
    """Megabytes a second, the best of three runs."""
    seconds = []
    for _ in range(3):
        begun = time.perf_counter()
        for _ in cutter(text):
            pass
        seconds.append(time.perf_counter() - begun)
    return len(text.encode()) / min(seconds) / 1e6


def main(path: Path) -> None:
    documents = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    paragraphs = [paragraph for document in documents for paragraph in document["paragraphs"]]
    text = "\n\n".join(" ".join(paragraph) for paragraph in paragraphs) + "\n\n"
    print(f"{len(documents)} documents, {sum(map(len, paragraphs))} sentences")
    print(f"{'':10} {'F1':>7} {'precision':>9} {'recall':>7} {'MB/s':>7}")
    for make in CUTTERS:
        if make is not ours and importlib.util.find_spec(make.__name__) is None:
            continue
        cutter = make()
        precision, recall, f1 = score(cutter, paragraphs)
        print(f"{make.__name__:10} {f1:7.4f} {precision:9.4f} {recall:7.4f} {speed(cutter, text * 5):7.2f}", flush=True)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python benchmarks/sentences.py PATH_TO_gum_news.jsonl")
    main(Path(sys.argv[1]))
