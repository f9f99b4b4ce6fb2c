"""The commands that look after a server: who may use it, and what was asked of it. Importing them is light.

frame.py          what they share
tokens.py         ``dateline token``
users.py          ``dateline user``
conversations.py  ``dateline conversations``
"""

from __future__ import annotations

from web.commands import conversations, tokens, users

__all__ = ["conversations", "tokens", "users"]
