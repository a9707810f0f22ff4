"""Carries a plan out on a running stack and keeps the times."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from chaos.plan import Fault, Pace
from devstack.errors import StackError
from devstack.stack import Stack

_STARTS = 3


@dataclass(frozen=True)
class Injected:
    """One fault as it happened; `recovery_seconds` is from the restart to healthy."""

    part: str
    killed_at: datetime
    up_at: datetime
    down_seconds: float
    recovery_seconds: float


class Injector:
    """Kills and restarts parts of `stack`; `environments` are those that a restart must have."""

    def __init__(
        self,
        stack: Stack,
        environments: Mapping[str, Mapping[str, str]],
        say: Callable[[str], None],
    ) -> None:
        self._stack = stack
        self._environments = environments
        self._say = say

    async def carry_out(self, plan: Sequence[Fault], pace: Pace) -> list[Injected]:
        """Do the faults one after the other, each until its part is healthy again."""
        done: list[Injected] = []
        for fault in plan:
            pace.begin(len(done))
            await asyncio.sleep(fault.rest_seconds)
            done.append(await asyncio.to_thread(self._inject, fault))
            self._say(
                f"killed {fault.part}, {fault.down_seconds:.1f} s down, "
                f"healthy {done[-1].recovery_seconds:.1f} s after its start"
            )
        return done

    def _inject(self, fault: Fault) -> Injected:
        killed_at, began = datetime.now(UTC), time.monotonic()
        self._stack.stop_part(fault.part, kill=True)
        self._stack.run.cancel.wait(fault.down_seconds)
        restarted = time.monotonic()
        self._start(fault.part)
        healthy = time.monotonic()
        return Injected(
            fault.part, killed_at, datetime.now(UTC), restarted - began, healthy - restarted
        )

    def _start(self, part: str) -> None:
        """Start as a process manager does: again when it ends before it is healthy."""
        for _ in range(_STARTS - 1):
            try:
                self._stack.start_part(part, env=self._environments.get(part))
            except StackError:
                self._stack.stop_part(part, kill=True)
            else:
                return
        self._stack.start_part(part, env=self._environments.get(part))
