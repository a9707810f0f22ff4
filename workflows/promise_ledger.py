"""PromiseLedger: what was promised against what arrived, run by a schedule."""

from dataclasses import replace

from temporalio import workflow

from activities import interface
from schema import housekeeping
from schema.housekeeping import (
    LedgerReport,
    LedgerTask,
    PromiseLook,
    SampleLook,
    SamplePlace,
)
from workflows.chores import housekeep

_LOOKS_A_RUN = 100
"""Looks in one history; a longer ledger continues as new."""


@workflow.defn(name=housekeeping.PROMISE_LEDGER)
class PromiseLedger:
    """Goes over the open promises of all organizations until none is due, then takes its sample.

    The result is what it found and did. Nothing is lost with a run: the next one finds the same.
    """

    @workflow.run
    async def run(self, task: LedgerTask) -> LedgerReport:
        """One run, or one part of a long one."""
        place = task.place or _where_the_last_run_ended()
        task = replace(task, place=place)
        for _ in range(_LOOKS_A_RUN):
            done = await housekeep(interface.check_promises, PromiseLook(task.rules, task.after))
            counts = task.counts + done.counts
            more = task.more or done.more
            task = replace(task, counts=counts, after=done.after, more=more)
            if task.after is None:
                if not more:
                    break
                task = replace(task, more=False)
        else:
            workflow.continue_as_new(task)
        sample = await housekeep(interface.sample_thumbnails, SampleLook(task.rules, place))
        return LedgerReport(task.counts + sample.counts, sample.place)


def _where_the_last_run_ended() -> SamplePlace:
    last = workflow.get_last_completion_result(LedgerReport)
    return last.place if last else SamplePlace()
