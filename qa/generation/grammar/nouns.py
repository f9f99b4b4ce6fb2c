"""Which nouns belong together: describing words, "A, B and C", and "Anna Holm, the mayor,"."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from qa.generation.grammar.model import Clauses
from qa.generation.grammar.phrases import Phrase
from qa.generation.grammar.tokens import Token

__all__ = ["Nouns"]


class Nouns:
    """Reads the nouns of a sentence. Phrases are meant by their places in the row of them, words by theirs."""

    def __init__(self, found: Clauses) -> None:
        self.found = found
        self.words: Sequence[Token] = found.words
        self.row = found.phrases
        self.link = found.links

    def _inside(self, phrase: Phrase) -> None:
        names = [self.words[one].name for one in phrase.members]
        for one in phrase.members:
            self.found.nouns[one] = phrase
            if one != phrase.head:
                self._add(one, phrase.head, "time" if self.words[one].day else "of")
        # "mayor Anna Holm": Anna Holm is the mayor.
        if self.words[phrase.head].kind == "E":
            last = names[-1] if names else -1
            owned = max(phrase.owners, default=-1)
            plain = [
                one
                for one in phrase.members
                if (one > owned and self.words[one].kind == "N")
                or (self.words[one].kind == "E" and self.words[one].name != last and one > owned)
            ]
            if plain and self.words[plain[-1]].kind == "N" and self.words[plain[-1]].text.isalpha():
                self._add(plain[-1], phrase.head, "is")

    def _add(self, word: int, head: int, name: str) -> None:
        if word != head:
            self.link[word, head].add(name)

    def _kind(self, at: int) -> str:
        return self.row[at].kind if 0 <= at < len(self.row) else ""

    def _low(self, at: int) -> str:
        return self.words[self.row[at].head].low if 0 <= at < len(self.row) else ""

    def _join(self) -> None:
        """Rows of nouns: "A, B and C"."""
        for at, phrase in enumerate(self.row):
            if phrase.kind != "C":
                continue
            word = self.words[phrase.head].low
            right, left = at + 1, at - 1 - (self._kind(at - 1) == ",")
            if self._kind(right) == self._kind(left) == "NP" and (
                not self._is_subject(right) or not any(one.kind == "VG" and one.finite for one in self.row[:left])
            ):
                group = [left, right]
                while (
                    self._kind(group[0] - 1) == ","
                    and self._kind(group[0] - 2) == "NP"
                    and len(group) < 8
                    and not self._described(group[0])
                ):
                    group.insert(0, group[0] - 2)
                heads = [self.row[one].head for one in group]
                for one in heads:
                    self.found.joined[one] |= set(heads) - {one}
                    if word in ("or", "nor"):
                        self.found.either.add(one)
            elif self._kind(right) == self._kind(left) == "VG" and word in ("or", "nor"):
                self.found.either |= {self.row[left].head, self.row[right].head}

    def _described(self, at: int) -> bool:
        """Whether a noun behind a name and a comma only tells what that is: "Anna Holm, a lawyer and singer,"."""
        named = self.words[self.row[at - 2].head].kind == "E"
        return (
            named
            and self.words[self.row[at].members[0]].low in ("a", "an", "the")
            and self.words[self.row[at].head].kind == "N"
        )

    def _is_subject(self, at: int) -> bool:
        """Whether a noun begins a clause of its own: its verb follows."""
        at += 1
        while self._kind(at) == "I" and self._kind(at + 1) == "NP":
            at += 2
        while self._kind(at) in ("R", "T"):
            at += 1
        return self._kind(at) == "VG" and self.row[at].finite

    def _is(self) -> None:
        for one, two in pairwise(self.row):  # "the film “Harbour”"
            if one.kind == two.kind == "NP" and self.words[one.head].kind == "N" and self.words[two.head].kind == "E":
                self._add(one.head, two.head, "is")
        self._asides()

    def _asides(self) -> None:
        """ "Anna Holm, the mayor of Leeds, resigned": Anna Holm is the mayor."""
        for at, phrase in enumerate(self.row):
            if phrase.kind not in (",", ";", "(") or self._kind(at - 1) != "NP" or self._kind(at + 1) != "NP":
                continue
            left, right = self._chain(at - 1), self.row[at + 1]
            end = at + 2
            while self._kind(end) in ("I", "NP", "T", "J"):
                end += 1
            closes = self._kind(end) in (",", ";", ")", "")
            listed = bool(self.found.joined.get(right.head)) or bool(self.found.joined.get(self.row[at - 1].head))
            article = self.words[right.members[0]].low in ("the", "a", "an", "his", "her", "its", "their")
            figure = self.words[right.head].figure
            if figure and not figure.unit and closes and all(self.words[one].kind == "E" for one in left):
                for one in left:  # "Anna Holm, 52,"
                    self._add(right.head, one, "is")
                continue
            named = article or "E" in (self.words[right.head].kind, *(self.words[one].kind for one in left))
            listed = listed and phrase.kind != ";"
            determined = self.words[right.members[0]].kind == "D" or self.words[right.head].figure is None
            if (
                closes
                and not listed
                and named
                and determined
                and self.words[right.head].kind in "NE"
                and not self._is_subject(at + 1)
            ):
                for one in left:
                    self._add(right.head, one, "is")

    def _chain(self, at: int) -> list[int]:
        """The nouns that what stands behind ``at`` may be about: "the mayor of Leeds" has two."""
        found = [self.row[at].head]
        if self._kind(at - 1) == "NP" and "is" in self.link.get((self.row[at - 1].head, self.row[at].head), ()):
            at -= 1
            found.append(self.row[at].head)
        while self._kind(at - 2) == "NP" and (
            self._kind(at - 1) == "I"
            or (self._kind(at - 1) == "C" and self.row[at - 2].head in self.found.joined.get(self.row[at].head, ()))
        ):
            at -= 2
            found.append(self.row[at].head)
        return found

    def _with(self, places: set[int]) -> set[int]:
        return places | {other for one in places for other in self.found.joined.get(one, ())}
