"""Who did what to an image, brought into the audit trail beside the work itself."""

import asyncio
from collections.abc import Sequence

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

from activities import interface
from schema import contracts
from schema.contracts import Decision, Failure, ImageRef, Intervention
from workflows import policies

# Runs that met an operator before this date go on without a note.
_NOTED = "2026-11-20-interventions-are-noted"
_RESET_NOTED = "2026-11-20-reset-is-noted-first"


class Interventions:
    """The notes of one run. They hold up nothing but the run's end."""

    def __init__(self, image: ImageRef) -> None:
        self._image = image
        self._notes: list[asyncio.Task[None]] = []

    def decided(self, action: str, decision: Decision, failures: Sequence[Failure]) -> None:
        """Note a retry or a discard of what is parked with these failures."""
        if workflow.patched(_NOTED):
            self._note(action, decision, failures)

    def begun(self) -> None:
        """Note at the run's start that it is a reset one.

        Not if it repeats what the run before it did: no note can be put in front of that.
        """
        if _was_reset() and workflow.patched(_RESET_NOTED):
            self._note(contracts.RESET, Decision(), ())

    async def ended(self) -> None:
        """Note a reset that could not be noted at the start; return when all is written."""
        if _was_reset() and not workflow.patched(_RESET_NOTED):
            self._note(contracts.RESET, Decision(), ())
        await asyncio.gather(*self._notes)

    def _note(self, action: str, decision: Decision, failures: Sequence[Failure]) -> None:
        noted = Intervention(self._image, str(workflow.uuid4()), action, decision, list(failures))
        self._notes.append(asyncio.create_task(_written(noted)))


def _was_reset() -> bool:
    info = workflow.info()
    return info.run_id != info.first_execution_run_id


async def _written(intervention: Intervention) -> None:
    """Try until it is written: what a bug defeats waits for its mending, and is never given up."""
    while True:
        try:
            return await workflow.execute_activity(
                interface.note,
                intervention,
                start_to_close_timeout=policies.STEP_TIMEOUT,
                retry_policy=policies.RETRY_FOREVER,
                priority=policies.live(intervention.image.org_id),
            )
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            await asyncio.sleep(policies.NOTE_AGAIN.total_seconds())
