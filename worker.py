"""The Temporal worker: settings -> adapters -> steps -> Worker, as a readable list."""

import asyncio
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from functools import partial
from typing import Any

import structlog
import uvloop
from temporalio.client import Client
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

import housekeeping
from activities.dedup import Dedup
from activities.derivatives import VERSION as DERIVATIVES_VERSION
from activities.derivatives import Derivatives
from activities.download import Download
from activities.exif import Exif
from activities.failures import FailureClassifier
from activities.note import Note
from activities.originals import Originals
from activities.qc import Qc
from activities.record import Record
from activities.reprocess import Reprocessing
from activities.reprocess import Steps as ReprocessSteps
from activities.thumbnails import Thumbnails
from adapters import logs, temporal, tracing
from adapters.deployment import deployment
from adapters.errors import AdapterError
from adapters.histories import TemporalHistories
from adapters.interventions import PostgresAuditTrail
from adapters.isolation.calls import IsolatedCalls
from adapters.metrics import WorkerMetrics, sdk_runtime, served
from adapters.postgres import Database
from adapters.records import PostgresImageRecords
from adapters.repositories.reprocess import PostgresCampaigns
from adapters.s3 import AwsAccess, S3ObjectStore
from adapters.scratch import ScratchDirectory
from adapters.step_watch import StepWatch
from imaging.derive import Derived, configure, derive
from imaging.limits import Limits
from imaging.quality import QC_VERSION, Thresholds
from schema.contracts import TASK_QUEUE
from settings import WorkerSettings, load
from workflows.process_image import ProcessImage

WORKFLOWS = [ProcessImage]
Step = Callable[..., Any]

# Loaded once instead of once per workflow run: they are pure, so the sandbox loses nothing.
_PASS_THROUGH = ("schema", "activities", "workflows.policies", "numpy", "pydantic", "structlog")


def decoder(settings: WorkerSettings) -> IsolatedCalls[Derived]:
    """Decoding, in a process for each core; to be closed when the worker is done."""
    limits = Limits(
        max_bytes=settings.max_upload_bytes,
        max_pixels=settings.max_pixels,
        # The rest is for the codecs' code, copies of the file and what is made from the pixels.
        max_decoder_bytes=settings.decode_memory_bytes // 2,
    )
    return IsolatedCalls(
        partial(derive, limits=limits),
        processes=settings.worker_cores,
        seconds=settings.decode_seconds,
        memory_bytes=settings.decode_memory_bytes,
        prepare=configure,
    )


def steps(
    settings: WorkerSettings, decode: Callable[[bytes], Derived], metrics: WorkerMetrics
) -> list[Step]:
    """The activities of image work on their real adapters: the pipeline's, and the campaigns'."""
    aws = AwsAccess.of(settings, connections=slots(settings))
    store = S3ObjectStore(aws, settings.s3_bucket)
    scratch = ScratchDirectory(settings.scratch_dir, settings.scratch_max_bytes)
    metrics.scratch_bytes.set_function(lambda: scratch.used_bytes)
    metrics.scratch_limit_bytes.set(settings.scratch_max_bytes)
    versions = {"derivatives": str(DERIVATIVES_VERSION), "qc": str(QC_VERSION)}
    database = _database(settings)
    records = PostgresImageRecords(database, versions)
    originals = Originals(store, scratch, settings.max_upload_bytes)
    thresholds = Thresholds(
        settings.sharpness_fail, settings.sharpness_warn, settings.clipped_share_fail
    )
    derivatives = Derivatives(originals, scratch, derive=decode)
    by_bytes = ReprocessSteps(
        Download(originals, records).download,
        Exif(originals).exif,
        Thumbnails(derivatives, store).thumbnails,
        Qc(derivatives, thresholds).qc,
    )
    return [
        by_bytes.download,
        by_bytes.exif,
        by_bytes.thumbnails,
        by_bytes.qc,
        Dedup(records, settings.phash_distance).dedup,
        Record(records).record,
        Reprocessing(PostgresCampaigns(database, versions), by_bytes).reprocess_batch,
    ]


def note(client: Client, settings: WorkerSettings) -> Step:
    """What writes an operator's doings down; rare, so two connections do."""
    database = Database(settings.worker_database_url.get_secret_value(), pool_size=2)
    return Note(PostgresAuditTrail(database), TemporalHistories(client)).note


def build(
    client: Client,
    settings: WorkerSettings,
    decode: Callable[[bytes], Derived],
    metrics: WorkerMetrics,
    watch: StepWatch,
) -> Worker:
    """A worker on the task queue of image processing."""
    threads = slots(settings)
    return Worker(
        client,
        task_queue=TASK_QUEUE,
        workflows=WORKFLOWS,
        activities=[*steps(settings, decode, metrics), note(client, settings)],
        activity_executor=ThreadPoolExecutor(threads, thread_name_prefix="step"),
        max_concurrent_activities=threads,
        interceptors=[watch, FailureClassifier()],
        workflow_runner=SandboxedWorkflowRunner(
            restrictions=SandboxRestrictions.default.with_passthrough_modules(*_PASS_THROUGH)
        ),
        # After a crash, queries and tasks for the lost cache wait this long for another worker.
        sticky_queue_schedule_to_start_timeout=timedelta(seconds=2),
        graceful_shutdown_timeout=timedelta(seconds=settings.graceful_shutdown_seconds),
        deployment_config=deployment(settings.worker_version),
    )


def slots(settings: WorkerSettings) -> int:
    """Concurrent activities: decoding has a process a core, the rest waits for S3 and SQL."""
    return settings.worker_cores * 2


async def run(settings: WorkerSettings) -> None:
    """Work until SIGTERM or SIGINT; finish or hand back what is in hand."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    metrics = WorkerMetrics()
    traces = tracing.configure("worker", settings.otlp_endpoint, settings.trace_ratio)
    watch = StepWatch(metrics, traces)
    figures = served(metrics.registry, settings.metrics_host, settings.metrics_port)
    with closing(traces), figures, closing(decoder(settings)) as decode:
        client = await temporal.connect(
            temporal.TemporalAccess.of(settings),
            interceptors=traces.interceptors(),
            runtime=sdk_runtime(settings.metrics_host, settings.sdk_metrics_port),
        )
        async with (
            build(client, settings, decode, metrics, watch),
            housekeeping.build(client, settings, watch),
            housekeeping.scheduled(client, settings),
        ):
            structlog.get_logger("worker").info("ready", task_queue=TASK_QUEUE)
            await stop.wait()
            # What is still decoding when the grace is over is handed back, to be done elsewhere.
            loop.call_later(settings.graceful_shutdown_seconds, decode.close)


def _database(settings: WorkerSettings) -> Database:
    return Database(settings.worker_database_url.get_secret_value(), pool_size=slots(settings))


def main() -> None:
    """Run the worker."""
    settings = load(WorkerSettings)
    logs.configure(settings.log_level, settings.log_format)
    try:
        uvloop.run(run(settings))
    except AdapterError as error:
        raise SystemExit(f"worker: {error}") from error


if __name__ == "__main__":
    main()
