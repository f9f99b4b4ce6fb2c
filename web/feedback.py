"""Rating an answer on the page: what was asked and answered, as it is kept, goes with the thumb."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal

from qa.feedback import Rating
from web.conversations import NoConversation

if TYPE_CHECKING:
    from web.service import Service

__all__ = ["Thumb", "given", "place_of", "rate"]

Thumb = Literal["up", "down", "none"]


def rate(service: Service, owner: str, turn: str, thumb: Thumb, comment: str = "") -> None:
    """Keep what somebody thinks of an answer of theirs, or forget it with ``"none"``.

    Args:
        turn: the answer, as :func:`web.page.history.keep` named it: the conversation and its number there.

    Raises:
        NoConversation: there is no such answer, or it is somebody else's.
        ArchiveError: it could not be kept.
    """
    if thumb == "none":
        service.feedback.withdraw(owner, turn)
        return
    conversation, number = place_of(turn)
    turns = service.conversations.get(owner, conversation).turns
    rated = next((one for one in turns if one.number == number), None)
    if rated is None:
        raise NoConversation(f"the conversation {conversation!r} has no question number {number}")
    service.feedback.rate(
        Rating(
            question=rated.question,
            good=thumb == "up",
            data=rated.data,
            asked=datetime.fromisoformat(rated.asked).astimezone().date().isoformat(),
            comment=comment.strip(),
            history=tuple((one.question, one.answer.text) for one in turns if one.number < number),
            narrowed=rated.narrowed,
            recipe=service.assistant.archive.recipe,
            owner=owner,
            reference=turn,
        )
    )


def given(service: Service, owner: str, conversation: str) -> dict[str, dict[str, str]]:
    """How the owner rated the answers of a conversation: thumb and comment, by turn.

    Raises:
        NoConversation: the owner has none of that id.
    """
    turns = [f"{conversation}.{one.number}" for one in service.conversations.get(owner, conversation).turns]
    return {
        turn: {"thumb": "up" if good else "down", "comment": comment}
        for turn, (good, comment) in service.feedback.given(owner, turns).items()
    }


def place_of(turn: str) -> tuple[str, int]:
    """The conversation that a turn is kept in, and its number there.

    Raises:
        NoConversation: ``turn`` names none.
    """
    conversation, _, number = turn.rpartition(".")
    if not conversation or not (number.isascii() and number.isdigit() and len(number) < 10):
        raise NoConversation(f"{turn!r} names no answer that is kept")
    return conversation, int(number)
