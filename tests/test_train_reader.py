"""What the reader learns from: examples, their tokens and batches, passages that are mined; and the command line."""

from __future__ import annotations

import json
import lzma
import os
import random
import subprocess
import sys
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.reading_model.arrays import MAX_TOKENS, Arrays, batches, load_tokenizer, save_arrays
from benchmarks.reading_model.examples import MAX_WORDS, Builder, Example
from benchmarks.reading_model.measuring import measure_squad2
from benchmarks.reading_model.mining import mined_examples
from benchmarks.reading_model.negatives import swap, turn
from benchmarks.reading_model.records import learned_from, squad2
from benchmarks.reading_model.search import FoundPassage, NewsQuestion, PassageIndex, news_questions
from benchmarks.reading_model.sources import Source, add_clapnq, add_labelled, add_marked
from benchmarks.reading_model.texts import contains, passages, sentence_spans
from ingest.models import MS_MARCO
from qa.reader import BundledReader

SCRIPT = Path(__file__).resolve().parent.parent / "benchmarks" / "train_reader.py"

FERRY = (
    "The ferry Marigold ran aground off Corrin Head in 1987. Captain Ines Dorval said that the radar had failed. "
    "The rescue cost 84,000 crowns. Tourists watched it from the pier."
)
LIGHTHOUSE = (
    "Corrin Head has had a lighthouse since 1820. Its keeper was Abel Morran until he retired. "
    "Every ferry that passes it sounds its horn. The radar on its roof is new."
)
FILLERS = [
    " ".join(
        f"The {thing} of {town} is open on every day of the week but the first." for town in ("Lisk", "Orle", "Tamm")
    )
    for thing in ("market", "library", "swimming bath", "museum of knots")
]
LONG = " ".join(f"Ship number {number} left the harbour early in the morning of a cold day." for number in range(60))


def _builder(seed: int = 1) -> Builder:
    return Builder(random.Random(seed), FILLERS)


def _span(text: str, answer: str) -> tuple[int, int]:
    return text.index(answer), text.index(answer) + len(answer)


def _row(question: str, context: str, *answers: str) -> dict[str, Any]:
    return {
        "q": question,
        "context": context,
        "answers": list(answers),
        "answer_starts": [context.index(answer) for answer in answers],
        "source": "harbour",
        "title": "Corrin_Head",
    }


ROWS = [
    _row("Who was the captain of the Marigold in 1987?", FERRY, "Ines Dorval"),
    _row("What did the rescue of the ferry cost?", FERRY, "84,000 crowns"),
    _row("Who was the first keeper of the lighthouse?", LIGHTHOUSE, "Abel Morran"),
]


# Texts


def test_sentences_end_at_stops_and_not_behind_titles() -> None:
    text = " Dr. Dorval spoke. \u201cWe ran aground!\u201d Then she left\nNo more was said."
    assert [text[start:end] for start, end in sentence_spans(text)] == [
        "Dr. Dorval spoke.",
        "\u201cWe ran aground!\u201d",
        "Then she left",
        "No more was said.",
    ]


def test_passages_are_whole_sentences_of_a_bounded_length() -> None:
    found = passages(LONG)
    assert " ".join(found) == LONG
    assert len(found) > 1
    assert all(len(passage.split()) <= 170 and passage.endswith(".") for passage in found)


# Examples


@pytest.mark.parametrize("seed", range(20))
def test_spans_survive_padding_and_titles(seed: int) -> None:
    build = _builder(seed)
    answer = "Ines Dorval"
    build.add("Who?", FERRY, source="x", spans=[_span(FERRY, answer)], answers=[answer], title="A ferry", pad=1.0)
    [example] = build.examples
    [(start, end)] = example.spans
    assert example.passage[start:end] == answer
    assert FERRY in example.passage
    assert example.passage.count(answer) == 1


def test_padding_and_titles_come_before_and_behind_and_not_always() -> None:
    build = _builder()
    for _ in range(60):
        build.add("Who?", FERRY, source="x", title="A ferry", pad=0.5)
    seen = [example.passage for example in build.examples]
    assert any(passage.startswith("A ferry. ") for passage in seen)
    assert any(passage.startswith("The ") and not passage.startswith(FERRY) for passage in seen)
    assert any(passage.startswith(FERRY) and passage != FERRY for passage in seen)
    assert FERRY in seen


