"""Whether one sentence of a quote says what a sentence says: the same words or ones that mean the same, who does what
to whom, with the same force. In doubt it does not.

Words are put side by side first. What a word belongs to in the sentence, its counterpart has to belong to in the
quote (see ``clauses``). What changes a verb's force has to be the same (see ``operators``), and what stands right at a
word (see ``closest``). What the quote has more must be of a kind that may be left out (see ``omitting``)."""

from __future__ import annotations

from qa.generation.bearing.closest import closest_kept
from qa.generation.bearing.force import force_kept
from qa.generation.bearing.links import linked
from qa.generation.bearing.omitting import left_out
from qa.generation.bearing.pairing import Around, Pairing, paired
from qa.generation.bearing.wholeness import breaks_off
from qa.generation.grammar.model import Clauses

__all__ = ["Around", "not_borne"]


def not_borne(said: Clauses, told: Clauses, around: Around) -> tuple[int, str]:
    """Why ``told`` does not say what ``said`` says, and how far the sentence came; ``(99, "")`` when it does."""
    pairing = Pairing(said, told, around)
    for at, check in enumerate((paired, closest_kept, force_kept, breaks_off, linked, left_out)):
        if why := check(pairing):
            return at, why
    return 99, ""
