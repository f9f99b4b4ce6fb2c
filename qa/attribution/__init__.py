"""Who says so: whom an article gives on with the words that are quoted from it, and when the answer must name them.

Rules, for English; in doubt nobody is named. Read in this order: ``quotations`` (what stands between quotation marks),
``sayings`` (whom one sentence names as speaking), ``persons`` (whom "he" means), and here: which sentence tells.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from ingest.article import Article, Span
from ingest.sentences import paragraphs, sentences
from qa.attribution.persons import Person, full_name, persons, spoken_of
from qa.attribution.quotations import masked, quotations
from qa.attribution.sayings import Saying, saying

__all__ = ["attribution", "lead", "needs_attribution"]

# A pronoun is followed back over so many sentences.
_BACK = 4
_ROLE = re.compile(
    r"(?i:\b(?:spokesman|spokeswoman|spokesperson|lawyer|attorney|prosecutor|mayor|judge|mother|father|witness|officer"
    r"|minister|president|director|chairman|chairwoman|coach|manager|official|man|woman|boy|girl|owner|doctor|neighbour"
    r"|neighbor|wife|husband|son|daughter|brother|sister)\b)"
)
_LOWERED = re.compile(
    r"(?:The|A|An|His|Her|Their|Its|One|Two|Police|Prosecutors?|Officials?|Authorities|Investigators"
    r"|Witnesses|Researchers"
    r"|Scientists|Experts|Analysts|Doctors|Residents|Organi[sz]ers|Lawyers|Sources|Critics|Local|State|Federal|City"
    r"|Court|Government|Union|Company|Health|Military|Rescue|Fire|Campaigners|Activists|Economists|Protesters)\b"
)


@dataclass(frozen=True, slots=True)
class _Source:
    """Who says it, and where the article tells: ``start`` and ``end`` are characters of its text. ``named`` is False
    where a pronoun stands there."""

    name: str
    start: int
    end: int
    named: bool


def attribution(span: Span, article: Article) -> str:
    """Who says what stands in ``span``, in the article's words ("police", "Anna Holm"); "" when the article says it
    itself, or does not tell clearly.

    Args:
        span: characters of ``article.text``.
    """
    source = _source(span, article.text)
    return source.name if source else ""


def needs_attribution(span: Span, article: Article) -> bool:
    """Whether a quote of ``span`` alone would hide who says so: the article names them outside it, or it has only a
    pronoun for them."""
    source = _source(span, article.text)
    return source is not None and not (source.named and span.start <= source.start and source.end <= span.end)


def lead(span: Span, article: Article) -> str:
    """The words to put before a quote of ``span`` that would hide who says so: "Anna Holm:", "According to police:";
    "" where none are needed."""
    source = _source(span, article.text)
    if source is None or not needs_attribution(span, article):
        return ""
    if _layout(article.text).quotes(span):
        return f"{source.name[0].upper()}{source.name[1:]}:"
    return f"According to {source.name}:"


@dataclass(frozen=True, slots=True)
class _Layout:
    """An article's text, taken apart once."""

    text: str
    hidden: str
    sentences: tuple[Span, ...]
    paragraphs: tuple[Span, ...]
    quotations: tuple[Span, ...]

    @property
    def persons(self) -> tuple[Person, ...]:
        return _persons(self.text)

    def quotes(self, span: Span) -> bool:
        """Whether there is a quotation in ``span``."""
        return any(quoted.start < span.end and span.start < quoted.end for quoted in self.quotations)

    def quotation(self, span: Span) -> Span | None:
        """The quotation that ``span`` is wholly in, but for marks and spaces."""
        start = span.start + len(self.text[span.start : span.end]) - len(self.text[span.start : span.end].lstrip())
        for quoted in self.quotations:
            if quoted.start <= start + 1 and span.end <= quoted.end + 1 and start < quoted.end:
                return quoted
        return None

    def over(self, span: Span) -> list[int]:
        """The numbers of the sentences that ``span`` touches."""
        return [at for at, other in enumerate(self.sentences) if other.start < span.end and span.start < other.end]

    def paragraph(self, at: int) -> int:
        """The number of the paragraph that a character is in."""
        return next((number for number, span in enumerate(self.paragraphs) if at < span.end), len(self.paragraphs) - 1)

    def saying(self, number: int) -> Saying | None:
        """Who says the sentence of that number, with places in the article."""
        span = self.sentences[number]
        found = saying(span.cut(self.text).replace("\n", " "), span.cut(self.hidden))
        return found and Saying(
            self.text[span.start + found.start : span.start + found.end],
            span.start + found.start,
            span.start + found.end,
            found.pronoun,
        )


@lru_cache(maxsize=16)
def _layout(text: str) -> _Layout:
    quoted = quotations(text)
    return _Layout(text, masked(text, quoted), tuple(sentences(text)), tuple(paragraphs(text)), tuple(quoted))


@lru_cache(maxsize=16)
def _persons(text: str) -> tuple[Person, ...]:
    """Looked for only where a pronoun or a surname asks for them: that takes longer than all the rest."""
    return tuple(persons(text))


def _source(span: Span, text: str) -> _Source | None:
    layout = _layout(text)
    numbers = layout.over(span)
    if not numbers:
        return None
    found = [_said_in(layout, number) for number in numbers]
    known = [source for source in found if source]
    if len({source.name for source in known}) > 1:
        return None
    if known and (found[0] or all(layout.quotation(layout.sentences[number]) for number in numbers)):
        return known[0]
    if all(found) or (quoted := layout.quotation(span)) is None:
        return known[0] if known and all(found) else None
    return _speaker_around(layout, numbers, quoted)


