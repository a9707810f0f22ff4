"""Housekeeping's activities, answering as a test plans."""

from collections.abc import Callable
from dataclasses import dataclass, field

from temporalio import activity

from adapters.errors import TransientError
from schema.contracts import StepInput, ThumbnailsResult
from schema.enums import Stage
from schema.housekeeping import (
    Abandoned,
    AbandonTask,
    LedgerCounts,
    LedgerReport,
    PromiseLook,
    PromisesChecked,
    SampleLook,
    SamplePlace,
)


@dataclass
class Chores:
    """Activities that answer as planned and remember what they were asked."""

    pages: int = 1
    passes: int = 1
    thumbnails_fault: Callable[[int], None] | None = None
    looks: list[str | None] = field(default_factory=list)
    samples: list[SamplePlace] = field(default_factory=list)
    tries: int = 0

    @activity.defn(name="check_promises")
    async def check(self, look: PromiseLook) -> PromisesChecked:
        self.looks.append(look.after)
        number = len(self.looks)
        if number == 1:
            raise TransientError("PostgreSQL is away")
        page = (number - 2) % self.pages
        more = (number - 2) // self.pages + 1 < self.passes
        after = None if page + 1 == self.pages else f"page {page}"
        return PromisesChecked(LedgerCounts(looked_at=1), after, more)

    @activity.defn(name="sample_thumbnails")
    async def sample(self, look: SampleLook) -> LedgerReport:
        self.samples.append(look.place)
        return LedgerReport(LedgerCounts(sampled=5), SamplePlace("org", str(len(self.samples))))

    @activity.defn(name="abandon_silent")
    async def abandon(self, task: AbandonTask) -> Abandoned:
        self.looks.append(task.after)
        number = len(self.looks)
        return Abandoned(2, None if number == self.pages else f"page {number}")

    @activity.defn(name=Stage.THUMBNAILS)
    async def thumbnails(self, step: StepInput) -> ThumbnailsResult:
        self.tries += 1
        if self.thumbnails_fault:
            self.thumbnails_fault(self.tries)
        return ThumbnailsResult({}, {}, 1, 1)
