"""Yes or no: only where a sentence says it in so many words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from searching import quotes, searching

from ingest.article import Article, Span
from ingest.split import split
from ingest.stored import StoredPassage
from qa.decision import decide, verdict
from qa.read import Evidence, Reading
from qa.search import Searcher


@pytest.mark.parametrize(
    ("question", "sentence", "said"),
    [
        ("Did the mayor resign?", "The mayor resigned on Monday, after two years in office.", "Yes"),
        ("Has the mayor resigned?", "The mayor has resigned.", "Yes"),
        ("Was Jane Doe charged with fraud?", "Jane Doe was charged with fraud on Wednesday.", "Yes"),
        ("Did Acme buy Globex?", "Acme bought Globex for 3 million crowns.", "Yes"),
        ("Did the senate reject the sale?", "The senate on Tuesday rejected the sale of the ferries.", "Yes"),
        ("Did the mayor resign?", "The mayor did not resign.", "No"),
        ("Did the mayor resign?", "The mayor hasn't resigned, his office said.", "No"),
        ("Has the strike ended?", "The strike has not ended, the union said.", "No"),
        ("Is the bridge closed?", "The bridge is not closed.", "No"),
    ],
)
def test_a_clear_sentence_decides(question: str, sentence: str, said: str) -> None:
    assert verdict(question, sentence) == said


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("Did the mayor resign?", "The mayor said that he would not resign."),
        ("Did the mayor resign?", "The mayor, who is 66, has refused to resign."),
        ("Did the mayor resign?", "The mayor plans to resign in May."),
        ("Did the mayor resign?", "The mayor denied that he had resigned."),
        ("Did the mayor resign?", "The mayor nearly resigned on Monday."),
        ("Did the mayor resign?", "Opponents demanded that the mayor resign."),
        ("Did the mayor resign?", "If the mayor resigned, there would be an election."),
        ("Did the mayor resign?", "“The mayor resigned,” the caller claimed."),
        ("Did the mayor resign?", "The mayor's deputy resigned on Monday."),
        ("Did the mayor resign?", "Has the mayor resigned?"),
        ("Did the mayor resign?", "He resigned on Monday."),
        ("Did Acme buy Globex?", "Globex bought Acme for 3 million crowns."),
        ("Did the senate approve the sale?", "The senate on Tuesday rejected the sale of the ferries."),
        ("Was Jane Doe charged with fraud?", "Jane Doe was charged with theft on Wednesday."),
        ("Didn't the mayor resign?", "The mayor resigned on Monday."),
        ("Did the mayor resign or retire?", "The mayor resigned on Monday."),
        ("Who resigned?", "The mayor resigned on Monday."),
    ],
)
def test_in_doubt_nothing_is_decided(question: str, sentence: str) -> None:
    assert verdict(question, sentence) == ""


def test_a_surname_will_do_where_the_full_name_is_near() -> None:
    article = "Jane Doe, 49, spoke on Sunday. Doe resigned on Monday."
    assert verdict("Did Jane Doe resign?", "Doe resigned on Monday.", article) == "Yes"
    assert verdict("Did Jane Doe resign?", "Doe resigned on Monday.", "John Doe spoke.") == ""


@given(st.text(), st.text())
def test_any_text_is_judged(question: str, sentence: str) -> None:
    assert verdict(question, sentence) in ("Yes", "No", "")


# ---- whole answers


@pytest.fixture(scope="module")
def searcher(sample_archive: Path) -> Iterator[Searcher]:
    with searching(sample_archive) as searcher:
        yield searcher


def test_the_sentence_that_decides_is_quoted(searcher: Searcher) -> None:
    question = "Did the Senate reject the sale of the waterworks?"
    [line] = decide(searcher.read(question, searcher.find(question)))
    assert line.lead == "Yes:"
    assert quotes([line])[0].startswith("The Senate on Tuesday rejected the sale")


def test_what_no_article_says_is_not_decided(searcher: Searcher) -> None:
    question = "Did the president of Drennia resign?"
    assert all(not line.lead for line in decide(searcher.read(question, searcher.find(question))))


def _reading(*sentences: str) -> Reading:
    items = [
        Evidence(
            stored=StoredPassage(split(text)[0], Article(text=text, id=text)),
            span=Span(0, len(text)),
            score=0.0,
            relevance=8.0,
            rank=float(-at),
        )
        for at, text in enumerate(sentences)
    ]
    return Reading("Did the mayor resign?", tuple(items), 0.9)


def test_contradicting_sentences_are_both_quoted() -> None:
    lines = decide(_reading("The mayor resigned on Monday.", "The mayor did not resign."))
    assert [line.lead for line in lines] == ["", ""]
    assert len(quotes(lines)) == 2


def test_a_question_is_no_answer() -> None:
    lines = decide(_reading("Why has the mayor of Holm resigned?", "The mayor of Holm spoke of resignation."))
    assert quotes(lines) == ["The mayor of Holm spoke of resignation."]
