"""The template process: imports once, then forks a child whenever its owner asks.

It stays single-threaded and runs nothing but imports, so that forking it is safe and takes
milliseconds. Nothing here outlives the owner: its death closes the control socket, on which the
template ends its children and itself; and the kernel kills a child whose template dies.
"""

import contextlib
import os
import pickle
import signal
import socket

from adapters.isolation import child
from adapters.isolation.child import Work
from adapters.isolation.frames import END, REPLY, REQUEST, receive_frame


def main(descriptor: int) -> None:
    """Read from the control socket what the calls will be, then fork and reap on request."""
    # Threads of numerical libraries would make forking unsafe, and each child has one core.
    os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"
    # A terminal or a supervisor tells the whole group to stop; the owner decides when we do.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    with socket.socket(fileno=descriptor) as control:
        work = Work(*pickle.loads(receive_frame(control, 1 << 20)))
        children: set[int] = set()
        with contextlib.suppress(EOFError, ConnectionError):
            while True:
                _obey(control, work, children)
        for pid in list(children):
            _end(pid, children)


def _obey(control: socket.socket, work: Work, children: set[int]) -> None:
    request, descriptors, _, _ = socket.recv_fds(control, REQUEST.size, 1)
    if len(request) < REQUEST.size:
        raise EOFError
    kind, pid = REQUEST.unpack(request)
    if kind == END:
        control.sendall(REPLY.pack(_end(pid, children)))
        return
    with socket.socket(fileno=descriptors[0]) as channel:
        control.sendall(REPLY.pack(_fork(control, channel, work, children)))


def _end(pid: int, children: set[int]) -> int:
    """Kill and reap a child; its wait status tells whether it had died by itself before."""
    children.discard(pid)
    os.kill(pid, signal.SIGKILL)
    return os.waitpid(pid, 0)[1]


def _fork(control: socket.socket, channel: socket.socket, work: Work, children: set[int]) -> int:
    template = os.getpid()
    try:
        pid = os.fork()
    except OSError as error:
        return -(error.errno or 1)
    if pid == 0:
        control.close()
        child.run(channel, work, template)
    children.add(pid)
    return pid
