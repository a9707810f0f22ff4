"""Parked images: finding them, and bringing a person's decision to their workflows."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from temporalio.client import (
    Client,
    RPCError,
    WorkflowExecution,
    WorkflowExecutionStatus,
    WorkflowHandle,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.service import RPCStatusCode

from adapters.errors import TransientError
from adapters.temporal import FAILURE, ORG, SESSION, SITE, STATUS
from schema import contracts
from schema.contracts import Decision, Failure
from schema.enums import ImageStatus

Handle = WorkflowHandle[object, object]
Answer = TypeVar("Answer")
_PAGE = 1000


class Delivery(StrEnum):
    """How a decision reached the workflow."""

    ACCEPTED = "accepted"
    QUEUED = "queued"


class NotParkedError(Exception):
    """Nothing waits for a decision: the picture is on its way, done, or not there yet."""


@dataclass(frozen=True)
class ParkedQuery:
    """Which parked images; what is None does not matter.

    `code` is the class of the error that parked them, without quotes; `since` when they came.
    """

    org_id: UUID | None = None
    site_id: UUID | None = None
    session_id: UUID | None = None
    code: str | None = None
    since: datetime | None = None

    def text(self) -> str:
        """In the words of Temporal's visibility store, and of its Web UI. Raises ValueError."""
        if self.code is not None and "'" in self.code:
            raise ValueError("a code has no quotes")
        wanted = {
            contracts.SEARCH_ORG: self.org_id,
            contracts.SEARCH_SITE: self.site_id,
            contracts.SEARCH_SESSION: self.session_id,
            contracts.SEARCH_FAILURE: self.code,
        }
        parts = [
            f"WorkflowType = '{contracts.PROCESS_IMAGE}'",
            "ExecutionStatus = 'Running'",
            f"{contracts.SEARCH_STATUS} = '{ImageStatus.NEEDS_ATTENTION}'",
            *(f"{name} = '{value}'" for name, value in wanted.items() if value is not None),
        ]
        if self.since is not None:
            parts.append(f"StartTime >= '{self.since.isoformat()}'")
        return " AND ".join(parts)


@dataclass(frozen=True)
class ParkedImage:
    """One and where it stands: `status` is an `ImageStatus` value.

    `code` is the class of its error, `failure` what happened last; empty when it does not wait.
    """

    image_id: UUID
    org_id: UUID
    site_id: UUID
    session_id: UUID
    status: str
    code: str
    failure: Failure | None
    started_at: datetime


@dataclass(frozen=True)
class ParkedImages:
    """Lists parked workflows and tells them what to do.

    An update says whether it was taken, but only a running worker can answer one. When none does
    within `answer_seconds`, the decision goes as a signal, which the server keeps until a worker
    is back. The late update may still come as well: what is not parked any more ignores it.
    """

    client: Client
    timeout: float = 3.0
    answer_seconds: float = 2.0

    async def count(self, query: ParkedQuery) -> int:
        """How many there are. Raises TransientError, and ValueError for a code with quotes."""
        text = query.text()
        return (await self._asked(self.client.count_workflows(text))).count

    async def find(self, query: ParkedQuery, limit: int) -> list[ParkedImage]:
        """Up to `limit` of them, the latest first; raises as `count`."""
        text = query.text()

        async def page() -> list[ParkedImage]:
            runs = self.client.list_workflows(text, limit=limit, page_size=min(limit, _PAGE))
            return [await _parked(run) async for run in runs]

        return await self._asked(page())

    async def get(self, image_id: UUID) -> ParkedImage:
        """One, parked or not. Raises NotParkedError when there is no such one, TransientError."""
        return await _parked(await self._described(image_id))

    async def decide(self, image_id: UUID, name: str, decision: Decision) -> Delivery:
        """Send `contracts.RETRY` or `contracts.DISCARD`.

        Raises:
            NotParkedError: nothing waits for a decision.
            TransientError: Temporal does not answer; the decision may have reached it.
        """
        # A look first, which needs no worker: a signal would be taken by any run.
        described = await self._described(image_id)
        parked = described.typed_search_attributes.get(STATUS) == ImageStatus.NEEDS_ATTENTION
        if described.status is not WorkflowExecutionStatus.RUNNING or not parked:
            raise NotParkedError
        handle: Handle = self.client.get_workflow_handle(contracts.workflow_id(str(image_id)))
        return await self._asked(self._deliver(handle, name, decision), self.timeout * 2)

    async def _described(self, image_id: UUID) -> WorkflowExecution:
        handle: Handle = self.client.get_workflow_handle(contracts.workflow_id(str(image_id)))
        return await self._asked(handle.describe())

    async def _deliver(self, handle: Handle, name: str, decision: Decision) -> Delivery:
        try:
            async with asyncio.timeout(self.answer_seconds):
                await handle.execute_update(name, decision)
        except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError):
            await handle.signal(name, decision, rpc_timeout=timedelta(seconds=self.timeout))
            return Delivery.QUEUED
        return Delivery.ACCEPTED

    async def _asked(self, question: Awaitable[Answer], seconds: float | None = None) -> Answer:
        try:
            async with asyncio.timeout(seconds or self.timeout):
                return await question
        except WorkflowUpdateFailedError as error:
            raise NotParkedError from error
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                raise NotParkedError from error
            raise TransientError(f"Temporal: {error.message}") from error
        except (TimeoutError, RuntimeError) as error:
            raise TransientError("Temporal does not answer") from error


async def _parked(run: WorkflowExecution) -> ParkedImage:
    attributes = run.typed_search_attributes
    failure = (await run.memo()).get("failure")
    return ParkedImage(
        image_id=UUID(contracts.upload_id_of(run.id)),
        org_id=UUID(attributes[ORG]),
        site_id=UUID(attributes[SITE]),
        session_id=UUID(attributes[SESSION]),
        status=attributes.get(STATUS, ""),
        code=attributes.get(FAILURE, ""),
        failure=Failure(**failure) if failure else None,
        started_at=run.start_time,
    )