def _said_in(layout: _Layout, number: int) -> _Source | None:
    """Who says a sentence, by its own words."""
    found = layout.saying(number)
    if found is None:
        return None
    if found.pronoun:
        name = _meant(layout, number, found)
        return _Source(name, found.start, found.end, named=False) if name else None
    name = _one_line(found.words)
    name = name if " " in name and not name.startswith(("Mr", "Ms", "Miss", "Dr")) else full_name(name, layout.persons)
    return _Source(_plain(name), found.start, found.end, named=True)


def _one_line(words: str) -> str:
    return " ".join(words.split())


def _plain(name: str) -> str:
    """``name`` without the capital letter that it only has at the beginning of a sentence."""
    return name[0].lower() + name[1:] if _LOWERED.match(name) else name


def _speaker_around(layout: _Layout, numbers: list[int], quoted: Span) -> _Source | None:
    """Who says a quotation whose sentences do not tell: the sentences in which it begins or ends do, or the one before
    it in its paragraph, or the paragraph before it."""
    edges = layout.over(quoted)
    for number in (edges[0], edges[-1]):
        if number not in numbers and (source := _said_in(layout, number)):
            return source
    return _told_before(layout, edges[0], quoted)


def _told_before(layout: _Layout, first: int, quoted: Span) -> _Source | None:
    paragraph = layout.paragraph(quoted.start)
    inside = layout.text[layout.paragraphs[paragraph].start : quoted.start]
    for number in range(first - 1, -1, -1):
        span = layout.sentences[number]
        if span.start >= layout.paragraphs[paragraph].start:
            if source := _said_in(layout, number):
                return source
            if layout.quotation(span) is None:
                return None
        elif inside.strip() == "" or layout.quotes(Span(layout.paragraphs[paragraph].start, quoted.start)):
            return _told_above(layout, number, paragraph)
        else:
            return None
    return None


def _told_above(layout: _Layout, last: int, paragraph: int) -> _Source | None:
    """Who speaks on from the paragraph above, whose last sentence is number ``last``: it ends in an open quotation, or
    with a colon, or tells who speaks."""
    above = layout.paragraphs[paragraph - 1]
    if layout.sentences[last].start < above.start:
        return None
    open_quote = next(
        (quote for quote in layout.quotations if quote.end == above.end and quote.start >= above.start), None
    )
    if open_quote and layout.text[above.end - 1] not in "\"”»'":
        begins = layout.over(open_quote)[0]
        return _said_in(layout, begins) or _told_before(layout, begins, open_quote)
    return _said_in(layout, last)


def _meant(layout: _Layout, number: int, found: Saying) -> str:
    """Whom the pronoun of a sentence means: the person, or the holder of a role, whom the last sentence that has any
    names; "" where that could be several."""
    before = layout.hidden[layout.sentences[number].start : found.start]
    if named := spoken_of(before, layout.persons):
        return _only(named, found.pronoun, before)
    candidate = ""
    for back in range(number - 1, max(-1, number - 1 - _BACK), -1):
        span = layout.sentences[back]
        if layout.quotation(span):
            continue
        telling = layout.saying(back)
        if telling and not telling.pronoun and (speaker := _speaks_again(layout, telling, found.pronoun)) is not None:
            return speaker if candidate in ("", speaker) else ""
        words = span.cut(layout.hidden)
        if not candidate and (named := spoken_of(words, layout.persons)):
            candidate = _only(named, found.pronoun, words)
            known = any(person.name == candidate and person.gender for person in named)
            if not candidate or known or (back == number - 1 and _begins_with(words, candidate, layout, number)):
                return candidate
        elif not candidate and _ROLE.search(words):
            return ""
    return candidate


def _begins_with(words: str, name: str, layout: _Layout, number: int) -> bool:
    """Whether a sentence begins with a person and stands in one paragraph with the sentence of that number."""
    within = layout.paragraphs[layout.paragraph(layout.sentences[number].start)]
    first = words.split()[0].strip(",’'")
    return first in name.split() and within.start <= layout.sentences[number - 1].start


def _speaks_again(layout: _Layout, telling: Saying, pronoun: str) -> str | None:
    """The name of the speaker of an earlier sentence, if the pronoun may mean them, else ""; None if it cannot mean
    them, because they are many or no person."""
    name = full_name(_one_line(telling.words), layout.persons)
    matching = [person for person in layout.persons if person.name in name]
    if matching:
        return matching[0].name if matching[0].gender in ("", pronoun) else None
    if _ROLE.search(name) and not name.endswith("s"):
        return _plain(name)
    return None if _LOWERED.match(name) else ""


def _in_view(person: Person, sentence: str) -> bool:
    """Whether a sentence is about a person whom it names: not only in passing, behind a preposition late in it."""
    at = max(sentence.find(person.name), 0) or max(sentence.find(person.surname), 0)
    before = sentence[:at]
    return len(before.split()) <= 3 or not re.search(
        r"(?i:\b(?:after|of|by|with|to|from|against|about|over|in|at|on|and|named|like|than))\s+(?:[\w.]+\s+){0,2}$",
        before,
    )


def _only(named: list[Person], pronoun: str, sentence: str) -> str:
    """The one person of a sentence who may be meant, if it is about them; else ""."""
    fitting = [person for person in named if person.gender in ("", pronoun)]
    return fitting[0].name if len(fitting) == 1 and _in_view(fitting[0], sentence) else ""
