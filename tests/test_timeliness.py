"""Time in the choice of evidence: nearer days first, sentences that name the day, answers that changed."""

from __future__ import annotations

from datetime import date

import pytest

from ingest.article import Article, Passage, Span
from ingest.stored import StoredPassage
from qa.dates import QuestionDates, read_question
from qa.read import Evidence
from qa.timeliness import bonus, changed_later, mentions, note

ASKED_ON = date(2025, 4, 2)  # a Wednesday
NEWEST = "2025-04-01"


def days(question: str) -> QuestionDates:
    return read_question(question, asked_on=ASKED_ON)


def evidence(
    text: str, answer: str, published: str | None, *, source: str = "Coast Post", rank: float = 0.0
) -> Evidence:
    article = Article(text=text, title="", source=source, published=published, id=published or "undated")
    whole, start = Span(0, len(text)), text.index(answer)
    stored = StoredPassage(Passage(0, len(text), (whole,), id=1, article_id=article.id), article)
    return Evidence(stored, whole, 0.0, 0.0, Span(start, start + len(answer)), rank)


@pytest.mark.parametrize(
    ("question", "nearer", "farther"),
    [
        ("Who resigned on 3 March 2025?", "2025-03-04", "2025-03-20"),
        ("Who resigned on 3 March 2025?", "2025-03-02", "2025-02-20"),
        ("Who has resigned since March?", "2025-03-20", "2025-02-20"),
        ("Which airline recently closed?", "2025-03-30", "2025-01-30"),
        ("What is the latest on the strike?", "2025-04-01", "2025-03-01"),
        ("Who heads Acme?", "2025-03-01", "2024-03-01"),
    ],
)
def test_nearer_days_come_first(question: str, nearer: str, farther: str) -> None:
    assert bonus(farther, days(question), NEWEST) < bonus(nearer, days(question), NEWEST) <= 0


def test_the_days_of_the_event_are_all_alike() -> None:
    asked = days("Who resigned in March?")
    assert {bonus(day, asked, NEWEST) for day in ("2025-03-01", "2025-03-31T23:00:00Z", "2025-04-02")} == {0.0}


@pytest.mark.parametrize("published", ["2025-03-30", "1999-01-01", None, "not a day"])
def test_questions_without_a_time_prefer_no_day(published: str | None) -> None:
    assert bonus(published, days("Who signed the 2020 accord?"), NEWEST) == 0


def test_undated_articles_neither_win_nor_lose() -> None:
    assert bonus(None, days("Who resigned last week?"), NEWEST) == 0


def test_newest_counts_from_the_archive_where_it_ended_long_ago() -> None:
    asked = days("What is the latest on the strike?")
    assert bonus("2021-06-30", asked, "2021-06-30") == 0
    assert bonus("2021-06-30", asked, None) < -1


@pytest.mark.parametrize(
    ("question", "sentence", "named"),
    [
        ("Who resigned on 3 March 2025?", "She resigned on Monday.", True),
        ("Who resigned on 3 March 2025?", "She resigned today.", False),
        ("Who resigned on 3 March 2025?", "She resigned in March.", False),
        ("Who resigned in March?", "She resigned on Monday.", True),
        ("Who resigned in March?", "She will resign next month.", False),
        ("Who has resigned since March?", "She resigned on Monday.", False),
        ("Who resigned?", "She resigned on Monday.", False),
    ],
)
def test_sentences_name_the_day_of_the_event(question: str, sentence: str, named: bool) -> None:
    assert mentions(sentence, "2025-03-05", days(question)) is named


def test_a_later_report_that_answers_otherwise_is_told() -> None:
    old = evidence("Jane Doe heads Acme.", "Jane Doe", "2024-03-01")
    new = evidence("Acme is headed by John Roe since Monday.", "John Roe", "2024-03-14", rank=-1.0)
    assert changed_later([old], [new], days("Who heads Acme?")) == (
        "A later report (Coast Post, 14 March 2024) says: “Acme is headed by John Roe since Monday.”"
    )
    assert changed_later([old, new], [], days("Who heads Acme now?")).startswith("A later report (Coast Post")


@pytest.mark.parametrize(
    ("question", "other", "published", "rank"),
    [
        ("Who headed Acme in 2023?", "John Roe heads Acme.", "2024-03-14", 0.0),  # not about how things stand
        ("Who heads Acme?", "John Roe heads Acme.", "2024-02-14", 0.0),  # earlier
        ("Who heads Acme?", "John Roe heads Acme.", None, 0.0),  # undated
        ("Who heads Acme?", "John Roe heads Acme.", "2024-03-14", -3.0),  # hardly an answer
        ("Who heads Acme?", "John Roe heads Globex Ltd.", "2024-03-14", 0.0),  # another company
    ],
)
def test_other_evidence_changes_nothing(question: str, other: str, published: str | None, rank: float) -> None:
    old = evidence("Jane Doe chairs Acme.", "Jane Doe", "2024-03-01")
    new = evidence(other, "John Roe", published, rank=rank)
    assert changed_later([old], [new], days(question)) == ""


def test_the_same_answer_and_figures_are_no_change() -> None:
    asked = days("Who heads Acme?")
    old = evidence("Jane Doe heads Acme.", "Jane Doe", "2024-03-01")
    same = evidence("Acme said that Doe heads it.", "Doe", "2024-03-14")
    assert changed_later([old], [same], asked) == ""
    few = evidence("Acme has 34 staff.", "34", "2024-03-01")
    many = evidence("Acme has 41 staff.", "41", "2024-03-14")
    assert changed_later([few], [many], asked) == ""
    assert changed_later([], [old], asked) == ""


def test_notes_say_what_was_done_with_the_days() -> None:
    assert note(days("Who resigned last week?"), overridden=False) == (
        "Read “last week” as 24 to 30 March 2025; reports of that time come first."
    )
    assert note(days("What happened last week?"), overridden=True) == (
        "Read “last week” as 24 to 30 March 2025, but searched the days that were chosen instead."
    )
    assert note(days("Who resigned last week?"), overridden=True) == ""
    assert note(days("What is the latest on the strike?"), overridden=False) == (
        "Took “latest” to ask for the newest reports."
    )


@pytest.mark.parametrize(
    ("question", "newest", "start", "end"),
    [
        ("Who resigned on 7 October?", date(2021, 12, 30), "2021-10-07", "2021-10-14"),
        ("What happened in March?", date(2021, 12, 30), "2021-03-01", "2021-04-07"),
        ("What happened between 3 March and 5 April?", date(2021, 12, 30), "2021-03-03", "2021-04-08"),
        # Of articles as young as these, the day that was meant may only be missing.
        ("Who resigned on 7 October?", date(2025, 9, 30), "2025-10-07", "2025-10-14"),
        ("Who resigned last week?", date(2021, 12, 30), "2025-11-10", "2025-11-20"),
        ("Who resigned on 7 October 2024?", date(2021, 12, 30), "2024-10-07", "2024-10-14"),
    ],
)
def test_a_day_without_a_year_is_one_that_the_articles_can_tell_of(
    question: str, newest: date, start: str, end: str
) -> None:
    read = read_question(question, asked_on=date(2025, 11, 20), newest=newest)
    assert (read.start, read.end) == (start, end)
