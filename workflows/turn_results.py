"""TurnResults: a campaign's results become the ones shown, or those of before again."""

from dataclasses import replace

from temporalio import workflow

from activities import interface
from schema import reprocess
from schema.reprocess import CampaignState, Closing, Direction, Progress, TurnTask
from workflows.chores import housekeep
from workflows.reprocess_steering import Steered, introduce

_BATCHES_A_RUN = 100
"""Batches in one history; a longer one continues as new."""
_STATES = {
    Direction.SWITCH.value: (CampaignState.SWITCHING, CampaignState.SWITCHED),
    Direction.ROLLBACK.value: (CampaignState.ROLLING_BACK, CampaignState.ROLLED_BACK),
}


@workflow.defn(name=reprocess.TURN_RESULTS)
class TurnResults(Steered):
    """Batch by batch, each a transaction. One that was cancelled can be taken up or turned back."""

    @workflow.init
    def __init__(self, task: TurnTask) -> None:
        under_way, self._ended = _STATES[task.direction]
        super().__init__(task.progress or Progress(task.campaign_id, under_way.value))
        self._task = task

    @workflow.run
    async def run(self, task: TurnTask) -> Progress:
        """One run, or one part of a long one; fails when it is not the time for it."""
        introduce(task.org_id)
        if task.progress is None:
            total = await housekeep(interface.open_turn, task)
            self._tell(total=total)
        await self._unless_cancelled(self._turn_all)
        if not self._stopped:
            self._tell(state=self._ended.value)
        progress = self._progress
        closing = Closing(task.campaign_id, task.org_id, progress.state, progress)
        await housekeep(interface.close_campaign, closing)
        self._remember()
        return progress

    async def _turn_all(self) -> None:
        for _ in range(_BATCHES_A_RUN):
            if not await self._unpaused():
                return
            turned = await self._minded(housekeep(interface.turn_results, self._task))
            if turned is None:
                continue
            if turned.last is None:
                return
            self._task = replace(self._task, after=turned.last)
            progress = self._progress
            self._tell(done=progress.done + turned.done, kept=progress.kept + turned.kept)
            self._remember()
        workflow.continue_as_new(replace(self._task, progress=self._progress))
