"""An overview of a story in the words of its articles: the sentences that tell most, one an event, in order of time.

Sentences are chosen by maximal marginal relevance (Carbonell and Goldstein 1998): central to what the passages on the
topic say together, as in LexRank (Erkan and Radev 2004), and unlike those that were taken before.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from ingest.stored import StoredPassage
from qa.compose import Line
from qa.dates import resolve_quote
from qa.days import written
from qa.read import Evidence, probability
from qa.retrieve import Candidate
from qa.telling import ABOUT_FROM, is_about, is_telling, opening, stems, telling

__all__ = ["KEEP", "course", "day_of", "news", "overview"]

KEEP = 24
"""So many passages are worth finding for an overview."""

_MOST_LINES = 6
_MOST_CHARACTERS = 900
# What the newest report brings stretches back so far: "What is new?" is not last year's story.
_NEWEST = timedelta(days=7)
# An event is reported within so many days. A day further back is background, or "Saturday" in an article that was
# changed on that day and still has the day before as its own.
_REPORTED = timedelta(days=5)
# What a sentence is worth: how central it is (0 to 1) plus these, less what it shares with those taken before.
_OPENS, _ON_TOPIC, _NEW = 0.3, 0.3, 0.7
_LENGTHY = 0.0006
# What opens a story stands among so many characters at its article's beginning.
_BEGINNING = 250
_SAME = 0.5
# The openings of two articles on one story have so much in common.
_RELATED = 0.2
# Sentences that are worth less than this part of the best one are left out.
_FEEBLE = 0.5
# A story of one day may have so many sentences.
_FEW = 3
# Two sentences with so many of their words in common are one.
_TWINS = 0.6
# Before a day that is not the event's: "which she had promised on Monday", "will open on Friday", "since Tuesday".
_ANOTHER_DAY = re.compile(
    r"\b(?:had|that|which|who|whom|where|when|since|until|till|before|after|by|from|will|would|to be|planned|due"
    r"|scheduled|expected|next)\b(?:\W+\w+){0,4}\W+$|\bwill\b[^.;]*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence that may be told: the day of its event (ISO 8601, "" if unknown) and its words with their weights."""

    evidence: Evidence
    day: str
    weights: Mapping[str, float]
    worth: float = 0.0


def overview(
    topic: str, candidates: Sequence[Candidate], *, latest: bool = False, lines: int = _MOST_LINES
) -> list[Line]:
    """What the passages tell of a topic, each sentence led by its day, oldest first.

    Args:
        topic: in the question's words.
        candidates: passages that were found for the topic, about :data:`KEEP` of them.
        latest: only the newest stretch of the story, newest first.
        lines: how many sentences at most.

    Returns:
        No lines when no passage is about the topic.
    """
    about = [one for one in candidates if is_about(topic, one.stored, one.relevance)]
    told = _sentences(topic, about)
    if latest and told:
        newest = max(sentence.evidence.stored.article.published or "" for sentence in told)
        told = [sentence for sentence in told if _is_near(sentence.evidence.stored.article.published, newest)]
    chosen = _chosen(told, lines, few=1 if latest else _FEW)
    return _lines(sorted(chosen, key=lambda one: (one.day or "9999", -one.worth), reverse=latest))


def course(topic: str, candidates: Sequence[Candidate], *, most: int) -> list[tuple[str, Evidence]]:
    """What the passages tell of a topic day by day: the days (ISO 8601), oldest first, each with its best sentence.

    Args:
        topic, candidates: see :func:`overview`.
        most: how many days at most, those that tell most.
    """
    told = _sentences(topic, [one for one in candidates if is_about(topic, one.stored, one.relevance)])
    # By itself, a line that names nothing of the topic may be of anything.
    wanted = stems(topic)
    dated = sorted((one for one in told if one.day and wanted & one.weights.keys()), key=lambda one: -one.worth)
    enough = [one for one in dated if one.worth >= _FEEBLE * dated[0].worth]
    taken: list[_Sentence] = []
    for one in enough:
        if len(taken) < most and not any(_is_told(one, other, days=True) for other in taken):
            taken.append(one)
    return [(one.day, one.evidence) for one in sorted(taken, key=lambda one: one.day)]


