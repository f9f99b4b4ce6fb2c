"""The conversation: questions with their answers, steps, abstentions and failures."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from qa.answer import Filters
from web import words
from web.render.sentences import lines
from web.render.text import apart, count, e, long_day, period

if TYPE_CHECKING:
    from qa.answer import Answer, Claim, Disagreement, Searched

__all__ = ["conversation", "failure", "progress", "turn"]

_BEFORE_ALL_NEWS = "0001-01-01"
_MARKED = re.compile(r"(.*) ((?:\[[0-9]{1,3}\])+)", re.DOTALL)


def conversation(turns: Iterable[str]) -> str:
    """The turns so far, each of them as ``turn``, ``progress`` or ``failure`` made it."""
    return f'<div class="turns" role="log" aria-label="{words.CONVERSATION}">{"".join(turns)}</div>'


def turn(
    number: int,
    answer: Answer,
    *,
    chosen: Filters | None = None,
    fresh: bool = False,
    actions: str = "",
) -> str:
    """A question and its answer, or its abstention.

    Args:
        chosen: what the asker narrowed the search to, beside what the question itself says.
        fresh: it has just been answered, so it may come in with a movement.
        actions: HTML of what can be done with it.
    """
    body = _answered(number, answer, actions) if answer.answered else _abstained(answer) + actions
    asked = {
        "question": answer.question,
        "chosen": json.dumps(_chosen(chosen or Filters())),
        "filters": json.dumps(_chosen(_told(answer.filters))),
    }
    return _turn(
        number,
        answer.question,
        _aside(answer) + body,
        kind="done fresh" if fresh else "done",
        data=asked,
    )


def progress(number: int, question: str, steps: Sequence[str], written: Sequence[str] = ()) -> str:
    """A question, what has been done about it and what is being done now, and what is written already.

    Args:
        written: sentences, the markers of each at its end. What looks like one before that is a word of the sentence.
    """
    *before, now = steps or ("",)
    done = "".join(f'<li class="past">{e(step)}</li>' for step in before)
    pulse = '<span class="pulse" aria-hidden="true"></span>'
    said = (
        f'<ol class="steps" aria-label="{words.STEPS}">{done}<li class="step" role="status">{pulse}{e(now)}…</li></ol>'
    )
    sentences = " ".join(map(_sentence, written))
    so_far = f'<div class="answer writing"><p dir="auto">{sentences}</p></div>' if written else ""
    return _turn(number, question, said + so_far, kind="waiting")


def _sentence(written: str) -> str:
    """A sentence whose citations are still to come: its numbers cannot be opened yet."""
    found = _MARKED.fullmatch(written)
    if not found:
        return e(written)
    numbers = found[2][1:-1].split("][")
    return e(found[1]) + "".join(f'<span class="chip pending">{number}</span>' for number in numbers)


def failure(number: int, question: str, message: str) -> str:
    """A question that could not be answered because something broke, and what the reader can do."""
    again = f'<p class="ways"><button type="button" class="button" data-again>{words.ASK_AGAIN}</button></p>'
    body = f'<div class="failure" role="alert"><h3>{words.FAILED}</h3><p>{e(message)}</p>{again}</div>'
    return _turn(number, question, body, data={"question": question})


def _turn(number: int, question: str, body: str, *, kind: str = "done", data: dict[str, str] | None = None) -> str:
    carried = "".join(f' data-{name}="{e(value)}"' for name, value in (data or {}).items())
    return (
        f'<section class="turn {kind}" id="turn-{number}" data-turn="{number}"{carried}>'
        f'<h2 class="asked" dir="auto">{e(question)}</h2>{body}</section>'
    )


def _chosen(filters: Filters) -> dict[str, object]:
    return {
        "first": filters.published_from,
        "last": filters.published_to,
        "sources": list(filters.sources),
        "sections": list(filters.sections),
        "ignore": list(filters.ignored),
    }


def _told(filters: Filters) -> Filters:
    """The filters without the day before all news, which stands for all days in answers of before there was a word
    for that."""
    if filters.published_from == _BEFORE_ALL_NEWS:
        return replace(filters, published_from=None, ignored=("days",))
    return filters


# --- what was searched -----------------------------------------------------------------------------------------------


def _aside(answer: Answer) -> str:
    """How the question was read, where that is not how it was asked, and what the search was narrowed to."""
    completed = "".join(
        f'<p class="understood" dir="auto">{e(note)}</p>' for note in answer.notes if _reads(answer, note)
    )
    filters = _told(answer.filters)
    chips = []
    days = _days(filters)
    if days or "days" in filters.ignored:
        chips.append(_filter("days", days or words.ALL_DAYS))
    chips += [_filter("source", source, source) for source in filters.sources]
    chips += [_filter("section", words.IN_SECTION.format(section), section) for section in filters.sections]
    if "sections" in filters.ignored and not filters.sections:
        chips.append(_filter("section", words.ALL_SECTIONS))
    if not chips:
        return completed
    edit = f'<button type="button" class="narrow" data-filter="edit">{words.FILTER}</button>'
    return f'{completed}<div class="aside" role="group" aria-label="{words.SEARCHED}">{"".join(chips)}{edit}</div>'


def _days(filters: Filters) -> str:
    first, last = filters.published_from, filters.published_to
    if first and last:
        return period(first, last)
    if first:
        return words.SINCE.format(long_day(first))
    return words.UNTIL.format(long_day(last)) if last else ""


def _filter(kind: str, label: str, value: str = "") -> str:
    """A chip: its words change the filter, its cross removes it."""
    return (
        f'<span class="limit"><button type="button" class="change" data-filter="edit" dir="auto" '
        f'aria-label="{e(words.CHANGE.format(label))}">{e(label)}</button><button type="button" class="drop" '
        f'data-drop="{kind}" data-value="{e(value)}" aria-label="{e(words.REMOVE.format(label))}">×</button></span>'
    )


def _reads(answer: Answer, note: str) -> bool:
    """Whether a note says how the question was read."""
    read_as = answer.standalone_question
    return bool(read_as) and read_as != answer.question and read_as in note


# --- answers ---------------------------------------------------------------------------------------------------------


def _answered(number: int, answer: Answer, actions: str) -> str:
    told = lines(number, answer)
    if sum(bool(day) for day, _ in told) > 1:
        body = _course(told)
    else:
        body = "".join(f'<p dir="auto">{f"{e(day)}: " if day else ""}{line}</p>' for day, line in told)
    return (
        f'<div class="answer">{body}</div>{_differences(number, answer)}{_notes(answer)}{actions}'
        f"{_fine_print(answer)}{_over_time(answer)}"
    )


def _course(told: Iterable[tuple[str, str]]) -> str:
    """A course of events: a line for each day, on a rail."""
    rows, before = [], ""
    for day, line in told:
        begins = bool(day) and day != before
        when = f'<span class="day">{e(day)}</span>' if begins else ""
        kind = "" if begins else ' class="more"'
        rows.append(f'<li{kind}>{when}<p dir="auto">{line}</p></li>')
        before = day
    return f'<ol class="course">{"".join(rows)}</ol>'


def _abstained(answer: Answer) -> str:
    searched = answer.text.removeprefix(words.ABSTAINED).strip()
    nearest = f"<p>{words.NEAREST_BELOW}</p>" if answer.passages else ""
    address = "#search?" + urlencode({"words": answer.standalone_question or answer.question})
    search = f'<a class="button to-search" href="{e(address)}">{words.TO_SEARCH}</a>'
    narrow = f'<button type="button" class="button quiet" data-filter="edit">{words.NARROW}</button>'
    said = f'<h3>{words.ABSTAINED}</h3><p dir="auto">{e(searched)}</p>{nearest}<p class="ways">{search}{narrow}</p>'
    return f'<div class="abstention">{said}</div>{_notes(answer)}'


def _differences(number: int, answer: Answer) -> str:
    """Who says what and when, where the citations contradict each other."""
    return "".join(_difference(number, answer, one) for one in answer.disagreements)


def _difference(number: int, answer: Answer, difference: Disagreement) -> str:
    rows = "".join(
        _claim(number, answer, claim) for claim in difference.claims if 0 < claim.citation <= len(answer.citations)
    )
    about = f'<p class="about" dir="auto">{e(difference.about)}</p>' if difference.about else ""
    title = f"<h3>{words.DIFFER}</h3>"
    return f'<div class="differ" role="group" aria-label="{words.DIFFER}">{title}{about}<ul>{rows}</ul></div>'


def _claim(number: int, answer: Answer, claim: Claim) -> str:
    citation = answer.citations[claim.citation - 1]
    who = apart(" · ", citation.attribution, citation.article.source) or words.UNTITLED
    latest = f' <span class="latest">{words.LATEST_REPORT}</span>' if claim.latest else ""
    return (
        f'<li><strong dir="auto">{e(claim.value)}</strong><span class="who" dir="auto">{who}</span>'
        f'<span class="when-said">{e(long_day(citation.article.published))}{latest}</span>'
        f'<button type="button" class="chip" data-card="source-{number}-{claim.citation}" '
        f'aria-label="{words.SOURCE.format(claim.citation)}">{claim.citation}</button></li>'
    )


def _notes(answer: Answer) -> str:
    told = [note for note in answer.notes if not _reads(answer, note) and not _on_a_card(answer, note)]
    items = "".join(f'<li dir="auto">{e(note)}</li>' for note in told)
    return f'<ul class="notes" aria-label="{words.NOTES}">{items}</ul>' if items else ""


def _on_a_card(answer: Answer, note: str) -> bool:
    """Whether a note says what a card of a disagreement says already."""
    for difference in answer.disagreements:
        outlets = [answer.citations[claim.citation - 1].article.source or "" for claim in difference.claims]
        if all(claim.value in note for claim in difference.claims) and all(outlet in note for outlet in outlets):
            return True
    return False


def _fine_print(answer: Answer) -> str:
    total = answer.timings.get("total")
    took = words.TOOK.format(total / 1000) if total is not None else ""
    if answer.mode == "generative" and answer.writing and not any(answer.writing.model in one for one in answer.notes):
        took += words.WRITTEN_BY.format(answer.writing.model)
    narrow = f'<button type="button" class="quietly" data-filter="edit">{words.NARROW}</button>'
    narrow = f'<span class="otherwise"> · {narrow}</span>'
    return f'<p class="fine">{e(_searched(answer.searched) + took)}{narrow if answer.kind != "archive" else ""}</p>'


def _searched(searched: Searched) -> str:
    days = period(searched.first, searched.last)
    return words.SEARCHED_IN.format(count(searched.articles, words.ARTICLES)) + (f" ({days})" if days else "")


def _over_time(answer: Answer) -> str:
    """The place for the articles over time, which overtime.js has drawn by the server."""
    if not answer.citations:
        return ""
    asked: list[tuple[str, str]] = [("words", answer.standalone_question or answer.question)]
    asked += [("source", source) for source in answer.filters.sources]
    asked += [("section", section) for section in answer.filters.sections]
    return f'<div class="over-time" data-address="/page/over-time?{e(urlencode(asked))}"></div>'
