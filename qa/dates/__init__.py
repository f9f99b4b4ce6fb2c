"""Time expressions: what "last Wednesday" means in a quote, and which days a question asks for.

Rules over English text, no model and no data files; every search is linear in the text's length. Read in this order:
``lexicon`` (words), ``period`` (stretches of days), ``expressions`` (finding them), ``resolve`` (what they mean,
seen from an article's day), ``stretches`` (which days those of a question mean), ``question`` (which it asks for).
"""

from qa.dates.expressions import TimeExpression, find
from qa.dates.period import Period
from qa.dates.question import QuestionDates, read_question
from qa.dates.resolve import resolve, resolve_quote

__all__ = ["Period", "QuestionDates", "TimeExpression", "find", "read_question", "resolve", "resolve_quote"]
