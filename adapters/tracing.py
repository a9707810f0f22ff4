"""Traces, when a collector is set; otherwise nothing is done and no SDK is loaded."""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from temporalio.contrib.opentelemetry import TracingInterceptor

Kind = Literal["server", "consumer"]
Attributes = Mapping[str, str | int]


class Span:
    """One piece of work in a trace."""

    def describe(self, name: str, attributes: Attributes, *, failed: bool = False) -> None:
        """Say what it was, once that is known."""


class Tracing:
    """Traces nothing."""

    def span(
        self,
        name: str,
        kind: Kind,
        traceparent: str | None,
        *,
        attributes: Attributes | None = None,
        began: datetime | None = None,
    ) -> AbstractContextManager[Span]:
        """Do something as part of the trace that `traceparent` (W3C) names, or of a new one."""
        return _NOTHING

    def ids(self) -> dict[str, str]:
        """`trace_id` of the current trace, for log lines."""
        return {}

    def traceparent(self) -> str | None:
        """What the next process needs to go on with the current trace; None when there is none."""
        return None

    def interceptors(self) -> "list[TracingInterceptor]":
        """What makes Temporal carry the trace through workflows and activities."""
        return []

    def close(self) -> None:
        """Send what is left, for at most a few seconds."""


_NOTHING = nullcontext(Span())
OFF = Tracing()


def configure(service: str, endpoint: str | None, ratio: float) -> Tracing:
    """Trace `service` to the OTLP/HTTP collector at `endpoint`; without one, not at all.

    Of the requests that come without a trace, the share `ratio` (0-1) gets one.
    """
    if endpoint is None:
        return OFF
    # A fifth of a second of CPU, which only those pay who trace.
    from adapters.otel import OpenTelemetry

    return OpenTelemetry(service, endpoint, ratio)
