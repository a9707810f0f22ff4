"""A campaign's activities over images that do not exist: every result is made up."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from temporalio import activity
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.failures import FailureClassifier
from schema import contracts, housekeeping
from schema.reprocess import (
    BatchDone,
    BatchTask,
    Campaign,
    Change,
    Closing,
    PageLook,
    Turned,
    TurnTask,
)
from workflows.reprocess import Reprocess
from workflows.turn_results import TurnResults

WORKFLOWS = [Reprocess, TurnResults]


@dataclass
class Fleet:
    """So many images, numbered; remembers how often each was computed.

    `fault` is called at each batch and may raise; `held` batches wait until it is set.
    """

    images: int
    fault: Callable[[int], None] | None = None
    held: asyncio.Event | None = None
    computed: Counter[str] = field(default_factory=Counter)
    closed: list[Closing] = field(default_factory=list)
    turns: list[TurnTask] = field(default_factory=list)
    batches: int = 0

    def _after(self, after: str | None, limit: int) -> list[str]:
        first = int(after) + 1 if after else 0
        return [f"{n:08d}" for n in range(first, min(first + limit, self.images))]

    @activity.defn(name="open_campaign")
    async def open(self, campaign: Campaign) -> int:
        return self.images

    @activity.defn(name="campaign_page")
    async def page(self, look: PageLook) -> list[str]:
        return self._after(look.after, look.limit)

    @activity.defn(name="campaign_changes")
    async def changes(self, campaign: Campaign) -> list[Change]:
        return [Change("verdict", "pass", "fail", len(self.computed))]

    @activity.defn(name="close_campaign")
    async def close(self, closing: Closing) -> None:
        self.closed.append(closing)

    @activity.defn(name="reprocess_batch")
    async def batch(self, batch: BatchTask) -> BatchDone:
        self.batches += 1
        if self.held is not None:
            await self.held.wait()
        if self.fault is not None:
            self.fault(self.batches)
        self.computed.update(batch.image_ids)
        return BatchDone(len(batch.image_ids), sum(i.endswith("7") for i in batch.image_ids))

    @activity.defn(name="open_turn")
    async def open_turn(self, task: TurnTask) -> int:
        return self.images

    @activity.defn(name="turn_results")
    async def turn(self, task: TurnTask) -> Turned:
        self.turns.append(task)
        page = self._after(task.after, task.batch)
        return Turned(len(page), 0, page[-1] if page else None)

    def workers(self, environment: WorkflowEnvironment) -> tuple[Worker, Worker]:
        """The campaigns' and the images', as in production: the sandbox on."""
        interceptors = [FailureClassifier()]
        desk: list[Callable[..., Any]] = [self.open, self.page, self.changes, self.close]
        clock = Worker(
            environment.client,
            task_queue=housekeeping.TASK_QUEUE,
            workflows=WORKFLOWS,
            activities=[*desk, self.open_turn, self.turn],
            interceptors=interceptors,
        )
        images = Worker(
            environment.client,
            task_queue=contracts.TASK_QUEUE,
            activities=[self.batch],
            interceptors=interceptors,
        )
        return clock, images
