"""Scratch space: whole files or none, bounded, and clean after a crash."""

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.errors import TransientError
from adapters.scratch import ScratchDirectory

MEGABYTE = 2**20


@pytest.fixture
def scratch(tmp_path: Path) -> ScratchDirectory:
    return ScratchDirectory(tmp_path / "scratch", max_bytes=1000)


def used(scratch: ScratchDirectory) -> int:
    return sum(path.stat().st_size for path in scratch.path("").iterdir() if path.is_file())


def in_the_making(root: Path) -> list[Path]:
    return [path for path in (root / ".partial").glob("*/*") if path.is_file()]


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
    ScratchDirectory(tmp_path, max_bytes=10**6)
    for number in range(50):
        (tmp_path / f"old {number}").write_bytes(b"x" * 100)
    scratch = ScratchDirectory(tmp_path, max_bytes=1000)
    scratch.write("new", b"x")
    assert used(scratch) <= 1000


def test_processes_that_share_it_keep_to_one_bound(tmp_path: Path) -> None:
    workers = [ScratchDirectory(tmp_path, max_bytes=16_000) for _ in range(4)]
    for number in range(400):
        workers[number % 4].write(f"file {number}", b"x" * 100)
        # Each may write a sixteenth of the bound before it looks again.
        assert used(workers[0]) <= 16_000 + 4 * 1_100


def test_writing_the_same_again_does_not_count_twice(scratch: ScratchDirectory) -> None:
    scratch.write("kept", b"x" * 100)
    for _ in range(100):
        scratch.write("again", b"x" * 400)
    assert scratch.holds("kept")


def test_an_interrupted_write_leaves_nothing(scratch: ScratchDirectory) -> None:
    def interrupted() -> None:
        with scratch.partial("a") as path:
            path.write_bytes(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert scratch.read("a") is None
    assert in_the_making(scratch.path("")) == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EIO])
def test_a_disk_in_trouble_is_a_passing_trouble(scratch: ScratchDirectory, number: int) -> None:
    def trouble() -> None:
        with scratch.partial("a"):
            raise OSError(number, os.strerror(number))

    with pytest.raises(TransientError, match=os.strerror(number)):
        trouble()
    assert scratch.read("a") is None


def test_a_directory_that_was_tidied_away_comes_back(scratch: ScratchDirectory) -> None:
    subprocess.run(["rm", "-r", scratch.path("")], check=True)
    assert scratch.read("a") is None
    scratch.write("a", b"bytes")
    assert scratch.read("a") == b"bytes"


def test_photos_are_nobody_elses_business(scratch: ScratchDirectory) -> None:
    assert scratch.path("").stat().st_mode & 0o077 == 0


def test_files_from_before_the_machines_last_start_are_not_trusted(tmp_path: Path) -> None:
    first = ScratchDirectory(tmp_path, 1000)
    first.write("perhaps never reached the disk", b"")
    assert ScratchDirectory(tmp_path, 1000).holds("perhaps never reached the disk")
    (tmp_path / ".partial/boot").write_text("another start of the machine")
    assert not ScratchDirectory(tmp_path, 1000).holds("perhaps never reached the disk")


# --- a disk that is really full ---


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 4 MB."""
    command = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(tmp_path)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("mounting a small file system needs root")
    yield tmp_path
    subprocess.run(["umount", "--lazy", str(tmp_path)], check=True)


def test_a_full_disk_gives_a_transient_error_and_no_half_file(small_disk: Path) -> None:
    (small_disk / "somebody else's").write_bytes(bytes(3 * MEGABYTE))
    scratch = ScratchDirectory(small_disk / "scratch", max_bytes=10 * MEGABYTE)
    with pytest.raises(TransientError, match="No space left"):
        scratch.write("photo", bytes(2 * MEGABYTE))
    assert scratch.read("photo") is None
    assert not scratch.holds("photo")
    assert in_the_making(scratch.path("")) == []
    (small_disk / "somebody else's").unlink()
    scratch.write("photo", bytes(2 * MEGABYTE))
    assert scratch.read("photo") == bytes(2 * MEGABYTE)


def test_a_disk_smaller_than_the_bound_heals_by_itself(small_disk: Path) -> None:
    scratch = ScratchDirectory(small_disk / "scratch", max_bytes=100 * MEGABYTE)
    troubles = 0
    for number in range(20):
        try:
            scratch.write(f"photo {number}", bytes(MEGABYTE))
        except TransientError:
            troubles += 1
            scratch.write(f"photo {number}", bytes(MEGABYTE))  # as the step's next attempt does
        assert scratch.holds(f"photo {number}")
    assert 0 < troubles < 20


def test_a_disk_that_is_full_at_the_start_is_a_passing_trouble_too(small_disk: Path) -> None:
    descriptor = os.open(small_disk / "somebody else's", os.O_WRONLY | os.O_CREAT)
    with pytest.raises(OSError, match="No space"):
        os.posix_fallocate(descriptor, 0, 5 * MEGABYTE)
    while os.statvfs(small_disk).f_bfree:
        os.write(descriptor, bytes(4096))
    os.close(descriptor)
    with pytest.raises(TransientError, match="No space left"):
        ScratchDirectory(small_disk / "scratch", max_bytes=MEGABYTE).write("photo", b"bytes")


# --- processes that are killed ---

KILLED = """
import os, pathlib, signal, sys
from adapters.scratch import ScratchDirectory
with ScratchDirectory(pathlib.Path(sys.argv[1]), 1000).partial("a") as path:
    path.write_bytes(b"half")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_process_left_is_removed_at_the_next_start(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    assert len(in_the_making(tmp_path)) == 1
    neighbour = ScratchDirectory(tmp_path, 1000)
    with neighbour.partial("mine") as mine:
        mine.write_bytes(b"in the making")
        assert ScratchDirectory(tmp_path, 1000).read("a") is None
        assert in_the_making(tmp_path) == [mine]
