"""The connection of a pytest process to the servers that its test run shares."""

import contextlib
import fcntl
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from devstack.errors import StackError
from devstack.paths import REPOSITORY


class SharedServers:
    """Asks the keeper of this test run for servers; starts a keeper when there is none."""

    def __init__(self, run_id: str) -> None:
        self._directory = Path(tempfile.gettempdir()) / f"imaging360-test-{os.getuid()}-{run_id}"
        self._connection: socket.socket | None = None

    def want(self, name: str) -> dict[str, str]:
        """Addresses and passwords of `postgres`, `template`, `temporal`, `s3`, `seaweed` or `oidc`.

        Started when it is not running yet. Raises StackError with the keeper's reason.
        """
        if self._connection is None:
            self._connection = self._connect()
        self._connection.sendall(json.dumps(name).encode() + b"\n")
        answer: dict[str, str] = json.loads(self._read_line() or '{"error": "the keeper died"}')
        if "error" in answer:
            raise StackError(f"{name}: {answer['error']}")
        return answer

    def close(self) -> None:
        """Leave; the last one to leave waits until every server has stopped."""
        if self._connection is not None:
            with contextlib.suppress(OSError):
                self._connection.sendall(b'"bye"\n')
                self._read_line()
            self._connection.close()
            self._connection = None

    def _connect(self) -> socket.socket:
        self._directory.mkdir(mode=0o700, exist_ok=True)
        with (self._directory / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            address = self._directory / "keeper"
            connection = _try(address)
            if connection is not None:
                return connection
            return self._start_keeper(address)

    def _start_keeper(self, address: Path) -> socket.socket:
        """A session of its own: a Ctrl-C in the terminal is for pytest, the keeper then follows."""
        address.unlink(missing_ok=True)
        log_path = self._directory / "keeper.log"
        with log_path.open("ab") as log:
            keeper = subprocess.Popen(
                [sys.executable, "-m", "devstack.testing.keeper", str(address)],
                cwd=REPOSITORY,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + 60
        while (connection := _try(address)) is None:
            if keeper.poll() is not None or time.monotonic() > deadline:
                raise StackError(f"the servers' keeper did not start:\n{log_path.read_text()}")
            time.sleep(0.02)
        return connection

    def _read_line(self) -> str:
        """One line, or what came before the end of the connection."""
        parts: list[bytes] = []
        while self._connection is not None and (part := self._connection.recv(65536)):
            parts.append(part)
            if part.endswith(b"\n"):
                break
        return b"".join(parts).decode()


def _try(address: Path) -> socket.socket | None:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.connect(str(address))
    except OSError:
        connection.close()
        return None
    return connection


@pytest.fixture(scope="session")
def shared_servers() -> Iterator[SharedServers]:
    """The servers of this test run; started one by one when a fixture first needs them."""
    servers = SharedServers(os.environ.get("PYTEST_XDIST_TESTRUNUID") or str(os.getpid()))
    try:
        yield servers
    finally:
        servers.close()
