"""The sample spin in a child process, so that it renders beside the starting servers."""

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from devstack import wait
from devstack.errors import StackError
from devstack.frames import Shot
from devstack.part import Run
from devstack.process import Process

_DEADLINE = 600.0
_TELL_EVERY = 6


class Rendering:
    """Starts at once; `result` waits for it. `say(text)` gets a line now and then."""

    def __init__(self, run: Run, say: Callable[[str], None]) -> None:
        self._run = run
        self._say = say
        self._began = time.monotonic()
        self._told = 0
        log = run.data.log("sample-spin")
        log.unlink(missing_ok=True)
        self._process = Process(
            name="sample-spin",
            argv=[sys.executable, "-m", "devstack.frames", str(run.data.root / "sample-spin")],
            env=dict(os.environ),
            log=log,
            death_signal=signal.SIGTERM,
        )
        self._process.start()

    def result(self) -> list[Shot]:
        """The frames. Raises StackError when rendering failed, Cancelled when asked to stop."""
        wait.until(self._finished, seconds=_DEADLINE, cancel=self._run.cancel, every=0.1)
        if self._process.exit_code != 0:
            tail = self._process.tail(6)
            raise StackError(f"the sample spin failed; log: {self._process.log}\n{tail}")
        *_, last = self._lines()
        return [Shot(Path(path), kind, angle) for path, kind, angle in json.loads(last)]

    def stop(self) -> None:
        """End it; harmless when it has ended."""
        self._process.stop()

    def _finished(self) -> bool:
        self._tell()
        return not self._process.running

    def _tell(self) -> None:
        """Say how far it is after every six frames; nothing when all were there already."""
        steps = [json.loads(line) for line in self._lines()]
        counts = [step for step in steps if len(step) == 2 and isinstance(step[0], int)]
        if len(counts) < 2:
            return
        done, total = counts[-1]
        if done - self._told >= _TELL_EVERY or done == total > self._told:
            seconds = time.monotonic() - self._began
            self._say(f"  rendering the sample spin: {done} of {total} ({seconds:.0f} s)")
            self._told = done

    def _lines(self) -> list[str]:
        """The complete lines of JSON so far; other output is somebody's warning."""
        text = self._process.log.read_text("utf-8", errors="replace")
        return [line for line in text.splitlines(keepends=True) if line[:1] == "[" and "\n" in line]
