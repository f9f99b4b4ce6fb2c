"""Whom a quote means by "she", "it" or "the singer": a name that the article tells of right before it.

In doubt nobody: where two are told of that "she" could be, it is the one that the sentence right before begins with.
"""

from __future__ import annotations

from ingest.sentences import sentences
from qa.generation.grammar.model import Clauses
from qa.generation.lexicon import means
from qa.generation.literally import TITLES, named_words, names_in
from qa.question.words import looks_like_person, names

__all__ = ["known"]


def known(said: Clauses, told: Clauses, *, ahead: str, question: str, article: str) -> frozenset[int]:
    """The places of words for which a sentence of a quote has only a pronoun or a noun such as "the singer".

    Args:
        said: the sentence that names them.
        told: the sentence of the quote.
        ahead: the headline, and what stands before that sentence in its article.
    """
    there = {word.low for word in told.words}
    found: set[int] = set()
    for name in names_in(said):
        words = [word for word in name if word not in TITLES]
        if words and there.isdisjoint(words) and _is_meant(words, ahead, question):
            found |= {at for at, word in enumerate(said.words) if word.low in words and word.kind == "E"}
    for phrase in said.phrases:
        first, head = said.words[phrase.members[0]], said.words[phrase.head]
        if phrase.kind != "NP" or first.low not in ("the", "this") or head.kind != "N":
            continue
        words = [said.words[one].low for one in phrase.members[1:]]
        if any(means(words[-1], word) for word in there):
            continue
        around = named_words(f"{ahead}\n{question}")
        if f" {words[-1]} " in around or (len(words) == 1 and f"the {words[0]} " in article.lower()):
            found |= {one for one in phrase.members[1:] if said.words[one].low not in there}
    return frozenset(found)


def _is_meant(words: list[str], ahead: str, question: str) -> bool:
    """Whether a name is the one that is told of: it begins the sentence before, or no other of its kind is named there,
    in the headline or in the question."""
    title, _, body = ahead.partition("\n")
    spans = sentences(body)
    last = spans[-1].cut(body) if spans else title
    before = [name.text for name in names(last)]
    if before and _is(words, before[0]):
        return True
    around = [name.text for text in (last, title, question) for name in names(text)]
    mine = [name for name in around if _is(words, name)]
    person = looks_like_person(" ".join(word.capitalize() for word in words)) or any(map(looks_like_person, mine))
    others = [name for name in around if not _is(words, name) and (not person or looks_like_person(name))]
    return bool(mine) and not others


def _is(words: list[str], name: str) -> bool:
    mine = [word for word in named_words(name).split() if word not in TITLES]
    return bool(mine) and (mine[-1] == words[-1] or set(words) <= set(mine))
