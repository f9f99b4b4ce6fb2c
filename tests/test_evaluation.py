"""Judging, figures, comparing, floors and the report, on values that are written out."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import InputError
from qa.answer import Answer, AnswerSpan, ArticleRef, Citation, RetrievedPassage, Searched
from qa.evaluation import Floors, Question, Run, compare
from qa.evaluation.judging import Outcome, failed, judge
from qa.evaluation.measures import figures
from qa.evaluation.questions import Gold
from qa.evaluation.report import report
from qa.evaluation.report.markup import marked, tag, text

EVIL = "<script>alert(1)</script> & \"'><img src=x onerror=alert(2)>"
TEXT = "Eight people died. The mayor, Ada Quill, resigned. Nine were hurt."
HERE = ArticleRef("a1", "The flood", url="https://post.example/flood", source="Post", published="2025-01-20")
ELSEWHERE = ArticleRef("a2", "The fair", url="https://post.example/fair")


def cited(number: int, quote: str, *, answer: str = "", article: ArticleRef = HERE) -> Citation:
    """A citation of ``TEXT``."""
    start = TEXT.index(quote)
    at = TEXT.index(answer, start) if answer else 0
    span = AnswerSpan(answer, at, at + len(answer)) if answer else None
    return Citation(number, quote, start, start + len(quote), 0.9, article, answer=span)


def answered(*citations: Citation, confidence: float = 0.9, **more: Any) -> Answer:
    words = " ".join(f"{one.quote} [{one.number}]" for one in citations)
    return Answer("Q?", True, words, confidence, citations, "Q?", **more)


def silence(confidence: float = 0.1) -> Answer:
    return Answer("Q?", False, "The articles do not answer this.", confidence, standalone_question="Q?")


def judged(question: Question, answer: Answer, *, milliseconds: float = 100.0) -> Outcome:
    return judge(question, answer, {"a1": TEXT, "a2": TEXT}.get, milliseconds=milliseconds)


MAYOR = Question("Who resigned?", ("Ada Quill",))
DEAD = Question("How many people died?", ("Eight", "8"))
NOTHING = Question("Who won the chess final?", answerable=False)
FIRST = cited(1, "The mayor, Ada Quill, resigned.", answer="Ada Quill")
OTHER = cited(1, "Nine were hurt.", answer="Nine")


# Judging


def test_an_answer_in_the_first_citation_is_right() -> None:
    outcome = judged(MAYOR, answered(FIRST))
    assert (outcome.verdict, outcome.fine, outcome.exact) == ("right", True, True)
    expected = {"answers.first": 1, "answers.any": 1, "answers.text": 1, "answers.highlighted_first": 1}
    expected |= {"answers.highlight_f1": 1, "citations.number": 1, "citations.characters": len(FIRST.quote)}
    assert {name: outcome.numbers[name] for name in expected} == expected


def test_an_answer_in_a_later_citation_is_told_apart() -> None:
    outcome = judged(MAYOR, answered(OTHER, replace(FIRST, number=2)))
    assert (outcome.verdict, outcome.fine) == ("later", False)
    assert (outcome.numbers["answers.first"], outcome.numbers["answers.any"]) == (0, 1)
    assert (outcome.numbers["answers.highlighted_first"], outcome.numbers["answers.highlighted"]) == (0, 1)


def test_one_of_several_answers_is_enough() -> None:
    assert judged(DEAD, answered(cited(1, "Eight people died."))).verdict == "right"


def test_silence_is_right_only_where_there_is_no_answer() -> None:
    assert judged(NOTHING, silence()).fine
    missed = judged(MAYOR, silence())
    assert (missed.verdict, missed.fine) == ("silent", False)
    assert (missed.numbers["answers.first"], missed.numbers["answers.any"]) == (0, 0)
    assert judged(NOTHING, answered(FIRST)).verdict == "baseless"


def test_whole_quotes_that_answer_have_no_highlight_to_judge() -> None:
    outcome = judged(DEAD, answered(cited(1, "Eight people died.")))
    assert not [name for name in outcome.numbers if "highlight" in name]


@pytest.mark.parametrize(
    ("citation", "wrong"),
    [
        (replace(FIRST, start=FIRST.start + 1), "exact.quotes"),
        (replace(FIRST, article=replace(HERE, id="gone")), "exact.quotes"),
        (replace(FIRST, answer=AnswerSpan("Ada Quill", 0, 9)), "exact.highlights"),
        (replace(FIRST, answer=AnswerSpan("Nine", TEXT.index("Nine"), TEXT.index("Nine") + 4)), "exact.highlights"),
        (replace(FIRST, number=2), "exact.markers"),
    ],
)
def test_whatever_is_not_exact_is_found(citation: Citation, wrong: str) -> None:
    outcome = judged(MAYOR, answered(citation))
    assert outcome.numbers[wrong] == 0
    assert not outcome.exact


def test_a_marker_without_a_citation_and_a_citation_without_a_marker_are_found() -> None:
    for words in ("Ada Quill. [1] [2]", "Ada Quill."):
        assert judged(MAYOR, replace(answered(FIRST), text=words)).numbers["exact.markers"] == 0


def test_parts_of_a_full_answer_and_outdated_ones_are_counted() -> None:
    question = replace(MAYOR, also=("Eight", "Ten"), outdated=("Nine",))
    outcome = judged(question, answered(OTHER, replace(FIRST, number=2)))
    assert outcome.numbers["answers.complete"] == 1 / 3
    assert outcome.numbers["answers.outdated"] == 1
    assert judged(question, answered(FIRST)).numbers["answers.outdated"] == 0


def passage(words: str, article: ArticleRef) -> RetrievedPassage:
    start = TEXT.index(words)
    return RetrievedPassage(1, article, start, start + len(words), words, 0.5)


def test_passages_are_judged_by_words_and_by_articles() -> None:
    passages = (passage("Nine were hurt.", ELSEWHERE), passage("Ada Quill", HERE), passage("Eight", HERE))
    question = replace(MAYOR, gold=Gold(urls=("https://post.example/flood", "https://post.example/gone")))
    numbers = judged(question, replace(silence(), passages=passages)).numbers
    assert [numbers[f"retrieval.words.hit@{k}"] for k in (1, 4, 8)] == [0, 1, 1]
    assert numbers["retrieval.words.mrr"] == numbers["retrieval.articles.mrr"] == 0.5
    ideal = 1 + 1 / math.log2(3)
    assert numbers["retrieval.articles.ndcg@8"] == pytest.approx((1 / math.log2(3)) / ideal)
    assert numbers["answers.gold_cited"] == 0


def test_words_that_a_rewrite_adds_are_counted() -> None:
    question = replace(MAYOR, text="And why?", history=(("Who?", "Ada."),), rewrite="Why did Ada Quill resign?")
    answer = replace(answered(FIRST), standalone_question="Why did Ada Quill leave?")
    numbers = judged(question, answer).numbers
    assert [numbers[f"rewrite.{name}"] for name in ("wanted", "added", "both")] == [3, 3, 2]
    alone = replace(question, rewrite="And why?")
    assert judged(alone, answer).numbers["rewrite.left_alone"] == 0
    assert judged(alone, replace(answer, standalone_question="")).numbers["rewrite.left_alone"] == 1


def test_a_question_that_ended_in_an_error_is_a_miss() -> None:
    outcome = failed(MAYOR, "too long")
    assert (outcome.verdict, outcome.fine) == ("failed", False)
    found = figures([outcome, judged(MAYOR, answered(FIRST))])
    assert (found["answers.first"], found["answers.answered"], found["failed.questions"]) == (0.5, 0.5, 0.5)


# Figures


def sample_run(*outcomes: Outcome) -> Run:
    return Run(outcomes, ("questions.jsonl",), Searched(2, "2025-01-20", "2025-01-21"), "2025-02-01T00:00:00+00:00")


MIXED = sample_run(
    judged(MAYOR, answered(FIRST, confidence=0.9), milliseconds=100),
    judged(DEAD, answered(OTHER, confidence=0.6), milliseconds=200),
    judged(replace(MAYOR, text="Who is the mayor?"), silence(0.3), milliseconds=300),
    judged(NOTHING, silence(0.2), milliseconds=400),
    judged(replace(NOTHING, text="Who lost the chess final?"), answered(OTHER, confidence=0.7), milliseconds=500),
)


def test_the_figures_of_five_questions_worked_out_by_hand() -> None:
    expected = {
        "answers.answered": 2 / 3,
        "answers.first": 1 / 3,
        "abstention.unanswerable_answered": 1 / 2,
        "abstention.precision": 1 / 2,
        "abstention.recall": 1 / 2,
        "abstention.auc": 4 / 6,  # 0.9 above both; 0.6 and 0.3 above 0.2 alone
        "abstention.ece": (0.1 + 0.4 + 0.7 + 0.2 + 0.7) / 5,
        "abstention.ece_correct": (0.1 + 0.6 + 0.3 + 0.2 + 0.7) / 5,
        "latency.median": 300,
        "exact.quotes": 1,
        "failed.questions": 0,
    }
    assert {name: MIXED.measures[name] for name in expected} == pytest.approx(expected)
    assert "followups.answered" not in MIXED.measures
    assert set(MIXED.measures) == {measure.name for measure in MIXED.defined()}


def test_a_run_comes_back_from_its_file(tmp_path: Path) -> None:
    MIXED.save(tmp_path / "run.json")
    again = Run.load(tmp_path / "run.json")
    assert again == MIXED
    assert again.measures == MIXED.measures


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"format": 1}', '{"format": 1, "outcomes": [1]}'])
def test_a_file_that_is_no_run_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "run.json").write_text(content)
    with pytest.raises(InputError, match=r"run\.json is no run"):
        Run.load(tmp_path / "run.json")


def test_a_run_of_another_format_is_refused(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text('{"format": 99}')
    with pytest.raises(InputError, match="another version"):
        Run.load(tmp_path / "run.json")


# Comparing


def test_a_run_is_the_same_as_itself() -> None:
    found = compare(MIXED, MIXED, resamples=20)
    assert (found.common, found.only_before, found.only_after, found.changes) == (5, 0, 0, ())
    assert found.differing == ()
    assert {one.change.value for one in found.differences} == {0}


def test_what_changed_is_told_with_its_question() -> None:
    better = judged(DEAD, answered(cited(1, "Eight people died.")))
    worse = judged(NOTHING, answered(OTHER))
    after = sample_run(MIXED.outcomes[0], better, worse, judged(Question("New?", ("x",)), silence()))
    found = compare(after, MIXED, resamples=50)
    assert (found.common, found.only_before, found.only_after) == (3, 2, 1)
    changes = [(change.after.question.text, change.better) for change in found.changes]
    assert changes == [(NOTHING.text, False), (DEAD.text, True)]
    [first] = [one for one in found.differences if one.measure.name == "answers.first"]
    assert (first.before, first.after, first.change.value) == (0.5, 1, 0.5)


def test_a_difference_is_better_or_worse_only_when_the_interval_leaves_out_zero() -> None:
    questions = [replace(MAYOR, text=f"Who resigned in town {n}?") for n in range(30)]
    wrong = sample_run(*(judged(one, answered(OTHER)) for one in questions))
    right = sample_run(*(judged(one, answered(FIRST)) for one in questions))
    one_right = sample_run(right.outcomes[0], *wrong.outcomes[1:])

    def verdict(after: Run, before: Run) -> str:
        return next(one.verdict for one in compare(after, before).differences if one.measure.name == "answers.first")

    assert (verdict(right, wrong), verdict(wrong, right), verdict(one_right, wrong)) == ("better", "worse", "")


def test_a_question_that_is_asked_twice_is_compared_twice() -> None:
    twice = sample_run(MIXED.outcomes[0], MIXED.outcomes[0])
    assert compare(twice, twice, resamples=5).common == 2


def test_runs_without_a_common_question_cannot_be_compared() -> None:
    with pytest.raises(InputError, match="no question in common"):
        compare(sample_run(MIXED.outcomes[0]), sample_run(MIXED.outcomes[1]))


# Floors


def test_what_is_below_its_floor_or_above_its_ceiling_is_named() -> None:
    floors = Floors(
        at_least={"answers.first": 0.5, "answers.answered": 0.6, "followups.any": 0.1},
        at_most={"abstention.unanswerable_answered": 0.2, "latency.median": 300},
    )
    assert [str(one) for one in floors.missed(MIXED)] == [
        "answers.first must be at least 0.5, and is 0.3333",
        "followups.any must be at least 0.1, and was not measured: no question tells",
        "abstention.unanswerable_answered must be at most 0.2, and is 0.5",
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "is not JSON"),
        ("{}", "should be a JSON object"),
        ('{"atleast": {}}', "should be a JSON object"),
        ('{"at_least": [1]}', "should hold measures and numbers"),
        ('{"at_least": {"answers.frist": 0.5}}', "no measure 'answers.frist'; 'answers.first' is one"),
        ('{"at_least": {"answers.first": "much"}}', 'answers.first is "much", and should be a number'),
    ],
)
def test_floors_that_cannot_be_used_are_refused(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "floors.json").write_text(content)
    with pytest.raises(InputError) as error:
        Floors.load(tmp_path / "floors.json")
    assert said in str(error.value)


# The report


def evil_run() -> Run:
    article = replace(HERE, title=EVIL, source=EVIL, url="javascript:alert(3)")
    citation = Citation(1, EVIL, 0, len(EVIL), 0.9, article)
    answer = answered(citation, notes=(EVIL,), passages=(RetrievedPassage(1, article, 0, 4, EVIL, 0.5, 1, 2),))
    answer = replace(answer, standalone_question=EVIL)
    question = Question(EVIL, ("Ada",), kind=EVIL, history=((EVIL, EVIL),), place=EVIL, id=EVIL)
    outcomes = (judged(question, answer), failed(replace(question, kind="other"), EVIL), *MIXED.outcomes)
    return replace(sample_run(*outcomes), files=(EVIL,), version=EVIL)


def test_the_report_escapes_all_words() -> None:
    run = evil_run()
    other = sample_run(judged(run.outcomes[0].question, silence()), *MIXED.outcomes)
    page = report(run, comparison=compare(run, other, resamples=5), floors=Floors(at_least={"answers.first": 1}))
    assert "<script" not in page
    assert "<img" not in page
    assert "javascript:alert(3)" not in re.findall(r'(?:href|src)="([^"]*)"', page)
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 12


def test_the_report_names_no_other_file_and_allows_none() -> None:
    page = report(MIXED)
    assert not re.findall(r'(?:src|srcset|action|data)="|@import|url\(|<link|<script', page)
    assert re.findall(r'href="([^"]+)"', page.split("<main>")[0]) == []
    assert "default-src 'none'" in page


def test_the_report_shows_every_miss_and_nothing_that_is_fine() -> None:
    page = report(MIXED)
    shown = re.findall(r'<span class="question">([^<]+)', page)
    assert sorted(shown) == sorted(one.question.text for one in MIXED.outcomes if not one.fine)
    assert len(shown) == 3


def test_the_report_marks_the_highlight_and_the_answer_in_a_quote() -> None:
    outcome = judged(DEAD, answered(OTHER, replace(cited(1, "Eight people died.", answer="Eight people"), number=2)))
    page = report(sample_run(outcome))
    assert '<mark class="strong soft">Eight</mark><mark class="strong"> people</mark> died.' in page
    assert '<mark class="strong">Nine</mark> were hurt.' in page


def test_a_run_of_one_question_has_a_report() -> None:
    for outcome in (failed(MAYOR, "no"), judged(NOTHING, silence()), judged(MAYOR, answered(FIRST))):
        assert report(sample_run(outcome)).endswith("</html>\n")


@given(st.text(), st.lists(st.tuples(st.integers(-5, 60), st.integers(-5, 60)), max_size=4))
def test_marking_changes_no_word(words: str, spans: list[tuple[int, int]]) -> None:
    assert re.sub(r"</?mark[^>]*>", "", marked(words, strong=spans[:2], soft=spans[2:])) == text(words)


@given(st.text())
def test_an_attribute_cannot_be_left(words: str) -> None:
    assert re.fullmatch(r'<p title="[^"<>]*"></p>', tag("p", title=words), re.DOTALL)
