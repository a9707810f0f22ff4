"""What every part of the stack has in common."""

import os
import signal
import sys
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Literal

from devstack import wait
from devstack.errors import StackError
from devstack.paths import DataDir
from devstack.ports import Ports
from devstack.process import Process
from devstack.secrets_store import Secrets

Door = Literal["owner", "api", "bridge", "worker", "ops"]


@dataclass
class Run:
    """What one run of the stack shares among its parts.

    `durable` keeps the promises of a disk (off for tests, which throw their data away). `spawned`
    is called after each start of a process.
    """

    data: DataDir
    ports: Ports
    secrets: Secrets
    cancel: threading.Event = field(default_factory=threading.Event)
    durable: bool = True
    extra: Mapping[str, str] = field(default_factory=dict)
    note: Callable[[str], None] = lambda text: None
    spawned: Callable[[], None] = lambda: None


class Part(ABC):
    """Something that can be started, is healthy or not, and can be stopped.

    `start` blocks until it is healthy and may run in any thread.
    """

    needs: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, name: str, run: Run) -> None:
        self.name = name
        self.run = run

    @abstractmethod
    def start(self) -> None:
        """Start and wait until healthy. Raises StackError (one line) or Cancelled."""

    def stop(self, *, kill: bool = False) -> None:  # noqa: B027 a part may have nothing to stop
        """Stop in an orderly way, or at once when `kill`; harmless when not running."""

    def variables(self, door: Door) -> Mapping[str, str]:
        """The settings, without their IMAGING360_ prefix, that this part has for a door."""
        return {}

    @property
    def process(self) -> Process | None:
        """The child process behind this part, if there is one."""
        return None


class ProcessPart(Part):
    """A part that is one child process with a health check."""

    deadline: ClassVar[float] = 60.0
    stop_signal: ClassVar[signal.Signals] = signal.SIGTERM
    death_signal: ClassVar[signal.Signals] = signal.SIGKILL
    grace: ClassVar[float] = 10.0
    look_every: ClassVar[float] = 0.05

    def __init__(self, name: str, run: Run) -> None:
        super().__init__(name, run)
        self._process: Process | None = None

    @abstractmethod
    def command(self) -> Sequence[str]:
        """The program and its arguments; ports and files are chosen here."""

    @abstractmethod
    def healthy(self) -> bool:
        """True when it answers what it is there for."""

    def environment(self) -> Mapping[str, str]:
        """The environment of the child process."""
        return plain_environment(self.run.data)

    def prepare(self) -> None:
        """What must be there before the start."""

    def bootstrap(self) -> None:
        """What must be done as soon as it answers."""

    @property
    def process(self) -> Process | None:
        return self._process

    def start(self) -> None:
        self.prepare()
        process = Process(
            name=self.name,
            argv=self.command(),
            env=self.environment(),
            log=self.run.data.log(self.name),
            stop_signal=self.stop_signal,
            death_signal=self.death_signal,
            grace=self.grace,
        )
        self._process = process
        process.start()
        self.run.spawned()
        self._wait_healthy(process)
        self.bootstrap()

    def stop(self, *, kill: bool = False) -> None:
        if self._process is not None:
            self._process.stop(kill=kill)

    def _wait_healthy(self, process: Process) -> None:
        def settled() -> bool:
            return not process.running or self.healthy()

        came_up = wait.until(
            settled, seconds=self.deadline, cancel=self.run.cancel, every=self.look_every
        )
        if process.running and came_up:
            return
        reason = (
            f"did not become healthy in {self.deadline:.0f} s"
            if process.running
            else f"ended with code {process.exit_code} while starting"
        )
        raise StackError(f"{self.name} {reason}; log: {process.log}\n{process.tail()}")


def plain_environment(data: DataDir) -> dict[str, str]:
    """An environment for a server: nothing of ours, temporary files in the data directory."""
    kept = {k: os.environ[k] for k in ("PATH", "LANG", "LC_ALL", "TZ") if k in os.environ}
    return {**kept, "HOME": str(data.sub("tmp")), "TMPDIR": str(data.sub("tmp"))}


def beside_python(program: str) -> str:
    """The path of a program that was installed next to the Python that runs us."""
    return str(Path(sys.executable).parent / program)
