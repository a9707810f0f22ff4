"""Many images at once: how many a second, and the CPU time of each process for one."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from bench.e2e_crowd import FRAMES, first_start, phone, results, tenants
from bench.e2e_photos import Photos
from bench.e2e_world import ORCHESTRATION, Cpu, World, used_since
from bench.results import Figure
from chaos.tenants import Tenant

PATIENCE = 300.0
"""Seconds after which a slow machine is let off; what is done by then is counted."""


@dataclass(frozen=True)
class Batch:
    """What came of it; CPU in seconds of all images, sending them apart."""

    images: int
    seconds: float
    sending: Cpu
    working: Cpu

    @property
    def per_second(self) -> float:
        """Images a second."""
        return self.images / self.seconds

    @property
    def cpu_ms(self) -> float:
        """CPU milliseconds an image, of all processes."""
        return sum(self.working.values()) * 1000 / self.images

    def figures(self) -> list[Figure]:
        """The measured numbers of an image."""
        return [
            Figure("e2e.images_per_second", self.per_second, "1/s"),
            Figure("e2e.orchestration_cpu_ms", self._ms(self._orchestration()), "CPU ms", "<= 50"),
            *(self._figure("cpu_ms", name, used) for name, used in sorted(self.working.items())),
            *(self._figure("sending_cpu_ms", name, self.sending[name]) for name in _SENDING),
        ]

    def _figure(self, kind: str, name: str, seconds: float) -> Figure:
        return Figure(f"e2e.{kind}.{name.replace(' ', '_')}", self._ms(seconds), "CPU ms")

    def _orchestration(self) -> float:
        return sum(self.working[name] for name in ORCHESTRATION)

    def _ms(self, seconds: float) -> float:
        return seconds * 1000 / self.images


_SENDING = ("api", "postgres", "s3")


def measure(world: World, photos: Photos, images: int) -> tuple[Batch, Tenant]:
    """Send all while no bridge runs; the clock runs from the first event to the last row."""
    (tenant,) = tenants(world.stack, 1)
    world.stack.stop_part("bridge")
    before = world.cpu()
    asyncio.run(_send(world, photos, tenant, images))
    sending = used_since(before, world.cpu())
    world.stack.start_part("bridge")
    return asyncio.run(_work(world, tenant, images, sending)), tenant


async def _send(world: World, photos: Photos, tenant: Tenant, images: int) -> None:
    async with phone(world.stack, tenant) as sender:
        for first in range(0, images, FRAMES):
            await sender.send(photos.spin(min(FRAMES, images - first)))


async def _work(world: World, tenant: Tenant, images: int, sending: Mapping[str, float]) -> Batch:
    before = world.cpu()
    async with results(world.stack, tenant.org_id) as known:
        rows = await known.wait(images, PATIENCE)
    working = used_since(before, world.cpu())
    began = await first_start(world.stack, tenant.org_id)
    return Batch(len(rows), (rows[-1] - began).total_seconds(), dict(sending), working)
