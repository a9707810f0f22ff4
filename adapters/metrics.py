"""Prometheus metrics of the three processes, and the port where they are read.

Counting costs a microsecond, so it is always on; nothing listens until a port is set. Labels
take values from closed sets only (routes, steps, codes): never an id of a tenant or an image.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    start_http_server,
)
from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig

from adapters.errors import AdapterError
from adapters.postgres import PoolState

# A `_created` series beside every counter is twice the size, and nothing of ours reads one.
disable_created_metrics()  # type: ignore[no-untyped-call]

# Seconds. A request takes milliseconds, a step up to a minute, an image up to a day when parked.
_REQUEST = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_STEP = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_IMAGE = (0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 30, 60, 300, 1800, 86400)


@contextmanager
def served(registry: CollectorRegistry, host: str, port: int | None) -> Iterator[None]:
    """Answer GET /metrics in a thread until the end; without a port do nothing.

    Raises:
        AdapterError: the port is taken.
    """
    if port is None:
        yield
        return
    try:
        server, thread = start_http_server(port, host, registry)
    except OSError as error:
        raise AdapterError(f"metrics on {host}:{port}: {error.strerror}") from error
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def sdk_runtime(host: str, port: int | None) -> Runtime | None:
    """Temporal's core with its own metrics on a port of its own; None (the default) without one.

    Raises:
        AdapterError: the port is taken.
    """
    if port is None:
        return None
    exposed = PrometheusConfig(
        f"{host}:{port}", counters_total_suffix=True, unit_suffix=True, durations_as_seconds=True
    )
    try:
        return Runtime(telemetry=TelemetryConfig(metrics=exposed))
    except (RuntimeError, ValueError) as error:
        raise AdapterError(f"Temporal SDK metrics on {host}:{port}: {error}") from error


class _Metrics:
    """A registry of its own, so that two applications in one process do not share figures."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        GCCollector(registry=self.registry)

    def _counter(self, name: str, what: str, *labels: str) -> Counter:
        return Counter(f"imaging360_{name}", what, labels, registry=self.registry)

    def _gauge(self, name: str, what: str, *labels: str) -> Gauge:
        return Gauge(f"imaging360_{name}", what, labels, registry=self.registry)

    def _histogram(self, name: str, what: str, buckets: Iterable[float], *labels: str) -> Histogram:
        return Histogram(
            f"imaging360_{name}", what, labels, buckets=tuple(buckets), registry=self.registry
        )


class ApiMetrics(_Metrics):
    """What the API counts."""

    def __init__(self) -> None:
        super().__init__()
        self.requests = self._counter(
            "http_requests", "Requests answered.", "method", "route", "status"
        )
        self.request_seconds = self._histogram(
            "http_request_duration_seconds",
            "From a request's arrival to the first byte of its answer.",
            _REQUEST,
            "method",
            "route",
        )
        self.problems = self._counter("http_problems", "Problem documents answered.", "code")
        self.presigned = self._counter(
            "presigned_uploads", "Uploads promised (send) or found to be there (stored).", "status"
        )
        self._pool_size = self._gauge("db_pool_size", "Connections that may be open.")
        self._pool_in_use = self._gauge("db_pool_in_use", "Connections in a transaction.")
        self._pool_waiting = self._gauge("db_pool_waiting", "Requests waiting for a connection.")

    def watch_pool(self, state: Callable[[], PoolState]) -> None:
        """Ask for the pool's state whenever the figures are read."""
        self._pool_size.set_function(lambda: state().size)
        self._pool_in_use.set_function(lambda: state().in_use)
        self._pool_waiting.set_function(lambda: state().waiting)


class BridgeMetrics(_Metrics):
    """What the bridge counts, and what it reads of queues and workflows."""

    def __init__(self) -> None:
        super().__init__()
        self.received = self._counter(
            "bridge_messages_received", "Messages received, redeliveries included."
        )
        self.malformed = self._counter(
            "bridge_messages_malformed", "Messages that nobody understands, for the DLQ."
        )
        self.returned = self._counter(
            "bridge_messages_returned", "Messages left for redelivery after a failure."
        )
        self.uploads = self._counter(
            "bridge_uploads", "Uploads: workflow started now, or known before.", "result"
        )
        self.ignored = self._counter(
            "bridge_records_ignored", "Records of no new original: thumbnails, tests, deletions."
        )
        self.start_seconds = self._histogram(
            "bridge_start_duration_seconds",
            "From a message in hand to its workflow's start acknowledged.",
            _STEP,
        )
        self.queue_seconds = self._histogram(
            "bridge_queue_wait_seconds", "From an object stored to its message received.", _IMAGE
        )
        self.oldest_seen = self._gauge(
            "bridge_oldest_seen_seconds", "Age of the oldest upload in the last batch received."
        )
        self.queue = self._gauge("queue_messages", "Messages by queue and state.", "queue", "state")
        self.in_progress = self._gauge("images_in_progress", "Running workflows.", "status")


# Of LedgerCounts, those that are events: a promise is `waiting` again in every run.
FINDINGS = ("kept", "started", "restarted", "lost", "repairs", "beyond_repair", "troubled")


class WorkerMetrics(_Metrics):
    """What a worker counts."""

    def __init__(self) -> None:
        super().__init__()
        self.steps = self._counter("step_attempts", "Attempts at a step.", "step", "outcome")
        self.step_seconds = self._histogram(
            "step_duration_seconds", "One attempt at a step.", _STEP, "step"
        )
        self.retries = self._counter("step_retries", "Attempts after the first.", "step")
        self.parked = self._counter(
            "images_parked", "Images that wait for an operator's decision since.", "step"
        )
        self.images = self._counter("images", "Verdicts recorded.", "verdict", "code")
        self.image_seconds = self._histogram(
            "image_processing_duration_seconds",
            "From an object stored to its verdict recorded.",
            _IMAGE,
            "verdict",
        )
        self.ledger = self._counter(
            "ledger_findings", "What the promise ledger found and mended, or gave up.", "finding"
        )
        for finding in FINDINGS:
            self.ledger.labels(finding)
        self.scratch_bytes = self._gauge("scratch_bytes", "Scratch space held on this host.")
        self.scratch_limit_bytes = self._gauge("scratch_limit_bytes", "Scratch space allowed.")
