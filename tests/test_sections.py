"""Sections of the paper as filters: from a question, in both kinds of search, counted, and where none is known."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from archives import encoder, opened, put
from talkers import Scripted, written_by

from ingest.archive import Archive, Scope
from ingest.article import Article
from ingest.errors import InputError
from ingest.listing import Selection
from qa import Assistant, plain, timeline
from qa.answer import Filters
from qa.narrowed import unknown
from qa.question.sections import named_section
from qa.retrieve import retrieve
from web.page import narrowing

SECTIONS = ("Sport", "Business", "Town & Country", "News", "World News", "Coast")
DRAW = Article("The rowers of Lisk drew with those of Orrin on Sunday.", title="A draw", section="ÖKO & Sport")
MONEY = replace(DRAW, text="The rowers of Lisk sold their boat on Monday.", title="A sale", section="Money")
SPARE = replace(DRAW, text="The rowers of Lisk slept on Tuesday.", title="A rest", section=None, source="Gazette")


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with opened(tmp_path_factory.mktemp("sections")) as archive:
        for number, article in enumerate((DRAW, MONEY, SPARE)):
            put(archive, replace(article, published=f"2025-03-0{number + 1}"), f"/{number}.txt")
        yield archive


@pytest.fixture(scope="module")
def assistant(sample_archive: Path) -> Iterator[Assistant]:
    with Assistant.open(sample_archive) as assistant:
        yield assistant


# In the archive


def test_a_section_narrows_whatever_is_asked_of_an_archive(archive: Archive) -> None:
    scope, vector = Scope(sections=("öko & SPORT",)), encoder().encode_query("What did the rowers do?")
    for hits in (archive.nearest(vector, 9, scope=scope), archive.matching(["rowers"], 9, scope=scope)):
        assert [hit.article.title for hit in archive.passages([i for i, _ in hits])] == ["A draw"]
    assert archive.holds(["drew"], scope=scope)
    assert not archive.holds(["sold"], scope=scope)
    assert archive.mentions(["rowers"], scope=scope).articles == 1
    assert archive.stats(scope).passages == 1
    assert [one.earliest.title for one in archive.stories(section="Öko & Sport")] == ["A draw"]
    assert [one.title for one in archive.articles(section="Öko & Sport")] == ["A draw"]
    assert timeline.per_day(archive, scope=scope).articles == archive.select(Selection(scope=scope)).count() == 1


def test_sections_go_together_with_outlets_and_days(archive: Archive) -> None:
    def titles(*given: object) -> list[str]:
        return [one.title for one in archive.articles(scope=Scope(*given))]  # type: ignore[arg-type]

    assert titles(None, None, (), ("Money", "öko & sport")) == ["A sale", "A draw"]
    assert titles("2025-03-02", None, (), ("Money", "öko & sport")) == ["A sale"]
    assert titles(None, None, ("Gazette",), ("Money",)) == titles(None, None, (), ("None",)) == []
    assert titles(None, None, ("Gazette",)) == ["A rest"]


def test_names_that_no_article_has_are_told_with_those_that_may_be_meant(archive: Archive) -> None:
    assert unknown(archive, Scope(sources=("gazette",), sections=("MONEY",))) == ()
    assert unknown(archive, Scope(sources=("Gazete",), sections=("Mony", "sport"))) == (
        "No article is from “Gazete”; did you mean “Gazette”?",
        "No article is in the section “Mony”; did you mean “Money”?",
        "No article is in the section “sport”; did you mean “ÖKO & Sport”?",
    )
    assert unknown(archive, Scope(sources=("Post",), sections=("Travel",))) == (
        "No article is from “Post”: there is only “Gazette”.",
        "No article is in the section “Travel”: the sections are “Money”, “ÖKO & Sport”.",
    )


# On the page


def test_what_is_kept_of_a_question_narrows_it_again() -> None:
    chosen = Filters("2025-01-02", None, ("Post",), ("Town",), ("days",))
    kept = narrowing.arguments(chosen)
    assert json.loads(json.dumps(kept)) == kept
    assert narrowing.kept(kept) == chosen
    assert narrowing.arguments(Filters()) == {}
    before = {"published_from": "0001-01-01", "sources": ["Post"]}  # all days, as they were kept at first
    assert narrowing.kept(before) == Filters(sources=("Post",), ignored=("days",))


def test_what_a_browser_sends_is_taken_as_far_as_it_can_be_used() -> None:
    given = {"first": "2025-13-01", "last": "2025-01-31", "sources": "Post", "sections": ["Town", 1]}
    sent = SimpleNamespace(**given, ignore=["x", "days"])
    assert narrowing.chosen(sent) == Filters(None, "2025-01-31", (), ("Town", "1"), ("days",))
    assert narrowing.chosen(SimpleNamespace(sections={}, ignore="days")) == Filters()


# In questions


@pytest.mark.parametrize(
    ("question", "name", "rest"),
    [
        ("Who won the Cup in the Sport section?", "Sport", "Who won the Cup?"),
        ("In the sports pages, who won the Cup?", "Sport", "Who won the Cup?"),
        ("Which deals are in the section Business?", "Business", "Which deals?"),
        ("What was new in the “World News” section last week?", "World News", "What was new last week?"),
        ("How many articles under Town & Country?", "Town & Country", "How many articles?"),
        (
            "How many stories filed under world news since May?",
            "World News",
            "How many stories filed since May?",
        ),
        ("What is in the business section of the paper?", "Business", "What do you have?"),
    ],
)
def test_a_section_is_read_where_it_is_plainly_named(question: str, name: str, rest: str) -> None:
    found = named_section(question, lambda: SECTIONS)
    assert found is not None
    assert (found.name, found.rest) == (name, rest)


@pytest.mark.parametrize(
    "question",
    [
        "What happened in sport?",
        "Who does business in Lisk?",
        "What happened in the Coast section of the railway?",
        "What did stories under Business leaders say?",
        "Who was charged under section 5 of the act?",
        "Which section of the coast was closed?",
        "What is in the Astrology section?",
        "Who came under fire in the news?",
        "section",
    ],
)
def test_a_topic_is_no_section(question: str) -> None:
    assert named_section(question, lambda: SECTIONS) is None


def test_the_archive_is_not_asked_for_its_sections_in_vain() -> None:
    def sections() -> tuple[str, ...]:
        raise AssertionError("asked in vain")

    assert named_section("Who won the Cup in the final of the sport?", sections) is None


# In answers


def test_answers_say_which_sections_were_searched(assistant: Assistant) -> None:
    found = assistant.ask("Who won the Cup?", sections="sport")
    assert found.answered
    assert found.filters.sections == ("sport",)
    assert found.searched.articles == len(assistant.archive.articles(section="Sport"))
    nothing = assistant.ask("Who won the Cup?", sections=["Town", "Business"])
    assert not nothing.answered
    assert "Searched: 8 articles in the section Town or Business, " in nothing.text
    assert {passage.article.source for passage in assistant.search("the Cup", sections="sport")} == {"Third Half"}


def test_a_section_that_the_question_names_narrows_it_unless_it_is_ignored(assistant: Assistant) -> None:
    asked = "Who won the Cup in the Business section?"
    assert assistant.ask(asked).filters.sections == ("Business",)
    ignored = assistant.ask(asked, ignore="sections")
    assert (ignored.filters.sections, ignored.filters.ignored) == ((), ("sections",))
    assert ignored.answered
    chosen = assistant.ask(asked, sections="Sport")
    assert chosen.answered
    assert chosen.filters.sections == ("Sport",)
    notes = [assistant.ask(asked, **given).notes[0] for given in ({}, {"ignore": "sections"}, {"sections": "Sport"})]
    assert [note.removeprefix("Took “Business” to be a section, ") for note in notes] == [
        "and searched only that.",
        "but searched all sections, as was chosen.",
        "but searched those that were chosen instead.",
    ]


def test_a_question_that_a_language_model_words_otherwise_keeps_its_section(assistant: Assistant) -> None:
    model = Scripted(says=lambda prompt: "" if "Quotes:" in prompt else "Who won the Cup final?")
    history = [("What is the Cup?", "A prize.")]
    with written_by(assistant, model):
        answer = assistant.ask("Who won the final in the Business section?", history=history)
        assert assistant.ask("Who won the final?", history=history).answered
    assert model.prompts
    assert not answer.answered
    assert answer.filters.sections == ("Business",)


def test_sections_can_be_asked_for_and_counted(assistant: Assistant) -> None:
    [counted, *_] = assistant.ask("Which sections are there?").text.split(", and ")
    held = assistant.archive.select(Selection()).sections()
    assert all(f"{name} ({number})" in counted for name, number in held)
    assert assistant.ask("How many articles are in the Sport section?").text.startswith(
        "There are 4 articles in the section Sport"
    )
    [newest, *_] = assistant.ask("What is in the Sport section?").citations
    assert newest.article.id == assistant.archive.articles(section="Sport")[0].id


def test_days_that_the_question_names_can_be_ignored(assistant: Assistant) -> None:
    asked = "How many articles were published in January 2025?"
    some, every = assistant.ask(asked), assistant.ask(asked, ignore=["days"])
    undated = [one for one in assistant.archive.articles(limit=100) if not one.published]
    assert undated
    assert some.searched.articles < every.searched.articles == assistant.archive.stats().articles
    assert (every.filters.published_from, every.filters.ignored) == (None, ("days",))
    last = assistant.ask("What happened last week?", ignore="days", asked_on="2025-01-20")
    assert "Read “last week” as 13 to 19 January 2025, but searched all days, as was chosen." in last.notes
    with pytest.raises(InputError, match="ignore is 'outlets': it can be 'days' or 'sections'"):
        assistant.ask("Who won?", ignore="outlets")


def test_a_name_that_no_article_has_is_told(assistant: Assistant) -> None:
    nothing = assistant.ask("Who won the Cup?", sections="Sports")
    assert nothing.reasons == ("No article is in the section “Sports”; did you mean “Sport”?",)
    assert nothing.reasons[0] in nothing.text
    some = assistant.ask("Who won the Cup?", sources=["Third Half", "Thrid Half"])
    assert some.answered
    assert some.notes == ("No article is from “Thrid Half”; did you mean “Third Half”?",)


def test_a_course_of_events_and_a_plain_search_are_narrowed(assistant: Assistant, sample_archive: Path) -> None:
    told = timeline.course(assistant, "the flood", sections="Town")
    assert told
    assert {event.citation.article.source for event in told} == {"Velsbridge Post"}
    scope = Scope(sections=("Town",))
    total, hits = plain.newest(assistant, "flood", scope=scope)
    assert total == len(hits) > 0
    assert {hit.article.section for hit in (*hits, *plain.best(assistant, "flood", scope=scope))} == {"Town"}
    found = retrieve(assistant.archive, assistant.searcher.encoder, "the flood", keep=50, scope=scope)
    assert {candidate.stored.article.section for candidate in found} == {"Town"}
