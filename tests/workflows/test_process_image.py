"""ProcessImage on a real server: retries, verdicts, parking. Time is skipped, not slept."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.testing import WorkflowEnvironment

from activities.failures import UNKNOWN_ATTEMPTS, PermanentFailure
from adapters.errors import TransientError
from adapters.temporal import FAILURE
from imaging.errors import ImageRejected, RejectCode
from schema import contracts
from schema.contracts import Decision, Failure, ImageOutcome
from schema.enums import ImageStatus, Stage
from tests.workflows.conftest import Steps, parked, start, status, worker


def until(attempt: int, error: Callable[[], Exception]) -> Callable[[int], None]:
    """A fault that lasts for the attempts before `attempt`."""

    def fault(number: int) -> None:
        if number < attempt:
            raise error()

    return fault


def always(error: Callable[[], Exception]) -> Callable[[int], None]:
    return until(10**9, error)


async def test_six_steps_lead_to_one_record(skipping: WorkflowEnvironment) -> None:
    steps = Steps()
    async with worker(skipping, steps):
        handle = await start(skipping)
        outcome = await handle.result()
    assert outcome == ImageOutcome(ImageStatus.PROCESSED)
    assert sorted(steps.calls) == sorted(Stage)
    assert steps.calls[0] == Stage.DOWNLOAD
    assert steps.calls[-2:] == [Stage.DEDUP, Stage.RECORD]
    (verdict,) = steps.recorded
    assert None not in vars(replace(verdict, failure=Failure("none", "", ""))).values()
    assert await status(handle) == ImageStatus.PROCESSED


async def test_transient_trouble_is_waited_out_however_long(skipping: WorkflowEnvironment) -> None:
    steps = Steps(thumbnails=until(40, lambda: TransientError("S3 is away")))
    async with worker(skipping, steps):
        outcome = await (await start(skipping)).result()
    assert outcome.status == ImageStatus.PROCESSED
    assert steps.calls.count(Stage.THUMBNAILS) == 40
    assert steps.calls.count(Stage.QC) == 1


@pytest.mark.parametrize("stage", [Stage.DOWNLOAD, Stage.EXIF, Stage.QC, Stage.DEDUP])
async def test_a_verdict_on_the_file_is_final(skipping: WorkflowEnvironment, stage: Stage) -> None:
    steps = Steps(**{stage: always(lambda: PermanentFailure("too_odd", "Too odd a file."))})
    async with worker(skipping, steps):
        handle = await start(skipping)
        outcome = await handle.result()
    assert outcome.status == ImageStatus.FAILED
    assert steps.calls.count(stage) == 1
    (verdict,) = steps.recorded
    assert verdict.failure is not None
    assert (verdict.failure.stage, verdict.failure.code) == (stage, "too_odd")
    assert verdict.failure.message == "Too odd a file."
    assert await status(handle) == ImageStatus.FAILED


async def test_a_file_that_no_decoder_takes_keeps_its_exif(skipping: WorkflowEnvironment) -> None:
    cut = always(lambda: ImageRejected(RejectCode.TRUNCATED, "The file ends too early."))
    steps = Steps(thumbnails=cut, qc=cut)
    async with worker(skipping, steps):
        outcome = await (await start(skipping)).result()
    assert outcome.failure is not None
    assert outcome.failure.code == RejectCode.TRUNCATED
    (verdict,) = steps.recorded
    assert verdict.exif is not None
    assert verdict.exif.fields == {"ISO": 100}


async def test_a_bug_parks_the_image_and_retry_finishes_it(skipping: WorkflowEnvironment) -> None:
    steps = Steps(qc=until(UNKNOWN_ATTEMPTS + 1, lambda: ZeroDivisionError("oops")))
    async with worker(skipping, steps):
        handle = await start(skipping)
        await parked(skipping, handle)
        assert steps.calls.count(Stage.QC) == UNKNOWN_ATTEMPTS
        memo = await (await handle.describe()).memo()
        assert memo["failure"]["stage"] == Stage.QC
        assert "ZeroDivisionError: oops" in memo["failure"]["message"]
        assert (await handle.describe()).typed_search_attributes[FAILURE] == "ZeroDivisionError"
        await handle.signal(contracts.RETRY)
        outcome = await handle.result()
    assert outcome.status == ImageStatus.PROCESSED
    assert steps.calls.count(Stage.THUMBNAILS) == 1
    assert await status(handle) == ImageStatus.PROCESSED
    assert (await handle.describe()).typed_search_attributes.get(FAILURE) is None
    (note,) = steps.noted
    assert (note.action, note.decision, note.failures[0].stage) == ("retry", Decision(), Stage.QC)


async def test_a_parked_image_can_be_discarded_with_a_reason(skipping: WorkflowEnvironment) -> None:
    steps = Steps(exif=always(lambda: ZeroDivisionError("oops")))
    async with worker(skipping, steps):
        handle = await start(skipping)
        await parked(skipping, handle)
        await handle.execute_update(
            contracts.DISCARD, Decision("photographed a wall", "ann@example.com")
        )
        outcome = await handle.result()
    assert outcome.failure is not None
    assert outcome.failure.code == "discarded"
    assert "ann@example.com: photographed a wall" in outcome.failure.message
    (note,) = steps.noted
    assert note.action == contracts.DISCARD
    assert note.decision == Decision("photographed a wall", "ann@example.com")


async def test_two_parked_steps_are_retried_together(skipping: WorkflowEnvironment) -> None:
    bug = until(UNKNOWN_ATTEMPTS + 1, lambda: ZeroDivisionError("oops"))
    steps = Steps(qc=bug, thumbnails=bug)
    async with worker(skipping, steps):
        handle = await start(skipping)
        await parked(skipping, handle)
        assert len(steps.calls) == 2 + 2 * UNKNOWN_ATTEMPTS
        await handle.execute_update(contracts.RETRY, Decision())
        outcome = await handle.result()
    assert outcome.status == ImageStatus.PROCESSED
    (note,) = steps.noted
    assert {failure.stage for failure in note.failures} == {Stage.QC, Stage.THUMBNAILS}


async def test_signals_without_need_change_nothing(skipping: WorkflowEnvironment) -> None:
    steps = Steps(qc=until(UNKNOWN_ATTEMPTS + 1, lambda: ZeroDivisionError("oops")))
    async with worker(skipping, steps):
        handle = await start(skipping)
        await handle.signal(contracts.DISCARD, Decision("too early"))
        await parked(skipping, handle)
        for _ in range(2):
            await handle.signal(contracts.RETRY, Decision("twice"))
        await handle.signal(contracts.DISCARD, Decision("too late"))
        outcome = await handle.result()
    assert outcome.status == ImageStatus.PROCESSED
    assert [note.decision.reason for note in steps.noted] == ["twice"]


async def test_a_verdict_frees_a_step_that_is_parked_beside_it(
    skipping: WorkflowEnvironment,
) -> None:
    def rejected_late(attempt: int) -> None:
        if attempt <= 10:
            raise TransientError("not yet")
        raise PermanentFailure("too_odd", "Too odd a file.")

    steps = Steps(exif=always(lambda: ZeroDivisionError("oops")), qc=rejected_late)
    async with worker(skipping, steps):
        outcome = await (await start(skipping)).result()
    assert outcome.failure is not None
    assert outcome.failure.code == "too_odd"


async def test_nobody_decides_for_two_weeks(skipping: WorkflowEnvironment) -> None:
    steps = Steps(dedup=always(lambda: ZeroDivisionError("oops")))
    async with worker(skipping, steps):
        outcome = await (await start(skipping)).result()
    assert outcome.status == ImageStatus.FAILED
    assert outcome.failure is not None
    assert outcome.failure.code == "gave_up"
    assert "oops" in outcome.failure.message


async def test_a_record_that_fails_is_parked_too_and_loses_nothing(
    skipping: WorkflowEnvironment,
) -> None:
    steps = Steps(record=until(UNKNOWN_ATTEMPTS + 1, lambda: ZeroDivisionError("oops")))
    async with worker(skipping, steps):
        handle = await start(skipping)
        await parked(skipping, handle)
        await handle.signal(contracts.RETRY)
        outcome = await handle.result()
    assert outcome.status == ImageStatus.PROCESSED
    (verdict,) = steps.recorded
    assert verdict.qc is not None


async def test_an_update_without_need_is_refused(skipping: WorkflowEnvironment) -> None:
    steps = Steps(download=until(200, lambda: TransientError("away")))
    async with worker(skipping, steps):
        handle = await start(skipping)
        with pytest.raises(WorkflowUpdateFailedError):
            await handle.execute_update(contracts.RETRY, Decision())
        assert (await handle.result()).status == ImageStatus.PROCESSED


async def test_a_cancelled_image_is_recorded_as_such(skipping: WorkflowEnvironment) -> None:
    steps = Steps(exif=always(lambda: ZeroDivisionError("oops")))
    async with worker(skipping, steps):
        handle = await start(skipping)
        await parked(skipping, handle)
        await handle.cancel()
        outcome = await handle.result()
    assert outcome.failure is not None
    assert outcome.failure.code == "cancelled"
