"""A question, understood: completed from its history, its days read, taken apart, and what it is narrowed to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import get_args

from ingest.clean import line
from ingest.errors import InputError
from ingest.stored import Scope
from qa.about import days_asked
from qa.answer import Answer, Ignored
from qa.dates import QuestionDates, read_question
from qa.question import standalone
from qa.question.compound import Part, apart
from qa.question.intent import Intent, intent
from qa.question.rephrase import rephrased
from qa.question.sections import named_section
from qa.timeliness import as_read, note

__all__ = ["Asked", "History", "day_of", "ignored_of", "scope_of", "today", "understand", "worded"]

History = Sequence["tuple[str, str] | Answer"]

# What is said to us, and not asked of the articles, is no follow-up.
_TO_US = ("greeting", "help")
_OF_THE_ARCHIVE = ("inventory", "count")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, understood.

    Attributes:
        text: the question without its history.
        intent: what is wanted with it.
        parts: the questions in a compound one; none if it is not.
        scope: what the search is narrowed to.
        ignored: what the question names that narrows nothing.
        notes: what was read into the question, for people.
        days: the days that it asks for.
        loose: the same without days that it can do without, None if there are none.
        fresh: the same without what was only put behind it from the history, None if nothing was. It may be the
            beginning of a new topic: the passages that are found decide.
        reworded: the same in other words, to be tried when these find no answer; None if there are none.
        searches: what else is searched for, to be read for the question all the same.
    """

    text: str
    intent: Intent
    parts: tuple[Part, ...]
    scope: Scope
    notes: tuple[str, ...]
    days: QuestionDates
    loose: Asked | None = None
    fresh: Asked | None = None
    reworded: Asked | None = None
    searches: tuple[str, ...] = ()
    ignored: tuple[Ignored, ...] = ()


def understand(
    question: str,
    history: History,
    wanted: Scope,
    asked_on: date,
    *,
    ignored: tuple[Ignored, ...] = (),
    sections: Callable[[], Sequence[str]] = tuple,
    newest: date | None = None,
) -> Asked:
    """Complete the question from its history, and read the days and the section that it names.

    Args:
        question: as it was asked.
        history: the questions and answers before it, oldest first.
        wanted: what the caller narrows the search to; its days and sections override those of the question.
        asked_on: the day that "last week" is reckoned from.
        ignored: what the question names that is to narrow nothing.
        sections: gives the sections that there are.
        newest: the day of the newest article; see :func:`qa.dates.read_question`.

    Raises:
        InputError: the question is empty.
    """
    asked = worded(question)
    read = _Reader(wanted, asked_on, ignored, sections, newest).read
    if intent(asked).kind in _TO_US:
        return read(asked, ())
    pairs = [_said(turn) if isinstance(turn, Answer) else (turn[0], turn[1], "") for turn in history]
    complete = standalone(asked, pairs)
    completed = (complete.note,) if complete.note else ()
    understood = read(complete.text, completed)
    if other := rephrased(complete.text):
        text, words, word = other
        told = (*completed, f"Took “{words}” to mean “{word}”.")
        understood = replace(understood, reworded=read(text, told))
    if complete.text != asked and complete.text.startswith(asked.rstrip("?!. ")):
        return replace(understood, fresh=read(asked, ()))
    return understood


def _said(turn: Answer) -> tuple[str, str, str]:
    """A question before, its answer, and the words in it that answer."""
    first = turn.citations[0].answer if turn.citations else None
    return turn.question, turn.text, first.text if first else ""


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads complete questions; the attributes are arguments of :func:`understand`."""

    wanted: Scope
    asked_on: date
    ignored: tuple[Ignored, ...]
    sections: Callable[[], Sequence[str]]
    newest: date | None

    def read(self, text: str, notes: tuple[str, ...]) -> Asked:
        """A complete question, taken apart and narrowed to what it names, unless the caller says what to."""
        wanted = self.wanted
        if named := named_section(text, self.sections):
            text, told = named.rest, f"Took “{named.name}” to be a section"
            if wanted.sections:
                notes = (*notes, f"{told}, but searched those that were chosen instead.")
            elif "sections" in self.ignored:
                notes = (*notes, f"{told}, but searched all sections, as was chosen.")
            else:
                wanted, notes = replace(wanted, sections=(named.name,)), (*notes, f"{told}, and searched only that.")
        return self._dated(text, notes, wanted)

    def _dated(self, text: str, notes: tuple[str, ...], wanted: Scope) -> Asked:
        parts = apart(text)
        days = read_question(text, asked_on=self.asked_on, newest=self.newest)
        chosen, all_days = bool(wanted.published_from or wanted.published_to), "days" in self.ignored
        said = note(days, overridden=chosen, all_days=all_days)
        kind, chosen = intent(text), chosen or all_days
        if not chosen and (kind.kind in _OF_THE_ARCHIVE or (kind.kind == "overview" and not kind.topic)):
            # What is counted, or was in the news, lies in just those days; what answers is reported later too.
            just = days_asked(text, asked_on=self.asked_on, newest=self.newest)
            scope = replace(wanted, published_from=just.published_from, published_to=just.published_to)
            read = as_read(days) if scope != wanted else ""
            return Asked(text, kind, (), scope, (*notes, read) if read else notes, days, ignored=self.ignored)
        parts, told = parts if len(parts) > 1 else (), (*notes, said) if said else notes
        plain = Asked(text, kind, parts, wanted, told, days, ignored=self.ignored)
        if chosen or days.kind != "filter":
            return plain
        unanswered = f"{days.note} Nothing in those days answers; all days were searched."
        return replace(
            plain,
            scope=replace(wanted, published_from=days.start, published_to=days.end),
            loose=replace(plain, notes=(*notes, unanswered)) if days.basis == "event" else None,
        )


def scope_of(
    published_from: str | date | None = None,
    published_to: str | date | None = None,
    sources: str | Sequence[str] | None = None,
    sections: str | Sequence[str] | None = None,
) -> Scope:
    """What a search is narrowed to: days as people write them, outlets and sections, one or several of each.

    Raises:
        InputError: a date cannot be read.
    """
    return Scope(
        day_of(published_from, "published_from"),
        day_of(published_to, "published_to"),
        _several(sources),
        _several(sections),
    )


def ignored_of(ignore: str | Sequence[str]) -> tuple[Ignored, ...]:
    """What of a question is to narrow nothing.

    Raises:
        InputError: there is nothing of that name.
    """
    known: tuple[Ignored, ...] = get_args(Ignored)
    names = _several(ignore)
    if strange := [name for name in names if name not in known]:
        raise InputError(f"ignore is {strange[0]!r}: it can be {' or '.join(map(repr, known))}")
    return tuple(name for name in known if name in names)


def _several(names: str | Sequence[str] | None) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names or ())


def today() -> str:
    """Today, ISO 8601."""
    return date.today().isoformat()


def day_of(value: str | date | None, name: str) -> str | None:
    """``value`` as an ISO day.

    Args:
        name: what it is called in the error.

    Raises:
        InputError: it cannot be read as a date.
    """
    if value is None or value == "":
        return None
    if isinstance(value, date):
        return value.isoformat()[:10]
    from ingest.dates import parse_date

    if (day := parse_date(value)) is None:
        raise InputError(f"{name} is {value!r}, which is no date: write it like 2024-03-19 or 19 March 2024")
    return day[:10]


def worded(question: str) -> str:
    """A question on one clean line.

    Raises:
        InputError: it is empty.
    """
    if asked := line(question):
        return asked
    raise InputError("the question is empty: ask something, such as 'Who was summoned, and why?'")
