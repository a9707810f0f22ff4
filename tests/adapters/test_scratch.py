"""Scratch space: whole files or none, bounded, and clean after a crash."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from adapters.errors import TransientError
from adapters.scratch import ScratchDirectory


@pytest.fixture
def scratch(tmp_path: Path) -> ScratchDirectory:
    return ScratchDirectory(tmp_path / "scratch", max_bytes=1000)


def used(scratch: ScratchDirectory) -> int:
    return sum(path.stat().st_size for path in scratch.path("").iterdir() if path.is_file())


def test_what_is_written_is_read(scratch: ScratchDirectory) -> None:
    assert scratch.read("a") is None
    assert not scratch.holds("a")
    scratch.write("a", b"bytes")
    assert scratch.read("a") == b"bytes"
    assert scratch.holds("a")


def test_it_stays_within_its_bound_and_keeps_what_was_used_last(scratch: ScratchDirectory) -> None:
    for number in range(9):
        scratch.write(f"file {number}", b"x" * 100)
        os.utime(scratch.path(f"file {number}"), (number, number))
    assert scratch.read("file 0") is not None  # a use: no longer the oldest
    for number in range(9, 30):
        scratch.write(f"file {number}", b"x" * 100)
        assert used(scratch) <= 1000
    assert scratch.holds("file 29")
    assert not scratch.holds("file 1")


def test_a_directory_that_is_already_too_full_is_cut_down(tmp_path: Path) -> None:
    for number in range(50):
        (tmp_path / f"old {number}").write_bytes(b"x" * 100)
    scratch = ScratchDirectory(tmp_path, max_bytes=1000)
    scratch.write("new", b"x")
    assert used(scratch) <= 1000


def test_an_interrupted_write_leaves_nothing(scratch: ScratchDirectory) -> None:
    def interrupted() -> None:
        with scratch.partial("a") as path:
            path.write_bytes(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert scratch.read("a") is None
    assert list(scratch.path(".partial").iterdir()) == []


def test_a_full_disk_is_a_passing_trouble(scratch: ScratchDirectory) -> None:
    def full() -> None:
        with scratch.partial("a"):
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(TransientError, match="No space left"):
        full()
    assert scratch.read("a") is None


KILLED = """
import os, pathlib, signal, sys
from adapters.scratch import ScratchDirectory
with ScratchDirectory(pathlib.Path(sys.argv[1]), 1000).partial("a") as path:
    path.write_bytes(b"half")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_process_left_is_removed_at_the_next_start(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    assert len(list((tmp_path / ".partial").iterdir())) == 1
    with ScratchDirectory(tmp_path, 1000).partial("mine") as mine:
        mine.write_bytes(b"in the making")
        assert ScratchDirectory(tmp_path, 1000).read("a") is None
        assert list((tmp_path / ".partial").iterdir()) == [mine]
