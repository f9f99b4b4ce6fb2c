"""Answers about the archive itself: what it has on something, how many articles, of which outlets and days, and what
can be asked. They are counted, never guessed, and say what was counted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from ingest.article import Article, Passage
from ingest.counting import Mentions
from ingest.listing import Selected, Selection
from ingest.stored import ArchiveStats, Scope, StoredPassage
from qa.compose import Line
from qa.dates import Period, read_question
from qa.days import written, written_period
from qa.question.intent import Intent, without_time
from qa.question.words import content_words, names
from qa.read import Evidence
from qa.telling import Told, opening, stems

__all__ = ["Shelf", "about", "days_asked", "examples", "first_passages"]

_QUOTED = 3
_OUTLETS = 5
_SECTIONS = 30
_LOOKED_AT = 24
_TWINS = 0.6


class Shelf(Protocol):
    """What is asked of an archive here."""

    def stats(self, scope: Scope | None = None) -> ArchiveStats: ...

    def articles(
        self, *, limit: int = 50, offset: int = 0, source: str | None = None, scope: Scope | None = None
    ) -> list[Article]: ...

    def passages_of(self, article_id: str) -> list[Passage]: ...

    def passages(self, ids: Sequence[int]) -> list[StoredPassage]: ...

    def mentions(self, phrases: Sequence[str], *, scope: Scope | None = None, keep: int = 8) -> Mentions: ...

    def select(self, selection: Selection) -> Selected: ...


@dataclass(frozen=True, slots=True)
class _Subject:
    """What is counted: the articles with all of ``phrases``, within ``scope``; ``topic`` is what people call it."""

    topic: str
    phrases: tuple[str, ...]
    scope: Scope


def about(intent: Intent, shelf: Shelf, scope: Scope | None = None) -> Told:
    """What is said to a question about the archive: kinds "greeting", "help", "inventory" and "count".

    Args:
        scope: what the question is narrowed to.

    Raises:
        ValueError: the question is of another kind.
    """
    scope = scope or Scope()
    match intent.kind:
        case "greeting" | "help":
            return _help(shelf, scope, hello=intent.kind == "greeting")
        case "count":
            return _count(_subject(intent, shelf, scope), shelf)
        case "inventory" if intent.topic:
            return _inventory(_subject(intent, shelf, scope), shelf)
        case "inventory":
            return _holdings(intent, shelf, scope)
    raise ValueError(f"a question of the kind {intent.kind!r} is not about the archive")


def days_asked(question: str, *, asked_on: date, newest: date | None = None) -> Scope:
    """Just the days that a question about the archive, or about the news of some days, names: no day beyond them.

    Args:
        asked_on: the day that "last week" is reckoned from.
        newest: the day of the newest article; see :func:`qa.dates.read_question`.
    """
    text = " ".join(question.split()).rstrip(" ?.!")
    bare, _ = without_time(text)
    at = text.find(bare) if bare else len(text)
    when = f"{text[:at]} {text[at + len(bare) :]}".strip(" ,")
    found = read_question(f"articles published {when}", asked_on=asked_on, newest=newest) if when else None
    return Scope(found.start, found.end) if found else Scope()


# ---- who answers here


def _help(shelf: Shelf, scope: Scope, *, hello: bool) -> Told:
    held = shelf.stats(scope)
    if not held.articles:
        empty = "There is no article here yet: add some with dateline ingest PATH, and then ask about them."
        return Told((Line(f"Hello. {empty}" if hello else empty),))
    said = (
        f"{'Hello. ' if hello else ''}I answer questions from {_articles(held.articles)}"
        f"{_days(held.first, held.last)}{_of_outlets(held)}, in their own words: every sentence of an answer is a "
        "quote with its source, and where no article answers, I say so."
    )
    asked = [f"“{question}”" for question in examples(shelf, scope)]
    if not asked:
        return Told((Line(said),))
    return Told((Line(said), Line(f"You can ask, for example: {' '.join(asked)}")))


_ROLES = (
    "head|leader|director|chief|chairman|chairwoman|president|coach|mayor|minister|owner|founder|spokesman|spokeswoman"
    "|author|winner|captain|manager|secretary|governor|editor"
)
_ROLE = re.compile(
    r"(?P<name>[A-Z][\w'’-]+(?: [A-Z][\w'’-]+){1,2}), (?:\d\d, )?"
    rf"(?P<role>the (?:[a-z-]+ ){{0,3}}(?:{_ROLES}) (?:of|for|at) [^,.;:“”()]{{3,40}}),"
)


def examples(shelf: Shelf, scope: Scope | None = None) -> list[str]:
    """Up to three questions that the newest articles answer, made from their own names."""
    openings = [(stored, opening(stored)) for stored in first_passages(shelf, scope, _LOOKED_AT)]
    questions: list[str] = []
    named = _named([(stored, span.cut(stored.article.text)) for stored, span in openings], shelf, scope)
    if named:
        questions.append(f"What is new about {named[0]}?")
    for stored, _ in openings:
        if role := _ROLE.search(stored.text):
            questions.append(f"Who is {role['role']}?")
            break
    questions += [f"What do you have on {name}?" for name in named[1:2]]
    if len(questions) < 3 and len(named) > 2:
        questions.append(f"How many articles mention {named[2]}?")
    return questions


def _named(openings: Sequence[tuple[StoredPassage, str]], shelf: Shelf, scope: Scope | None) -> list[str]:
    """Names in the opening sentences, one of each article; those that several articles have first."""
    outlets = {_letters(source) for source, _ in shelf.stats().sources}
    found: dict[str, int] = {}
    for _, sentence in openings:
        for name in names(sentence):
            if len(name.text.split()) < 2 or name.start == 0 or _letters(name.text) in outlets or name.text in found:
                continue
            the = "the " if re.search(r"\b[Tt]he $", sentence[: name.start]) else ""
            found[the + name.text] = shelf.mentions([name.text], scope=scope, keep=1).articles
            break
        if len(found) >= 12:
            break
    return sorted((name for name, count in found.items() if count), key=lambda name: -min(found[name], 2))


def _letters(name: str) -> str:
    """A name as it stands in an outlet's address: "The Daily Post" as "dailypost"."""
    bare = re.sub(r"^the\s+|\.\w+$", "", name, flags=re.IGNORECASE)
    return re.sub(r"\W+", "", bare).casefold()


