"""Prompts: tasks that a person picks, written out for a language model that has the tools."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["PROMPTS", "Prompt"]

_RULE = (
    "Use only what the tools of the news archive return. Put every statement beside its quote, outlet and day. What "
    "the archive does not say, you do not know: say so."
)


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt.

    Attributes:
        takes: the names of its arguments, each with what it means; all of them are needed.
        words: what is said, with the arguments in braces.
    """

    name: str
    title: str
    description: str
    takes: Mapping[str, str]
    words: str


PROMPTS = (
    Prompt(
        "answer_with_quotes",
        "Answer with quotes",
        "Answer a question from the archive, every statement with its quote.",
        {"question": "What you want to know."},
        "Answer this question from the news archive: {question}\n\nCall ask with it first. If it does not answer, call "
        f"search with other words, and read_article where a passage needs its context. {_RULE}",
    ),
    Prompt(
        "brief",
        "Write a briefing",
        "What was reported about a topic, as a short briefing with a timeline.",
        {"topic": "What the briefing is about."},
        "Write a briefing on {topic}: three sentences on where things stand, a timeline of one line a day, and where "
        "reports contradict each other. Call timeline with the topic, then ask what it leaves open. " + _RULE,
    ),
    Prompt(
        "check_claim",
        "Check a claim",
        "Whether the archive supports a claim, contradicts it, or does not say.",
        {"claim": "The statement to check."},
        "Check this claim against the news archive: {claim}\n\nAsk for each of its facts by itself. End with one word, "
        f"supported, contradicted or unknown, and the quotes that show it, the latest report first. {_RULE}",
    ),
)
