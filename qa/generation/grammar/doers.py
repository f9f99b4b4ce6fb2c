"""Who does what: the subjects and objects of verbs, and what they stand under."""

from __future__ import annotations

from qa.generation.grammar.model import Verb
from qa.generation.grammar.nouns import Nouns
from qa.generation.grammar.phrases import Phrase
from qa.generation.grammar.saying import SAYING, SPEECH, lemma

__all__ = ["Doers"]

_COPULAS = frozenset("be become remain".split())


class Doers(Nouns):
    """Reads the verbs of a sentence, in their order."""

    def _verb(self, at: int, phrase: Phrase) -> None:
        verb = self.found.verbs[phrase.head] = Verb(phrase.head, phrase)
        self._under(at, verb)
        verb.mark = self._mark(at) if phrase.finite else self._led(at)
        verb.subjects = self._subjects(at, phrase)
        inverted = False
        spoken = self._kind(at - 1) in (",", ";", "") or (phrase.head > 0 and self.words[phrase.head - 1].kind == '"')
        behind = [self._kind(one) for one in (at + 1, at + 2)]
        if (
            spoken
            and phrase.finite
            and self._lemma(phrase.head) == {"say"}
            and behind[0] == "NP"
            and behind[1] in ("", ",", ";", "T")
        ):
            verb.subjects = set()
        if (
            not verb.subjects
            and phrase.finite
            and not phrase.helpers
            and spoken
            and self._lemma(phrase.head) & SPEECH
            and self._kind(at + 1) == "NP"
        ):
            verb.subjects, inverted = {self.row[at + 1].head}, True
        name = "obj" if phrase.passive else "subj"
        for one in self._with(verb.subjects):
            self._add(one, phrase.head, name)
        if not inverted:
            self._objects(at, verb)

    def _lemma(self, place: int) -> set[str]:
        return {lemma(self.words[place].low)}

    def _subjects(self, at: int, phrase: Phrase) -> set[int]:
        left = at - 1
        while self._kind(left) in ("R", "T") or (self._kind(left) == "I" and self._kind(left + 1) == "T"):
            left -= 1
        kind = self._kind(left)
        if phrase.tense == "part":
            if kind == "," and self._kind(left - 1) == "NP" and self._verb_before(left, finite=True) is None:
                left -= 1  # "the ferry, built in Leeds,"
            return {self.row[left].head} if self._kind(left) == "NP" else self._main(at)
        if phrase.tense == "ing":
            if kind == "NP":
                return {self.row[left].head}
            over = self._verb_before(at)
            while over is not None and self._kind(over - 1) == "W" and self._kind(over - 2) == ",":
                over = self._verb_before(over)
            if kind in ("I", "S") and over is not None and self.found.verbs[self.row[over].head].subjects:
                return set(self.found.verbs[self.row[over].head].subjects)
            return self._main(at)
        if phrase.tense == "inf":
            over = self._verb_before(at)
            if over is None:
                return set()
            nouns = [
                self.row[one]
                for one in range(over + 1, at)
                if self.row[one].kind == "NP" and self._kind(one - 1) != "I"
            ]
            between = {place for one in nouns for place in (one.owners or [one.head])}
            return between or set(self.found.verbs[self.row[over].head].subjects)
        if kind == "W":
            return self._antecedent(left)
        if kind == "NP":
            return self._first_noun(left)
        if kind in (",", ";", ")"):
            if (opened := self._opened(left)) is not None:
                return self._first_noun(opened)
            return self._main(at)
        if kind == "C" or kind == "-":
            return self._main(at)
        if (
            kind == "VG"
            and self._lemma(self.row[left].head) & SAYING
            and self._kind(left - 1) == "NP"
            and self._kind(left - 2) == "W"
        ):
            return self._antecedent(left - 2)
        if kind == "VG" and not self.row[left].finite:
            return self._first_subject_before(left)
        return set()

    def _first_subject_before(self, left: int) -> set[int]:
        """The subject of a verb behind "the man arrested on Monday" or a noun with more words."""
        while left >= 0 and self._kind(left) != "NP":
            left -= 1
        return self._first_noun(left) if left >= 0 else set()

    def _antecedent(self, at: int) -> set[int]:
        left = at - 1
        while self._kind(left) in (",", "T", "R") or (self._kind(left) == "I" and self._kind(left + 1) == "T"):
            left -= 1
        if self._low(at) == "whose" or self._kind(left) != "NP":
            return {self.row[left].head} if self._kind(left) == "NP" else set()
        found = set(self._chain(left))
        if self._kind(left - 1) == "," and self._kind(left - 2) == "NP":
            found |= set(self._chain(left - 2))
        return found

    def _first_noun(self, at: int) -> set[int]:
        """The noun that a phrase such as "the mayor of Leeds" is about, and those beside it."""
        while True:
            if self._kind(at - 1) == "I" and self._kind(at - 2) in ("NP", "T"):
                at -= 2
                if self._kind(at) == "T":
                    at -= 1
            elif (
                self._kind(at - 1) == "C"
                and self._kind(at - 2) == "NP"
                and self.row[at - 2].head in self.found.joined.get(self.row[at].head, ())
                and self._kind(at - 3) == "I"
            ):
                at -= 2
            elif (
                self._kind(at - 1) == "I"
                and self._kind(at - 2) == "VG"
                and self.row[at - 2].tense in ("part", "ing")
                and self._kind(at - 3) == "NP"
            ):
                at -= 3
            elif self._kind(at - 1) == "VG" and self.row[at - 1].tense in ("ing", "inf") and self._kind(at - 2) == "NP":
                at -= 2
            else:
                break
        if self._kind(at) != "NP":
            return set()
        return {self.row[at].head}

    def _opened(self, at: int) -> int | None:
        """The noun before an aside that closes at ``at``: of "X, who left, said" that of X."""
        close = self._kind(at)
        pair = {")": "(", ",": ",", ";": ";"}[close]
        left = at - 1
        while left >= 0 and self._kind(left) != pair:
            left -= 1
        return (
            left - 1
            if left > 0 and self._kind(left - 1) == "NP" and not self.found.joined.get(self.row[left - 1].head)
            else None
        )

    def _main(self, at: int) -> set[int]:
        """Who does what the verb before does, for one that has nobody of its own."""
        over = self._verb_before(at, finite=True)
        while over is not None and self._kind(over - 1) == "W" and self._kind(at - 1) != "C":
            over = self._verb_before(over, finite=True)
        if over is not None:
            return set(self.found.verbs[self.row[over].head].subjects)
        # "Carried by a plane, the rocket took off."
        for one in range(at + 1, len(self.row)):
            if self._kind(one) == "," and self._kind(one + 1) == "NP":
                return {self.row[one + 1].head}
        return set()

    def _verb_before(self, at: int, *, finite: bool = False) -> int | None:
        for one in range(at - 1, -1, -1):
            if self._kind(one) == "VG" and (self.row[one].finite or not finite):
                return one
        return None

    def _under(self, at: int, verb: Verb) -> None:
        over = self._verb_before(at)
        left = self._kind(at - 1)
        tense = verb.phrase.tense
        if over is None:
            return
        head = self.row[over].head
        between = [self._kind(one) for one in range(over + 1, at)]
        if tense == "inf":
            verb.under, verb.by = head, "to"
        elif tense == "ing" and left in ("VG", "R") and set(between) <= {"R", "NP"}:
            verb.under, verb.by = head, "ing"
        elif verb.phrase.finite and self._lemma(head) & SAYING and ("NP" in between or "S" in between):
            stop = {",", ";"} if self._low(at - 2) != "that" else {";"}
            if not stop & set(between) and "W" not in between and "C" not in between:
                verb.under, verb.by = head, "that"

    def _mark(self, at: int) -> str:
        for one in range(at - 1, -1, -1):
            kind = self._kind(one)
            if kind == "S":
                return "" if self._low(one) == "that" else self._low(one)
            if kind in ("VG", "W", ";") or (kind == "," and self._kind(one - 1) != "NP"):
                return ""
        return ""

    def _led(self, at: int) -> str:
        """The word before "posting", in "after posting a video"."""
        return self._low(at - 1) if self._kind(at - 1) in ("I", "S") else ""

    def _objects(self, at: int, verb: Verb) -> None:
        right = at + 1
        while self._kind(right) in ("R", "T", "-"):
            right += 1
        copula = bool(self._lemma(verb.at) & _COPULAS) or (
            verb.phrase.passive and self._lemma(verb.at) & {"name", "call", "know", "elect"}
        )
        if copula and self._kind(right) == "I" and self._low(right) == "as":
            right += 1
        if copula and self._kind(right) == "J":
            for one in self.row[right].members:
                for subject in self._with(verb.subjects):
                    self._add(one, subject, "of")
                self._add(one, verb.at, "obj")
        seen = 0
        while self._kind(right) == "NP" and seen < 2 and not self._is_subject(right):
            for one in self._with({self.row[right].head}):
                if copula:
                    for subject in self._with(verb.subjects):
                        self._add(one, subject, "is")
                self._add(one, verb.at, "obj")
            seen += 1
            right += 1
        if self._kind(at - 2) == "W" and self._kind(at - 1) in ("NP", "W"):  # "the park that Leeds sold"
            for one in self._antecedent(at - 2):
                self._add(one, verb.at, "obj")