# ---- what is here


def _holdings(intent: Intent, shelf: Shelf, scope: Scope) -> Told:
    """What there is, about nothing in particular."""
    held = shelf.stats(scope)
    if not held.articles:
        return Told((Line(f"There is no article{_within(scope)} here."),))
    if intent.aspect == "sources":
        named = sum(count for _, count in held.sources)
        rest = held.articles - named
        unnamed = f", and {_articles(rest)} without one" if rest else ""
        if not held.sources:
            return Told((Line(f"None of the {_articles(held.articles)}{_within(scope)} names its outlet."),))
        return Told((Line(f"Outlets: {_listed(held.sources, len(held.sources))}{unnamed}."),))
    if intent.aspect == "sections":
        return _sections(shelf, scope, held)
    lines = [Line(f"{_articles(held.articles)}{_within(scope)}{_days(held.first, held.last)}{_of_outlets(held)}.")]
    newest = first_passages(shelf, scope, 1 if intent.aspect == "dates" else _QUOTED)
    return Told((*lines, *_quoted(newest)))


def _sections(shelf: Shelf, scope: Scope, held: ArchiveStats) -> Told:
    sections = shelf.select(Selection(scope=scope)).sections()
    if not sections:
        return Told((Line(f"None of the {_articles(held.articles)}{_within(scope)} names its section."),))
    rest = held.articles - sum(count for _, count in sections)
    unnamed = f", and {_articles(rest)} without one" if rest else ""
    return Told((Line(f"Sections: {_listed(sections, _SECTIONS, 'section')}{unnamed}."),))


def _inventory(subject: _Subject, shelf: Shelf) -> Told:
    found = shelf.mentions(subject.phrases, scope=subject.scope)
    if not found.articles:
        return _none(subject, shelf)
    held = f"{_mention(found.articles, subject)}{_days(found.first, found.last)}"
    outlets = f": {_listed(found.sources, _OUTLETS)}" if found.sources else ""
    ids = dict.fromkeys((*found.newest[:1], *found.best, *found.newest))
    stored = _distinct([first for id in ids for first in _first_of(shelf, id)])[:_QUOTED]
    stored.sort(key=lambda item: item.article.published or "", reverse=True)
    return Told((Line(f"{held}{outlets}."), *_quoted(stored)), (_meaning(subject),))


def _count(subject: _Subject, shelf: Shelf) -> Told:
    if not subject.phrases:
        held = shelf.stats(subject.scope)
        are = "is" if held.articles == 1 else "are"
        days = "" if subject.scope.published_from or subject.scope.published_to else _days(held.first, held.last)
        return Told((Line(f"There {are} {_articles(held.articles)}{_within(subject.scope)}{days}."),))
    found = shelf.mentions(subject.phrases, scope=subject.scope)
    if not found.articles:
        return _none(subject, shelf)
    return Told((Line(f"{_mention(found.articles, subject)}{_days(found.first, found.last)}."),), (_meaning(subject),))


def _none(subject: _Subject, shelf: Shelf) -> Told:
    held = shelf.stats(subject.scope)
    counted = f"{_articles(held.articles)}{_within(subject.scope)}"
    return Told((Line(f"0 of {counted} mention {subject.topic}."),), (_meaning(subject),))


def _mention(count: int, subject: _Subject) -> str:
    mention = "mentions" if count == 1 else "mention"
    return f"{_articles(count)}{_within(subject.scope)} {mention} {subject.topic}"


