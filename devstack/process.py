"""One supervised child process: its log, its end, and how it is stopped."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from devstack.errors import StackError
from devstack.paths import REPOSITORY
from devstack.spawn import spawn


@dataclass
class Process:
    """How to run one program and how to end it.

    `stop_signal` asks for an orderly end, `grace` seconds later it is killed; `death_signal` is
    what the kernel sends it when we die without stopping it.
    """

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    log: Path
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGKILL
    grace: float = 10.0
    cwd: Path = REPOSITORY
    _child: "subprocess.Popen[bytes] | None" = field(default=None, init=False)
    _log_start: int = field(default=0, init=False)

    def start(self) -> None:
        """Start it. Raises StackError when the program is missing."""
        self._log_start = self.log.stat().st_size if self.log.exists() else 0
        try:
            self._child = spawn(
                self.argv,
                env=self.env,
                log=self.log,
                cwd=self.cwd,
                death_signal=self.death_signal,
            )
        except OSError as error:
            raise StackError(
                f"{self.name} cannot be started: {error}; run `make install`"
            ) from None

    @property
    def pid(self) -> int | None:
        """Its process id, None before the start."""
        return self._child.pid if self._child else None

    @property
    def exit_code(self) -> int | None:
        """None while it runs (or was never started); else its exit code, negative for a signal."""
        return self._child.poll() if self._child else None

    @property
    def running(self) -> bool:
        """True between start and end."""
        return self._child is not None and self._child.poll() is None

    def stop(self, *, kill: bool = False) -> None:
        """End it and everything it started: asked first, then killed; `kill` skips the asking."""
        child = self._child
        if child is None:
            return
        family = self._family()
        if child.poll() is None:
            child.send_signal(signal.SIGKILL if kill else self.stop_signal)
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(self.grace)
        _kill_left([member for member in family if member.pid != child.pid], grace=5.0)
        if child.poll() is None:
            child.kill()
            child.wait()

    def tail(self, lines: int = 12) -> str:
        """The last lines that this run wrote to its log."""
        try:
            with self.log.open("rb") as stream:
                stream.seek(max(self._log_start, self.log.stat().st_size - 16384))
                text = stream.read().decode("utf-8", errors="replace")
        except OSError:
            return ""
        return "\n".join(text.rstrip().splitlines()[-lines:])

    def _family(self) -> list[psutil.Process]:
        try:
            me = psutil.Process(self._child.pid if self._child else os.getpid())
            return me.children(recursive=True)
        except psutil.Error:
            return []


def _kill_left(processes: list[psutil.Process], *, grace: float) -> None:
    """Give children of an ended process `grace` seconds to follow it, then kill them."""
    deadline = time.monotonic() + grace
    for process in processes:
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except psutil.TimeoutExpired:
            with contextlib.suppress(psutil.Error):
                process.kill()
        except psutil.Error:
            continue
