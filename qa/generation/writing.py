"""Writing an answer with a model: from the quotes that were found to sentences that they bear out, or nothing.

Whatever goes wrong, the extractive answer stands, and a note says why.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from qa.answer import Answer, Step, Writing
from qa.answering import answering
from qa.choose import Limits, choose
from qa.compose import Line, cited
from qa.days import written
from qa.generation.drafts import paced
from qa.generation.failing import CutShort, ModelFailed
from qa.generation.hostile import speaks_to_models
from qa.generation.models import ModelName, load_llm
from qa.generation.talking import Cost, Talker
from qa.generation.understanding import Attempt, otherwise
from qa.generation.verifying import Checked, Verifier
from qa.generation.words import NO_ANSWER, quoted, writing
from qa.telling import stems

if TYPE_CHECKING:
    from ingest.settings import Settings
    from qa.asked import Asked, History
    from qa.finding import Clock, Found
    from qa.read import Evidence
    from qa.reranker import Reranker
    from qa.search import Searcher

__all__ = ["Writer", "load_writer"]

# So many quotes, of so many characters, are handed over: about 1,000 tokens.
_QUOTES = Limits(citations=8, quote=450, total=2400)
_MOST_SENTENCES = 6
# So many of the words that answer have to be in what a model says.
_TOLD = 0.5
_STAND = "These are the quotes themselves."


@dataclass(frozen=True)
class Writer:
    """Writes answers with one model. Safe to use from several threads.

    Attributes:
        talker: the model.
        reranker: makes the cross-encoder that judges whether a sentence and a quote belong together.
    """

    talker: Talker
    reranker: Callable[[], Reranker] = field(repr=False)

    @cached_property
    def _judge(self) -> Reranker:
        return self.reranker()

    def answering(
        self,
        searcher: Searcher,
        question: str,
        asked: Asked,
        clock: Clock,
        *,
        history: History = (),
        understood: Callable[[str], Asked],
    ) -> Generator[Step, None, Answer]:
        """Answer an understood question: what is found decides, the model writes it up.

        Args:
            history: the questions and answers before it.
            understood: how a question without a history is understood.
        """
        attempt = Attempt(self.talker)
        talk = [(turn.question, turn.text) if isinstance(turn, Answer) else turn for turn in history]
        others = otherwise(attempt, asked, talk, understood)
        answer, found = yield from answering(searcher, question, asked, clock, others=others)
        if answer.answered and answer.kind != "archive":
            stories = searcher.archive.story_of({citation.article.id for citation in answer.citations})
            answer = yield from self.write(answer, found, attempt, clock, stories)
        elif attempt.cost.calls:
            answer = replace(answer, writing=Writing(self.talker.name, **_spent(attempt.cost)))
        return replace(answer, timings=clock.timings())

    def write(
        self, answer: Answer, found: Found, attempt: Attempt, clock: Clock, stories: Mapping[str, str]
    ) -> Generator[Step, None, Answer]:
        """``answer`` in the model's words, as far as the quotes bear them out; else as it was, with a note.

        Each sentence is announced when it is complete and checked. Where the quotes stand after all, it is announced
        that these sentences are taken back.

        Args:
            answer: the extractive answer.
            found: what it was made of.
            stories: the story of each article, by their ids.
        """
        evidence = _evidence(found)
        if not evidence:
            return answer
        yield (step := Step("write", f"Writing with {self.talker.name}"))
        verifier = Verifier(evidence, self._judge.score, answer.standalone_question or answer.question)
        said = writing(answer.standalone_question or answer.question, _quotes(evidence, stories))
        failed, sentences, cut, silent = "", 0, 0, False
        with clock.time("write"):
            pieces = self.talker.stream(said, attempt.cost, seconds=attempt.left())
            try:
                for draft in paced(pieces):
                    if draft is None:  # told once more: whoever has gone is noticed by it
                        yield step
                        continue
                    if silent := draft.text.startswith(NO_ANSWER.rstrip(".")):
                        break
                    sentences += 1
                    checked = verifier.check(draft)
                    cut += checked.outcome == "cut"
                    if checked.outcome in ("kept", "mended"):
                        step = Step("write", "Checked a sentence")
                        yield replace(step, text=_marked(checked, _numbers(verifier.shown)))
                    if len(verifier.shown) == _MOST_SENTENCES or sentences > 4 * _MOST_SENTENCES:
                        break
            except CutShort as error:
                failed = "" if sentences else str(error)
            except ModelFailed as error:
                failed = str(error)
            finally:
                pieces.close()
        told = Writing(
            model=self.talker.name,
            sentences=sentences,
            shown=0,
            mended=sum(one.outcome == "mended" for one in verifier.shown),
            cut=cut,
            failed=failed,
            **_spent(attempt.cost),
        )
        final = _answered(answer, found, evidence, verifier.shown, told, silent=silent)
        if verifier.shown and final.mode == "extractive":
            yield Step("withdraw", "Taking back what was written")
        return final


def load_writer(settings: Settings, reranker: Callable[[], Reranker]) -> Writer | None:
    """The writer that the settings name; None where they name no model.

    Raises:
        SettingsError: the setting cannot be read.
        ModelError: the model cannot be set up.
    """
    name = ModelName.of(settings.llm)
    if name is None:
        return None
    llm = load_llm(name, timeout=settings.llm_timeout, max_tokens=settings.llm_max_tokens, threads=settings.threads)
    return Writer(Talker(llm, str(name), settings.llm_timeout), reranker)


def _spent(cost: Cost) -> dict[str, Any]:
    """What an answer cost, as :class:`Writing` has it."""
    return {
        "calls": cost.calls,
        "prompt_tokens": cost.prompt,
        "completion_tokens": cost.completion,
        "cached_tokens": cost.cached,
        "estimated": cost.estimated,
    }


def _evidence(found: Found) -> list[Evidence]:
    """What a model is given: the quotes of the extractive answer, then what else bears on the question, without what
    speaks to models."""
    chosen = [line.evidence for line in found.lines if line.evidence is not None]
    if found.readings:
        chosen += choose(found.readings[0], found.readings[1:], _QUOTES)
    kept: list[Evidence] = []
    for item in chosen:
        room = sum(len(other.quote) for other in kept) + len(item.quote) <= _QUOTES.total
        if room and not speaks_to_models(item.quote) and not any(item.overlaps(other) for other in kept):
            kept.append(item)
    return kept[: _QUOTES.citations]


def _quotes(evidence: Sequence[Evidence], stories: Mapping[str, str]) -> list[str]:
    known = {id: stories.get(id, id) for id in (item.stored.article.id for item in evidence)}
    numbers = {story: number for number, story in enumerate(dict.fromkeys(known.values()), 1)}
    return [
        quoted(
            number,
            item.quote,
            day=written(article.published) if article.published else "",
            outlet=article.source or "",
            story=numbers[known[article.id]],
        )
        for number, item in enumerate(evidence, 1)
        for article in (item.stored.article,)
    ]


def _numbers(shown: Sequence[Checked]) -> dict[int, int]:
    """The numbers of the quotes in the answer, in the order in which they are cited, by their places."""
    order = dict.fromkeys(place for one in shown for place in one.evidence)
    return {place: number for number, place in enumerate(order, 1)}


def _marked(checked: Checked, numbers: Mapping[int, int]) -> str:
    return f"{checked.text} {''.join(f'[{numbers[place]}]' for place in checked.evidence)}"


def _answered(
    answer: Answer,
    found: Found,
    evidence: Sequence[Evidence],
    shown: Sequence[Checked],
    told: Writing,
    *,
    silent: bool,
) -> Answer:
    """The answer in the model's words, or the extractive one with a note."""
    numbers = _numbers(shown)
    lines = [Line(evidence=evidence[place]) for place in numbers]
    text = " ".join(_marked(one, numbers) for one in shown)
    if why := _why_not(answer, found, lines, text, told, silent=silent):
        return replace(answer, notes=(*answer.notes, f"{why} {_STAND}"), writing=told)
    kept = replace(told, shown=len(shown))
    return replace(
        answer,
        mode="generative",
        text=text,
        citations=cited(lines),
        notes=(*answer.notes, *_notes(kept)),
        disagreements=(),
        writing=kept,
    )


