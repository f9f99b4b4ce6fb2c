"""Conversations as they are kept: who asked, what was answered, by what name they are found again."""

from __future__ import annotations

import json
import re
import secrets
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from ingest.errors import DatelineError
from qa.answer import Answer
from qa.ledger import Ledger

__all__ = ["FILE", "Conversation", "Conversations", "Found", "Heading", "NoConversation", "Turn"]

FILE = "conversations.db"
"""Its name in the archive's folder."""
LONGEST_TITLE = 120

_MIGRATIONS = (
    (
        """CREATE TABLE conversations (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            owner TEXT NOT NULL,
            title TEXT NOT NULL,
            created TEXT NOT NULL,                  -- ISO 8601, UTC
            changed TEXT NOT NULL                   -- when the last turn was added
        ) STRICT""",
        "CREATE INDEX conversations_by_owner ON conversations (owner, changed)",
        """CREATE TABLE turns (
            key INTEGER PRIMARY KEY,
            conversation INTEGER NOT NULL REFERENCES conversations ON DELETE CASCADE,
            number INTEGER NOT NULL,                -- counted from 1
            question TEXT NOT NULL,
            text TEXT NOT NULL,                     -- of the answer, for the search
            answer TEXT NOT NULL,                   -- the whole of it, as JSON
            narrowed TEXT NOT NULL,                 -- what its asker narrowed the search to, as JSON
            asked TEXT NOT NULL,                    -- ISO 8601, UTC
            UNIQUE (conversation, number)
        ) STRICT""",
        """CREATE VIRTUAL TABLE turn_words USING fts5 (
            question, text, content = 'turns', content_rowid = 'key', tokenize = "porter unicode61 remove_diacritics 2"
        )""",
        """CREATE TRIGGER turn_added AFTER INSERT ON turns BEGIN
            INSERT INTO turn_words (rowid, question, text) VALUES (new.key, new.question, new.text);
        END""",
        """CREATE TRIGGER turn_deleted AFTER DELETE ON turns BEGIN
            INSERT INTO turn_words (turn_words, rowid, question, text)
                VALUES ('delete', old.key, old.question, old.text);
        END""",
    ),
)

_HEADING = (
    "SELECT id, title, created, changed, (SELECT count(*) FROM turns WHERE conversation = conversations.number), number"
    " FROM conversations"
)
_WORD = re.compile(r"\w+(?:['’&.-]\w+)*")
# What a search puts around the words that it found. In a text that has these signs itself other words are set off.
_OPEN, _CLOSE = "\ue000", "\ue001"


class NoConversation(DatelineError):
    """There is no such conversation, or it is somebody else's."""


@dataclass(frozen=True, slots=True)
class Heading:
    """What a list says of a conversation; moments are ISO 8601 in UTC."""

    id: str
    title: str
    created: str
    changed: str
    turns: int


@dataclass(frozen=True, slots=True)
class Found:
    """A conversation that a search found.

    Attributes:
        turn: the number of the turn that has the words; 0 where only the title has.
        excerpt: what stands there, in pieces, with whether a piece is one of the words.
    """

    heading: Heading
    turn: int = 0
    excerpt: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True)
