"""What every interface of the server works with: the page, REST and the others are functions of one ``Service``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingest.settings import Settings
    from qa.assistant import Assistant
    from qa.feedback import Feedback
    from web.access import Access
    from web.api import Ingests
    from web.conversations import Conversations

__all__ = ["Service"]


@dataclass(frozen=True, slots=True)
class Service:
    """The parts of a running server.

    Attributes:
        assistant: answers, and holds the archive.
        settings: what is set.
        access: who may do what.
        ingests: runs what is added over the network or on the page.
        conversations: what was asked, by whom.
        feedback: what people thought of the answers.
    """

    assistant: Assistant
    settings: Settings
    access: Access
    ingests: Ingests
    conversations: Conversations
    feedback: Feedback
