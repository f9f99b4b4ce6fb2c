"""Train, measure and export Dateline's own reader: question + passage in, answer span or "no answer" out.

The reader is the second half of the classical retriever-reader design. It starts from the weights of the
ms-marco cross-encoder that ships with the encoder (so it already knows which passage is about a question)
and learns from public question-answering data which words of the passage answer it.

    prepare   questions of the training folder -> token arrays          (a few minutes)
    mine      passages that a search brings up for the news questions   (a few minutes, needs the cross-encoder)
    train     resumable; a checkpoint every few minutes, examples a second in the log
    evaluate  held-out SQuAD 2.0 pages, a year of news, a checkpoint or an ONNX file
    export    int8 ONNX with its tokenizer

Everything is fixed by --seed. No path is built in: every folder comes from the command line.
Needs torch and transformers; `export` also needs onnx. None of this is needed to run Dateline.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import lzma
import math
import os
import random
import re
import signal
import sqlite3
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

MAX_TOKENS = 320
MAX_WORDS = 190
PASSAGE_WORDS = 170
HIDDEN, HEADS, LAYERS, INNER, VOCABULARY = 384, 12, 12, 1536, 30522


# --- examples ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Example:
    """One question with one passage.

    `spans` are character spans of the passage that answer (any of them is right); `regions` are sentences that hold
    the answer somewhere. Both empty: the passage does not answer.
    """

    question: str
    passage: str
    spans: tuple[tuple[int, int], ...] = ()
    regions: tuple[tuple[int, int], ...] = ()
    source: str = ""
    weight: float = 1.0

    @property
    def answerable(self) -> bool:
        return bool(self.spans or self.regions)


def lines(path: Path) -> Iterator[dict[str, Any]]:
    """The JSON objects of a .jsonl or .jsonl.xz file."""
    with lzma.open(path, "rt", encoding="utf-8") if path.suffix == ".xz" else path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def in_half(key: str) -> bool:
    """Whether a page, question or passage belongs to the half that may be trained on. Stable across runs."""
    return hashlib.sha256(key.encode()).digest()[0] % 2 == 0


_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|Sen|Rep|Gov|Gen|Col|Lt|Sgt|St|Jr|Sr|vs|No|Inc|Corp|Co|Ltd|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec)|\b[A-Z])\.$"
)
_BREAK = re.compile(r"(?<=[.!?])[\"')\]\u201d\u2019]*\s+(?=[\"'(\[\u201c\u2018]*[A-Z0-9])|\n+")


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Rough sentence spans; good enough to cut windows and to say which sentence a span lies in."""
    spans, start = [], 0
    for found in _BREAK.finditer(text):
        piece = text[start : found.end()]
        if "\n" not in found.group() and _ABBREVIATION.search(piece.rstrip()):
            continue
        spans.append((start, found.end()))
        start = found.end()
    spans.append((start, len(text)))
    trimmed = []
    for begin, end in spans:
        body = text[begin:end]
        begin, end = begin + len(body) - len(body.lstrip()), begin + len(body.rstrip())
        if end > begin:
            trimmed.append((begin, end))
    return trimmed


def passages_of(text: str, limit: int = PASSAGE_WORDS) -> list[str]:
    """Whole sentences in order, grouped to at most `limit` words (a longer sentence stands alone)."""
    passages: list[tuple[int, int]] = []
    words = 0
    for start, end in sentence_spans(text):
        count = len(text[start:end].split())
        if passages and words + count <= limit:
            passages[-1] = (passages[-1][0], end)
            words += count
        else:
            passages.append((start, end))
            words = count
    return [text[start:end] for start, end in passages]


def normal(text: str) -> str:
    """Lower-case words and numbers only, single spaces: how answers are compared."""
    return " ".join(re.findall(r"\d+(?:[.,]\d+)*|\w+", text.lower().replace("\u2019", "'")))


def holds(text: str, answers: Iterable[str]) -> bool:
    """Whether any of the answers stands in the text as whole words."""
    padded = f" {normal(text)} "
    return any(f" {normal(answer)} " in padded for answer in answers if normal(answer))


def occurrences(text: str, answer: str) -> list[tuple[int, int]]:
    """Character spans where the answer's words stand in the text, whatever their case and punctuation."""
    words = re.findall(r"\w+", answer)
    if not words:
        return []
    pattern = r"(?<!\w)" + r"\W{1,3}".join(map(re.escape, words)) + r"(?!\w)"
    return [found.span() for found in re.finditer(pattern, text, re.IGNORECASE)]


@dataclass
class Builder:
    """Turns rows of the training files into examples: windows, filler sentences, titles, passages without an answer."""

    rng: random.Random
    fillers: list[str]
    examples: list[Example] = field(default_factory=list)

    def window(self, text: str, keep: Sequence[tuple[int, int]]) -> tuple[int, int]:
        """A stretch of at most MAX_WORDS words in whole sentences around the first of the spans to keep."""
        cut = sentence_spans(text)
        if len(text.split()) <= MAX_WORDS or not cut:
            return 0, len(text)
        anchor = keep[0] if keep else cut[self.rng.randrange(len(cut))]
        inside = [i for i, (start, end) in enumerate(cut) if start < anchor[1] and anchor[0] < end] or [0]
        first, last = inside[0], inside[-1]
        words = sum(len(text[slice(*cut[i])].split()) for i in range(first, last + 1))
        target = self.rng.randint(110, MAX_WORDS)
        while True:
            sides = [i for i in (first - 1, last + 1) if 0 <= i < len(cut)]
            self.rng.shuffle(sides)
            grown = False
            for i in sides:
                count = len(text[slice(*cut[i])].split())
                if words + count <= target:
                    first, last, words, grown = min(first, i), max(last, i), words + count, True
                    break
            if not grown:
                return cut[first][0], cut[last][1]

    def filler(self, words: int, answers: Sequence[str]) -> str:
        """About `words` words of consecutive sentences from elsewhere that do not hold the answer."""
        for _ in range(5):
            text = self.rng.choice(self.fillers)
            cut = sentence_spans(text)
            first = self.rng.randrange(len(cut))
            taken = ""
            for start, end in cut[first:]:
                if taken and len(taken.split()) + len(text[start:end].split()) > words:
                    break
                taken = f"{taken} {text[start:end]}".strip()
            if taken and len(taken.split()) <= words + 30 and not holds(taken, answers):
                return taken
        return ""

    def add(
        self,
        question: str,
        text: str,
        *,
        source: str,
        spans: Sequence[tuple[int, int]] = (),
        regions: Sequence[tuple[int, int]] = (),
        answers: Sequence[str] = (),
        title: str = "",
        weight: float = 1.0,
        pad: float = 0.5,
    ) -> None:
        """Add one example, cut to a window if long, padded with other sentences if short (with probability `pad`)."""
        start, end = self.window(text, [*spans, *regions])
        passage = text[start:end]

        def inside(pieces: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
            return [(a - start, b - start) for a, b in pieces if start <= a and b <= end and b > a]

        exact, whole = inside(spans), inside(regions)
        if (spans or regions) and not (exact or whole):
            return
        before = ""
        missing = self.rng.randint(70, PASSAGE_WORDS) - len(passage.split())
        if missing > 12 and self.rng.random() < pad:
            share = self.rng.random()
            if missing * share > 8:
                before = self.filler(int(missing * share), answers)
            if missing * (1 - share) > 8 and (after := self.filler(int(missing * (1 - share)), answers)):
                passage = f"{passage} {after}"
        if before:
            before += " "
        if title and self.rng.random() < 0.5:
            before = f"{title}. {before}"
        shift = len(before)
        self.examples.append(
            Example(
                question.strip(),
                before + passage,
                tuple(dict.fromkeys((a + shift, b + shift) for a, b in exact)),
                tuple(dict.fromkeys((a + shift, b + shift) for a, b in whole)),
                source,
                weight,
            )
        )

    def without(self, question: str, text: str, answers: Sequence[str], *, source: str, title: str = "") -> bool:
        """Add the passage with every sentence that holds the answer taken out: on topic, but without the answer."""
        kept = [text[a:b] for a, b in sentence_spans(text) if not holds(text[a:b], answers)]
        left = " ".join(kept)
        if len(kept) < 2 or holds(left, answers):
            return False
        self.add(question, left, source=source + "-without", answers=answers, title=title)
        return True


_YEAR = re.compile(r"\b(1[5-9]\d\d|20[0-2]\d)\b")
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][\w'-]+(?: (?:of |the |de )?[A-Z][\w'-]+)*")


