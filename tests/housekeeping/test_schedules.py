"""Schedules on a real server: made once, changed in place, one run at a time."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from temporalio.client import Client, ScheduleActionExecutionStartWorkflow, ScheduleOverlapPolicy
from temporalio.worker import Worker

from adapters import schedules, temporal
from adapters.schedules import Job
from adapters.temporal import TemporalAccess
from devstack.testing.servers import TemporalServer
from schema import housekeeping
from schema.housekeeping import LedgerReport, LedgerTask, SamplePlace
from tests.waiting import eventually
from tests.workflows.chores import Chores
from workflows.promise_ledger import PromiseLedger


@pytest.fixture
async def client(temporal_server: TemporalServer) -> Client:
    return await temporal.connect(
        TemporalAccess(temporal_server.address, temporal_server.namespace)
    )


@pytest.fixture
async def job(client: Client) -> AsyncIterator[Job]:
    """A ledger that runs when it is told to: once a year by itself."""
    year = timedelta(days=365)
    made = Job(f"ledger-{uuid4().hex}", housekeeping.PROMISE_LEDGER, LedgerTask(), year)
    yield made
    await client.get_schedule_handle(made.name).delete()


async def test_a_second_door_changes_the_schedule_in_place(client: Client, job: Job) -> None:
    await schedules.ensure(client, job, "first")
    handle = client.get_schedule_handle(job.name)
    await handle.pause(note="an operator's reason")
    await schedules.ensure(client, replace(job, every=timedelta(days=2)), "second")
    schedule = (await handle.describe()).schedule
    assert schedule.spec.intervals[0].every == timedelta(days=2)
    assert getattr(schedule.action, "task_queue", None) == "second"
    assert schedule.policy.overlap is ScheduleOverlapPolicy.SKIP
    assert (schedule.state.paused, schedule.state.note) == (True, "an operator's reason")


async def test_a_run_takes_the_sample_up_where_the_last_one_ended(client: Client, job: Job) -> None:
    chores, queue = Chores(), uuid4().hex
    await schedules.ensure(client, job, queue)
    handle = client.get_schedule_handle(job.name)
    work = Worker(
        client,
        task_queue=queue,
        workflows=[PromiseLedger],
        activities=[chores.check, chores.sample],
    )

    async def runs() -> list[tuple[str, str]]:
        """Workflow and run id of each; not yet, while one is under way."""
        info = (await handle.describe()).info
        found = [result.action for result in info.recent_actions]
        started = [one for one in found if isinstance(one, ScheduleActionExecutionStartWorkflow)]
        if info.running_actions:
            return []
        return [(one.workflow_id, one.first_execution_run_id) for one in started]

    async with work:
        for number in (1, 2, 3):
            await handle.trigger()

            async def done(number: int = number) -> bool:
                return len(await runs()) == number

            await eventually(done)
    reports = [
        await client.get_workflow_handle(one, run_id=run, result_type=LedgerReport).result()
        for one, run in await runs()
    ]
    assert [report.place.session_id for report in reports] == ["1", "2", "3"]
    assert chores.samples == [SamplePlace(), SamplePlace("org", "1"), SamplePlace("org", "2")]


async def test_one_run_at_a_time(client: Client, job: Job) -> None:
    """Nobody works the queue off, so the first run is still under way when the next is due."""
    await schedules.ensure(client, replace(job, every=timedelta(seconds=1)), uuid4().hex)
    handle = client.get_schedule_handle(job.name)

    async def skipped() -> bool:
        return (await handle.describe()).info.num_actions_skipped_overlap >= 2

    await eventually(skipped)
    described = await handle.describe()
    assert described.info.num_actions == 1
    (running,) = described.info.running_actions
    assert isinstance(running, ScheduleActionExecutionStartWorkflow)
    await client.get_workflow_handle(running.workflow_id).terminate()
