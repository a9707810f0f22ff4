"""Calls in child processes: real crashes, hangs and memory hogs, and nothing left behind."""

import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from adapters.errors import (
    IsolatedCallError,
    ProcessCrashedError,
    ProcessHungError,
    ProcessOutOfMemoryError,
    TransientError,
)
from adapters.isolation.calls import IsolatedCalls
from tests.adapters.obedient import MEMORY, Refusal, obey

Calls = IsolatedCalls[object]
Make = Callable[..., Calls]

GENEROUS = 120.0


@pytest.fixture
def make() -> Iterator[Make]:
    """Makes pools, and closes them."""
    pools: list[Calls] = []

    def make(
        processes: int = 2, seconds: float = GENEROUS, prepare: Callable[[], None] | None = None
    ) -> Calls:
        pool: Calls = IsolatedCalls(
            obey, processes=processes, seconds=seconds, memory_bytes=MEMORY, prepare=prepare
        )
        pools.append(pool)
        return pool

    yield make
    for pool in pools:
        pool.close()


def templates() -> list[psutil.Process]:
    """Only the pools' own: the servers of the test run may be children of ours, too."""
    children = psutil.Process().children()
    return [child for child in children if "isolation" in " ".join(child.cmdline())]


def family() -> list[psutil.Process]:
    """The pools' templates and what they forked."""
    own = templates()
    return own + [child for template in own for child in template.children(recursive=True)]


class Meeting:
    """A call that tells its pid and waits: both over named pipes."""

    def __init__(self, folder: Path) -> None:
        self._said, self._heard = folder / "said", folder / "heard"
        for pipe in (self._said, self._heard):
            os.mkfifo(pipe)
        self.argument = f"meet {self._said} {self._heard}".encode()

    def pid(self) -> int:
        """Blocks until the call is under way."""
        return int(self._said.read_text())

    def release(self) -> None:
        self._heard.write_bytes(b"released")


@pytest.fixture
def meeting(tmp_path: Path) -> Meeting:
    return Meeting(tmp_path)


def test_calls_run_in_as_few_children_as_needed(make: Make) -> None:
    calls = make(processes=4)
    assert calls(b"echo hello") == b"hello"
    pids = {calls(b"pid") for _ in range(10)}
    assert len(pids) == 1
    assert os.getpid() not in pids


def test_never_more_children_than_allowed(make: Make) -> None:
    calls = make(processes=2)
    with ThreadPoolExecutor(8) as threads:
        pids = set(threads.map(lambda _: calls(b"pid"), range(50)))
    assert 1 <= len(pids) <= 2


def test_large_arguments_and_answers_pass_whole(make: Make) -> None:
    data = os.urandom(20 * 2**20)
    assert make()(b"echo " + data) == data


@pytest.mark.parametrize(
    ("deed", "error", "words"),
    [
        (b"segfault", ProcessCrashedError, "ended by SIGSEGV"),
        (b"leave", ProcessCrashedError, "ended with exit code 3"),
        (b"hang", ProcessHungError, "longer than 1 s"),
        (b"hog", ProcessOutOfMemoryError, "more memory"),
    ],
)
def test_a_fault_is_told_and_harms_no_later_call(
    make: Make, deed: bytes, error: type[IsolatedCallError], words: str
) -> None:
    calls = make(processes=1, seconds=1)
    before = calls(b"pid")
    assert isinstance(before, int)
    for _ in range(2):
        with pytest.raises(error, match=words):
            calls(deed)
    assert not psutil.pid_exists(before)
    assert calls(b"pid") != before


@pytest.mark.parametrize("deed", [b"segfault", b"leave", b"hog"])
def test_a_fault_does_not_disturb_the_neighbour(make: Make, meeting: Meeting, deed: bytes) -> None:
    calls = make(processes=2)
    with ThreadPoolExecutor(1) as threads:
        neighbour = threads.submit(calls, meeting.argument)
        pid = meeting.pid()
        for _ in range(3):
            with pytest.raises(IsolatedCallError):
                calls(deed)
        assert psutil.pid_exists(pid)
        meeting.release()
        assert neighbour.result() == b"released"


def test_the_functions_own_exceptions_arrive_with_their_origin(make: Make) -> None:
    calls = make()
    with pytest.raises(Refusal, match="ugly") as caught:
        calls(b"refuse ugly")
    assert "in refuse" in "".join(caught.value.__notes__)
    with pytest.raises(RuntimeError, match=r"(?i)pickle"):
        calls(b"unspeakable")
    assert calls(b"echo still here") == b"still here"


def test_signals_to_the_group_do_not_end_a_call(make: Make, meeting: Meeting) -> None:
    calls = make()
    with ThreadPoolExecutor(1) as threads:
        call = threads.submit(calls, meeting.argument)
        meeting.pid()
        for process in family():
            for number in (signal.SIGINT, signal.SIGTERM):
                process.send_signal(number)
        meeting.release()
        assert call.result() == b"released"


def test_a_child_that_died_idle_is_replaced_silently(make: Make) -> None:
    calls = make(processes=1)
    pid = calls(b"pid")
    assert isinstance(pid, int)
    with os.fdopen(os.pidfd_open(pid)) as end:
        os.kill(pid, signal.SIGKILL)
        assert select.select([end], [], [], 30)[0]
    assert calls(b"pid") not in (pid, os.getpid())


def test_a_template_that_died_is_replaced(make: Make) -> None:
    calls = make(processes=1)
    calls(b"pid")
    died = family()
    (template,) = templates()
    template.kill()
    assert psutil.wait_procs(died, timeout=30)[1] == []
    assert calls(b"echo again") == b"again"


def test_a_child_that_took_much_memory_gives_it_back_by_ending(make: Make) -> None:
    calls = make(processes=1)
    answer = calls(b"feast")
    assert isinstance(answer, tuple)
    assert not psutil.pid_exists(answer[1])
    assert calls(b"echo next") == b"next"


def test_nothing_remains_after_close(make: Make) -> None:
    before = set(family())
    calls = make(processes=2, seconds=1)
    with pytest.raises(ProcessHungError):
        calls(b"hang")
    calls(b"pid")
    calls.close()
    assert set(family()) <= before
    with pytest.raises(TransientError, match="closed"):
        calls(b"pid")


def test_closing_hands_back_what_is_under_way(make: Make, meeting: Meeting) -> None:
    calls = make()
    with ThreadPoolExecutor(1) as threads:
        call = threads.submit(calls, meeting.argument)
        meeting.pid()
        calls.close()
        with pytest.raises(TransientError, match="closed during the call"):
            call.result()


def broken_preparation() -> None:
    raise OSError("no codec here")


def test_a_child_that_cannot_start_is_not_the_arguments_fault(make: Make) -> None:
    calls = make(prepare=broken_preparation)
    with pytest.raises(TransientError, match="exit code 1"):
        calls(b"pid")


KILLED = """
import sys, threading
from adapters.isolation.calls import IsolatedCalls
from tests.adapters.obedient import MEMORY, obey
calls = IsolatedCalls(obey, processes=2, seconds=600, memory_bytes=MEMORY)
for argument in (b"hang", sys.argv[1].encode()):
    threading.Thread(target=calls, args=(argument,)).start()
"""


def test_nothing_outlives_an_owner_that_is_killed(meeting: Meeting) -> None:
    command = [sys.executable, "-c", KILLED, meeting.argument.decode()]
    with subprocess.Popen(command) as owner:
        meeting.pid()
        left = psutil.Process(owner.pid).children(recursive=True)
        assert len(left) >= 2
        owner.kill()
    assert psutil.wait_procs(left, timeout=30)[1] == []
