"""Tracing by OpenTelemetry, sent as OTLP over HTTP. Imported only when it is on."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from temporalio.contrib.opentelemetry import TracingInterceptor

from adapters.tracing import Attributes, Kind, Span, Tracing

_KINDS = {"server": trace.SpanKind.SERVER, "consumer": trace.SpanKind.CONSUMER}
_EXPORT_SECONDS = 3
_PROPAGATOR = TraceContextTextMapPropagator()


class OpenTelemetry(Tracing):
    """Traces of one process."""

    def __init__(self, service: str, endpoint: str, ratio: float) -> None:
        self._provider = TracerProvider(
            sampler=ParentBased(TraceIdRatioBased(ratio)),
            resource=Resource.create({"service.name": f"imaging360-{service}"}),
            shutdown_on_exit=False,
        )
        self._exporter = OTLPSpanExporter(
            f"{endpoint.rstrip('/')}/v1/traces", timeout=_EXPORT_SECONDS
        )
        self._provider.add_span_processor(BatchSpanProcessor(self._exporter))
        self._tracer = self._provider.get_tracer("imaging360")

    @contextmanager
    def span(
        self,
        name: str,
        kind: Kind,
        traceparent: str | None,
        *,
        attributes: Attributes | None = None,
        began: datetime | None = None,
    ) -> Iterator[Span]:
        """A span that is current while the block runs; an exception marks it as failed."""
        parent = _PROPAGATOR.extract({"traceparent": traceparent} if traceparent else {})
        with self._tracer.start_as_current_span(
            name,
            parent,
            _KINDS[kind],
            attributes,
            start_time=int(began.timestamp() * 1e9) if began else None,
        ) as span:
            yield _Described(span)

    def ids(self) -> dict[str, str]:
        """`trace_id` of the current trace, 32 hex digits."""
        return {
            "trace_id": trace.format_trace_id(trace.get_current_span().get_span_context().trace_id)
        }

    def traceparent(self) -> str | None:
        """The current span as a W3C traceparent."""
        carrier: dict[str, str] = {}
        _PROPAGATOR.inject(carrier)
        return carrier.get("traceparent")

    def interceptors(self) -> list[TracingInterceptor]:
        """The SDK's own interceptor, for a client and the workers made from it."""
        return [TracingInterceptor(self._tracer)]

    def close(self) -> None:
        """Send what is left, for `_EXPORT_SECONDS` at most."""
        # By itself a full queue takes that time for each of its batches while nobody answers.
        limit = threading.Timer(_EXPORT_SECONDS, self._exporter.shutdown)
        limit.start()
        self._provider.shutdown()
        limit.cancel()


class _Described(Span):
    def __init__(self, span: trace.Span) -> None:
        self._span = span

    def describe(self, name: str, attributes: Attributes, *, failed: bool = False) -> None:
        self._span.update_name(name)
        self._span.set_attributes(dict(attributes))
        if failed:
            self._span.set_status(trace.StatusCode.ERROR)
