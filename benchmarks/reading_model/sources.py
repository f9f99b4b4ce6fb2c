"""How the records of each data file become examples. It knows the files by name, and no tokens."""

from __future__ import annotations

import math
import random
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.reading_model.examples import Builder, Example
from benchmarks.reading_model.negatives import swap, turn
from benchmarks.reading_model.records import Record, learned_from, records, squad2
from benchmarks.reading_model.texts import contains, normalize, occurrences, passages

__all__ = ["Source", "add_clapnq", "add_labelled", "add_marked", "add_squad2", "prepared_examples"]


@dataclass(frozen=True)
class Source:
    """A file of questions whose answers are marked by character, as in SQuAD 1.1.

    Attributes:
        name: of the file, without its ending.
        negatives: the share of its questions that also become an example without an answer.
        pad: the chance that a short context is padded.
        weight: of its examples in the loss.
        most: take no more questions than this, by chance.
        news: take only those on news.
    """

    name: str
    negatives: float
    pad: float = 0.4
    weight: float = 1.0
    most: int | None = None
    news: bool = False


_MARKED = (
    Source("squad_train_du44", 0.75),
    Source("squad_train_sample", 0.75),
    Source("squadshifts_new_wiki", 0.75),
    Source("squadshifts_reddit", 0.3, most=4000),
    Source("squadshifts_amazon_reviews", 0.3, most=2500),
    Source("nq_oracle", 0.5, pad=0.5),
    Source("onestopqa", 0.3),
    Source("quoref_contrast", 0.2, pad=0.2),
    Source("tweetqa", 0.2, pad=0.7, weight=0.7, most=3000),
    Source("qamr", 0.1, pad=0.95, weight=0.7, most=5000, news=True),
    Source("qadiscourse", 0.1, pad=0.95, weight=0.7, most=2200, news=True),
)
_LABELLED = ("selqa", "timeqa")


def prepared_examples(train: Path, evaluation: Path, *, seed: int) -> list[Example]:
    """All examples but those that are mined from news.

    Args:
        train: the folder of training questions, one .jsonl.xz a source.
        evaluation: the folder of evaluation data, half of whose SQuAD 2.0 pages and ClapNQ questions are used.
        seed: fixes everything that is left to chance.
    """
    rng = random.Random(seed)
    build = Builder(rng, _fillers(train, evaluation, rng))
    for source in _MARKED:
        add_marked(build, _chosen(train, source, rng), source)
    for name in _LABELLED:
        add_labelled(build, records(train / f"{name}.jsonl.xz"))
    add_squad2(build, evaluation / "squad2" / "squad2.json.xz")
    add_clapnq(build, records(evaluation / "clapnq" / "clapnq.jsonl.xz"))
    return build.examples


def _fillers(train: Path, evaluation: Path, rng: random.Random) -> list[str]:
    """Texts whose sentences are put around short contexts: openings of news articles, paragraphs of Wikipedia."""
    articles = records(evaluation / "news2022" / "articles.jsonl.xz")
    news = [passage for article in articles for passage in passages(article["text"])[:2]]
    rng.shuffle(news)
    wikipedia = sorted({row["context"] for row in records(train / "squad_train_du44.jsonl.xz")})
    rng.shuffle(wikipedia)
    return [text for text in news[:3000] + wikipedia[:1500] if 40 < len(text.split()) < 250]


def _chosen(train: Path, source: Source, rng: random.Random) -> list[Record]:
    """The records of a source that are used."""
    rows = [
        row
        for row in records(train / f"{source.name}.jsonl.xz")
        if row["answer_starts"] and (not source.news or row["news"])
    ]
    return rows if source.most is None or len(rows) <= source.most else rng.sample(rows, source.most)


# Answers marked by character


def add_marked(build: Builder, rows: Sequence[Record], source: Source) -> None:
    """Add questions with their contexts, and for a share of them an example without an answer."""
    pages: dict[str, list[Record]] = defaultdict(list)
    for row in rows:
        pages[row.get("title") or ""].append(row)
    for name, members in pages.items():
        page = _Page(name, members)
        for row in members:
            spans = [
                (start, start + len(answer)) for answer, start in zip(row["answers"], row["answer_starts"], strict=True)
            ]
            build.add(
                row["q"],
                row["context"],
                source=row["source"],
                spans=spans,
                answers=row["answers"],
                title=page.title,
                pad=source.pad,
                weight=source.weight,
            )
            draw = build.rng.random() / source.negatives
            if draw < 1:
                _add_negative(build, row, page, draw, pad=source.pad)


def _add_negative(build: Builder, row: Record, page: _Page, draw: float, *, pad: float) -> None:
    """Add an example without an answer, made from a question that has one.

    Args:
        build: where it is added.
        row: the question.
        page: the page that its context is from.
        draw: from 0 to 1, says which kind it becomes. Of some questions not every kind can be made.
        pad: see :meth:`Builder.add`.
    """
    rng = build.rng
    question, text, answers, source = row["q"], row["context"], row["answers"], row["source"]
    if draw < 0.3:
        build.add_without(question, text, answers, source=source, title=page.title)
    elif draw < 0.5:
        if sibling := page.sibling(row, rng):
            build.add(question, sibling, source=source + "-sibling", answers=answers, title=page.title)
    elif draw < 0.8:
        # Names of the same passage are the hardest: they stand there, but not with what is asked of them.
        near = [text] if rng.random() < 0.6 else rng.sample(page.questions, min(len(page.questions), 30))
        if other := swap(question, near, rng):
            build.add(other, text, source=source + "-swapped", title=page.title, pad=pad)
    elif draw < 0.93:
        if other := turn(question, rng):
            build.add(other, text, source=source + "-turned", title=page.title, pad=pad, weight=0.7)
    else:
        elsewhere = rng.choice(build.fillers)
        if not contains(elsewhere, answers):
            build.add(question, elsewhere, source="mismatched", answers=answers)


