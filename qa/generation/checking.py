"""Whether quotes bear a sentence out. Rules over words and clauses; in doubt they do not.

A sentence is taken apart into its claims (``splitting``). Each has to be said by one sentence of one quote
(``bearing``), with its names, figures and quotation marks. The article around a quote may tell whom "she" means and
give a name in full; the question may lend the words around the answer ("The app is ..."). It knows nothing of models.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ingest.sentences import sentences
from qa.generation.bearing import Around, not_borne
from qa.generation.bearing.wholeness import is_whole
from qa.generation.grammar.clauses import clauses
from qa.generation.grammar.model import Clauses
from qa.generation.lexicon import means
from qa.generation.literally import not_literal, plain
from qa.generation.referring import known
from qa.generation.splitting import Part, finer, parts, shorter
from qa.question.words import content_words
from qa.telling import leans

__all__ = ["Source", "borne_out", "why_not"]

# A sentence has so many words, and not only names.
_FEWEST = 4
# What is left of one has so many.
_FEWEST_LEFT = 6
_TWICE = re.compile(r"\b([a-z]+)\s+\1\b", re.IGNORECASE)
# Quotation marks are single ones in what a model is shown.
_SINGLE = re.compile(r"(?<!\w)['‘]((?=\w)[^'‘’]*(?:\w['’]\w[^'‘’]*)*)['’](?!\w)")
_US = re.compile(r"\b(?:i(?=['’ ][a-z])|we|we['’]\w+|my|our|us|me|you|your|yours|please|sorry)\b", re.IGNORECASE)
_MARKER = re.compile(r"\[\d{1,3}\]")


@dataclass(frozen=True, slots=True)
class Source:
    """A quote that a sentence may rest on.

    Attributes:
        published: the day of its article.
        before: the headline, and what stands right before the quote.
        article: the words of the article, in which a name may stand in full.
        answers: words that answer the question: of this quote, and of most quotes.
        others: the other quotes, in which a name may stand in full.
    """

    quote: str
    published: str | None = None
    before: str = ""
    article: str = ""
    answers: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


def why_not(sentence: str, sources: Sequence[Source], *, question: str = "", told: str = "") -> str:
    """Why ``sources`` do not bear ``sentence`` out; "" when they do.

    Args:
        sources: the quotes that it cites; each claim of the sentence rests on one of them.
        question: what was asked.
        told: the sentence that stands before it, so that "it" can be understood.
    """
    if not sources:
        return "it cites no quote"
    sentence = _SINGLE.sub(r"“\1”", sentence)
    if sentence.rstrip("”\"'’ ").endswith("?"):
        return "it asks"
    if _US.search(_unquoted(sentence)):
        return "it speaks of itself or to its reader"
    if len(sentence.split()) < _FEWEST or not any(_tells(sentence)):
        return "it says too little to be checked"
    if (twice := _TWICE.search(sentence)) and not any(_TWICE.search(source.quote) for source in sources):
        return f"“{twice[0]}” is no English"
    if sentence.count("“") != sentence.count("”") or sentence.count('"') % 2:
        return "it breaks off in a quotation"
    found = parts(sentence)
    borne = 0
    for part in found:
        if len(found) > 1 and part.frames and _is_the_answer(part, sources, question):
            continue
        if why := _part_why(part, sources, question, told):
            return why
        borne += 1
        told = part.wordings[0]
    return "" if borne else "it says too little to be checked"


def borne_out(sentence: str, sources: Sequence[Source], *, question: str = "", told: str = "") -> str:
    """What of ``sentence`` the sources bear out: clauses of it, without what they do not say; "" where it is nothing.

    Args: see :func:`why_not`.
    """
    kept: list[str] = []
    for one in shorter(_SINGLE.sub(r"“\1”", sentence)):
        if len(one.split()) < _FEWEST_LEFT or any(one.rstrip(".") in other for other in kept):
            continue
        if (not kept and leans(one) and not leans(sentence)) or ("," in one and one.count(",") > sentence.count(",")):
            continue
        if not why_not(one, sources, question=question, told=kept[-1] if kept else told):
            kept.append(one)
            told = one
    return " ".join(kept)


def _tells(sentence: str) -> Iterator[bool]:
    return (word.telling and word.kind not in "E#T" for word in clauses(sentence).words)


def _unquoted(sentence: str) -> str:
    return re.sub(r"[“\"][^”\"]*[”\"]?", " ", sentence)


def _is_the_answer(part: Part, sources: Sequence[Source], question: str) -> bool:
    """Whether a claim says in the question's words that something is the answer that was read in a quote."""
    asked = content_words(question)
    for frame, said in part.frames:
        answer = content_words(said)
        if not answer or any(not any(means(word, other) for other in asked) for word in content_words(frame)):
            continue
        if any(answer <= content_words(read) for source in sources for read in source.answers):
            return True
    return False


