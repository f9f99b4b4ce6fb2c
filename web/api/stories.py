"""Stories, and articles over time."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Query
from pydantic import BaseModel, Field

from qa import timeline
from web.api.answers import CitationModel
from web.api.asking import Question
from web.api.choosing import Chosen, IsoDay, Narrowed, Paged
from web.api.guarded import guarded
from web.api.shapes import Listed, listed

if TYPE_CHECKING:
    from ingest.stored import Story
    from web.service import Service

__all__ = ["add_stories", "add_timeline"]


class ListedStories(Narrowed, Paged):
    """Which stories are listed."""


class StoryModel(BaseModel):
    """Articles that are copies of one another, or an article that has none."""

    id: str = Field(description="That of its earliest article.")
    articles: list[Listed] = Field(description="Earliest first, undated ones last.")


class Stories(BaseModel):
    """A part of a list of stories."""

    total: int = Field(ge=0, description="How many stories meet the filters.")
    stories: list[StoryModel] = Field(description="Those with the latest first article first.")


class OverTime(Chosen):
    """Which articles are counted, and how."""

    step: timeline.Step | None = Field(
        default=None,
        description="How much of the calendar a bar is; chosen to make at most about 60 bars if not given.",
    )


class BarModel(BaseModel):
    """How many articles were published from one day to another, both included."""

    first: date
    last: date
    articles: int = Field(ge=0)


class TimelineModel(BaseModel):
    """Articles over time."""

    step: timeline.Step
    articles: int = Field(ge=0)
    undated: int = Field(ge=0, description="Articles without a day, which are in no bar.")
    bars: list[BarModel] = Field(
        description="From the first article to the last. Empty ones are among them, unless there are hundreds of bars."
    )


class Topic(Narrowed):
    """Whose course of events is told."""

    topic: Question = Field(
        description="A few words, or a question. Days that it names narrow the search.", examples=["the bridge repairs"]
    )
    limit: int = Field(default=12, ge=1, le=30, description="How many days at most.")
    asked_on: IsoDay | None = Field(default=None, description='The day that "last week" is reckoned from; else today.')


class EventModel(BaseModel):
    """What happened on a day, as its citation says."""

    day: str = Field(description="ISO 8601.", examples=["2025-03-04"])
    citation: CitationModel


class Events(BaseModel):
    """The course of events, oldest first; empty where no article is about the topic."""

    topic: str
    events: list[EventModel]


def add_stories(rest: APIRouter, service: Service) -> None:
    """Routes of stories."""
    archive = service.assistant.archive

    @rest.get(
        "/stories",
        tags=["Stories"],
        summary="List stories",
        response_model=Stories,
        **guarded(service, "read"),
    )
    def list_stories(wanted: Annotated[ListedStories, Query()]) -> Any:
        """Stories with an article that meets the filters, all their articles with them."""
        scope = wanted.scope()
        found = archive.stories(limit=wanted.limit, offset=wanted.offset, scope=scope)
        return {"total": archive.stats(scope).stories, "stories": [_fields(story) for story in found]}

    @rest.get(
        "/stories/{article_id}",
        tags=["Stories"],
        summary="The story of an article",
        response_model=StoryModel,
        **guarded(service, "read", 404),
    )
    def read_story(article_id: Annotated[str, Path(max_length=500, description="Any of its articles.")]) -> Any:
        """The articles that tell the same story as one of them."""
        members = archive.members(article_id)
        if not members:
            raise HTTPException(404, f"There is no article {article_id!r} in the archive.")
        return {"id": members[0].id, "articles": [listed(article) for article in members]}


def add_timeline(rest: APIRouter, service: Service) -> None:
    """Routes of articles over time."""
    assistant = service.assistant

    @rest.get(
        "/timeline",
        tags=["Timeline"],
        summary="Count articles over time",
        response_model=TimelineModel,
        **guarded(service, "read"),
    )
    def count_over_time(wanted: Annotated[OverTime, Query()]) -> Any:
        """How many articles there are of each day, week, month or year. Weeks begin on Monday."""
        selection, step = wanted.selection(), wanted.step or "auto"
        return timeline.per_day(assistant.archive, selection=selection, step=step).to_dict()

    @rest.get(
        "/timeline/events",
        tags=["Timeline"],
        summary="The course of events",
        response_model=Events,
        **guarded(service, "read"),
    )
    def course_of_events(wanted: Annotated[Topic, Query()]) -> Any:
        """What the articles tell of a topic day by day: a quote a day, each with its exact citation."""
        told = timeline.course(
            assistant,
            wanted.topic,
            published_from=wanted.published_from,
            published_to=wanted.published_to,
            sources=wanted.source or None,
            sections=wanted.section or None,
            asked_on=wanted.asked_on,
            most=wanted.limit,
        )
        return {"topic": wanted.topic, "events": [event.to_dict() for event in told]}


def _fields(story: Story) -> dict[str, Any]:
    return {"id": story.id, "articles": [listed(article) for article in story.members]}
