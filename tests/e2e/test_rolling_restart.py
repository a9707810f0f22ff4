"""A release comes worker by worker while a photographer works."""

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from temporalio.api.enums.v1 import EventType, PendingActivityState
from temporalio.api.history.v1 import ActivityTaskStartedEventAttributes, HistoryEvent
from temporalio.client import Client

from devstack.frames import Shot
from devstack.stack import Stack
from schema.contracts import TRANSIENT_FAILURE, workflow_id
from tests.e2e.conftest import OpenWalk, Walk, spin
from tests.waiting import eventually

_STARTED = PendingActivityState.PENDING_ACTIVITY_STATE_STARTED
WORKERS = ("worker", "worker-2")
BATCH = 8
LONGEST_SECONDS = 30  # issue 5, point 7


@pytest.fixture
async def stack(running_stack: Stack) -> AsyncIterator[Stack]:
    """The running stack with a second worker, which hands back what it has in hand."""
    at_once = {"IMAGING360_GRACEFUL_SHUTDOWN_SECONDS": "0"}
    await asyncio.to_thread(running_stack.start_part, "worker-2", env=at_once)
    yield running_stack
    if "worker" not in running_stack.pids():
        await asyncio.to_thread(running_stack.start_part, "worker")
    if "worker-2" in running_stack.pids():
        await asyncio.to_thread(running_stack.stop_part, "worker-2")


class Photographer:
    """Sends frames and notes when each began its way."""

    def __init__(self, walk: Walk, shots: list[Shot]) -> None:
        self._walk = walk
        self._left = list(shots)
        self.begun: dict[int | None, datetime] = {}

    async def send(self) -> None:
        """The next batch."""
        batch, self._left = self._left[:BATCH], self._left[BATCH:]
        await asyncio.gather(*(self._one(shot) for shot in batch))

    async def _one(self, shot: Shot) -> None:
        self.begun[shot.angle_deg] = datetime.now(UTC)
        await self._walk.send(shot)


async def test_a_rolling_restart_under_load_delays_no_frame_for_long(
    stack: Stack, open_walk: OpenWalk, tmp_path: Path
) -> None:
    shots = spin(tmp_path, 5 * BATCH, pixels=1600)
    walk = await open_walk(shots)
    photographer = Photographer(walk, shots)
    client = await Client.connect(stack.temporal.address)
    for worker in WORKERS:
        sending = asyncio.create_task(photographer.send())
        await eventually(partial(_is_at_work, client, walk.session_id, stack.pids()[worker]))
        await asyncio.gather(sending, asyncio.to_thread(stack.stop_part, worker))
        await asyncio.gather(photographer.send(), asyncio.to_thread(stack.start_part, worker))
    await photographer.send()
    images = await walk.verdicts(seconds=120)
    assert set(images) == set(walk.sent)
    assert len(images) == len(shots)
    assert {image["status"] for image in images.values()} == {"processed"}

    histories = {image: await _history(client, image) for image in walk.sent}
    steps = [step for events in histories.values() for step in _steps(events)]
    assert {_pid(step.identity) for step in steps} >= {stack.pids()[w] for w in WORKERS}
    # Finished or handed back: nobody had to wait for the silence of a stopped worker.
    retried = [step.last_failure for step in steps if step.HasField("last_failure")]
    reasons = {failure.application_failure_info.type for failure in retried}
    assert reasons <= {"WorkerShutdown", TRANSIENT_FAILURE}
    longest = max(
        events[-1].event_time.ToDatetime(UTC) - photographer.begun[walk.sent[image].angle_deg]
        for image, events in histories.items()
    ).total_seconds()
    logging.getLogger(__name__).info("the longest way of a frame: %.1f s", longest)
    assert longest < LONGEST_SECONDS


async def _is_at_work(client: Client, session_id: str, pid: int) -> bool:
    """True when this worker has a step of the session in hand."""
    query = f"SessionId = '{session_id}' AND ExecutionStatus = 'Running'"
    async for run in client.list_workflows(query):
        told = await client.get_workflow_handle(run.id).describe()
        steps = told.raw_description.pending_activities
        if any(s.state == _STARTED and _pid(s.last_worker_identity) == pid for s in steps):
            return True
    return False


def _pid(identity: str) -> int:
    return int(identity.partition("@")[0])


async def _history(client: Client, image: str) -> list[HistoryEvent]:
    handle = client.get_workflow_handle(workflow_id(image))
    await handle.result()
    return list((await handle.fetch_history()).events)


def _steps(events: list[HistoryEvent]) -> list[ActivityTaskStartedEventAttributes]:
    started = EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED
    return [e.activity_task_started_event_attributes for e in events if e.event_type == started]
