"""REST under ``/api/v1``. Every error is a problem in the sense of RFC 9457.

asking.py     ask, ask and follow, search       answers.py   the form of an answer
articles.py   list, read, remove                shapes.py    the form of an article
adding.py     as JSON, files, addresses         works.py     what a job is to take in
managing.py   jobs: poll, list, call off        jobs.py      where jobs are kept
stories.py    stories; articles over time       ingests.py   doing them, one after the other
holdings.py   what there is; health             choosing.py  filters and pages
rating.py     feedback                          guarded.py   the scope that a route needs
document.py   the OpenAPI document, its page    problems.py  what goes wrong
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.routing import Match, Route
from starlette.types import Receive, Scope, Send

from web.api.adding import add_adding
from web.api.articles import add_articles
from web.api.asking import LONGEST_QUESTION, add_asking
from web.api.document import add_document
from web.api.holdings import add_health, add_holdings
from web.api.ingests import Add, Ingests
from web.api.managing import add_jobs
from web.api.problems import add_problems
from web.api.rating import add_rating
from web.api.stories import add_stories, add_timeline
from web.guard import problem

if TYPE_CHECKING:
    from web.service import Service

__all__ = ["LONGEST_QUESTION", "Add", "Ingests", "add_rest"]


def add_rest(app: FastAPI, service: Service) -> None:
    """Add the REST interface to ``app``, and go on with the jobs that an earlier server left."""
    rest = APIRouter(prefix="/api/v1", generate_unique_id_function=_named)
    for add in (
        add_asking,
        add_adding,
        add_articles,
        add_jobs,
        add_stories,
        add_timeline,
        add_holdings,
        add_rating,
        add_health,
    ):
        add(rest, service)
    add_document(app, rest, service)
    app.include_router(rest)
    app.router.routes.append(Route("/api/v1/{path:path}", endpoint=_Nothing(rest)))
    add_problems(app)
    service.ingests.resume()


def _named(route: APIRoute) -> str:
    return route.name


class _Nothing:
    """What is answered where there is no route: the page, which is mounted below all of them, must not be asked."""

    def __init__(self, rest: APIRouter) -> None:
        self._routes = [route for route in rest.routes if isinstance(route, APIRoute)]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        there = [route for route in self._routes if route.matches(scope)[0] is Match.PARTIAL]
        if there:
            allowed = ", ".join(sorted({method for route in there for method in route.methods or ()}))
            detail = f"{scope['method']} is not for this: it takes {allowed}."
            refusal = problem(405, detail, headers={"Allow": allowed})
        else:
            refusal = problem(404, f"There is nothing at {scope['path']!r}.")
        await refusal(scope, receive, send)