def swapped(question: str, others: Sequence[str], rng: random.Random) -> str | None:
    """The question with a year or a name replaced by another, so that its passage no longer answers it."""
    if year := _YEAR.search(question):
        new = str(int(year.group()) + rng.choice([-30, -12, -7, -3, 4, 9, 15, 40]))
        return question[: year.start()] + new + question[year.end() :]
    names = list(_NAME.finditer(question))
    pool = sorted({found.group() for other in others for found in _NAME.finditer(other)} - {n.group() for n in names})
    if not names or not pool:
        return None
    name, new = rng.choice(names), rng.choice(pool)
    if name.group().lower() in new.lower() or new.lower() in question.lower():
        return None
    return question[: name.start()] + new + question[name.end() :]


def idf_of(texts: Iterable[str]) -> dict[str, float]:
    """Inverse document frequency of the words of some texts."""
    counts: Counter[str] = Counter()
    total = 0
    for text in texts:
        counts.update(set(normal(text).split()))
        total += 1
    return {word: math.log(1 + total / count) for word, count in counts.items()}


def add_span_rows(
    build: Builder, rows: Sequence[dict[str, Any]], *, negatives: float, pad: float, weight: float
) -> None:
    """Rows with exact answer offsets, and passages without the answer: siblings, cut-out answers, swapped names."""
    rng = build.rng
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        groups[row.get("title") or ""].append(row)
    for name, members in groups.items():
        title = "" if "_" in name and name.startswith(("Filtered", "NYT", "Amazon")) else name.replace("_", " ")
        contexts = sorted({row["context"] for row in members})
        bags = [set(normal(context).split()) for context in contexts]
        idf = idf_of(contexts)
        others = [row["q"] for row in members]
        for row in members:
            question, text, answers, source = row["q"], row["context"], row["answers"], row["source"]
            spans = [(s, s + len(a)) for a, s in zip(answers, row["answer_starts"], strict=True)]
            build.add(question, text, source=source, spans=spans, answers=answers, title=title, pad=pad, weight=weight)
            draw = rng.random() / negatives if negatives else 1.0
            if draw < 0.4:
                build.without(question, text, answers, source=source, title=title)
            elif draw < 0.7:
                wanted = set(normal(question).split())
                candidates = rng.sample(range(len(contexts)), min(len(contexts), 60))
                ranked = sorted(
                    ((sum(idf.get(w, 0.0) for w in wanted & bags[i]), i) for i in candidates if contexts[i] != text),
                    reverse=True,
                )
                for _, i in ranked[:3]:
                    if not holds(contexts[i], answers):
                        build.add(question, contexts[i], source=source + "-sibling", answers=answers, title=title)
                        break
            elif draw < 0.9:
                sample = rng.sample(others, min(len(others), 30))
                if other := swapped(question, sample, rng):
                    build.add(other, text, source=source + "-swapped", title=title, pad=pad)
            elif draw < 1.0:
                text = rng.choice(build.fillers)
                if not holds(text, answers):
                    build.add(question, text, source="mismatched", answers=answers)


def add_labelled_rows(build: Builder, rows: Sequence[dict[str, Any]]) -> None:
    """Rows with one label a sentence: the spans of the answer in a labelled sentence, else the whole sentence."""
    rng = build.rng
    for row in rows:
        text, at, labelled = "", [], []
        for sentence, label in zip(row["sentences"], row["labels"], strict=True):
            at.append((len(text), len(text) + len(sentence)))
            if label:
                labelled.append(at[-1])
            text += sentence + " "
        text = text.rstrip()
        spans = [
            (a + s, a + e)
            for a, b in labelled
            for answer in (row["answers"] if row["source"] == "timeqa" else [])
            for s, e in occurrences(text[a:b], answer)
        ]
        if labelled:
            rng.shuffle(spans)
            rng.shuffle(labelled)
            if spans:
                build.add(row["q"], text, source=row["source"], spans=spans)
            elif row["source"] != "timeqa":
                build.add(row["q"], text, source=row["source"], regions=labelled)
            others = [sentence for sentence, label in zip(row["sentences"], row["labels"], strict=True) if not label]
            if len(others) >= 3 and rng.random() < 0.25:
                build.add(row["q"], " ".join(others), source=row["source"] + "-without", answers=row["answers"])
        elif not row["answerable"]:
            build.add(row["q"], text, source=row["source"] + "-none")


def untokenised(text: str) -> str:
    """Undo the spaces that tokenised text has before punctuation."""
    text = re.sub(r"`` | ''", '"', text)
    text = re.sub(r" ([.,;:!?%)\]]|'s\b|n't\b)", r"\1", text)
    return re.sub(r"([(\[$]) ", r"\1", text).replace(" -- ", " \u2013 ")


