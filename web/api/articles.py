"""Articles: listed, read, removed."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Query
from pydantic import BaseModel, BeforeValidator, Field, StrictBool

from web.api.choosing import Chosen, Paged, Word, cursor_of, place_of
from web.api.guarded import guarded, json_only, only_post
from web.api.shapes import ArticleRead, Listed, VersionModel, listed, passage_fields, version_fields

if TYPE_CHECKING:
    from web.service import Service

__all__ = ["ArticleId", "Removed", "add_articles"]

# So many ids are named where articles are removed by a filter.
_NAMED = 1000

ArticleId = Annotated[str, Path(description="As a list gives it.", max_length=500, examples=["5a0f4fa3e1c94c1bb0d2"])]


class Listing(Chosen, Paged):
    """Which articles are listed, and which part of the list is wanted."""

    cursor: str | None = Field(
        default=None,
        max_length=500,
        description="`next` of the page before. Unlike an offset, it misses and repeats nothing when articles come "
        "and go.",
    )


class Articles(BaseModel):
    """A part of a list of articles."""

    total: int = Field(ge=0, description="How many articles meet the filters.")
    articles: list[Listed] = Field(description="Newest first, undated ones last.")
    next: str | None = Field(description="The `cursor` of the next page; null on the last one.")


class Versions(BaseModel):
    """What an article said over time, oldest first; the last is what it says now."""

    versions: list[VersionModel]


def _several(value: object) -> object:
    return [value] if isinstance(value, str) else [] if value is None else value


# It was one name, or null, before there could be several.
_Several = Annotated[list[Word], Field(max_length=50)]
_Sections = Annotated[list[Word], BeforeValidator(_several, json_schema_input_type=_Several | Word | None)]


class Removal(Chosen):
    """Which articles are to be removed: all that meet every filter. At least one is needed."""

    section: _Sections = Field(default=[], max_length=50, description="Only articles of this section, or of these.")
    ids: list[Annotated[str, Field(max_length=500)]] | None = Field(
        default=None, max_length=10_000, description="Only these articles."
    )
    dry_run: StrictBool = Field(default=True, description="Only tell what would be removed. Say false to remove it.")


class Removed(BaseModel):
    """What was removed, or would be."""

    matched: int = Field(ge=0, description="How many articles meet the filters.")
    removed: int = Field(ge=0)
    dry_run: bool
    ids: list[str] = Field(description=f"Of those that are meant, the newest {_NAMED:,} at most.")


def add_articles(rest: APIRouter, service: Service) -> None:
    """Routes of the articles that the archive has."""
    _add_removing(rest, service)
    _add_reading(rest, service)


def _add_reading(rest: APIRouter, service: Service) -> None:
    archive = service.assistant.archive

    @rest.get(
        "/articles",
        tags=["Articles"],
        summary="List articles",
        response_model=Articles,
        **guarded(service, "read"),
    )
    def list_articles(wanted: Annotated[Listing, Query()]) -> Any:
        """Articles without their texts, newest first, undated ones last."""
        found = archive.select(wanted.selection())
        page = found.page(limit=wanted.limit, offset=wanted.offset, after=place_of(wanted.cursor))
        return {
            "total": found.count(),
            "articles": [listed(article) for article in page.articles],
            "next": cursor_of(page.following),
        }

    @rest.get(
        "/articles/{article_id}",
        tags=["Articles"],
        summary="Read an article",
        response_model=ArticleRead,
        **guarded(service, "read", 404),
    )
    def read_article(article_id: ArticleId) -> Any:
        """An article with its text, its passages, and the articles that tell the same story."""
        found = archive.article(article_id)
        if found is None:
            raise _missing(article_id)
        passages = [passage_fields(passage) for passage in archive.passages_of(article_id)]
        story = [listed(other) for other in archive.members(article_id)]
        return {**asdict(found), "passages": passages, "story": story}

    @rest.get(
        "/articles/{article_id}/versions",
        tags=["Articles"],
        summary="What an article said over time",
        response_model=Versions,
        **guarded(service, "read", 404),
    )
    def list_versions(article_id: ArticleId) -> Any:
        """The versions of an article with their texts, oldest first."""
        found = archive.versions(article_id)
        if not found:
            raise _missing(article_id)
        return {"versions": [version_fields(one) for one in found]}

    @rest.get(
        "/articles/{article_id}/versions/{number}",
        tags=["Articles"],
        summary="Read one version of an article",
        response_model=VersionModel,
        **guarded(service, "read", 404),
    )
    def read_version(article_id: ArticleId, number: Annotated[int, Path(ge=1, le=1_000_000)]) -> Any:
        """What an article said at a time."""
        found = archive.versions(article_id)
        if not found:
            raise _missing(article_id)
        if number > len(found):
            raise HTTPException(
                404, f"There is no version {number} of the article {article_id!r}: it has {len(found)}."
            )
        return version_fields(found[number - 1])


def _add_removing(rest: APIRouter, service: Service) -> None:
    archive = service.assistant.archive
    only_post(rest, "/articles/remove")

    @rest.delete(
        "/articles/{article_id}",
        tags=["Articles"],
        summary="Remove an article",
        response_model=Removed,
        **guarded(service, "write", 404, 409, 507),
    )
    def remove_article(article_id: ArticleId) -> Any:
        """Remove an article with all its passages and versions."""
        if not (count := archive.remove([article_id])):
            raise _missing(article_id)
        return {"matched": count, "removed": count, "dry_run": False, "ids": [article_id]}

    @rest.post(
        "/articles/remove",
        tags=["Articles"],
        summary="Remove articles by a filter",
        response_model=Removed,
        **guarded(service, "write", 409, 507, body=json_only),
    )
    def remove_articles(wanted: Removal) -> Any:
        """Remove the articles that meet all of the filters. Nothing is removed unless `dry_run` is false."""
        selection = wanted.selection(wanted.ids)
        if not selection:
            raise HTTPException(422, "Nothing says which articles are to be removed: give at least one filter.")
        ids = archive.select(selection).ids()
        removed = 0 if wanted.dry_run else archive.remove(ids)
        return {"matched": len(ids), "removed": removed, "dry_run": wanted.dry_run, "ids": ids[:_NAMED]}


def _missing(article_id: str) -> HTTPException:
    return HTTPException(404, f"There is no article {article_id!r} in the archive.")
