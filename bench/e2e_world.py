"""The stack under measurement, and what its processes have used of the CPU."""

import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.e2e_worker import SUM
from cli.run import MALLOC
from devstack import wait
from devstack.environment import process_environment
from devstack.errors import StackError
from devstack.process import Process
from devstack.registry import ALL
from devstack.stack import Stack

_SETTINGS = {
    "IMAGING360_LOG_FORMAT": "json",
    # Counted as ever, but never too many.
    "IMAGING360_PRESIGNS_A_MINUTE": "1000000000",
    # Uploads wait here until all are there: nobody shall take them for lost.
    "IMAGING360_LEDGER_GRACE_SECONDS": "86400",
}
ORCHESTRATION = ("temporal", "bridge", "worker rest")
Cpu = dict[str, float]


@dataclass(frozen=True)
class World:
    """The stack with one worker; `root` is where files may lie."""

    stack: Stack
    worker: Process
    root: Path

    def cpu(self) -> Cpu:
        """CPU seconds so far, by process, the worker's in three parts.

        `worker decoding` are the processes below it; `worker steps` the rest of the steps: S3, SQL,
        hashing, scratch; `worker rest` what no step used: the SDK, workflows, the event loop.
        """
        used = {name: tree_seconds(pid) for name, pid in self.stack.pids().items()}
        assert self.worker.pid is not None, "it was started"
        own = _own_seconds(psutil.Process(self.worker.pid))
        (steps,) = SUM.unpack((self.root / _SUM_FILE).read_bytes())
        decoding = tree_seconds(self.worker.pid) - own
        return used | {
            "worker decoding": decoding,
            "worker steps": steps,
            "worker rest": own - steps,
        }


_SUM_FILE = "steps.cpu"


@contextmanager
def started(root: Path) -> Iterator[World]:
    """Everything on random ports in `root`; all is stopped at the end."""
    stack = Stack(root / "stack", parts=ALL - {"worker"}, extra_env=_SETTINGS)
    with stack:
        worker = Process(
            name="worker",
            argv=[sys.executable, "-m", "bench.e2e_worker", str(root / _SUM_FILE)],
            env=process_environment("worker", stack.run, MALLOC),
            log=stack.run.data.log("worker"),
        )
        worker.start()
        try:
            settled(worker, "ready")
            yield World(stack, worker, root)
        finally:
            worker.stop(kill=True)


def settled(process: Process, word: str) -> None:
    """Wait until the process says `word` in its log. Raises StackError when it does not."""
    said = wait.until(lambda: word in process.tail(200), seconds=60, cancel=threading.Event())
    if not said:
        raise StackError(f"{process.name} did not start:\n{process.tail()}")


def tree_seconds(pid: int) -> float:
    """User and system time of a process and all below it, those that have ended included."""
    top = psutil.Process(pid)
    return sum(_seconds(process) for process in (top, *top.children(recursive=True)))


def used_since(before: Mapping[str, float], after: Mapping[str, float]) -> Cpu:
    """What each process used in between."""
    return {name: after[name] - before[name] for name in after.keys() & before.keys()}


def _own_seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def _seconds(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:  # a moment ago; its parent has it among those that have ended
        return 0.0
    return times.user + times.system + times.children_user + times.children_system
