"""Asking, end to end: the real models over the sample articles."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest import ingest
from ingest.errors import ArchiveMissing, InputError
from qa import Answer, Assistant, ask
from qa.answer import ABSTENTION, Step

QUESTIONS = [
    json.loads(line)
    for line in (Path(__file__).parent.parent / "examples" / "questions.jsonl").read_text("utf-8").splitlines()
]


@pytest.fixture(scope="module")
def assistant(sample_archive: Path) -> Iterator[Assistant]:
    with Assistant.open(sample_archive) as assistant:
        yield assistant


def _check(assistant: Assistant, answer: Answer) -> None:
    """What holds for every answer."""
    assert answer.answered == bool(answer.citations) or answer.kind == "archive"
    assert answer.answered != bool(answer.reasons)
    assert 0 <= answer.confidence <= 1
    assert len(answer.citations) <= 6
    assert sum(len(citation.quote) for citation in answer.citations) <= 900
    for number, citation in enumerate(answer.citations, 1):
        article = assistant.archive.article(citation.article.id)
        assert article is not None
        assert article.text[citation.start : citation.end] == citation.quote
        assert citation.number == number
        assert f"[{number}]" in answer.text
        if citation.answer:
            assert article.text[citation.answer.start : citation.answer.end] == citation.answer.text
            assert citation.start <= citation.answer.start < citation.answer.end <= citation.end
        for date in citation.dates:
            assert article.text[date.start : date.end] == date.text
    for passage in answer.passages:
        article = assistant.archive.article(passage.article.id)
        assert article is not None
        assert article.text[passage.start : passage.end] == passage.text


@pytest.mark.parametrize("asked", [item for item in QUESTIONS if item.get("featured")], ids=lambda item: item["id"])
def test_featured_questions_are_answered(assistant: Assistant, asked: dict[str, str]) -> None:
    answer = assistant.ask(asked["question"], asked_on=asked["asked"])
    _check(assistant, answer)
    assert answer.answered
    assert asked["answer"].lower() in " ".join(citation.quote for citation in answer.citations).lower()


@pytest.mark.parametrize(
    "question",
    [
        "Who won the 2022 World Cup?",
        "What is the capital of Mongolia?",
        "How do I bake sourdough bread?",
        "asdf qwer zxcv",
    ],
)
def test_what_no_article_says_is_not_answered(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    _check(assistant, answer)
    assert not answer.answered
    assert answer.text.startswith(ABSTENTION)
    assert answer.citations == ()
    assert answer.confidence < 0.5
    assert answer.searched.articles == assistant.archive.stats().articles
    assert answer.passages  # the nearest ones are shown all the same


def test_every_question_of_the_samples_gets_a_sound_answer(assistant: Assistant) -> None:
    found = first = answered = wrong = 0
    answerable = [item for item in QUESTIONS if item["answer"] and not item.get("history")]
    unanswerable = [item for item in QUESTIONS if not item["answer"]]
    for asked in answerable:
        answer = assistant.ask(asked["question"], asked_on=asked["asked"])
        _check(assistant, answer)
        answered += answer.answered
        quotes = [citation.quote.lower() for citation in answer.citations]
        first += asked["answer"].lower() in (quotes or [""])[0]
        found += any(asked["answer"].lower() in quote for quote in quotes)
    for asked in unanswerable:
        answer = assistant.ask(asked["question"], asked_on=asked["asked"])
        _check(assistant, answer)
        wrong += answer.answered
    # The floors of each measure are in examples/floors.json; these only catch a collapse.
    assert first >= len(answerable) / 2
    assert found >= 0.7 * len(answerable)
    assert answered >= 0.9 * len(answerable)
    assert wrong < len(unanswerable)


def test_a_stream_tells_each_step_and_ends_with_the_answer(assistant: Assistant) -> None:
    *steps, answer = assistant.stream("Who was summoned, and why?")
    assert isinstance(answer, Answer)
    assert all(isinstance(step, Step) for step in steps)
    assert [step.name for step in steps if isinstance(step, Step)] == ["understand", "retrieve", "read"]
    assert set(answer.timings) == {"understand", "retrieve", "read", "total"}


def test_the_same_question_gets_the_same_answer(assistant: Assistant) -> None:
    def told(answer: Answer) -> dict[str, object]:
        return answer.to_dict() | {"timings": None}

    question = "How many people died in the Velsbridge flood?"
    assert told(assistant.ask(question)) == told(assistant.ask(question))


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("hello", "archive"),
        ("What can you do?", "archive"),
        ("What do you have on Velsbridge?", "archive"),
        ("How many articles mention the union?", "archive"),
        ("What happened in Velsbridge?", "overview"),
        ("Who leads the Harbour and Crane Workers' Union, and what did he say?", "compound"),
        ("How many people died in the Velsbridge flood?", "fact"),
    ],
)
def test_each_kind_of_question_is_answered_in_its_way(assistant: Assistant, question: str, kind: str) -> None:
    answer = assistant.ask(question)
    _check(assistant, answer)
    assert answer.answered
    assert answer.kind == kind


def test_a_course_of_events_is_told_in_order_of_time_a_line_each(assistant: Assistant) -> None:
    answer = assistant.ask("What happened in Velsbridge?")
    lines = answer.text.split("\n")
    assert len(lines) == len(answer.citations) >= 3
    assert all(f"[{number}]" in line for number, line in enumerate(lines, 1))
    days = [citation.article.published or "" for citation in answer.citations]
    assert days == sorted(days)


def test_how_many_articles_is_counted_not_read(assistant: Assistant) -> None:
    answer = assistant.ask("How many articles mention Velsbridge?")
    counted = sum("velsbridge" in f"{a.title} {a.text}".lower() for a in assistant.archive.articles(limit=1000))
    assert answer.text.startswith(f"{counted} articles mention Velsbridge")


def test_an_abstention_says_why(assistant: Assistant) -> None:
    nobody = assistant.ask("What did Quentin Oddfellow say about the flood?")
    assert not nobody.answered
    assert any("Quentin Oddfellow" in reason for reason in nobody.reasons)
    assert nobody.reasons[0] in nobody.text


def test_a_later_report_that_revises_an_earlier_one_comes_first(assistant: Assistant) -> None:
    answer = assistant.ask("How many people died in the Velsbridge flood?")
    assert "lowered from nine to eight" in answer.citations[0].quote
    [found] = answer.disagreements
    assert [claim.value for claim in found.claims] == ["Five", "eight"]
    assert [claim.latest for claim in found.claims] == [False, True]
    for claim in found.claims:
        assert claim.value in answer.citations[claim.citation - 1].quote
    assert any("revises" in note for note in answer.notes)


def test_who_says_so_is_named(assistant: Assistant) -> None:
    answer = assistant.ask("How many people died in the Velsbridge flood?")
    assert any(citation.attribution for citation in answer.citations)


def test_a_part_that_leans_on_the_first_is_asked_with_its_answer(assistant: Assistant) -> None:
    answer = assistant.ask("Who leads the Harbour and Crane Workers' Union, and what did she say?")
    assert "Renske Dahlow" in answer.text
    assert any(citation.attribution == "Renske Dahlow" for citation in answer.citations)


def test_days_and_outlets_narrow_an_answer(assistant: Assistant) -> None:
    answer = assistant.ask("What happened at the port?", published_from="1 January 2025", published_to="2025-02-01")
    assert (answer.filters.published_from, answer.filters.published_to) == ("2025-01-01", "2025-02-01")
    assert all("2025-01-01" <= (p.article.published or "")[:10] <= "2025-02-01" for p in answer.passages)
    assert answer.searched.articles < assistant.archive.stats().articles
    (source, _), *_ = assistant.archive.stats().sources
    answer = assistant.ask("What happened?", sources=source)
    assert {passage.article.source for passage in answer.passages} == {source}


def test_an_empty_question_is_refused(assistant: Assistant) -> None:
    with pytest.raises(InputError, match="the question is empty"):
        assistant.ask("  \n")


def test_a_date_that_is_none_is_named(assistant: Assistant) -> None:
    with pytest.raises(InputError, match="published_from is 'someday'"):
        assistant.ask("Who was summoned?", published_from="someday")


@pytest.mark.parametrize(
    "question", ['"', "NEAR(", "a AND OR NOT *", "x" * 20_000, "a \x00\ud800", "[1] [2]", "¿Quién?", "😀"]
)
def test_odd_questions_get_an_answer_or_an_abstention(assistant: Assistant, question: str) -> None:
    _check(assistant, assistant.ask(question))


def test_an_archive_without_articles_says_so(tmp_path: Path) -> None:
    with Assistant.open(tmp_path / "new", create=True) as assistant:
        answer = assistant.ask("Who was summoned?")
        assert not answer.answered
        assert "no article" in answer.text


def test_asking_without_an_archive_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ArchiveMissing, match="dateline ingest"):
        ask("Who was summoned?", archive=tmp_path / "nowhere")


def test_threads_and_tasks_get_their_own_answers(assistant: Assistant) -> None:
    questions = [
        "Who was summoned, and why?",
        "How many people died in the Velsbridge flood?",
        "Who won the Cup final?",
    ]
    alone = {question: assistant.ask(question).text for question in questions}
    together: dict[str, str] = {}

    def run(question: str) -> None:
        together[question] = assistant.ask(question).text

    threads = [threading.Thread(target=run, args=(question,)) for question in questions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert together == alone

    async def run_all() -> list[Answer]:
        return await asyncio.gather(*(assistant.aask(question) for question in questions))

    assert [answer.text for answer in asyncio.run(run_all())] == [alone[question] for question in questions]

    async def last_of(question: str) -> Step | Answer:
        return [event async for event in assistant.astream(question)][-1]

    event = asyncio.run(last_of(questions[0]))
    assert isinstance(event, Answer)
    assert event.text == alone[questions[0]]


def test_articles_can_be_added_between_two_questions(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(
        "date 2025-05-06 The lighthouse at Corrin Head was sold to a brewer on Tuesday.", "utf-8"
    )
    (tmp_path / "b.txt").write_text("date 2025-05-07 The mayor of Aldermoor resigned over a parking fine.", "utf-8")
    archive = tmp_path / "archive"
    ingest(tmp_path / "a.txt", archive=archive)
    assert not ask("Who resigned over a parking fine?", archive=archive).answered
    report = ingest(tmp_path, archive=archive)  # the same process has it open already
    assert (len(report.added), len(report.unchanged)) == (1, 1)
    answer = ask("Who resigned over a parking fine?", archive=archive)
    assert ask("What happened last week?", archive=archive, asked_on="8 May 2025").filters.published_to == "2025-05-04"
    assert answer.answered
    assert "mayor of Aldermoor" in answer.citations[0].quote


def test_a_new_topic_does_not_drag_the_old_one_along(assistant: Assistant) -> None:
    before = assistant.ask("How many people died in the Velsbridge flood?")
    fresh = assistant.ask("What is the boiling point of tungsten?", history=[before])
    assert not fresh.answered
    assert fresh.standalone_question == "What is the boiling point of tungsten?"
    assert fresh.notes == ()
    other = assistant.ask("How deep is the octopus nursery?", history=[before])
    assert other.standalone_question == "How deep is the octopus nursery?"
    assert "2,900 metres" in other.citations[0].quote


def test_a_follow_up_is_completed_and_says_how(assistant: Assistant) -> None:
    before = assistant.ask("Who leads the Harbour and Crane Workers' Union?")
    answer = assistant.ask("Why?", history=[(before.question, before.text)])
    assert answer.standalone_question != "Why?"
    assert answer.standalone_question in answer.notes[0]
