"""Where reports differ: other figures, days or names for the same thing. In doubt, they do not.

A false "the reports differ" is worse than a missed one, so every rule here only takes away.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

from qa.agreement.claims import Asserted, asserted
from qa.answer import Claim, Disagreement
from qa.days import written
from qa.figures import compatible
from qa.question import Kind, expects
from qa.question.words import content_words, names

if TYPE_CHECKING:
    from qa.read import Evidence

__all__ = ["Difference", "disagreements"]

# Evidence is strong enough to contradict with this log probability and this logit of its passage, and if it ranks at
# most so much lower than the best.
_SCORE, _RELEVANCE, _BEHIND = -2.5, 0.0, 4.0
# Reports further apart speak of different states of things, unless the later one says that it corrects.
_DAYS, _DAYS_REVISED = 14, 60
# Of the words of the shorter sentence, so many must be in the other; more where one is a forecast, or does not name
# what the question names; fewer where the later report repeats what it corrects, and where it revises a toll.
_ALIKE, _ALIKE_STRICT, _ALIKE_CORRECTED, _ALIKE_TOLL = 0.34, 0.5, 0.25, 0.1
# The words of the question that an article must have.
_ON_TOPIC = 0.6
_MOST = 4

_REVISES = re.compile(
    r"\b(?:correct(?:ed|s|ion|ing)|revis(?:ed|es|ing|ion)|(?:rose|risen|rises|climbed|jumped|grew|grown"
    r"|increased|lowered"
    r"|raised|cut|reduced|fell|dropped) (?:from \S+ )?to|(?:up|down) from|earlier (?:reports?|figures?"
    r"|estimates?|count|toll)"
    r"|previous(?:ly)? (?:said|reported|announced|given|thought|toll|figure|count)|initially|at first|had put|updated?"
    r"|now stands?|instead of|mistaken\w*|wrongly|put off|postponed|delayed|brought forward|moved (?:from|to)"
    r"|rescheduled|disqualified|stripped|overturned|misidentified)\b",
    re.IGNORECASE,
)
_GUESS = re.compile(
    r"\b(?:forecast|expect(?:s|ed)?|project(?:s|ed)|predict\w*|target|could|may|might|would|will|propos\w+"
    r"|seek\w*|want(?:s|ed)?"
    r"|offer(?:s|ed)?|demand\w*|aim\w*|plan(?:s|ned)?|ask(?:s|ed) for|sought|hop(?:es|ed))\b",
    re.IGNORECASE,
)
_ONLY_ONE = re.compile(
    r"^\W*(?:who|which \w+(?: \w+)?)\s+(?:also |first )?(?:won|wins|is the|was the|leads?|led|heads?|headed"
    r"|directed|wrote|founded"
    r"|became|becomes|succeed\w*|replac\w*|painted|designed|invented|discovered|chairs?|chaired|owns|bought"
    r"|scored the)\b",
    re.IGNORECASE,
)
_REPORTING = frozenset(
    "said says say told added according reported reports report announced statement officials official"
    " police authorities"
    " spokesman spokeswoman news agency monday tuesday wednesday thursday friday saturday sunday people".split()
)
_MEASURE = re.compile(
    r"^\W*(?:what|how)\b.*\b(?:cost|costs|weigh|weighs|weight|earn|earns|pay|paid|measure|worth|raise|raised|charge)\b",
    re.IGNORECASE,
)
_GENERIC = frozenset(
    "number people many much amount total figure big large long high old far latest current new".split()
)


@dataclass(frozen=True, slots=True)
class Difference:
    """Reports that differ about what was asked.

    Attributes:
        about: the question that they answer otherwise.
        claims: what each says, oldest first.
        latest: the claim of the latest report; None where their days do not tell.
        revised: whether that report says itself that it changes an earlier one.
    """

    about: str
    claims: tuple[Asserted, ...]
    latest: Asserted | None = None
    revised: bool = False

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """What the claims stand in, oldest first: all of it has to be quoted."""
        return tuple(claim.evidence for claim in self.claims)

    @property
    def note(self) -> str:
        """One sentence for people."""
        told = [f"{claim.said} ({self._where(claim)})" for claim in self.claims]
        if self.revised:
            return f"A later report revises the earlier: {'; '.join(reversed(told))}."
        return f"The reports differ: {'; '.join(told)}."

    def _where(self, claim: Asserted) -> str:
        article = claim.evidence.stored.article
        parts = [article.source or article.title, written(article.published[:10]) if article.published else ""]
        return ", ".join(part for part in (*parts, "the latest" if claim is self.latest else "") if part)

    def numbered(self, chosen: Sequence[Evidence]) -> Disagreement | None:
        """The disagreement with the numbers of its citations, which are the places in ``chosen`` counted from 1; None
        if fewer than two of its claims are quoted there."""
        places = [(claim, _place(claim, chosen)) for claim in self.claims]
        cited = tuple(
            Claim(claim.value, number, latest=claim is self.latest) for claim, number in places if number is not None
        )
        return Disagreement(self.about, cited) if len(cited) > 1 else None


def _place(claim: Asserted, chosen: Sequence[Evidence]) -> int | None:
    """The number of the quote that has the words of a claim."""
    answer = claim.evidence.answer or claim.evidence.span
    for number, item in enumerate(chosen, 1):
        same = item.stored.article.id == claim.evidence.stored.article.id
        if same and item.span.start <= answer.start and answer.end <= item.span.end:
            return number
    return None


def disagreements(question: str, evidence: Sequence[Evidence], kind: Kind | None = None) -> list[Difference]:
    """Where strong evidence from different articles gives figures, days or names that cannot all be true.

    Args:
        question: complete, without its history.
        evidence: best first, copies merged; what may be quoted, or all that was found.
        kind: what the question expects, as :func:`qa.question.expects` tells; read from the question unless given.

    Returns:
        None or one: a question asks for one thing.
    """
    kind = kind or expects(question)
    if kind == "other" and _MEASURE.match(question):
        kind = "number"
    if kind not in ("number", "date", "person", "organisation") or not evidence:
        return []
    if kind in ("person", "organisation") and not _ONLY_ONE.match(question):
        return []
    best = max(item.rank for item in evidence)
    strong = [item for item in evidence if _is_strong(item, best) and _on_topic(question, item)]
    claims = [claim for item in strong if (claim := asserted(item, kind, question))]
    sides = _sides(question, claims)
    return [_difference(question, sides)] if len(sides) > 1 else []


def _is_strong(item: Evidence, best: float) -> bool:
    return (
        item.answer is not None
        and item.score >= _SCORE
        and item.relevance >= _RELEVANCE
        and item.rank >= best - _BEHIND
    )


def _on_topic(question: str, item: Evidence) -> bool:
    """Whether the article has most of the words of the question."""
    wanted = _stems(content_words(question) - _GENERIC)
    return len(wanted & _told(item)) >= _ON_TOPIC * len(wanted)


def _told(item: Evidence) -> frozenset[str]:
    return _stems(content_words(f"{item.stored.article.title} {item.stored.article.text}"))


def _sides(question: str, claims: Sequence[Asserted]) -> list[Asserted]:
    """The best claim, and those that contradict it and each other."""
    sides = list(claims[:1])
    for claim in claims[1:]:
        if len(sides) < _MOST and all(_contradicts(question, claim, other) for other in sides):
            sides.append(claim)
    return sides


def _contradicts(question: str, one: Asserted, other: Asserted) -> bool:
    first, later = sorted((one, other), key=lambda claim: claim.evidence.stored.article.published or "")
    if first.evidence.stored.article.id == later.evidence.stored.article.id or _are_copies(first, later):
        return False
    revised = _revises(later, first)
    apart = _days_apart(first, later)
    if apart is None or apart > (_DAYS_REVISED if revised else _DAYS):
        return False
    return _is_other(first, later, revised) and _same_thing(question, first, later)


def _are_copies(one: Asserted, other: Asserted) -> bool:
    """Whether the article of one also carries the sentence of the other."""
    mine = {copy.article.id for copy in one.evidence.copies}
    return other.evidence.stored.article.id in mine or one.evidence.stored.article.id in {
        copy.article.id for copy in other.evidence.copies
    }


def _days_apart(one: Asserted, other: Asserted) -> int | None:
    days = [claim.evidence.stored.article.published for claim in (one, other)]
    try:
        first, last = (date.fromisoformat((day or "")[:10]) for day in days)
    except ValueError:
        return None
    return abs((last - first).days)


def _repeats(later: Asserted, first: Asserted) -> bool:
    """Whether the later report has what the earlier one said, and says that it changes something."""
    near = f"{later.evidence.stored.article.title} {later.evidence.stored.text}"
    return re.search(rf"(?<!\w){re.escape(first.core)}(?!\w)", near) is not None and _REVISES.search(near) is not None


def _revises(later: Asserted, first: Asserted) -> bool:
    """Whether the later report says that it changes what was known."""
    return _repeats(later, first) or (later.kind == "number" and _REVISES.search(later.evidence.quote) is not None)


def _is_other(first: Asserted, later: Asserted, revised: bool) -> bool:
    """Whether two claims of one kind cannot both be true."""
    if first.figure and later.figure:
        return first.unit == later.unit and not compatible(first.figure, later.figure)
    if first.days and later.days:
        apart = abs((first.days[0] - later.days[0]).days)
        return (
            first.days[1] == first.days[0]
            and later.days[1] == later.days[0]
            and (2 <= apart <= 31 or (revised and apart > 0))
        )
    if first.kind != later.kind or first.kind in ("number", "date"):
        return False
    mine, theirs = content_words(first.value), content_words(later.value)
    named = _mentions(later, mine), _mentions(first, theirs)
    return not mine & theirs and (revised or not any(named))


def _mentions(claim: Asserted, words: frozenset[str]) -> bool:
    """Whether the article of a claim has any of some words."""
    article = claim.evidence.stored.article
    return bool(words & content_words(f"{article.title} {article.text}"))


def _same_thing(question: str, first: Asserted, later: Asserted) -> bool:
    """Whether two sentences speak of the same thing at the same time."""
    mine, theirs = _subject_words(first), _subject_words(later)
    if not mine or not theirs or len(mine & theirs) < _needed(question, first, later) * min(len(mine), len(theirs)):
        return False
    wanted = _stems(content_words(question) - _GENERIC)
    if not wanted & (mine | theirs):
        return False
    return _same_counted(first, later) and _same_time(first, later) and _same_place(first, later)


def _needed(question: str, first: Asserted, later: Asserted) -> float:
    """What share of the words of the shorter sentence must be in the other."""
    called = _stems(word for name in names(question) for word in content_words(name.text))
    if any(not called <= _told(claim.evidence) for claim in (first, later)):
        return _ALIKE_STRICT if not _own_names(first, later) | _own_names(later, first) else 2.0
    if first.state and first.state == later.state and _REVISES.search(later.evidence.quote):
        return _ALIKE_TOLL
    if first.kind != "number":
        return _ALIKE_STRICT
    if _repeats(later, first):
        return _ALIKE_CORRECTED
    guesses = [bool(_GUESS.search(claim.evidence.quote)) for claim in (first, later)]
    return _ALIKE_STRICT if any(guesses) and not all(guesses) else _ALIKE


def _own_names(claim: Asserted, other: Asserted) -> frozenset[str]:
    """The names in the sentence of a claim that the other article does not have."""
    return _stems(word for name in names(claim.evidence.quote) for word in content_words(name.text)) - _told(
        other.evidence
    )


def _subject_words(claim: Asserted) -> frozenset[str]:
    """The words of a claim's sentence that say what it is about."""
    item = claim.evidence
    start, end = (item.answer or item.span).start - item.span.start, (item.answer or item.span).end - item.span.start
    rest = f"{item.quote[:start]} {item.quote[end:]}"
    return _stems(word for word in content_words(rest) - _REPORTING - _GENERIC if not word.isdigit())