def _meaning(subject: _Subject) -> str:
    """What was counted."""
    words = [f"“{phrase}”" for phrase in subject.phrases]
    if len(words) == 1:
        return f"Counted: articles that have {words[0]}, in any form, in the text or the headline."
    together = f"{', '.join(words[:-1])} and {words[-1]}"
    return f"Counted: articles that have {together}, in any form, in one passage or the headline."


# ---- the subject


def _subject(intent: Intent, shelf: Shelf, scope: Scope) -> _Subject:
    """What is to be counted; an outlet in the question narrows it: "from The Courier", "the flood in The Courier"."""
    topic = intent.topic
    for source, _ in shelf.stats().sources:
        bare = re.escape(re.sub(r"^the\s+", "", source, flags=re.IGNORECASE))
        if intent.aspect == "sources" and re.fullmatch(rf"(?:the\s+)?{bare}", topic, re.IGNORECASE):
            return _Subject("", (), replace(scope, sources=(source,)))
        said = re.search(rf"\s+(?:in|from|by|of)\s+(?:the\s+)?{bare}$", topic, re.IGNORECASE)
        if said:
            return _Subject(topic[: said.start()], _phrases(topic[: said.start()]), replace(scope, sources=(source,)))
    return _Subject(topic, _phrases(topic), scope)


_IN_QUOTES = re.compile(r"[“\"]([^”\"“]+)[”\"]")


def _phrases(topic: str) -> tuple[str, ...]:
    """The words to look for: names and what stands in quotes as they are, the other telling words one by one."""
    found = [match[1] for match in _IN_QUOTES.finditer(topic)]
    rest = _IN_QUOTES.sub(" ", topic)
    known = names(f"… {rest}")
    for name in known:
        found.append(name.text)
        rest = rest.replace(name.text, " ", 1)
    told = content_words(rest)
    found += [word for word in re.findall(r"\w+(?:['’-]\w+)*", rest) if content_words(word) & told]
    return tuple(dict.fromkeys(found)) or ((topic,) if topic else ())


# ---- words


def _articles(count: int) -> str:
    return "1 article" if count == 1 else f"{count:,} articles"


def _days(first: str | None, last: str | None) -> str:
    if not first or not last:
        return ""
    return f", of {written(first)}" if first == last else f", {written_period(first, last)}"


def _within(scope: Scope) -> str:
    """The days, outlets and sections of a scope: " of March 2023", " from The Courier", " in the section Sport"."""
    begin, end = (date.fromisoformat(day) if day else None for day in (scope.published_from, scope.published_to))
    days = ""
    if begin and end and begin <= end:
        days = f" of {Period(begin, end)}"
    elif begin:
        days = f" since {written(begin.isoformat())}"
    elif end:
        days = f" up to {written(end.isoformat())}"
    outlets = f" from {' and '.join(scope.sources)}" if scope.sources else ""
    several = "s" if len(scope.sections) > 1 else ""
    sections = f" in the section{several} {' and '.join(scope.sections)}" if scope.sections else ""
    return f"{days}{outlets}{sections}"


def _of_outlets(held: ArchiveStats) -> str:
    return f", of {_listed(held.sources, _OUTLETS)}" if held.sources else ""


def _listed(names: Sequence[tuple[str, int]], most: int, what: str = "outlet") -> str:
    said = [f"{name} ({count:,})" for name, count in names[:most]]
    if len(names) > most:
        others = len(names) - most
        said.append(f"{others} other {what}{'s' * (others > 1)}")
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"


# ---- articles, each with the sentence that opens it


def first_passages(shelf: Shelf, scope: Scope | None = None, count: int = 200) -> list[StoredPassage]:
    """The first passages of the newest articles, newest first.

    Args:
        scope: only articles within it.
        count: how many articles at most.
    """
    newest = shelf.articles(limit=count, scope=scope)
    return [first for article in newest for first in _first_of(shelf, article.id)]


def _first_of(shelf: Shelf, article_id: str) -> list[StoredPassage]:
    first = shelf.passages_of(article_id)[:1]
    return shelf.passages([passage.id for passage in first])


def _distinct(found: Sequence[StoredPassage]) -> list[StoredPassage]:
    """``found`` without those that open in nearly the same words as one before them."""
    kept: list[tuple[StoredPassage, frozenset[str]]] = []
    for stored in found:
        words = stems(opening(stored).cut(stored.article.text))
        if not any(len(words & other) >= _TWINS * max(1, len(words | other)) for _, other in kept):
            kept.append((stored, words))
    return [stored for stored, _ in kept]


def _quoted(found: Sequence[StoredPassage]) -> list[Line]:
    """The sentence that opens each article, led by its day and outlet."""
    lines = []
    for stored in found:
        article = stored.article
        said = [written(article.published) if article.published else "", article.source or ""]
        evidence = Evidence(stored=stored, span=opening(stored), score=0.0, relevance=0.0)
        lines.append(Line(f"{', '.join(part for part in said if part)}:" if any(said) else "", evidence))
    return lines
