"""`python -m tests.workflows.record DATE [WAY...]`: record ProcessImage's ways as they are today.

Real servers, made-up steps. Files of earlier dates stay: they stand for runs that are under way
while a new release comes.
"""

import asyncio
import json
import logging
import sys
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest
from temporalio.testing import WorkflowEnvironment

from activities.failures import UNKNOWN_ATTEMPTS, PermanentFailure
from adapters.errors import TransientError
from adapters.temporal import FAILURE, ORG, SESSION, SITE, STATUS
from schema import contracts
from schema.contracts import Decision
from tests.workflows.conftest import Handle, Steps, parked, skipping_server, start, worker

FOLDER = Path(__file__).parent / "histories" / "process_image"
_IDENTITY = "worker"
_ANN = Decision("seen it", "ann")
Fault = Callable[[int], None]
Act = Callable[[WorkflowEnvironment, Handle], Awaitable[Handle]]


def bug(attempt: int) -> None:
    """Mended when somebody retries."""
    if attempt <= UNKNOWN_ATTEMPTS:
        raise ZeroDivisionError("oops")


def bug_for_ever(attempt: int) -> None:
    """Not to be mended."""
    raise ZeroDivisionError("oops")


def outage(attempt: int) -> None:
    """Three attempts long."""
    if attempt <= 3:
        raise TransientError("S3 is away")


def odd_once(attempt: int) -> None:
    """A verdict that a reset run does not repeat."""
    if attempt == 1:
        raise PermanentFailure("too_odd", "Too odd a file.")


async def nothing(environment: WorkflowEnvironment, handle: Handle) -> Handle:
    """Nobody needs to do anything."""
    return handle


async def retry(environment: WorkflowEnvironment, handle: Handle) -> Handle:
    """By update, as the API does."""
    await parked(environment, handle)
    await handle.execute_update(contracts.RETRY, _ANN)
    return handle


async def discard(environment: WorkflowEnvironment, handle: Handle) -> Handle:
    """By signal, as the Web UI does."""
    await parked(environment, handle)
    await handle.signal(contracts.DISCARD, _ANN)
    return handle


async def decide_too_often(environment: WorkflowEnvironment, handle: Handle) -> Handle:
    """Too early, twice, and something else afterwards: only the first retry counts."""
    await handle.signal(contracts.DISCARD, _ANN)
    await parked(environment, handle)
    for decision in (contracts.RETRY, contracts.RETRY, contracts.DISCARD):
        await handle.signal(decision, _ANN)
    return handle


async def cancel(environment: WorkflowEnvironment, handle: Handle) -> Handle:
    """Temporal's own."""
    await parked(environment, handle)
    await handle.cancel()
    return handle


async def reset_to_first(environment: WorkflowEnvironment, handle: Handle) -> Handle:
    """The new run repeats nothing."""
    return await _reset(environment, handle, 0)


async def reset_to_second(environment: WorkflowEnvironment, handle: Handle) -> Handle:
    """The new run repeats the old one's first step."""
    return await _reset(environment, handle, 1)


async def _reset(environment: WorkflowEnvironment, handle: Handle, task: int) -> Handle:
    await handle.result()
    completed = EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
    events = [e async for e in handle.fetch_history_events() if e.event_type == completed]
    reset = await environment.client.workflow_service.reset_workflow_execution(
        ResetWorkflowExecutionRequest(
            namespace=environment.client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=handle.id),
            workflow_task_finish_event_id=events[task].event_id,
            request_id=uuid4().hex,
            reason="mended; ann",
        )
    )
    return environment.client.get_workflow_handle(handle.id, run_id=reset.run_id)


@dataclass(frozen=True)
class Way:
    """The steps' faults and what people do. Only the development server knows resets."""

    faults: dict[str, Fault]
    act: Act = nothing
    reset: bool = False


WAYS = {
    "processed": Way({}),
    "rejected-by-qc": Way({"qc": odd_once}),
    "rejected-at-download": Way({"download": odd_once}),
    "outages": Way({"download": outage, "thumbnails": outage, "record": outage}),
    "parked-and-retried": Way({"qc": bug}, retry),
    "two-parked-and-retried": Way({"qc": bug, "thumbnails": bug}, retry),
    "record-parked-and-retried": Way({"record": bug}, retry),
    "parked-and-discarded": Way({"dedup": bug_for_ever}, discard),
    "decided-too-often": Way({"qc": bug}, decide_too_often),
    "gave-up": Way({"exif": bug_for_ever}),
    "cancelled": Way({"exif": bug_for_ever}, cancel),
    "reset-to-the-first-task": Way({"qc": odd_once}, reset_to_first, reset=True),
    "reset-to-the-second-task": Way({"qc": odd_once}, reset_to_second, reset=True),
}


async def record(name: str) -> str:
    """Go the way once; the history as JSON, one event a line."""
    way = WAYS[name]
    async with await _server(way) as environment:
        async with worker(environment, Steps(**way.faults)):
            handle = await way.act(environment, await start(environment))
            await handle.result()
        history = (await handle.fetch_history()).to_json_dict()
    events = [_scrubbed(event) for event in history["events"]]
    if way.reset:
        # The Replayer takes a run's id from here; a worker is told it by the server.
        started = events[0]["workflowExecutionStartedEventAttributes"]
        started["originalExecutionRunId"] = handle.run_id
    lines = ",\n".join(json.dumps(event, separators=(",", ":")) for event in events)
    return f'{{"events":[\n{lines}\n]}}\n'


async def _server(way: Way) -> AbstractAsyncContextManager[WorkflowEnvironment]:
    return await development_server() if way.reset else skipping_server(_IDENTITY)


async def development_server() -> WorkflowEnvironment:
    """A server of its own that knows everything but how to skip time."""
    return await WorkflowEnvironment.start_local(
        dev_server_existing_path=str(Path(sys.executable).with_name("temporal")),
        search_attributes=(ORG, SITE, SESSION, STATUS, FAILURE),
        identity=_IDENTITY,
    )


def _scrubbed(part: Any) -> Any:  # noqa: ANN401  JSON
    """Without stack traces, which name places on the recording machine."""
    if isinstance(part, list):
        return [_scrubbed(item) for item in part]
    if isinstance(part, dict):
        return {key: _scrubbed(item) for key, item in part.items() if key != "stackTrace"}
    return part


def main() -> None:
    """Write `ProcessImage-DATE-<way>.json` for the ways named, or for all."""
    date, *names = sys.argv[1:]
    logging.disable(logging.WARNING)  # the planned faults
    for name in names or WAYS:
        path = FOLDER / f"ProcessImage-{date}-{name}.json"
        path.write_text(asyncio.run(record(name)), "utf-8")
        print(path.name)


if __name__ == "__main__":
    main()
