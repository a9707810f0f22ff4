"""The worker's other half: jobs by the clock, on a task queue of their own."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import structlog
from temporalio.client import Client
from temporalio.worker import Interceptor, Worker

from activities.abandon import AbandonSilent
from activities.failures import FailureClassifier
from activities.inspector import AT_ONCE, Inspector
from activities.ledger import PromiseChecks
from activities.reprocess import CampaignDesk
from activities.sample import ThumbnailSample
from adapters import schedules
from adapters.deployment import deployment
from adapters.errors import TransientError
from adapters.housekeeping import PostgresSilentSessions, PostgresTenants
from adapters.image_runs import TemporalImageRuns
from adapters.ledger import PostgresLedger
from adapters.postgres import Database
from adapters.repositories.reprocess import PostgresCampaigns
from adapters.repositories.reprocess_turns import PostgresTurning
from adapters.s3 import AwsAccess, S3ObjectStore
from adapters.schedules import Job
from schema.housekeeping import (
    ABANDON_SESSIONS,
    PROMISE_LEDGER,
    TASK_QUEUE,
    AbandonTask,
    LedgerRules,
    LedgerTask,
)
from settings import WorkerSettings
from workflows.abandon_sessions import AbandonSessions
from workflows.promise_ledger import PromiseLedger
from workflows.repair_thumbnails import RepairThumbnails
from workflows.reprocess import Reprocess
from workflows.turn_results import TurnResults

_SLOTS = 2
_AGAIN_SECONDS = 10.0


def build(client: Client, settings: WorkerSettings, *watch: Interceptor) -> Worker:
    """A worker on the housekeeping queue; its activities wait, so it needs next to no CPU.

    `watch` stands around every activity, outside of our verdict on failures.
    """
    aws = AwsAccess.of(settings, connections=_SLOTS * AT_ONCE)
    database = Database(settings.worker_database_url.get_secret_value(), pool_size=_SLOTS)
    tenants, ledger = PostgresTenants(database), PostgresLedger(database)
    store = S3ObjectStore(aws, settings.s3_bucket)
    inspector = Inspector(store, TemporalImageRuns(client))
    return Worker(
        client,
        task_queue=TASK_QUEUE,
        workflows=[PromiseLedger, AbandonSessions, RepairThumbnails, Reprocess, TurnResults],
        activities=[
            PromiseChecks(tenants, ledger, inspector).check_promises,
            ThumbnailSample(tenants, ledger, inspector).sample_thumbnails,
            AbandonSilent(tenants, PostgresSilentSessions(database)).abandon_silent,
            *campaigns(database),
        ],
        max_concurrent_activities=_SLOTS,
        max_concurrent_activity_task_polls=1,
        max_concurrent_workflow_task_polls=2,
        interceptors=[*watch, FailureClassifier()],
        graceful_shutdown_timeout=timedelta(seconds=settings.graceful_shutdown_seconds),
        deployment_config=deployment(settings.worker_version),
    )


def campaigns(database: Database) -> list[Callable[..., Any]]:
    """What a campaign asks of the database; its image work is the other worker's."""
    desk = CampaignDesk(PostgresCampaigns(database, {}), PostgresTurning(database))
    return [
        desk.open_campaign,
        desk.campaign_page,
        desk.campaign_changes,
        desk.close_campaign,
        desk.open_turn,
        desk.turn_results,
    ]


def jobs(settings: WorkerSettings) -> list[Job]:
    """What runs by the clock, and how often."""
    rules = LedgerRules(
        grace_seconds=settings.ledger_grace_seconds,
        lost_seconds=settings.ledger_lost_seconds,
        sample=settings.ledger_sample,
    )
    silence = AbandonTask(silence_seconds=settings.abandon_after_seconds)
    return [
        Job("promise-ledger", PROMISE_LEDGER, LedgerTask(rules), _every(settings.ledger_seconds)),
        Job("abandon-sessions", ABANDON_SESSIONS, silence, _every(settings.abandon_seconds)),
    ]


@asynccontextmanager
async def scheduled(client: Client, settings: WorkerSettings) -> AsyncIterator[None]:
    """Keep the schedules as the settings want them; image work does not wait for that."""
    task = asyncio.create_task(_ensure(client, jobs(settings)))
    try:
        yield
    finally:
        task.cancel()


async def _ensure(client: Client, wanted: list[Job]) -> None:
    log = structlog.get_logger("worker")
    for job in wanted:
        while True:
            try:
                await schedules.ensure(client, job, TASK_QUEUE)
                break
            except TransientError as error:
                log.warning("no schedule yet; trying again", job=job.name, error=str(error))
            await asyncio.sleep(_AGAIN_SECONDS)


def _every(seconds: int) -> timedelta:
    return timedelta(seconds=seconds)
