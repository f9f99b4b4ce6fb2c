"""Who does what in a sentence: which word belongs to which, and how. A light reader of clauses, made for news.

It gives links from a word to the word that it belongs to: ``subj`` (who does it; also behind "by"), ``obj`` (to whom
it is done; also the subject of "was sued"), ``is`` (what somebody is: "X is the mayor", "X, the mayor,", "mayor X"),
``of`` (describing and owning words), ``in:at`` and so on for other prepositions, and ``time``. Where a sentence can
be read in two ways there are links for both."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from qa.generation.grammar.doers import Doers
from qa.generation.grammar.model import Clauses
from qa.generation.grammar.phrases import phrases
from qa.generation.grammar.tagging import tokens

__all__ = ["clauses"]


# Before a clause and before a noun.
_EITHER = frozenset("after before since until than".split())


@lru_cache(maxsize=1024)
def clauses(text: str, published: str | None = None) -> Clauses:
    """Reads a sentence; ``published`` is the day that "Monday" is reckoned from."""
    words = tokens(text, published)
    return _Reader(Clauses(text, words, phrases(words))).read()


class _Reader(Doers):
    """Reads all of it; here, what else belongs to verbs and nouns."""

    def read(self) -> Clauses:
        for phrase in self.row:
            if phrase.kind in ("NP", "J"):
                self._inside(phrase)
        self._join()
        self._is()
        for at, phrase in enumerate(self.row):
            if phrase.kind == "VG":
                self._verb(at, phrase)
        for at, phrase in enumerate(self.row):
            if phrase.kind == "I":
                self._preposition(at)
            elif self._low(at) in _EITHER and self._kind(at + 1) == "NP" and not self._is_subject(at + 1):
                self._preposition(at)  # "after worries that it would sink"
            elif phrase.kind == "-" and self._kind(at + 1) == "NP":
                for one in range(at - 1, max(-1, at - 4), -1):  # "tea, not coffee"
                    if self._kind(one) in ("NP", "VG"):
                        self._add(self.row[at + 1].head, self.row[one].head, "not")
                        break
            elif phrase.kind == "T":
                self._time(at, "")
            elif phrase.kind == "R":
                self._adverb(at)
        return self.found

    def _heads(self, at: int, *, time: bool = False) -> Iterator[int]:
        """What a phrase at ``at`` may belong to: words before it in its clause, up to the verb; at the beginning, the
        verb that comes."""
        found = False
        for one in range(at - 1, -1, -1):
            kind = self._kind(one)
            if kind == "," and one < at - 1:
                break
            if kind == "C" and (self._kind(one + 1) == "VG" or (one < at - 1 and self._has_its_own(one, at))):
                break
            if kind in ("NP", "VG", "J"):
                found = True
                yield self.row[one].head
            if kind == "VG" and self.row[one].finite:
                return
            if kind == "VG" and self.row[one].tense == "ing" and self._kind(one - 1) in ("I", "S", ","):
                return
            if kind in ("S", "W", ";") or (kind == "C" and self._kind(one + 1) == "NP" and self._is_subject(one + 1)):
                break
        ahead = next(
            (one for one in range(at + 1, len(self.row)) if self._kind(one) == "VG" and self.row[one].finite), None
        )
        first = not found or self._kind(at - 1) in (",", ";", "S", "C") or (time and self._opens(at))
        if ahead is not None and first:
            yield self.row[ahead].head

    def _has_its_own(self, joint: int, at: int) -> bool:
        """Whether what stands before an "and" has a time or a place of its own: "12 in May and 8 in June"."""
        before, word = self._kind(joint - 1), self._low(at)
        if before == "T":
            return self._kind(at) == "T" or self._kind(at + 1) == "T"
        counted = self._kind(joint + 1) == "NP" and self.words[self.row[joint + 1].head].figure is not None
        own = before == "NP" and self._kind(joint - 2) == "I" and self._low(joint - 2) == word
        return own and (counted or not self.found.joined.get(self.row[joint - 1].head))

    def _opens(self, at: int) -> bool:
        """Whether a phrase stands before its clause's verb: "The hearing on Monday ended"."""
        return not any(self._kind(one) == "VG" for one in range(at))

    def _preposition(self, at: int) -> None:
        word = self._low(at)
        right = at + 1
        while self._kind(right) == "R":
            right += 1
        if self._kind(right) == "T":
            self._time(right, word, at)
            return
        if self._kind(right) != "NP" or self._kind(at - 1) == "-":
            return
        if word == "to" and self._low(at - 1) == "according":
            self._add(self.row[right].head, self.row[at - 1].head, "subj")
            return
        heads = list(self._heads(at))
        if word == "of" and self._kind(at - 1) in ("NP", "VG", "J"):
            heads = [self.row[at - 1].head]
        for one in self._with({self.row[right].head}):
            for head in heads:
                self._add(one, head, "of" if word == "of" else f"in:{word}")
                verb = self.found.verbs.get(head)
                if word == "by" and verb and verb.phrase.passive:
                    self._add(one, head, "subj")

    def _time(self, at: int, word: str, start: int | None = None) -> None:
        place = self.row[at].head
        strict = word if word in ("since", "until", "by", "before", "after", "from", "through") else ""
        start = at if start is None else start
        found = False
        for head in self._heads(start, time=True):
            self._add(place, head, f"time{strict}")
            if self.words[head].kind == "A":  # "Friday will be her last day"
                for one, other in list(self.link):
                    if other == head and self.link[one, other] & {"subj", "obj"}:
                        self._add(place, one, f"time{strict}")
            found = found or self.words[head].kind in "VA"
        ahead = next((one for one in range(at + 1, len(self.row)) if self._kind(one) == "VG"), None)
        if ahead is not None and self._kind(at + 1) == "VG":
            self._add(place, self.row[ahead].head, f"time{strict}")
            if self.words[self.row[ahead].head].kind == "A":
                for one, other in list(self.link):
                    if other == self.row[ahead].head and "obj" in self.link[one, other]:
                        self._add(place, one, f"time{strict}")

    def _adverb(self, at: int) -> None:
        place = self.row[at].head
        for one in (at - 1, at + 1):
            if self._kind(one) in ("VG", "J", "NP") and self.words[self.row[one].members[0]].kind != "#":
                self._add(place, self.row[one].head, "of")
