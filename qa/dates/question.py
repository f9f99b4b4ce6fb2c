"""Which days a question asks for: a filter, a preference, or nothing.

Three things look alike and are kept apart. A *reported* time ("articles published in March") is a filter on
publication days. The time of an *event* ("Who resigned on 3 March?") is a preference only, and reaches some days
beyond the event, since news comes after it; it becomes a filter when the time is all that is asked for ("What
happened last week?"). A date that only *names its subject* ("the 2020 accord"), one in a side clause ("after
stepping down two years ago, ...") and one that lies ahead of the asker narrow nothing. In doubt nothing is read: a
wrong filter loses the answer, a missing one costs a little rank.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from qa.dates.expressions import TimeExpression, find
from qa.dates.resolve import tense
from qa.dates.stretches import LEAD, Stretch, spoken, stretches

__all__ = ["QuestionDates", "read_question"]

_PATIENCE = {"day": 7, "weekday": 7, "weekend": 7, "week": 7, "month": 14, "quarter": 60, "half": 60, "season": 60}
"""Days after an event in which it is still reported. Figures for a quarter come out weeks later, those for a year in
the next one: 365."""
_PATIENCE_OF_FILTERS = {
    "day": 3,
    "weekday": 3,
    "weekend": 3,
    "week": 3,
    "month": 7,
    "quarter": 14,
    "half": 14,
    "season": 14,
}


@dataclass(frozen=True, slots=True)
class QuestionDates:
    """The days that a question asks for.

    Attributes:
        kind: "filter": only articles published from ``start`` to ``end``; "preference": those first; "none".
        start, end: publication days, ISO 8601, both included; None leaves that side open.
        words: the words it was read from, as they stand in the question, and ``at`` where they stand.
        basis: whether the words speak of when it was "reported" or when the "event" happened; "" if neither.
        latest: whether the newest report is wanted ("now", "latest").
        recent: whether it speaks of the news of the asker's days without narrowing them ("recently", "this fall").
        current: whether it asks how things stand, without a word that says so ("Who heads X?", "Is Y open?").
        first, last: the days that the words themselves mean, ISO 8601; None leaves that side open.
        asked_on: the day that all of it is reckoned from; None when nothing was read.
        note: a sentence for people; "" when nothing was read.
    """

    kind: Literal["filter", "preference", "none"] = "none"
    start: str | None = None
    end: str | None = None
    words: str = ""
    at: tuple[int, int] | None = None
    basis: Literal["", "reported", "event"] = ""
    latest: bool = False
    recent: bool = False
    current: bool = False
    first: str | None = None
    last: str | None = None
    asked_on: str | None = None
    note: str = ""


_NOW = re.compile(
    r"\b(?:most recent(?:ly)?|right now|now|currently?|at the moment|at present|so far|these days|nowadays|up to now"
    r"|to date|still|(?:latest|newest)(?=\s*(?:$|[?.!,]|(?:on|about|from|regarding|with|news|reports?|figures?|numbers?"
    r"|counts?|toll|tally|score|status|updates?|information|estimates?|developments?|polls?|prices?|word)\b)))\b",
    re.IGNORECASE,
)
_RECENT = re.compile(r"\b(?:recent(?:ly)?|latest|newest|newly|just\s\w+(?:ed|en))\b", re.IGNORECASE)
_QUOTED = re.compile(r"[“\"][^“”\"]*[”\"]")
_CURRENT = re.compile(
    r"^\W*(?:(?:and|so|but)\s+)?(?:who(?:['’]s|\s+(?:is|are|heads?|leads?|runs?|owns?|governs?|chairs?|represents?"
    r"|manages?|coach(?:es)?|holds?|commands?|controls?|presides|directs?))\b|(?:is|are)\s"
    r"|how (?:many|much)\b[^?.!,]*\b(?:is|are)\b|what(?:['’]s|\s+(?:is|are))\s+the\s+(?:\w+\s+)?(?:toll|price|rate"
    r"|status|state|number|score|count|tally|level|population)\b"
    r"|(?:what|which)\s+(?:\w+\s+){1,2}(?:is|are)\s+(?:in\s+charge|open|closed|banned|missing)\b)",
    re.IGNORECASE,
)
_ARTICLES = r"(?:articles?|stor(?:y|ies)|reports?|news|coverage|pieces?|headlines?|items?|posts?|dispatch(?:es)?)"
_PREPOSITION = r"(?:in|on|from|of|during|over|between|since|before|after|until|within|at|around|dated)"
_REPORTED = re.compile(
    rf"(?:\b{_ARTICLES}\s+(?:that\s+)?(?:(?:were|was|have been|has been|are|is)\s+)?(?:published|printed|written"
    rf"|posted|dated|released)?"
    rf"(?:\s+(?:about|on|with)\s+\S+(?:\s+\S+){{0,3}})?"
    rf"|\bwhat\s+(?:was|were|has been|had been)\s+(?:reported|published|printed|written|in the (?:news|papers?"
    rf"|headlines))(?:\s+(?:about|on)\s+\S+(?:\s+\S+){{0,5}})?"
    rf"|\bwhat\s+did\s+[^?.!]{{1,40}}\breport(?:ed)?(?:\s+(?:about|on)\s+\S+(?:\s+\S+){{0,5}})?"
    rf"|\b(?:published|reported)\s+only)\s*(?:{_PREPOSITION}\s+)?(?:the\s+)?$",
    re.IGNORECASE,
)
_REPORTS_DATED = re.compile(rf"^['’]s?\s+{_ARTICLES}\b|^\s+{_ARTICLES}\b", re.IGNORECASE)
_OVERVIEW = re.compile(
    r"^\W*(?:(?:and|so|please)\s+)?(?:what(?:['’]s| is| was| has| else)?\s+(?:(?:has|else|all)\s+)*(?:happen(?:ed|s"
    r"|ing)?\b(?!\s+to\b)|new|going on|went on|the news|in the news|been happening|been going on)"
    r"|what (?:are|were) the (?:main |top |biggest |big |most important )?(?:news|events|headlines|stories)|(?:any"
    r"|give me the|show me the|tell me the|list the) (?:latest |top )?(?:news|events|headlines)"
    r"|(?:summari[sz]e|recap)\b)",
    re.IGNORECASE,
)
_SIDE_CLAUSE = re.compile(
    r"\b(?:after|following|since|before|despite|because|although|though|while|when|whose|that|which|who|as|until"
    r"|ahead of)\b",
    re.IGNORECASE,
)
_SUPERLATIVE = re.compile(r"\b(?:first|\w+est|most|least|record|worst|best|only|last)\b[^?.!,]*$", re.IGNORECASE)
_AHEAD = re.compile(
    r"\b(?:upcoming|coming|until|till|by|through|up to|expires?|begins?|beginning|starts?|starting|ends|ending|due"
    r"|deadline)(?:\s+(?:on|in|from|at))?"
    r"(?:\s+the)?(?:\s+end\s+of)?(?:\s+the)?\s*$",
    re.IGNORECASE,
)
# What a figure is measured against: "up 5% from last year", "than in 2019".
_COMPARED = re.compile(
    r"(?:\b(?:compared (?:to|with)|than|versus|vs\.?|relative to)"
    r"|\b(?:increas|decreas|ris|ros|grow|grew|fell|fall|drop|chang|declin|up|down|jump|gain)\w*\b[^?.!]*\bfrom)"
    r"\s+(?:(?:in|on|at|during|it was in|they were in)\s+)?(?:the\s+)?$",
    re.IGNORECASE,
)
_PART_OF_DAY = re.compile(
    r"\b(?:night|morning|afternoon|evening|hours|weekend|day|days|weeks?|month)\s+of\s+(?:the\s+)?$", re.IGNORECASE
)
_VAGUE = re.compile(r"\b(?:more than|over|at least|nearly|almost|about|some|around|roughly)\s+$", re.IGNORECASE)
# What may follow the time of an event; before any other word a year, month or day names its subject ("the May 6 deal").
_GOES_ON = re.compile(
    r"^\s*(?:$|[?.!,;:)\"”]|[-–—]\s|(?:the|a|an|and|or|but|in|on|at|by|for|from|of|to|with|about|against|over|under"
    r"|into|near|across|during"
    r"|after|before|because|as|than|that|which|who|whom|whose|what|where|when|why|how|is|are|was|were|did|does|do|has"
    r"|have|had|will|would|he|she|it|they"
    r"|him|her|them|his|its|their|this|these|those|alone|here|there|so|if|while|amid|between|following|according"
    r"|regarding|concerning)\b)",
    re.IGNORECASE,
)


def read_question(question: str, *, asked_on: date, newest: date | None = None) -> QuestionDates:
    """The days that ``question`` asks for, reckoned from ``asked_on``.

    Args:
        question: complete.
        asked_on: the asker's day.
        newest: the day of the newest article. Where that lies more than half a year back, "7 October" without a year is
            the last one that the articles can tell of.
    """
    plain = _QUOTED.sub(lambda quoted: " " * len(quoted[0]), question)
    now = _NOW.search(plain)
    expressions = find(question, any_case=True)
    readings = stretches(question, expressions, asked_on, newest)
    reported = [reading for reading in readings if _is_reported(question, reading)]
    if len(reported) == 1:
        return _asked_for(question, reported[0], asked_on, now, basis="reported")
    events = [reading for reading in readings if _is_event(question, reading, asked_on)]
    if len(events) == 1:
        return _asked_for(question, events[0], asked_on, now, basis="event")
    return _undated(question, plain, expressions, asked_on, now)


def _undated(
    question: str, plain: str, expressions: list[TimeExpression], asked_on: date, now: re.Match[str] | None
) -> QuestionDates:
    """Of a question that names no day to look in: whether it wants the newest reports, or recent ones."""
    if now is not None:
        return QuestionDates(
            words=question[now.start() : now.end()],
            at=now.span(),
            latest=True,
            asked_on=asked_on.isoformat(),
            note=f"Took “{question[now.start() : now.end()]}” to ask for the newest reports.",
        )
    recent = bool(_RECENT.search(plain)) or any(_is_of_our_days(expression, asked_on) for expression in expressions)
    current = not recent and bool(_CURRENT.match(question)) and not expressions
    if not (recent or current):
        return QuestionDates()
    return QuestionDates(recent=recent, current=current, asked_on=asked_on.isoformat())


def _is_of_our_days(expression: TimeExpression, asked_on: date) -> bool:
    """Whether the words mean a time only as seen from the asker's day: "Tuesday", "this fall", "next month"."""
    if expression.is_complete:
        return expression.year == asked_on.year
    return expression.unit != "decade" and expression.relation != "window" and abs(expression.shift or 0) <= 1


