"""Ports: chosen once, remembered, chosen again only when somebody else took one."""

import json
import random
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

import psutil

from devstack.errors import StackError
from devstack.paths import DataDir
from devstack.wait import port_is_free

# The addresses people know by heart, tried first.
PREFERRED = {"api": 8000, "temporal": 7233, "temporal_ui": 8233}
# Below the kernel's ephemeral range (32768 and up), so that no outgoing connection of anybody
# takes a port between our choosing it and the server's binding it.
CHOICE = range(20000, 32000)


class Ports:
    """The ports of one stack, by name.

    `fixed` wins over all and is never replaced; `preferred=False` (tests) takes random ones.
    """

    def __init__(
        self,
        data: DataDir,
        fixed: Mapping[str, int] | None = None,
        *,
        preferred: bool = True,
        note: Callable[[str], None] = lambda text: None,
    ) -> None:
        self._data = data
        self._fixed = dict(fixed or {})
        self._preferred = PREFERRED if preferred else {}
        self._note = note
        self._known = _read(data.root / "ports.json")
        self._taken: set[int] = set(self._fixed.values())
        self._lock = threading.Lock()

    def take(self, name: str) -> int:
        """The port for `name`. Raises StackError when a fixed one is in use."""
        if name in self._fixed:
            return self._insist(name, self._fixed[name])
        with self._lock:
            self._taken.discard(self._known.get(name, 0))
            port = self._usable(name)
            if self._known.get(name) != port:
                self._known[name] = port
                self._data.write_private("ports.json", json.dumps(self._known, indent=2) + "\n")
            self._taken.add(port)
            return port

    def known(self, name: str) -> int | None:
        """The port that was chosen for `name`, if one was."""
        return self._fixed.get(name) or self._known.get(name)

    def _insist(self, name: str, port: int) -> int:
        if port_is_free(port):
            return port
        raise StackError(f"port {port} for {name} is taken by {_holder(port)}; choose another")

    def _usable(self, name: str) -> int:
        for candidate in (self._known.get(name), self._preferred.get(name)):
            if candidate is None:
                continue
            if candidate not in self._taken and port_is_free(candidate):
                return candidate
            self._note(f"port {candidate} for {name} is taken by {_holder(candidate)}")
        return self._any()

    def _any(self) -> int:
        for candidate in random.sample(CHOICE, 200):
            if candidate not in self._taken and port_is_free(candidate):
                return candidate
        raise StackError("no free port found in 20000-31999")


def _read(file: Path) -> dict[str, int]:
    try:
        return {str(k): int(v) for k, v in json.loads(file.read_text("utf-8")).items()}
    except (OSError, ValueError, AttributeError):
        return {}


def _holder(port: int) -> str:
    """Who listens on `port`, as far as this user may know."""
    try:
        for connection in psutil.net_connections("tcp"):
            if connection.laddr and connection.laddr.port == port and connection.pid:
                return f"{psutil.Process(connection.pid).name()} (pid {connection.pid})"
    except psutil.Error:
        pass
    return "another process"
