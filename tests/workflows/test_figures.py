"""What a worker counts of the steps, whatever becomes of them."""

from temporalio import activity
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.failures import UNKNOWN_ATTEMPTS, FailureClassifier, PermanentFailure
from adapters.errors import TransientError
from adapters.metrics import FINDINGS, WorkerMetrics
from adapters.step_watch import StepWatch
from adapters.tracing import OFF
from schema import contracts
from schema.contracts import Decision
from schema.housekeeping import (
    PROMISE_LEDGER,
    TASK_QUEUE,
    LedgerCounts,
    LedgerReport,
    LedgerTask,
    PromiseLook,
    PromisesChecked,
    SampleLook,
)
from tests.workflows.conftest import Steps, parked, start
from workflows.process_image import ProcessImage
from workflows.promise_ledger import PromiseLedger


def _faults(attempt: int) -> None:
    """Two passing troubles, then a bug until somebody decides."""
    if attempt <= 2:
        raise TransientError("S3 is away")
    if attempt <= UNKNOWN_ATTEMPTS:
        raise ZeroDivisionError("oops")


def _too_odd(attempt: int) -> None:
    raise PermanentFailure("too_odd", "Too odd a file.")


async def test_attempts_retries_and_verdicts_are_counted(skipping: WorkflowEnvironment) -> None:
    metrics = WorkerMetrics()
    steps = Steps(qc=_faults)
    async with _worker(skipping, steps, metrics):
        handle = await start(skipping)
        await parked(skipping, handle)
        await handle.execute_update(contracts.RETRY, Decision())
        await handle.result()
    read = metrics.registry.get_sample_value

    def attempts(outcome: str) -> float | None:
        labels = {"step": "qc", "outcome": outcome}
        return read("imaging360_step_attempts_total", labels)

    bugs = UNKNOWN_ATTEMPTS - 2
    assert attempts("transient") == 2
    assert attempts("error") == bugs - 1
    assert attempts("parked") == 1
    assert attempts("ok") == 1
    # The operator's decision begins a new activity: its first attempt is no retry.
    assert read("imaging360_step_retries_total", {"step": "qc"}) == UNKNOWN_ATTEMPTS - 1
    assert read("imaging360_images_parked_total", {"step": "qc"}) == 1
    assert read("imaging360_step_duration_seconds_count", {"step": "qc"}) == UNKNOWN_ATTEMPTS + 1
    assert read("imaging360_images_total", {"verdict": "processed", "code": ""}) == 1


async def test_a_verdict_on_the_file_is_counted_with_its_code(
    skipping: WorkflowEnvironment,
) -> None:
    metrics = WorkerMetrics()
    async with _worker(skipping, Steps(exif=_too_odd), metrics):
        await (await start(skipping)).result()
    read = metrics.registry.get_sample_value
    labels = {"step": "exif", "outcome": "rejected"}
    assert read("imaging360_step_attempts_total", labels) == 1
    assert read("imaging360_images_total", {"verdict": "failed", "code": "too_odd"}) == 1


@activity.defn(name="check_promises")
async def _promises(look: PromiseLook) -> PromisesChecked:
    counts = LedgerCounts(looked_at=4, waiting=1, started=2, lost=1)
    return PromisesChecked(counts, after=None, more=False)


@activity.defn(name="sample_thumbnails")
async def _sample(look: SampleLook) -> LedgerReport:
    return LedgerReport(LedgerCounts(repairs=3))


async def test_what_the_ledger_finds_is_counted_once(skipping: WorkflowEnvironment) -> None:
    metrics = WorkerMetrics()
    async with Worker(
        skipping.client,
        task_queue=TASK_QUEUE,
        workflows=[PromiseLedger],
        activities=[_promises, _sample],
        interceptors=[StepWatch(metrics, OFF), FailureClassifier()],
    ):
        await skipping.client.execute_workflow(
            PROMISE_LEDGER, LedgerTask(), id="ledger", task_queue=TASK_QUEUE
        )
    found = {
        finding: metrics.registry.get_sample_value(
            "imaging360_ledger_findings_total", {"finding": finding}
        )
        for finding in FINDINGS
    }
    assert found == dict.fromkeys(FINDINGS, 0) | {"started": 2, "lost": 1, "repairs": 3}


def _worker(environment: WorkflowEnvironment, steps: Steps, metrics: WorkerMetrics) -> Worker:
    return Worker(
        environment.client,
        task_queue=contracts.TASK_QUEUE,
        workflows=[ProcessImage],
        activities=steps.all(),
        interceptors=[StepWatch(metrics, OFF), FailureClassifier()],
    )
