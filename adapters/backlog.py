"""How much waits: messages in the queues, images in the pipeline."""

import asyncio
import json
import math
from collections.abc import Awaitable
from typing import TYPE_CHECKING, TypeVar

import structlog
from temporalio.client import Client
from temporalio.service import RPCError

from adapters.errors import AdapterError, TransientError
from adapters.metrics import BridgeMetrics
from adapters.s3 import translated
from schema import contracts
from schema.enums import ImageStatus

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

T = TypeVar("T")

_STATES = {
    "visible": "ApproximateNumberOfMessages",
    "in_flight": "ApproximateNumberOfMessagesNotVisible",
    "delayed": "ApproximateNumberOfMessagesDelayed",
}
_STATUSES = (ImageStatus.PENDING, ImageStatus.NEEDS_ATTENTION)
_log = structlog.get_logger("bridge")


class Backlog:
    """Keeps the gauges up to date. A figure that cannot be had is NaN, not the last one known."""

    def __init__(
        self, sqs: "SQSClient", queue_url: str, temporal: Client, metrics: BridgeMetrics
    ) -> None:
        self._sqs = sqs
        self._queue_url = queue_url
        self._temporal = temporal
        self._metrics = metrics

    async def watch(self, seconds: float = 15.0) -> None:
        """Look every so often, until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(seconds)

    async def look(self) -> None:
        """Read all figures once."""
        depths = await _known(asyncio.to_thread(self._depths)) or {}
        for queue in ("uploads", "dead_letters"):
            for state in _STATES:
                known = depths.get(queue, {}).get(state, math.nan)
                self._metrics.queue.labels(queue, state).set(known)
        for status in _STATUSES:
            count = await _known(self._count(status))
            self._metrics.in_progress.labels(status).set(math.nan if count is None else count)

    @translated
    def _depths(self) -> dict[str, dict[str, int]]:
        """Messages by queue and state, approximate as SQS counts."""
        attributes = self._attributes(self._queue_url)
        found = {"uploads": _by_state(attributes)}
        policy = json.loads(attributes.get("RedrivePolicy", "{}"))
        if "deadLetterTargetArn" in policy:
            name = policy["deadLetterTargetArn"].rpartition(":")[2]
            url = self._sqs.get_queue_url(QueueName=name)["QueueUrl"]
            found["dead_letters"] = _by_state(self._attributes(url))
        return found

    def _attributes(self, url: str) -> dict[str, str]:
        answer = self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
        return {str(name): value for name, value in answer["Attributes"].items()}

    async def _count(self, status: ImageStatus) -> int:
        query = (
            f"{contracts.SEARCH_STATUS} = '{status}' "
            f"AND WorkflowType = '{contracts.PROCESS_IMAGE}' AND ExecutionStatus = 'Running'"
        )
        try:
            return (await self._temporal.count_workflows(query)).count
        except (RPCError, RuntimeError) as error:
            raise TransientError(f"Temporal: {error}") from error


def _by_state(attributes: dict[str, str]) -> dict[str, int]:
    return {state: int(attributes.get(name, "0")) for state, name in _STATES.items()}


async def _known(answer: Awaitable[T]) -> T | None:
    try:
        return await answer
    except AdapterError as error:
        _log.debug("backlog unknown", error=str(error))
        return None
