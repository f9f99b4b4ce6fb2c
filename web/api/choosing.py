"""Filters and pages, as lists share them."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Collection
from datetime import date
from typing import Annotated, Any

from fastapi import HTTPException
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from ingest.listing import Place, Selection
from ingest.stored import Scope

__all__ = ["Chosen", "IsoDay", "Narrowed", "Paged", "Word", "cursor_of", "place_of"]

Word = Annotated[str, StringConstraints(min_length=1, max_length=500)]
"""What is looked for in an article, or a name that it has."""
# SQLite's numbers end somewhere, and no archive reaches as far.
_MOST = 1_000_000_000
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _written_out(value: object) -> object:
    # Else pydantic takes 0 for the first day of 1970.
    if value is None or type(value) is date or (isinstance(value, str) and _DAY.fullmatch(value)):
        return value
    raise ValueError("write the day like 2024-03-19")


IsoDay = Annotated[date, BeforeValidator(_written_out)]
"""A day, ISO 8601."""


class Narrowed(BaseModel):
    """Days, outlets and sections."""

    model_config = ConfigDict(extra="forbid")

    published_from: IsoDay | None = Field(default=None, description="Only articles of this day and later.")
    published_to: IsoDay | None = Field(default=None, description="Only articles of this day and earlier.")
    source: list[Word] = Field(
        default=[], max_length=50, description="Only articles of this outlet, or, repeated, of these."
    )
    section: list[Word] = Field(
        default=[],
        max_length=50,
        description="Only articles of this section, or, repeated, of these.",
        examples=[["Sport"]],
    )

    def scope(self) -> Scope:
        """The same for the archive."""
        days = [day.isoformat() if day else None for day in (self.published_from, self.published_to)]
        return Scope(days[0], days[1], tuple(self.source), tuple(self.section))


class Chosen(Narrowed):
    """Which articles are meant; those that meet all of it. Undated articles lie outside of any days."""

    language: Word | None = Field(default=None, description="Only articles in this language; `en` is `en-GB` too.")
    text: Word | None = Field(
        default=None,
        description="Only articles with these words, in any order and form; those in double quotes follow each other.",
        examples=['bridge "city council"'],
    )

    def selection(self, ids: Collection[str] | None = None) -> Selection:
        """The same for the archive, and, if so wished, only these articles."""
        return Selection(scope=self.scope(), language=self.language, text=self.text, ids=ids)


class Paged(BaseModel):
    """Which part of a list is wanted."""

    limit: int = Field(default=50, ge=1, le=1000, description="How many at most.")
    offset: int = Field(default=0, ge=0, le=_MOST, description="How many to pass over.")


def cursor_of(place: Place | None) -> str | None:
    """What a client is told of where a page ended."""
    return place and base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def place_of(cursor: str | None) -> Place | None:
    """Where the page before ended.

    Raises:
        HTTPException: 422, it is no cursor that we gave.
    """
    if cursor is None:
        return None
    try:
        found: Any = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        published, number = found
        if isinstance(published, str | None) and type(number) is int and 0 <= number <= _MOST:
            return published, number
    except (ValueError, TypeError, RecursionError):
        pass
    raise HTTPException(422, f"The cursor {cursor[:50]!r} is none that this list gave: begin again without one.")
