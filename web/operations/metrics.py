"""``/metrics``: figures for Prometheus, without a word of what was asked or of what the archive says."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from fastapi import FastAPI, HTTPException, Request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector
from starlette.responses import Response
from starlette.types import Scope

if TYPE_CHECKING:
    from ingest.archive import Archive
    from web.access.load import Slots
    from web.service import Service

__all__ = ["Metrics", "add_metrics", "route_of"]

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
# Counting the archive takes a moment; figures that are asked for more often than that are told again.
_SECONDS_TRUE = 15.0
_GROUPS = re.compile(r"/(?:api/v1|v1|mcp|gradio_api|look|assets|static|page|embed|login|logout|metrics)(?=/|$)")


class Metrics:
    """The figures of one server, in a registry of their own.

    Args:
        archive: what it serves.
        slots: the questions that are worked on.
    """

    def __init__(self, archive: Archive, slots: Slots) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self._requests = Counter(
            "dateline_requests", "Requests answered.", ["method", "route", "status"], registry=self.registry
        )
        self._seconds = Histogram(
            "dateline_request_seconds",
            "Seconds from a request to the end of its answer.",
            ["route"],
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self._running = Gauge("dateline_requests_running", "Requests being answered.", registry=self.registry)
        worked_on = Gauge("dateline_questions_running", "Questions being answered.", registry=self.registry)
        worked_on.set_function(lambda: slots.busy)
        waiting = Gauge("dateline_questions_waiting", "Questions waiting for their turn.", registry=self.registry)
        waiting.set_function(lambda: slots.waiting)
        self.registry.register(_Holdings(archive))

    def began(self) -> None:
        """A request came in."""
        self._running.inc()

    def ended(self, scope: Scope, status: int, seconds: float) -> None:
        """A request was answered."""
        route = route_of(scope)
        self._running.dec()
        self._requests.labels(scope["method"], route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)


class _Holdings(Collector):
    """How much the archive holds."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._counted = -_SECONDS_TRUE
        self._articles = self._passages = 0

    def collect(self) -> Iterator[Metric]:
        if time.monotonic() - self._counted >= _SECONDS_TRUE:
            stats = self._archive.stats()
            self._articles, self._passages = stats.articles, stats.passages
            self._counted = time.monotonic()
        yield GaugeMetricFamily("dateline_articles", "Articles in the archive.", value=self._articles)
        yield GaugeMetricFamily("dateline_passages", "Passages in the archive.", value=self._passages)

    def describe(self) -> Iterator[Metric]:
        yield from ()


def add_metrics(app: FastAPI, service: Service, metrics: Metrics) -> None:
    """Add ``/metrics`` to ``app``, for whom the settings let see it."""
    access, mode = service.access, service.settings.metrics

    @app.get("/metrics", include_in_schema=False)
    def figures(request: Request) -> Response:
        if mode == "off":
            raise HTTPException(404, "There is nothing at '/metrics'.")
        principal = request.state.principal
        if mode == "admin" and not (principal and principal.name == "local"):
            access.needs("admin")(request)
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_PLAIN_0_0_4)


def route_of(scope: Scope) -> str:
    """The route's path as it was written down, ids left open; else the first part of the address.

    Nothing that a client makes up becomes a label: there would be no end of them.
    """
    path = getattr(scope.get("route"), "path_format", None)
    if isinstance(path, str) and path and "{path" not in path:
        return path
    if scope["path"] == "/":
        return "/"
    found = _GROUPS.match(scope["path"])
    return found[0] if found else "other"
