"""Starting child processes that cannot outlive us.

Linux kills a child when the *thread* that made it ends (PR_SET_PDEATHSIG), so every child is made
by one thread that lives as long as the process.
"""

import ctypes
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path

_PR_SET_PDEATHSIG = 1
# Resolved here, in the parent: between fork and exec nothing may be imported or looked up.
_PRCTL = ctypes.CDLL(None, use_errno=True).prctl if sys.platform == "linux" else None

Child = subprocess.Popen[bytes]
_jobs: queue.SimpleQueue[tuple[Callable[[], Child], Future[Child]]] = queue.SimpleQueue()
_start_once = threading.Lock()
_spawner: threading.Thread | None = None


def spawn(
    argv: Sequence[str],
    *,
    env: Mapping[str, str],
    log: Path,
    cwd: Path,
    death_signal: signal.Signals,
) -> Child:
    """Start `argv` in a session of its own, output appended to `log`.

    It gets `death_signal` when this process dies, however it dies. Raises OSError when the
    program cannot be started.
    """

    def job() -> Child:
        with log.open("ab") as stream:
            return subprocess.Popen(
                list(argv),
                env=dict(env),
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                umask=0o077,
                preexec_fn=_die_with(os.getpid(), death_signal),
            )

    return _in_spawner(job)


def _die_with(parent: int, death_signal: signal.Signals) -> Callable[[], None] | None:
    if _PRCTL is None:
        return None

    def before_exec() -> None:
        _PRCTL(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
        if os.getppid() != parent:  # the parent died before the line above
            os._exit(1)

    return before_exec


def _in_spawner(job: Callable[[], Child]) -> Child:
    global _spawner
    with _start_once:
        if _spawner is None or not _spawner.is_alive():
            _spawner = threading.Thread(target=_serve, name="spawner", daemon=True)
            _spawner.start()
    future: Future[Child] = Future()
    _jobs.put((job, future))
    return future.result()


def _serve() -> None:
    while True:
        job, future = _jobs.get()
        try:
            future.set_result(job())
        except BaseException as error:
            future.set_exception(error)
