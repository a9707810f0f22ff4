"""A Redis server for tests; the machine's own program."""

import shutil
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from devstack import wait


@dataclass
class RedisServer:
    """One server on a port of its own; keeps nothing when it stops."""

    program: str
    directory: Path
    port: int
    _child: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def url(self) -> str:
        """For the settings."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it and wait until it answers."""
        where = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.directory)]
        nothing_kept = ["--save", "", "--appendonly", "no"]
        self._child = subprocess.Popen(
            [self.program, *where, *nothing_kept], stdout=subprocess.DEVNULL
        )
        assert wait.until(self._answers, seconds=20, cancel=threading.Event())

    def stop(self) -> None:
        """End it."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            self._child = None

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Connections are accepted, nothing is answered."""
        assert self._child is not None
        self._child.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._child.send_signal(signal.SIGCONT)

    def _answers(self) -> bool:
        try:
            with Redis(port=self.port) as client:
                return bool(client.ping())
        except RedisConnectionError:
            return False


@contextmanager
def redis_on_a_port(directory: Path) -> Iterator[RedisServer]:
    """A running server; skips the test where there is no Redis."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server is missing: apt-get install redis-server")
    server = RedisServer(program, directory, _free_port())
    server.start()
    try:
        yield server
    finally:
        server.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
