"""Questions understood without a model: follow-ups, what they expect, and compound ones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answer import ABSTENTION
from qa.question import Standalone, expects, parts, standalone

History = list[tuple[str, str] | tuple[str, str, str]]

RESIGNED = [
    ("Who resigned as mayor of Springfield?", "Jane Doe said on Monday that she would resign as mayor of Springfield."),
]
THEFTS = [("How many thefts were reported in Leeds in 2020?", "There were 1,000 thefts in Leeds in 2020, police said.")]
WHEN = [("When did Acme buy the harbour?", "Acme bought it on 3 May.")]
NAME = [("Jane Doe", "A painter.")]
ALBUM = [*NAME, ("What was her first album?", "Her first album was Silver Rivers, made in Porto.")]


@pytest.mark.parametrize(
    ("history", "question", "expected"),
    [
        (RESIGNED, "Why did she resign?", "Why did Jane Doe resign?"),
        (RESIGNED, "When?", "Who resigned as mayor of Springfield, and when?"),
        (RESIGNED, "And in 2021?", "Who resigned as mayor of Springfield in 2021?"),
        (
            RESIGNED,
            "What about her deputy?",
            "What about Jane Doe’s deputy (Who resigned as mayor of Springfield)?",
        ),
        (RESIGNED, "What did her husband say?", "What did Jane Doe’s husband say?"),
        (RESIGNED, "Why did it happen?", "Why did it happen (Who resigned as mayor of Springfield)?"),
        (THEFTS, "And in 2021?", "How many thefts were reported in Leeds in 2021?"),
        (THEFTS, "and last year?", "How many thefts were reported in Leeds last year?"),
        (THEFTS, "What about York?", "How many thefts were reported in York in 2020?"),
        (WHEN, "Why?", "Why did Acme buy the harbour?"),
        (NAME, "Where was she born?", "Where was Jane Doe born?"),
        (NAME, "When was her first show?", "When was Jane Doe’s first show?"),
        (NAME, "What happened in 1997?", "What happened in 1997 (Jane Doe)?"),
        (NAME, "where did doe grow up?", "where did doe grow up (Jane Doe)?"),
        (
            [("Which company banned remote work?", "Acme Corp. did, it said on Tuesday.")],
            "What did he say?",
            "What did he say (Acme Corp)?",
        ),
        (ALBUM, "How well did the album sell?", "How well did the album sell (Jane Doe, Silver Rivers)?"),
        (ALBUM, "Did she make any other albums?", "Did Jane Doe make any other albums (Silver Rivers, Porto)?"),
    ],
)
def test_follow_ups_are_completed_from_history(history: list[tuple[str, str]], question: str, expected: str) -> None:
    assert standalone(question, history) == Standalone(expected, f"Read your question as “{expected}”")


FLOOD = [("How many people died in the Springfield flood?", "The flood killed eight people in Springfield.")]
TRAIN = [("When does the night train to Porto start?", "It starts on 4 May, the railway said on Friday.")]
BERTH = [*TRAIN, ("How much does a berth cost?", "A seat costs 39 crowns and a berth 89.")]
RACE = [("Who won the men’s race of the Leeds Marathon?", "John Roe won the men’s race.")]
NAMED = [("Who replaced Jane Doe?", "Minister Ann Poe named John Roe as mediator.", "John Roe")]
CALLED = [("Who called for an inquiry into John Roe?", "House Speaker Jim Poe called for one on Tuesday.")]


@pytest.mark.parametrize(
    ("history", "question", "expected"),
    [
        (FLOOD, "How much damage did it do?", "How much damage did the Springfield flood do?"),
        (TRAIN, "Why was it put off?", "Why was the night train to Porto put off?"),
        (BERTH, "And a seat?", "How much does a seat cost (the night train to Porto)?"),
        (RACE, "What about the women’s race?", "Who won the women’s race of the Leeds Marathon?"),
        (RACE, "Who else?", "Who else won the men’s race of the Leeds Marathon?"),
        (NAMED, "How old is he?", "How old is John Roe?"),
        (CALLED, "When was he ousted?", "When was House Speaker Jim Poe ousted?"),
        ([("Who beat Ann Poe?", "Jane Doe did.")], "How hot did it get in Leeds?", "How hot did it get in Leeds?"),
        ([("Where was the red balloon shot down?", "Off Ohio.")], "How big was it?", "How big was the red balloon?"),
        ([("Which app did Acme ban?", "Acme banned Chirp.")], "Who owns it?", "Who owns Chirp (Acme)?"),
        ([("When did Jane Doe quit?", "In May."), ("And Ann Poe?", "In June.")], "Why did she?", "Why did Ann Poe?"),
        (TRAIN, "What did Acme say?", "What did Acme say (the night train to Porto)?"),
        (RESIGNED, "Which country banned lead pipes?", "Which country banned lead pipes?"),
    ],
)
def test_the_thing_that_was_asked_about_is_meant(history: History, question: str, expected: str) -> None:
    assert standalone(question, history).text == expected


@pytest.mark.parametrize(
    "question",
    [
        "Who won the election in Shelbyville?",
        "Did the storm hit Florida on Tuesday?",
        "What did Doe say about her deputy?",
        "What is inflation?",
        "How many people were rescued from flooded houses along the river yesterday?",
    ],
)
def test_complete_questions_are_left_alone(question: str) -> None:
    assert standalone(question, RESIGNED) == Standalone(question)


def test_new_topics_do_not_drag_the_old_along() -> None:
    history = [*RESIGNED, ("Who owns Globex Corporation?", "Globex Corporation belongs to the state.")]
    assert standalone("Where is the company based?", history).text == "Where is the company based (Globex Corporation)?"
    assert standalone("What does it make?", history).text == "What does Globex Corporation make?"


def test_the_thread_goes_on_over_several_turns() -> None:
    history = [
        *NAME,
        ("When was she born?", "In 1962, in Porto."),
        ("Did she marry?", "I don’t know."),
    ]
    assert standalone("And did she paint in oil?", history).text == "And did Jane Doe paint in oil?"


def test_without_history_nothing_changes() -> None:
    assert standalone("Why did she resign?", []) == Standalone("Why did she resign?")


@given(st.text(), st.lists(st.tuples(st.text(), st.text()), max_size=4))
def test_any_text_makes_a_question(question: str, history: list[tuple[str, str]]) -> None:
    completed = standalone(question, history)
    assert bool(completed.note) == (completed.text != question)
    assert len(parts(question)) >= 1
    assert expects(question)


TURNS = st.lists(
    st.sampled_from(
        "Why when did she he it they the album this that other Jane Doe Paris and what about in 2021 her his"
        " happened next else ? . ,".split()
    ),
    max_size=9,
).map(" ".join)


@given(TURNS, st.lists(st.tuples(TURNS, TURNS), max_size=3))
def test_talk_like_text_never_fails(question: str, history: list[tuple[str, str]]) -> None:
    assert standalone(question, history).text or not question


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Who resigned?", "person"),
        ("Which tennis star retired?", "person"),
        ("Which state’s governor signed it?", "person"),
        ("She left the party. Who replaced her?", "person"),
        ("Which company was sued?", "organisation"),
        ("The deal was blocked by which agency?", "organisation"),
        ("Which countries signed the treaty?", "place"),
        ("Where was it found?", "place"),
        ("What is the name of the city that flooded?", "place"),
        ("Which U.S. state banned it?", "place"),
        ("What year did it open?", "date"),
        ("When was it built?", "date"),
        ("How many died?", "number"),
        ("What percentage of voters agreed?", "number"),
        ("What was the cost of the bridge?", "number"),
        ("Why did she resign?", "reason"),
        ("What caused the fire?", "reason"),
        ("How did they escape?", "manner"),
        ("Did she resign?", "yes-no"),
        ("Is the bridge open?", "yes-no"),
        ("Which two teams met?", "list"),
        ("Name all the members", "list"),
        ("What did the mayor say?", "other"),
        ("What colour is it?", "other"),
        ("Apple will unveil which product early next month?", "other"),
        ("", "other"),
    ],
)
def test_questions_say_what_they_expect(question: str, kind: str) -> None:
    assert expects(question) == kind


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Who was summoned, and why?", ("Who was summoned?", "Why was … summoned?")),
        ("Who was summoned and why?", ("Who was summoned?", "Why was … summoned?")),
        ("When did she resign and why?", ("When did she resign?", "Why did she resign?")),
        ("What did the council buy, and why?", ("What did the council buy?", "Why did the council buy …?")),
        ("When and where was Jane Doe born?", ("When was Jane Doe born?", "Where was Jane Doe born?")),
        ("Who heads Acme and what did Doe say?", ("Who heads Acme?", "What did Doe say?")),
        ("Who heads Acme and what did he say?", ("Who heads Acme?", "What did he say (who heads Acme)?")),
        ("Who is Jane Doe? What did she paint?", ("Who is Jane Doe?", "What did she paint?")),
    ],
)
def test_compound_questions_are_taken_apart(question: str, expected: tuple[str, ...]) -> None:
    assert parts(question) == expected


@pytest.mark.parametrize(
    "question",
    [
        "Who resigned?",
        "Which company and which bank merged?",
        "How did the talks between Acme and Globex end?",
        "Who are the mayor and the deputy?",
        "The bridge fell. Why?",
        "What do bread and how to cook have in common?",
        "",
    ],
)
def test_single_questions_stay_whole(question: str) -> None:
    assert parts(question) == (question,)


def test_the_place_of_writing_is_nobody() -> None:
    said = "PORT WENDEL, March 3 (Agency) — The mediator in the strike, Tobias Amberly, resigned on Monday. [1]"
    asked = standalone("When was he appointed?", [("Who mediates in the strike?", said)])
    assert str(asked) == "When was Tobias Amberly appointed?"


def test_an_abstention_brings_no_names() -> None:
    said = "The mediator, Tobias Amberly, resigned on Monday. [1]"
    silence = f"{ABSTENTION} Searched: 42 articles, 13 January 2025 to 18 November 2025."
    history = [("Who mediates in the strike?", said), ("Who is his deputy?", silence)]
    assert str(standalone("When was he appointed?", history)) == "When was Tobias Amberly appointed?"
