"""Reading: which sentences of the retrieved passages answer, what they need around them, and whether they do answer.

Nothing is written here, only chosen: every quote is a stretch of an article.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ingest.archive import StoredPassage
from ingest.article import Span
from qa.question import expects
from qa.question.words import looks_like_person, names
from qa.reranker import Reranker
from qa.retrieve import Candidate, search_words

__all__ = ["ANSWER_FROM", "Evidence", "Limits", "Reading", "choose", "probability", "read"]

ANSWER_FROM = 0.35
"""The confidence from which there is an answer: the best evidence is then shown with its score, which is low."""

# Of a pair of sentences, one alone is quoted when it answers so much worse than both at most, in logits. What else is
# in the batch moves the int8 model's logits by as much.
_ALONE = 0.2
# No quote is squeezed into fewer characters.
_SHORTEST = 40
# What a person's name, or another figure, is worth where such is asked for, in logits, behind the best quote.
_APT = 3.0
# Further quotes are left out when they answer so much worse than the best, in logits: about one in fifty still helps.
_WORSE = 4.0
# A compound question needs more: what answers one part is off the topic of the whole.
_WORSE_OF_PARTS = 12.0
# What a sentence loses that denies what the question takes for granted: cross-encoders hardly see a "not".
_DENIAL = 8.0
# What the evidence loses when the question names a year that neither the passage nor its article's day has.
_OTHER_YEAR = 3.0
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
# Two quotes that share so much of the words of the shorter one say the same.
_SAME = 0.6
# The confidence is a logistic function of the mean of the best quote's and the best passage's logits: fitted on 356
# questions over 23,000 passages, where one in two is answered at 3.4. The fewer passages there are, the less the best
# of them matches a question by chance: on samples of that archive by 2 to 4 logits a power of ten, of which 1.5 are
# taken, since a small archive is asked about its own topics. Below 50 passages it is the topic alone that misleads.
_EVEN, _PASSAGES, _PER_TENFOLD, _FEWEST = 3.4, 23_000, 1.5, 50

_NOT = re.compile(r"(?:\bnot|\bnever|n['’]t|\bnor)\b", re.IGNORECASE)
_POINTING = re.compile(
    # Whatever stands before the pronoun names nobody: "Today it was reported that they ..."
    r"\W*(?:(?:but|and|so|yet|then|when|while|after|before|later|also|now|today|yesterday|tonight|earlier|in|on|at|that"
    r"|it|was|is|has|been|had|said|reported|announced|\w+day|however|still|meanwhile|although|though|if|as|because)\W+){0,6}"
    r"(?:(?:he|she|they|his|her|their|him|them|this|these|those|such|both|neither|one of them)\b"
    r"|(?:it|its|that)\b(?! (?:was|is) ))",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"\d[\d,.]*")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Evidence:
    """A stretch of whole sentences of an article that bears on the question.

    Attributes:
        span: the stretch, in characters of the article's text.
        score: how well it answers: a logit.
        relevance: how well its passage does: a logit.
        copies: passages of other articles that say the same in nearly the same words.
    """

    stored: StoredPassage
    span: Span
    score: float
    relevance: float
    copies: tuple[StoredPassage, ...] = ()

    @property
    def quote(self) -> str:
        """The words."""
        return self.span.cut(self.stored.article.text)

    @property
    def rank(self) -> float:
        """What evidence is sorted by: the passage's logit counts as much as the quote's."""
        return self.score + self.relevance


@dataclass(frozen=True, slots=True)
class Limits:
    """How much an answer may quote.

    Attributes:
        citations: at most so many quotes.
        quote: characters of one quote; a single sentence may be longer.
        total: characters of all quotes; the first may be longer.
    """

    citations: int = 4
    quote: int = 400
    total: int = 900


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found for a question, or for a part of a compound one.

    Attributes:
        question: the question, or the part.
        evidence: best first.
        confidence: the probability that the evidence answers it, 0 to 1.
    """

    question: str
    evidence: tuple[Evidence, ...]
    confidence: float


def probability(logit: float) -> float:
    """The logistic function."""
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, logit))))


