"""Conversations of visitors: dropped some days after their last question, and nobody else's."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from answers import answered, silent
from serving import served

from qa.feedback import Feedback, Rating
from web.conversations import Conversations
from web.conversations.pruning import prune, pruning
from web.conversations.store import FILE

VISITOR, OTHER_VISITOR, USER, TOKEN, LOCAL = "visitor:1f", "visitor:2e", "visitorine", "token:visitor:", "local"
EVERYBODY = (VISITOR, OTHER_VISITOR, USER, TOKEN, LOCAL)
DAYS = 30


@dataclass(frozen=True)
class Kept:
    conversations: Conversations
    feedback: Feedback

    def ask(self, owner: str, question: str = "Where is the albatross?") -> str:
        return self.conversations.append(owner, None, question, answered(question, "The albatross is in Orrin."))[0]

    def rate(self, owner: str, id: str) -> None:
        data = silent("Where is the albatross?").to_dict()
        self.feedback.rate(
            Rating("Where?", good=False, data=data, asked="2025-02-01", owner=owner, reference=f"{id}.1")
        )

    def owners(self) -> set[str]:
        return {owner for owner, _ in self.conversations.owners()}


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    with closing(Conversations(tmp_path)) as conversations, closing(Feedback(tmp_path)) as feedback:
        yield Kept(conversations, feedback)


def age(folder: Path, id: str, days: float) -> None:
    """Make a conversation's last question one of some days ago."""
    moment = (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="microseconds")
    with closing(sqlite3.connect(folder / FILE)) as db, db:
        assert db.execute("UPDATE conversations SET changed = ? WHERE id = ?", (moment, id)).rowcount == 1


def wait_until(fact: Callable[[], bool]) -> None:
    until = time.monotonic() + 10
    while not fact():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_only_what_visitors_asked_is_dropped(kept: Kept) -> None:
    for owner in EVERYBODY:
        kept.ask(owner)
    assert prune(kept.conversations, kept.feedback, before=datetime.now(UTC)) == 2
    assert kept.owners() == {USER, TOKEN, LOCAL}


def test_a_conversation_counts_from_its_last_question(kept: Kept, tmp_path: Path) -> None:
    old, taken_up = kept.ask(VISITOR), kept.ask(VISITOR)
    for id in (old, taken_up):
        age(tmp_path, id, DAYS + 1)
    kept.conversations.append(VISITOR, taken_up, "And now?", silent("And now?"))
    assert prune(kept.conversations, kept.feedback, before=datetime.now(UTC) - timedelta(days=DAYS)) == 1
    assert [heading.id for heading in kept.conversations.list(VISITOR)] == [taken_up]


def test_nothing_of_what_was_dropped_is_left_in_the_file(kept: Kept, tmp_path: Path) -> None:
    for number in range(450):  # more than go at a time
        kept.ask(VISITOR, f"Where is albatross {number}?")
    assert prune(kept.conversations, kept.feedback, before=datetime.now(UTC)) == 450
    assert kept.conversations.search(VISITOR, "albatross") == []
    kept.conversations.close()
    assert b"albatross" not in b"".join(path.read_bytes() for path in tmp_path.glob(f"{FILE}*"))


def test_a_rating_stays_and_no_longer_tells_who_gave_it(kept: Kept) -> None:
    gone, stays = kept.ask(VISITOR), kept.ask(USER)
    kept.rate(VISITOR, gone)
    kept.rate(USER, stays)
    prune(kept.conversations, kept.feedback, before=datetime.now(UTC))
    assert [(rating.owner, rating.reference) for rating in kept.feedback.ratings()] == [
        ("", f"{gone}.1"),
        (USER, f"{stays}.1"),
    ]


def test_it_is_done_at_once_and_again_and_again(kept: Kept, tmp_path: Path) -> None:
    age(tmp_path, kept.ask(VISITOR), DAYS + 1)
    young = kept.ask(OTHER_VISITOR)
    with pruning(kept.conversations, kept.feedback, days=DAYS, every=0.01):
        wait_until(lambda: VISITOR not in kept.owners())
        assert OTHER_VISITOR in kept.owners()
        age(tmp_path, young, DAYS + 1)
        wait_until(lambda: OTHER_VISITOR not in kept.owners())


def test_a_setting_of_no_days_keeps_all(kept: Kept, tmp_path: Path) -> None:
    age(tmp_path, kept.ask(VISITOR), 10_000)
    with pruning(kept.conversations, kept.feedback, days=0, every=0.01):
        time.sleep(0.1)
    assert kept.owners() == {VISITOR}


def test_the_server_does_it_and_tells_its_visitors(kept: Kept, tmp_path: Path) -> None:
    """The server's own folder is the one that ``kept`` is in."""
    old, young = kept.ask(VISITOR), kept.ask(OTHER_VISITOR)
    age(tmp_path, old, 8)
    age(tmp_path, young, 6)
    with served(tmp_path, tmp_path / "log", "--public", environ={"DATELINE_VISITOR_DAYS": "7"}) as server:
        wait_until(lambda: kept.owners() == {OTHER_VISITOR})
        with server.client() as client:
            assert "Dropped 7 days after the last question." in client.get("/page/conversations").text
