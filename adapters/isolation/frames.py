"""What owner, template and children say to each other: over stream sockets, framed by length."""

import socket
import struct
import time

FORK, END = b"f", b"e"
REQUEST = struct.Struct("<cq")
"""To the template: FORK with a socket for the child, or END with the pid of one."""
REPLY = struct.Struct("<q")
"""From the template: to FORK a pid or a negative errno, to END a wait status."""
READY = b"ready"
"""A child's first frame: what goes wrong before it has nothing to do with a call."""

_LENGTH = struct.Struct("<Q")


def send_frame(channel: socket.socket, data: bytes) -> None:
    """Send a length and the bytes; raises OSError."""
    channel.sendall(_LENGTH.pack(len(data)))
    channel.sendall(data)


def receive_frame(channel: socket.socket, limit: int, deadline: float | None = None) -> bytearray:
    """Receive what `send_frame` sent.

    Raises EOFError when the other side is gone or announces more than `limit` bytes, TimeoutError
    past `deadline` (of the monotonic clock, in seconds).
    """
    (length,) = _LENGTH.unpack(receive(channel, _LENGTH.size, deadline))
    if length > limit:
        raise EOFError(f"a frame of {length} bytes")
    return receive(channel, length, deadline)


def receive(channel: socket.socket, count: int, deadline: float | None = None) -> bytearray:
    """Receive exactly so many bytes; raises as `receive_frame`."""
    data = bytearray(count)
    view, got = memoryview(data), 0
    while got < count:
        if deadline is not None:
            channel.settimeout(max(deadline - time.monotonic(), 1e-6))
        received = channel.recv_into(view[got:])
        if not received:
            raise EOFError
        got += received
    return data
