"""One run: the stack, the crowd, the faults, the wait, the audit."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from chaos.audit import Verdict, audit, unfinished
from chaos.crowd import Crowd, Told
from chaos.echo import echoing
from chaos.injector import Injected, Injector
from chaos.plan import Pace, Size, draw
from chaos.tenants import found
from devstack.errors import StackError
from devstack.stack import Stack

_WORKERS = 2
_LOOK_EVERY = 1.0


@dataclass(frozen=True)
class Outcome:
    """What happened and what the auditor says."""

    verdict: Verdict
    faults: Sequence[Injected]
    copies: int


async def run(
    folder: Path, seed: int, size: Size, *, settle_seconds: float, say: Callable[[str], None]
) -> Outcome:
    """Do it all in `folder`; gives up waiting for verdicts `settle_seconds` after the last fault.

    Raises StackError when a part does not come back.
    """
    async with a_stack(folder / "stack") as stack:
        told, faults, copies = await inflict(stack, folder / "photos", seed, size, say)
        say(f"{len(told)} uploads stored, {len(faults)} faults; waiting for verdicts")
        await settle(stack, told, settle_seconds, say)
        return Outcome(await audit(stack, told), faults, copies)


@asynccontextmanager
async def a_stack(folder: Path) -> AsyncIterator[Stack]:
    """A stack of its own with two workers."""
    stack = Stack(folder, workers=_WORKERS)
    await asyncio.to_thread(stack.start)
    try:
        yield stack
    finally:
        await asyncio.to_thread(stack.stop)


async def inflict(
    stack: Stack, photos: Path, seed: int, size: Size, say: Callable[[str], None]
) -> tuple[list[Told], list[Injected], int]:
    """Upload under faults: what is stored, what was done, and the messages delivered again."""
    await asyncio.to_thread(photos.mkdir, parents=True)
    port = stack.run.ports.take("echo")
    async with echoing(stack.s3.endpoint, port, seed) as echo:
        through_echo = _through(stack, port)
        await asyncio.to_thread(stack.stop_part, "bridge")
        await asyncio.to_thread(lambda: stack.start_part("bridge", env=through_echo))
        tenants = await asyncio.to_thread(found, stack.postgres.url("owner"), size.organizations)
        crowd = Crowd(stack.api.url, tenants, size, seed, photos)
        injector = Injector(stack, {"bridge": through_echo}, say)
        plan = draw(seed, size)
        pace = Pace(len(plan))
        async with asyncio.TaskGroup() as group:
            walking = group.create_task(crowd.walk(pace))
            faults = group.create_task(injector.carry_out(plan, pace))
        # The proxy ends here; what it still meant to say twice is nobody's loss.
        await asyncio.to_thread(stack.stop_part, "bridge")
        await asyncio.to_thread(stack.start_part, "bridge")
    return walking.result(), faults.result(), echo.copies


def _through(stack: Stack, port: int) -> dict[str, str]:
    """The bridge's settings that lead it to the proxy instead of to SQS."""
    direct, proxy = stack.s3.endpoint, f"http://127.0.0.1:{port}"
    return {
        "IMAGING360_AWS_ENDPOINT_URL": proxy,
        "IMAGING360_SQS_QUEUE_URL": stack.s3.store.queue_url.replace(direct, proxy),
    }


async def settle(
    stack: Stack, told: Sequence[Told], seconds: float, say: Callable[[str], None]
) -> None:
    """Wait until every upload has a row; the auditor says what is missing when time is over."""
    deadline = time.monotonic() + seconds
    while (left := await asyncio.to_thread(unfinished, stack, told)) > 0:
        if time.monotonic() > deadline:
            say(f"{left} uploads have no verdict after {seconds:.0f} s")
            return
        if stack.failed:
            raise StackError(f"ended by themselves: {', '.join(stack.failed)}")
        await asyncio.sleep(_LOOK_EVERY)
