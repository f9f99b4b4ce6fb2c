"""Time expressions: what they mean in a quote, and which days a question asks for."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qa.answer import ResolvedDate
from qa.dates import Period, QuestionDates, find, read_question, resolve_quote

PUBLISHED = "2022-09-12"  # a Monday
ASKED_ON = date(2022, 9, 14)  # a Wednesday


def read(quote: str, published: str | None = PUBLISHED) -> list[tuple[str, str]]:
    return [(found.text, found.resolved) for found in resolve_quote(quote, published)]


@pytest.mark.parametrize(
    ("quote", "expected"),
    [
        ("They were called in today.", [("today", "2022-09-12")]),
        ("Today, the court sat.", [("Today", "2022-09-12")]),
        ("It closed yesterday and opens tomorrow.", [("yesterday", "2022-09-11"), ("tomorrow", "2022-09-13")]),
        ("It rained last night and will rain tonight.", [("last night", "2022-09-11"), ("tonight", "2022-09-12")]),
        ("She left the day before yesterday.", [("the day before yesterday", "2022-09-10")]),
        ("He resigned on Wednesday.", [("Wednesday", "2022-09-07")]),
        ("He resigned on Monday.", [("Monday", "2022-09-12")]),
        ("It burned on Sunday night.", [("Sunday night", "2022-09-11")]),
        ("He resigned last Monday.", [("last Monday", "2022-09-05")]),
        ("She left on Friday of last week.", [("Friday of last week", "2022-09-09")]),
        ("The vote will be held on Friday.", [("Friday", "2022-09-16")]),
        ("The deal will be announced Friday.", [("Friday", "2022-09-16")]),
        ("She will speak next Friday.", [("next Friday", "2022-09-16")]),
        ("He said Wednesday that voting will begin Friday.", [("Wednesday", "2022-09-07"), ("Friday", "2022-09-16")]),
        ("Two weeks ago it fell, three years ago it rose.", [
            ("Two weeks ago", "2022-08-29/2022-09-04"),
            ("three years ago", "2019"),
        ]),
        ("It was two days ago.", [("two days ago", "2022-09-10")]),
        ("Last week and this week", [("Last week", "2022-09-05/2022-09-11"), ("this week", "2022-09-12/2022-09-18")]),
        ("late last year, last month, next month", [
            ("late last year", "2021"),
            ("last month", "2022-08"),
            ("next month", "2022-10"),
        ]),
        ("over the past two weeks", [("past two weeks", "2022-08-29/2022-09-12")]),
        ("Shops shut over the weekend.", [("over the weekend", "2022-09-10/2022-09-11")]),
        ("on September 9; on Sept. 9; on 9 September", [
            ("September 9", "2022-09-09"),
            ("Sept. 9", "2022-09-09"),
            ("9 September", "2022-09-09"),
        ]),
        ("He died on October 3.", [("October 3", "2021-10-03")]),
        ("The trial will open on Oct. 3.", [("Oct. 3", "2022-10-03")]),
        ("Timetable: 3 October, doors at eight", [("3 October", "2022-10-03")]),
        ("Friday, 9 September 2022 and September 9, 2021", [
            ("Friday, 9 September 2022", "2022-09-09"),
            ("September 9, 2021", "2021-09-09"),
        ]),
        ("from 3 to 7 June", [("3 to 7 June", "2022-06-03/2022-06-07")]),
        ("It snowed in March and May.", [("March and May", "2022-03-01/2022-05-31")]),
        ("It opened in March; last December it closed.", [("March", "2022-03"), ("last December", "2021-12")]),
        ("The airline is cutting flights during November.", [("November", "2022-11")]),
        ("in the spring of 2021", [("spring of 2021", "2021-03-01/2021-05-31")]),
        ("It grew last winter.", [("last winter", "2021-12-01/2022-02-28")]),
        ("Profit rose 3% in the first quarter.", [("first quarter", "2022-01-01/2022-03-31")]),
        ("the fourth quarter of last year", [("fourth quarter of last year", "2021-10-01/2021-12-31")]),
        ("2022-09-01, 13/09/2022, 12.09.2022", [
            ("2022-09-01", "2022-09-01"),
            ("13/09/2022", "2022-09-13"),
            ("12.09.2022", "2022-09-12"),
        ]),
    ],
)  # fmt: skip
def test_quote_dates_resolve_from_the_article(quote: str, expected: list[tuple[str, str]]) -> None:
    assert read(quote) == expected


@pytest.mark.parametrize(
    "quote",
    [
        "USA Today reported it.",
        "She spoke on the Today show.",
        "The Sunday Times and The Mail on Sunday disagreed.",
        "Shops prepare for Black Friday; churches for Good Friday.",
        "She watches Monday Night Football.",
        "They may march, the March for Life began, and Theresa May may resign.",
        "A bill introduced by May passed.",
        "He lives at 2021 Main Street and owes 1,500 for the second time.",
        "Since the Sept. 11 attacks and the Jan. 6 insurrection",
        "He scored twice in the first quarter.",
        "It lay there 46,000 years ago.",
        "It was 03/04/2022.",
        "On 31 February nothing happened.",
        "It was built in 2021, after the 1990s.",
    ],
)
def test_names_and_numbers_are_no_dates(quote: str) -> None:
    assert read(quote) == []


def test_undated_articles_resolve_complete_dates_only() -> None:
    assert read("today, on Friday, last week and on 9 September 2022", None) == [("9 September 2022", "2022-09-09")]
    assert read("today", "not a date") == []


def test_quote_offsets_count_from_its_beginning() -> None:
    assert resolve_quote("Closed. On Wednesday it fell.", PUBLISHED) == (
        ResolvedDate("Wednesday", 11, 20, "2022-09-07"),
    )


@given(st.text(), st.sampled_from([None, "", PUBLISHED, "0001-01-01", "9999-12-31T23:59:59Z", "2024-02-29"]))
@example("on Friday, last year, next week, 29 February", "0001-01-01")
@example("next Friday, next year, in ten years, tomorrow, this weekend", "9999-12-31")
@example("May 3-7, 2022 and Sept. 9\u2028today", PUBLISHED)
def test_any_text_yields_exact_spans(text: str, published: str | None) -> None:
    for expression in find(text, any_case=True):
        assert text[expression.start : expression.end] == expression.text
    for found in resolve_quote(text, published):
        assert text[found.start : found.end] == found.text


WORDS = st.lists(
    st.sampled_from(
        "last next this week month year Monday friday 3 12 2022 May march Sept. since before between and to in the on"
        " of from first quarter two days ago what happened articles published spring weekend today , - ?".split()
    ),
    max_size=14,
).map(" ".join)


@given(WORDS)
def test_any_question_reads_as_ordered_days(question: str) -> None:
    dates = read_question(question, asked_on=ASKED_ON)
    if dates.start and dates.end:
        assert dates.start <= dates.end
    if dates.at:
        assert question[dates.at[0] : dates.at[1]] == dates.words
    assert bool(dates.note) == (dates.kind != "none" or dates.latest)


def asked(question: str) -> tuple[str, str | None, str | None]:
    dates = read_question(question, asked_on=ASKED_ON)
    return dates.kind, dates.start, dates.end


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Which articles were published in March?", ("filter", "2022-03-01", "2022-03-31")),
        ("articles from August 2022 about the flood", ("filter", "2022-08-01", "2022-08-31")),
        ("What was reported last week about the bridge?", ("filter", "2022-09-05", "2022-09-11")),
        ("What did the paper report on 9 September?", ("filter", "2022-09-09", "2022-09-09")),
        ("What stories were published since Monday?", ("filter", "2022-09-12", None)),
        ("Show me the news from last month", ("filter", "2022-08-01", "2022-08-31")),
    ],
)
def test_reported_time_filters_on_publication(question: str, expected: tuple[str, str | None, str | None]) -> None:
    assert asked(question) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What happened on 3 March?", ("filter", "2022-03-03", "2022-03-06")),
        ("What happened last week?", ("filter", "2022-09-05", "2022-09-14")),
        ("What happened in the week of 3 March?", ("filter", "2022-02-28", "2022-03-09")),
        ("Who resigned in the week beginning 3 March?", ("preference", "2022-03-03", "2022-03-16")),
        ("What happened on the night of 12 January?", ("filter", "2022-01-12", "2022-01-15")),
        ("Who resigned earlier this month?", ("preference", "2022-09-01", "2022-09-14")),
        ("Who won over the weekend?", ("preference", "2022-09-10", "2022-09-14")),
        ("What burned this summer?", ("preference", "2022-06-01", "2022-09-14")),
        ("What did Acme earn in the first quarter?", ("preference", "2022-01-01", "2022-05-30")),
        ("Who resigned in 2020 and 2021?", ("preference", "2020-01-01", "2022-09-14")),
        ("Who wrote in July accusing Acme?", ("preference", "2022-07-01", "2022-08-14")),
        ("what happened in march 2022?", ("filter", "2022-03-01", "2022-04-07")),
        ("What happened between March and May 2022?", ("filter", "2022-03-01", "2022-06-07")),
        ("What happened from 3 March to 5 April 2021?", ("filter", "2021-03-03", "2021-04-08")),
        ("What has happened since 3 March 2022?", ("filter", "2022-03-03", None)),
        ("Who resigned last Wednesday?", ("preference", "2022-09-07", "2022-09-14")),
        ("Who won on Sunday?", ("preference", "2022-09-11", "2022-09-14")),
        ("Who resigned in the first quarter of 2022?", ("preference", "2022-01-01", "2022-05-30")),
        ("Who was elected in the spring?", ("preference", "2022-03-01", "2022-07-30")),
        ("What has changed since June?", ("preference", "2022-06-01", None)),
        ("What was known before 3 September?", ("preference", None, "2022-09-02")),
        ("How did prices change between 2020 and 2022?", ("preference", "2020-01-01", "2022-12-31")),
        ("How many thefts were reported last year?", ("preference", "2021-01-01", "2022-09-14")),
        ("What happened to the mayor on Sunday?", ("preference", "2022-09-11", "2022-09-14")),
        ("What happened to the mayor in 2021?", ("preference", "2021-01-01", "2022-09-14")),
        ("What happened on 11 September 2001?", ("preference", "2001-09-11", "2001-09-18")),
    ],
)
def test_event_time_allows_days_after(question: str, expected: tuple[str, str | None, str | None]) -> None:
    assert asked(question) == expected


@pytest.mark.parametrize(
    "question",
    [
        "Who signed the 2020 accord?",
        "Who won the 2022 World Cup?",
        "What did the Act of 1998 change?",
        "Who leads the 2024 presidential campaign?",
        "What is the word of the year for 2022?",
        "Who won the May 6 debate?",
        "How much did rents rise from last year?",
        "How many more came than in 2021?",
        "It was the highest rise since 2011. Who ordered it?",
        "After stepping down two years ago, who returned?",
        "Which drink, that was introduced last year, is back?",
        "What will happen next week?",
        "Which group will merge in 2024?",
        "Which policy expires on 11 September?",
        "What happened before the election?",
        "Who may march?",
    ],
)
def test_dates_that_name_the_subject_narrow_nothing(question: str) -> None:
    dates = read_question(question, asked_on=ASKED_ON)
    assert (dates.kind, dates.start, dates.end, dates.latest, dates.note) == ("none", None, None, False, "")


@pytest.mark.parametrize(
    ("question", "recent", "current"),
    [
        ("Which airline recently closed?", True, False),
        ("Who is the latest to resign?", True, False),
        ("What is her latest film?", True, False),
        ("Where will next month’s debate take place?", True, False),
        ("Who will host the show this winter?", True, False),
        ("Which policy expires on 11 September?", True, False),
        ("Who heads Acme?", False, True),
        ("Is the bridge open?", False, True),
        ("How many people are missing?", False, True),
        ("Who headed Acme?", False, False),
        ("Who signed the 2020 accord?", False, False),
        ("Which show is “so close to what’s happening right now”?", False, False),
    ],
)
def test_questions_lean_on_the_day_they_are_asked(question: str, recent: bool, current: bool) -> None:
    dates = read_question(question, asked_on=ASKED_ON)
    assert (dates.recent, dates.current, dates.latest) == (recent, current, False)
    assert dates.asked_on == ("2022-09-14" if recent or current else None)


def test_question_notes_say_what_was_read() -> None:
    assert read_question("Who resigned last week?", asked_on=ASKED_ON) == QuestionDates(
        kind="preference",
        start="2022-09-05",
        end="2022-09-14",
        first="2022-09-05",
        last="2022-09-11",
        asked_on="2022-09-14",
        words="last week",
        at=(13, 22),
        basis="event",
        note="Read “last week” as 5 to 11 September 2022.",
    )
    assert read_question("What happened in August?", asked_on=ASKED_ON).note == (
        "Read “August” as August 2022, and took articles up to 7 September 2022."
    )


def test_latest_asks_for_the_newest() -> None:
    assert read_question("What is the latest on the strike?", asked_on=ASKED_ON) == QuestionDates(
        words="latest",
        at=(12, 18),
        latest=True,
        asked_on="2022-09-14",
        note="Took “latest” to ask for the newest reports.",
    )
    assert read_question("Who is now prime minister?", asked_on=ASKED_ON).latest


@pytest.mark.parametrize(
    ("first", "last", "iso", "words"),
    [
        ("2022-09-12", "2022-09-12", "2022-09-12", "12 September 2022"),
        ("2022-09-05", "2022-09-11", "2022-09-05/2022-09-11", "5 to 11 September 2022"),
        ("2022-08-29", "2022-09-04", "2022-08-29/2022-09-04", "29 August to 4 September 2022"),
        ("2021-12-30", "2022-01-02", "2021-12-30/2022-01-02", "30 December 2021 to 2 January 2022"),
        ("2022-02-01", "2022-02-28", "2022-02", "February 2022"),
        ("2021-12-01", "2022-02-28", "2021-12-01/2022-02-28", "December 2021 to February 2022"),
        ("2021-01-01", "2021-12-31", "2021", "2021"),
        ("2020-01-01", "2021-12-31", "2020-01-01/2021-12-31", "2020 to 2021"),
    ],
)
def test_periods_are_written_for_programs_and_people(first: str, last: str, iso: str, words: str) -> None:
    period = Period(date.fromisoformat(first), date.fromisoformat(last))
    assert (period.iso, str(period)) == (iso, words)


def test_four_times_the_text_takes_four_times_the_time() -> None:
    text = "On Friday, 9 September 2022 they may march between March and   May 3 to 7 of last year     " * 500

    def seconds(times: int) -> float:
        begun = time.process_time()
        assert len(find(text * times)) == 1000 * times
        return time.process_time() - begun

    assert seconds(4) < 10 * min(seconds(1), seconds(1))
