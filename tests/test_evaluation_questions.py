"""Question files: every way of saying what is known of an answer, and what is said about a line that says nothing."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import InputError
from qa.answer import ArticleRef
from qa.evaluation import Question, read_questions
from qa.evaluation.questions import Gold

HERE = ArticleRef("a1", "The flood", url="https://post.example/flood", source="Post", published="2025-01-20")
ELSEWHERE = ArticleRef("a2", "The fair", url="https://post.example/fair")


def written(folder: Path, *rows: Any) -> Path:
    """A question file: each row as JSON, or as it stands."""
    path = folder / "questions.jsonl"
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows), encoding="utf-8")
    return path


def read_one(folder: Path, **row: Any) -> Question:
    [question] = read_questions(written(folder, {"question": "Who?", **row}))
    return question


def test_every_way_of_giving_the_answer_is_read(tmp_path: Path) -> None:
    squad = {"text": ["one", "two"], "answer_start": [3, 9]}
    for given_, expected in [("one", ("one",)), (["one", "two"], ("one", "two")), (7, ("7",)), (squad, ("one", "two"))]:
        assert read_one(tmp_path, answer=given_).answers == expected
    assert read_one(tmp_path, answers=["one", {"text": "two"}]).answers == ("one", "two")


@pytest.mark.parametrize("row", [{}, {"answer": None}, {"answer": ""}, {"answers": []}, {"answerable": False}])
def test_a_question_without_an_answer_is_unanswerable(tmp_path: Path, row: dict[str, Any]) -> None:
    assert not read_one(tmp_path, **row).answerable


@pytest.mark.parametrize("row", [{"answer": "x"}, {"answerable": True}, {"gold": ["a1"]}, {"is_impossible": False}])
def test_an_answer_a_gold_article_or_the_word_for_it_makes_a_question_answerable(
    tmp_path: Path, row: dict[str, Any]
) -> None:
    assert read_one(tmp_path, **row).answerable


def test_every_field_is_read_under_its_other_names(tmp_path: Path) -> None:
    row = {
        "ID": 7,
        "Query": "  And\nwhy? ",
        "type": "reason",
        "asked_on": "5 March 2025",
        "gold": ["https://post.example/flood", "a1", "flood.txt", "ledger.json#2"],
        "gold_titles": ["The flood"],
        "messages": [{"role": "user", "content": "Who?"}, {"role": "assistant", "content": "Ada."}],
        "standalone_question": "Why did Ada resign?",
        "answer": "flood",
        "also": ["mud"],
        "outdated": "fire",
        "split": "dev",
    }
    path = written(tmp_path, row)
    assert read_questions(path) == (
        Question(
            text="And why?",
            answers=("flood",),
            id="7",
            kind="reason",
            asked="2025-03-05",
            gold=Gold(("https://post.example/flood",), ("The flood", "a1"), ("flood.txt", "ledger.json#2")),
            history=(("Who?", "Ada."),),
            rewrite="Why did Ada resign?",
            also=("mud",),
            outdated=("fire",),
            place=f"{path}:1",
        ),
    )


@pytest.mark.parametrize(
    "history", [[["Who?", "Ada."]], ["Who?", "Ada."], [{"question": "Who?", "answer": "Ada."}]], ids=str
)
def test_a_history_is_read_in_all_its_forms(tmp_path: Path, history: list[Any]) -> None:
    assert read_one(tmp_path, history=history).history == (("Who?", "Ada."),)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("{", "not JSON"),
        ("[1]", "not a JSON object"),
        ({"answer": "x"}, 'no "question"'),
        ({"question": ["x"]}, "'question' is [\"x\"], and should be a text"),
        ({"question": "Q", "answer": "%"}, "'%' holds no word"),
        ({"question": "Q", "answer": True}, "'answer' is true"),
        ({"question": "Q", "answer": "x", "answerable": False}, "leave one of them out"),
        ({"question": "Q", "answerable": "no"}, "should be true or false"),
        ({"question": "Q", "asked": "yesteryear"}, "'yesteryear', which is no date"),
        ({"question": "Q", "history": ["Who?"]}, "[question, answer] pairs"),
        ({"question": "Q", "history": "Who?"}, "[question, answer] pairs"),
    ],
)
def test_a_bad_row_is_named_with_its_file_and_line(tmp_path: Path, row: Any, said: str) -> None:
    path = written(tmp_path, {"question": "Q"}, "", row)
    with pytest.raises(InputError, match=re.escape(f"{path}:3: ")) as error:
        read_questions(path)
    assert said in str(error.value)


def test_all_bad_rows_are_named_at_once_up_to_five(tmp_path: Path) -> None:
    path = written(tmp_path, *["{"] * 7)
    with pytest.raises(InputError) as error:
        read_questions(path)
    assert [f"{path}:{n}:" in str(error.value) for n in range(1, 8)] == [True] * 5 + [False] * 2
    assert str(error.value).endswith("and 2 more")


def test_a_file_that_is_missing_not_text_or_empty_is_named(tmp_path: Path) -> None:
    (tmp_path / "binary.jsonl").write_bytes(b"\xff\xfe\x00")
    for name, said in [("none.jsonl", "No such file"), ("binary.jsonl", "not UTF-8"), ("empty.jsonl", "no question")]:
        if name == "empty.jsonl":
            (tmp_path / name).touch()
        with pytest.raises(InputError, match=f"{name}.*{said}|{said}.*{name}"):
            read_questions(tmp_path / name)


def test_limit_counts_for_each_file_and_kind_goes_by_file_or_words(tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    rows = [{"question": "Who?"}, {"question": "When?"}, {"question": "How many?", "kind": "toll"}]
    files = [written(folder, *rows) for folder in (tmp_path, tmp_path / "more")]
    assert [one.text for one in read_questions(*files, limit=1)] == ["Who?", "Who?"]
    assert [one.text for one in read_questions(files[0], kind="date")] == ["When?"]
    assert [one.text for one in read_questions(files[0], kind="toll")] == ["How many?"]
    with pytest.raises(InputError, match="no question of kind 'place'"):
        read_questions(*files, kind="place")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8), lambda inner: st.lists(inner, max_size=3)
)
names = st.sampled_from("question query answer answers answerable gold asked history messages also id kind".split())


@given(st.dictionaries(names, json_values, max_size=6))
def test_any_row_is_a_question_or_a_clear_error(tmp_path_factory: pytest.TempPathFactory, row: dict[str, Any]) -> None:
    path = written(tmp_path_factory.mktemp("rows"), row)
    try:
        [question] = read_questions(path)
    except InputError as error:
        assert str(path) in str(error)  # noqa: PT017
    else:
        assert Question.from_dict(json.loads(json.dumps(question.to_dict()))) == question


def test_gold_articles_are_known_by_address_id_or_headline() -> None:
    for gold in (
        Gold(urls=("http://www.post.example/flood/#top",)),
        Gold(names=("a1",)),
        Gold(names=("the flood",)),
    ):
        assert gold.has(HERE)
        assert not gold.has(ELSEWHERE)
        assert gold
    assert not Gold(urls=("http://post.example/flood",), files=("flood.txt",))
    assert not Gold(urls=("http://[",)).has(HERE)
