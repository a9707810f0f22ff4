"""The two programs to compare, each a process of its own: the API as it is served, and the bare."""

import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from devstack import wait
from devstack.errors import StackError
from devstack.part import plain_environment
from devstack.postgres import DATABASE
from devstack.process import Process
from devstack.stack import Stack

_PARTS = ("postgres", "temporal", "s3", "oidc", "schema", "api")
_SETTINGS = {
    # Counted as ever, but never too many.
    "IMAGING360_PRESIGNS_A_MINUTE": "1000000000",
    # What a deployment writes.
    "IMAGING360_LOG_FORMAT": "json",
}


@dataclass(frozen=True)
class Server:
    """A process that answers HTTP on a port of this host."""

    pid: int
    port: int

    def cpu_seconds(self) -> float:
        """What all its threads used so far."""
        times = psutil.Process(self.pid).cpu_times()
        return times.user + times.system


@dataclass(frozen=True)
class Servers:
    """The API on its stack (no bridge, no worker), and the bare routes on the same database."""

    stack: Stack
    api: Server
    bare: Server


@contextmanager
def started() -> Iterator[Servers]:
    """Everything on random ports and a directory that is thrown away."""
    with tempfile.TemporaryDirectory(prefix="bench-") as directory:
        root = Path(directory)
        # Without waiting for a disk: a commit that costs less makes the comparison harder.
        stack = Stack(root, parts=_PARTS, durable=False, extra_env=_SETTINGS)
        with stack:
            port = stack.run.ports.take("bare")
            process = _bare(stack, port)
            process.start()
            try:
                yield Servers(stack, _api(stack), _answering(process, port))
            finally:
                process.stop()


def _api(stack: Stack) -> Server:
    return Server(stack.pids()["api"], int(stack.api.url.rpartition(":")[2]))


def _bare(stack: Stack, port: int) -> Process:
    url = stack.postgres.admin_url(DATABASE).replace("postgresql://", "postgresql+psycopg://")
    data = stack.run.data
    return Process(
        name="bare",
        argv=[sys.executable, "-m", "bench.api_bare", url, str(port)],
        env=plain_environment(data),
        log=data.log("bare"),
    )


def _answering(process: Process, port: int) -> Server:
    answers = f"http://127.0.0.1:{port}/openapi.json"
    up = wait.until(lambda: wait.http_ok(answers), seconds=30, cancel=threading.Event())
    if not up or process.pid is None:
        raise StackError(f"the bare routes do not answer:\n{process.tail()}")
    return Server(process.pid, port)
