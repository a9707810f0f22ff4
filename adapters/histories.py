"""Who intervened in a workflow, read from its history."""

from datetime import timedelta

from temporalio.api.enums.v1 import EventType, WorkflowTaskFailedCause
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client
from temporalio.service import RPCError

from adapters.errors import TransientError
from adapters.ports import Author
from schema import contracts

_TIMEOUT = timedelta(seconds=5)


class TemporalHistories:
    """`adapters.ports.Histories` on Temporal."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def author(self, workflow_id: str, run_id: str, action: str) -> Author | None:
        """Who last did this to the run; None when nobody did.

        The history of an image has some sixty events: one page.
        """
        handle = self._client.get_workflow_handle(workflow_id, run_id=run_id)
        found: Author | None = None
        try:
            async for event in handle.fetch_history_events(rpc_timeout=_TIMEOUT):
                found = _author(event, action) or found
        except (RPCError, RuntimeError) as error:
            raise TransientError(f"Temporal: {error}") from error
        return found


def _author(event: HistoryEvent, action: str) -> Author | None:
    match event.event_type:
        case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
            signal = event.workflow_execution_signaled_event_attributes
            return Author(signal.identity) if signal.signal_name == action else None
        case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
            update = event.workflow_execution_update_accepted_event_attributes.accepted_request
            return Author(update.meta.identity) if update.input.name == action else None
        case EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED:
            failed = event.workflow_task_failed_event_attributes
            was_reset = failed.cause == (
                WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW
            )
            if action == contracts.RESET and was_reset:
                # It is the server that writes here; who asked it, Temporal does not keep.
                return Author("", failed.failure.message)
    return None
