"""What the reader of clauses finds."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from qa.generation.grammar.phrases import Phrase
from qa.generation.grammar.tokens import Token

__all__ = ["Clauses", "Verb"]


@dataclass(slots=True)
class Verb:
    """A verb in its sentence.

    Attributes:
        at: the place of its token.
        phrase: its words.
        subjects: who does it, by their places; of a passive one, to whom it is done.
        under: the verb that it is said, wanted, tried and so on by; -1 if none. ``by``: "to", "that", "ing" or "".
        mark: the word that joins its clause to another ("after", "because"), "" if none.
    """

    at: int
    phrase: Phrase
    subjects: set[int] = field(default_factory=set)
    under: int = -1
    by: str = ""
    mark: str = ""


@dataclass(slots=True)
class Clauses:
    """A sentence, read; see the module.

    Attributes:
        links: the names of the links between two words, by (the word, what it belongs to).
        joined: places of words that stand beside others with "and" or "or", with the word "and" or "or".
        nouns: the noun phrase that each place is a part of.
    """

    text: str
    words: tuple[Token, ...]
    phrases: list[Phrase]
    verbs: dict[int, Verb] = field(default_factory=dict)
    links: dict[tuple[int, int], set[str]] = field(default_factory=lambda: defaultdict(set))
    joined: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    either: set[int] = field(default_factory=set)
    nouns: dict[int, Phrase] = field(default_factory=dict)