def news(firsts: Sequence[StoredPassage], *, lines: int = _MOST_LINES) -> list[Line]:
    """What was in the news: the sentences that open the stories of which most is written, in order of time.

    Args:
        firsts: the first passages of the articles of some days.
        lines: how many sentences at most.
    """
    found = [Evidence(stored=one, span=opening(one), score=0.0, relevance=0.0) for one in firsts]
    words = [stems(item.quote) for item in found]
    often = Counter(word for each in words for word in each)
    weights = [{word: math.log(len(found) / often[word]) for word in each} for each in words]
    told = _merged([_Sentence(item, day_of(item), each) for item, each in zip(found, weights, strict=True)])
    told = [replace(one, worth=_following(one, told)) for one in told if is_telling(one.evidence.quote)]
    taken: list[_Sentence] = []
    for one in sorted(told, key=lambda one: -one.worth):
        room = _MOST_CHARACTERS - sum(len(other.evidence.quote) for other in taken)
        apart = not any(_likeness(one.weights, other.weights) > _RELATED for other in taken)
        if apart and len(one.evidence.quote) <= room and len(taken) < lines:
            taken.append(one)
    return _lines(sorted(taken, key=lambda one: one.day))


def _following(one: _Sentence, others: Sequence[_Sentence]) -> float:
    """How much is written of a story: the articles that have the same sentence, and those that open alike."""
    alike = (_likeness(one.weights, other.weights) for other in others if other is not one)
    return len(one.evidence.copies) + sum(likeness for likeness in alike if likeness > _RELATED)


def _lines(sentences: Sequence[_Sentence]) -> list[Line]:
    return [Line(lead=f"{written(one.day)}:" if one.day else "", evidence=one.evidence) for one in sentences]


# ---- what may be told


def _sentences(topic: str, candidates: Sequence[Candidate]) -> list[_Sentence]:
    """The sentences of the candidates, weighed, copies merged, best first."""
    found = [
        Evidence(stored=one.stored, span=span, score=0.0, relevance=one.relevance)
        for one in candidates
        for span in telling(one.stored)
    ]
    words = [stems(item.quote) for item in found]
    often = Counter(word for each in words for word in each)
    weights = [{word: _rarity(often[word], len(found)) for word in each} for each in words]
    middle: dict[str, float] = {}
    for each, item in zip(weights, found, strict=True):
        for word, weight in each.items():
            middle[word] = middle.get(word, 0.0) + weight * probability(item.relevance)
    wanted = stems(topic)
    told = [
        _Sentence(item, day_of(item), each, _worth(item, each, middle, wanted))
        for item, each in zip(found, weights, strict=True)
    ]
    return _merged(sorted(told, key=lambda one: -one.worth))


def _rarity(often: int, among: int) -> float:
    # Words that all sentences share make the topic, so they count as well.
    return 1.0 + math.log((1 + among) / (1 + often))


def _worth(item: Evidence, weights: Mapping[str, float], middle: Mapping[str, float], wanted: frozenset[str]) -> float:
    """What a sentence is worth; 0 if it is off the topic."""
    there = weights.keys() | stems(item.stored.article.title)
    on_topic = len(wanted & there) / max(1, len(wanted))
    opens = item.span.start <= _BEGINNING and item.span.start == next(telling(item.stored)).start
    if not on_topic and not (opens and item.relevance >= ABOUT_FROM):
        return 0.0
    lengthy = _LENGTHY * max(0, len(item.quote) - 160)
    return _likeness(weights, middle) + _OPENS * opens + _ON_TOPIC * on_topic - lengthy


