"""Answers as values: their JSON, their Markdown, and what an abstention says."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from qa.answer import (
    ABSTENTION,
    Answer,
    AnswerSpan,
    ArticleRef,
    Citation,
    Claim,
    Disagreement,
    Filters,
    ResolvedDate,
    RetrievedPassage,
    Searched,
    abstention,
)

ARTICLE = ArticleRef("a1", "Ferry aground", "https://post.example/ferry", "Post", ("A. Writer",), "2025-03-04")
ANSWER = Answer(
    question="When?",
    answered=True,
    text="It ran aground today. [1]",
    confidence=0.9,
    citations=(
        Citation(
            1,
            "It ran aground today.",
            10,
            31,
            0.8,
            ARTICLE,
            (ResolvedDate("today", 25, 30, "2025-03-04"),),
            answer=AnswerSpan("today", 25, 30),
            attribution="police",
        ),
    ),
    passages=(RetrievedPassage(7, ARTICLE, 0, 31, "The ferry. It ran aground today.", 0.7, 1, None),),
    filters=Filters("2025-03-01", None, ("Post",), ("Town",), ("days",)),
    searched=Searched(3, "2025-03-01", "2025-03-09"),
    timings={"total": 12.5},
    reasons=("No article says so.",),
    disagreements=(Disagreement("when", (Claim("today", 1), Claim("on Monday", 1, latest=True))),),
)


def test_json_is_the_contract() -> None:
    article = {
        "id": "a1",
        "title": "Ferry aground",
        "url": "https://post.example/ferry",
        "source": "Post",
        "authors": ["A. Writer"],
        "published": "2025-03-04",
    }
    assert json.loads(json.dumps(ANSWER.to_dict())) == {
        "question": "When?",
        "standalone_question": "When?",
        "answered": True,
        "confidence": 0.9,
        "text": "It ran aground today. [1]",
        "mode": "extractive",
        "notes": [],
        "citations": [
            {
                "number": 1,
                "quote": "It ran aground today.",
                "start": 10,
                "end": 31,
                "score": 0.8,
                "dates": [{"text": "today", "start": 25, "end": 30, "resolved": "2025-03-04"}],
                "article": article,
                "also_in": [],
                "answer": {"text": "today", "start": 25, "end": 30},
                "attribution": "police",
            }
        ],
        "passages": [
            {
                "id": 7,
                "article": article,
                "start": 0,
                "end": 31,
                "text": "The ferry. It ran aground today.",
                "score": 0.7,
                "dense_rank": 1,
                "lexical_rank": None,
            }
        ],
        "filters": {
            "published_from": "2025-03-01",
            "published_to": None,
            "sources": ["Post"],
            "sections": ["Town"],
            "ignored": ["days"],
        },
        "searched": {"articles": 3, "from": "2025-03-01", "to": "2025-03-09"},
        "timings": {"total": 12.5},
        "kind": "fact",
        "reasons": ["No article says so."],
        "disagreements": [
            {
                "about": "when",
                "claims": [
                    {"value": "today", "citation": 1, "latest": False},
                    {"value": "on Monday", "citation": 1, "latest": True},
                ],
            }
        ],
        "writing": None,
    }


def test_an_answer_comes_back_from_its_json() -> None:
    assert Answer.from_dict(json.loads(json.dumps(ANSWER.to_dict()))) == replace(ANSWER, standalone_question="When?")


def test_markdown_names_each_source() -> None:
    assert ANSWER.to_markdown() == (
        "It ran aground today. [1]\n\n"
        "[1] [Ferry aground](<https://post.example/ferry>) (Post, 2025-03-04): “It ran aground today.”"
    )


def test_markdown_makes_the_words_of_articles_inert() -> None:
    article = ArticleRef("x", "![a](https://x.example/p.png) <b>", "javascript:alert(1)", "`code`")
    words = "<script>alert(1)</script> *bold* [link](https://x.example)"
    markdown = Answer("?", True, f"{words} [1]", 1.0, (Citation(1, words, 0, len(words), 1.0, article),)).to_markdown()
    assert "<script>" not in markdown
    assert "javascript:" not in markdown
    assert "](https" not in markdown
    assert "\\*bold\\*" in markdown


@pytest.mark.parametrize(
    ("searched", "end"),
    [
        (Searched(0), "Searched: 0 articles."),
        (Searched(1, "2022-09-12", "2022-09-12"), "Searched: 1 article of 12 September 2022."),
        (Searched(1412, "2024-03-03", "2024-04-19"), "Searched: 1,412 articles, 3 March 2024 to 19 April 2024."),
        (Searched(5), "Searched: 5 articles."),
    ],
)
def test_abstention_says_what_was_searched(searched: Searched, end: str) -> None:
    assert abstention(searched) == f"{ABSTENTION} {end}".replace(
        "Searched: 0 articles.", "There was no article to search."
    )
