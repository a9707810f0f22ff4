"""A long step is kept alive on a real server, and holds nobody else up."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities.failures import FailureClassifier
from devstack.testing.servers import TemporalServer

BEATS_WITHIN = timedelta(seconds=5)
LONGER_SECONDS = 8.0


@activity.defn
def long_step() -> int:
    """Blocks its thread for longer than the server waits for a heartbeat."""
    threading.Event().wait(LONGER_SECONDS)
    return activity.info().attempt


@workflow.defn
class OneStep:
    """Runs the long step."""

    @workflow.run
    async def run(self) -> int:
        """The attempt that succeeded."""
        return await workflow.execute_activity(
            long_step,
            start_to_close_timeout=timedelta(minutes=1),
            heartbeat_timeout=BEATS_WITHIN,
        )


async def test_a_long_step_succeeds_at_its_first_attempt(temporal_server: TemporalServer) -> None:
    client = await Client.connect(temporal_server.address)
    queue = f"heartbeats-{uuid4()}"
    longest = 0.0

    async def watch_the_loop() -> None:
        nonlocal longest
        loop = asyncio.get_running_loop()
        while True:
            before = loop.time()
            await asyncio.sleep(0.05)
            longest = max(longest, loop.time() - before)

    watch = asyncio.create_task(watch_the_loop())
    async with Worker(
        client,
        task_queue=queue,
        workflows=[OneStep],
        activities=[long_step],
        activity_executor=ThreadPoolExecutor(2),
        interceptors=[FailureClassifier()],
        workflow_runner=UnsandboxedWorkflowRunner(),
    ):
        attempt = await client.execute_workflow(OneStep.run, id=queue, task_queue=queue)
    watch.cancel()
    assert attempt == 1
    assert longest < BEATS_WITHIN.total_seconds(), "a heartbeat must not block the event loop"