def squad2(path: Path) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(page title, paragraph, question record) of a SQuAD 2.0 file."""
    with lzma.open(path, "rt", encoding="utf-8") as file:
        for page in json.load(file)["data"]:
            for paragraph in page["paragraphs"]:
                for qa in paragraph["qas"]:
                    yield page["title"], paragraph["context"], qa


def squad2_pages(path: Path) -> tuple[list[str], list[str]]:
    """Page titles to train on and to hold out: every second page, in the order of the file."""
    titles = list(dict.fromkeys(title for title, _, _ in squad2(path)))
    return titles[::2], titles[1::2]


def base_examples(train: Path, evaluation: Path, seed: int) -> list[Example]:
    """All examples but the mined news ones."""
    rng = random.Random(seed)
    names = ["squad_train_du44", "squad_train_sample", "squadshifts_new_wiki", "squadshifts_reddit"]
    names += ["squadshifts_amazon_reviews", "nq_oracle", "qamr", "qadiscourse", "onestopqa", "tweetqa", "selqa"]
    names += ["quoref_contrast", "timeqa"]
    data = {name: list(lines(train / f"{name}.jsonl.xz")) for name in names}
    news = [p for row in lines(evaluation / "news2022" / "articles.jsonl.xz") for p in passages_of(row["text"])[:2]]
    rng.shuffle(news)
    wiki = sorted({row["context"] for row in data["squad_train_du44"]})
    rng.shuffle(wiki)
    build = Builder(rng, [text for text in news[:3000] + wiki[:1500] if 40 < len(text.split()) < 250])

    def some(name: str, count: int) -> list[dict[str, Any]]:
        rows = data[name]
        return rows if len(rows) <= count else rng.sample(rows, count)

    for name in ("squad_train_du44", "squad_train_sample", "squadshifts_new_wiki"):
        add_span_rows(build, data[name], negatives=0.55, pad=0.4, weight=1.0)
    add_span_rows(build, some("squadshifts_reddit", 4000), negatives=0.3, pad=0.4, weight=1.0)
    add_span_rows(build, some("squadshifts_amazon_reviews", 2500), negatives=0.3, pad=0.4, weight=1.0)
    add_span_rows(build, data["nq_oracle"], negatives=0.5, pad=0.5, weight=1.0)
    add_span_rows(build, data["onestopqa"], negatives=0.3, pad=0.4, weight=1.0)
    add_span_rows(build, data["quoref_contrast"], negatives=0.2, pad=0.2, weight=1.0)
    tweets = [row for row in some("tweetqa", 99_999) if row["answer_starts"]]
    add_span_rows(build, rng.sample(tweets, min(len(tweets), 3000)), negatives=0.2, pad=0.7, weight=0.7)
    qamr = [row for row in data["qamr"] if row["news"]]
    add_span_rows(build, rng.sample(qamr, min(len(qamr), 5000)), negatives=0.1, pad=0.95, weight=0.7)
    discourse = [row for row in data["qadiscourse"] if row["news"]]
    add_span_rows(build, rng.sample(discourse, min(len(discourse), 2200)), negatives=0.1, pad=0.95, weight=0.7)
    add_labelled_rows(build, [row for name in ("selqa", "timeqa") for row in data[name]])

    wanted, _ = squad2_pages(evaluation / "squad2" / "squad2.json.xz")
    for title, context, qa in squad2(evaluation / "squad2" / "squad2.json.xz"):
        if title in wanted:
            spans = [(a["answer_start"], a["answer_start"] + len(a["text"])) for a in qa["answers"]]
            answers = [a["text"] for a in qa["answers"]]
            build.add(
                qa["question"], context, source="squad2", spans=[] if qa["is_impossible"] else spans,
                answers=answers, title=title.replace("_", " "), pad=0.2,
            )  # fmt: skip
    for row in lines(evaluation / "clapnq" / "clapnq.jsonl.xz"):
        if not in_half(row["id"]):
            continue
        passage = row["passages"][0]
        chosen = {s for output in row["output"] for s in output.get("selected_sentences") or []}
        text, regions = "", []
        for sentence in passage["sentences"]:
            clean = untokenised(sentence)
            if sentence in chosen:
                regions.append((len(text), len(text) + len(clean)))
            text += clean + " "
        build.add(row["input"], text.rstrip(), source="clapnq", regions=regions, title=passage["title"], pad=0.2)
    return build.examples


# --- token arrays -----------------------------------------------------------------------------------------------


def load_tokenizer(folder: Path) -> Any:
    """The tokenizer of a model folder, without padding and truncation."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def save_arrays(examples: Sequence[Example], tokenizer: Any, path: Path) -> None:
    """Tokenise examples and write them as flat arrays: tokens, where the passage begins, allowed starts and ends."""
    flat: dict[str, list[int]] = {"ids": [], "starts": [], "ends": []}
    rows: list[tuple[int, int, int, int, float]] = []
    sources: list[str] = []
    for at in range(0, len(examples), 2000):
        chunk = examples[at : at + 2000]
        for example, pair in zip(chunk, tokenizer.encode_batch([(e.question, e.passage) for e in chunk]), strict=True):
            types, offsets = pair.type_ids, pair.offsets
            first = types.index(1)
            length = min(len(pair.ids), MAX_TOKENS)
            places = [(i, *offsets[i]) for i in range(first, length) if offsets[i][1] > offsets[i][0]]
            starts, ends = set(), set()
            for a, b in example.spans:
                covered = [i for i, s, e in places if s < b and a < e]
                if covered and offsets[covered[-1]][1] >= b:
                    starts.add(covered[0])
                    ends.add(covered[-1])
            for a, b in example.regions:
                covered = [i for i, s, e in places if s < b and a < e]
                starts.update(covered)
                ends.update(covered)
            if example.answerable and not starts:
                continue
            ids = pair.ids[:length]
            ids[-1] = pair.ids[-1]
            flat["ids"] += ids
            flat["starts"] += sorted(starts)
            flat["ends"] += sorted(ends)
            rows.append((length, first, len(starts), len(ends), example.weight))
            sources.append(example.source)
    table = np.array(rows, dtype=np.float32)
    np.savez(
        path,
        ids=np.array(flat["ids"], dtype=np.uint16),
        starts=np.array(flat["starts"], dtype=np.uint16),
        ends=np.array(flat["ends"], dtype=np.uint16),
        rows=table,
        sources=np.array(sources),
    )
    counts = Counter(sources)
    print(f"{path.name}: {len(rows)} examples, {table[:, 0].mean():.0f} tokens each,")
    print(
        f"  without answer {np.mean(table[:, 2] == 0):.2f};", ", ".join(f"{k} {v}" for k, v in sorted(counts.items()))
    )


class Arrays:
    """Examples of one or more array files, by number; `longest` leaves out longer ones, `shares` thins sources."""

    def __init__(self, paths: Sequence[Path], *, longest: int = MAX_TOKENS, shares: str = "") -> None:
        share = {name: float(value) for name, value in (item.split("=") for item in shares.split(",") if item)}
        self.parts: list[dict[str, Any]] = []
        self.index: list[tuple[int, int]] = []
        for path in paths:
            with np.load(path) as file:
                part = {name: file[name] for name in file.files}
            for name, column in (("ids", 0), ("starts", 2), ("ends", 3)):
                part[name + "_at"] = np.concatenate([[0], np.cumsum(part["rows"][:, column].astype(np.int64))])
            chance = random.Random(path.name)
            for i, (row, source) in enumerate(zip(part["rows"], part["sources"], strict=True)):
                wanted = next((value for name, value in share.items() if source.startswith(name)), 1.0)
                times = int(wanted) + (chance.random() < wanted % 1)
                self.index += [(len(self.parts), i)] * (times if row[0] <= longest else 0)
            self.parts.append(part)

    def __len__(self) -> int:
        return len(self.index)

    def length(self, number: int) -> int:
        part, i = self.index[number]
        return int(self.parts[part]["rows"][i, 0])

    def get(self, number: int) -> tuple[Any, int, Any, Any, float]:
        """(tokens, first passage token, allowed starts, allowed ends, weight)"""
        which, i = self.index[number]
        part = self.parts[which]
        cut = [part[n][part[n + "_at"][i] : part[n + "_at"][i + 1]] for n in ("ids", "starts", "ends")]
        return cut[0], int(part["rows"][i, 1]), cut[1], cut[2], float(part["rows"][i, 4])


