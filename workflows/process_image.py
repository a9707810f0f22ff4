"""ProcessImage: from an uploaded object to a verdict, exactly once."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError, is_cancelled_exception

from activities import interface
from schema import contracts
from schema.contracts import (
    Decision,
    DedupInput,
    ExifResult,
    Failure,
    ImageOutcome,
    ImageRef,
    QcResult,
    RecordInput,
    StepInput,
    ThumbnailsResult,
)
from schema.enums import ImageStatus, Stage
from workflows import policies, shown
from workflows.interventions import Interventions

Arg = TypeVar("Arg")
Result = TypeVar("Result")
_Looks = tuple[ExifResult | None, ThumbnailsResult | None, QcResult | None]


class _Rejected(Exception):  # noqa: N818  a verdict, not an accident
    """The image's way ends here; why is in `ProcessImage._known.failure`."""


@workflow.defn(name=contracts.PROCESS_IMAGE)
class ProcessImage:
    """Download, then exif, thumbnails and qc side by side, then dedup, then record.

    A step that a bug defeats parks the image (`ImageStatus = needs_attention`) until somebody
    sends `retry` or `discard`, or two weeks pass.
    """

    @workflow.init
    def __init__(self, image: ImageRef) -> None:
        self._image = image
        self._known = RecordInput(image)
        self._parked: dict[Stage, Failure] = {}
        self._answered: set[Stage] = set()
        self._retries = 0
        self._discarded: Decision | None = None
        self._interventions = Interventions(image)

    @workflow.run
    async def run(self, image: ImageRef) -> ImageOutcome:
        """Bring one image to its verdict."""
        shown.introduce(image)
        self._interventions.begun()
        try:
            await self._examine()
        except _Rejected:
            pass
        except asyncio.CancelledError:
            self._fail(Stage.DOWNLOAD, "cancelled", "Somebody stopped this photo's processing.")
        outcome = await self._record()
        shown.verdict(outcome)
        await self._interventions.ended()
        return outcome

    @workflow.signal(name=contracts.RETRY, description="Try the parked step again, now.")
    def retry(self, decision: Decision | None = None) -> None:
        """Try the parked steps again."""
        if self._intervene(contracts.RETRY, decision or Decision()):
            self._retries += 1

    @workflow.signal(
        name=contracts.DISCARD,
        description='Give the photo up. Input: {"reason": "why", "actor": "your name"}',
    )
    def discard(self, decision: Decision | None = None) -> None:
        """Record the image as failed, with the operator's reason."""
        decided = decision or Decision()
        if self._intervene(contracts.DISCARD, decided):
            self._discarded = decided

    @workflow.update(name=contracts.RETRY, description="Try the parked step again, now.")
    async def retry_update(self, decision: Decision | None = None) -> None:
        """As the signal, for callers who want to know that it was taken."""
        self.retry(decision)

    @retry_update.validator
    def _retry_is_due(self, decision: Decision | None = None) -> None:
        self._must_be_parked()

    @workflow.update(name=contracts.DISCARD, description="Give the photo up, with a reason.")
    async def discard_update(self, decision: Decision | None = None) -> None:
        """As the signal, for callers who want to know that it was taken."""
        self.discard(decision)

    @discard_update.validator
    def _discard_is_due(self, decision: Decision | None = None) -> None:
        self._must_be_parked()

    def _intervene(self, action: str, decision: Decision) -> bool:
        """Note what an operator wants; False when nothing waits for it.

        Signals come twice, and again after a reset: those must not strike at the next parking.
        """
        waiting = [self._parked[stage] for stage in self._parked if stage not in self._answered]
        self._answered |= self._parked.keys()
        if waiting:
            self._interventions.decided(action, decision, waiting)
        return bool(waiting)

    def _must_be_parked(self) -> None:
        if self._answered.issuperset(self._parked):
            raise ApplicationError("this image is not parked: nothing waits for a decision")

    async def _examine(self) -> None:
        """The steps, in order. What each one finds is kept for `record`, also of a failed image."""
        image = self._image
        file = await self._step(Stage.DOWNLOAD, interface.download, image)
        self._known = replace(self._known, file=file)
        exif, thumbnails, qc = await self._look(StepInput(image, file))
        self._known = replace(self._known, exif=exif, thumbnails=thumbnails, qc=qc)
        if qc is None or self._known.failure is not None:
            raise _Rejected
        dedup = await self._step(Stage.DEDUP, interface.dedup, DedupInput(image, file, qc))
        self._known = replace(self._known, dedup=dedup)

    async def _look(
        self, step: StepInput
    ) -> tuple[ExifResult | None, ThumbnailsResult | None, QcResult | None]:
        """The three steps that need only the file, side by side; None where one was rejected."""
        return await asyncio.gather(
            self._or_none(self._step(Stage.EXIF, interface.exif, step)),
            self._or_none(self._step(Stage.THUMBNAILS, interface.thumbnails, step)),
            self._or_none(self._step(Stage.QC, interface.qc, step)),
        )

    @staticmethod
    async def _or_none(step: Awaitable[Result]) -> Result | None:
        try:
            return await step
        except _Rejected:
            return None

    async def _record(self) -> ImageOutcome:
        """Write the verdict. An operator who discards here gets the failure recorded instead."""
        while True:
            try:
                return await self._step(Stage.RECORD, interface.record, self._known)
            except _Rejected:
                self._discarded = None

    async def _step(self, stage: Stage, activity: Callable[[Arg], Result], argument: Arg) -> Result:
        """Run one activity until it succeeds, or its failure is a verdict.

        Raises:
            _Rejected: the failure is in `self._known`.
        """
        org_id, first = self._image.org_id, stage is Stage.DOWNLOAD
        while True:
            try:
                return await workflow.execute_activity(
                    activity,
                    argument,
                    start_to_close_timeout=policies.STEP_TIMEOUT,
                    heartbeat_timeout=policies.HEARTBEAT_TIMEOUT,
                    retry_policy=policies.RETRY_FOREVER,
                    priority=policies.live(org_id) if first else policies.under_way(org_id),
                )
            except ActivityError as error:
                if is_cancelled_exception(error):
                    raise asyncio.CancelledError from error
                self._judge(stage, error)
            await self._wait_for_decision(stage)

    def _judge(self, stage: Stage, error: ActivityError) -> None:
        """Take a verdict on the file as final; park what looks like a bug."""
        cause = error.cause
        if isinstance(cause, ApplicationError) and cause.type == contracts.PERMANENT_FAILURE:
            raise self._fail(stage, str(cause.details[0]), cause.message)
        kind, said = type(cause).__name__, str(cause)
        if isinstance(cause, ApplicationError):
            kind, said = cause.type or kind, cause.message
        self._parked[stage] = Failure(stage, "unexpected_error", f"{kind}: {said}", kind)
        self._answered.discard(stage)

    def _fail(self, stage: Stage, code: str, message: str) -> _Rejected:
        """Note why the image failed; the first reason stays."""
        if self._known.failure is None:
            self._known = replace(self._known, failure=Failure(stage, code, message))
        return _Rejected()

    async def _wait_for_decision(self, stage: Stage) -> None:
        """Stay parked until somebody decides, another step rejects the image, or time is up."""
        failure, seen = self._parked[stage], self._retries
        shown.stands(ImageStatus.NEEDS_ATTENTION, failure)
        try:
            await workflow.wait_condition(
                lambda: self._retries > seen or self._is_over(stage), timeout=policies.PARKED_FOR
            )
        except TimeoutError:
            raise self._fail(
                stage, "gave_up", f"Nobody decided in time. {failure.message}"
            ) from None
        finally:
            del self._parked[stage]
        if self._discarded is not None:
            raise self._fail(stage, "discarded", _discard_message(self._discarded, failure))
        if self._is_over(stage):
            raise _Rejected
        if not self._parked:
            shown.stands(ImageStatus.PENDING, None)

    def _is_over(self, stage: Stage) -> bool:
        rejected = self._known.failure is not None and stage is not Stage.RECORD
        return self._discarded is not None or rejected


def _discard_message(decision: Decision, failure: Failure) -> str:
    why = f": {decision.reason}" if decision.reason else ""
    return f"Discarded by {decision.actor}{why}. ({failure.message})"