def _part_why(part: Part, sources: Sequence[Source], question: str, before: str) -> str:
    reasons = [_claim_why(wording, sources, question, before) for wording in part.wordings]
    if "" in reasons:
        return ""
    pieces = finer(part.wordings[0])
    if pieces and not any(_claim_why(piece, sources, question, before) for piece in pieces):
        return ""
    return reasons[0]


def _claim_why(claim: str, sources: Sequence[Source], question: str, before: str) -> str:
    """Why no single sentence of the sources bears a claim out; the reason that came nearest."""
    if not is_whole(clauses(claim)):
        return "it is no whole sentence"
    reasons: list[tuple[int, str]] = []
    for source in sources:
        said = clauses(claim, source.published)
        ahead = source.before
        for text in _closed(_SINGLE.sub(r"“\1”", span.cut(source.quote)) for span in sentences(source.quote)):
            if plain(claim) == plain(text):
                return ""
            if _MARKER.search(text) or _US.search(_unquoted(text)):
                reasons.append((0, "its quote speaks to its reader"))
                continue
            reason = _first(said, clauses(text, source.published), source, ahead, question, before)
            if not reason[1]:
                return ""
            reasons.append(reason)
            ahead = f"{ahead}\n{text}"
    return max(reasons, default=(0, "its quote says nothing"))[1]


def _closed(texts: Iterable[str]) -> Iterator[str]:
    """The sentences of a quote; where quotation marks hold several of them, each has its own."""
    curly = straight = False
    for text in texts:
        opened = f"“{text}" if curly else text
        opened = f'"{opened}' if straight else opened
        curly, straight = opened.count("“") > opened.count("”"), opened.count('"') % 2 == 1
        yield f"{opened}{'”' * curly}{chr(34) * straight}"


def _subjects(sentence: str) -> frozenset[str]:
    """The words of whom a sentence tells, for whom the next one may have "she"."""
    read = clauses(sentence)
    places = {one for verb in read.verbs.values() if verb.phrase.finite for one in verb.subjects}
    named = {place for (place, head), names in read.links.items() if head in places and "is" in names}
    phrases = [read.nouns[one] for one in places | named if one in read.nouns]
    return frozenset(
        read.words[one].low for phrase in phrases for one in phrase.members if read.words[one].kind in "EN"
    )


def _first(said: Clauses, told: Clauses, source: Source, ahead: str, question: str, before: str) -> tuple[int, str]:
    """The first thing that is wrong, and how far the claim came."""
    names = (source.before, source.article, question, *source.others)
    if why := not_literal(said, told, quote=source.quote, names=names):
        return 0, why
    around = Around(
        known=known(said, told, ahead=ahead, question=question, article=source.article),
        last=_subjects(before),
        named=frozenset(word.low for word in clauses(before).words if word.kind == "E"),
        asked=clauses(question, source.published) if question else None,
        answers=frozenset(word for answer in source.answers for word in content_words(answer)),
    )
    return not_borne(said, told, around)