def batches(data: Arrays, *, seed: int, size: int, skip: int) -> Iterator[tuple[int, list[int]]]:
    """(examples seen after it, numbers) without end: shuffled, like lengths together; `skip` resumes."""
    seen = 0
    for epoch in range(1_000_000):
        rng = random.Random(f"{seed}-{epoch}")
        order = list(range(len(data)))
        rng.shuffle(order)
        for at in range(0, len(order), size * 32):
            pool = sorted(order[at : at + size * 32], key=data.length)
            groups = [pool[i : i + size] for i in range(0, len(pool), size)]
            rng.shuffle(groups)
            for group in groups:
                seen += len(group)
                if seen > skip:
                    yield seen, group


# --- the model --------------------------------------------------------------------------------------------------


def plain_attention(_: Any, query: Any, key: Any, value: Any, mask: Any, scaling: float, **__: Any) -> tuple[Any, None]:
    """Attention as three matrix steps: on a CPU in bfloat16 its backward pass takes half the time of the fused one."""
    import torch

    batch, heads, width, size = query.shape
    flat = (batch * heads, width, size)
    scores = torch.bmm(query.reshape(flat) * scaling, key.reshape(flat).transpose(1, 2))
    if mask is not None:  # None when no text of the batch is padded
        scores = (scores.view(batch, heads, width, width) + mask.to(query.dtype)).view(batch * heads, width, width)
    mixed = torch.bmm(torch.softmax(scores, -1, dtype=query.dtype), value.reshape(flat))
    return mixed.view(batch, heads, width, size).transpose(1, 2).contiguous(), None


def make_model(layers: int = LAYERS, *, fast: bool = False) -> Any:
    """A MiniLM with three heads: start/end of the span, answerable or not, and the cross-encoder's relevance.

    `fast` takes the attention that trains faster; the values are the same.
    """
    import torch
    from torch import nn
    from transformers import AttentionInterface, AttentionMaskInterface, BertConfig, BertModel
    from transformers.masking_utils import eager_mask

    AttentionInterface.register("plain", plain_attention)
    AttentionMaskInterface.register("plain", eager_mask)

    class Reader(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            config = BertConfig(
                vocab_size=VOCABULARY, hidden_size=HIDDEN, num_attention_heads=HEADS, num_hidden_layers=layers,
                intermediate_size=INNER, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
            )  # fmt: skip
            config._attn_implementation = "plain" if fast else "eager"
            self.bert = BertModel(config)
            self.classifier = nn.Linear(HIDDEN, 1)
            self.span = nn.Linear(HIDDEN, 2)
            self.answerable = nn.Linear(HIDDEN, 1)

        def forward(self, input_ids: Any, attention_mask: Any, token_type_ids: Any) -> tuple[Any, Any, Any, Any]:
            out = self.bert(input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids)
            hidden = out.last_hidden_state
            span = self.span(hidden)
            relevance = self.classifier(out.pooler_output).squeeze(-1)
            return span[..., 0], span[..., 1], self.answerable(hidden[:, 0]).squeeze(-1), relevance

    torch.manual_seed(0)
    return Reader()


def cross_encoder_weights(path: Path) -> dict[str, Any]:
    """The cross-encoder's weights as floats, read back from its int8 ONNX file."""
    import onnx
    import torch
    from onnx import numpy_helper

    graph = onnx.load(str(path)).graph
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}

    def floats(name: str) -> Any:
        scale, zero = stored[f"{name}_scale"], stored[f"{name}_zero_point"]
        return (stored[f"{name}_quantized"].astype(np.float32) - zero.astype(np.float32)) * scale

    weights = {name: array for name, array in stored.items() if name.startswith("bert.") and array.dtype == np.float32}
    weights = {name: array for name, array in weights.items() if not name.endswith(("_scale", "_zero_point"))}
    for name in stored:
        if name.endswith("embeddings.weight_quantized"):
            weights[name.removesuffix("_quantized")] = floats(name.removesuffix("_quantized"))
    for node in graph.node:
        if node.op_type == "MatMulInteger" and node.name.startswith("/bert/encoder"):
            place = node.name.removesuffix("/MatMul_quant").strip("/").replace("/", ".")
            # ONNX multiplies from the right; torch keeps the transposed matrix.
            weights[f"{place}.weight"] = floats(node.input[1].removesuffix("_quantized")).T
    weights["bert.pooler.dense.weight"] = floats("bert.pooler.dense.weight").T
    weights["classifier.weight"] = floats("classifier.weight").T
    weights["classifier.bias"] = stored["classifier.bias"]
    return {name: torch.tensor(np.ascontiguousarray(array)) for name, array in weights.items()}


def start_model(base: Path, layers: int, *, fast: bool = False) -> Any:
    """A reader with the cross-encoder's weights, and fresh span and answerable heads."""
    weights = cross_encoder_weights(base / "model.onnx")
    if layers < LAYERS:
        step = LAYERS // layers
        kept = {f"encoder.layer.{step * i + step - 1}.": f"encoder.layer.{i}." for i in range(layers)}
        renamed = {}
        for name, tensor in weights.items():
            place = next((old for old in kept if old in name), None)
            if place or "encoder.layer." not in name:
                renamed[name.replace(place, kept[place]) if place else name] = tensor
        weights = renamed
    model = make_model(layers, fast=fast)
    missing, unexpected = model.load_state_dict(weights, strict=False)
    unknown = [name for name in missing if not name.startswith(("span.", "answerable."))]
    if unknown or unexpected:
        raise SystemExit(f"weights do not fit: missing {unknown}, unexpected {unexpected}")
    return model


def collate(pairs: Sequence[tuple[Any, int]]) -> tuple[Any, Any, Any]:
    """Token, mask and type arrays of (tokens, first passage token) pairs, padded to the longest."""
    width = max(len(tokens) for tokens, _ in pairs)
    ids, mask, types = (np.zeros((len(pairs), width), dtype=np.int64) for _ in range(3))
    for row, (tokens, first) in enumerate(pairs):
        ids[row, : len(tokens)] = tokens
        mask[row, : len(tokens)] = 1
        types[row, first : len(tokens)] = 1
    return ids, mask, types


