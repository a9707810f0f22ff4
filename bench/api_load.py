"""The load: keep-alive connections in a process of their own, each waiting for its answer.

Sockets and bytes, no HTTP library: it must cost far less than what it measures. Started as
`python -m bench.api_load`; jobs come as lines of JSON, one answer a line goes back.
"""

import asyncio
import json
import os
import resource
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self, cast

import uvloop

DIGEST = "{sha256}"
_NO_BODY = b"304"


@dataclass(frozen=True)
class Job:
    """What to ask, and how long: `connections` at once for `seconds`, or `count` answers each.

    `DIGEST` in the request stands for 64 hex digits that are new in every request.
    """

    port: int
    request: str
    connections: int = 1
    seconds: float = 60.0
    count: int | None = None


@dataclass
class Load:
    """What came of a job. `cpu_seconds` is the generator's own time."""

    seconds: float = 0.0
    cpu_seconds: float = 0.0
    statuses: Counter[str] = field(default_factory=Counter)
    latencies_ms: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        """Answers a second."""
        return len(self.latencies_ms) / self.seconds


class Generator:
    """The process that makes the load."""

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "bench.api_load"]
        self._child = subprocess.Popen(
            command, text=True, bufsize=1, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._child.communicate()

    def run(self, job: Job, status: str) -> Load:
        """Raises AssertionError when an answer has another status."""
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.write(json.dumps(vars(job)) + "\n")
        load = Load(**json.loads(self._child.stdout.readline()))
        assert set(load.statuses) == {status}, load.statuses
        return load


class _Connection(asyncio.Protocol):
    """Asks, waits for the whole answer, asks again."""

    def __init__(self, job: Job, load: Load, until: float) -> None:
        self._job = job
        self._load = load
        self._until = until
        self._left = job.count
        self._request = job.request.encode("latin-1")
        self._received = b""
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._ask()

    def data_received(self, data: bytes) -> None:
        self._received += data
        end = self._received.find(b"\r\n\r\n")
        if end < 0 or len(self._received) < end + 4 + _length(self._received[:end]):
            return
        self._load.latencies_ms.append((time.perf_counter() - self._asked) * 1000)
        self._load.statuses[self._received[9:12].decode()] += 1
        self._left = None if self._left is None else self._left - 1
        if time.perf_counter() < self._until and self._left != 0:
            self._ask()
        else:
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)

    def _ask(self) -> None:
        self._received = b""
        self._asked = time.perf_counter()
        fresh = os.urandom(32).hex().encode()
        self._transport.write(self._request.replace(DIGEST.encode(), fresh))


def _length(head: bytes) -> int:
    """Bytes of the body."""
    if head[9:12] == _NO_BODY:
        return 0
    return int(head.lower().partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0])


async def _carry_out(job: Job) -> Load:
    load, loop = Load(), asyncio.get_running_loop()
    cpu, began = _cpu_seconds(), time.perf_counter()
    opened = [
        await loop.create_connection(
            lambda: _Connection(job, load, began + job.seconds), "127.0.0.1", job.port
        )
        for _ in range(job.connections)
    ]
    await asyncio.gather(*(connection.done for _, connection in opened))
    load.seconds, load.cpu_seconds = time.perf_counter() - began, _cpu_seconds() - cpu
    return load


def _cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    """Serve until the input ends."""
    for line in sys.stdin:
        load = uvloop.run(_carry_out(Job(**json.loads(line))))
        print(json.dumps(vars(load)), flush=True)


if __name__ == "__main__":
    main()
