"""The questions that did not come out as they should, each with all that is needed to see why."""

from __future__ import annotations

from collections.abc import Sequence

from qa.answer import Answer, Citation, RetrievedPassage
from qa.days import written
from qa.evaluation.judging import Outcome, Verdict
from qa.evaluation.questions import Question
from qa.evaluation.report.markup import link, marked, tag, text
from qa.evaluation.words import holds_any, spans_of

__all__ = ["VERDICTS", "miss_list"]

VERDICTS: dict[Verdict, tuple[str, str]] = {
    "failed": ("Ended in an error", "error"),
    "wrong": ("Answered, and the answer is in no citation", "wrong"),
    "baseless": ("Answered, though the archive holds no answer", "baseless"),
    "silent": ("Not answered, though the archive holds the answer", "silent"),
    "later": ("The answer is in a later citation, not the first", "later"),
    "right": ("Answered, and not exact", "not exact"),
}
"""What each group of misses is called, and the word for one of them; in the order in which they are shown."""


def miss_list(outcomes: Sequence[Outcome]) -> str:
    """Every outcome that is not as it should be, in groups."""
    groups = []
    for verdict, (title, _) in VERDICTS.items():
        some = [outcome for outcome in outcomes if outcome.verdict == verdict and not outcome.fine]
        if some:
            head = tag("h3", text(title), " ", tag("span", str(len(some)), class_="count"), id=f"misses-{verdict}")
            groups.append(head + "".join(map(_miss, some)))
    return "".join(groups) or tag("p", "Every question came out as it should.", class_="note")


def _miss(outcome: Outcome) -> str:
    question, answer = outcome.question, outcome.answer
    sure = tag("span", f"{answer.confidence:.2f}", class_="sure", title="confidence") if answer else ""
    exact = "" if outcome.exact else tag("span", "not exact", class_="badge bad")
    head = tag("summary", tag("span", text(question.text), class_="question"), exact, sure)
    body = [_facts(outcome)]
    if answer is None:
        body.append(tag("p", text(outcome.error), class_="error"))
    else:
        body += [tag("p", text(answer.text), class_="answer")]
        body += [_citation(citation, question) for citation in answer.citations]
        body.append(_passages(answer, question))
    return tag("details", head, *body, class_="miss")


def _facts(outcome: Outcome) -> str:
    question, answer = outcome.question, outcome.answer
    facts = [("Answer", " / ".join(question.answers) or ("none" if not question.answerable else "not known"))]
    facts += [("Also", " / ".join(question.also))] if question.also else []
    facts += [("Outdated", " / ".join(question.outdated))] if question.outdated else []
    facts += [("After", " – ".join(turn)) for turn in question.history]
    if answer and answer.standalone_question not in ("", question.text):
        facts.append(("Searched for", answer.standalone_question))
    kinds = (question.kind, question.expects, answer.kind if answer else "")
    facts.append(("Kind", " · ".join(dict.fromkeys(kind for kind in kinds if kind))))
    facts += [("Asked", written(question.asked))] if question.asked else []
    if answer:
        facts += [("Note", note) for note in (*answer.notes, *answer.reasons)]
    gold = (*question.gold.urls, *question.gold.names, *question.gold.files)
    facts += [("Articles", " · ".join(gold))] if gold else []
    facts += [("From", question.place)] if question.place else []
    return tag("dl", *(tag("dt", text(name)) + tag("dd", text(value)) for name, value in facts))


def _citation(citation: Citation, question: Question) -> str:
    span = citation.answer
    strong = [(span.start - citation.start, span.end - citation.start)] if span else []
    held = holds_any(citation.quote, question.answers)
    article = citation.article
    about = [
        text(part) for part in (article.source, written(article.published) if article.published else "undated") if part
    ]
    about += [text(f"as said by {citation.attribution}")] if citation.attribution else []
    head = tag("p", f"[{citation.number}] ", link(article.url, article.title or "Untitled"), ", " + ", ".join(about))
    quote = tag("blockquote", marked(citation.quote, strong=strong, soft=spans_of(citation.quote, question.answers)))
    badge = tag("span", "holds the answer", class_="badge good") if held else ""
    gold = (
        tag("span", "an article that answers", class_="badge") if question.gold and question.gold.has(article) else ""
    )
    return tag("div", head, quote, badge, gold, class_="citation")


def _passages(answer: Answer, question: Question) -> str:
    if not answer.passages:
        return ""
    held = sum(holds_any(passage.text, question.answers) for passage in answer.passages)
    holding = f", {held} of them with the answer's words" if question.answers else ""
    head = tag("summary", f"{len(answer.passages)} passages{holding}")
    items = (_passage(rank, passage, question) for rank, passage in enumerate(answer.passages, 1))
    return tag("details", head, tag("ol", *items), class_="passages")


def _passage(rank: int, passage: RetrievedPassage, question: Question) -> str:
    article = passage.article
    ranks = [
        f"{name} {place}" for name, place in (("meaning", passage.dense_rank), ("words", passage.lexical_rank)) if place
    ]
    about = [article.source or "", written(article.published) if article.published else "undated"]
    said = ", ".join(part for part in (*about, f"score {passage.score:.2f}", *ranks) if part)
    head = tag("p", link(article.url, article.title or "Untitled"), ", ", text(said))
    body = tag("div", marked(passage.text, soft=spans_of(passage.text, question.answers)), class_="passage")
    return tag("li", head, body, value=str(rank))
