"""Jobs: polled, listed, called off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from web.access import Principal, principal_of
from web.api.choosing import Paged
from web.api.guarded import guarded
from web.api.jobs import Kind, Status

if TYPE_CHECKING:
    from web.api.ingests import Ingests
    from web.api.jobs import Job
    from web.service import Service

__all__ = ["JobModel", "add_jobs", "job_fields"]


class ProgressModel(BaseModel):
    """How far a job is."""

    phase: Literal["reading", "encoding", "done"]
    files: int = Field(ge=0, description="Read so far.")
    articles: int = Field(ge=0, description="Found so far.")
    passages: int = Field(ge=0, description="Found so far that have to be encoded.")
    message: str
    done: int = Field(ge=0, description="Passages encoded.")
    total: int | None = Field(description="Passages that have to be encoded; null until everything is read.")


class SkippedModel(BaseModel):
    """What was not taken in, or is doubtful, and why."""

    origin: str = Field(examples=["articles#2"])
    reason: str


class VisitModel(BaseModel):
    """What came of an address."""

    model_config = ConfigDict(extra="allow")

    url: str
    kind: str
    added: int
    updated: int
    unchanged: int
    note: str
    failed: bool


class ReportModel(BaseModel):
    """What came of a job: the ids of articles, and what was not taken in."""

    added: list[str]
    updated: list[str]
    unchanged: list[str]
    skipped: list[SkippedModel]
    warnings: list[SkippedModel] = Field(description="Taken in all the same.")
    seconds: float = Field(ge=0)
    visits: list[VisitModel]


class JobModel(BaseModel):
    """Articles that are being taken in, or were."""

    id: str = Field(examples=["9f2c51d07b1e4a60c3d8"])
    kind: Kind
    status: Status = Field(description="`done`, `failed` and `cancelled` are final.")
    progress: ProgressModel | None = Field(description="While it runs.")
    report: ReportModel | None = Field(description="Once it is done.")
    error: str | None = Field(description="Why it failed.")
    created: str = Field(description="ISO 8601, UTC.")
    started: str | None
    finished: str | None


class Jobs(BaseModel):
    """A part of a list of jobs."""

    total: int = Field(ge=0)
    jobs: list[JobModel] = Field(description="Latest first.")


class ListedJobs(Paged):
    """Which part of the list is wanted."""

    model_config = ConfigDict(extra="forbid")


_JobId = Annotated[str, Path(max_length=100, description="As the route that made it told.")]


def add_jobs(rest: APIRouter, service: Service) -> None:
    """Routes of jobs. Each sees their own; the scope `admin` sees all."""
    ingests = service.ingests

    @rest.get("/jobs", tags=["Jobs"], summary="List jobs", response_model=Jobs, **guarded(service, "write"))
    def list_jobs(wanted: Annotated[ListedJobs, Query()], request: Request) -> Any:
        """Your jobs, latest first. The latest thousand are remembered."""
        who = principal_of(request)
        owner = None if who.may("admin") else who.name
        total, found = ingests.jobs(owner, limit=wanted.limit, offset=wanted.offset)
        return {"total": total, "jobs": [job_fields(job, None) for job in found]}

    @rest.get(
        "/jobs/{job_id}", tags=["Jobs"], summary="Poll a job", response_model=JobModel, **guarded(service, "write", 404)
    )
    def poll_job(job_id: _JobId, request: Request) -> Any:
        """How far a job is, or what came of it."""
        return job_fields(*_theirs(ingests, job_id, principal_of(request)))

    @rest.post(
        "/jobs/{job_id}/cancel",
        tags=["Jobs"],
        summary="Call a job off",
        response_model=JobModel,
        status_code=202,
        **guarded(service, "write", 404, 409),
    )
    def cancel_job(job_id: _JobId, request: Request) -> Any:
        """Have a job end at its next step. What it has stored stays."""
        found, _ = _theirs(ingests, job_id, principal_of(request))
        if not ingests.cancel(job_id):
            raise HTTPException(409, f"The job {job_id!r} is at its end already: it is {found.status}.")
        return job_fields(*_theirs(ingests, job_id, principal_of(request)))


def job_fields(job: Job, progress: dict[str, Any] | None) -> dict[str, Any]:
    """A job as plain JSON values."""
    return {**job.to_dict(), "progress": progress if job.status == "running" else None}


def _theirs(ingests: Ingests, job_id: str, who: Principal) -> tuple[Job, dict[str, Any] | None]:
    found = ingests.job(job_id)
    if found is None or not (found[0].owner == who.name or who.may("admin")):
        raise HTTPException(404, f"You have no job {job_id!r}.")
    return found