def test_padding_does_not_hold_the_answer() -> None:
    build = _builder()
    for _ in range(20):
        build.add("What is open?", FERRY, source="x", answers=["open", "84,000"], pad=1.0)
    assert not any("open" in example.passage for example in build.examples)


@pytest.mark.parametrize("seed", range(20))
def test_long_texts_are_cut_around_the_answer(seed: int) -> None:
    build = _builder(seed)
    region = next(span for span in sentence_spans(LONG) if "number 33 " in LONG[slice(*span)])
    far = _span(LONG, "Ship number 2 ")
    build.add("Which?", LONG, source="x", spans=[_span(LONG, "number 33"), far], regions=[region], pad=0.0)
    [example] = build.examples
    assert [example.passage[slice(*span)] for span in example.spans] == ["number 33"]
    assert [example.passage[slice(*span)] for span in example.regions] == [LONG[slice(*region)]]
    assert 90 < len(example.passage.split()) <= MAX_WORDS
    assert example.passage in LONG


def test_a_span_that_is_in_no_window_gives_no_example() -> None:
    build = _builder()
    build.add("Which?", LONG, source="x", spans=[(0, len(LONG) + 1)])
    assert build.examples == []


def test_without_takes_out_every_sentence_with_the_answer() -> None:
    build = _builder()
    text = FERRY + " Dorval was praised. The radar was mended."
    build.add_without("Who?", text, ["Dorval"], source="x")
    [example] = build.examples
    assert not example.answerable
    assert example.source == "x-without"
    assert "Dorval" not in example.passage
    assert "The rescue cost 84,000 crowns." in example.passage
    build.add_without("Who?", "Dorval was praised. Nobody was hurt.", ["Dorval"], source="x")
    assert len(build.examples) == 1


# Negatives


def test_a_swapped_question_asks_for_another_year() -> None:
    question = "Who was the captain of the Marigold in 1987?"
    asked = {swap(question, [], random.Random(seed)) for seed in range(20)}
    assert len(asked) > 3
    for other in asked:
        assert other is not None
        year = other.removeprefix("Who was the captain of the Marigold in ").removesuffix("?")
        assert year.isdigit()
        assert year != "1987"


def test_a_swapped_question_asks_for_another_name() -> None:
    question = "What did Ines Dorval say of the radar?"
    other = swap(question, ["His keeper was Abel Morran until he retired."], random.Random(1))
    assert other == "What did Abel Morran say of the radar?"
    assert swap(question, ["nobody is named here"], random.Random(1)) is None
    assert swap("what was it?", [FERRY], random.Random(1)) is None


@pytest.mark.parametrize(
    ("question", "turned"),
    [
        ("Who was the oldest captain?", {"Who was the youngest captain?"}),
        ("What did Dorval say?", {f"What did Dorval {word} say?" for word in ("not", "never", "refuse to")}),
        ("What was said?", {"What was not said?"}),
        ("What for?", {None}),
    ],
)
def test_a_turned_question_asks_for_the_opposite(question: str, turned: set[str | None]) -> None:
    assert {turn(question, random.Random(seed)) for seed in range(30)} == turned


# Sources


def test_marked_answers_become_spans_and_negatives_that_do_not_answer() -> None:
    build = _builder()
    add_marked(build, ROWS * 60, Source("harbour", negatives=1.0, pad=0.5))
    questions = {row["q"]: row for row in ROWS}
    for example in build.examples:
        kind = example.source.partition("-")[2]
        if example.source == "harbour":
            [(start, end)] = example.spans
            assert [example.passage[start:end]] == questions[example.question]["answers"]
            continue
        assert not example.answerable
        if kind in ("swapped", "turned"):
            assert example.question not in questions
        else:
            assert not contains(example.passage, questions[example.question]["answers"])
    assert {example.source for example in build.examples} == {
        "harbour",
        "harbour-without",
        "harbour-sibling",
        "harbour-swapped",
        "harbour-turned",
        "mismatched",
    }


def test_negatives_are_made_of_the_share_that_was_asked_for() -> None:
    build = _builder()
    add_marked(build, ROWS * 100, Source("harbour", negatives=0.2))
    assert sum(example.answerable for example in build.examples) == 300
    assert 30 < sum(not example.answerable for example in build.examples) < 70


