"""All questions, asked and judged: a run, which can be saved, loaded, and compared with another."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.errors import ArchiveError, DatelineError, InputError
from qa.answer import Searched
from qa.evaluation.bench import Bench, LocalBench, opened
from qa.evaluation.citing import Judge
from qa.evaluation.formulas import Interval, bootstrap
from qa.evaluation.judging import Outcome, failed, judge
from qa.evaluation.measures import Columns, Measure, figures, measures_of
from qa.evaluation.questions import Question, read_questions

if TYPE_CHECKING:
    from qa.assistant import Assistant

__all__ = ["KINDS", "OnProgress", "Run", "evaluate"]

OnProgress = Callable[[int, int], None]

KINDS: Mapping[str, tuple[str, Callable[[Outcome], str]]] = {
    "file": ("as the file says", lambda one: one.question.kind),
    "expects": ("by what the words ask for", lambda one: one.question.expects),
    "taken": ("as it was taken", lambda one: one.answer.kind if one.answer else ""),
}
"""The kinds of questions that measures are given for: what they are called, and how one is told."""

_FORMAT = 1
# Loads what is loaded at the first question, so that no question's time has it in it.
_WARM_UP = Question("Is anything warm?")


@dataclass(frozen=True)
class Run:
    """Questions that were asked of an archive, and what came of each.

    Attributes:
        outcomes: in the order of the questions.
        files: where the questions were.
        searched: what the archive held.
        made: when, ISO 8601 in UTC.
        version: which Dateline.
        as_asked: whether each question was asked as of its day.
        seconds: how long it took.
    """

    outcomes: tuple[Outcome, ...]
    files: tuple[str, ...] = ()
    searched: Searched = field(default_factory=lambda: Searched(0))
    made: str = ""
    version: str = ""
    as_asked: bool = False
    seconds: float = 0.0

    @cached_property
    def columns(self) -> Columns:
        """The numbers of all outcomes."""
        return Columns.of(self.outcomes)

    @cached_property
    def measures(self) -> dict[str, float]:
        """Every figure of the run, by name; one that says nothing here is not there."""
        return figures(self.outcomes)

    def defined(self) -> tuple[Measure, ...]:
        """The measures that have a figure here."""
        return tuple(measure for measure in measures_of(self.columns) if measure.name in self.measures)

    @cached_property
    def intervals(self) -> dict[str, Interval]:
        """95% confidence intervals of the figures, from the questions drawn again (bootstrap)."""
        return {
            measure.name: bootstrap(len(self.outcomes), lambda drawn, of=measure.of: of(self.columns.draw(drawn)))  # type: ignore[misc]
            for measure in self.defined()
        }

    def by_kind(self, sort: str) -> dict[str, tuple[Outcome, ...]]:
        """The outcomes by kind of question, most first.

        Args:
            sort: a key of ``KINDS``.
        """
        kind_of = KINDS[sort][1]
        kinds: dict[str, list[Outcome]] = {}
        for outcome in self.outcomes:
            kinds.setdefault(kind_of(outcome), []).append(outcome)
        return {kind: tuple(kinds[kind]) for kind in sorted(kinds, key=lambda kind: (-len(kinds[kind]), kind)) if kind}

    def to_dict(self) -> dict[str, Any]:
        """The run as plain JSON values, with its figures, also by kind of question."""
        kinds = {
            sort: {
                kind: {"questions": len(some), "measures": figures(some)} for kind, some in self.by_kind(sort).items()
            }
            for sort in KINDS
        }
        return {
            "format": _FORMAT,
            "made": self.made,
            "version": self.version,
            "files": list(self.files),
            "searched": {"articles": self.searched.articles, "from": self.searched.first, "to": self.searched.last},
            "as_asked": self.as_asked,
            "seconds": self.seconds,
            "questions": len(self.outcomes),
            "measures": self.measures,
            "kinds": kinds,
            "outcomes": [outcome.to_dict() for outcome in self.outcomes],
        }

    def save(self, file: str | Path) -> None:
        """Write the run as JSON.

        Raises:
            InputError: the file cannot be written.
        """
        try:
            text = json.dumps(self.to_dict(), ensure_ascii=False, allow_nan=False, indent=1)
            Path(file).write_text(text + "\n", encoding="utf-8", errors="replace")
        except OSError as error:
            raise InputError(f"{file} cannot be written: {error.strerror or error}") from error

    @classmethod
    def load(cls, file: str | Path) -> Run:
        """The run that :meth:`save` wrote.

        Raises:
            InputError: the file cannot be read, or holds no run.
        """
        try:
            data = json.loads(Path(file).read_text(encoding="utf-8"))
            if data["format"] != _FORMAT:
                raise InputError(f"{file} is a run of another version of Dateline: make it again with dateline eval")
            searched = data["searched"]
            return cls(
                outcomes=tuple(Outcome.from_dict(one) for one in data["outcomes"]),
                files=tuple(data["files"]),
                searched=Searched(searched["articles"], searched["from"], searched["to"]),
                made=data["made"],
                version=data["version"],
                as_asked=data["as_asked"],
                seconds=data["seconds"],
            )
        except OSError as error:
            raise InputError(f"{file} cannot be read: {error.strerror or error}") from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InputError(f"{file} is no run that dateline eval --json wrote ({error})") from error


def evaluate(
    *questions: str | Path | Question,
    archive: str | Path | None = None,
    assistant: Assistant | None = None,
    limit: int | None = None,
    kind: str | None = None,
    as_asked: bool = False,
    llm: bool = True,
    borne_out: Judge | None = None,
    on_progress: OnProgress | None = None,
) -> Run:
    """Ask an archive questions whose answers are known, and judge what comes of each.

    Args:
        questions: question files (see :mod:`qa.evaluation.questions`), or questions.
        archive: the archive's folder; None for the one in the settings. When a server owns it, the server is asked.
        assistant: who is asked, in place of an archive.
        limit: only so many questions of each file.
        kind: only questions of this kind, by what the file says or by what the words ask for.
        as_asked: ask each question as of the day that it was asked on, where that is known; else as of today.
        llm: whether a language model that is set may write.
        borne_out: the judge of whether quotes bear out what cites them; None leaves that out.
        on_progress: called with how many have been asked, and how many there are.

    Raises:
        InputError: a question file cannot be read, or a line in it is no question.
        ArchiveError: the archive cannot be used.
    """
    files = [one for one in questions if not isinstance(one, Question)]
    asked = [one for one in questions if isinstance(one, Question) and kind in (None, one.kind, one.expects)]
    if files:
        asked += read_questions(*files, limit=limit, kind=kind)
    if not asked:
        raise InputError("there is nothing to ask: name a file of questions")
    with _bench(archive, assistant) as bench:
        ask = partial(_outcome, bench, llm=llm, borne_out=borne_out)
        return _asked(bench, ask, asked, [str(file) for file in files], as_asked=as_asked, on_progress=on_progress)


def _bench(archive: str | Path | None, assistant: Assistant | None) -> Any:
    if assistant is not None:
        return nullcontext(LocalBench(assistant))
    from ingest.settings import Settings

    return opened(Settings.load(archive))


def _asked(
    bench: Bench,
    ask: Callable[..., Outcome],
    questions: Sequence[Question],
    files: Collection[str],
    *,
    as_asked: bool,
    on_progress: OnProgress | None,
) -> Run:
    began = time.perf_counter()
    bench.ask(_WARM_UP)
    outcomes = []
    for number, question in enumerate(questions, 1):
        outcomes.append(ask(question, asked_on=question.asked if as_asked else ""))
        if on_progress:
            on_progress(number, len(questions))
    return Run(
        outcomes=tuple(outcomes),
        files=tuple(files),
        searched=bench.holds(),
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        version=_version(),
        as_asked=as_asked,
        seconds=round(time.perf_counter() - began, 1),
    )


def _outcome(bench: Bench, question: Question, *, asked_on: str, llm: bool, borne_out: Judge | None) -> Outcome:
    """What comes of one question. An archive that cannot be used ends the run; any other error is the question's."""
    began = time.perf_counter()
    try:
        answer = bench.ask(question, asked_on=asked_on or None, narrowed=None if llm else {"llm": False})
    except ArchiveError:
        raise
    except DatelineError as error:
        return failed(question, str(error))
    spent = 1000 * (time.perf_counter() - began)
    return judge(question, answer, bench.text_of, milliseconds=spent, borne_out=borne_out)


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("dateline")
    except PackageNotFoundError:
        return "not installed"