class Turn:
    """A question and its answer.

    Attributes:
        number: counted from 1; those of answers that were asked for anew are not given again.
        data: the answer as ``Answer.to_dict()`` made it.
        asked: the moment, ISO 8601 in UTC.
        narrowed: what its asker narrowed the search to, beside what the question says: keyword arguments of
            ``Assistant.ask``.
    """

    number: int
    question: str
    data: dict[str, Any]
    asked: str
    narrowed: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def answer(self) -> Answer:
        """The answer as a value."""
        return Answer.from_dict(self.data)


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation with all its turns, oldest first."""

    heading: Heading
    turns: tuple[Turn, ...]


class Conversations:
    """The conversations that were had over an archive, each seen by its owner only. Safe to use from several threads.

    Attributes:
        note: why they are lost when the process ends, in a sentence; empty when they are kept.
    """

    def __init__(self, folder: Path) -> None:
        """
        Args:
            folder: the archive's folder, in which they have a file of their own. One that cannot be used is left as it
                is, and the conversations are held in memory.
        """
        self._ledger = Ledger.open(Path(folder) / FILE, _MIGRATIONS, what="conversations")
        self.note = self._ledger.note

    def close(self) -> None:
        """Release the file. Closing twice is harmless."""
        self._ledger.close()

    def create(self, owner: str, *, title: str = "") -> str:
        """Begin a conversation without turns; its id."""
        with self._ledger.changing() as db:
            return _created(db, owner, _short(title) or "New conversation")[0]

    def append(
        self,
        owner: str,
        id: str | None,
        question: str,
        answer: Answer,
        *,
        narrowed: Mapping[str, Any] | None = None,
        instead: int | None = None,
    ) -> tuple[str, int]:
        """Add a question and its answer.

        Args:
            id: the conversation; None begins one, which is named after the question. So does an id that is not there
                any more: whoever deletes a conversation in one window may go on asking in another.
            narrowed: what its asker narrowed the search to; see :class:`Turn`.
            instead: the number of a turn that this one takes the place of, as of one that was asked anew.

        Returns:
            The conversation's id, and the turn's number in it.

        Raises:
            ArchiveError: it could not be kept.
        """
        data, limits = _json(answer.to_dict()), _json(narrowed or {})
        now = _now()
        with self._ledger.changing() as db:
            place = _number(db, owner, id) if id else None
            if id is None or place is None:
                id, place = _created(db, owner, _short(question) or "New conversation")
            [(last,)] = db.execute("SELECT coalesce(max(number), 0) FROM turns WHERE conversation = ?", (place,))
            if instead is not None:
                db.execute("DELETE FROM turns WHERE conversation = ? AND number = ?", (place, instead))
            db.execute(
                "INSERT INTO turns (conversation, number, question, text, answer, narrowed, asked) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                (place, last + 1, _fit(question), _fit(answer.text), data, limits, now),
            )
            db.execute("UPDATE conversations SET changed = ? WHERE number = ?", (now, place))
        return id, last + 1

    def list(self, owner: str, *, limit: int = 50, offset: int = 0) -> Sequence[Heading]:
        """The owner's conversations, the one that was used last first."""
        rows = self._ledger.rows(
            f"{_HEADING} WHERE owner = ? ORDER BY changed DESC, number DESC LIMIT ? OFFSET ?", (owner, limit, offset)
        )
        return [Heading(*row[:5]) for row in rows]

    def count(self, owner: str) -> int:
        """How many conversations the owner has."""
        [(count,)] = self._ledger.rows("SELECT count(*) FROM conversations WHERE owner = ?", (owner,))
        return int(count)

    def owners(self) -> Sequence[tuple[str, int]]:
        """Everyone who has conversations, and how many."""
        rows = self._ledger.rows("SELECT owner, count(*) FROM conversations GROUP BY owner ORDER BY owner")
        return [(name, count) for name, count in rows]

    def owner_of(self, id: str) -> str | None:
        """Whose conversation this is; None if there is none of that id."""
        rows = self._ledger.rows("SELECT owner FROM conversations WHERE id = ?", (_fit(id),))
        return rows[0][0] if rows else None

    def get(self, owner: str, id: str) -> Conversation:
        """A conversation with all its turns.

        Raises:
            NoConversation: the owner has none of that id.
        """
        row = self._row(owner, id)
        turns = self._ledger.rows(
            "SELECT number, question, answer, asked, narrowed FROM turns WHERE conversation = ? ORDER BY number",
            (row[5],),
        )
        return Conversation(
            Heading(*row[:5]),
            tuple(
                Turn(number, asked, json.loads(data), at, json.loads(more)) for number, asked, data, at, more in turns
            ),
        )

    def turn(self, owner: str, id: str, number: int) -> Turn:
        """One question of a conversation, with its answer.

        Raises:
            NoConversation: there is no such conversation, or no such turn in it.
        """
        found = next((turn for turn in self.get(owner, id).turns if turn.number == number), None)
        if found is None:
            raise NoConversation(f"the conversation {id!r} has no question number {number}")
        return found

    def rename(self, owner: str, id: str, title: str) -> Heading:
        """Give a conversation another name, of at most 120 characters.

        Raises:
            NoConversation: the owner has none of that id.
        """
        row = self._row(owner, id)
        with self._ledger.changing() as db:
            db.execute("UPDATE conversations SET title = ? WHERE number = ?", (_short(title) or row[1], row[5]))
        return Heading(*self._row(owner, id)[:5])

    def delete(self, owner: str, id: str) -> None:
        """Delete a conversation for good.

        Raises:
            NoConversation: the owner has none of that id.
        """
        row = self._row(owner, id)
        with self._ledger.changing() as db:
            db.execute("DELETE FROM turns WHERE conversation = ?", (row[5],))
            db.execute("DELETE FROM conversations WHERE number = ?", (row[5],))
        self.tidy()

    def drop(self, owners: str, *, before: datetime, limit: int) -> Sequence[str]:
        """Delete conversations whose last question was asked before some moment, at most ``limit`` of them.

        Args:
            owners: what the names of their owners begin with.

        Returns:
            Their ids. Their words linger in the search's index until :meth:`tidy`.
        """
        moment = before.astimezone(UTC).isoformat(timespec="microseconds")
        with self._ledger.changing() as db:
            gone = db.execute(
                "SELECT number, id FROM conversations WHERE substr(owner, 1, ?) = ? AND changed < ? LIMIT ?",
                (len(owners), owners, moment, limit),
            ).fetchall()
            numbers = [(number,) for number, _ in gone]
            db.executemany("DELETE FROM turns WHERE conversation = ?", numbers)
            db.executemany("DELETE FROM conversations WHERE number = ?", numbers)
        return [id for _, id in gone]

    def tidy(self) -> None:
        """Leave no word of what was deleted in the search's index."""
        with self._ledger.changing() as db:
            db.execute("INSERT INTO turn_words (turn_words) VALUES ('optimize')")

    def search(self, owner: str, words: str, *, limit: int = 30) -> Sequence[Found]:
        """The owner's conversations whose questions, answers or title have all of ``words``, best first.

        The last word may be the beginning of one, as it is while somebody types.
        """
        asked = _WORD.findall(words)
        if not asked:
            return [Found(heading) for heading in self.list(owner, limit=limit)]
        found: dict[str, Found] = {}
        for row in self._matching(owner, asked, 4 * limit):
            found.setdefault(row[0], Found(Heading(*row[:5]), row[6], _pieces(row[7])))
        for heading in self._titled(owner, asked, limit):
            found.setdefault(heading.id, Found(heading))
        return list(found.values())[:limit]

    def _matching(self, owner: str, asked: Sequence[str], limit: int) -> Sequence[tuple[Any, ...]]:
        query = " ".join(f'"{word}"' for word in asked[:-1]) + f' "{asked[-1]}"*'
        return self._ledger.rows(
            "SELECT id, title, created, changed, (SELECT count(*) FROM turns WHERE conversation = whole.number), "
            f"whole.number, turns.number, snippet(turn_words, -1, '{_OPEN}', '{_CLOSE}', '…', 18) "
            "FROM turn_words JOIN turns ON key = turn_words.rowid "
            "JOIN conversations AS whole ON whole.number = conversation "
            "WHERE turn_words MATCH ? AND owner = ? ORDER BY rank LIMIT ?",
            (query, owner, limit),
        )

    def _titled(self, owner: str, asked: Sequence[str], limit: int) -> Sequence[Heading]:
        has = " AND ".join("instr(casefold(title), ?)" for _ in asked)
        rows = self._ledger.rows(
            f"{_HEADING} WHERE owner = ? AND {has} ORDER BY changed DESC LIMIT ?",
            (owner, *(word.casefold() for word in asked), limit),
        )
        return [Heading(*row[:5]) for row in rows]

    def _row(self, owner: str, id: str) -> tuple[Any, ...]:
        rows = self._ledger.rows(f"{_HEADING} WHERE id = ? AND owner = ?", (_fit(id), owner))
        if not rows:
            raise NoConversation(f"there is no conversation {id!r}: it was deleted, or it is not yours")
        return rows[0]


