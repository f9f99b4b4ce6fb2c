"""What is wanted with a question."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.question.intent import Intent, intent


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("hello", "greeting"),
        ("Hi there!", "greeting"),
        ("Thank you very much", "greeting"),
        ("help", "help"),
        ("What can you do?", "help"),
        ("Can you help me?", "help"),
        ("How does this work?", "help"),
    ],
)
def test_talk_is_known_from_questions(question: str, kind: str) -> None:
    assert intent(question).kind == kind


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What do you have on the ferry?", Intent("inventory", "the ferry")),
        ("Do you have anything about Jane Doe?", Intent("inventory", "Jane Doe")),
        ("Is there anything in the archive about knots?", Intent("inventory", "knots")),
        ("Which articles mention Jane Doe?", Intent("inventory", "Jane Doe")),
        ("Show me articles about the flood from January", Intent("inventory", "the flood")),
        ("What is in here?", Intent("inventory")),
        ("Which outlets are in here?", Intent("inventory", aspect="sources")),
        ("What are your sources?", Intent("inventory", aspect="sources")),
        ("What dates do you cover?", Intent("inventory", aspect="dates")),
        ("What is the latest article?", Intent("inventory", aspect="dates")),
        ("How many articles do you have?", Intent("count")),
        ("How many articles about the flood in March?", Intent("count", "the flood")),
        ("How many articles mention Jane Doe?", Intent("count", "Jane Doe")),
        ("How many articles from The Courier?", Intent("count", "The Courier", "sources")),
        ("How often is Jane Doe mentioned?", Intent("count", "Jane Doe")),
    ],
)
def test_questions_about_the_archive_say_of_what(question: str, expected: Intent) -> None:
    assert intent(question) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What happened to Jane Doe?", Intent("overview", "Jane Doe")),
        ("What happened in Port Wendel in January?", Intent("overview", "Port Wendel")),
        ("What happened last week?", Intent("overview")),
        ("What was in the news in March 2025?", Intent("overview")),
        ("Tell me about the ferry strike", Intent("overview", "the ferry strike")),
        ("Could you summarise what happened to Acme?", Intent("overview", "Acme")),
        ("Give me a timeline of the ferry strike", Intent("overview", "the ferry strike")),
        ("How did the ferry strike unfold?", Intent("overview", "the ferry strike")),
        ("What is new about the ferry?", Intent("overview", "the ferry", "latest")),
        ("What's the latest on Acme?", Intent("overview", "Acme", "latest")),
        ("Any news on Acme?", Intent("overview", "Acme", "latest")),
    ],
)
def test_overviews_say_of_what(question: str, expected: Intent) -> None:
    assert intent(question) == expected


@pytest.mark.parametrize(
    ("question", "respect", "questions"),
    [
        ("Which came first, the strike or the flood?", "first", ("When was the strike?", "When was the flood?")),
        ("Who was born first, Ann Lee or Bob Ray?", "first", ("When was Ann Lee born?", "When was Bob Ray born?")),
        ("Did the strike end after the flood?", "last", ("When did the strike end?", "When did the flood end?")),
        ("Which is deeper, the lake or the mine?", "more", ("How deep is the lake?", "How deep is the mine?")),
        ("Was the lake bigger than the mine?", "more", ("How big was the lake?", "How big was the mine?")),
        ("Is Ann Lee younger than Bob Ray?", "less", ("How old is Ann Lee?", "How old is Bob Ray?")),
        ("Which cost more, the lake or the mine?", "more", ("The lake cost how much?", "The mine cost how much?")),
        (
            "Did Acme sell more cars than Globex?",
            "more",
            ("How many cars did Acme sell?", "How many cars did Globex sell?"),
        ),
        ("Compare the lake and the mine", "differ", ("What about the lake?", "What about the mine?")),
        (
            "How did the final deal differ from the first one?",
            "differ",
            ("What about the final deal?", "What about the first deal?"),
        ),
    ],
)
def test_comparisons_ask_the_same_of_both_sides(question: str, respect: str, questions: tuple[str, str]) -> None:
    found = intent(question)
    assert (found.kind, found.aspect, found.questions) == ("comparison", respect, questions)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Which films won prizes?", "list"),
        ("Name all the winners", "list"),
        ("Which two towns were flooded?", "list"),
        ("Which film won a prize?", "fact"),
        ("Which country’s lawmakers resigned?", "fact"),
        ("Did the mayor resign?", "yes-no"),
        ("Was the mayor charged or cleared?", "fact"),
    ],
)
def test_lists_and_yes_no_are_told(question: str, kind: str) -> None:
    assert intent(question).kind == kind


@pytest.mark.parametrize(
    "question",
    [
        "Who was summoned, and why?",
        "What happened to the guard?",
        "What happened to Jane Doe on Saturday?",
        "What happened to Acme after it went bankrupt?",
        "What happens to the packet at its destination?",
        "Where did the committee get its money?",
        "How many stories does the tower have?",
        "How many articles of impeachment were there?",
        "How many reports of fraud were there?",
        "Who said that prices were higher than expected?",
        "What is the difference in price?",
        "Tell me about it",
        "What happened?",
        "",
    ],
)
def test_in_doubt_it_is_a_fact(question: str) -> None:
    assert intent(question) == Intent()


def test_no_question_of_the_samples_for_a_fact_is_taken_for_another() -> None:
    lines = (Path(__file__).parent.parent / "examples" / "questions.jsonl").read_text("utf-8").splitlines()
    asked = [json.loads(line) for line in lines]
    other = {item["question"] for item in asked if intent(item["question"]).kind not in ("fact", "list", "yes-no")}
    assert other == set()


@given(st.text())
def test_any_text_is_something(text: str) -> None:
    assert isinstance(intent(text), Intent)