def _stems(words: object) -> frozenset[str]:
    return frozenset(_stem(word) for word in words)  # type: ignore[attr-defined]


def _stem(word: str) -> str:
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word.removesuffix(ending)
    return word


def _same_counted(one: Asserted, other: Asserted) -> bool:
    if one.state != other.state:
        return False
    return not one.counted or not other.counted or bool(one.counted & other.counted)


def _same_time(one: Asserted, other: Asserted) -> bool:
    """Whether the days that the two sentences name, but for those on which something was said, can be the same."""
    if one.kind == "date" or not one.times or not other.times:
        return True
    return any(a[0] <= b[1] and b[0] <= a[1] for a in one.times for b in other.times)


def _same_place(one: Asserted, other: Asserted) -> bool:
    """Whether not each of the two sentences names a place, or a thing, that the other article does not know."""
    mine = {name for name in one.places if not _mentions(other, content_words(name))}
    theirs = {name for name in other.places if not _mentions(one, content_words(name))}
    return not (mine and theirs)


def _difference(question: str, sides: Sequence[Asserted]) -> Difference:
    claims = sorted(sides, key=lambda claim: claim.evidence.stored.article.published or "")
    moments = [claim.evidence.stored.article.published or "" for claim in claims]
    latest = claims[-1] if _is_later(moments[-2], moments[-1]) else None
    revised = latest is not None and all(_revises(later, first) for first, later in pairwise(claims))
    return Difference(question.rstrip(" ?"), tuple(claims), latest, revised)


def _is_later(first: str, last: str) -> bool:
    """Whether one moment (ISO 8601) surely comes after another: by its day, since hours are of different places."""
    return first[:10] < last[:10]