def read(
    reranker: Reranker,
    question: str,
    candidates: Sequence[Candidate],
    limits: Limits,
    *,
    searched: int,
    singly: bool = False,
) -> Reading:
    """The stretches of the candidates that may answer, best first: every pair of neighbouring sentences.

    A sentence by itself often is on the topic without the answer, which stands in the one behind it, or needs the one
    before it to be understood ("She said so on Monday"); pairs are what the cross-encoder judges best.

    Args:
        candidates: passages, reranked for this question, best first.
        limits: how long a quote may be.
        searched: the number of passages that were searched.
        singly: read sentence by sentence instead.
    """
    stretches: dict[str, list[tuple[Candidate, Span]]] = {}
    for candidate in candidates:
        for span in candidate.stored.passage.sentences if singly else _pairs(candidate, limits.quote):
            stretches.setdefault(span.cut(candidate.stored.article.text), []).append((candidate, span))
    scores = reranker.score(question, list(stretches))
    denied = _denial(question)
    evidence = [
        Evidence(
            places[0][0].stored,
            places[0][1],
            score - _DENIAL * bool(denied and denied.search(text)),
            places[0][0].relevance,
            tuple(candidate.stored for candidate, _ in places[1:]),
        )
        for (text, places), score in zip(stretches.items(), scores, strict=True)
    ]
    evidence.sort(key=lambda item: -item.rank)
    return Reading(question, tuple(evidence), _confidence(question, evidence, searched))


def _denial(question: str) -> re.Pattern[str] | None:
    """What denies a word of a question that denies nothing itself: "not" or "never" up to two words before it."""
    if _NOT.search(question):
        return None
    words = [re.escape(word) for word in search_words(question) if len(word) > 3]
    return re.compile(rf"{_NOT.pattern}\s+(?:\w+\s+){{0,1}}(?:{'|'.join(words)})\b", re.IGNORECASE) if words else None


def _dated(stored: StoredPassage) -> str:
    """The words of a passage, with those that say when: headline and day."""
    return f"{stored.article.published or ''} {stored.article.title} {stored.text}"


def _pairs(candidate: Candidate, longest: int) -> list[Span]:
    """Neighbouring sentences of a passage, two by two; single ones where two would be too long."""
    sentences = candidate.stored.passage.sentences
    pairs = [Span(first.start, second.end) for first, second in pairwise(sentences)]
    short = [pair for pair in pairs if pair.end - pair.start <= longest]
    covered = {end for pair in short for end in pair}
    return short + [span for span in sentences if span.start not in covered and span.end not in covered]


def _confidence(question: str, evidence: Sequence[Evidence], searched: int) -> float:
    """The probability that the evidence answers, given the number of passages that were searched."""
    if not evidence:
        return 0.0
    logit = (max(item.score for item in evidence) + max(item.relevance for item in evidence)) / 2
    years = _YEAR.findall(question)
    if years and not any(year in _dated(evidence[0].stored) for year in years):
        logit -= _OTHER_YEAR
    return probability(logit - _EVEN + _PER_TENFOLD * math.log10(_PASSAGES / max(searched, _FEWEST)))


def choose(reranker: Reranker, whole: Reading, parts: Sequence[Reading], limits: Limits) -> list[Evidence]:
    """The fewest quotes that answer, best first, each cut down to what answers.

    Args:
        whole: of the whole question.
        parts: for a compound question, of each of its parts, and of the whole sentence by sentence. Each of them that
            is answered gets a quote.
        limits: how much may be quoted.
    """
    chosen: list[Evidence] = []
    for question, item in _in_turn(whole, parts):
        left = limits.total - sum(len(other.quote) for other in chosen)
        if len(chosen) == limits.citations or (chosen and left < _SHORTEST):
            break
        if (twin := _twin(item, chosen)) is not None:
            chosen[twin] = _with_copy(chosen[twin], item)
            continue
        item = _cut_down(reranker, question, item)
        if not chosen or len(item.quote) <= left:
            led_in = _led_in(item, limits.quote if not chosen else min(limits.quote, left))
            chosen.append(item if any(_overlap(led_in, other) for other in chosen) else led_in)
    return chosen


def _overlap(item: Evidence, other: Evidence) -> bool:
    """Whether two quotes share words of one article."""
    apart = item.span.end <= other.span.start or other.span.end <= item.span.start
    return item.stored.article.id == other.stored.article.id and not apart


