"""Campaigns in Temporal: starting them, one at a time for each organization, and steering them."""

from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from temporalio.client import (
    Client,
    RPCError,
    WorkflowExecutionDescription,
    WorkflowExecutionStatus,
    WorkflowFailureError,
    WorkflowHandle,
    WorkflowUpdateFailedError,
)
from temporalio.common import (
    Priority,
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import FailureError, WorkflowAlreadyStartedError
from temporalio.service import RPCStatusCode

from adapters.errors import AdapterError, TransientError
from adapters.temporal import ORG
from schema import housekeeping, reprocess
from schema.contracts import Decision
from schema.reprocess import Change, Progress, ReprocessTask, TurnTask, campaign_workflow_id

Handle = WorkflowHandle[Any, Progress]
Answer = TypeVar("Answer")


class CampaignError(AdapterError):
    """What was asked for is not possible; the message says why."""


@dataclass(frozen=True)
class CampaignStatus:
    """The latest run of an organization: `run` is its type, `ended` how it ended, if it did."""

    run: str
    ended: str | None
    progress: Progress | None


class CampaignRuns:
    """The workflow of each organization's campaign.

    Raises:
        CampaignError: it is not the time for that.
        TransientError: Temporal does not answer.
    """

    def __init__(self, client: Client, *, seconds: float = 10.0) -> None:
        self._client = client
        self._timeout = timedelta(seconds=seconds)

    async def start(self, task: ReprocessTask) -> Handle:
        """Compute images anew."""
        campaign = task.campaign
        memo = {"campaign_id": campaign.id, "actor": campaign.actor, "reason": campaign.reason}
        return await self._start(reprocess.REPROCESS, task, campaign.org_id, memo)

    async def turn(self, task: TurnTask) -> Handle:
        """Switch to a campaign's results, or back."""
        memo = {"campaign_id": task.campaign_id, "actor": task.actor, "reason": task.reason}
        return await self._start(reprocess.TURN_RESULTS, task, task.org_id, memo)

    async def result(self, handle: Handle) -> Progress:
        """What a run says at its end, however long that takes."""
        try:
            return await handle.result()
        except WorkflowFailureError as error:
            raise CampaignError(_root(error)) from error
        except RPCError as error:
            raise TransientError(f"Temporal: {error.message}") from error

    async def steer(self, org_id: str, command: str, decision: Decision) -> None:
        """Send APPROVE, PAUSE, RESUME or CANCEL; returns when a worker has taken it."""
        update = self._handle(org_id).execute_update(command, decision, rpc_timeout=self._timeout)
        await self._asked(update)

    async def status(self, org_id: str) -> CampaignStatus:
        """Where the latest run stands; from its memo when no worker is there to ask."""
        handle = self._handle(org_id)
        described = await self._asked(handle.describe(rpc_timeout=self._timeout))
        status = described.status
        ended = None if status is None or described.close_time is None else status.name.lower()
        if status is WorkflowExecutionStatus.FAILED:
            ended = f"failed: {await self._reason(handle)}"
        return CampaignStatus(
            described.workflow_type, ended, await self._progress(handle, described)
        )

    async def _reason(self, handle: Handle) -> str:
        try:
            await self.result(handle)
        except CampaignError as error:
            return str(error)
        return ""

    async def _progress(
        self, handle: Handle, described: WorkflowExecutionDescription
    ) -> Progress | None:
        try:
            answer: Progress = await handle.query(
                reprocess.PROGRESS, result_type=Progress, rpc_timeout=self._timeout
            )
            return answer
        except RPCError:
            known = (await described.memo()).get(reprocess.PROGRESS)
        if known is None:
            return None
        return Progress(**known | {"changes": [Change(**change) for change in known["changes"]]})

    async def _start(
        self, workflow: str, task: ReprocessTask | TurnTask, org_id: str, memo: dict[str, str]
    ) -> Handle:
        started = self._client.start_workflow(
            workflow,
            task,
            id=campaign_workflow_id(org_id),
            task_queue=housekeeping.TASK_QUEUE,
            result_type=Progress,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
            search_attributes=TypedSearchAttributes([SearchAttributePair(ORG, org_id)]),
            memo=memo,
            priority=Priority(priority_key=reprocess.PRIORITY_REPROCESS, fairness_key=org_id),
            rpc_timeout=self._timeout,
        )
        return await self._asked(started)

    def _handle(self, org_id: str) -> Handle:
        return self._client.get_workflow_handle(campaign_workflow_id(org_id), result_type=Progress)

    async def _asked(self, question: Awaitable[Answer]) -> Answer:
        try:
            return await question
        except WorkflowAlreadyStartedError as error:
            said = "this organization has a campaign under way: see its status, or cancel it"
            raise CampaignError(said) from error
        except WorkflowUpdateFailedError as error:
            raise CampaignError(_root(error)) from error
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                raise CampaignError("this organization has no campaign under way") from error
            raise TransientError(f"Temporal: {error.message}") from error
        except (TimeoutError, RuntimeError) as error:
            raise TransientError("Temporal or its worker does not answer") from error


def _root(error: BaseException) -> str:
    """What was said first, below the layers that Temporal puts around it."""
    while isinstance(cause := getattr(error, "cause", None), FailureError):
        error = cause
    return getattr(error, "message", "") or str(error)
