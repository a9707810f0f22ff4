"""Reprocess: many images computed anew, beside the results that are shown."""

import asyncio
from collections import deque
from datetime import datetime

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from activities import interface
from schema import contracts, reprocess
from schema.contracts import Decision
from schema.reprocess import (
    BatchDone,
    BatchTask,
    CampaignState,
    Closing,
    PageLook,
    Progress,
    ReprocessTask,
)
from workflows import policies
from workflows.chores import housekeep
from workflows.reprocess_steering import Steered, introduce

_PAGES_A_RUN = 10
"""Pages in one history; a longer campaign continues as new."""


@workflow.defn(name=reprocess.REPROCESS)
class Reprocess(Steered):
    """A dry run ends after its sample; a campaign shows its canary and waits for `approve`.

    What is shown to people stays as it is: that is changed by TurnResults.
    """

    @workflow.init
    def __init__(self, task: ReprocessTask) -> None:
        super().__init__(task.progress or Progress(task.campaign.id))
        self._campaign = task.campaign
        self._sizes = task.sizes
        self._after = task.after
        self._page_began: tuple[datetime, int] | None = None

    @workflow.run
    async def run(self, task: ReprocessTask) -> Progress:
        """One run, or one part of a long one; the result says what would change."""
        introduce(self._campaign.org_id)
        if task.progress is None:
            total = await housekeep(interface.open_campaign, self._campaign)
            sample = self._campaign.sample if self._campaign.dry_run else None
            self._tell(total=min(total, sample or total))
        await self._unless_cancelled(self._compute_all)
        return await self._close()

    @workflow.signal(name=reprocess.APPROVE, description="The canary is good: do the rest.")
    def approve(self, decision: Decision | None = None) -> None:
        """Do the rest; nothing while it does not wait for that."""
        if self._progress.awaiting_approval:
            self._tell(approved_by=(decision or Decision()).actor, awaiting_approval=False)

    @workflow.update(name=reprocess.APPROVE, description="The canary is good: do the rest.")
    async def approve_update(self, decision: Decision | None = None) -> None:
        """As the signal, for callers who want to know that it was taken."""
        self.approve(decision)

    @approve_update.validator
    def _may_approve(self, decision: Decision | None = None) -> None:
        if not self._progress.awaiting_approval:
            raise ApplicationError("it does not wait for approval")

    async def _compute_all(self) -> None:
        for _ in range(_PAGES_A_RUN):
            if not await self._unpaused() or not await self._approved():
                return
            page = await self._next_page()
            if not page:
                return
            if await self._compute(page):
                self._after = page[-1]
            self._remember()
        progress = self._progress
        task = ReprocessTask(self._campaign, self._sizes, self._after, progress)
        workflow.continue_as_new(task)

    async def _next_page(self) -> list[str]:
        """The next ids, not more than the canary or the sample have left."""
        left = self._bound(self._progress.done + self._sizes.page) - self._progress.done
        if left <= 0:
            return []
        look = PageLook(self._campaign, self._after, min(left, self._sizes.page))
        return await housekeep(interface.campaign_page, look)

    def _bound(self, most: int) -> int:
        """So many images may be done by now."""
        if self._campaign.dry_run:
            return most if self._campaign.sample is None else min(most, self._campaign.sample)
        unseen = self._campaign.canary and not self._progress.approved_by
        return min(most, self._campaign.canary) if unseen else most

    async def _compute(self, page: list[str]) -> bool:
        """Every batch of a page, some side by side; False when somebody cancelled."""
        size = self._sizes.batch
        batches = deque(page[at : at + size] for at in range(0, len(page), size))
        self._page_began = None
        await asyncio.gather(*(self._lane(batches) for _ in range(self._sizes.lanes)))
        return not self._stopped

    async def _lane(self, batches: deque[list[str]]) -> None:
        while await self._unpaused() and batches:
            batch = batches.popleft()
            begun = self._page_began or (workflow.now(), self._progress.done)
            self._page_began = begun
            done = await self._minded(self._computed(batch))
            if done is None:
                batches.append(batch)
                self._page_began = None
            else:
                self._count(done, *begun)

    async def _computed(self, image_ids: list[str]) -> BatchDone:
        campaign = self._campaign
        return await workflow.execute_activity(
            interface.reprocess_batch,
            BatchTask(campaign.id, campaign.org_id, image_ids),
            task_queue=contracts.TASK_QUEUE,
            start_to_close_timeout=policies.STEP_TIMEOUT,
            heartbeat_timeout=policies.HEARTBEAT_TIMEOUT,
            retry_policy=policies.RETRY_FOREVER,
            priority=policies.bulk(campaign.org_id),
        )

    def _count(self, batch: BatchDone, began: datetime, done_before: int) -> None:
        done = self._progress.done + batch.done
        seconds = (workflow.now() - began).total_seconds()
        rate = (done - done_before) / seconds if seconds else 0.0
        self._tell(done=done, failed=self._progress.failed + batch.failed, rate=round(rate, 2))

    async def _approved(self) -> bool:
        """Show the canary when it is done, and wait; whether to go on."""
        unseen = not self._campaign.dry_run and self._campaign.canary
        if not unseen or self._progress.approved_by or self._progress.done < self._bound(2**62):
            return True
        await self._compare()
        self._tell(awaiting_approval=True)
        self._remember()
        await workflow.wait_condition(lambda: not self._progress.awaiting_approval)
        return not self._stopped

    async def _compare(self) -> None:
        self._tell(changes=await housekeep(interface.campaign_changes, self._campaign))

    async def _close(self) -> Progress:
        ended = CampaignState.SAMPLED if self._campaign.dry_run else CampaignState.COMPUTED
        self._tell(state=(CampaignState.CANCELLED if self._stopped else ended).value)
        await self._compare()
        campaign, progress = self._campaign, self._progress
        closing = Closing(campaign.id, campaign.org_id, progress.state, progress)
        await housekeep(interface.close_campaign, closing)
        self._remember()
        return progress
