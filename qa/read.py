"""Reading: which sentences of the passages answer, and how good each is as evidence.

Nothing is written here, only weighed: every quote is a stretch of an article.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from ingest.article import Span
from ingest.stored import StoredPassage
from qa.agreement import merge_copies, votes
from qa.retrieve import Candidate, search_words

__all__ = ["Evidence", "Reading", "is_item", "plain", "probability", "stops", "unfinished", "weigh"]

# What a logit of the passage's relevance is worth beside a unit of the span's log probability: 0.3 to 1 do as well.
_RELEVANCE = 0.4
# What each doubling of the independent articles is worth that give the same answer, and of how much of the evidence,
# best first, copies are put together and votes counted.
_VOTE = 0.5
_COMPARED, _COUNTED = 40, 12
# What a sentence loses that asks something itself: quiz pages and teasers repeat the question.
_ASKS = 2.0
# What it loses that names years, but not the one that the question names: last year's winner.
_OTHER_YEAR = 2.0
# What it loses that denies what the question takes for granted: "was not summoned", to "Who was summoned?".
_DENIES = 4.0
# What it loses that has no stop at its end: a headline in the text, a line that leads to another article, a byline.
_UNFINISHED = 3.0
# What "Jane Doe" is worth where others say "Doe", among answers that rank at most so much lower than the best.
_FULLER, _IN_REACH = 1.0, 4.0
_LONGEST_NAME = 4
_SHORT = 3

_WORD = re.compile(r"\w+")
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_NOT = re.compile(r"(?:\bnot|\bnever|n['’]t|\bnor)\b", re.IGNORECASE)
_STOP = re.compile(r"[.!?…:;]['\"”’»)\]]*$")
_ITEM = re.compile(r"\s*(?:[-•*–]|\d{1,2}[.)])\s+\S")
_QUESTION_MARK = re.compile(r"\?[\"'”’)\s]*$")


@dataclass(frozen=True, slots=True)
class Evidence:
    """A stretch of whole sentences of an article that bears on the question.

    Attributes:
        span: the stretch, in characters of the article's text.
        score: the log probability that the answer is ``answer`` and not elsewhere in the passage or nowhere.
        relevance: how well the passage is on the question: a logit.
        answer: the words in the stretch that answer, in characters of the article's text.
        rank: what evidence is sorted by.
        margin: how far the answer's logits lie above those of "no answer" in its passage.
        votes: how many independent articles give the same answer.
        copies: passages of other articles that say the same in nearly the same words.
    """

    stored: StoredPassage
    span: Span
    score: float
    relevance: float
    answer: Span | None = None
    rank: float = 0.0
    margin: float = 0.0
    votes: int = 1
    copies: tuple[StoredPassage, ...] = ()

    @property
    def quote(self) -> str:
        """The words."""
        return self.span.cut(self.stored.article.text)

    def overlaps(self, other: Evidence) -> bool:
        """Whether two quotes share words of one article."""
        same = self.stored.article.id == other.stored.article.id
        return same and self.span.start < other.span.end and other.span.start < self.span.end

    def with_copies(self, other: Evidence) -> Evidence:
        """This, which also stands in the articles of ``other``."""
        known = {self.stored.article.id, *(copy.article.id for copy in self.copies)}
        more = [copy for copy in (other.stored, *other.copies) if copy.article.id not in known]
        return replace(self, copies=(*self.copies, *more))

    @property
    def answer_text(self) -> str:
        """The words that answer; the whole quote where none of them are marked."""
        return self.answer.cut(self.stored.article.text) if self.answer else self.quote


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found for a question, or for a part of a compound one.

    Attributes:
        question: the question, or the part.
        evidence: best first, one for each sentence that was read.
        confidence: the probability that the evidence answers it, 0 to 1.
    """

    question: str
    evidence: tuple[Evidence, ...]
    confidence: float


def probability(logit: float) -> float:
    """The logistic function."""
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, logit))))


