"""A child: one call at a time, bytes in, a pickled answer out."""

import contextlib
import ctypes
import os
import pickle
import resource
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from adapters.isolation.frames import READY, receive_frame, send_frame

_PR_SET_PDEATHSIG = 1
_MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True)
class Work:
    """What a child calls, what it runs once before, and the private memory it may have."""

    function: Callable[[bytes], object]
    prepare: Callable[[], None] | None
    memory_bytes: int


def run(channel: socket.socket, work: Work, template: int) -> NoReturn:
    """Serve calls until the owner hangs up or the memory should be given back."""
    code = 1
    try:
        _tie_to(template)
        _limit(work.memory_bytes)
        if work.prepare:
            work.prepare()
        with contextlib.suppress(EOFError, ConnectionError):
            _serve(channel, work)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _tie_to(template: int) -> None:
    """Have the kernel kill us when the template dies, even in the middle of foreign code."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != template:
        os._exit(1)


def _limit(memory_bytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Private memory only: unlike RLIMIT_AS it does not count the code of libraries.
    resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes, memory_bytes))


def _serve(channel: socket.socket, work: Work) -> None:
    send_frame(channel, READY)
    last = False
    while not last:
        value, failed = _call(work.function, bytes(receive_frame(channel, sys.maxsize)))
        # An allocator told to keep its memory gives back what a large call took only at the end.
        last = isinstance(value, MemoryError) or _peak_bytes() > work.memory_bytes // 2
        send_frame(channel, _pickled(value, failed, last))
        del value


def _call(function: Callable[[bytes], object], argument: bytes) -> tuple[object, bool]:
    try:
        return function(argument), False
    except MemoryError:
        return MemoryError(), True
    except Exception as error:
        error.add_note(f"in a process of its own:\n{traceback.format_exc()}")
        return error.with_traceback(None), True


def _pickled(value: object, failed: bool, last: bool) -> bytes:
    try:
        return pickle.dumps((value, failed, last), pickle.HIGHEST_PROTOCOL)
    except MemoryError:
        return pickle.dumps((MemoryError(), True, True))
    except Exception:
        return pickle.dumps((RuntimeError(traceback.format_exc()), True, last))


def _peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _MAXRSS_UNIT
