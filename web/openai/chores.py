"""What chat clients ask of a language model besides the question: a title for the conversation, tags, what to ask next.

Open WebUI and its like send such a task as a message of the user that begins with "### Task:", holds the conversation
in ``<chat_history>``, and names the one field of the JSON object that it wants. It is no question to the archive, so it
is not searched for. A title is the first question; of all else there is none.
"""

from __future__ import annotations

import json
import re

__all__ = ["chore"]

_TASK = re.compile(r"\s*###\s*Task:.*<chat_history>(?P<history>.*)</chat_history>", re.DOTALL)
_WANTED = re.compile(r"\{\s*\"(?P<name>\w+)\"\s*:\s*(?P<list>\[)?")
_FIRST = re.compile(r"^\s*USER:\s*(?P<words>\S.*)$", re.MULTILINE)
_LONGEST_TITLE = 60


def chore(text: str) -> str | None:
    """What is said to a task; None when ``text`` is a question."""
    task = _TASK.match(text)
    if task is None:
        return None
    wanted = _WANTED.search(text)
    if wanted is None:
        return ""
    if wanted["name"] == "title":
        first = _FIRST.search(task["history"])
        return json.dumps({"title": _short(first["words"]) if first else "Conversation"}, ensure_ascii=False)
    return json.dumps({wanted["name"]: [] if wanted["list"] else ""})


def _short(words: str) -> str:
    """The beginning of a question, cut between words."""
    line = " ".join(words.split())
    if len(line) <= _LONGEST_TITLE:
        return line
    return line[:_LONGEST_TITLE].rpartition(" ")[0].rstrip(",;:") + " …"
