"""Every sentence of a model, held against the quotes that it cites: kept, given another quote, or cut."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from qa.agreement import same_words
from qa.attribution import lead
from qa.generation.checking import Source, borne_out, why_not
from qa.generation.drafts import Draft
from qa.generation.hostile import speaks_to_models
from qa.read import Evidence, plain
from qa.telling import leans

__all__ = ["RELATED_FROM", "Checked", "Verifier"]

RELATED_FROM = 2.0
"""The cross-encoder's logit from which a sentence and a quote are about one thing; unrelated ones have -11."""

# So many characters of an article before a quote tell whom it speaks of.
_BEFORE = 500

Related = Callable[[str, Sequence[str]], Sequence[float]]


@dataclass(frozen=True, slots=True)
class Checked:
    """A sentence after it was checked.

    Attributes:
        evidence: the quotes that bear it out, by their places; none where it was cut.
        outcome: "kept" with quotes that it cites, "mended" with others, "cut", or "repeated".
        why: why it was cut.
    """

    text: str
    evidence: tuple[int, ...]
    outcome: Literal["kept", "mended", "cut", "repeated"]
    why: str = ""


@dataclass(slots=True)
class Verifier:
    """Checks the sentences of one answer, in their order.

    Attributes:
        evidence: what they may rest on; a marker ``[1]`` means the first.
        related: how well a sentence and each of some texts belong together: logits of a cross-encoder.
        question: what was asked; its words may be repeated around the answer.
        shown: the sentences that were not cut.
    """

    evidence: Sequence[Evidence]
    related: Related
    question: str = ""
    shown: list[Checked] = field(default_factory=list)
    _cut_before: bool = False

    def check(self, draft: Draft) -> Checked:
        """Check the next sentence."""
        checked = self._check(draft)
        if checked.outcome in ("kept", "mended"):
            self.shown.append(checked)
        self._cut_before = checked.outcome == "cut"
        return checked

    def _check(self, draft: Draft) -> Checked:
        text = draft.text
        if speaks_to_models(text):
            return Checked(text, (), "cut", "it gives orders, or has code in it")
        if text[-1] not in ".!?…”\"'’)":
            text += "."
        cited = [number - 1 for number in draft.cites]
        places, why, mended = self._borne_out(text, cited)
        if not places:
            text, places = self._shortened(text, cited)
            mended = True
        if not places:
            return Checked(draft.text, (), "cut", why)
        if any(same_words(text, other.text) or text in other.text for other in self.shown):
            return Checked(text, (), "repeated")
        if leans(text) and not self._follows(places):
            return Checked(text, (), "cut", "it points at a sentence that is not there")
        return Checked(self._attributed(text, places[0]), tuple(places), "mended" if mended else "kept")

    def _borne_out(self, text: str, cited: Sequence[int]) -> tuple[list[int], str, bool]:
        """The places of the quotes that bear a sentence out, why there are none, and whether others than it cites."""
        known = [place for place in dict.fromkeys(cited) if 0 <= place < len(self.evidence)]
        places, why = self._bearing(text, known)
        if places:
            return places, "", False
        others = [place for place in range(len(self.evidence)) if place not in known]
        for place in others:
            if found := self._bearing(text, [place])[0]:
                return found, "", True
        return [], (self._why_not(text, [*known, *others]) if known or others else "") or why, False

    def _shortened(self, text: str, cited: Sequence[int]) -> tuple[str, list[int]]:
        """Those clauses of a sentence that one quote that it cites bears out, and its place; none if none are."""
        for place in cited:
            if 0 <= place < len(self.evidence):
                left = borne_out(text, [self._source(place)], question=self.question, told=self._told)
                if left and self._near(left, [place]):
                    return left, [place]
        return text, []

    @property
    def _told(self) -> str:
        """The sentence before, where it is there."""
        return self.shown[-1].text if self.shown and not self._cut_before else ""

    def _why_not(self, text: str, places: Sequence[int]) -> str:
        sources = [self._source(place) for place in places]
        return why_not(text, sources, question=self.question, told=self._told)

    def _near(self, text: str, places: Sequence[int]) -> list[int]:
        """Those of some places whose quotes the cross-encoder takes to be about what the sentence is about."""
        scores = self.related(text, [self.evidence[place].quote for place in places])
        return [place for place, score in zip(places, scores, strict=True) if score >= RELATED_FROM]

    def _bearing(self, text: str, places: Sequence[int]) -> tuple[list[int], str]:
        """Those of ``places`` that bear the sentence out: each by itself, or all together; and why there are none."""
        reasons = {place: self._why_not(text, [place]) for place in places}
        found = [place for place in places if not reasons[place]]
        if not found and len(places) > 1 and not self._why_not(text, places):
            found = list(places)
        if not found:
            return [], next(iter(reasons.values()), "it cites no quote")
        near = self._near(text, found)
        return near, "" if near else "its quote is about something else"

    def _source(self, place: int) -> Source:
        item = self.evidence[place]
        article = item.stored.article
        own = item.answer_text if item.answer else ""
        return Source(
            quote=_flat(item.quote),
            published=article.published,
            before=f"{article.title or ''}.\n{article.text[max(0, item.span.start - _BEFORE) : item.span.start]}",
            article=f"{article.title or ''}\n{article.text}",
            answers=tuple(answer for answer in (own, self._answer) if answer),
            others=tuple(_flat(other.quote) for other in self.evidence),
        )

    @property
    def _answer(self) -> str:
        """What most quotes answer; "" where no two say the same."""
        answers = Counter(plain(item.answer_text) for item in self.evidence if item.answer)
        best = answers.most_common(1)
        return best[0][0] if best and best[0][1] > 1 else ""

    def _follows(self, places: Sequence[int]) -> bool:
        """Whether the sentence shown last is of the same article, and none was cut between."""
        if not self.shown or self._cut_before:
            return False
        mine = {self.evidence[place].stored.article.id for place in places}
        return bool(mine & {self.evidence[place].stored.article.id for place in self.shown[-1].evidence})

    def _attributed(self, text: str, place: int) -> str:
        """The sentence with who says so before it, where the quote by itself hides that and the sentence does too."""
        item = self.evidence[place]
        said = lead(item.span, item.stored.article)
        return f"{said} {text}" if said and not text.startswith(said.removesuffix(":")) else text


def _flat(quote: str) -> str:
    return " ".join(quote.split())
