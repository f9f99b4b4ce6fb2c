"""What a piece of evidence asserts: one figure, one day or one name, with what it is said of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from qa import dates
from qa.days import written
from qa.figures import Figure, find_figures
from qa.question import Kind
from qa.question.words import content_words, names

if TYPE_CHECKING:
    from qa.read import Evidence

__all__ = ["Asserted", "asserted"]

_LONGEST = 40
_PART_BEFORE = re.compile(
    r"\b(?:including|among them|among those|of whom|of which|of them|of these|of those|another|additional"
    r"|a further|extra|the first|the last"
    r"|the other|the remaining|with|from|against|than|versus|compared with|besides)\s+(?:(?:about|around|some"
    r"|at least|more than|the)\s+)*$",
    re.IGNORECASE,
)
_PART_AFTER = re.compile(
    r"\s+(?:\w+\s+)?(?:of (?:the|them|those|these|whom|which|its|his|her|their)\b|more\b|others?\b"
    r"|additional\b|further\b|alone\b)",
    re.IGNORECASE,
)
_FROM_TO = re.compile(r"\bfrom\s+¤\s+to\s+$")
_CHANGE = re.compile(r"\bby\s+(?:(?:about|around|some|at least|more than|nearly|almost)\s+)?$", re.IGNORECASE)
_RATE = re.compile(
    r"\s*(?:a|an|per|each|every)\s+(second|minute|hour|day|night|week|month|year|share|barrel|head|person"
    r"|tonne|litre|gallon|mile|km)\b"
)
_SAID_ON = re.compile(
    r"\b(?:said|says|told(?: \w+)*|added|announced|reported|confirmed|statement|police|officials|authorities"
    r"|ministry|department|report|released|updated)"
    r"\s*,?\s*(?:on|late|early|in a statement)*\s*$",
    re.IGNORECASE,
)
_STATES = {
    "dead": r"dead|die[ds]?|deaths?|death toll|kill(?:ed|s|ing)?|fatalit\w+|lives|victims|bodies",
    "hurt": r"injur\w+|wounded|hurt|hospitali[sz]ed",
    "missing": r"missing|unaccounted",
    "held": r"arrest\w*|detain\w*|charged|in custody",
    "ill": r"infect\w+|cases|ill|sick\w*|tested positive",
    "fled": r"evacuat\w+|displaced|homeless|fled|moved|refugees",
}
_STATE = {name: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for name, words in _STATES.items()}
_COUNTED = re.compile(r"[ -]((?:[a-z][\w-]*[ -]){0,2}[a-z][\w-]*)")
_NOT_COUNTED = frozenset(
    "were was are is have has had been be did do who which that while when after as in on at by for from"
    " with and or but"
    " of to dead killed died injured wounded missing arrested people persons person others more watched"
    " attended".split()
)
_OF_PLACE = re.compile(r"\b(?:in|at|near|of|for|from|on|outside|to)\s+(?:the\s+)?$")


@dataclass(frozen=True, slots=True)
class Asserted:
    """What evidence asserts in answer to a question.

    Attributes:
        value: the words, as they stand in the article.
        core: the shortest words that an article which corrects it would repeat.
        figure, unit: of a number; the unit with "a day" and the like behind it.
        days: of a date, its first and last day.
        counted: the words for what is counted; ``state`` is what became of people ("dead", "hurt").
        times: the stretches of days that the sentence names, but for those on which something was said.
        places: names behind a preposition in the sentence.
    """

    evidence: Evidence
    kind: Kind
    value: str
    core: str
    figure: Figure | None = None
    unit: str = ""
    days: tuple[date, date] | None = None
    counted: frozenset[str] = frozenset()
    state: str = ""
    times: tuple[tuple[date, date], ...] = ()
    places: tuple[str, ...] = ()

    @property
    def said(self) -> str:
        """The value as it is told to people: a day is written out."""
        if self.days and not re.search(r"\d", self.value):
            return f"{self.value}, {written(self.days[0].isoformat())}"
        return self.value


def asserted(item: Evidence, kind: Kind, question: str) -> Asserted | None:
    """What ``item`` asserts, if that is one thing of the kind, and no part or change of another.

    Args:
        kind: "number", "date", "person" or "organisation".
    """
    if item.answer is None:
        return None
    match kind:
        case "number":
            return _number(item, question)
        case "date":
            return _date(item)
    return _name(item, kind)


def _answer_at(item: Evidence) -> tuple[int, int]:
    """Where the answer stands in the quote."""
    answer = item.answer or item.span
    return answer.start - item.span.start, answer.end - item.span.start


def _number(item: Evidence, question: str) -> Asserted | None:
    start, end = _answer_at(item)
    quote = item.quote
    taken = [(found.start, found.end) for found in dates.find(quote)]
    figures = [
        figure
        for figure in find_figures(quote)
        if figure.start < end
        and start < figure.end
        and not any(a <= figure.start and figure.end <= b for a, b in taken)
    ]
    changed = False
    if len(figures) == 2 and _FROM_TO.search(f"{quote[: figures[0].start]}¤{quote[figures[0].end : figures[1].start]}"):
        figures, changed = figures[1:], True  # "lowered from nine to eight" says eight
    if len(figures) != 1 or figures[0].vague or _is_part(quote, figures[0], question):
        return None
    figure = figures[0]
    rate = _RATE.match(quote, figure.end)
    unit = f"{figure.unit} a {rate[1]}" if rate else figure.unit
    state = _state(quote, figure, question)
    if state is None:
        return None
    words = item.answer_text.strip()
    alone = len(words) <= _LONGEST and not changed
    return Asserted(
        evidence=item,
        kind="number",
        value=words if alone else figure.text,
        core=figure.text.split()[0] if figure.unit and not figure.is_money else figure.text,
        figure=figure,
        unit={"USD": "dollar", "GBP": "pound"}.get(unit, unit),
        counted=_counted(quote, figure, rate is not None),
        state=state,
        times=_times(item),
        places=_places(item),
    )


def _is_part(quote: str, figure: Figure, question: str) -> bool:
    """Whether a figure is only a part of another one, or says how far something changed."""
    before, after = quote[: figure.start][-60:], quote[figure.end :][:40]
    if _PART_BEFORE.search(before) or (figure.unit != "percent" and _PART_AFTER.match(after)):
        return True
    return bool(_CHANGE.search(before)) and not re.search(
        r"\bby how\b|\b(?:rise|rose|fall|fell|change|increase|cut)\b", question
    )


def _state(quote: str, figure: Figure, question: str) -> str | None:
    """What became of the people that a figure counts, if the question asks for that; None if it is something else."""
    asked = [name for name, pattern in _STATE.items() if pattern.search(question)]
    if not asked:
        return ""
    middle = (figure.start + figure.end) / 2
    near = [
        (abs((match.start() + match.end()) / 2 - middle), name)
        for name, pattern in _STATE.items()
        for match in pattern.finditer(quote)
    ]
    if not near or min(near)[1] not in asked:
        return None
    return min(near)[1]


def _counted(quote: str, figure: Figure, rate: bool) -> frozenset[str]:
    """The nouns behind a bare figure, as far as they can be told."""
    match = None if figure.unit or rate else _COUNTED.match(quote, figure.end)
    if match is None:
        return frozenset()
    words = []
    for word in re.split(r"[ -]", match[1]):
        if word in _NOT_COUNTED:
            break
        words.append(word.removesuffix("s"))
    return frozenset(content_words(" ".join(words)))


def _times(item: Evidence) -> tuple[tuple[date, date], ...]:
    found = []
    published = _day(item)
    for expression in dates.find(item.quote):
        if _SAID_ON.search(item.quote[: expression.start]):
            continue
        period = dates.resolve(expression, item.quote, on=published)
        if period is not None:
            found.append((period.first, period.last))
    return tuple(found)


def _day(item: Evidence) -> date | None:
    try:
        return date.fromisoformat((item.stored.article.published or "")[:10])
    except ValueError:
        return None


def _places(item: Evidence) -> tuple[str, ...]:
    start, end = _answer_at(item)
    return tuple(
        name.text
        for name in names(item.quote)
        if _OF_PLACE.search(item.quote[: name.start]) and not (name.start < end and start < name.end)
    )


def _date(item: Evidence) -> Asserted | None:
    start, end = _answer_at(item)
    found = [one for one in dates.find(item.quote) if one.start < end and start < one.end]
    if len(found) != 1:
        return None
    period = dates.resolve(found[0], item.quote, on=_day(item))
    if period is None:
        return None
    words = item.answer_text.strip()
    return Asserted(
        item,
        "date",
        words if len(words) <= _LONGEST else found[0].text,
        found[0].text,
        days=(period.first, period.last),
    )


def _name(item: Evidence, kind: Kind) -> Asserted | None:
    words = item.answer_text.strip()
    found = names(f"… {words}")
    if len(found) != 1 or len(words) > _LONGEST or re.search(r"\b(?:and|or)\b|,", words):
        return None
    core = found[0].text.split()[-1]
    return Asserted(item, kind, words, core, places=_places(item))
