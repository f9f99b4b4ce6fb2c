"""A span for every request, sent to a collector when ``OTEL_EXPORTER_OTLP_ENDPOINT`` names one (OpenTelemetry)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from starlette.datastructures import Headers
from starlette.types import Scope

from ingest.errors import SettingsError

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

__all__ = ["Span", "Tracer"]

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


class Span:
    """What a request does, as it is told to the collector."""

    def __init__(self, span: Any = None) -> None:
        self._span = span

    def ended(self, route: str, status: int, request: str) -> None:
        """Tell how the request ended."""
        if self._span is None:
            return
        from opentelemetry.trace import StatusCode

        self._span.set_attribute("http.route", route)
        self._span.set_attribute("http.response.status_code", status)
        self._span.set_attribute("dateline.request_id", request)
        if status >= 500:
            self._span.set_status(StatusCode.ERROR)


class Tracer:
    """Makes spans, or nothing where no collector is named."""

    def __init__(self, provider: TracerProvider | None = None) -> None:
        self._provider = provider

    @classmethod
    def of(cls, environ: dict[str, str] | None = None) -> Tracer:
        """The tracer that the environment asks for; the exporter reads OpenTelemetry's own variables.

        Raises:
            SettingsError: a collector is named, and the exporter is not installed.
        """
        environ = dict(os.environ) if environ is None else environ
        if not any(environ.get(name) for name in _ENDPOINTS) or environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
            return cls()
        try:
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
            from opentelemetry.sdk.resources import Resource
            from opentelemetry.sdk.trace import TracerProvider
            from opentelemetry.sdk.trace.export import BatchSpanProcessor
        except ImportError as error:
            raise SettingsError(
                "OTEL_EXPORTER_OTLP_ENDPOINT is set, but traces cannot be sent: pip install 'dateline[otel]'"
            ) from error
        name = environ.get("OTEL_SERVICE_NAME") or "dateline"
        provider = TracerProvider(resource=Resource.create({"service.name": name}))
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        return cls(provider)

    def close(self) -> None:
        """Send what is left."""
        if self._provider is not None:
            self._provider.shutdown()

    @contextmanager
    def span(self, scope: Scope) -> Iterator[Span]:
        """A span around the request of this ASGI scope, within the trace that its caller began."""
        if self._provider is None:
            yield Span()
            return
        from opentelemetry.trace import SpanKind
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        carrier = {name: value for name, value in Headers(scope=scope).items() if name in ("traceparent", "tracestate")}
        context = TraceContextTextMapPropagator().extract(carrier)
        tracer = self._provider.get_tracer("dateline")
        attributes = {"http.request.method": scope["method"], "url.path": scope["path"]}
        with tracer.start_as_current_span(
            f"{scope['method']} {scope['path']}", context=context, kind=SpanKind.SERVER, attributes=attributes
        ) as span:
            yield Span(span)
