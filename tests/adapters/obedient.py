"""What the children of the isolation tests run: the argument says how to behave."""

import ctypes
import os
import signal
import time
from pathlib import Path

MEMORY = 256 * 2**20


def obey(argument: bytes) -> object:
    """Do what the first word says; the rest is its parameter."""
    word, _, rest = argument.partition(b" ")
    return _DEEDS[word.decode()](rest)


def segfault(_: bytes) -> object:
    """Read where nothing is."""
    return ctypes.string_at(0)


def hang(_: bytes) -> object:
    """Never end, and do not listen."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True:
        pass


def hog(_: bytes) -> object:
    """Take all the memory there is."""
    blocks = []
    while True:
        blocks.append(bytearray(16 * 2**20))


def say_and_wait(names: bytes) -> object:
    """Write our pid to one named pipe, then wait until somebody writes to the other."""
    mine, theirs = names.decode().split()
    Path(mine).write_text(str(os.getpid()))
    return Path(theirs).read_bytes()


def feast(_: bytes) -> object:
    """Use much memory, but less than allowed."""
    return len(bytearray(os.urandom(1)) * (MEMORY * 6 // 10)), os.getpid()


def refuse(code: bytes) -> object:
    """Raise."""
    raise Refusal(code.decode())


def unspeakable(_: bytes) -> object:
    """Answer what cannot be sent."""
    return lambda: None


class Refusal(Exception):  # noqa: N818
    """A verdict of the function itself."""


_DEEDS = {
    "echo": lambda rest: rest,
    "pid": lambda _: os.getpid(),
    "leave": lambda _: os._exit(3),
    "sleep": lambda seconds: time.sleep(float(seconds)),
    "segfault": segfault,
    "hang": hang,
    "hog": hog,
    "meet": say_and_wait,
    "feast": feast,
    "refuse": refuse,
    "unspeakable": unspeakable,
}
