"""The reader itself: where it says that the answer stands, and what it does with odd input."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.article import Article
from ingest.errors import ModelError
from ingest.models import BundledModel
from ingest.settings import Settings
from ingest.split import split
from ingest.stored import StoredPassage
from qa.reader import BundledReader, SentenceReading, load_reader

FERRY = """\
The ferry Marigold ran aground off Corrin Head on Monday night. Nobody was hurt.

Captain Ines Dorval, 51, said that the radar had failed. She was relieved of her command on Tuesday.

The rescue cost 84,000 crowns, the harbour authority said. Tourists watched it from the pier."""


@pytest.fixture(scope="module")
def reader() -> BundledReader:
    return BundledReader()


def _passages(text: str) -> list[StoredPassage]:
    return [StoredPassage(passage, Article(text=text, id="a1")) for passage in split(text)]


def _best(reader: BundledReader, question: str, text: str) -> SentenceReading:
    [reading] = reader.read(question, _passages(text))
    return max(reading.sentences, key=lambda sentence: sentence.score)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("How much did the rescue cost?", "84,000 crowns"),
        ("Where did the ferry run aground?", "Corrin Head"),
        ("When did the ferry run aground?", "Monday night"),
        ("What is the name of the ferry?", "Marigold"),
        ("Who is the captain?", "Ines Dorval"),
        ("Who watched the rescue?", "Tourists"),
    ],
)
def test_the_words_that_answer_are_found(reader: BundledReader, question: str, answer: str) -> None:
    best = _best(reader, question, FERRY)
    assert answer in best.answer.cut(FERRY)
    assert len(best.answer.cut(FERRY)) <= len(answer) + 20


def test_every_sentence_is_read_and_every_answer_lies_in_its_sentence(reader: BundledReader) -> None:
    text = "A headline of sorts\n\n" + FERRY
    [stored] = _passages(text)
    [reading] = reader.read("Who was relieved of her command?", [stored])
    assert [sentence.sentence for sentence in reading.sentences] == list(stored.passage.sentences)
    for sentence in reading.sentences:
        assert sentence.sentence.start <= sentence.answer.start < sentence.answer.end <= sentence.sentence.end
        assert sentence.score <= 0


def test_what_is_not_answered_gets_less_than_no_answer(reader: BundledReader) -> None:
    known, unknown = (
        _best(reader, question, FERRY).margin
        for question in ("How much did the rescue cost?", "What is the boiling point of tungsten?")
    )
    assert unknown < 0 < known


def test_passages_keep_their_order_and_the_same_words_get_the_same_reading(reader: BundledReader) -> None:
    other = "The museum of knots opened a new wing. It shows four hundred knots."
    passages = [*_passages(other), *_passages(FERRY), *_passages(other)]
    first, second, third = reader.read("How many knots are shown?", passages)
    assert first == third
    assert first.relevance > second.relevance


def test_words_beyond_what_can_be_read_are_left_out(reader: BundledReader) -> None:
    text = " ".join(f"Ship number {n} left the harbour in the morning of a cold day." for n in range(60))
    article = Article(text=text, id="a1")
    [passage] = split(text, max_words=2000)
    [reading] = reader.read("Which ship left?", [StoredPassage(passage, article)])
    assert 10 < len(reading.sentences) < 60
    assert all(sentence.answer.end <= sentence.sentence.end for sentence in reading.sentences)


def test_no_passages_are_no_readings(reader: BundledReader) -> None:
    assert reader.read("Who?", []) == []


@cache
def _kept() -> BundledReader:
    return BundledReader(threads=1)


@settings(max_examples=40, deadline=None)
@given(st.text(min_size=1, max_size=200), st.text(min_size=1, max_size=200))
def test_any_text_can_be_read(question: str, text: str) -> None:
    passages = _passages(text)
    for stored, reading in zip(passages, _kept().read(question, passages), strict=True):
        for sentence in reading.sentences:
            assert sentence.sentence in stored.passage.sentences
            assert sentence.sentence.start <= sentence.answer.start <= sentence.answer.end <= sentence.sentence.end


def test_the_settings_give_the_bundled_reader(tmp_path: Path) -> None:
    assert isinstance(load_reader(Settings.load(tmp_path)), BundledReader)


def test_a_changed_or_missing_model_is_named(tmp_path: Path) -> None:
    model = BundledModel("a reader", "reader", "0" * 64, "dateline", "pip install dateline")
    with pytest.raises(ModelError, match=r"the files of a reader are missing .*pip install dateline"):
        model.check(tmp_path)
    (tmp_path / "model.onnx").write_bytes(b"no model")
    with pytest.raises(ModelError, match="is not the file of a reader that this version was measured with"):
        model.check(tmp_path)
