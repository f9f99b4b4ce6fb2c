"""Whether a quote bears a sentence out. Rules over words, then a cross-encoder; in doubt it does not.

A sentence is borne out by one sentence of one quote, or clause by clause by one each. Its telling words must stand
there in the same order (see ``order``). Figures, days, names, quotation marks, "not", "may", "all" and who says so are
held to their values. It knows nothing of models.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.sentences import sentences
from qa.generation.claims import TITLES, Claim, Word, alike, claim
from qa.generation.order import LIGHT, covers, out_of_order, same_day

__all__ = ["Source", "why_not"]

# A sentence has so many words, and not only names.
_FEWEST = 4
_TWICE = re.compile(r"\b([a-z]+)\s+\1\b", re.IGNORECASE)
_US = re.compile(r"\b(?:i|i['’]\w+|we|we['’]\w+|my|our|us|me|you|your|yours|please|sorry)\b", re.IGNORECASE)
_JOINT = re.compile(r";\s+|,\s+(?:and|but|while|whereas)\s+|\s+(?:and|but|while|whereas)\s+(?=[A-Z])")
_OPENS = re.compile(r"(?:the|a|an|[A-Z]|\d)")


@dataclass(frozen=True, slots=True)
class Source:
    """A quote that a sentence may rest on, and the day of its article."""

    quote: str
    published: str | None = None


def why_not(sentence: str, sources: Sequence[Source]) -> str:
    """Why ``sources`` do not bear ``sentence`` out; "" when they do.

    Args:
        sources: the quotes that it cites, each taken by itself.
    """
    if not sources:
        return "it cites no quote"
    if sentence.rstrip("”\"'’ ").endswith("?"):
        return "it asks"
    if _US.search(_unquoted(sentence)):
        return "it speaks of itself or to its reader"
    if len(sentence.split()) < _FEWEST or not any(_tells(word) for word in claim(sentence).words):
        return "it says too little to be checked"
    if (twice := _TWICE.search(sentence)) and not any(_TWICE.search(source.quote) for source in sources):
        return f"“{twice[0]}” is no English"
    whole = _why_not(sentence, sources)
    clauses = _clauses(sentence) if whole else []
    if len(clauses) > 1 and not any(_why_not(clause, sources) for clause in clauses):
        return ""
    return whole


def _tells(word: Word) -> bool:
    return not (word.name or word.figure or word.day)


def _unquoted(sentence: str) -> str:
    return re.sub(r"[“\"][^”\"]*[”\"]?", " ", sentence)


def _clauses(sentence: str) -> list[str]:
    """The clauses of a sentence, where each begins with what it is about; none where one does not."""
    found = [clause.strip() for clause in _JOINT.split(sentence)]
    return found if all(_OPENS.match(clause) and len(clause.split()) > 2 for clause in found) else []


def _why_not(sentence: str, sources: Sequence[Source]) -> str:
    """Why no single sentence of the sources bears ``sentence`` out; the reason that came nearest."""
    reasons: list[tuple[float, str]] = []
    for source in sources:
        said = claim(sentence, source.published)
        for told in _sentences(source):
            if _plain(sentence) == _plain(told.text):
                return ""
            at, reason = next(
                ((at, why) for at, check in enumerate(_CHECKS) if (why := check(said, told))), (len(_CHECKS), "")
            )
            if not reason:
                return ""
            reasons.append((at, reason))
    return max(reasons, default=(0, "its quote says nothing"))[1]


def _sentences(source: Source) -> Iterator[Claim]:
    for span in sentences(source.quote):
        yield claim(span.cut(source.quote), source.published)


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


# ---- the checks, the cheapest first; each says what is wrong, or nothing


def _words_there(said: Claim, told: Claim) -> str:
    for word in said.words:
        if not (word.figure or word.day) and word.text not in LIGHT and not _has(told, word):
            return f"“{word.text}” is not in its quote"
    return ""


def _has(told: Claim, word: Word) -> bool:
    return any(other.figure is None and alike(word.text, other.text) for other in told.words)


def _figures_there(said: Claim, told: Claim) -> str:
    there = [word.figure for word in told.words if word.figure]
    for word in said.words:
        if word.figure and not any(covers(word.figure, other) for other in there):
            return f"“{word.figure.text}” is not in its quote"
    loose = said.digits - told.digits - {d for w in said.words if w.figure for d in re.findall(r"\d+", w.figure.text)}
    return f"“{min(loose)}” is not in its quote" if loose else ""


def _days_there(said: Claim, told: Claim) -> str:
    for day in said.days:
        if not any(same_day(day, other) for other in told.days):
            return f"“{day[0]}” is not a day in its quote"
    return ""


def _names_there(said: Claim, told: Claim) -> str:
    flat = f" {' '.join(re.findall(r'[^ ]+', _spaced(told.text)))} "
    for name in said.names:
        known = [word for word in name if word not in TITLES]
        for one, two in pairwise(known):
            if f" {one} {two} " not in flat:
                return f"“{one} {two}” is no name in its quote"
        if any(f" {word} " not in flat for word in known):
            return f"“{' '.join(known)}” is no name in its quote"
    return ""


def _spaced(text: str) -> str:
    words = re.findall(r"[^\W_]+(?:['’.&-][^\W_]+)*", text.lower())
    return " ".join(re.sub(r"['’]s?$", "", word).replace("’", "'") for word in words)


def _quotations_there(said: Claim, told: Claim) -> str:
    spoken = f" {_plain(told.text.replace('’', chr(39)))} "
    for quotation in said.quotations:
        if f" {_plain(quotation)} " not in spoken:
            return "it puts words between quotation marks that are not in its quote"
        if not told.quotations and len(quotation.split()) > 1:
            return "it puts into somebody's mouth what nobody says in its quote"
    return ""


def _force_kept(said: Claim, told: Claim) -> str:
    if stronger := said.small - {word.lower() for word in re.findall(r"\w+", told.text)} - {"the"}:
        return f"“{min(stronger)}” is not in its quote"
    if told.says and not said.says:
        return "it leaves out who says so"
    return ""


_CHECKS: tuple[Callable[[Claim, Claim], str], ...] = (
    _words_there,
    _figures_there,
    _days_there,
    _names_there,
    _quotations_there,
    _force_kept,
    out_of_order,
)
