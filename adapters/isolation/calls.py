"""The pool: a callable that runs a function in child processes."""

import pickle
import queue
import select
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

from adapters.errors import (
    IsolatedCallError,
    ProcessCrashedError,
    ProcessHungError,
    ProcessOutOfMemoryError,
    TransientError,
)
from adapters.isolation.frames import receive_frame, send_frame
from adapters.isolation.template import Child, Template, told

Result = TypeVar("Result")

_LARGEST_ANSWER = 2**28


class IsolatedCalls(Generic[Result]):
    """A pool of child processes, each of which makes one call of `function` at a time.

    As many calls as `processes` run at once, further callers wait. A call may take `seconds` of
    wall-clock time and its process `memory_bytes` of private memory. Children start with the first
    calls, and again whenever one has died; `prepare` runs once in each. Both functions and the
    results must be picklable. Safe to use from many threads.
    """

    def __init__(
        self,
        function: Callable[[bytes], Result],
        *,
        processes: int,
        seconds: float,
        memory_bytes: int,
        prepare: Callable[[], None] | None = None,
    ) -> None:
        self._seconds = seconds
        self._template = Template(function, prepare, memory_bytes)
        # The child used last is used next: it is warm, and more than the load needs never start.
        self._slots: queue.LifoQueue[Child | None] = queue.LifoQueue()
        for _ in range(processes):
            self._slots.put(None)

    def __call__(self, argument: bytes) -> Result:
        """Call the function in a child, which gets a copy of the bytes.

        Raises:
            ProcessCrashedError, ProcessHungError, ProcessOutOfMemoryError: no answer.
            TransientError: no process can be started, or the pool is closed.
            Exception: whatever the function itself raised.
        """
        child = self._slots.get()
        kept: Child | None = None
        try:
            child = self._awake(child)
            answer = self._ask(child, argument)
            if answer.last:
                self._template.end(child)
            else:
                kept = child
        finally:
            self._slots.put(kept)
        return answer.outcome()

    def close(self) -> None:
        """End all processes. Calls under way fail with TransientError."""
        self._template.close()

    def _awake(self, child: Child | None) -> Child:
        # An idle child says nothing: if there is something to read, it is its end.
        if child is not None and not _readable(child.channel):
            return child
        if child is not None:
            self._template.end(child)
        return self._template.fork()

    def _ask(self, child: Child, argument: bytes) -> "_Answer[Result]":
        deadline = time.monotonic() + self._seconds
        try:
            child.channel.settimeout(self._seconds)
            send_frame(child.channel, argument)
            frame = receive_frame(child.channel, _LARGEST_ANSWER, deadline)
            return _Answer(*pickle.loads(frame))
        except Exception as error:
            raise self._verdict(child, error) from error
        except BaseException:
            self._template.end(child)
            raise

    def _verdict(self, child: Child, error: Exception) -> IsolatedCallError | TransientError:
        status = self._template.end(child)
        if self._template.closed:
            return TransientError("the pool of processes was closed during the call")
        if isinstance(error, TimeoutError):
            return ProcessHungError(f"the call took longer than {self._seconds:g} s")
        return ProcessCrashedError(f"the process ended {told(status)} during the call")


@dataclass(frozen=True)
class _Answer(Generic[Result]):
    """What a child sends: a result, or the exception if it `failed`. After a `last` one it ends."""

    value: object
    failed: bool
    last: bool

    def outcome(self) -> Result:
        """The result, or the exception raised."""
        if not self.failed:
            return cast(Result, self.value)
        if isinstance(self.value, MemoryError):
            raise ProcessOutOfMemoryError("the call needed more memory than it may have")
        raise cast(Exception, self.value)


def _readable(channel: socket.socket) -> bool:
    poll = select.poll()
    poll.register(channel, select.POLLIN)
    return bool(poll.poll(0))
