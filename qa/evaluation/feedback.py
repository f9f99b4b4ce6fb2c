"""Answers that people rated, asked for again: how many good ones cite the same still, and what became of bad ones."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ingest.console import put
from ingest.errors import ArchiveError, DatelineError, InputError
from ingest.settings import Settings
from qa.answer import Answer
from qa.evaluation.bench import Bench, opened
from qa.evaluation.questions import Question
from qa.feedback import FILE, Feedback, Rating

if TYPE_CHECKING:
    from qa.evaluation.run import OnProgress

__all__ = ["Recheck", "Rechecked", "recheck", "show_recheck"]

Change = Literal["same", "partly", "other", "silent", "answers", "failed"]
"""What became of an answer: it cites all the quotes that it did; some of them; none; it is silent now; it was silent
and answers now; or asking ended in an error. Silence that is silence still is the same."""

CHANGES: dict[Change, str] = {
    "same": "cite the same quotes",
    "partly": "cite some of them",
    "other": "cite others",
    "silent": "are silent now",
    "answers": "were silent and answer now",
    "failed": "could not be asked",
}


@dataclass(frozen=True, slots=True)
class Rechecked:
    """A rated answer and today's answer to the same question; None, with the reason, where asking failed."""

    rating: Rating
    now: Answer | None
    error: str = ""

    @property
    def kept(self) -> int:
        """How many of the quotes are cited today as well, whichever copy of the article they are cited from."""
        return sum((Counter(_quotes(self.rating.answer)) & Counter(_quotes(self.now))).values())

    @property
    def change(self) -> Change:
        then, now = self.rating.answer, self.now
        if now is None:
            return "failed"
        if then.answered != now.answered:
            return "answers" if now.answered else "silent"
        if self.kept == len(then.citations):
            return "same"
        return "partly" if self.kept else "other"

    def to_dict(self) -> dict[str, Any]:
        """The comparison as plain JSON values."""
        rating = self.rating
        return {
            "question": rating.question,
            "good": rating.good,
            "comment": rating.comment,
            "asked": rating.asked,
            "given": rating.given,
            "recipe": dict(rating.recipe),
            "change": self.change,
            "kept": self.kept,
            "error": self.error,
            "then": dict(rating.data),
            "now": self.now.to_dict() if self.now else None,
        }


@dataclass(frozen=True, slots=True)
class Recheck:
    """All rated answers, held against today's."""

    outcomes: tuple[Rechecked, ...]

    def rated(self, *, good: bool) -> tuple[Rechecked, ...]:
        """Those that were rated well, or those that were rated badly."""
        return tuple(one for one in self.outcomes if one.rating.good == good)

    def to_dict(self) -> dict[str, Any]:
        """The whole as plain JSON values, with how many there are of each change."""
        counted = {
            name: dict(Counter(one.change for one in self.rated(good=good)))
            for name, good in (("up", True), ("down", False))
        }
        return {"format": 1, **counted, "outcomes": [one.to_dict() for one in self.outcomes]}

    def save(self, file: Path) -> None:
        """Write the whole as JSON.

        Raises:
            InputError: the file cannot be written.
        """
        try:
            text = json.dumps(self.to_dict(), ensure_ascii=False, indent=1)
            file.write_text(text + "\n", encoding="utf-8", errors="replace")
        except OSError as error:
            raise InputError(f"{file} cannot be written: {error.strerror or error}") from error


def recheck(
    archive: str | Path | None = None,
    *,
    limit: int | None = None,
    as_asked: bool = False,
    on_progress: OnProgress | None = None,
) -> Recheck:
    """Ask again what people rated.

    Args:
        archive: the archive's folder, beside whose articles the ratings lie; None for the one in the settings. When a
            server owns it, the server is asked.
        limit: only so many, those rated last.
        as_asked: ask as of the day that each was asked on; else as of today.
        on_progress: called with how many have been asked, and how many there are.

    Raises:
        InputError: nobody has rated anything, or the ratings cannot be read.
        ArchiveError: the archive cannot be used.
    """
    settings = Settings.load(archive)
    ratings = _ratings(settings.archive)
    chosen = ratings[-limit:] if limit else ratings
    with opened(settings) as bench:
        outcomes = []
        for number, rating in enumerate(chosen, 1):
            outcomes.append(_again(bench, rating, asked_on=rating.asked if as_asked else None))
            if on_progress:
                on_progress(number, len(chosen))
    return Recheck(tuple(outcomes))


def _ratings(folder: Path) -> Sequence[Rating]:
    ratings: list[Rating] = []
    if (folder / FILE).is_file():
        feedback = Feedback(folder)
        try:
            if feedback.note:
                raise InputError(feedback.note.partition("since ")[2])
            ratings = feedback.ratings()
        finally:
            feedback.close()
    if not ratings:
        raise InputError(
            f"nobody has rated an answer of the archive {folder} yet: the page has thumbs up and down below each"
        )
    return ratings


def _again(bench: Bench, rating: Rating, *, asked_on: str | None) -> Rechecked:
    question = Question(rating.question, history=rating.history, asked=rating.asked)
    try:
        return Rechecked(rating, bench.ask(question, asked_on=asked_on, narrowed=rating.narrowed))
    except ArchiveError:
        raise
    except DatelineError as error:
        return Rechecked(rating, None, str(error))


def _quotes(answer: Answer | None) -> list[str]:
    return [" ".join(citation.quote.split()) for citation in answer.citations] if answer else []


def show_recheck(found: Recheck) -> None:
    """Write how many hold, then each that does not and each that was rated badly, to stdout."""
    for good, name in ((True, "up"), (False, "down")):
        some = found.rated(good=good)
        put(f"{len(some)} answers with thumbs {name}")
        counts = Counter(one.change for one in some)
        for change, words in CHANGES.items():
            if counts[change]:
                put(f"    {counts[change]} {words}")
    for one in found.outcomes:
        if not one.rating.good or one.change != "same":
            put("")
            _show(one)


def _show(one: Rechecked) -> None:
    rating = one.rating
    put(f"{'up' if rating.good else 'down'}, {rating.given[:10]}: {' '.join(rating.question.split())}")
    if rating.comment:
        put(f"    said:  {' '.join(rating.comment.split())}")
    put(f"    then:  {' '.join(rating.answer.text.split())}")
    if one.change == "same":
        put("    now:   the same quotes")
    else:
        put(f"    now:   {' '.join(one.now.text.split()) if one.now else one.error}")
