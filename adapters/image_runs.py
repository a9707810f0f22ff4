"""The ledger's hand in Temporal: images that lack a workflow, and thumbnails that are gone."""

from datetime import datetime

from temporalio.client import Client, WorkflowExecutionDescription
from temporalio.common import (
    Priority,
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.service import RPCError, RPCStatusCode

from adapters.errors import TransientError
from adapters.housekeeping_ports import RunState
from adapters.temporal import ORG, SESSION, SITE, WorkflowStarter, search_attributes
from schema import contracts, housekeeping
from schema.contracts import ImageRef, StepInput
from schema.enums import ImageStatus


class TemporalImageRuns:
    """`adapters.housekeeping_ports.ImageRuns`."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._starter = WorkflowStarter(client)

    async def ensure(self, image: ImageRef, ended_before: datetime) -> RunState:
        """Start the image's workflow as the bridge does, unless there is one.

        One that ended and left no row (terminated, or the row fell victim to a restored backup) is
        started again under the same id: `record` writes one row, whatever runs.
        """
        try:
            known = await self._describe(contracts.workflow_id(image.upload_id))
            if known is None:
                started = await self._starter.start(image, _memo(image))
                return RunState.STARTED if started else RunState.RUNNING
            if known.close_time is None or known.close_time >= ended_before:
                return RunState.RUNNING
            await self._start_again(image)
            return RunState.RESTARTED
        except RPCError as error:
            raise TransientError(f"Temporal: {error.message}") from error

    async def repair(self, step: StepInput) -> None:
        """Start the image's repair, or leave the one that is running alone."""
        image = step.image
        attributes = [(ORG, image.org_id), (SITE, image.site_id), (SESSION, image.session_id)]
        try:
            await self._client.start_workflow(
                housekeeping.REPAIR_THUMBNAILS,
                step,
                id=housekeeping.repair_id(image.upload_id),
                task_queue=housekeeping.TASK_QUEUE,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                search_attributes=TypedSearchAttributes(
                    [SearchAttributePair(key, value) for key, value in attributes]
                ),
            )
        except RPCError as error:
            raise TransientError(f"Temporal: {error.message}") from error

    async def _describe(self, workflow_id: str) -> WorkflowExecutionDescription | None:
        try:
            return await self._client.get_workflow_handle(workflow_id).describe()
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return None
            raise

    async def _start_again(self, image: ImageRef) -> None:
        await self._client.start_workflow(
            contracts.PROCESS_IMAGE,
            image,
            id=contracts.workflow_id(image.upload_id),
            task_queue=contracts.TASK_QUEUE,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            search_attributes=search_attributes(image, ImageStatus.PENDING),
            memo=_memo(image),
            priority=Priority(priority_key=contracts.PRIORITY_LIVE, fairness_key=image.org_id),
        )


def _memo(image: ImageRef) -> dict[str, object]:
    memo: dict[str, object] = {"storage_key": image.storage_key, "started_by": "promise ledger"}
    return memo | ({"request_id": image.request_id} if image.request_id else {})
