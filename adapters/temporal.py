"""Temporal: connecting, starting one workflow per image, listing what is pending."""

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from temporalio.api.workflow.v1 import WorkflowExecutionInfo
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.common import (
    Priority,
    SearchAttributeKey,
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from adapters import visibility
from adapters.errors import TransientError
from adapters.s3 import Secret
from schema import contracts
from schema.contracts import Failure, ImageRef
from schema.enums import ImageStatus

ORG = SearchAttributeKey.for_keyword(contracts.SEARCH_ORG)
SITE = SearchAttributeKey.for_keyword(contracts.SEARCH_SITE)
SESSION = SearchAttributeKey.for_keyword(contracts.SEARCH_SESSION)
STATUS = SearchAttributeKey.for_keyword(contracts.SEARCH_STATUS)
FAILURE = SearchAttributeKey.for_keyword(contracts.SEARCH_FAILURE)


class TemporalConfig(Protocol):
    """The settings that lead to Temporal, as every door has them."""

    @property
    def temporal_address(self) -> str: ...
    @property
    def temporal_namespace(self) -> str: ...
    @property
    def temporal_tls(self) -> bool: ...
    @property
    def temporal_api_key(self) -> Secret | None: ...


@dataclass(frozen=True)
class TemporalAccess:
    """Where Temporal is. `tls` and `api_key` are for Temporal Cloud."""

    address: str
    namespace: str
    tls: bool = False
    api_key: str | None = None

    @classmethod
    def of(cls, config: TemporalConfig) -> "TemporalAccess":
        """From a door's settings."""
        key = config.temporal_api_key
        return cls(
            config.temporal_address,
            config.temporal_namespace,
            config.temporal_tls,
            key.get_secret_value() if key else None,
        )


async def connect(access: TemporalAccess, *, lazy: bool = False, **options: Any) -> Client:  # noqa: ANN401  the SDK's
    """A client; `lazy` ones connect at the first call, so their door opens without Temporal.

    `options` are `Client.connect`'s own: `identity` (the name that histories show; by default this
    process and host), `interceptors`, `runtime`.

    Raises:
        TransientError: nobody answers at the address.
    """
    try:
        return await Client.connect(
            access.address,
            namespace=access.namespace,
            tls=access.tls,
            api_key=access.api_key,
            lazy=lazy,
            **options,
        )
    except (RPCError, RuntimeError) as error:
        raise TransientError(f"Temporal at {access.address} does not answer: {error}") from error


def search_attributes(image: ImageRef, status: ImageStatus) -> TypedSearchAttributes:
    """How operators and the API find an image's workflow."""
    return TypedSearchAttributes(
        [
            SearchAttributePair(ORG, image.org_id),
            SearchAttributePair(SITE, image.site_id),
            SearchAttributePair(SESSION, image.session_id),
            SearchAttributePair(STATUS, status.value),
        ]
    )


class WorkflowStarter:
    """Starts ProcessImage, once for each upload."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def start(self, image: ImageRef, memo: dict[str, Any]) -> bool:
        """Start the image's workflow; False when it was started before.

        The workflow id is the claim: a redelivered event meets the running workflow or, within
        the retention period, the finished one; after that `record` still writes no second row.

        Raises:
            TransientError: Temporal did not acknowledge; whether it started is unknown, and
                starting again is harmless.
        """
        try:
            await self._client.start_workflow(
                contracts.PROCESS_IMAGE,
                image,
                id=contracts.workflow_id(image.upload_id),
                task_queue=contracts.TASK_QUEUE,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                search_attributes=search_attributes(image, ImageStatus.PENDING),
                memo=memo,
                priority=Priority(priority_key=contracts.PRIORITY_LIVE, fairness_key=image.org_id),
            )
        except WorkflowAlreadyStartedError:
            return False
        except RPCError as error:
            raise TransientError(f"Temporal: {error.message}") from error
        return True


@dataclass(frozen=True)
class PendingImage:
    """An image that has a workflow and no row yet."""

    upload_id: UUID
    status: ImageStatus
    started_at: datetime
    failure: Failure | None


@dataclass(frozen=True)
class PendingStep:
    """The step that a pending image is in, how often it was tried, and the last error."""

    stage: str
    attempt: int
    last_error: str | None


class PendingImages:
    """Asks Temporal's visibility store what is in the pipeline.

    Production allows about ten list calls per second, so an answer serves every reader of the
    same session for `cache_seconds`.
    """

    def __init__(self, client: Client, *, cache_seconds: float = 1.0, timeout: float = 3.0) -> None:
        self._client = client
        self._cache_seconds = cache_seconds
        self._timeout = timeout
        self._answers: dict[UUID, tuple[float, list[PendingImage]]] = {}
        self._locks: dict[UUID, asyncio.Lock] = {}

    async def of_session(self, session_id: UUID) -> list[PendingImage]:
        """The session's pending images, at most `cache_seconds` old.

        Raises:
            TransientError: Temporal does not answer, so what is pending is unknown.
        """
        lock = self._locks.setdefault(session_id, asyncio.Lock())
        async with lock:
            self._forget_old()
            known = self._answers.get(session_id)
            if known is not None:
                return known[1]
            fresh = await self._list(session_id)
            self._answers[session_id] = (time.monotonic(), fresh)
            return fresh

    async def step(self, upload_id: UUID) -> PendingStep | None:
        """What a pending image is doing now; None when no step is under way."""
        handle = self._client.get_workflow_handle(contracts.workflow_id(str(upload_id)))
        try:
            async with asyncio.timeout(self._timeout):
                description = await handle.describe()
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return None
            raise TransientError(f"Temporal: {error.message}") from error
        except TimeoutError as error:
            raise TransientError("Temporal does not answer") from error
        if description.status is not WorkflowExecutionStatus.RUNNING:
            return None
        for pending in description.raw_description.pending_activities:
            last = pending.last_failure.message if pending.HasField("last_failure") else None
            return PendingStep(pending.activity_type.name, pending.attempt, last)
        return None

    async def ping(self) -> None:
        """Ask Temporal for a sign of life. Raises TransientError when there is none."""
        try:
            await self._client.service_client.check_health(timeout=timedelta(seconds=self._timeout))
        except (RPCError, RuntimeError) as error:
            raise TransientError("Temporal does not answer") from error

    async def _list(self, session_id: UUID) -> list[PendingImage]:
        query = (
            f"{contracts.SEARCH_SESSION} = '{session_id}' "
            f"AND WorkflowType = '{contracts.PROCESS_IMAGE}' AND ExecutionStatus = 'Running'"
        )
        try:
            async with asyncio.timeout(self._timeout):
                runs = visibility.runs(self._client, query)
                return [await self._pending(run) async for run in runs]
        except RPCError as error:
            raise TransientError(f"Temporal: {error.message}") from error
        except (TimeoutError, RuntimeError) as error:
            raise TransientError("Temporal does not answer") from error

    async def _pending(self, run: WorkflowExecutionInfo) -> PendingImage:
        return PendingImage(
            upload_id=UUID(contracts.upload_id_of(run.execution.workflow_id)),
            status=visibility.status_of(run),
            started_at=run.start_time.ToDatetime(UTC),
            failure=await visibility.failure_of(self._client, run),
        )

    def _forget_old(self) -> None:
        oldest = time.monotonic() - self._cache_seconds
        for session_id, (asked_at, _) in list(self._answers.items()):
            if asked_at < oldest:
                del self._answers[session_id]
                if session_id in self._locks and not self._locks[session_id].locked():
                    del self._locks[session_id]
