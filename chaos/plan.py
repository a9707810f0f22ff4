"""Which part dies when: drawn from a seed, so that a run can be repeated."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass

VICTIMS = ("worker", "worker-2", "bridge", "temporal", "postgres", "s3")
_LONGEST_DOWN = 4.0


@dataclass(frozen=True)
class Size:
    """How much is uploaded, by how many organizations, and how often each part is killed."""

    organizations: int = 3
    sessions: int = 10
    frames: int = 24
    kills: int = 3
    pixels: int = 1600
    seconds_a_fault: float = 8.0

    @property
    def images(self) -> int:
        """Uploads in all."""
        return self.sessions * self.frames


SMALL = Size(sessions=3, frames=8, kills=1, pixels=640, seconds_a_fault=5.0)


@dataclass(frozen=True)
class Fault:
    """SIGKILL `part`, leave it down for `down_seconds`, then rest before the next one."""

    part: str
    down_seconds: float
    rest_seconds: float


def draw(seed: int, size: Size) -> Sequence[Fault]:
    """Each part of `VICTIMS` is killed `size.kills` times, in an order that the seed decides."""
    dice = random.Random(seed)
    parts = [part for part in VICTIMS for _ in range(size.kills)]
    dice.shuffle(parts)
    longest = min(_LONGEST_DOWN, size.seconds_a_fault / 2)
    return [
        Fault(part, dice.uniform(0, longest), dice.uniform(0, size.seconds_a_fault / 2))
        for part in parts
    ]


class Pace:
    """Keeps the photographers in step with the faults, however long these take: each meets work."""

    def __init__(self, faults: int) -> None:
        self._begun = [asyncio.Event() for _ in range(faults)]

    def begin(self, fault: int) -> None:
        """Say that a fault (from 0) is next."""
        self._begun[fault].set()

    async def reach(self, share: float) -> None:
        """Wait until this share (0 <= share < 1) of the faults has begun."""
        await self._begun[int(share * len(self._begun))].wait()
