"""The form of articles in JSON, for the OpenAPI document, and how they get it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from pydantic import BaseModel, Field

from ingest.article import Article, Passage
from ingest.stored import Version
from web.api.answers import Day

__all__ = ["ArticleModel", "ArticleRead", "Listed", "VersionModel", "listed", "passage_fields", "version_fields"]

Stretch = Annotated[
    tuple[Annotated[int, Field(ge=0)], Annotated[int, Field(ge=0)]],
    Field(description="Start and end, in characters of the article's text."),
]


class Listed(BaseModel):
    """An article without its text."""

    id: str = Field(examples=["5a0f4fa3e1c94c1bb0d2"])
    title: str = Field(description="Empty where there is none.", examples=["Bridge reopens after repairs"])
    url: str | None = Field(examples=["https://gazette.example/bridge"])
    source: str | None = Field(description="The outlet.", examples=["Harbour Gazette"])
    authors: list[str] = Field(examples=[["A. Writer"]])
    published: Day | None
    updated: Day | None = Field(description="When the outlet says that it changed the article.")
    language: str | None = Field(description="A BCP 47 tag.", examples=["en"])
    date_note: str = Field(description="What a guessed date was read from; empty for one that was stated.")
    section: str | None = Field(examples=["Local"])
    description: str | None = Field(description="What the outlet says of it in a sentence or two.")
    place: str | None = Field(description="Where it was written, as its dateline says.")
    captions: list[Stretch] = Field(description="Captions of pictures in the text.")


class ArticleModel(Listed):
    """An article. Every quote is a stretch of exactly this text, counted in characters (Unicode code points)."""

    text: str = Field(examples=["The bridge reopened to traffic on Tuesday after three weeks of repairs."])


class PassageOf(BaseModel):
    """A stretch of an article that is found and read as one piece."""

    id: int
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    sentences: list[Stretch] = Field(description="In characters of the article's text, not of the passage.")


class ArticleRead(ArticleModel):
    """An article with its passages, and the articles that tell its story, itself among them, earliest first."""

    passages: list[PassageOf]
    story: list[Listed]


class VersionModel(BaseModel):
    """What an article said at a time."""

    version: int = Field(ge=1, description="Counted from 1, the oldest that is known.")
    added: str = Field(description="When it came into the archive (ISO 8601, UTC).")
    replaced: str | None = Field(description="When the next one took its place; null for what it says now.")
    article: ArticleModel


def listed(article: Article) -> dict[str, Any]:
    """An article in a list: all but its text, which is had by its id."""
    return {name: value for name, value in asdict(article).items() if name != "text"}


def passage_fields(passage: Passage) -> dict[str, Any]:
    """A passage of an article."""
    return {"id": passage.id, "start": passage.start, "end": passage.end, "sentences": passage.sentences}


def version_fields(version: Version) -> dict[str, Any]:
    """A version of an article."""
    facts = {"version": version.number, "added": version.added, "replaced": version.replaced}
    return {**facts, "article": asdict(version.article)}
