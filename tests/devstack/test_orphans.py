"""Whatever ends the stack, nothing that it started stays behind."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from devstack.paths import REPOSITORY

_SERVERS = "postgres,temporal,s3,oidc"
_PATIENCE = 60.0


class Parent:
    """`python -m devstack up` in a process of its own, with everything it ever started."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.output = data_dir.parent / "output"
        argv = [sys.executable, "-m", "devstack", "up", "--data-dir", str(data_dir)]
        with self.output.open("wb") as stream:
            self.child = subprocess.Popen(
                [*argv, "--only", _SERVERS],
                cwd=REPOSITORY,
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
            )
        self.family: set[psutil.Process] = set()

    def look(self) -> None:
        """Add everybody who is there now."""
        self.family |= set(psutil.Process(self.child.pid).children(recursive=True))

    def until(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + _PATIENCE
        while not condition():
            assert self.child.poll() is None, self.output.read_text()
            assert time.monotonic() < deadline, self.output.read_text()
            self.look()
            time.sleep(0.02)
        self.look()

    def is_up(self) -> bool:
        return "up; Ctrl-C" in self.output.read_text()

    def recorded(self) -> int:
        try:
            return len(json.loads((self.data_dir / "pids.json").read_text()))
        except (OSError, ValueError):
            return 0


@pytest.fixture
def parent(tmp_path: Path) -> Iterator[Parent]:
    started = Parent(tmp_path / "data")
    yield started
    started.child.kill()
    started.child.wait()


def _assert_all_gone(family: set[psutil.Process]) -> None:
    assert family
    deadline = time.monotonic() + _PATIENCE
    while left := [process for process in family if _alive(process)]:
        assert time.monotonic() < deadline, left
        time.sleep(0.05)


def _alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_running_stops_everything(parent: Parent, number: signal.Signals) -> None:
    parent.until(parent.is_up)
    assert len(parent.family) >= 4
    parent.child.send_signal(number)
    assert parent.child.wait(_PATIENCE) == 0
    assert not [process for process in parent.family if _alive(process)]


@pytest.mark.parametrize("processes", [1, 3])
def test_a_ctrl_c_in_the_middle_of_the_start_stops_everything(
    parent: Parent, processes: int
) -> None:
    parent.until(lambda: parent.recorded() >= processes)
    parent.child.send_signal(signal.SIGINT)
    assert parent.child.wait(_PATIENCE) in (0, 130)
    assert not [process for process in parent.family if _alive(process)]


def _assert_refused_beside(parent: Parent) -> None:
    """A second stack on the same data ends with one line that says who has it."""
    argv = [sys.executable, "-m", "devstack", "up", "--data-dir", str(parent.data_dir)]
    second = subprocess.run(argv, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert second.returncode == 1
    assert len(second.stderr.strip().splitlines()) == 1
    assert f"pid {parent.child.pid}" in second.stderr


def test_after_a_kill_of_the_parent_everything_follows_and_starts_again(
    parent: Parent, tmp_path: Path
) -> None:
    parent.until(parent.is_up)
    _assert_refused_beside(parent)
    parent.child.kill()
    parent.child.wait()
    again = Parent(tmp_path / "data")
    try:
        again.until(again.is_up)
        _assert_all_gone(parent.family - again.family)
    finally:
        again.child.terminate()
        again.child.wait(_PATIENCE)
    assert not [process for process in again.family if _alive(process)]
