"""A person's decision about a parked picture, brought to its workflow."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from temporalio.client import (
    Client,
    RPCError,
    WorkflowExecutionStatus,
    WorkflowHandle,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.service import RPCStatusCode

from adapters.errors import TransientError
from adapters.temporal import STATUS
from schema import contracts
from schema.contracts import Decision
from schema.enums import ImageStatus

Handle = WorkflowHandle[object, object]


class Delivery(StrEnum):
    """How a decision reached the workflow."""

    ACCEPTED = "accepted"
    QUEUED = "queued"


class NotParkedError(Exception):
    """Nothing waits for a decision: the picture is on its way, done, or not there yet."""


@dataclass(frozen=True)
class ParkedImages:
    """Tells parked workflows what to do.

    An update says whether it was taken, but only a running worker can answer one. When none does
    within `answer_seconds`, the decision goes as a signal, which the server keeps until a worker
    is back. The late update may still be taken as well: to retry or to discard twice is to do it
    once.
    """

    client: Client
    timeout: float = 3.0
    answer_seconds: float = 2.0

    async def decide(self, image_id: UUID, name: str, decision: Decision) -> Delivery:
        """Send `contracts.RETRY` or `contracts.DISCARD`.

        Raises:
            NotParkedError: nothing waits for a decision.
            TransientError: Temporal does not answer.
        """
        handle: Handle = self.client.get_workflow_handle(contracts.workflow_id(str(image_id)))
        try:
            # A signal is taken by any run, and a discard would strike when it parks much later.
            await self._must_be_parked(handle)
            return await self._deliver(handle, name, decision)
        except WorkflowUpdateFailedError as error:
            raise NotParkedError from error
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                raise NotParkedError from error
            raise TransientError(f"Temporal: {error.message}") from error
        except (TimeoutError, RuntimeError) as error:
            raise TransientError("Temporal does not answer") from error

    async def _must_be_parked(self, handle: Handle) -> None:
        async with asyncio.timeout(self.timeout):
            described = await handle.describe()
        parked = described.typed_search_attributes.get(STATUS) == ImageStatus.NEEDS_ATTENTION
        if described.status is not WorkflowExecutionStatus.RUNNING or not parked:
            raise NotParkedError

    async def _deliver(self, handle: Handle, name: str, decision: Decision) -> Delivery:
        try:
            async with asyncio.timeout(self.answer_seconds):
                await handle.execute_update(name, decision)
        except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError):
            await handle.signal(name, decision, rpc_timeout=timedelta(seconds=self.timeout))
            return Delivery.QUEUED
        return Delivery.ACCEPTED
