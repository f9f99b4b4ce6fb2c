"""What tools take and give, as JSON schemas. Descriptions here are read by language models."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter

from qa.answer import Answer, ArticleRef, Citation, RetrievedPassage
from qa.timeline import Timeline
from web.api import LONGEST_QUESTION

__all__ = [
    "Add",
    "Ask",
    "Nothing",
    "Read",
    "Search",
    "TimelineOf",
    "answer",
    "article",
    "outcome",
    "passages",
    "sources",
    "timeline",
]

_Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_QUESTION)]
_From = Annotated[date | None, Field(description="Only articles published on this day (YYYY-MM-DD) or later.")]
_To = Annotated[date | None, Field(description="Only articles published on this day (YYYY-MM-DD) or earlier.")]
_Sources = Annotated[list[str], Field(description="Only articles of these outlets, named as list_sources names them.")]

_Sections = Annotated[
    list[str], Field(description="Only articles of these sections, named as list_sources names them.")
]


class Nothing(BaseModel):
    """No arguments."""

    model_config = ConfigDict(extra="forbid")


class _Narrowed(Nothing):
    published_from: _From = None
    published_to: _To = None
    sources: _Sources = []
    sections: _Sections = []

    def scope(self) -> dict[str, Any]:
        """What to search within, as the arguments of :class:`qa.Assistant`."""
        first, last = (day.isoformat() if day else None for day in (self.published_from, self.published_to))
        names = {"sources": self.sources or None, "sections": self.sections or None}
        return {"published_from": first, "published_to": last, **names}


class Ask(_Narrowed):
    """A question."""

    question: Annotated[
        _Words,
        Field(
            description="One whole question in English that can be understood by itself: names instead of pronouns. It "
            "may name days, such as 'last week' or 'in March 2024'."
        ),
    ]


class Search(_Narrowed):
    """What to look for."""

    query: Annotated[_Words, Field(description="A few words, a name, or a sentence. Days in it narrow nothing.")]
    limit: Annotated[int, Field(ge=1, le=50, description="How many passages at most.")] = 8


class Read(Nothing):
    """Which article, and which part of a long one."""

    id: Annotated[str, Field(min_length=1, description="The id of the article, as other tools give it.")]
    start: Annotated[int, Field(ge=0, description="The first character to read.")] = 0
    length: Annotated[int, Field(ge=1, le=100_000, description="How many characters to read at most.")] = 20_000


class TimelineOf(_Narrowed):
    """What to tell the course of."""

    topic: Annotated[
        str,
        StringConstraints(strip_whitespace=True, max_length=LONGEST_QUESTION),
        Field(description="A few words that name the events. Without it, articles are only counted over time."),
    ] = ""
    limit: Annotated[int, Field(ge=1, le=50, description="How many days at most.")] = 12


class Add(Nothing):
    """An article."""

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1), Field(description="The whole text.")]
    title: Annotated[_Words, Field(description="The headline.")]
    source: Annotated[str, Field(max_length=500, description="The outlet that published it.")] = ""
    published: Annotated[date | None, Field(description="The day of its publication (YYYY-MM-DD).")] = None
    url: Annotated[str, Field(max_length=2000, pattern=r"^(https?://\S+)?$", description="Its web address.")] = ""
    authors: Annotated[list[str], Field(max_length=50, description="Who wrote it.")] = []


@cache
def answer() -> dict[str, Any]:
    """The schema of ``Answer.to_dict()``."""
    schema = _schema(Answer)
    searched = schema["$defs"]["Searched"]["properties"]
    searched["from"], searched["to"] = searched.pop("first"), searched.pop("last")
    return schema


@cache
def passages() -> dict[str, Any]:
    """The schema of what search gives."""
    return _object(passages=list[RetrievedPassage])


@cache
def article() -> dict[str, Any]:
    """The schema of what read_article gives."""
    return _object(
        article=ArticleRef, text=str, start=int, end=int, characters=int, updated=str | None, also_in=list[ArticleRef]
    )


@cache
def timeline() -> dict[str, Any]:
    """The schema of what timeline gives."""
    schema = _object(events=list[_Event], counts=Timeline)
    schema["$defs"]["Timeline"]["properties"]["articles"] = {"type": "integer"}
    return schema


@cache
def sources() -> dict[str, Any]:
    """The schema of what list_sources gives."""
    source = {"name": {"type": "string"}, "articles": {"type": "integer"}}
    listed = {"type": "array", "items": {"type": "object", "properties": source, "required": list(source)}}
    day = {"anyOf": [{"type": "string"}, {"type": "null"}]}
    properties = {"articles": {"type": "integer"}, "from": day, "to": day, "sources": listed, "sections": listed}
    return {"type": "object", "properties": properties, "required": list(properties)}


@cache
def outcome() -> dict[str, Any]:
    """The schema of what add_article gives."""
    return _object(outcome=str, id=str)


class _Event(BaseModel):
    day: str
    citation: Citation


def _object(**fields: Any) -> dict[str, Any]:
    """The schema of an object that has all of these fields."""
    definitions: dict[str, Any] = {}
    properties = {}
    for name, kind in fields.items():
        schema = _schema(kind)
        definitions |= schema.pop("$defs", {})
        if isinstance(kind, type) and schema.get("type") == "object":
            definitions[kind.__name__] = schema
            schema = {"$ref": f"#/$defs/{kind.__name__}"}
        properties[name] = schema
    made: dict[str, Any] = {"type": "object", "properties": properties, "required": list(properties)}
    return made | ({"$defs": definitions} if definitions else {})


def _schema(kind: Any) -> dict[str, Any]:
    return TypeAdapter(kind).json_schema(mode="serialization")
