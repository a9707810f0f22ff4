"""Versioned workers on a stack of their own: a build works when it is made current."""

import asyncio
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client

from devstack.frames import Shot
from devstack.part import beside_python
from devstack.stack import Stack
from schema.contracts import workflow_id
from tests.deployments import routed
from tests.e2e.conftest import OpenWalk, Walk, spin
from tests.waiting import eventually

DEPLOYMENT = "imaging360"


@pytest.fixture(scope="module")
def running_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """In place of the shared one: a current version would keep its worker from working."""
    with Stack(tmp_path_factory.mktemp("versions"), durable=False) as stack:
        yield stack


async def test_a_build_works_from_when_it_is_current_until_another_is(
    running_stack: Stack, open_walk: OpenWalk, tmp_path: Path
) -> None:
    shots = spin(tmp_path, 10)
    walk = await open_walk(shots)
    assert await _builds(running_stack, walk, shots[:2]) == {""}

    await asyncio.to_thread(running_stack.stop_part, "worker")
    await _start(running_stack, "worker", "1")
    await walk.send(*shots[2:4])
    await _listed(walk)
    await _make_current(running_stack, "1")
    assert await _builds(running_stack, walk, shots[2:4]) == {"1"}

    await _start(running_stack, "worker-2", "2")
    assert await _builds(running_stack, walk, shots[4:6]) == {"1"}
    await _make_current(running_stack, "2")
    assert await _builds(running_stack, walk, shots[6:8]) == {"2"}
    await _make_current(running_stack, "1")
    assert await _builds(running_stack, walk, shots[8:]) == {"1"}


async def _start(stack: Stack, part: str, build: str) -> None:
    version = {"IMAGING360_WORKER_VERSION": f"{DEPLOYMENT}.{build}"}
    await asyncio.to_thread(stack.start_part, part, env=version)


async def _listed(walk: Walk) -> None:
    """Wait until all that was sent has a workflow."""

    async def all_are_listed() -> bool:
        return set(await walk.listed()) == set(walk.sent)

    await eventually(all_are_listed)


async def _make_current(stack: Stack, build: str) -> None:
    """As docs/operations/deploys.md says; the server knows a build soon after its first poll."""
    command = [beside_python("temporal"), "worker", "deployment", "set-current-version"]
    command += ["--address", stack.temporal.address, "--yes"]
    command += ["--deployment-name", DEPLOYMENT, "--build-id", build]

    async def done() -> bool:
        return (await asyncio.to_thread(subprocess.run, command, check=False)).returncode == 0

    await eventually(done, seconds=60)
    await routed(await Client.connect(stack.temporal.address), DEPLOYMENT)


async def _builds(stack: Stack, walk: Walk, shots: list[Shot]) -> set[str]:
    """Send what is not sent yet; the builds that brought these to a verdict."""
    await walk.send(*(shot for shot in shots if shot not in walk.sent.values()))
    images = await walk.verdicts()
    wanted = [image for image, shot in walk.sent.items() if shot in shots]
    assert {images[image]["status"] for image in wanted} == {"processed"}
    client = await Client.connect(stack.temporal.address)
    completed = EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
    return {
        event.workflow_task_completed_event_attributes.deployment_version.build_id
        for image in wanted
        async for event in client.get_workflow_handle(workflow_id(image)).fetch_history_events()
        if event.event_type == completed
    }
