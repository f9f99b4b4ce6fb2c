"""What people thought of answers: thumbs up or down with a comment, kept with the answer as it was.

A file of its own beside the archive. ``dateline eval --from-feedback`` asks the same questions again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from qa.answer import Answer
from qa.ledger import Ledger

__all__ = ["FILE", "LONGEST_COMMENT", "Feedback", "Rating"]

FILE = "feedback.db"
"""Its name in the archive's folder."""
LONGEST_COMMENT = 2000

_MIGRATIONS = (
    (
        """CREATE TABLE ratings (
            number INTEGER PRIMARY KEY,
            owner TEXT NOT NULL,
            reference TEXT NOT NULL,        -- the answer that is meant; its owner rates it once, and may rate it anew
            good INTEGER NOT NULL,
            comment TEXT NOT NULL,
            question TEXT NOT NULL,
            history TEXT NOT NULL,          -- what was said before, as JSON
            narrowed TEXT NOT NULL,         -- what its asker narrowed the search to, as JSON
            answer TEXT NOT NULL,           -- as JSON
            recipe TEXT NOT NULL,           -- what the archive was made with, as JSON
            asked TEXT NOT NULL,            -- the day, ISO 8601
            given TEXT NOT NULL,            -- the moment of the rating, UTC
            UNIQUE (owner, reference)
        ) STRICT""",
    ),
)


@dataclass(frozen=True)
class Rating:
    """What somebody thought of an answer.

    Attributes:
        good: thumbs up; else down.
        data: the answer as it was, as ``Answer.to_dict()`` made it.
        asked: the day (ISO 8601) that it was asked on.
        comment: what they wrote about it, if anything.
        history: the questions before it with the text of their answers, oldest first.
        narrowed: what its asker narrowed the search to, as keyword arguments of ``Assistant.ask``.
        recipe: what the archive was made with (see ``Archive.recipe``).
        owner: who rated it; empty where that is no longer known.
        reference: names the answer, so that it can be rated anew.
        given: when it was rated, ISO 8601 in UTC; empty until it is kept.
    """

    question: str
    good: bool
    data: Mapping[str, Any]
    asked: str
    comment: str = ""
    history: tuple[tuple[str, str], ...] = ()
    narrowed: Mapping[str, Any] = field(default_factory=dict)
    recipe: Mapping[str, str] = field(default_factory=dict)
    owner: str = ""
    reference: str = ""
    given: str = ""

    @cached_property
    def answer(self) -> Answer:
        """The answer as it was, as a value."""
        return Answer.from_dict(self.data)


class Feedback:
    """The ratings that were given over an archive. Safe to use from several threads.

    Attributes:
        note: why they are lost when the process ends, in a sentence; empty when they are kept.
    """

    def __init__(self, folder: Path) -> None:
        """
        Args:
            folder: the archive's folder. Where no file can be kept, the ratings are held in memory.
        """
        self._ledger = Ledger.open(Path(folder) / FILE, _MIGRATIONS, what="ratings")
        self.note = self._ledger.note

    def close(self) -> None:
        """Release the file. Closing twice is harmless."""
        self._ledger.close()

    def rate(self, rating: Rating) -> None:
        """Keep a rating, in place of the one that its owner gave that answer before.

        Raises:
            ArchiveError: it could not be kept.
        """
        now = datetime.now(UTC).isoformat(timespec="seconds")
        texts = [rating.comment[:LONGEST_COMMENT], rating.question]
        lists: list[Any] = [rating.history, dict(rating.narrowed), dict(rating.data), dict(rating.recipe)]
        values = [
            *(text.encode("utf-8", "replace").decode() for text in texts),
            *(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace").decode() for value in lists),
        ]
        with self._ledger.changing() as db:
            db.execute(
                "INSERT OR REPLACE INTO ratings "
                "(owner, reference, good, comment, question, history, narrowed, answer, recipe, asked, given) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (rating.owner, rating.reference, int(rating.good), *values, rating.asked, now),
            )

    def withdraw(self, owner: str, reference: str) -> None:
        """Forget what the owner thought of an answer, if anything."""
        with self._ledger.changing() as db:
            db.execute("DELETE FROM ratings WHERE owner = ? AND reference = ?", (owner, reference))

    def disown(self, conversations: Sequence[str]) -> None:
        """Forget who rated the answers of these conversations; what was said of them stays.

        Args:
            conversations: what the references of their answers begin with, up to a dot.
        """
        with self._ledger.changing() as db:
            for one in conversations:
                # "/" is what comes after "." in ASCII.
                db.execute(
                    "UPDATE ratings SET owner = '' WHERE reference >= ? AND reference < ?", (f"{one}.", f"{one}/")
                )

    def given(self, owner: str, references: Sequence[str]) -> dict[str, tuple[bool, str]]:
        """How the owner rated these answers: thumbs up or not, and the comment. Those without a rating are left out."""
        wanted = set(references)
        rows = self._ledger.rows("SELECT reference, good, comment FROM ratings WHERE owner = ?", (owner,))
        return {reference: (bool(good), comment) for reference, good, comment in rows if reference in wanted}

    def ratings(self) -> list[Rating]:
        """All that was given, oldest first."""
        rows = self._ledger.rows(
            "SELECT question, good, answer, asked, comment, history, narrowed, recipe, owner, reference, given "
            "FROM ratings ORDER BY number"
        )
        return [
            Rating(
                question=question,
                good=bool(good),
                data=json.loads(data),
                asked=asked,
                comment=comment,
                history=tuple((before, said) for before, said in json.loads(history)),
                narrowed=json.loads(narrowed),
                recipe=json.loads(recipe),
                owner=owner,
                reference=reference,
                given=given,
            )
            for question, good, data, asked, comment, history, narrowed, recipe, owner, reference, given in rows
        ]
