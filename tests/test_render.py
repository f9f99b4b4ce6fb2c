"""Answers as HTML: dates in words, and no word of an article or a question that could act as markup."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.article import Article
from ingest.stored import ArchiveStats, Version
from qa.answer import (
    Answer,
    AnswerSpan,
    ArticleRef,
    Citation,
    Claim,
    Disagreement,
    Filters,
    ResolvedDate,
    RetrievedPassage,
    Searched,
)
from qa.timeline import Bar, Event, Timeline
from web import render

MARKUP = (
    '<img src=x onerror="y">',
    "</mark>",
    "' x='",
    '" x="',
    "&lt;b&gt;",
    "<!--",
    "]]>",
    "[1]",
    "\n",
    "\0",
    "é",
    " ",
)
words = st.lists(st.sampled_from(MARKUP) | st.text(max_size=8), max_size=8).map("".join)
# No words of our own hold these: a tag or an attribute beyond them came from outside.
TAGS = set(
    "a article bdi blockquote button del details dialog div fieldset form h2 h3 header input ins label legend li mark "
    "ol p section small span strong summary ul".split()
)
ATTRIBUTES = set(
    "aria-hidden aria-label aria-labelledby class data-address data-again data-article data-card data-chip data-chosen "
    "data-course data-day data-drop data-filter data-filters data-first data-last data-mark data-marks data-number "
    "data-question data-read data-turn data-value dir hidden href id method name rel role style tabindex target "
    "title type value".split()
)


class Seen(HTMLParser):
    """What a browser would make of some HTML."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: dict[str, list[str | None]] = {}
        self.open: list[str] = []
        self.text = ""
        self.marked = ""
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag != "input":
            self.open.append(tag)
        for name, value in attrs:
            self.attributes.setdefault(name, []).append(value)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data
        if "mark" in self.open:
            self.marked += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment got in: {data!r}")


class Shelf(dict[str, Article]):
    """A few articles by their id."""

    def article(self, article_id: str, /) -> Article | None:
        return self.get(article_id)


def _answer(text: str, article: Article, start: int, end: int, question: str, note: str) -> Answer:
    ref = ArticleRef(article.id, article.title, article.url, article.source, article.authors, article.published)
    day = ResolvedDate(article.text[start:end], start, end, "2025-01-02")
    return Answer(
        question=question,
        answered=True,
        text=text,
        confidence=0.9,
        citations=(Citation(1, article.text[start:end], start, end, 0.9, ref, (day,), (ref,)),),
        standalone_question=question,
        notes=(note,),
        passages=(RetrievedPassage(1, ref, 0, len(article.text), article.text, 0.5),),
        filters=Filters("2025-01-01", None, (note,), (note,)),
        searched=Searched(1, article.published, article.published),
    )


def _read(article: Article, answer: Answer) -> str:
    """The article in the reader, with a version that said something else and a copy of itself."""
    versions = [
        Version(1, replace(article, text=f"{article.text} Once.", title="Other"), "2025-01-01", "2025-01-02"),
        Version(2, article, "2025-01-02", None),
    ]
    marks = [render.Mark.of(citation) for citation in answer.citations]
    return render.reader(article, marks=marks, versions=versions, copies=[article])


@given(title=words, source=words, published=words, url=words, body=st.tuples(words, words, words), said=words)
def test_words_from_outside_are_never_markup(
    title: str, source: str, published: str, url: str, body: tuple[str, str, str], said: str
) -> None:
    text = "".join(body)
    start, end = len(body[0]), len(body[0] + body[1])
    article = Article(text, title=title, source=source, published=published, url=url, id="a", date_note=said)
    answer = _answer(f"{' '.join(body[1].split())} [1] {said}", article, start, end, said, said)
    abstained = Answer(said, False, said, 0.1, passages=answer.passages, notes=(said,))
    sources = render.evidence(1, answer, Shelf(a=article))
    for source_of in (
        render.conversation(
            [render.turn(1, answer), render.turn(2, abstained), render.progress(3, said, [said, said], [said])]
        ),
        render.failure(1, said, said),
        render.evidence_pane([sources, render.evidence(2, abstained, Shelf(a=article))]),
        _read(article, answer),
        render.filter_form(ArchiveStats(1, 1, published, published, ((source, 1),)), ((said, 1),)),
        render.course([Event(said, answer.citations[0])]),
        render.over_time(Timeline("day", (Bar("2025-01-01", said, 3), Bar("2025-01-02", said, 0))), course_at=said),
    ):
        seen = Seen(source_of)
        assert seen.open == []
        assert seen.tags <= TAGS
        assert seen.attributes.keys() <= ATTRIBUTES
    assert Seen(sources).marked == article.text[start:end].replace("\0", "�") or "\0" in text


