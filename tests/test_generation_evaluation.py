"""Measuring answers that a language model wrote: what their sentences cite, what was cut, and what it cost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from providers import providers
from talkers import reranker, saying, written_by
from typer.testing import CliRunner

from qa import Answer, Assistant
from qa.answer import ArticleRef, Citation
from qa.evaluation import Question, compare, evaluate
from qa.evaluation.citing import citing

FLOOD = "Eight people died when the river Vel burst its banks in Velsbridge on Monday night."
PORT = "The port of Averin reopened on Sunday after a strike of nineteen days."


def _answer(text: str, *quotes: str) -> Answer:
    article = ArticleRef("x", "News")
    cited = tuple(Citation(at, quote, 0, len(quote), 1.0, article) for at, quote in enumerate(quotes, 1))
    return Answer("What happened?", True, text, 0.9, cited)


def test_a_sentence_that_its_quote_bears_out_counts_fully() -> None:
    found = citing(_answer("Eight people died when the river Vel burst its banks. [1]", FLOOD), reranker().score)
    assert found == {"citing.recall": 1.0, "citing.precision": 1.0, "citing.unsupported": 0.0}


def test_a_quote_of_something_else_is_no_support() -> None:
    found = citing(_answer("Eight people died when the river Vel burst its banks. [1]", PORT), reranker().score)
    assert found == {"citing.recall": 0.0, "citing.precision": 0.0, "citing.unsupported": 1.0}


def test_a_second_quote_that_adds_nothing_lowers_precision() -> None:
    answer = _answer("Eight people died when the river Vel burst its banks. [1][2]", FLOOD, PORT)
    found = citing(answer, reranker().score)
    assert found["citing.recall"] == 1.0
    assert found["citing.precision"] == 0.5


@pytest.mark.parametrize("wrong", ["Nine people died. [1]", "9 people died. [1]", "In Leeds, Anna Holm died. [1]"])
def test_words_that_the_quote_lacks_are_counted(wrong: str) -> None:
    assert citing(_answer(wrong, FLOOD), reranker().score)["citing.unsupported"] == 1.0


def test_silence_is_not_judged() -> None:
    assert citing(replace(_answer("No.", FLOOD), answered=False), reranker().score) == {}


def test_the_same_questions_with_and_without_a_model_are_compared(sample_archive: Path) -> None:
    questions = [
        Question("Who resigned as mediator?", answers=("Orla Venn",)),
        Question("Who won the 1930 chess final?"),
    ]
    said = "The mediator, former judge Orla Venn, resigned after five days in the job [1]. Ada was there [1]."
    with Assistant.open(sample_archive) as assistant, written_by(assistant, saying(said)):
        plain = evaluate(*questions, assistant=assistant, llm=False, borne_out=reranker().score)
        told = evaluate(*questions, assistant=assistant, borne_out=reranker().score)
    assert "writing.generative" not in plain.measures
    assert plain.measures["citing.recall"] > 0.6
    measures = told.measures
    assert measures["writing.generative"] == 1.0
    assert measures["writing.cut"] == 0.5
    assert measures["citing.recall"] == measures["citing.precision"] == 1.0
    assert measures["citing.unsupported"] == 0.0
    assert measures["answers.first"] == plain.measures["answers.first"] == 1.0
    assert measures["writing.prompt_tokens"] > 100
    names = {one.measure.name for one in compare(told, plain, resamples=20).differences}
    assert {"answers.first", "citing.recall", "latency.median"} <= names


def test_both_needs_a_model_to_compare_with(sample_archive: Path, tmp_path: Path) -> None:
    from qa.cli import cli

    questions = tmp_path / "q.jsonl"
    questions.write_text('{"question": "Who?"}\n')
    ran = CliRunner().invoke(cli, ["eval", str(questions), "--both", "--archive", str(sample_archive)])
    assert ran.exit_code != 0
    assert "none is set" in f"{ran.output} {ran.exception}"


def test_both_says_which_column_is_whose(sample_archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from qa.cli import cli

    questions = tmp_path / "q.jsonl"
    questions.write_text('{"question": "Who resigned as mediator?", "answer": "Orla Venn"}\n')
    with providers() as server:
        monkeypatch.setenv("DATELINE_LLM", server.setting("url", "right"))
        given = ["eval", str(questions), "--both", "--quiet", "--archive", str(sample_archive)]
        assert CliRunner().invoke(cli, given).output == ""
        rows = CliRunner().invoke(cli, [*given[:3], *given[4:]]).output.splitlines()
    assert rows[0] == "With the language model:"
    [head] = [row for row in rows if row.startswith("measure") and "change" in row]
    assert head.split("\t")[2:4] == ["quotes", "with it"]
    assert any(row.startswith("writing.generative\t") and "\t1.000\t" in row for row in rows)
