"""The owner's handle on the template process and on the children it forks."""

import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass

from adapters.errors import TransientError
from adapters.isolation.frames import (
    END,
    FORK,
    READY,
    REPLY,
    REQUEST,
    receive,
    receive_frame,
    send_frame,
)

_START_SECONDS = 60.0


@dataclass(frozen=True)
class Child:
    """A child, the socket to talk to it, and the pid of the template that it depends on."""

    pid: int
    channel: socket.socket
    template: int


class Template:
    """Forks children that do `work` (see `child.Work`); safe to use from many threads.

    Its process is started when first needed, and again should it die.
    """

    def __init__(self, *work: object) -> None:
        self._work = pickle.dumps(work)
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self.closed = False

    def fork(self) -> Child:
        """A new child, ready for calls. Raises TransientError."""
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                child = self._fork(ours, theirs)
        except BaseException:
            ours.close()
            raise
        self._await_ready(child)
        return child

    def _fork(self, ours: socket.socket, theirs: socket.socket) -> Child:
        with self._lock:
            if self.closed:
                raise TransientError("the pool of processes is closed")
            try:
                process = self._started()
                pid = self._request(FORK, 0, theirs)
            except (OSError, EOFError) as error:
                self._stop()
                raise TransientError(f"no process can be started: {error!r}") from error
        if pid < 0:
            raise TransientError(f"no process can be forked: {os.strerror(-pid)}")
        return Child(pid, ours, process.pid)

    def _await_ready(self, child: Child) -> None:
        try:
            receive_frame(child.channel, len(READY), time.monotonic() + _START_SECONDS)
        except (OSError, EOFError) as error:
            how = told(self.end(child))
            raise TransientError(f"a new process ended {how}") from error

    def end(self, child: Child) -> int | None:
        """Kill a child and forget it; its wait status, None when that is not known."""
        child.channel.close()
        with self._lock:
            # The children of a template that is gone went with it.
            if self._process is None or self._process.pid != child.template:
                return None
            try:
                return self._request(END, child.pid)
            except (OSError, EOFError):
                self._stop()
                return None

    def close(self) -> None:
        """End the template, which ends its children."""
        self.closed = True
        with self._lock:
            self._stop()

    def _started(self) -> "subprocess.Popen[bytes]":
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._stop()
        self._control, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _program(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
            )
        send_frame(self._control, self._work)
        return self._process

    def _request(self, kind: bytes, pid: int, passed: socket.socket | None = None) -> int:
        if self._control is None:
            raise EOFError
        descriptors = [passed.fileno()] if passed else []
        socket.send_fds(self._control, [REQUEST.pack(kind, pid)], descriptors)
        reply = receive(self._control, REPLY.size, time.monotonic() + _START_SECONDS)
        return int(REPLY.unpack(reply)[0])

    def _stop(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._control = self._process = None


def _program(descriptor: int) -> str:
    """The template's code; it looks for modules where we do."""
    start = f"from adapters.isolation.program import main; main({descriptor})"
    return f"import sys; sys.path[:] = {sys.path!r}; {start}"


def told(status: int | None) -> str:
    """A wait status in words, to follow "the process ended"."""
    if status is None:
        return "for an unknown reason"
    if os.WIFSIGNALED(status):
        return f"by {signal.Signals(os.WTERMSIG(status)).name}"
    return f"with exit code {os.WEXITSTATUS(status)}"
