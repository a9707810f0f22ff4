"""AbandonSessions: capture sessions that fell silent, run by a schedule."""

from dataclasses import replace

from temporalio import workflow

from activities import interface
from schema import housekeeping
from schema.housekeeping import Abandoned, AbandonTask
from workflows.chores import housekeep

_PAGES_A_RUN = 100


@workflow.defn(name=housekeeping.ABANDON_SESSIONS)
class AbandonSessions:
    """Goes over all organizations once; the result is how many sessions were abandoned.

    What a batch leaves is found by the next run.
    """

    @workflow.run
    async def run(self, task: AbandonTask) -> Abandoned:
        """One run, or one part of a long one."""
        for _ in range(_PAGES_A_RUN):
            done = await housekeep(interface.abandon_silent, task)
            task = replace(task, after=done.after, abandoned=task.abandoned + done.sessions)
            if task.after is None:
                break
        else:
            workflow.continue_as_new(task)
        return Abandoned(task.abandoned)