def weigh(
    question: str,
    candidates: Sequence[Candidate],
    *,
    bonus: Callable[[StoredPassage, Span], float] | None = None,
    stories: Mapping[str, str] | None = None,
) -> list[Evidence]:
    """Every sentence of the candidates as evidence, best first; what copies of one story say alike once.

    Args:
        question: what they were read for.
        candidates: passages with their readings.
        bonus: what else speaks for a sentence (its date, say), in the units of ``rank``.
        stories: of articles that tell one story in about the same words, the story's id; they have one vote together.
    """
    years, denial = set(_YEAR.findall(question)), _denial(question)
    sentences: dict[str, list[Evidence]] = {}
    for candidate in candidates:
        article = candidate.stored.article
        for read in candidate.reading.sentences if candidate.reading else ():
            quote = read.sentence.cut(article.text)
            rank = read.score + _RELEVANCE * candidate.relevance - _malus(quote, years, denial)
            rank += bonus(candidate.stored, read.sentence) if bonus else 0.0
            item = Evidence(
                candidate.stored, read.sentence, read.score, candidate.relevance, read.answer, rank, read.margin
            )
            sentences.setdefault(plain(quote), []).append(item)
    items = sorted((_once(group) for group in sentences.values()), key=lambda item: -item.rank)
    items = [*merge_copies(items[:_COMPARED]), *items[_COMPARED:]]
    head = _fuller(_voted(items[:_COUNTED], stories))
    return sorted((*head, *items[_COUNTED:]), key=lambda item: -item.rank)


def _denial(question: str) -> re.Pattern[str] | None:
    """What denies a word of a question that denies nothing itself: "not" or "never" up to two words before it."""
    if _NOT.search(question):
        return None
    words = [re.escape(word) for word in search_words(question) if len(word) > _SHORT]
    return re.compile(rf"{_NOT.pattern}\s+(?:\w+\s+){{0,1}}(?:{'|'.join(words)})\b", re.IGNORECASE) if words else None


def _malus(quote: str, years: set[str], denial: re.Pattern[str] | None) -> float:
    """What speaks against a sentence, whatever the reader says."""
    named = set(_YEAR.findall(quote)) if years else set()
    asks = _QUESTION_MARK.search(quote) is not None
    denies = denial is not None and denial.search(quote) is not None
    other_year = bool(named and named.isdisjoint(years))
    return _ASKS * asks + _DENIES * denies + _OTHER_YEAR * other_year + _UNFINISHED * unfinished(quote)


def stops(quote: str) -> bool:
    """Whether a quote ends as a sentence does. A headline, a caption or the item of a list does not."""
    return _STOP.search(quote) is not None


def is_item(quote: str) -> bool:
    """Whether a quote is an item of a list as it stands in the article."""
    return _ITEM.match(quote) is not None


def unfinished(quote: str) -> bool:
    """Whether a quote is no sentence: a headline in the text, a line that leads to another article, a byline."""
    return not stops(quote) and not is_item(quote)


def plain(text: str) -> str:
    """``text`` without case, punctuation and spacing: what makes two sentences or two answers the same."""
    return " ".join(_WORD.findall(text.casefold()))


def _once(group: Sequence[Evidence]) -> Evidence:
    """The best of some pieces of evidence that have the same words; the others are its copies."""
    best = max(group, key=lambda item: item.rank)
    others = {item.stored.article.id: item.stored for item in group if item.stored.article.id != best.stored.article.id}
    return replace(best, copies=tuple(others.values()))


def _voted(items: Sequence[Evidence], stories: Mapping[str, str] | None) -> list[Evidence]:
    """``items``, ranked the higher the more independent articles give the same answer."""
    counted = zip(items, votes(items, stories=stories), strict=True)
    return [replace(item, votes=count, rank=item.rank + _VOTE * math.log2(max(count, 1))) for item, count in counted]


def _fuller(items: Sequence[Evidence]) -> list[Evidence]:
    """``items``, those of them ranked higher that give a name in full where others give a part of it."""
    best = max((item.rank for item in items), default=0.0)
    near = [(item, _WORD.findall(item.answer_text.casefold())) for item in items if item.rank >= best - _IN_REACH]
    fuller = {
        id(item)
        for item, name in near
        if 1 < len(name) <= _LONGEST_NAME and any(_part(other, name) for _, other in near)
    }
    return [replace(item, rank=item.rank + _FULLER) if id(item) in fuller else item for item in items]


def _part(short: Sequence[str], name: Sequence[str]) -> bool:
    """Whether ``short`` is the beginning or the end of a longer name."""
    return 0 < len(short) < len(name) and list(short) in (list(name[: len(short)]), list(name[-len(short) :]))
