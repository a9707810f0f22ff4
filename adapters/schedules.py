"""Temporal Schedules: what runs by the clock."""

from dataclasses import dataclass, replace
from datetime import timedelta

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)
from temporalio.service import RPCError

from adapters.errors import TransientError

# Missed runs are not made up for: each run takes up whatever there is to do.
_CATCH_UP = timedelta(seconds=10)
# A run that hangs, say on a workflow task that no deployed worker can replay, must not be the last.
_LONGEST_RUN = timedelta(hours=1)


@dataclass(frozen=True)
class Job:
    """A workflow that is started `every` so often, unless its last run is still under way."""

    name: str
    workflow: str
    argument: object
    every: timedelta


async def ensure(client: Client, job: Job, task_queue: str) -> None:
    """Create the job's schedule, or bring it to what is asked for now.

    Whether somebody has paused it is left alone. Harmless when several doors do it at once.

    Raises:
        TransientError: Temporal does not answer.
    """
    wanted = _schedule(job, task_queue)
    try:
        try:
            await client.create_schedule(job.name, wanted)
        except ScheduleAlreadyRunningError:
            handle = client.get_schedule_handle(job.name)
            await handle.update(lambda known: _changed(known, wanted))
    except (RPCError, RuntimeError) as error:
        raise TransientError(f"Temporal keeps no schedule {job.name}: {error}") from error


def _schedule(job: Job, task_queue: str) -> Schedule:
    return Schedule(
        action=ScheduleActionStartWorkflow(
            job.workflow,
            job.argument,
            id=job.name,
            task_queue=task_queue,
            execution_timeout=_LONGEST_RUN,
        ),
        spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=job.every)]),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=_CATCH_UP),
    )


def _changed(known: ScheduleUpdateInput, wanted: Schedule) -> ScheduleUpdate:
    return ScheduleUpdate(replace(wanted, state=known.description.schedule.state))
