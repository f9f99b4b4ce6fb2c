"""Compound questions: their parts, and what a later part takes from the answer to the first."""

from __future__ import annotations

import pytest

from qa.question.compound import Part, apart


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("When, where and why did it sink?", ["When did it sink?", "Where did it sink?", "Why did it sink?"]),
        ("How many people died and how many are missing?", ["How many people died?", "How many people are missing?"]),
        ("What did both the mayor and the governor say?", ["What did the mayor say?", "What did the governor say?"]),
        ("Who heads Acme and what did he say?", ["Who heads Acme?", "What did … say?"]),
        ("Who heads Acme and what is her salary?", ["Who heads Acme?", "What is …’s salary?"]),
        ("Who won, what did she say, and when was she born?", ["Who won?", "What did … say?", "When was … born?"]),
        ("Which film won, and who directed it?", ["Which film won?", "Who directed …?"]),
        ("Who was arrested, and where was the painting?", ["Who was arrested?", "Where was the painting?"]),
    ],
)
def test_each_part_is_a_question(question: str, expected: list[str]) -> None:
    assert [part.text for part in apart(question)] == expected


@pytest.mark.parametrize(
    "question",
    [
        "Who was the first, second and third?",
        "What app includes games, replays, and finals?",
        "Which company and which bank merged?",
        "Who are the mayor and the deputy?",
    ],
)
def test_what_asks_one_thing_stays_whole(question: str) -> None:
    assert apart(question) == (Part(question),)


def test_a_pronoun_stands_for_the_person_found() -> None:
    _, second = apart("Who heads Acme and what did he say?")
    assert second.needs
    assert second.filled("Jane Doe") == "What did Jane Doe say?"
    assert second.filled("chief executive Jane Doe,") == "What did chief executive Jane Doe say?"


def test_without_a_name_the_whole_question_helps() -> None:
    _, second = apart("Who heads Acme and what did he say?")
    assert second.filled("") == "What did he say (who heads Acme)?"
    assert second.filled("CEO") == "What did he say (who heads Acme)?"
    assert second.filled("a man of forty") == "What did he say (who heads Acme)?"


def test_what_cannot_stand_alone_is_not_asked_alone() -> None:
    first, second = apart("Who was summoned, and why?")
    assert not first.needs
    assert first.filled("anything") == "Who was summoned?"
    assert second.filled("Jane Doe") == "Why was Jane Doe summoned?"
    assert second.filled("") == ""