# --- training ---------------------------------------------------------------------------------------------------


def losses(model: Any, batch: Sequence[tuple[Any, int, Any, Any, float]]) -> tuple[Any, Any, Any, Any]:
    """(span loss, answerable loss, relevance, the batch as tensors)"""
    import torch

    ids, mask, types = (torch.from_numpy(array) for array in collate([(row[0], row[1]) for row in batch]))
    start_ok, end_ok = torch.zeros(ids.shape, dtype=torch.bool), torch.zeros(ids.shape, dtype=torch.bool)
    allowed = types.bool()
    for row, (tokens, _, starts, ends, _) in enumerate(batch):
        start_ok[row, starts.astype(np.int64) if len(starts) else 0] = True
        end_ok[row, ends.astype(np.int64) if len(ends) else 0] = True
        allowed[row, len(tokens) - 1] = False
    allowed[:, 0] = True
    weights = torch.tensor([row[4] for row in batch])
    answerable = torch.tensor([float(len(row[2]) > 0) for row in batch])
    with torch.autocast("cpu", torch.bfloat16):
        start, end, known, relevance = model(ids, mask, types)
    total = torch.zeros(len(batch))
    for logits, ok in ((start.float(), start_ok), (end.float(), end_ok)):
        logits = logits.masked_fill(~allowed, -1e4)
        right = logits.masked_fill(~ok, -1e4)
        total = total + torch.logsumexp(logits, 1) - torch.logsumexp(right, 1)
    span_loss = (total * weights).sum() / weights.sum() / 2
    known_loss = torch.nn.functional.binary_cross_entropy_with_logits(known.float(), answerable, weight=weights)
    return span_loss, known_loss, relevance.float(), (ids, mask, types)


def train(args: argparse.Namespace) -> None:
    """Train, or go on from the last checkpoint of this run."""
    import torch

    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    folder: Path = args.work / args.run
    folder.mkdir(parents=True, exist_ok=True)
    (args.work / "train.pid").write_text(f"{os.getpid()}\n")
    files = [args.work / f"{name}.npz" for name in args.data.split(",")]
    data = Arrays(files, longest=args.longest, shares=args.shares)
    last = folder / "last.pt"
    model = start_model(args.base, args.layers, fast=True)
    for part in (model.bert.embeddings, *model.bert.encoder.layer[: args.frozen]):
        part.requires_grad_(False)
    teacher = start_model(args.base, LAYERS).to(torch.bfloat16).eval()
    heads = [p for n, p in model.named_parameters() if n.startswith(("span.", "answerable."))]
    body = [p for n, p in model.named_parameters() if p.requires_grad and not n.startswith(("span.", "answerable."))]
    decay, plain = [p for p in body if p.ndim > 1], [p for p in body if p.ndim == 1]
    groups = [{"params": decay, "weight_decay": 0.01}, {"params": plain + heads, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=args.rate, betas=(0.9, 0.98), fused=True)
    seen = 0
    average = {n: p.detach().clone() for n, p in model.named_parameters() if p.requires_grad}
    if last.exists():
        state = torch.load(last, weights_only=True)
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        average, seen = state["average"], state["seen"]
    elif args.start:
        state = torch.load(args.start, weights_only=True)
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        average = {n: p.detach().clone() for n, p in model.named_parameters() if p.requires_grad}

    def save() -> None:
        state = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "average": average, "seen": seen}
        torch.save({**state, "layers": args.layers}, folder / "last.tmp")
        (folder / "last.tmp").replace(last)

    def say(text: str) -> None:
        stamp = time.strftime("%H:%M:%S")
        with (folder / "log.txt").open("a") as log:
            log.write(f"{stamp} {text}\n")
        print(stamp, text, flush=True)

    say(f"{len(data)} examples of {args.data}; from example {seen} to {args.examples}; seed {args.seed}")
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    started, saved, first = time.time(), time.time(), seen
    sums: dict[str, float] = defaultdict(float)
    model.train()
    for step, (after, group) in enumerate(batches(data, seed=args.seed, size=args.batch, skip=seen)):
        left = args.examples - seen
        fall = max(args.examples * args.fall, 1)
        rate = args.rate * min(1.0, (seen + args.batch) / args.warm, max(left, 0) / fall)
        for setting in optimizer.param_groups:
            setting["lr"] = rate
        span_loss, known_loss, relevance, inputs = losses(model, [data.get(i) for i in group])
        loss = span_loss + 0.5 * known_loss
        if args.distil and step % 8 == 0:
            with torch.no_grad():
                target = teacher(*inputs)[3].float()
            apart = (relevance - target).square().mean()
            loss = loss + args.distil * apart
            sums["relevance"] += float(apart.detach())
        loss.backward()
        torch.nn.utils.clip_grad_norm_(body + heads, 1.0)
        optimizer.step()
        optimizer.zero_grad()
        seen = after
        keep = min(args.average, (seen - first) / (seen - first + 500))
        with torch.no_grad():
            now = [p for p in model.parameters() if p.requires_grad]
            torch._foreach_lerp_(list(average.values()), now, 1 - keep)
        sums["span"] += float(span_loss.detach())
        sums["known"] += float(known_loss.detach())
        sums["steps"] += 1
        if step % 20 == 19:
            n = sums["steps"]
            say(
                f"seen {seen} span {sums['span'] / n:.3f} answerable {sums['known'] / n:.3f} "
                f"relevance {sums['relevance'] / max(n / 8, 1):.3f} rate {rate:.2e} "
                f"{(seen - first) / (time.time() - started):.1f}/s"
            )
            sums.clear()
        done = seen >= args.examples or stop.is_set()
        if done or time.time() - saved > args.every:
            save()
            saved = time.time()
        if done:
            say(f"stopped at {seen}" if stop.is_set() else "done")
            return


def load_model(path: Path, *, average: bool = True) -> Any:
    """The reader of a checkpoint, with the running average of its weights or the last ones."""
    import torch

    state = torch.load(path, weights_only=True)
    model = make_model(state["layers"])
    model.load_state_dict(state["model"])
    if average:
        model.load_state_dict(state["average"], strict=False)
    return model.eval()


# --- passages that a search brings up ---------------------------------------------------------------------------

_STOP = {
    *(
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "been",
        "by",
        "did",
        "do",
        "does",
        "for",
        "from",
        "had",
        "has",
        "have",
    ),
    *("he", "her", "his", "how", "in", "into", "is", "it", "its", "of", "on", "or", "that", "the", "their", "them"),
    *("there", "they", "this", "to", "was", "were", "what", "when", "where", "which", "who", "whom", "whose", "why"),
    *("will", "with", "would"),
}


class OnnxModel:
    """An ONNX file of the cross-encoder or of the reader: pairs of texts in, one tuple of output rows a pair out."""

    def __init__(self, file: Path, tokenizer: Any, *, threads: int) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # the cores may be shared
        self.session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
        self.tokenizer = tokenizer

    def run(self, arrays: tuple[Any, Any, Any]) -> list[Any]:
        names = ("input_ids", "attention_mask", "token_type_ids")
        return list(self.session.run(None, dict(zip(names, arrays, strict=True))))


