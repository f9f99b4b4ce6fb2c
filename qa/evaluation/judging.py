"""One question and what came of it, judged: numbers by name, from which every measure is made.

A number is there only where it says something: a question without an answer has no ``answers.first``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from qa.answer import Answer, Citation
from qa.evaluation.citing import Judge, citing
from qa.evaluation.formulas import hit, ndcg, reciprocal_rank
from qa.evaluation.questions import Question
from qa.evaluation.words import holds_any, plain, token_f1
from qa.question.words import content_words

__all__ = ["DEPTHS", "Outcome", "Verdict", "failed", "judge"]

DEPTHS = (1, 4, 8)

Verdict = Literal["right", "later", "wrong", "silent", "baseless", "failed"]
"""What became of a question: the answer stands in the first citation, in a later one, or in none; no answer was given;
one was given though there is none; or asking ended in an error."""

_MARKER = re.compile(r"\[(\d+)\]")

Numbers = Iterator[tuple[str, float]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a question.

    Attributes:
        answer: None when asking ended in an error.
        numbers: what was measured, by name.
        error: why there is no answer.
    """

    question: Question
    answer: Answer | None
    numbers: Mapping[str, float] = field(default_factory=dict)
    error: str = ""

    @property
    def verdict(self) -> Verdict:
        if self.answer is None:
            return "failed"
        if not self.answer.answered:
            return "silent"
        if not self.question.answerable:
            return "baseless"
        if self.numbers.get("answers.first", 1.0):
            return "right"
        return "later" if self.numbers["answers.any"] else "wrong"

    @property
    def fine(self) -> bool:
        """Whether it is as it should be: answered in the first citation, or silent where there is no answer."""
        return self.verdict == ("right" if self.question.answerable else "silent") and self.exact

    @property
    def exact(self) -> bool:
        """Whether every quote stands where it is said to, and every marker has its citation."""
        return all(value == 1 for name, value in self.numbers.items() if name.startswith("exact."))

    def to_dict(self) -> dict[str, Any]:
        """The outcome as plain JSON values."""
        answer = self.answer.to_dict() if self.answer else None
        judged = {"verdict": self.verdict, "numbers": dict(self.numbers), "error": self.error}
        return {"question": self.question.to_dict(), **judged, "answer": answer}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Outcome:
        """What ``to_dict()`` made ``data`` of.

        Raises:
            KeyError, TypeError: ``data`` is no outcome.
        """
        answer = Answer.from_dict(data["answer"]) if data["answer"] else None
        return cls(Question.from_dict(data["question"]), answer, dict(data["numbers"]), data["error"])


def failed(question: Question, error: str) -> Outcome:
    """The outcome of a question that could not be asked: a miss where there is an answer."""
    numbers = {"failed": 1.0, "answerable": float(question.answerable)}
    if question.answerable:
        numbers["answers.answered"] = 0.0
        numbers |= dict.fromkeys(("answers.first", "answers.any"), 0.0) if question.answers else {}
    return Outcome(question, None, numbers, error)


def judge(
    question: Question,
    answer: Answer,
    text_of: Callable[[str], str | None],
    *,
    milliseconds: float,
    borne_out: Judge | None = None,
) -> Outcome:
    """Hold ``answer`` against what is known of it.

    Args:
        text_of: the text of an article, by its id.
        milliseconds: how long the answer took, as the one who asked saw it.
        borne_out: the judge of whether quotes bear out what cites them; None leaves that out.
    """
    numbers = {"failed": 0.0, "answerable": float(question.answerable), "confidence": answer.confidence}
    numbers |= {"answered": float(answer.answered), "latency": milliseconds}
    numbers |= {f"latency.{step}": spent for step, spent in answer.timings.items() if step != "total"}
    numbers |= dict(_exactness(answer, text_of))
    numbers |= dict(_writing(answer))
    numbers |= citing(answer, borne_out) if borne_out else {}
    if question.answerable:
        numbers |= dict(_retrieval(question, answer))
        numbers |= dict(_answering(question, answer))
    if question.history:
        numbers |= dict(_follow_up(question, answer))
    if not question.answerable or question.answers:
        numbers["came_true"] = numbers.get("answers.any", 0.0)
    return Outcome(question, answer, numbers)


def _writing(answer: Answer) -> Numbers:
    """What a language model did for the answer, where one was asked."""
    if (told := answer.writing) is None:
        return
    yield "writing.prompt_tokens", told.prompt_tokens
    yield "writing.completion_tokens", told.completion_tokens
    if answer.answered:
        yield "writing.generative", float(answer.mode == "generative")
        yield "writing.failed", float(bool(told.failed))
    yield "writing.sentences", told.sentences
    yield "writing.cut", told.cut
    yield "writing.mended", told.mended


