"""RepairThumbnails: thumbnails that vanished from S3 are made again."""

from temporalio import workflow
from temporalio.common import Priority
from temporalio.exceptions import ActivityError, ApplicationError

from activities import interface
from schema import contracts, housekeeping
from schema.contracts import StepInput
from schema.housekeeping import RepairOutcome
from workflows import policies


@workflow.defn(name=housekeeping.REPAIR_THUMBNAILS)
class RepairThumbnails:
    """The thumbnails step alone, behind all capture. The image's row stays as it is."""

    @workflow.run
    async def run(self, step: StepInput) -> RepairOutcome:
        """Make them again; a verdict on the file ends it, a bug fails the run for all to see."""
        try:
            await workflow.execute_activity(
                interface.thumbnails,
                step,
                task_queue=contracts.TASK_QUEUE,
                start_to_close_timeout=policies.STEP_TIMEOUT,
                heartbeat_timeout=policies.HEARTBEAT_TIMEOUT,
                retry_policy=policies.RETRY_FOREVER,
                priority=Priority(
                    priority_key=housekeeping.PRIORITY_REPAIR, fairness_key=step.image.org_id
                ),
            )
        except ActivityError as error:
            cause = error.cause
            if isinstance(cause, ApplicationError) and cause.type == contracts.PERMANENT_FAILURE:
                return RepairOutcome(False, cause.message)
            raise
        return RepairOutcome(True)
