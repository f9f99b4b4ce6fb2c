"""What people think of answers."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field, StrictBool

from qa.asked import today
from qa.feedback import LONGEST_COMMENT, Rating
from web.access import principal_of
from web.api.answers import ANSWER, AnswerModel
from web.api.asking import Turn
from web.api.choosing import IsoDay, Paged
from web.api.guarded import guarded, json_only

if TYPE_CHECKING:
    from web.service import Service

__all__ = ["add_rating"]


class Rated(BaseModel):
    """What somebody thinks of an answer."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"answer": ANSWER, "good": True, "comment": "Just what I needed."}]},
    )

    answer: AnswerModel = Field(description="The answer as it came.")
    good: StrictBool = Field(description="Thumbs up; false for thumbs down.")
    comment: str = Field(default="", max_length=LONGEST_COMMENT)
    history: list[Turn] = Field(default=[], max_length=100, description="The history that the question came with.")
    asked_on: IsoDay | None = Field(default=None, description="The day that it was asked on; today if none.")


class Kept(BaseModel):
    """A rating is kept. The same answer can be rated anew."""

    reference: str = Field(description="Names the answer.")


class RatingModel(BaseModel):
    """A rating as it was given."""

    reference: str
    owner: str = Field(description="Who gave it.")
    given: str = Field(description="When (ISO 8601, UTC).")
    asked: str
    question: str
    good: bool
    comment: str
    history: list[Turn]
    answer: dict[str, Any] = Field(description="The answer as it was.")


class Ratings(BaseModel):
    """A part of the list of ratings."""

    total: int = Field(ge=0)
    ratings: list[RatingModel] = Field(description="Latest first.")


class ListedRatings(Paged):
    """Which part of the list is wanted."""

    model_config = ConfigDict(extra="forbid")


def add_rating(rest: APIRouter, service: Service) -> None:
    """Routes of feedback."""

    @rest.post(
        "/feedback",
        tags=["Feedback"],
        summary="Rate an answer",
        status_code=201,
        response_model=Kept,
        **guarded(service, "ask", 507, body=json_only),
    )
    def rate_answer(rated: Rated, request: Request) -> Any:
        """Keep what somebody thinks of an answer, in place of what they thought of it before."""
        data = rated.answer.model_dump(mode="json", by_alias=True)
        meant = "\n".join((rated.answer.question, rated.answer.text, *map(str, rated.history)))
        reference = hashlib.sha256(meant.encode()).hexdigest()[:20]
        service.feedback.rate(
            Rating(
                question=rated.answer.question,
                good=rated.good,
                data=data,
                asked=rated.asked_on.isoformat() if rated.asked_on else today(),
                comment=rated.comment,
                history=tuple(rated.history),
                recipe=service.assistant.archive.recipe,
                owner=principal_of(request).name,
                reference=reference,
            )
        )
        return {"reference": reference}

    @rest.get(
        "/feedback",
        tags=["Feedback"],
        summary="List ratings",
        response_model=Ratings,
        **guarded(service, "admin"),
    )
    def list_ratings(wanted: Annotated[ListedRatings, Query()]) -> Any:
        """What people thought of answers, latest first."""
        found = service.feedback.ratings()[::-1]
        part = found[wanted.offset : wanted.offset + wanted.limit]
        return {"total": len(found), "ratings": [_fields(rating) for rating in part]}


def _fields(rating: Rating) -> dict[str, Any]:
    names = ("reference", "owner", "given", "asked", "question", "good", "comment", "history")
    return {**{name: getattr(rating, name) for name in names}, "answer": rating.data}