def _labelled(source: str, *, answerable: bool) -> dict[str, Any]:
    cut = [FERRY[start:end] for start, end in sentence_spans(FERRY)]
    return {
        "q": "Who was the captain?",
        "sentences": cut,
        "labels": [int(answerable and "Dorval" in sentence) for sentence in cut],
        "answers": ["Ines Dorval"],
        "answerable": answerable,
        "source": source,
    }


def test_labelled_sentences_become_regions_and_known_answers_in_them_spans() -> None:
    build = _builder()
    add_labelled(build, iter([_labelled("selqa", answerable=True), _labelled("timeqa", answerable=True)]))
    [sentences, answers] = [example for example in build.examples if example.answerable]
    assert [sentences.passage[slice(*span)] for span in sentences.regions] == [
        "Captain Ines Dorval said that the radar had failed."
    ]
    assert [answers.passage[slice(*span)] for span in answers.spans] == ["Ines Dorval"]


def test_labelled_sentences_without_a_label_are_no_answer() -> None:
    build = _builder()
    add_labelled(build, iter([_labelled("timeqa", answerable=False)]))
    assert [(example.source, example.answerable) for example in build.examples] == [("timeqa-none", False)]


def _clapnq(name: str) -> dict[str, Any]:
    cut = ["The ferry ran aground .", "`` We were lost , '' said Dorval ."]
    return {
        "id": name,
        "input": "Who was lost?",
        "passages": [{"title": "", "sentences": cut}],
        "output": [{"selected_sentences": cut[1:]}],
    }


def test_half_of_clapnq_is_learned_from_with_its_selected_sentences() -> None:
    build = _builder()
    add_clapnq(build, (_clapnq(str(number)) for number in range(100)))
    assert 30 < len(build.examples) < 70
    for example in build.examples:
        [region] = example.regions
        assert example.passage[slice(*region)] == '"We were lost," said Dorval.'


# Token arrays


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    return load_tokenizer(MS_MARCO.locate())


def _saved(folder: Path, tokenizer: Any, examples: Sequence[Example]) -> Path:
    save_arrays(examples, tokenizer, folder / "base.npz")
    return folder / "base.npz"


def test_the_tokens_of_the_answer_are_marked(tmp_path: Path, tokenizer: Any) -> None:
    answers = ["Ines Dorval", "84,000 crowns", "1987"]
    examples = [Example("What?", FERRY, (_span(FERRY, answer),), weight=0.5) for answer in answers]
    data = Arrays([_saved(tmp_path, tokenizer, examples)])
    assert len(data) == 3
    for number, answer in enumerate(answers):
        row = data[number]
        [start], [end] = row.starts.tolist(), row.ends.tolist()
        assert tokenizer.decode(row.tokens[start : end + 1].tolist()).replace(", ", ",") == answer.lower()
        assert tokenizer.decode(row.tokens[: row.first].tolist()) == "what?"
        assert row.weight == 0.5


def test_every_token_of_a_region_may_start_or_end_the_answer(tmp_path: Path, tokenizer: Any) -> None:
    sentence = "Tourists watched it from the pier."
    examples = [Example("Who?", FERRY, regions=(_span(FERRY, sentence),)), Example("Why?", FERRY)]
    data = Arrays([_saved(tmp_path, tokenizer, examples)])
    assert data[0].starts.tolist() == data[0].ends.tolist()
    assert tokenizer.decode(data[0].tokens[data[0].starts].tolist()) == "tourists watched it from the pier."
    assert data[1].starts.tolist() == data[1].ends.tolist() == []


def test_what_is_too_long_is_cut_and_left_out_if_the_answer_is_lost(tmp_path: Path, tokenizer: Any) -> None:
    near, far = _span(LONG, "number 3"), _span(LONG, "number 59")
    examples = [Example("Which?", LONG, (near,)), Example("Which?", LONG, (far,)), Example("Which?", LONG)]
    data = Arrays([_saved(tmp_path, tokenizer, examples)])
    assert [len(data[number].starts) for number in range(len(data))] == [1, 0]
    for number in range(2):
        assert len(data[number].tokens) == data.length(number) == MAX_TOKENS
        assert tokenizer.id_to_token(int(data[number].tokens[-1])) == "[SEP]"


