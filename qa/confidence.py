"""How sure an answer is: a probability that means what it says."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from qa.read import Evidence, probability
from qa.retrieve import Candidate

__all__ = ["ANSWER_FROM", "NAMES", "confidence", "features", "on_topic", "sure"]

ANSWER_FROM = 0.56
"""The confidence from which there is an answer."""

NAMES = ("score", "relevance", "margin", "votes")
"""What the confidence is made of; see :func:`features`."""

# A logistic regression on a year of news questions, its weights held to what also tells answerable from adversarially
# unanswerable questions on other text: docs/measurements.md says how well, benchmarks/confidence.py measures it. It was
# fitted on 23,000 passages. The fewer there are, the less the best of them matches a question by chance: a power of ten
# is worth 0.8 logits; below 50 passages it is the topic that misleads.
_BIAS = -0.3
_WEIGHTS = (0.275, 0.55, 0.14, 0.45)
_PASSAGES, _PER_TENFOLD, _FEWEST = 23_000, 0.8, 50
# Beyond this logit a passage is on the topic, and more says nothing of whether it answers.
_ENOUGH = 7.0
# What it takes away that no article has a name of the question.
_UNKNOWN = 2.2
# What the evidence loses when the question names a year that neither the passage nor its article's day has.
_OTHER_YEAR = 3.0
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")


def confidence(
    question: str, evidence: Sequence[Evidence], *, among: int = _PASSAGES, unknown: Sequence[str] = ()
) -> float:
    """The probability that the best evidence answers the question, 0 to 1; 0 if there is none.

    Args:
        question: complete.
        evidence: best first.
        among: how many passages were searched for it.
        unknown: the names in it that none of them has.
    """
    if not evidence:
        return 0.0
    logit = _logit(evidence[0]) + _PER_TENFOLD * math.log10(_PASSAGES / max(among, _FEWEST))
    logit -= _UNKNOWN * bool(unknown)
    years = _YEAR.findall(question)
    if years and not any(year in _dated(evidence[0]) for year in years):
        logit -= _OTHER_YEAR
    return probability(logit)


def features(item: Evidence) -> tuple[float, float, float, float]:
    """What the confidence is made of: the log probability of the answer, the passage's relevance (a logit, up to 7),
    how far the answer's logits lie above those of "no answer", and the doublings of the articles that agree."""
    return item.score, min(item.relevance, _ENOUGH), item.margin, math.log2(max(item.votes, 1))


def sure(item: Evidence) -> float:
    """How likely it is that a piece of evidence answers, 0 to 1, whatever else was found."""
    return probability(_logit(item))


def on_topic(candidates: Sequence[Candidate]) -> float:
    """How likely it is that the best of some passages is about what was asked, 0 to 1."""
    return max((probability(candidate.relevance) for candidate in candidates), default=0.0)


def _logit(item: Evidence) -> float:
    return _BIAS + sum(weight * value for weight, value in zip(_WEIGHTS, features(item), strict=True))


def _dated(item: Evidence) -> str:
    """The words of a passage, with those that say when: headline and day."""
    article = item.stored.article
    return f"{article.published or ''} {article.title} {item.stored.text}"