class TorchModel:
    """A checkpoint, with the same surface as OnnxModel."""

    def __init__(self, file: Path, tokenizer: Any, *, threads: int) -> None:
        import torch

        torch.set_num_threads(threads)
        self.model, self.tokenizer = load_model(file), tokenizer

    def run(self, arrays: tuple[Any, Any, Any]) -> list[Any]:
        import torch

        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
            return [out.float().numpy() for out in self.model(*(torch.from_numpy(array) for array in arrays))]


def open_model(file: Path, base: Path, threads: int) -> OnnxModel | TorchModel:
    """A reader or cross-encoder by its file's ending."""
    kind = OnnxModel if file.suffix == ".onnx" else TorchModel
    return kind(file, load_tokenizer(base), threads=threads)


def run_pairs(model: OnnxModel | TorchModel, pairs: Sequence[tuple[str, str]], size: int = 8) -> list[tuple[Any, ...]]:
    """(encoding, output rows...) for each (question, text) pair, in the order given; computed sorted by length."""
    encoded = model.tokenizer.encode_batch(list(pairs))
    cut = [(e.ids[:MAX_TOKENS], e.type_ids.index(1)) for e in encoded]
    for ids, _ in cut:
        ids[-1] = encoded[0].ids[-1]
    order = sorted(range(len(pairs)), key=lambda i: len(cut[i][0]))
    results: list[tuple[Any, ...]] = [()] * len(pairs)
    for at in range(0, len(order), size):
        chosen = order[at : at + size]
        outputs = model.run(collate([cut[i] for i in chosen]))
        for row, i in enumerate(chosen):
            results[i] = (encoded[i], *(out[row] for out in outputs))
    return results


def search_index(articles: Iterable[dict[str, Any]]) -> sqlite3.Connection:
    """A full-text index (BM25) over the passages of some articles."""
    index = sqlite3.connect(":memory:")
    index.execute("CREATE VIRTUAL TABLE passages USING fts5(text, title, url UNINDEXED, tokenize='porter unicode61')")
    for article in articles:
        for passage in passages_of(article["text"]):
            row = (passage, article.get("title") or "", article.get("url") or "")
            index.execute("INSERT INTO passages VALUES (?, ?, ?)", row)
    return index


def candidates(index: sqlite3.Connection, question: str, count: int) -> list[tuple[str, str]]:
    """(title, passage) of the passages that share most with the question; the same text only once."""
    words = [word for word in dict.fromkeys(re.findall(r"\w+", question.lower())) if word not in _STOP]
    query = " OR ".join(f'"{word}"' for word in words)
    sql = "SELECT title, text FROM passages WHERE passages MATCH ? ORDER BY bm25(passages, 1.0, 0.3) LIMIT ?"
    found = index.execute(sql, (query, count * 2)).fetchall() if query else []
    return list({normal(text)[:300]: (title, text) for title, text in reversed(found)}.values())[::-1][:count]


def retrieved(name: str, args: argparse.Namespace) -> list[dict[str, Any]]:
    """The questions of a year of news, each with the passages that search and cross-encoder put first. Kept on disk."""
    kept: Path = args.work / f"retrieved-{name}.jsonl"
    if kept.exists():
        return list(lines(kept))
    folder: Path = args.eval / name
    index = search_index(lines(folder / "articles.jsonl.xz"))
    ranker = open_model(args.base / "model.onnx", args.base, args.threads)
    rows = []
    for file in ("questions", "unanswerable"):
        for row in lines(folder / f"{file}.jsonl"):
            found = candidates(index, row["question"], args.pool)
            scores = [float(out[1][0]) for out in run_pairs(ranker, [(row["question"], text) for _, text in found])]
            ranked = sorted(zip(scores, found, strict=True), key=lambda pair: -pair[0])
            best = [{"score": score, "title": title, "text": text} for score, (title, text) in ranked[:16]]
            rows.append({"id": row["id"], "q": row["question"], "answer": row["answer"], "passages": best})
            if len(rows) % 50 == 0:
                print(f"{len(rows)} questions of {name}", flush=True)
    with kept.with_suffix(".tmp").open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    kept.with_suffix(".tmp").replace(kept)
    return rows


def mine(args: argparse.Namespace) -> None:
    """Write news.npz: found passages with and without the answer string, for half of the news2022 questions."""
    rng = random.Random(args.seed)
    examples: list[Example] = []
    for row in retrieved("news2022", args):
        if not in_half(row["id"]):
            continue
        answers = [row["answer"]] if row["answer"] else []
        right, wrong = 0, 0
        for passage in row["passages"]:
            title, text, shift = passage["title"], passage["text"], 0
            if len(text.split()) > MAX_WORDS + 20:
                continue
            if title and rng.random() < 0.5:
                text, shift = f"{title}. {text}", len(title) + 2
            spans = [span for answer in answers for span in occurrences(text, answer) if span[0] >= shift]
            if spans and right < 6 and passage["score"] > -2:
                right += 1
                examples.append(Example(row["q"], text, tuple(spans), (), "news2022", 1.0))
            elif not spans and not holds(text, answers) and wrong < (8 if answers else 5):
                wrong += 1
                examples.append(Example(row["q"], text, (), (), "news2022-none", 0.7))
    save_arrays(examples, load_tokenizer(args.base), args.work / "news.npz")


# --- measuring --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reading:
    """What the reader says of one passage: its best span in each sentence, and the passage's scores."""

    sentences: tuple[tuple[float, str, str], ...]  # (log probability of the span, span, sentence), best first
    margin: float  # the best span's logits less those of "no answer"
    answerable: float
    relevance: float


def read(encoding: Any, text: str, outputs: Sequence[Any], *, longest: int = 30) -> Reading:
    """The best span of every sentence. Its score: log p(start) + log p(end) over [CLS] and the passage's tokens."""
    start, end, known, relevance = outputs
    first, last = encoding.type_ids.index(1), min(len(encoding.ids), MAX_TOKENS) - 1
    none = float(start[0] + end[0])
    logits = [np.concatenate([row[:1], row[first:last]]).astype(np.float64) for row in (start, end)]
    total = float(sum(np.logaddexp.reduce(row) for row in logits))
    offsets = encoding.offsets
    best = []
    for a, b in sentence_spans(text):
        inside = [i for i in range(first, last) if offsets[i][0] >= a and offsets[i][1] <= b]
        if not inside:
            continue
        lo, hi = inside[0], inside[-1] + 1
        grid = start[lo:hi, None] + end[None, lo:hi]
        allowed = np.triu(np.ones(grid.shape, dtype=bool)) & np.tril(np.ones(grid.shape, dtype=bool), longest)
        grid = np.where(allowed, grid, -1e4)
        i, j = np.unravel_index(int(grid.argmax()), grid.shape)
        span = text[offsets[lo + i][0] : offsets[lo + j][1]]
        best.append((float(grid[i, j]) - total, span, text[a:b]))
    best.sort(key=lambda item: -item[0])
    margin = best[0][0] + total - none if best else -99.0
    return Reading(tuple(best), margin, float(known), float(relevance))


