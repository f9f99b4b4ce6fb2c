"""What a model may add to the understanding of a question that the rules found no answer to: its words completed from
the talk, simpler questions in it, other wordings. Each is only searched for; what answers is decided as always.

What the model writes is held to the words that were said; where it cannot be used there is nothing.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from qa.asked import Asked
from qa.generation.hostile import speaks_to_models
from qa.generation.talking import Cost, ModelFailed, Talker
from qa.generation.words import completing, dividing, rewording
from qa.question.compound import Part
from qa.question.intent import Intent
from qa.question.words import content_words, names

__all__ = ["Attempt", "completed", "divided", "otherwise", "reworded"]

_LONGEST = 300
_TURNS = 4
_LEAD = re.compile(
    r"^\s*(?:[-*•]|\d{1,2}[.)]|(?:simpler |rewritten |other )?(?:question|wording)s?\s*\d*\s*:)\s*", re.IGNORECASE
)
# Of the time for one answer, what may go into understanding the question; and a question with fewer words has no parts.
_SHARE = 0.3
_WORDS = 8
# So much of a question's own words has to be in what it becomes.
_KEPT = 0.6


@dataclass(slots=True)
class Attempt:
    """The time and the costs of one answer; the time begins when this is made."""

    talker: Talker
    cost: Cost = field(default_factory=Cost)
    _began: float = field(default_factory=time.monotonic)

    def left(self, share: float = 1.0) -> float:
        """The seconds that are left of a share of the time."""
        return max(0.0, share * self.talker.timeout - (time.monotonic() - self._began))


def otherwise(
    attempt: Attempt, asked: Asked, talk: Sequence[tuple[str, str]], understood: Callable[[str], Asked]
) -> Iterator[Asked]:
    """Further ways to understand a question, while there is time: each is made when it is asked for.

    Args:
        asked: as the rules understand it.
        talk: the questions and answers before it.
        understood: how the rules understand a question without a history.
    """
    if asked.intent.kind not in ("fact", "yes-no", "list", "comparison", "overview"):
        return
    talker, cost, question = attempt.talker, attempt.cost, asked.text
    first = asked.fresh.text if asked.fresh else question
    if talk and (text := completed(talker, first, talk, cost, seconds=attempt.left(_SHARE))) and text != question:
        yield replace(_told(understood(text), f"The language model read your question as “{text}”."), fresh=None)
    fact = replace(asked, intent=Intent(), fresh=None, loose=None, reworded=None)
    parts = divided(talker, question, cost, seconds=attempt.left(_SHARE)) if len(question.split()) >= _WORDS else ()
    if parts:
        said = " and ".join(f"“{part}”" for part in parts)
        yield replace(_told(fact, f"Asked as {said}."), parts=tuple(map(Part, parts)), searches=parts)
    if wordings := reworded(talker, question, cost, seconds=attempt.left(_SHARE)):
        yield replace(_told(fact, f"Searched also for “{'” and “'.join(wordings)}”."), searches=wordings)


def _told(asked: Asked, note: str) -> Asked:
    return replace(asked, notes=(*asked.notes, note))


def completed(talker: Talker, question: str, talk: Sequence[tuple[str, str]], cost: Cost, *, seconds: float) -> str:
    """A follow-up as a question of its own, in words of the talk; "" where the model gives none.

    Args:
        talk: the questions and answers before it, oldest first.
    """
    known = content_words(" ".join([question, *(text for turn in talk for text in turn)]))
    for line in _lines(talker, completing(question, talk[-_TURNS:]), cost, seconds):
        words = content_words(line)
        mine = content_words(question)
        if words and words <= known and len(words & mine) >= _KEPT * len(mine) and line.endswith("?"):
            return "" if words <= mine else line
        return ""
    return ""


def divided(talker: Talker, question: str, cost: Cost, *, seconds: float) -> tuple[str, ...]:
    """The simpler questions in one, all of whose words are in it; none where it is simple."""
    known = content_words(question)
    found = [
        line
        for line in _lines(talker, dividing(question), cost, seconds)
        if line.endswith("?") and len(content_words(line)) > 1 and len(content_words(line) - known) <= 1
        and not _new_names(line, question)
    ]  # fmt: skip
    parts = tuple(dict.fromkeys(line for line in found if content_words(line) != known))[:3]
    return parts if len(parts) > 1 else ()


def reworded(talker: Talker, question: str, cost: Cost, *, seconds: float) -> tuple[str, ...]:
    """Other wordings of a question, to be searched for too: with all its names, and no others."""
    kept = {name.text for name in names(question)}
    found = [
        line
        for line in _lines(talker, rewording(question), cost, seconds)
        if all(name in line for name in kept) and not _new_names(line, question)
        and content_words(line) - content_words(question)
    ]  # fmt: skip
    return tuple(dict.fromkeys(found))[:2]


def _new_names(line: str, question: str) -> bool:
    known = content_words(question)
    return any(not content_words(name.text) <= known for name in names(line))


def _lines(talker: Talker, said: tuple[str, str], cost: Cost, seconds: float) -> Iterator[str]:
    """The lines that the model writes; none when it fails: the rules have read the question already."""
    if seconds <= 0:
        return
    try:
        text = talker.say(said, cost, seconds=seconds)
    except ModelFailed:
        return
    for row in text.splitlines():
        line = " ".join(_LEAD.sub("", row).split()).strip("“”\"'")
        if 0 < len(line) <= _LONGEST and not speaks_to_models(line):
            yield line
