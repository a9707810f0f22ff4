"""The housekeeping workflows on a real server: pages, passes, continuing as new, verdicts."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from temporalio.client import WorkflowFailureError, WorkflowHandle, WorkflowHistory
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Replayer, Worker

from activities.failures import FailureClassifier, PermanentFailure
from adapters.errors import TransientError
from schema import contracts, housekeeping
from schema.contracts import ImageRef, StepInput, StoredFile
from schema.housekeeping import (
    AbandonTask,
    LedgerCounts,
    LedgerTask,
    RepairOutcome,
    SamplePlace,
)
from tests.workflows.chores import Chores
from workflows.abandon_sessions import AbandonSessions
from workflows.promise_ledger import PromiseLedger
from workflows.repair_thumbnails import RepairThumbnails

WORKFLOWS = [PromiseLedger, AbandonSessions, RepairThumbnails]
Handle = WorkflowHandle[Any, Any]


async def run(
    environment: WorkflowEnvironment, chores: Chores, workflow: str, argument: object
) -> tuple[Any, Handle]:
    """The result, and the handle of the last run; image work has a worker of its own."""
    interceptors = [FailureClassifier()]
    clock = Worker(
        environment.client,
        task_queue=housekeeping.TASK_QUEUE,
        workflows=WORKFLOWS,
        activities=[chores.check, chores.sample, chores.abandon],
        interceptors=interceptors,
    )
    images = Worker(
        environment.client,
        task_queue=contracts.TASK_QUEUE,
        activities=[chores.thumbnails],
        interceptors=interceptors,
    )
    async with clock, images:
        handle: Handle = await environment.client.start_workflow(
            workflow, argument, id=uuid4().hex, task_queue=housekeeping.TASK_QUEUE
        )
        result = await handle.result()
    await _replays(handle)
    return result, handle


async def _replays(handle: Handle) -> None:
    await Replayer(workflows=WORKFLOWS).replay_workflow(await handle.fetch_history())


async def test_a_run_goes_through_pages_and_passes(skipping: WorkflowEnvironment) -> None:
    chores = Chores(pages=2, passes=3)
    result, _ = await run(skipping, chores, housekeeping.PROMISE_LEDGER, LedgerTask())
    assert chores.looks == [None, None, "page 0", None, "page 0", None, "page 0"]
    assert result == {
        "counts": {**vars(LedgerCounts()), "looked_at": 6, "sampled": 5},
        "place": {"org_id": "org", "session_id": "1"},
    }


async def test_a_long_run_continues_as_new_and_forgets_nothing(
    skipping: WorkflowEnvironment,
) -> None:
    chores = Chores(pages=250)
    task = replace(LedgerTask(), place=SamplePlace("org", "before"))
    result, handle = await run(skipping, chores, housekeeping.PROMISE_LEDGER, task)
    assert result["counts"]["looked_at"] == 250
    assert chores.samples == [SamplePlace("org", "before")]
    last = await handle.describe()
    assert last.run_id != handle.first_execution_run_id
    assert last.history_length < 100 * 7


async def test_abandoning_goes_through_all_pages(skipping: WorkflowEnvironment) -> None:
    chores = Chores(pages=130)
    result, _ = await run(skipping, chores, housekeeping.ABANDON_SESSIONS, AbandonTask())
    assert result["sessions"] == 260


IMAGE = ImageRef("upload", "org", "site", "session", "key")
STEP = StepInput(IMAGE, StoredFile("ab" * 32, 1, "image/jpeg", 0, None))


def fails(error: Callable[[], Exception], *, until: int = 10**9) -> Callable[[int], None]:
    def fault(attempt: int) -> None:
        if attempt < until:
            raise error()

    return fault


async def test_a_repair_waits_out_an_outage(skipping: WorkflowEnvironment) -> None:
    chores = Chores(thumbnails_fault=fails(lambda: TransientError("S3 is away"), until=20))
    result, _ = await run(skipping, chores, housekeeping.REPAIR_THUMBNAILS, STEP)
    assert (RepairOutcome(**result), chores.tries) == (RepairOutcome(True), 20)


async def test_a_repair_that_the_file_forbids_says_so(skipping: WorkflowEnvironment) -> None:
    gone = fails(lambda: PermanentFailure("object_missing", "The photo is gone."))
    chores = Chores(thumbnails_fault=gone)
    result, _ = await run(skipping, chores, housekeeping.REPAIR_THUMBNAILS, STEP)
    assert RepairOutcome(**result) == RepairOutcome(False, "The photo is gone.")


async def test_a_repair_that_meets_a_bug_fails_for_all_to_see(
    skipping: WorkflowEnvironment,
) -> None:
    chores = Chores(thumbnails_fault=fails(lambda: ZeroDivisionError("oops")))
    with pytest.raises(WorkflowFailureError):
        await run(skipping, chores, housekeeping.REPAIR_THUMBNAILS, STEP)


_RECORDED = Path(__file__).parent / "histories" / "housekeeping"
HISTORIES = {path.stem: path.read_text() for path in sorted(_RECORDED.glob("*.json"))}


@pytest.mark.parametrize("recorded", HISTORIES)
async def test_recorded_runs_go_on_with_the_code_of_today(recorded: str) -> None:
    history = WorkflowHistory.from_json(recorded, HISTORIES[recorded])
    await Replayer(workflows=WORKFLOWS).replay_workflow(history)


def test_every_housekeeping_workflow_has_a_recorded_run() -> None:
    names = {name.partition("-")[0] for name in HISTORIES}
    assert names == {workflow.__name__ for workflow in WORKFLOWS}