def _created(db: sqlite3.Connection, owner: str, title: str) -> tuple[str, int]:
    id, now = secrets.token_urlsafe(9), _now()
    added = db.execute(
        "INSERT INTO conversations (id, owner, title, created, changed) VALUES (?, ?, ?, ?, ?)",
        (id, owner, title, now, now),
    )
    return id, int(added.lastrowid or 0)


def _number(db: sqlite3.Connection, owner: str, id: str) -> int | None:
    row = db.execute("SELECT number FROM conversations WHERE id = ? AND owner = ?", (_fit(id), owner)).fetchone()
    return int(row[0]) if row else None


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _json(value: Any) -> str:
    return _fit(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def _fit(text: str) -> str:
    """``text`` without halves of surrogate pairs, which SQLite does not take."""
    return text.encode("utf-8", "replace").decode()


def _short(text: str) -> str:
    """A title: one line, cut at a word."""
    line = _fit(" ".join(text.replace(_OPEN, "").replace(_CLOSE, "").split()))
    if len(line) <= LONGEST_TITLE:
        return line
    cut = line[: LONGEST_TITLE - 1]
    return f"{cut[: cut.rfind(' ')] if ' ' in cut[LONGEST_TITLE // 2 :] else cut}…"


def _pieces(snippet: str) -> tuple[tuple[str, bool], ...]:
    parts = re.split(f"{_OPEN}(.*?){_CLOSE}", snippet.replace("\n", " "), flags=re.DOTALL)
    return tuple((part, bool(at % 2)) for at, part in enumerate(parts) if part)
