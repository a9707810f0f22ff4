"""How operators look at a campaign and steer it: query, signals, updates, memo, current details."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict, replace
from typing import TypeVar

from temporalio import workflow
from temporalio.common import SearchAttributeKey
from temporalio.exceptions import ActivityError, ApplicationError, is_cancelled_exception

from schema import contracts, reprocess
from schema.contracts import Decision
from schema.reprocess import Progress

Result = TypeVar("Result")
_ORG = SearchAttributeKey.for_keyword(contracts.SEARCH_ORG)


class Steered:
    """A long run that can be paused, resumed and cancelled between two batches.

    Cancelling in Temporal's own way comes to the same: what is done stays, and is told.
    """

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    @workflow.query(name=reprocess.PROGRESS)
    def progress(self) -> Progress:
        """Where it stands."""
        return self._progress

    @workflow.signal(name=reprocess.PAUSE, description="Stop after the batches under way.")
    def pause(self, decision: Decision | None = None) -> None:
        """Stop after the batches under way; nothing if it is paused."""
        if not self._unpausable():
            self._tell(paused=True)

    @workflow.update(name=reprocess.PAUSE, description="Stop after the batches under way.")
    async def pause_update(self, decision: Decision | None = None) -> None:
        """As the signal, for callers who want to know that it was taken."""
        self.pause(decision)

    @pause_update.validator
    def _may_pause(self, decision: Decision | None = None) -> None:
        _must_not(self._unpausable())

    @workflow.signal(name=reprocess.RESUME, description="Go on.")
    def resume(self, decision: Decision | None = None) -> None:
        """Go on; nothing if it is not paused."""
        if self._progress.paused:
            self._tell(paused=False, trouble="")

    @workflow.update(name=reprocess.RESUME, description="Go on.")
    async def resume_update(self, decision: Decision | None = None) -> None:
        """As the signal, for callers who want to know that it was taken."""
        self.resume(decision)

    @resume_update.validator
    def _may_resume(self, decision: Decision | None = None) -> None:
        _must_not("" if self._progress.paused else "it is not paused")

    @workflow.signal(name=reprocess.CANCEL, description="Stop for good.")
    def cancel(self, decision: Decision | None = None) -> None:
        """Stop for good; nothing if somebody did."""
        if not self._progress.cancelled_by:
            self._tell(cancelled_by=(decision or Decision()).actor, awaiting_approval=False)

    @workflow.update(name=reprocess.CANCEL, description="Stop for good.")
    async def cancel_update(self, decision: Decision | None = None) -> None:
        """As the signal, for callers who want to know that it was taken."""
        self.cancel(decision)

    @cancel_update.validator
    def _may_cancel(self, decision: Decision | None = None) -> None:
        _must_not("it is cancelled already" if self._progress.cancelled_by else "")

    @property
    def _stopped(self) -> bool:
        return bool(self._progress.cancelled_by)

    def _unpausable(self) -> str:
        """Why it cannot be paused; empty when it can."""
        return "it is not running" if self._progress.paused or self._stopped else ""

    async def _unpaused(self) -> bool:
        """Wait until it is not paused; whether to go on."""
        await workflow.wait_condition(lambda: not self._progress.paused or self._stopped)
        return not self._stopped

    async def _minded(self, work: Awaitable[Result]) -> Result | None:
        """The work's result; None when a bug paused the run, to be resumed after its mending."""
        try:
            return await work
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise asyncio.CancelledError from error
            self._tell(paused=True, trouble=str(error.cause))
            return None

    async def _unless_cancelled(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except asyncio.CancelledError:
            self._tell(cancelled_by="Temporal", paused=False, awaiting_approval=False)

    def _tell(self, **changes: object) -> None:
        """Change where it stands, for all to see."""
        self._progress = replace(self._progress, **changes)  # type: ignore[arg-type]
        workflow.set_current_details(_details(self._progress))

    def _remember(self) -> None:
        """Where it stands, to be read when no worker is there to answer a query."""
        workflow.upsert_memo({reprocess.PROGRESS: asdict(self._progress)})


def introduce(org_id: str) -> None:
    """Runs started by hand from the UI come without search attributes."""
    if workflow.info().typed_search_attributes.get(_ORG) is None:
        workflow.upsert_search_attributes([_ORG.value_set(org_id)])


def _must_not(reason: str) -> None:
    if reason:
        raise ApplicationError(reason)


def _details(progress: Progress) -> str:
    """Markdown for the Web UI."""
    said = [
        f"**{progress.state}**: {progress.done} of {progress.total}, {progress.failed} failed, "
        f"{progress.kept} kept, {progress.rate:.1f} images/s"
    ]
    if progress.awaiting_approval:
        said.append("Waits for `approve` (or `cancel`).")
    if progress.paused:
        said.append(f"Paused. {progress.trouble}".strip())
    said += [
        f"- {change.what}: {change.before} -> {change.after}: {change.count}"
        for change in progress.changes
        if change.before != change.after
    ]
    return "\n\n".join(said)
