"""What people asked and were answered, kept beside the archive, and taken out of it as a document.

store.py     conversations and their turns: kept, listed, searched, renamed, deleted
export.py    a conversation or one answer as Markdown, HTML, JSON or plain text
pruning.py   those of visitors who do not come back are dropped
"""

from __future__ import annotations

from web.conversations.export import FORMATS, exported
from web.conversations.store import Conversation, Conversations, Found, Heading, NoConversation, Turn

__all__ = ["FORMATS", "Conversation", "Conversations", "Found", "Heading", "NoConversation", "Turn", "exported"]
