"""Around every activity of a worker: the image's ids in each log line, and the figures."""

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import structlog
from temporalio import activity
from temporalio.exceptions import ApplicationError, CancelledError
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from adapters.metrics import FINDINGS, WorkerMetrics
from adapters.tracing import Tracing
from schema.contracts import PERMANENT_FAILURE, TRANSIENT_FAILURE, ImageOutcome, ImageRef
from schema.housekeeping import LedgerCounts

_log = structlog.get_logger("worker")


class StepWatch(Interceptor):
    """Stands outside of `activities.failures.FailureClassifier`, whose verdict it reads."""

    def __init__(self, metrics: WorkerMetrics, tracing: Tracing) -> None:
        self._metrics = metrics
        self._tracing = tracing

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002  the SDK's name
        """Wrap one activity."""
        return _Watched(next, self._metrics, self._tracing)


class _Watched(ActivityInboundInterceptor):
    def __init__(
        self,
        next: ActivityInboundInterceptor,  # noqa: A002
        metrics: WorkerMetrics,
        tracing: Tracing,
    ) -> None:
        super().__init__(next)
        self._metrics = metrics
        self._tracing = tracing

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002, ANN401  the SDK's signature
        info = activity.info()
        image = _image_of(input.args)
        ids = _ids(image) | {"workflow_id": info.workflow_id, "step": info.activity_type}
        if info.attempt > 1:
            ids["attempt"] = info.attempt
            self._metrics.retries.labels(info.activity_type).inc()
        began = time.perf_counter()
        with structlog.contextvars.bound_contextvars(**ids, **self._tracing.ids()):
            try:
                result = await super().execute_activity(input)
            except BaseException as error:
                self._ended(info.activity_type, _outcome(error), began)
                _report(error)
                raise
            self._ended(info.activity_type, "ok", began)
            if image is not None and isinstance(result, ImageOutcome):
                self._verdict(image, result)
            self._findings(getattr(result, "counts", None))
            return result

    def _ended(self, step: str, outcome: str, began: float) -> None:
        self._metrics.steps.labels(step, outcome).inc()
        self._metrics.step_seconds.labels(step).observe(time.perf_counter() - began)
        if outcome == "parked":
            self._metrics.parked.labels(step).inc()

    def _findings(self, counts: object) -> None:
        if isinstance(counts, LedgerCounts):
            for finding in FINDINGS:
                self._metrics.ledger.labels(finding).inc(getattr(counts, finding))

    def _verdict(self, image: ImageRef, outcome: ImageOutcome) -> None:
        code = outcome.failure.code if outcome.failure else ""
        self._metrics.images.labels(outcome.status, code).inc()
        seconds = _seconds_since(image.uploaded_at)
        if seconds is not None:
            self._metrics.image_seconds.labels(outcome.status).observe(seconds)
        _log.info("verdict", status=outcome.status, code=code or None, seconds=seconds)


def _image_of(arguments: Sequence[Any]) -> ImageRef | None:
    """Every step of ProcessImage has the image as its argument, or in it."""
    first = arguments[0] if arguments else None
    image = getattr(first, "image", first)
    return image if isinstance(image, ImageRef) else None


def _ids(image: ImageRef | None) -> dict[str, object]:
    if image is None:
        return {}
    return {
        "request_id": image.request_id,
        "org_id": image.org_id,
        "session_id": image.session_id,
        "image_id": image.upload_id,
    }


def _outcome(error: BaseException) -> str:
    if isinstance(error, asyncio.CancelledError | CancelledError):
        return "cancelled"
    if not isinstance(error, ApplicationError):
        return "error"
    known = {PERMANENT_FAILURE: "rejected", TRANSIENT_FAILURE: "transient"}
    return known.get(error.type or "", "parked" if error.non_retryable else "error")


def _report(error: BaseException) -> None:
    outcome = _outcome(error)
    if outcome in ("rejected", "cancelled"):
        _log.info("step ended", outcome=outcome, reason=str(error))
    elif outcome == "transient":
        _log.warning("step failed; it will be tried again", outcome=outcome, error=str(error))
    else:
        _log.error("step failed by a bug", outcome=outcome, exc_info=error)


def _seconds_since(iso: str | None) -> float | None:
    if iso is None:
        return None
    return round((datetime.now(UTC) - datetime.fromisoformat(iso)).total_seconds(), 3)