def _retrieval(question: Question, answer: Answer) -> Numbers:
    """Which of the passages hold the answer's words, and which are of an article that answers."""
    if question.answers:
        yield from _ranks("words", [holds_any(passage.text, question.answers) for passage in answer.passages], None)
    if question.gold:
        found: set[str] = set()
        gains = []
        for passage in answer.passages:
            gains.append(question.gold.has(passage.article) and passage.article.id not in found)
            found.add(passage.article.id)
        yield from _ranks("articles", gains, len(question.gold))


def _ranks(what: str, relevant: Sequence[bool], total: int | None) -> Numbers:
    for k in DEPTHS:
        yield f"retrieval.{what}.hit@{k}", hit(relevant, k)
    yield f"retrieval.{what}.mrr", reciprocal_rank(relevant)
    yield f"retrieval.{what}.ndcg@{DEPTHS[-1]}", ndcg(relevant, DEPTHS[-1], total=total)


def _answering(question: Question, answer: Answer) -> Numbers:
    yield "answers.answered", float(answer.answered)
    citations = answer.citations if answer.answered else ()
    if answer.answered:
        yield "citations.number", len(citations)
        yield "citations.characters", sum(len(citation.quote) for citation in citations)
    if question.gold:
        yield "answers.gold_cited", float(any(question.gold.has(citation.article) for citation in citations))
    if not question.answers:
        return
    held = [holds_any(citation.quote, question.answers) for citation in citations]
    yield "answers.first", float(held[:1] == [True])
    yield "answers.any", float(any(held))
    yield "answers.text", float(answer.answered and holds_any(answer.text, question.answers))
    yield from _highlights(question, answer, citations)
    if question.also:
        wanted = [question.answers, *((words,) for words in question.also)]
        there = [any(holds_any(citation.quote, words) for citation in citations) for words in wanted]
        yield "answers.complete", sum(there) / len(there)
    if question.outdated:
        stale = bool(citations) and not held[0] and holds_any(citations[0].quote, question.outdated)
        yield "answers.outdated", float(stale)


def _highlights(question: Question, answer: Answer, citations: Sequence[Citation]) -> Numbers:
    """How the highlighted words do, of an answer that highlights any; silence is a miss."""
    spans = [citation.answer.text if citation.answer else "" for citation in citations]
    if answer.answered and not any(spans):
        return
    yield "answers.highlighted_first", float(bool(spans) and holds_any(spans[0], question.answers))
    yield "answers.highlighted", float(any(holds_any(span, question.answers) for span in spans))
    yield (
        "answers.highlight_f1",
        max((token_f1(spans[0], gold) for gold in question.answers), default=0.0) if spans else 0.0,
    )


def _exactness(answer: Answer, text_of: Callable[[str], str | None]) -> Numbers:
    """Whether the quotes, what is highlighted in them, and the passages stand in the articles where they are said to,
    and the markers in the text have citations."""
    texts = {id: text_of(id) or "" for id in {citation.article.id for citation in answer.citations}}
    if answer.citations:
        yield (
            "exact.quotes",
            float(all(texts[one.article.id][one.start : one.end] == one.quote for one in answer.citations)),
        )
    spans = [(one, one.answer) for one in answer.citations if one.answer]
    if spans:
        yield (
            "exact.highlights",
            float(
                all(
                    one.start <= span.start < span.end <= one.end
                    and texts[one.article.id][span.start : span.end] == span.text
                    for one, span in spans
                )
            ),
        )
    if answer.citations or answer.answered:
        marked = {int(number) for number in _MARKER.findall(answer.text)}
        numbers = [citation.number for citation in answer.citations]
        yield "exact.markers", float(marked == set(numbers) and numbers == list(range(1, len(numbers) + 1)))


def _follow_up(question: Question, answer: Answer) -> Numbers:
    yield "followups", 1.0
    if not question.rewrite:
        return
    completed = answer.standalone_question or question.text
    asked = content_words(question.text)
    wanted = content_words(question.rewrite) - asked
    added = content_words(completed) - asked
    yield "rewrite.wanted", len(wanted)
    yield "rewrite.added", len(added)
    yield "rewrite.both", len(wanted & added)
    if plain(question.text) == plain(question.rewrite):
        yield "rewrite.left_alone", float(plain(completed) == plain(question.text))
