"""One organization's spin beside another's long queue, over the same spin alone."""

import asyncio
import time
from statistics import median

from bench.e2e_crowd import FRAMES, Phone, Results, phone, results, started_count, tenants
from bench.e2e_photos import Photos
from bench.results import Figure
from devstack.errors import StackError
from devstack.stack import Stack

QUEUED = 480
_ROUNDS = 3
_PATIENCE = 180.0


def measure(stack: Stack, photos: Photos) -> list[Figure]:
    """A's images have all their workflow, most of them wait; then B sends its spins."""
    alone, beside, left = asyncio.run(_measure(stack, photos))
    print(f"fairness: alone {_told(alone)}; beside a queue {_told(beside)}, {left} of it left")
    if not left:
        raise StackError("the queue was empty before the last spin was done: nothing was measured")
    return [
        Figure("e2e.fairness_ratio", median(beside) / median(alone), "x", "<= 2"),
        Figure("e2e.fairness_alone_s", median(alone), "s"),
        Figure("e2e.fairness_beside_s", median(beside), "s"),
    ]


async def _measure(stack: Stack, photos: Photos) -> tuple[list[float], list[float], int]:
    many, few = tenants(stack, 2)
    async with (
        phone(stack, many) as busy,
        phone(stack, few) as other,
        results(stack, many.org_id) as queue,
        results(stack, few.org_id) as known,
    ):
        await _spin(other, photos, known)
        alone = [await _spin(other, photos, known) for _ in range(_ROUNDS)]
        await _queue(stack, busy, photos)
        beside = [await _spin(other, photos, known) for _ in range(_ROUNDS)]
        return alone, beside, QUEUED - len(queue.recorded_at())


async def _queue(stack: Stack, sender: Phone, photos: Photos) -> None:
    """All objects are there before the first event is read, so that the queue is long."""
    await asyncio.to_thread(stack.stop_part, "bridge")
    for _ in range(QUEUED // FRAMES):
        await sender.send(photos.spin(FRAMES))
    await asyncio.to_thread(stack.start_part, "bridge")
    async with asyncio.timeout(_PATIENCE):
        while await started_count(stack, sender.tenant.org_id) < QUEUED:  # noqa: ASYNC110
            await asyncio.sleep(0.1)


async def _spin(sender: Phone, photos: Photos, known: Results) -> float:
    """Seconds from the session's start, with its uploads, to its last row."""
    shots = photos.spin(FRAMES)
    before, began = len(known.recorded_at()), time.monotonic()
    await sender.send(shots)
    await known.wait(before + FRAMES, _PATIENCE)
    return time.monotonic() - began


def _told(seconds: list[float]) -> str:
    return ", ".join(f"{value:.1f}" for value in seconds) + " s"
