"""Answers that are written out, for tests of what becomes of answers."""

from __future__ import annotations

from typing import Any

from qa.answer import Answer, AnswerSpan, ArticleRef, Citation, Searched

__all__ = ["EVIL", "answered", "silent"]

EVIL = (
    """<script>hacked=1</script> [x](javascript:hacked=1) ![i](x) `c` "><img src=x onerror=hacked=1> [^1]: *b* | $x$"""
)


def answered(question: str, *quotes: str, title: str = "The flood", **about: Any) -> Answer:
    """An answer that cites ``quotes``, each of an article of its own."""
    citations = tuple(
        Citation(
            number,
            quote,
            10,
            10 + len(quote),
            0.9,
            ArticleRef(
                f"a{number}",
                title,
                **{"url": "https://post.example/flood", "source": "Post", "published": "2025-01-20", **about},
            ),
            answer=AnswerSpan(quote[:4], 10, 14),
        )
        for number, quote in enumerate(quotes, 1)
    )
    text = " ".join(f"{quote} [{number}]" for number, quote in enumerate(quotes, 1))
    return Answer(question, True, text, 0.9, citations, question, searched=Searched(3, "2025-01-01", "2025-02-01"))


def silent(question: str) -> Answer:
    """An abstention."""
    return Answer(question, False, "The articles do not answer this.", 0.1, standalone_question=question)
