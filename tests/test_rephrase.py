"""Questions in other words: only whole verbs of two words, in their form."""

from __future__ import annotations

import pytest

from qa.question.rephrase import rephrased


@pytest.mark.parametrize(
    ("question", "other"),
    [
        ("When were they called in?", "When were they summoned?"),
        ("Why did the minister step down?", "Why did the minister resign?"),
        ("Who steps down on Friday, and why?", "Who resigns on Friday, and why?"),
        ("Why was the match called off after an hour?", "Why was the match cancelled after an hour?"),
        ("How many workers were laid off by the yard?", "How many workers were dismissed by the yard?"),
        ("When did the tower blow up?", "When did the tower explode?"),
        ("Did they put off the vote, or set up a committee?", None),
        ("Why did they put it off?", None),
        ("Was the vote put off?", "Was the vote postponed?"),
        ("Which meeting was called in London?", None),
        ("Who is the mayor?", None),
        ("", None),
    ],
)
def test_a_verb_of_two_words_becomes_one(question: str, other: str | None) -> None:
    found = rephrased(question)
    assert (found[0] if found else None) == other


def test_the_words_and_their_stand_in_are_told() -> None:
    assert rephrased("When were they Called In?") == ("When were they summoned?", "Called In", "summoned")