def _why_not(answer: Answer, found: Found, lines: Sequence[Line], text: str, told: Writing, *, silent: bool) -> str:
    """Why the extractive answer has to stand, a sentence; "" where it has not."""
    model = f"The language model ({told.model})"
    if told.failed:
        return f"{model} was not used: {told.failed}."
    if not lines:
        if silent or not told.sentences:
            return f"{model} found no answer in the quotes."
        return f"{model} wrote nothing that the quotes bear out ({_count(told.cut)} cut)."
    quoted = [line.evidence for line in found.lines if line.evidence is not None]
    mine = [line.evidence for line in lines if line.evidence is not None]
    if not any(item.overlaps(other) for item in quoted for other in mine):
        return f"{model} wrote of something else than what answers best."
    if not _answers(answer, text):
        return f"{model} left out what answers."
    sides = [quoted[claim.citation - 1] for one in answer.disagreements for claim in one.claims]
    if not all(any(side.overlaps(other) for other in mine) for side in sides):
        return f"{model} told only one side of what the reports disagree on."
    return ""


def _answers(answer: Answer, text: str) -> bool:
    """Whether a text tells one of the answers to a question for a fact, which the reader marked in the quotes: what the
    quotes bear out may still be beside the point."""
    marked = [stems(one.answer.text) for one in answer.citations if one.answer is not None]
    wanted = [words for words in marked if words]
    there = stems(text)
    return answer.kind != "fact" or not wanted or any(len(words & there) >= _TOLD * len(words) for words in wanted)


def _notes(told: Writing) -> Iterator[str]:
    yield f"Written by a language model ({told.model}); every sentence was checked against its quotes."
    are = ("was", "it") if told.cut == 1 else ("were", "them")
    if told.cut:
        yield f"{_count(told.cut)} {are[0]} cut, because no quote bears {are[1]} out."


def _count(number: int) -> str:
    return f"{number} sentence{'s' * (number != 1)}"