def auc(positive: Sequence[float], negative: Sequence[float]) -> float:
    """Chance that a positive scores above a negative."""
    below = sum((p > n) + 0.5 * (p == n) for p in positive for n in negative)
    return below / max(len(positive) * len(negative), 1)


def measure_squad2(model: OnnxModel | TorchModel, args: argparse.Namespace) -> dict[str, float]:
    """Held-out pages of SQuAD 2.0: the span's sentence holds the answer; answerable against unanswerable."""
    _, held = squad2_pages(args.eval / "squad2" / "squad2.json.xz")
    rows = [row for row in squad2(args.eval / "squad2" / "squad2.json.xz") if row[0] in held]
    rows = random.Random(args.seed).sample(rows, min(len(rows), args.limit or len(rows)))
    results = run_pairs(model, [(qa["question"], context) for _, context, qa in rows])
    hits: list[bool] = []
    exact: list[bool] = []
    margins: dict[bool, list[float]] = {True: [], False: []}
    known: dict[bool, list[float]] = {True: [], False: []}
    for (_, context, qa), (encoding, *outputs) in zip(rows, results, strict=True):
        reading = read(encoding, context, outputs)
        answers = [a["text"] for a in qa["answers"]]
        _, span, sentence = reading.sentences[0]
        margins[not qa["is_impossible"]].append(reading.margin)
        known[not qa["is_impossible"]].append(reading.answerable)
        if not qa["is_impossible"]:
            hits.append(holds(sentence, answers))
            exact.append(normal(span) in {normal(answer) for answer in answers})
    return {
        "questions": len(rows),
        "best sentence holds the answer": float(np.mean(hits)),
        "span is the answer": float(np.mean(exact)),
        "AUC by span margin": auc(margins[True], margins[False]),
        "AUC by answerable head": auc(known[True], known[False]),
        "AUC by both": auc(
            [m + k for m, k in zip(margins[True], known[True], strict=True)],
            [m + k for m, k in zip(margins[False], known[False], strict=True)],
        ),
    }


def measure_news(model: OnnxModel | TorchModel, name: str, args: argparse.Namespace) -> dict[str, Any]:
    """A year of news: which sentence the reader puts first among the passages that the cross-encoder put first."""
    rows = [row for row in retrieved(name, args) if name != "news2022" or not in_half(row["id"])]
    pairs, owners = [], []
    for number, row in enumerate(rows):
        for passage in row["passages"][: args.passages]:
            text = f"{passage['title']}. {passage['text']}" if args.titles and passage["title"] else passage["text"]
            pairs.append((row["q"], text))
            owners.append((number, passage["score"]))
    results = run_pairs(model, pairs)
    read_of: dict[int, list[tuple[float, Reading]]] = defaultdict(list)
    for (number, score), (_, text), (encoding, *outputs) in zip(owners, pairs, results, strict=True):
        read_of[number].append((score, read(encoding, text, outputs)))
    reachable = [
        holds(" ".join(p["text"] for p in row["passages"][: args.passages]), [row["answer"]])
        for row in rows
        if row["answer"]
    ]
    table: dict[str, Any] = {"questions": len(reachable), "answer in a passage": float(np.mean(reachable))}
    weights = [(0.0, 0.0, 0.0), (0.0, 0.3, 0.0), (0.0, 0.5, 0.0), (0.0, 1.0, 0.0), (0.5, 0.0, 0.0), (1.0, 0.0, 0.0)]
    weights += [(0.0, 0.0, 0.5), (0.0, 0.5, 0.5)]
    for cross, own, known in weights:
        first, three, spans, yes, no = [], [], [], [], []
        for number, row in enumerate(rows):
            scored = sorted(
                (
                    (score + cross * ranker + own * reading.relevance + known * reading.answerable, span, sentence)
                    for ranker, reading in read_of[number]
                    for score, span, sentence in reading.sentences
                ),
                key=lambda item: -item[0],
            )
            chosen = list({normal(sentence): (span, sentence) for _, span, sentence in reversed(scored)}.values())[::-1]
            top = scored[0][0] if scored else -99.0
            if not row["answer"]:
                no.append(top)
                continue
            yes.append(top)
            first.append(any(holds(sentence, [row["answer"]]) for _, sentence in chosen[:1]))
            three.append(any(holds(sentence, [row["answer"]]) for _, sentence in chosen[:3]))
            spans.append(any(holds(span, [row["answer"]]) for span, _ in chosen[:1]))
        label = f"span + {cross} cross-encoder + {own} own relevance + {known} answerable"
        table[label] = {
            "first": round(float(np.mean(first)), 3), "three": round(float(np.mean(three)), 3),
            "span": round(float(np.mean(spans)), 3), "AUC": round(auc(yes, no), 3),
        }  # fmt: skip
    return table


def measure_sentences(name: str, args: argparse.Namespace) -> dict[str, Any]:
    """The same for the cross-encoder alone: it scores the sentences of the best four passages one by one."""
    ranker = open_model(args.base / "model.onnx", args.base, args.threads)
    first: list[bool] = []
    three: list[bool] = []
    yes: list[float] = []
    no: list[float] = []
    for row in retrieved(name, args):
        if name == "news2022" and in_half(row["id"]):
            continue
        cut = [(p["text"][a:b]) for p in row["passages"][:4] for a, b in sentence_spans(p["text"])]
        cut = list(dict.fromkeys(cut))
        scores = [float(out[1][0]) for out in run_pairs(ranker, [(row["q"], sentence) for sentence in cut])]
        ranked = sorted(zip(scores, cut, strict=True), key=lambda pair: -pair[0])
        (yes if row["answer"] else no).append(ranked[0][0] if ranked else -99.0)
        if row["answer"]:
            first.append(any(holds(sentence, [row["answer"]]) for _, sentence in ranked[:1]))
            three.append(any(holds(sentence, [row["answer"]]) for _, sentence in ranked[:3]))
    return {"first": float(np.mean(first)), "three": float(np.mean(three)), "AUC": auc(yes, no)}


def evaluate(args: argparse.Namespace) -> None:
    """Measure a checkpoint or an ONNX file on held-out SQuAD 2.0 pages or on a year of news."""
    if args.set != "squad2" and args.baseline:
        result: dict[str, Any] = measure_sentences(args.set, args)
    else:
        model = open_model(args.model, args.base, args.threads)
        result = measure_squad2(model, args) if args.set == "squad2" else measure_news(model, args.set, args)
    print(json.dumps({"model": str(args.model and args.model.name), "set": args.set, **result}, indent=1))


# --- export -----------------------------------------------------------------------------------------------------


