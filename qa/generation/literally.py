"""What of a sentence has to stand in its quote to the letter: figures, names, quotation marks, and small words such as
"only"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from qa.attribution.quotations import quotations
from qa.generation.grammar.model import Clauses
from qa.generation.grammar.tokens import Token
from qa.generation.lexicon import share
from qa.question.words import FUNCTION_WORDS, looks_like_person

__all__ = ["TITLES", "named_words", "names_in", "not_literal", "plain"]

_STRICT = frozenset(
    "not no never none nothing nobody neither nor without only always ever all every each both most least fewest almost"
    " nearly just because despite if unless until than again once still already yet former first last"
    " other another same"
    " so must should cannot".split()
)
"""Small words that change what is said: one that the quote does not have must not be in the sentence."""
_ARTICLES = frozenset("the a an its their our my your".split())
_OPEN = frozenset("of at from into with for during against between by than as to in on".split())
TITLES = frozenset(
    "mr mrs ms miss dr sir dame lord lady prof professor president prime minister senator sen rep gov"
    " governor mayor king"
    " queen prince princess pope judge justice general captain secretary chief chairman chairwoman coach the".split()
)
"""Words before a name that are no part of it."""


def not_literal(said: Clauses, told: Clauses, *, quote: str, names: Sequence[str]) -> str:
    """What of a sentence is not in a sentence of its quote; "" where all of it is.

    Args:
        quote: the whole quote.
        names: texts in which a name may stand in full.
    """
    small = _english(said, told) or _small_there(said, told)
    return small or _names_there(said, told, names) or _quotations_there(said, quote)


def plain(text: str) -> str:
    """The words of a text, without case and marks."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def _small_there(said: Clauses, told: Clauses) -> str:
    there = {word.low for word in told.words}
    for word in said.words:
        title = word.text[0].isupper() and word is not said.words[0]
        if (
            word.low in _STRICT
            and not title
            and word.low not in there
            and not (word.form == "n't" or (word.low == "not" and any(one.form == "n't" for one in told.words)))
        ):
            return f"“{word.text}” is not in its quote"
    there_digits = set(re.findall(r"\d+", told.text)) | {
        digits for word in said.words if word.day or word.figure for digits in re.findall(r"\d+", word.text)
    }
    loose = set(re.findall(r"\d+", said.text)) - there_digits
    return f"“{min(loose)}” is not in its quote" if loose else ""


def _english(said: Clauses, told: Clauses) -> str:
    """Whether a word is missing behind "the" or "of"."""
    row = [word for word in said.words if word.kind != '"']
    for one, two in zip(row, [*row[1:], None], strict=True):
        ends = (
            two is None
            or two.kind in (",", ";", ")", "C", "A", "M")
            or (
                one.low in _ARTICLES
                and (two.kind in "ISWOVP" or two.low in _ARTICLES | {"this", "that", "these", "those"})
            )
        )
        if not ends or one.low not in _ARTICLES | _OPEN or one.kind not in "DI":
            continue
        if two is None or f" {one.low} {two.low} " not in f" {' '.join(word.low for word in told.words)} ":
            return f"a word is missing behind “{one.text}”"
    return ""


def _names_there(said: Clauses, told: Clauses, texts: Sequence[str]) -> str:
    """Each name stands in the quote or, in full, in its article or the question, as words side by side."""
    flat = named_words(told.text)
    for pairs in _pairs(said):
        for first, second in pairs:
            both = f" {first} {second} "
            if both not in flat and not any(both in named_words(text) for text in texts):
                return f"“{first} {second}” is no name in its quote"
    mine = {word.low for word in said.words if word.kind == "E"}
    for one, two in pairwise(told.words):
        cut = one.name == two.name >= 0 and one.kind == two.kind == "E" and one.low not in mine
        if (
            cut
            and two.low in mine
            and share(two.low, "n") > 5
            and not _role(one)
            and not looks_like_person(f"{one.text} {two.text}")
        ):
            return f"“{two.text}” is a part of a name in its quote"
    return ""


def _pairs(read: Clauses) -> Iterator[list[tuple[str, str]]]:
    """The words of each name that stand side by side, but for titles and roles."""
    for number in dict.fromkeys(word.name for word in read.words if word.name >= 0):
        yield [
            (one.low, two.low)
            for one, two in pairwise(read.words)
            if one.name == two.name == number
            and one.kind == two.kind == "E"
            and not _role(one)
            and two.low not in FUNCTION_WORDS
        ]


def _role(word: Token) -> bool:
    return word.low in TITLES or word.low in FUNCTION_WORDS or (word.text.isupper() and 2 <= len(word.text) <= 3)


def names_in(read: Clauses) -> Iterator[list[str]]:
    numbers = dict.fromkeys(word.name for word in read.words if word.name >= 0)
    for number in numbers:
        yield [word.low for word in read.words if word.name == number and word.kind == "E"]


@lru_cache(maxsize=256)
def named_words(text: str) -> str:
    words = re.findall(r"[^\W_]+(?:['’.&-][^\W_]+)*", text.lower())
    plain = (re.sub(r"['’]s?$", "", word).replace("’", "'").replace(".", "") for word in words)
    return f" {' '.join(word for word in plain if word not in FUNCTION_WORDS and word not in TITLES)} "


def _quotations_there(said: Clauses, quote: str) -> str:
    spoken = f" {plain(quote.replace('’', chr(39)))} "
    for span in quotations(said.text):
        quotation = span.cut(said.text)
        if f" {plain(quotation.replace('’', chr(39)))} " not in spoken:
            return "it puts words between quotation marks that are not in its quote"
        if not quotations(quote) and len(quotation.split()) > 1:
            return "it puts into somebody's mouth what nobody says in its quote"
    return ""