def test_sources_are_thinned_and_repeated_and_long_examples_left_out(tmp_path: Path, tokenizer: Any) -> None:
    examples = [Example("Who?", FERRY, source=source) for source in ["a"] * 100 + ["b-none"] * 10]
    path = _saved(tmp_path, tokenizer, [*examples, Example("Which?", LONG, source="c")])
    assert len(Arrays([path])) == 111
    assert len(Arrays([path], longest=100)) == 110
    assert len(Arrays([path], shares={"b": 2.0, "a": 0.0})) == 21
    assert 10 < len(Arrays([path], shares={"a": 0.3, "b": 0.0, "c": 0.0})) < 60
    assert len(Arrays([path, path])) == 222


# Batches


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory, tokenizer: Any) -> Arrays:
    examples = [Example(f"Which of {number}?", FERRY[: 20 + number]) for number in range(150)]
    return Arrays([_saved(tmp_path_factory.mktemp("arrays"), tokenizer, examples)])


def test_every_epoch_shows_every_example_once_in_another_order(data: Arrays) -> None:
    drawn = [number for _, group in islice(batches(data, seed=3, size=10), 30) for number in group]
    first, second = drawn[:150], drawn[150:]
    assert sorted(first) == sorted(second) == list(range(150))
    assert first != second


def test_batches_go_on_where_they_stopped(data: Arrays) -> None:
    whole = list(islice(batches(data, seed=3, size=8), 40))
    for stopped in (0, 1, 17, 18, 19, 30):
        seen = whole[stopped - 1][0] if stopped else 0
        assert list(islice(batches(data, seed=3, size=8, skip=seen), 40 - stopped)) == whole[stopped:]


def test_a_batch_holds_like_lengths_and_the_seed_decides_the_order(data: Arrays) -> None:
    groups = [group for _, group in islice(batches(data, seed=3, size=10), 15)]
    spread = [max(map(data.length, group)) - min(map(data.length, group)) for group in groups]
    assert max(spread) <= 5
    assert groups != [group for _, group in islice(batches(data, seed=4, size=10), 15)]


# News


def test_a_search_finds_the_passages_that_share_words() -> None:
    index = PassageIndex({"title": "", "text": text} for text in (FERRY, LIGHTHOUSE, *FILLERS))
    assert [text for _, text in index.search("Who was the keeper of the lighthouse?", 1)] == [LIGHTHOUSE]
    assert index.search("what of it", 5) == []


def _year(folder: Path) -> Path:
    folder.mkdir()
    with lzma.open(folder / "articles.jsonl.xz", "wt", encoding="utf-8") as file:
        for text in (*FILLERS, LIGHTHOUSE, FERRY):
            file.write(json.dumps({"title": "News", "text": text}) + "\n")
    asked = {"id": "1", "question": "What did the rescue of the ferry cost?", "answer": "84,000 crowns"}
    (folder / "questions.jsonl").write_text(json.dumps(asked) + "\n", encoding="utf-8")
    none = {"id": "2", "question": "Who sank the ferry in the library?", "answer": None}
    (folder / "unanswerable.jsonl").write_text(json.dumps(none) + "\n", encoding="utf-8")
    return folder


def test_the_passages_of_a_question_are_ranked_and_kept(tmp_path: Path) -> None:
    year, kept = _year(tmp_path / "news2024"), tmp_path / "kept.jsonl"
    found = news_questions(year, kept, base=MS_MARCO.locate(), pool=24, threads=1)
    assert [asked.answer for asked in found] == ["84,000 crowns", ""]
    assert [passage.text for passage in found[0].passages[:2]] == [FERRY, LIGHTHOUSE]
    assert found[0].passages[0].score > 0 > found[0].passages[1].score
    (year / "questions.jsonl").unlink()
    assert news_questions(year, kept, base=MS_MARCO.locate(), pool=24, threads=1) == found