def _in_turn(whole: Reading, parts: Sequence[Reading]) -> Iterator[tuple[str, Evidence]]:
    """Evidence in the order in which it may be quoted, with the question that it answers: the best of the whole and of
    each part, then the others that are not much worse."""
    for reading in (whole, *parts):
        if reading.evidence and reading.confidence >= ANSWER_FROM:
            yield reading.question, reading.evidence[0]
    further = _further_of_parts(whole, parts) if parts else _further(whole)
    best = max((worth for worth, _ in further), default=0.0)
    margin = _WORSE_OF_PARTS if parts else _WORSE
    for worth, item in sorted(further, key=lambda pair: -pair[0]):
        if worth >= best - margin:
            yield whole.question, item


def _further(whole: Reading) -> list[tuple[float, Evidence]]:
    """Evidence with what it is worth behind the best. Where a figure is asked for, another article with another figure
    is worth more: the two may disagree."""
    if not whole.evidence or expects(whole.question) != "number":
        return [(item.rank, item) for item in whole.evidence]
    first = whole.evidence[0]
    known = f"{whole.question} {first.quote}"

    def differs(item: Evidence) -> bool:
        other = item.stored.article.id != first.stored.article.id
        return other and any(figure not in known for figure in _FIGURE.findall(item.quote))

    return [(item.rank + _APT * differs(item), item) for item in whole.evidence]


def _further_of_parts(whole: Reading, parts: Sequence[Reading]) -> list[tuple[float, Evidence]]:
    """Evidence for the parts of a question, with what it is worth. What answers one part may stand in a passage that is
    off the topic of the whole: its logit does not count. Where a person is asked for, naming one does."""
    person = any(expects(part.question) == "person" for part in parts)
    return [
        (item.score + _APT * (person and _names_someone(item, whole.question)), item)
        for reading in parts
        for item in reading.evidence
    ]


def _names_someone(item: Evidence, question: str) -> bool:
    """Whether the quote has the name of a person that the question does not have."""
    found = (name.text for name in names(item.quote))
    return any(name not in question and looks_like_person(name, item.quote) for name in found)


def _twin(item: Evidence, chosen: Sequence[Evidence]) -> int | None:
    """Which of ``chosen`` says the same as ``item``, or overlaps it; None if none does."""
    for at, other in enumerate(chosen):
        if _overlap(item, other):
            return at
        mine, theirs = set(_WORD.findall(item.quote.lower())), set(_WORD.findall(other.quote.lower()))
        if len(mine & theirs) >= _SAME * max(1, min(len(mine), len(theirs))):
            return at
    return None


def _with_copy(item: Evidence, copy: Evidence) -> Evidence:
    """``item``, which also stands in the article of ``copy``."""
    if item.stored.article.id == copy.stored.article.id:
        return item
    return replace(item, copies=(*item.copies, copy.stored))


def _cut_down(reranker: Reranker, question: str, item: Evidence) -> Evidence:
    """``item``, cut down to one of its sentences where that answers nearly as well and can be understood alone."""
    # Where both answer badly, which of them is the worse is chance.
    if item.score <= 0:
        return item
    alone = [
        span
        for span in _inside(item)
        if span != item.span and not (span.start > item.span.start and _leans(span.cut(item.stored.article.text)))
    ]
    scores = reranker.score(question, [span.cut(item.stored.article.text) for span in alone])
    best = max(zip(scores, alone, strict=True), default=(-math.inf, item.span))
    return replace(item, span=best[1]) if best[0] >= item.score - _ALONE else item


def _inside(item: Evidence) -> list[Span]:
    """The sentences of a quote."""
    sentences = item.stored.passage.sentences
    return [span for span in sentences if item.span.start <= span.start and span.end <= item.span.end]


def _led_in(item: Evidence, longest: int) -> Evidence:
    """``item`` with the sentence before it, where its own first one needs that to be understood."""
    if not _leans(item.quote):
        return item
    before = [span for span in item.stored.passage.sentences if span.end <= item.span.start]
    if not before or item.span.end - before[-1].start > longest:
        return item
    return replace(item, span=Span(before[-1].start, item.span.end))


def _leans(sentence: str) -> bool:
    """Whether a sentence begins with a word that points at the one before."""
    return _POINTING.match(sentence) is not None