def export(args: argparse.Namespace) -> None:
    """Write reader.onnx (int8, fused), its tokenizer and reader.json; compare with the floats; time it."""
    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.transformers import optimizer

    args.out.mkdir(parents=True, exist_ok=True)
    model = load_model(args.model, average=not args.last)
    full, fused, small = (args.work / f"export-{name}.onnx" for name in ("full", "fused", "int8"))
    data = Arrays([args.work / "base.npz"])
    sample = collate([data.get(i)[:2] for i in (0, 1)])
    names = ["input_ids", "attention_mask", "token_type_ids"]
    outputs = ["start_logits", "end_logits", "answerable", "relevance"]
    axes = {name: {0: "batch", 1: "tokens"} for name in [*names, *outputs[:2]]}
    axes |= {name: {0: "batch"} for name in outputs[2:]}
    torch.onnx.export(
        model, tuple(torch.from_numpy(array) for array in sample), str(full), dynamo=False,
        input_names=names, output_names=outputs, dynamic_axes=axes, opset_version=17,
    )  # fmt: skip
    optimized = optimizer.optimize_model(str(full), model_type="bert", num_heads=HEADS, hidden_size=HIDDEN)
    optimized.save_model_to_file(str(fused))
    print("fused:", optimized.get_fused_operator_statistics())
    quantize_dynamic(
        str(fused), str(small), weight_type=QuantType.QInt8, per_channel=args.per_channel,
        extra_options={"DefaultTensorType": 1},  # 1 is float: what the fused operators put out
    )  # fmt: skip
    tokenizer = load_tokenizer(args.base)
    floats, ints = (OnnxModel(file, tokenizer, threads=args.threads) for file in (full, small))
    rng = random.Random(args.seed)
    agree, drift, took = [], [], []
    for _ in range(100):
        item = data.get(rng.randrange(len(data)))
        arrays = collate([item[:2]])
        a, b = floats.run(arrays), ints.run(arrays)
        agree.append(a[0][0].argmax() == b[0][0].argmax() and a[1][0].argmax() == b[1][0].argmax())
        drift.append(abs(float(a[2][0] - b[2][0])))
    for _ in range(20):
        arrays = collate([(np.resize(data.get(7)[0], 200), 14)])
        began = time.perf_counter()
        ints.run(arrays)
        took.append(time.perf_counter() - began)
    final = args.out / "reader.onnx"
    final.write_bytes(small.read_bytes())
    (args.out / "tokenizer.json").write_bytes((args.base / "tokenizer.json").read_bytes())
    about = {
        "layers": len(model.bert.encoder.layer), "max_tokens": MAX_TOKENS, "inputs": names, "outputs": outputs,
        "sha256": hashlib.sha256(final.read_bytes()).hexdigest(), "bytes": final.stat().st_size,
        "same_span_as_floats": round(float(np.mean(agree)), 3), "answerable_drift": round(float(np.mean(drift)), 3),
        "ms_per_200_tokens": round(float(np.median(took)) * 1000, 1), "threads": args.threads,
    }  # fmt: skip
    (args.out / "reader.json").write_text(json.dumps(about, indent=1) + "\n")
    print(json.dumps(about, indent=1))


def prepare(args: argparse.Namespace) -> None:
    """Write base.npz: the questions of the training folder and half of the evaluation pages."""
    args.work.mkdir(parents=True, exist_ok=True)
    examples = base_examples(args.train, args.eval, args.seed)
    save_arrays(examples, load_tokenizer(args.base), args.work / "base.npz")


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = top.add_subparsers(required=True)

    def command(name: str, run: Any) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=run.__doc__.splitlines()[0])
        sub.add_argument("--work", type=Path, required=True, help="folder for arrays, checkpoints and results")
        sub.add_argument(
            "--base", type=Path, required=True, help="the cross-encoder's folder: model.onnx, tokenizer.json"
        )
        sub.add_argument("--seed", type=int, default=13)
        sub.add_argument("--threads", type=int, default=2)
        sub.set_defaults(run_command=run)
        return sub

    sub = command("prepare", prepare)
    sub.add_argument("--train", type=Path, required=True, help="folder of training questions (*.jsonl.xz)")
    sub.add_argument("--eval", type=Path, required=True, help="folder of evaluation data")
    sub = command("train", train)
    sub.add_argument("--run", default="run", help="name of this run, a folder under --work")
    sub.add_argument("--data", default="base", help="array files to learn from, joined by commas")
    sub.add_argument("--longest", type=int, default=MAX_TOKENS, help="leave out examples of more tokens")
    sub.add_argument("--shares", default="", help="thin or repeat sources: tweetqa=0.3,squad2=2")
    sub.add_argument("--start", type=Path, help="a checkpoint to start from instead of the cross-encoder")
    sub.add_argument("--layers", type=int, default=LAYERS)
    sub.add_argument("--frozen", type=int, default=4, help="how many of the lowest layers stay as they are")
    sub.add_argument("--examples", type=int, required=True, help="how many examples in all; the rate falls to 0 there")
    sub.add_argument("--batch", type=int, default=16)
    sub.add_argument("--rate", type=float, default=8e-5)
    sub.add_argument("--warm", type=int, default=1500, help="examples over which the rate rises")
    sub.add_argument("--fall", type=float, default=0.9, help="share of the examples over which the rate falls")
    sub.add_argument("--distil", type=float, default=0.02, help="weight of staying near the cross-encoder's relevance")
    sub.add_argument("--average", type=float, default=0.996, help="running average of the weights, a step")
    sub.add_argument("--every", type=float, default=300, help="seconds between checkpoints")
    sub = command("mine", mine)
    sub.add_argument("--eval", type=Path, required=True, help="folder of evaluation data")
    sub.add_argument("--pool", type=int, default=24, help="passages that the cross-encoder scores for a question")
    sub = command("evaluate", evaluate)
    sub.add_argument("--eval", type=Path, required=True, help="folder of evaluation data")
    sub.add_argument("--model", type=Path, help="a checkpoint (.pt) or an exported file (.onnx)")
    sub.add_argument("--set", choices=["squad2", "news2022", "news2023"], required=True)
    sub.add_argument("--limit", type=int, default=0, help="squad2: only so many questions")
    sub.add_argument("--pool", type=int, default=24, help="passages that the cross-encoder scores for a question")
    sub.add_argument("--passages", type=int, default=8, help="passages that are read")
    sub.add_argument("--titles", action="store_true", help="put the article's title before the passage")
    sub.add_argument("--baseline", action="store_true", help="the cross-encoder on single sentences instead")
    sub = command("export", export)
    sub.add_argument("--model", type=Path, required=True, help="a checkpoint (.pt)")
    sub.add_argument("--out", type=Path, required=True, help="folder for reader.onnx, tokenizer.json, reader.json")
    sub.add_argument("--last", action="store_true", help="the last weights, not their running average")
    sub.add_argument("--per-channel", action=argparse.BooleanOptionalAction, default=True)
    return top


def main() -> None:
    args = parser().parse_args()
    args.run_command(args)


if __name__ == "__main__":
    main()