def test_mined_passages_with_the_answers_words_answer_and_others_do_not() -> None:
    found = (
        FoundPassage(3.0, "Dorval", FERRY),
        FoundPassage(1.0, "", LIGHTHOUSE),
        FoundPassage(-5.0, "", "Dorval is a village."),
    )
    asked = [NewsQuestion(str(number), "Who was the captain?", "Dorval", found) for number in range(40)]
    examples = mined_examples(asked, seed=1)
    assert len(examples) == 2 * sum(learned_from(one.id) for one in asked)
    assert {example.passage for example in examples} == {FERRY, f"Dorval. {FERRY}", LIGHTHOUSE}
    for example in examples:
        assert example.answerable == (example.passage != LIGHTHOUSE)
        for start, end in example.spans:
            assert example.passage[start:end] == "Dorval"
            assert start > example.passage.index("Captain")


# Measuring, and the command line


def _squad2(path: Path) -> Path:
    def page(title: str, context: str, *asked: tuple[str, str]) -> dict[str, Any]:
        qas = [
            {
                "question": question,
                "is_impossible": not answer,
                "answers": [{"text": answer, "answer_start": context.index(answer)}] if answer else [],
            }
            for question, answer in asked
        ]
        return {"title": title, "paragraphs": [{"context": context, "qas": qas}]}

    pages = [
        page("Lighthouse", LIGHTHOUSE, ("Who was the keeper?", "Abel Morran")),
        page("Ferry", FERRY, ("What did the rescue cost?", "84,000 crowns"), ("Who boils tungsten?", "")),
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    with lzma.open(path, "wt", encoding="utf-8") as file:
        json.dump({"data": pages}, file)
    return path


def test_every_second_page_is_held_out(tmp_path: Path) -> None:
    path = _squad2(tmp_path / "squad2.json.xz")
    assert [asked.title for asked in squad2(path, held_out=False)] == ["Lighthouse"]
    assert [(asked.title, asked.answers) for asked in squad2(path, held_out=True)] == [
        ("Ferry", ("84,000 crowns",)),
        ("Ferry", ()),
    ]


def test_the_reader_that_ships_is_measured(tmp_path: Path) -> None:
    figures = measure_squad2(BundledReader(threads=1), _squad2(tmp_path / "squad2.json.xz"), limit=0, seed=1)
    assert figures == {
        "questions": 2,
        "best sentence holds the answer": 1.0,
        "span is the answer": 1.0,
        "AUC by span margin": 1.0,
        "AUC by answerable head": 1.0,
        "AUC by both": 1.0,
    }


def _write(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with lzma.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


def test_prepare_writes_the_same_arrays_each_time_from_any_folder(tmp_path: Path) -> None:
    train, evaluation = tmp_path / "train", tmp_path / "eval"
    for name in ("squad_train_du44", "squad_train_sample", "squadshifts_new_wiki", "squadshifts_reddit"):
        _write(train / f"{name}.jsonl.xz", ROWS)
    for name in ("squadshifts_amazon_reviews", "nq_oracle", "onestopqa", "quoref_contrast", "tweetqa"):
        _write(train / f"{name}.jsonl.xz", ROWS)
    for name in ("qamr", "qadiscourse"):
        _write(train / f"{name}.jsonl.xz", [{**row, "news": bool(n)} for n, row in enumerate(ROWS)])
    for name in ("selqa", "timeqa"):
        _write(train / f"{name}.jsonl.xz", [_labelled(name, answerable=True)])
    _write(evaluation / "news2022" / "articles.jsonl.xz", [{"text": LONG}, {"text": " ".join(FILLERS)}])
    _write(evaluation / "clapnq" / "clapnq.jsonl.xz", [_clapnq(str(number)) for number in range(10)])
    _squad2(evaluation / "squad2" / "squad2.json.xz")
    made = []
    for hashing in ("1", "2"):
        work = tmp_path / f"work-{hashing}"
        options = ["--base", MS_MARCO.locate(), "--train", train, "--eval", evaluation, "--work", work]
        subprocess.run(
            [sys.executable, SCRIPT, "prepare", *options, "--seed", "4"],
            cwd=tmp_path,
            env={**os.environ, "PYTHONHASHSEED": hashing},
            check=True,
            timeout=300,
        )
        with np.load(work / "base.npz") as arrays:
            made.append({name: arrays[name].tolist() for name in arrays.files})
    assert made[0] == made[1]
    assert {"clapnq", "squad2", "selqa", "timeqa", "harbour"} <= set(made[0]["sources"])