@pytest.mark.parametrize(
    ("url", "led_to"),
    [
        ("https://example.org/a?b=1&c=2", "https://example.org/a?b=1&c=2"),
        ("HTTP://example.org", "http://example.org"),
        ("javascript:alert(1)", None),
        ("java\nscript:alert(1)", None),
        (" data:text/html,x", None),
        ("//example.org", None),
        ("https://", None),
        ("http://[broken", None),
        (None, None),
    ],
)
def test_only_web_addresses_are_links(url: str | None, led_to: str | None) -> None:
    article = Article("The mill burned.", title="Mill", url=url, id="a")
    sources = Seen(render.evidence(1, _answer("The mill burned. [1]", article, 0, 16, "?", ""), Shelf(a=article)))
    assert set(sources.attributes.get("href", [])) == ({led_to} if led_to else set())


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("2025-01-03", "2025-11-20", "3 January to 20 November 2025"),
        ("2024-12-31", "2025-01-01", "31 December 2024 to 1 January 2025"),
        ("2025-03-01", "2025-03-31", "1 to 31 March 2025"),
        ("2025-03-01", "2025-03-01T10:00:00+01:00", "1 March 2025"),
        ("2025-03-01", None, "1 March 2025"),
        (None, None, ""),
    ],
)
def test_periods_are_written_as_people_write_them(first: str | None, last: str | None, words: str) -> None:
    assert render.period(first, last) == words


def test_several_sources_of_a_sentence_stay_on_its_last_word() -> None:
    article = Article("The mill burned.", title="Mill", id="a")
    one = _answer("", article, 0, 16, "?", "").citations[0]
    answer = Answer("?", True, "The mill burned. [1][2]", 0.9, citations=(one, one))
    assert Seen(render.turn(1, answer)).text.startswith("?The mill burned.11")
    assert '<span class="tail">burned.<button' in render.turn(
        1, replace(answer, citations=(replace(one, dates=()),) * 2)
    )


def test_words_that_answer_are_set_off_wherever_the_answer_breaks_the_quote_differently() -> None:
    text = "It was, they said,\n\n  the   mill [3] of Anders Holt. It burned."
    article = Article(text, title="Mill", id="a")
    span = AnswerSpan("Anders Holt.", text.index("Anders"), text.index(" It"))
    citation = replace(_answer("", article, 0, len(text), "?", "").citations[0], dates=(), answer=span)
    shown = render.turn(
        1, Answer("?", True, "It was, they said, the mill (3) of Anders Holt. It burned. [1]", 0.9, (citation,))
    )
    assert '<strong class="answers">Anders Holt</strong>.' in shown


@pytest.mark.parametrize(
    "written", ["1-2-00000000-1", "x", "1-2", "-1-2-00000000-1", "9" * 30, "5-2-00000000-1", "٣-٤-00000000-1", ",,"]
)
def test_marks_that_do_not_fit_the_text_are_never_shown(written: str) -> None:
    article = Article("The mill burned.", title="Mill", id="a")
    assert "<mark" not in render.reader(article, marks=render.Mark.read(written))


def test_mark_says_where_a_quote_stands_and_comes_back_as_it_was() -> None:
    article = Article("The mill burned.", title="Mill", id="a")
    mark = render.Mark.of(_answer("", article, 4, 8, "?", "").citations[0])
    assert render.Mark.read(f"{mark},rubbish,{mark}") == (mark, mark)
    assert mark.stands_in(article.text)
    assert not mark.stands_in("The hill burned.")
    assert '<mark class="cited" data-mark="1" data-number="1">mill</mark>' in render.reader(article, marks=[mark])


def test_note_that_a_card_of_differing_reports_tells_is_not_told_twice() -> None:
    article = Article("Five died. Six died.", title="Mill", source="Post", id="a")
    one = _answer("", article, 0, 10, "?", "").citations[0]
    differing = Disagreement("the dead", (Claim("Five", 1), Claim("Six", 1, latest=True)))
    notes = ("A later report revises the earlier: Six (Post); Five (Post).", "Another note.")
    answer = Answer("?", True, "Five died. [1]", 0.9, (one,), notes=notes, disagreements=(differing,))
    shown = render.turn(1, answer)
    assert "A later report" not in shown
    assert "Another note." in shown
    assert shown.count('class="latest"') == 1


def test_bars_are_as_high_as_their_share_and_empty_days_have_none() -> None:
    bars = (Bar("2025-01-01", "2025-01-01", 4), Bar("2025-01-02", "2025-01-02", 0), Bar("2025-01-03", "2025-01-03", 2))
    shown = Seen(render.over_time(Timeline("day", bars)))
    assert [one for one in shown.attributes["style"] if one and "high" in one] == ["--high:100%", "--high:50%"]
    assert shown.attributes["data-first"] == ["2025-01-01", "2025-01-03"]
    assert render.over_time(Timeline("day", bars[:1])) == ""
