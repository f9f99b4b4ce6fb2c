"""What the archive holds, and whether the server is well."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Query, Request
from pydantic import BaseModel, Field

from ingest.errors import DatelineError
from web.access import Principal
from web.api.choosing import Chosen, Narrowed
from web.api.guarded import guarded, open_to_all

if TYPE_CHECKING:
    from web.service import Service

__all__ = ["add_health", "add_holdings", "release"]


class Stats(BaseModel):
    """What the archive holds, or what of it meets the filters."""

    articles: int = Field(ge=0)
    passages: int = Field(ge=0)
    stories: int = Field(ge=0, description="Copies of one article counted once.")
    from_: str | None = Field(alias="from", description="The first day (ISO 8601); null when nothing is dated.")
    to: str | None = Field(description="The last day.")
    writable: bool = Field(description="Whether articles can be added and removed.")
    recipe: dict[str, str] = Field(description="What the archive was made with; empty while it is new.")
    release: str = Field(description="Dateline's version.")


class Named(BaseModel):
    """A name, and how many articles have it."""

    name: str
    articles: int = Field(ge=1)


class Sources(BaseModel):
    """What articles can be told apart by, those with most articles first."""

    sources: list[Named]
    sections: list[Named]
    languages: list[Named]
    without_source: int = Field(ge=0, description="Articles that name no outlet.")


class Health(BaseModel):
    """The server answers; and, to those who may read, what it serves."""

    status: Literal["ok"]
    articles: int | None = Field(default=None, ge=0)
    passages: int | None = Field(default=None, ge=0)
    from_: str | None = Field(default=None, alias="from")
    to: str | None = None
    sources: dict[str, int] | None = None


class Ready(BaseModel):
    """The archive answers."""

    status: Literal["ready"]


def add_holdings(rest: APIRouter, service: Service) -> None:
    """Routes of what the archive holds."""
    archive = service.assistant.archive

    @rest.get(
        "/stats",
        tags=["Archive"],
        summary="Count what there is",
        response_model=Stats,
        **guarded(service, "read"),
    )
    def stats(wanted: Annotated[Narrowed, Query()]) -> Any:
        """How many articles, passages and stories there are, and of which days."""
        held = archive.stats(wanted.scope())
        return {
            "articles": held.articles,
            "passages": held.passages,
            "stories": held.stories,
            "from": held.first,
            "to": held.last,
            "writable": archive.writable,
            "recipe": archive.recipe,
            "release": release(),
        }

    @rest.get(
        "/sources",
        tags=["Archive"],
        summary="List outlets, sections and languages",
        response_model=Sources,
        **guarded(service, "read"),
    )
    def list_sources(wanted: Annotated[Chosen, Query()]) -> Any:
        """The outlets, sections and languages of the articles that meet the filters."""
        found = archive.select(wanted.selection())
        outlets = found.sources()
        return {
            "sources": _named(outlets),
            "sections": _named(found.sections()),
            "languages": _named(found.languages()),
            "without_source": found.count() - sum(count for _, count in outlets),
        }


def add_health(rest: APIRouter, service: Service) -> None:
    """Routes that tell whether the server is well, for machines that watch it: they need no token."""
    archive = service.assistant.archive

    @rest.get(
        "/health",
        tags=["Health"],
        summary="Is it alive?",
        response_model=Health,
        response_model_exclude_unset=True,
        **open_to_all(),
    )
    def health(request: Request) -> Any:
        """That the server answers. Needs no token; whoever may read is also told what is served."""
        who = request.scope.get("state", {}).get("principal")
        if not isinstance(who, Principal) or not who.may("read"):
            return {"status": "ok"}
        held = archive.stats()
        return {
            "status": "ok",
            "articles": held.articles,
            "passages": held.passages,
            "from": held.first,
            "to": held.last,
            "sources": dict(held.sources),
        }

    @rest.get("/ready", tags=["Health"], summary="Is it ready?", response_model=Ready, **open_to_all())
    def ready() -> Any:
        """That the archive can be read. Needs no token, and tells nothing else."""
        try:
            archive.stats()
        except DatelineError:
            raise HTTPException(503, "The archive cannot be read just now.") from None
        return {"status": "ready"}


def release() -> str:
    """Dateline's version."""
    try:
        return version("dateline")
    except PackageNotFoundError:
        return "unknown"


def _named(counts: list[tuple[str, int]]) -> list[dict[str, Any]]:
    return [{"name": name, "articles": count} for name, count in counts]
