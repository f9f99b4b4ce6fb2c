"""Answers, sources and articles as HTML. Every word from an article or a question passes through ``text.e``.

It asks nothing and decides nothing; of the archive it only needs articles by their id, to cut each quote afresh.

text.py            escaping, days, counts, links
conversation.py    questions with their answers, steps, abstentions and failures
evidence.py        the sources of an answer
quote.py           a quote in its paragraph
sentences.py       an answer's text, its markers made buttons
marks.py           places in an article, and a text with them marked
reader.py          a whole article
over_time.py       articles over time, and the course of events
filters.py         the form that narrows a search
start.py           the page's head, and what it shows before the first question
"""

from web.render.conversation import conversation, failure, progress, turn
from web.render.evidence import evidence, evidence_pane, no_evidence
from web.render.filters import filter_form, scope, shortcuts
from web.render.marks import Mark
from web.render.over_time import course, over_time
from web.render.quote import Articles
from web.render.reader import reader, reader_frame
from web.render.start import brand, held, leave, leaving, start, tools
from web.render.text import holdings, long_day, period

__all__ = [
    "Articles",
    "Mark",
    "brand",
    "conversation",
    "course",
    "evidence",
    "evidence_pane",
    "failure",
    "filter_form",
    "held",
    "holdings",
    "leave",
    "leaving",
    "long_day",
    "no_evidence",
    "over_time",
    "period",
    "progress",
    "reader",
    "reader_frame",
    "scope",
    "shortcuts",
    "start",
    "tools",
    "turn",
]
