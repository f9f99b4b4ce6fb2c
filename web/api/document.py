"""The OpenAPI document, and the page that shows it and tries it out. Nothing on it is loaded from elsewhere."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Depends, FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.openapi.utils import get_openapi
from fastapi.responses import FileResponse, HTMLResponse

from web.api.problems import Problem, ProblemAt

if TYPE_CHECKING:
    from web.service import Service

__all__ = ["add_document", "document"]

_TITLE = "Dateline"
_INTRODUCTION = """\
Answers from a news archive, in its articles' own words. Every quote stands word for word in its article, at the offsets
that its citation gives; where no article answers, the answer says so.

Send a token as `Authorization: Bearer TOKEN`. Each route names the scope that it needs. Everything that goes wrong is
answered with problem details (RFC 9457). What is here stays as it is: later versions only add to it, so pass over
fields that you do not know.
"""
_TAGS = {
    "Asking": "Ask a question, or search for passages.",
    "Articles": "What the archive has, read and removed.",
    "Adding": "Articles as JSON, as files, or by their addresses. Each request makes a job.",
    "Jobs": "What is being added, and what came of it.",
    "Stories": "Articles that are copies of one another.",
    "Timeline": "Articles over time, and the course of events.",
    "Archive": "What there is.",
    "Feedback": "What people think of answers.",
    "Health": "Whether the server is well.",
}
# Swagger UI (Apache-2.0), as the package fastapi-offline (MIT) carries it; its code is not imported.
_CARRIER, _FILES = "fastapi_offline", {"swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css"}


def document(rest: APIRouter) -> dict[str, Any]:
    """The OpenAPI document of the routes of ``rest``."""
    made = get_openapi(
        title=_TITLE,
        version="1",
        description=_INTRODUCTION,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        tags=[{"name": name, "description": words} for name, words in _TAGS.items()],
        routes=rest.routes,
    )
    components = made["components"]
    schemas = components["schemas"]
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    for model in (Problem, ProblemAt):
        schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
        schema.pop("$defs", None)
        schemas[model.__name__] = schema
    components["schemas"] = dict(sorted(schemas.items()))
    words = "A token that `dateline token create` made, with the scope that the route names."
    components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer", "description": words}}
    return made


def add_document(app: FastAPI, rest: APIRouter, service: Service) -> None:
    """Have ``app`` serve the document of ``rest`` as its own, and the page that shows it at ``/api/v1/docs``."""
    made: dict[str, Any] = {}

    def of_rest() -> dict[str, Any]:
        if not made:
            made.update(document(rest))
        return made

    app.openapi = of_rest  # type: ignore[method-assign]

    @rest.get("/docs", include_in_schema=False, dependencies=[Depends(service.access.needs("read"))])
    def docs() -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url="openapi.json",
            title=f"{_TITLE}: REST",
            swagger_js_url="docs/swagger-ui-bundle.js",
            swagger_css_url="docs/swagger-ui.css",
            swagger_favicon_url="/look/icon.svg",
            swagger_ui_parameters={"tryItOutEnabled": True, "validatorUrl": None, "docExpansion": "list"},
        )

    for name, kind in _FILES.items():
        _add_file(rest, name, kind)


def _add_file(rest: APIRouter, name: str, kind: str) -> None:
    @rest.get(f"/docs/{name}", include_in_schema=False, name=name)
    def file() -> FileResponse:
        found = resources.files(_CARRIER) / "static" / name
        return FileResponse(str(found), media_type=kind, headers={"Cache-Control": "max-age=86400"})
