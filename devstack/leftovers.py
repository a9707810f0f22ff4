"""Processes of an earlier run of the same stack that are still ending.

After a SIGKILL of the stack its children get their death signal, but PostgreSQL and the S3 emulator
take a moment to write their state; on systems without death signals they are still there.
"""

import contextlib
import json
import threading
from collections.abc import Mapping

import psutil

from devstack import wait
from devstack.paths import DataDir

_FILE = "pids.json"


class Leftovers:
    """Remembers the pids of this run, and ends those of the one before."""

    def __init__(self, data: DataDir) -> None:
        self._data = data
        self._lock = threading.Lock()

    def remember(self, pids: Mapping[str, int]) -> None:
        """Write down who runs now, with start times, since pids are used again."""
        with self._lock:
            known = {name: [pid, _born(pid)] for name, pid in pids.items()}
            self._data.write_private(_FILE, json.dumps(known, indent=2) + "\n")

    def forget(self) -> None:
        """Everything was stopped."""
        (self._data.root / _FILE).unlink(missing_ok=True)

    def end(self, cancel: threading.Event, *, grace: float = 10.0) -> None:
        """Wait `grace` seconds for them to end by themselves, then end them."""
        left = self._alive()
        if not wait.until(lambda: not _running(left), seconds=grace if left else 0, cancel=cancel):
            for process in left:
                with contextlib.suppress(psutil.Error):
                    process.kill()
        self.forget()

    def _alive(self) -> list[psutil.Process]:
        try:
            known = json.loads((self._data.root / _FILE).read_text("utf-8"))
        except (OSError, ValueError):
            return []
        alive = [int(pid) for pid, born in known.values() if born and _born(int(pid)) == born]
        return [psutil.Process(pid) for pid in alive]


def _running(processes: list[psutil.Process]) -> list[psutil.Process]:
    return [p for p in processes if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]


def _born(pid: int) -> float | None:
    try:
        return psutil.Process(pid).create_time()
    except psutil.Error:
        return None
