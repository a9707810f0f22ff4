"""Who is served first, told by the order of the verdicts; everything is queued before it begins."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import datetime
from functools import partial
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from temporalio.client import Client as Temporal
from temporalio.worker import Worker

from adapters.image_runs import TemporalImageRuns
from chaos.tenants import Tenant, found
from client.api import Client
from client.photos import Shot
from client.upload import Uploader
from devstack.postgres import DATABASE
from devstack.stack import Stack
from schema.contracts import PROCESS_IMAGE, ImageRef, StepInput, StoredFile
from schema.housekeeping import TASK_QUEUE, repair_id
from tests.e2e.conftest import spin
from tests.waiting import eventually
from workflows.abandon_sessions import AbandonSessions
from workflows.promise_ledger import PromiseLedger
from workflows.repair_thumbnails import RepairThumbnails

_ROWS = """
SELECT i.created_at, i.id::text, i.org_id::text, i.site_id::text, i.session_id::text,
       i.storage_key, i.hash_sha256, u.size, i.angle_deg
FROM images i JOIN uploads u ON u.id = i.id WHERE i.org_id = %s ORDER BY i.created_at
"""


class Yard:
    """An organization with a phone."""

    def __init__(self, stack: Stack, temporal: Temporal, tenant: Tenant, client: Client) -> None:
        self._stack = stack
        self._temporal = temporal
        self._client = client
        self._tenant = tenant

    async def queue(self, directory: Path, count: int) -> None:
        """Send a spin, and wait until each of its frames has a workflow."""
        session = await self._client.open_session(
            str(self._tenant.site_id), "studio360", stock_number=uuid4().hex[:12]
        )
        async with Uploader(self._client) as uploader:
            sent = await uploader.upload(session.id, _frames(directory, count))
        assert [outcome.error for outcome in sent] == [None] * count
        query = f"SessionId = '{session.id}' AND WorkflowType = '{PROCESS_IMAGE}'"

        async def all_started() -> bool:
            return (await self._temporal.count_workflows(query)).count == count

        await eventually(all_started, seconds=90)

    async def verdicts(self, count: int) -> list[datetime]:
        """Wait for so many verdicts; when each was written, in order."""
        await eventually(lambda: len(self.recorded()) >= count, seconds=180)
        return self.recorded()

    def recorded(self) -> list[datetime]:
        """When each verdict so far was written, in order."""
        return [row[0] for row in self._rows()]

    def steps(self) -> list[StepInput]:
        """What a repair of each image starts from."""
        return [
            StepInput(
                ImageRef(upload_id, org_id, site_id, session_id, key),
                StoredFile(sha256, size, "image/jpeg", angle, None),
            )
            for _, upload_id, org_id, site_id, session_id, key, sha256, size, angle in self._rows()
        ]

    def _rows(self) -> list[tuple[datetime, str, str, str, str, str, str, int, int]]:
        with psycopg.connect(self._stack.postgres.admin_url(DATABASE)) as connection:
            return connection.execute(_ROWS, (self._tenant.org_id,)).fetchall()


def _frames(directory: Path, count: int) -> list[Shot]:
    directory.mkdir()
    return spin(directory, count)


@pytest.fixture
async def temporal(running_stack: Stack) -> Temporal:
    return await Temporal.connect(running_stack.temporal.address)


@pytest.fixture
async def yards(running_stack: Stack, temporal: Temporal) -> AsyncIterator[list[Yard]]:
    """Two organizations, and a worker that comes back at the end."""
    tenants = await asyncio.to_thread(found, running_stack.postgres.url("owner"), 2)
    async with AsyncExitStack() as clients:
        made = []
        for tenant in tenants:
            client = await clients.enter_async_context(Client(running_stack.api.url))
            await client.enroll(str(tenant.org_id), enrollment_code=tenant.enrollment_code)
            made.append(Yard(running_stack, temporal, tenant, client))
        yield made
    if "worker" not in running_stack.pids():
        await asyncio.to_thread(running_stack.start_part, "worker")


async def test_a_long_queue_of_one_organization_does_not_delay_another(
    running_stack: Stack, yards: list[Yard], tmp_path: Path
) -> None:
    many, few = yards
    await asyncio.to_thread(running_stack.stop_part, "worker")
    await many.queue(tmp_path / "many", 48)
    await few.queue(tmp_path / "few", 6)
    await asyncio.to_thread(running_stack.start_part, "worker")
    last = (await few.verdicts(6))[-1]
    before = [at for at in await many.verdicts(48) if at <= last]
    assert len(before) < 24


async def test_live_capture_goes_before_bulk_work_of_the_same_organization(
    running_stack: Stack, temporal: Temporal, yards: list[Yard], tmp_path: Path
) -> None:
    yard = yards[0]
    await yard.queue(tmp_path / "old", 24)
    await yard.verdicts(24)
    await asyncio.to_thread(running_stack.stop_part, "worker")
    repairs = [repair_id(step.image.upload_id) for step in yard.steps()]
    await _queue_repairs(temporal, yard.steps())
    await yard.queue(tmp_path / "live", 6)
    await asyncio.to_thread(running_stack.start_part, "worker")
    last = (await yard.verdicts(30))[-1]
    done = [await _done_at(temporal, repair) for repair in repairs]
    assert sum(at <= last for at in done) < 12


async def _queue_repairs(temporal: Temporal, steps: list[StepInput]) -> None:
    """Bulk work stands in the queue of image processing, where nobody works."""
    runs = TemporalImageRuns(temporal)
    # The other two run by the clock, on the same queue.
    workflows = [RepairThumbnails, PromiseLedger, AbandonSessions]
    async with Worker(temporal, task_queue=TASK_QUEUE, workflows=workflows):
        for step in steps:
            await runs.repair(step)
        for step in steps:
            await eventually(partial(_waits, temporal, repair_id(step.image.upload_id)))


async def _waits(temporal: Temporal, repair: str) -> bool:
    told = await temporal.get_workflow_handle(repair).describe()
    return len(told.raw_description.pending_activities) == 1


async def _done_at(temporal: Temporal, repair: str) -> datetime:
    """When the repair ended; waits for that."""
    handle = temporal.get_workflow_handle(repair)
    await handle.result()
    closed = (await handle.describe()).close_time
    assert closed is not None
    return closed
