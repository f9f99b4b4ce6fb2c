"""Answers as HTML: dates in words, and no word of an article or a question that could act as markup."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.article import Article
from qa.answer import Answer, ArticleRef, Citation, Filters, ResolvedDate, RetrievedPassage, Searched
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
TAGS = set("a blockquote button div h2 h3 li mark ol p section span ul".split())
ATTRIBUTES = set(
    "aria-hidden aria-label class data-card data-chip data-day data-turn dir hidden href id rel role tabindex target "
    "title type".split()
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
        filters=Filters("2025-01-01", None, (note,)),
        searched=Searched(1, article.published, article.published),
    )


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
        render.conversation([render.turn(1, answer), render.turn(2, abstained), render.progress(3, said, said)]),
        render.failure(1, said, said),
        render.evidence_pane([sources, render.evidence(2, abstained, Shelf(a=article))]),
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
    assert '<span class="tail">burned.<button' in render.turn(1, answer)