def _asked_for(
    question: str,
    reading: Stretch,
    asked_on: date,
    now: re.Match[str] | None,
    *,
    basis: Literal["reported", "event"],
) -> QuestionDates:
    overview = (
        bool(_OVERVIEW.match(question)) and reading.unit not in ("year", "decade") and _is_news(reading, asked_on)
    )
    kind: Literal["filter", "preference"] = "filter" if basis == "reported" or overview else "preference"
    last = reading.last
    if last is not None and reading.first is not None and basis == "event":
        patience = (_PATIENCE_OF_FILTERS if kind == "filter" else _PATIENCE).get(reading.unit, 365)
        last = min(last + timedelta(days=patience), max(asked_on, last))
    words = question[reading.start : reading.end]
    same = words.casefold() == reading.meaning.casefold()
    note = f"Read “{words}” as {'the time that is asked for' if same else reading.meaning}"
    if kind == "filter" and last != reading.last and last is not None:
        note += f", and took articles up to {spoken(last)}"
    return QuestionDates(
        kind,
        _iso(reading.first),
        _iso(last),
        words,
        (reading.start, reading.end),
        basis,
        latest=now is not None,
        first=_iso(reading.first),
        last=_iso(reading.last),
        asked_on=asked_on.isoformat(),
        note=f"{note}.",
    )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _is_news(reading: Stretch, asked_on: date) -> bool:
    """Whether what happened then can be asked of the news of those days; of a day long ago, later articles tell."""
    return reading.first is None or asked_on - reading.first < 3650 * timedelta(days=1)


