"""Waiting on a condition with a deadline, and giving up early when asked to."""

import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable

from devstack.errors import Cancelled


def until(
    condition: Callable[[], bool], *, seconds: float, cancel: threading.Event, every: float = 0.05
) -> bool:
    """Poll `condition` until it holds; False after `seconds`.

    Raises Cancelled as soon as `cancel` is set.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        if cancel.wait(every):
            raise Cancelled("stopped while starting")
    return True


def http_ok(url: str, timeout: float = 2.0) -> bool:
    """True when a GET of `url` answers 200 within `timeout` seconds."""
    try:
        with urllib.request.urlopen(url, timeout=timeout) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError, ValueError):
        return False


def port_is_free(port: int, host: str = "127.0.0.1") -> bool:
    """True when nobody listens on `port`; closed connections that linger do not count."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True
