"""The form of an answer in JSON, for the OpenAPI document: that of ``Answer.to_dict()``, which stays the contract."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from qa.answer import Ignored, Kind

__all__ = ["ANSWER", "AnswerModel", "ArticleRefModel", "CitationModel", "Day", "PassageModel"]

Day = Annotated[
    str,
    Field(
        description="ISO 8601: a day, or a moment with its offset, or without one where none is known.",
        examples=["2025-03-04"],
    ),
]
_Number = Annotated[int, Field(ge=1)]
_Offset = Annotated[int, Field(ge=0, description="In characters of the article's text.")]


class _Open(BaseModel):
    # What a later version tells besides is handed on, and clients should pass over what they do not know.
    model_config = ConfigDict(extra="allow")


class ArticleRefModel(_Open):
    """What a citation says of its article."""

    id: str = Field(examples=["5a0f4fa3e1c94c1bb0d2"])
    title: str = Field(examples=["Bridge reopens after repairs"])
    url: str | None = None
    source: str | None = Field(default=None, examples=["Harbour Gazette"])
    authors: list[str] = []
    published: Day | None = None


class ResolvedDateModel(_Open):
    """A time expression in a quote, and the day that it means."""

    text: str = Field(examples=["on Tuesday"])
    start: _Offset
    end: _Offset
    resolved: str = Field(description="ISO 8601: a day, a month, a year, or two of them with a slash.")


class AnswerSpanModel(_Open):
    """The very words of a quote that answer."""

    text: str
    start: _Offset
    end: _Offset


class CitationModel(_Open):
    """A quote that stands word for word in its article: `article.text[start:end] == quote`."""

    number: _Number = Field(description="What `[n]` in the answer's text refers to.")
    quote: str
    start: _Offset
    end: _Offset
    score: float = Field(ge=0, le=1, description="How sure the reader is that the quote bears on the question.")
    article: ArticleRefModel
    dates: list[ResolvedDateModel] = []
    also_in: list[ArticleRefModel] = Field(default=[], description="Other articles that carry the same words.")
    answer: AnswerSpanModel | None = None
    attribution: str = Field(default="", description="Who says so, when the article gives it on as somebody's words.")


class ClaimModel(_Open):
    """What one side of a disagreement says."""

    value: str
    citation: _Number
    latest: StrictBool = False


class DisagreementModel(_Open):
    """Different figures, names or dates for the same thing, oldest report first."""

    about: str
    claims: list[ClaimModel]


class PassageModel(_Open):
    """A passage that was retrieved."""

    id: int
    article: ArticleRefModel
    start: _Offset
    end: _Offset
    text: str
    score: float = Field(ge=0, le=1)
    dense_rank: _Number | None = None
    lexical_rank: _Number | None = None


class FiltersModel(_Open):
    """What the search was narrowed to."""

    published_from: str | None = None
    published_to: str | None = None
    sources: list[str] = []
    sections: list[str] = []
    ignored: list[Ignored] = Field(default=[], description="What narrows nothing even where the question names it.")


class SearchedModel(_Open):
    """What was searched."""

    articles: int = Field(ge=0)
    from_: str | None = Field(default=None, alias="from")
    to: str | None = None


class WritingModel(_Open):
    """What a language model did for an answer, and what it cost."""

    model: str
    sentences: int = Field(default=0, ge=0, description="How many it wrote.")
    shown: int = Field(default=0, ge=0)
    mended: int = Field(default=0, ge=0, description="Those that got another quote than they cited.")
    cut: int = Field(default=0, ge=0, description="Those that no quote bears out.")
    calls: int = Field(default=0, ge=0, description="How often it was asked.")
    prompt_tokens: int = Field(default=0, ge=0)
    completion_tokens: int = Field(default=0, ge=0)
    cached_tokens: int = Field(default=0, ge=0)
    estimated: StrictBool = Field(default=False, description="Whether tokens were reckoned from characters.")
    failed: str = Field(default="", description="Why it was of no use; empty when it was.")


ANSWER: dict[str, Any] = {
    "question": "When did the bridge reopen?",
    "answered": True,
    "text": "The bridge reopened to traffic on Tuesday after three weeks of repairs. [1]",
    "confidence": 0.93,
    "citations": [
        {
            "number": 1,
            "quote": "The bridge reopened to traffic on Tuesday after three weeks of repairs.",
            "start": 0,
            "end": 71,
            "score": 0.97,
            "article": {
                "id": "5a0f4fa3e1c94c1bb0d2",
                "title": "Bridge reopens after repairs",
                "url": "https://gazette.example/bridge",
                "source": "Harbour Gazette",
                "authors": ["A. Writer"],
                "published": "2025-03-05",
            },
            "dates": [{"text": "on Tuesday", "start": 31, "end": 41, "resolved": "2025-03-04"}],
            "also_in": [],
            "answer": {"text": "on Tuesday", "start": 31, "end": 41},
            "attribution": "",
        }
    ],
    "standalone_question": "When did the bridge reopen?",
    "mode": "extractive",
    "notes": [],
    "passages": [],
    "filters": {"published_from": None, "published_to": None, "sources": [], "sections": [], "ignored": []},
    "searched": {"articles": 412, "from": "2024-03-03", "to": "2025-03-19"},
    "timings": {"understand": 1.2, "retrieve": 31.0, "read": 148.5, "total": 181.1},
    "kind": "fact",
    "reasons": [],
    "disagreements": [],
    "writing": None,
}


class AnswerModel(_Open):
    """An answer, or an abstention: then `answered` is false, and `text` says so and what was searched."""

    model_config = ConfigDict(extra="allow", json_schema_extra={"examples": [ANSWER]})

    question: str
    answered: StrictBool
    text: str = Field(description="Sentences with their markers `[n]`; `[n]` resolves to `citations[n-1]`.")
    confidence: float = Field(ge=0, le=1, description="A calibrated probability that the citations answer.")
    citations: list[CitationModel] = []
    standalone_question: str = Field(
        default="", description="The question as it was searched for, completed from the history."
    )
    mode: Literal["extractive", "generative"] = "extractive"
    notes: list[str] = Field(default=[], description="What the reader of the answer should know, a sentence each.")
    passages: list[PassageModel] = Field(default=[], description="What was retrieved, best first.")
    filters: FiltersModel = Field(default_factory=FiltersModel)
    searched: SearchedModel
    timings: dict[str, float] = Field(default={}, description="Milliseconds, by step, and `total`.")
    kind: Kind = "fact"
    reasons: list[str] = Field(default=[], description="Of an abstention: why there is no answer, a sentence each.")
    disagreements: list[DisagreementModel] = []
    writing: WritingModel | None = Field(
        default=None, description="What a language model did; null when none was asked."
    )
