"""Whole conversations over the sample articles: follow-ups are completed, new topics drag no old one along."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from qa import Answer, Assistant
from qa.question import standalone

TALKS: list[dict[str, Any]] = [
    json.loads(line)
    for line in (Path(__file__).parent.parent / "examples" / "conversations.jsonl").read_text("utf-8").splitlines()
]
TURNS = sum(len(talk["turns"]) for talk in TALKS)
# Measured with the models: how many of the turns are completed as they should be, and get the right quote.
COMPLETED, ANSWERED = 29, 27


def one_of(words: str, text: str) -> str:
    """The first of the words that ``|`` parts which stands in the text, "" if none does."""
    return next((word for word in words.split("|") if word.lower() in text.lower()), "")


def is_complete(turn: dict[str, Any], text: str) -> bool:
    has = all(one_of(words, text) for words in turn.get("has", ()))
    return has and not any(one_of(words, text) for words in turn.get("lacks", ()))


@pytest.mark.parametrize("talk", TALKS, ids=lambda talk: talk["id"])
def test_follow_ups_are_completed_from_what_was_said(talk: dict[str, Any]) -> None:
    history: list[tuple[str, str, str]] = []
    for turn in talk["turns"]:
        text = standalone(turn["question"], history).text
        assert is_complete(turn, text), text
        history.append((turn["question"], turn["reply"], one_of(turn.get("answer", ""), turn["reply"])))


@pytest.fixture(scope="module")
def assistant(sample_archive: Path) -> Iterator[Assistant]:
    with Assistant.open(sample_archive) as assistant:
        yield assistant


def test_conversations_are_held_with_the_models(assistant: Assistant) -> None:
    completed, answered, failed = 0, 0, []
    for talk in TALKS:
        history: list[Answer] = []
        for turn in talk["turns"]:
            answer = assistant.ask(turn["question"], history=history, asked_on=talk["asked"])
            quotes = " ".join(citation.quote for citation in answer.citations)
            whole = is_complete(turn, answer.standalone_question)
            right = bool(one_of(turn["answer"], quotes)) if turn.get("answer") else True
            completed, answered = completed + whole, answered + right
            if not (whole and right):
                failed.append((answer.standalone_question, quotes[:80]))
            history.append(answer)
    assert (completed >= COMPLETED, answered >= ANSWERED) == (True, True), (completed, answered, TURNS, failed)
