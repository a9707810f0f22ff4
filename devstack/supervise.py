"""Noticing that a part ended without being asked to."""

import threading
from collections.abc import Callable

from devstack.process import Process

Report = Callable[[str, int, str], None]


class Supervisor:
    """A thread that looks at the processes four times a second.

    `report(name, exit code, tail of the log)` is called once for each that ended by itself.
    """

    def __init__(self, report: Report) -> None:
        self._report = report
        self._watched: dict[str, Process] = {}
        self._lock = threading.Lock()
        self._halt = threading.Event()
        self._thread: threading.Thread | None = None
        self.dead: list[str] = []

    def start(self) -> None:
        """Begin to look."""
        self._halt.clear()
        self._thread = threading.Thread(target=self._loop, name="supervisor", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop looking; what ends from now on was asked to."""
        self._halt.set()
        if self._thread is not None:
            self._thread.join()
        self._thread = None
        with self._lock:
            self._watched.clear()

    def watch(self, name: str, process: Process) -> None:
        """Look after `process` from now on."""
        with self._lock:
            self._watched[name] = process
            self.dead = [other for other in self.dead if other != name]

    def forget(self, name: str) -> None:
        """`name` is about to be stopped on purpose."""
        with self._lock:
            self._watched.pop(name, None)

    def _loop(self) -> None:
        while not self._halt.wait(0.25):
            for name, process, code in self._ended():
                self._report(name, code, process.tail())

    def _ended(self) -> list[tuple[str, Process, int]]:
        with self._lock:
            codes = [(n, p, p.exit_code) for n, p in self._watched.items()]
            ended = [(n, p, code) for n, p, code in codes if code is not None]
            for name, _, _ in ended:
                del self._watched[name]
                self.dead.append(name)
            return ended