# ---- what the words speak of


def _is_reported(question: str, reading: Stretch) -> bool:
    """Whether the words say when something was published: "articles from March", "last week's news"."""
    before = question[max(0, reading.start - 120) : reading.start]
    return bool(_REPORTED.search(before) or _REPORTS_DATED.match(question[reading.end :]))


def _is_event(question: str, reading: Stretch, asked_on: date) -> bool:
    """Whether the words say when the thing asked about happened, and that it can have been reported."""
    before, after = question[: reading.start], question[reading.end :]
    if reading.first is not None and reading.first > asked_on:
        return False
    if _AHEAD.search(before) and not _is_open(reading):
        return False
    return not (_names_subject(before, after, reading) or _in_side_clause(before) or _is_future(question, reading))


def _is_open(reading: Stretch) -> bool:
    return reading.first is None or reading.last is None


def _is_future(question: str, reading: Stretch) -> bool:
    here = TimeExpression("", reading.start, reading.end, "day")
    return reading.last is not None and tense(question, here) == "future"


def _names_subject(before: str, after: str, reading: Stretch) -> bool:
    """ "The 2020 accord", "Euro 2022", "the May 6 deal", "the highest since 2011", "word of the year for 2022"."""
    lead = LEAD.search(before[-60:])
    if _COMPARED.search(before) or _VAGUE.search(before):
        return True
    if re.match(r"['’]s?\s", after):
        return reading.unit in ("year", "decade", "month") and not lead and "last" not in before[-6:]
    if lead and lead["word"].lower() in ("of", "for"):
        return not _PART_OF_DAY.search(before)
    if _is_open(reading) and _SUPERLATIVE.search(before):
        return True
    if lead and re.match(r"\s+\w+ing\b", after):
        return False  # "a letter in July accusing ..."
    return reading.unit in ("year", "decade", "month", "day") and not _GOES_ON.match(after)


def _in_side_clause(before: str) -> bool:
    """Whether the words stand in a clause that only sets the scene: after "following", "since it", "which was"."""
    clause = re.split(r"[,;:?.!]\s", before)[-1]
    for match in _SIDE_CLAUSE.finditer(clause):
        opens_question = not clause[: match.start()].strip(" \"'“‘¿-") or re.fullmatch(
            r"\W*(?:(?:and|so|but|in|at|on|of|to|for|from|with|by)\W+)*", clause[: match.start()], re.IGNORECASE
        )
        asks = match[0].lower() in ("who", "which", "when", "whose", "what")
        follows = clause[match.end() :].strip()
        if follows and not (asks and opens_question):
            if asks and re.match(r"\w+\s+\w+", follows) and _asks_late(clause, match.start()):
                continue
            return True
    return False


def _asks_late(clause: str, start: int) -> bool:
    """ "The company was sued by which state on Monday?": the question word stands late, and opens no clause."""
    return bool(
        re.search(r"\b(?:by|of|in|to|from|with|at|for|on|as|is|are|was|were|joined|called)\s+$", clause[:start])
    )