def _likeness(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """The cosine of two weighted sets of words."""
    shared = sum(weight * other.get(word, 0.0) for word, weight in one.items())
    lengths = math.sqrt(sum(w * w for w in one.values()) * sum(w * w for w in other.values()))
    return shared / lengths if lengths else 0.0


def day_of(item: Evidence) -> str:
    """The day of what the quote tells: the one day that it names of those before it was published, or that day."""
    published = (item.stored.article.published or "")[:10]
    try:
        on = date.fromisoformat(published)
    except ValueError:
        return ""
    named = {
        found.resolved
        for found in resolve_quote(item.quote, published)
        if len(found.resolved) == 10 and not _ANOTHER_DAY.search(item.quote[: found.start])
    }
    days = [day for day in map(date.fromisoformat, named) if on - _REPORTED <= day <= on]
    return days[0].isoformat() if len(days) == 1 else published


def _is_near(published: str | None, newest: str) -> bool:
    try:
        return date.fromisoformat(newest[:10]) - date.fromisoformat((published or "")[:10]) <= _NEWEST
    except ValueError:
        return False


# ---- what is told


def _merged(sentences: Sequence[_Sentence]) -> list[_Sentence]:
    """``sentences`` without those that say in the words of another article what one before them says."""
    kept: list[_Sentence] = []
    for one in sentences:
        twin = next((at for at, other in enumerate(kept) if _says_the_same(one, other)), None)
        if twin is None:
            kept.append(one)
        elif kept[twin].evidence.stored.article.id != one.evidence.stored.article.id:
            copies = (*kept[twin].evidence.copies, one.evidence.stored)
            kept[twin] = replace(kept[twin], evidence=replace(kept[twin].evidence, copies=copies))
    return kept


def _says_the_same(one: _Sentence, other: _Sentence) -> bool:
    mine, theirs = one.weights.keys(), other.weights.keys()
    return len(mine & theirs) >= _TWINS * max(1, len(mine | theirs))


def _chosen(told: Sequence[_Sentence], lines: int, *, few: int) -> list[_Sentence]:
    """The sentences that are told: the best, then what is newest in the story, then what adds most; up to ``few`` of
    them may be of one day."""
    if not told:
        return []
    best = max(told, key=lambda one: one.worth)
    rest = [one for one in told if one.worth >= _FEEBLE * best.worth]
    taken = _filled([best], rest, lines, days=True)
    return _filled(taken, rest, min(lines, few), days=False) if len(taken) < few else taken


def _filled(taken: list[_Sentence], rest: Sequence[_Sentence], lines: int, *, days: bool) -> list[_Sentence]:
    """``taken`` and what adds most to it, as far as there is room; with ``days``, each of another day."""
    taken, end = list(taken), _end(rest)
    while len(taken) < lines:
        room = _MOST_CHARACTERS - sum(len(one.evidence.quote) for one in taken)
        fitting = [
            one
            for one in rest
            if len(one.evidence.quote) <= room and not any(_is_told(one, other, days=days) for other in taken)
        ]
        if not fitting:
            break
        taken.append(end if end in fitting else max(fitting, key=lambda one: _added(one, taken)))
    return taken


def _end(told: Sequence[_Sentence]) -> _Sentence:
    """The best sentence of the newest article."""
    newest = max(one.evidence.stored.article.published or "" for one in told)
    return max(
        (one for one in told if (one.evidence.stored.article.published or "") == newest), key=lambda one: one.worth
    )


def _is_told(one: _Sentence, other: _Sentence, *, days: bool) -> bool:
    """Whether the event of ``one`` is told by ``other``: alike or, with ``days``, of the same day."""
    same_day = days and bool(one.day) and one.day == other.day
    return same_day or one.evidence.overlaps(other.evidence) or _likeness(one.weights, other.weights) > _SAME


def _added(one: _Sentence, taken: Sequence[_Sentence]) -> float:
    return one.worth - _NEW * max(_likeness(one.weights, other.weights) for other in taken)