class _Page:
    """The questions of a page with their contexts, among which passages and names for negatives are looked for."""

    def __init__(self, name: str, rows: Sequence[Record]) -> None:
        unnamed = "_" in name and name.startswith(("Filtered", "NYT", "Amazon"))
        self.title = "" if unnamed else name.replace("_", " ")
        self.questions = [row["q"] for row in rows]
        self._contexts = sorted({row["context"] for row in rows})
        self._words = [set(normalize(context).split()) for context in self._contexts]
        self._idf = _idf(self._words)

    def sibling(self, row: Record, rng: random.Random) -> str | None:
        """Another context of the page, like the question in its words, that does not hold the answer."""
        asked = set(normalize(row["q"]).split())
        drawn = rng.sample(range(len(self._contexts)), min(len(self._contexts), 60))
        others = [i for i in drawn if self._contexts[i] != row["context"]]
        # A plain sum would depend on the order of the set, which is another one in each process.
        others.sort(key=lambda i: (math.fsum(self._idf[word] for word in asked & self._words[i]), i), reverse=True)
        found = (self._contexts[i] for i in others[:3] if not contains(self._contexts[i], row["answers"]))
        return next(found, None)


def _idf(texts: Collection[set[str]]) -> dict[str, float]:
    """Inverse document frequency of the words of some texts."""
    counts = Counter(word for words in texts for word in words)
    return {word: math.log(1 + len(texts) / count) for word, count in counts.items()}


# Sentences that are labelled


def add_labelled(build: Builder, rows: Iterator[Record]) -> None:
    """Add questions on sentences with labels: the answer's words in a labelled sentence where they are known (TimeQA),
    else the whole sentence; and some with only the sentences that do not answer."""
    for row in rows:
        text, places = _joined(row["sentences"])
        labelled = [place for place, label in zip(places, row["labels"], strict=True) if label]
        if labelled:
            _add_answered(build, row, text, labelled)
        elif not row["answerable"]:
            build.add(row["q"], text, source=row["source"] + "-none")


def _add_answered(build: Builder, row: Record, text: str, labelled: list[tuple[int, int]]) -> None:
    question, source, exact = row["q"], row["source"], row["source"] == "timeqa"
    spans = [
        (start + first, start + last)
        for start, end in labelled
        for answer in (row["answers"] if exact else ())
        for first, last in occurrences(text[start:end], answer)
    ]
    build.rng.shuffle(spans)
    build.rng.shuffle(labelled)
    if spans:
        build.add(question, text, source=source, spans=spans)
    elif not exact:
        build.add(question, text, source=source, regions=labelled)
    others = [sentence for sentence, label in zip(row["sentences"], row["labels"], strict=True) if not label]
    if len(others) >= 3 and build.rng.random() < 0.25:
        build.add(question, " ".join(others), source=source + "-without", answers=row["answers"])


def add_clapnq(build: Builder, rows: Iterator[Record]) -> None:
    """Add the half of ClapNQ's questions that may be learned from, with the sentences that answer."""
    for row in rows:
        if not learned_from(row["id"]):
            continue
        [passage] = row["passages"]
        chosen = {sentence for output in row["output"] for sentence in output.get("selected_sentences") or []}
        text, places = _joined([_untokenize(sentence) for sentence in passage["sentences"]])
        regions = [place for place, sentence in zip(places, passage["sentences"], strict=True) if sentence in chosen]
        build.add(row["input"], text, source="clapnq", regions=regions, title=passage["title"], pad=0.2)


def _joined(sentences: Sequence[str]) -> tuple[str, list[tuple[int, int]]]:
    """The sentences as one text, and where each stands in it."""
    text, places = "", []
    for sentence in sentences:
        places.append((len(text), len(text) + len(sentence)))
        text += sentence + " "
    return text.rstrip(), places


def _untokenize(text: str) -> str:
    """Undo the spaces that tokenised text has before punctuation."""
    text = re.sub(r"`` | ''", '"', text)
    text = re.sub(r" ([.,;:!?%)\]]|'s\b|n't\b)", r"\1", text)
    return re.sub(r"([(\[$]) ", r"\1", text).replace(" -- ", " \u2013 ")


# SQuAD 2.0


def add_squad2(build: Builder, path: Path) -> None:
    """Add the questions of the SQuAD 2.0 pages that may be learned from, answerable or not."""
    for asked in squad2(path, held_out=False):
        build.add(
            asked.question,
            asked.context,
            source="squad2",
            spans=[(start, start + len(answer)) for start, answer in zip(asked.starts, asked.answers, strict=True)],
            answers=asked.answers,
            title=asked.title.replace("_", " "),
            pad=0.2,
        )
