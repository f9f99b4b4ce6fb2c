"""The forms of the OpenAPI document have the fields that the values have, so that nothing new goes undocumented."""

from __future__ import annotations

from dataclasses import fields

import pytest
from pydantic import BaseModel

from ingest.article import Article
from ingest.report import IngestReport, Progress
from qa.answer import Answer, ArticleRef, Citation, Claim, Disagreement, Filters, RetrievedPassage, Writing
from qa.timeline import Bar, Event
from web.api import answers, managing, shapes, stories


@pytest.mark.parametrize(
    ("form", "value"),
    [
        (answers.AnswerModel, Answer),
        (answers.ArticleRefModel, ArticleRef),
        (answers.CitationModel, Citation),
        (answers.ClaimModel, Claim),
        (answers.DisagreementModel, Disagreement),
        (answers.FiltersModel, Filters),
        (answers.PassageModel, RetrievedPassage),
        (answers.WritingModel, Writing),
        (managing.ProgressModel, Progress),
        (managing.ReportModel, IngestReport),
        (shapes.ArticleModel, Article),
        (stories.BarModel, Bar),
        (stories.EventModel, Event),
    ],
)
def test_every_field_is_documented(form: type[BaseModel], value: type) -> None:
    assert set(form.model_fields) == {field.name for field in fields(value)}


def test_the_example_of_an_answer_is_one() -> None:
    example = Answer.from_dict(answers.ANSWER).to_dict()
    assert answers.AnswerModel.model_validate(answers.ANSWER).model_dump(by_alias=True) == example
    [citation] = answers.ANSWER["citations"]
    assert citation["end"] - citation["start"] == len(citation["quote"])
    answer = citation["answer"]
    assert citation["quote"][answer["start"] : answer["end"]] == answer["text"]
