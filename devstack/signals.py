"""Asking politely: Ctrl-C, SIGTERM and a closed terminal set an event instead of raising.

An exception out of a signal handler may land anywhere, also in the middle of stopping a server;
an event is looked at where stopping is safe.
"""

import queue
import signal
import threading
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopRequest:
    """`wanted` is set by the first signal."""

    def __init__(self) -> None:
        self.wanted = threading.Event()
        # A handler runs in the middle of the main thread's work, perhaps inside `wanted.wait()`
        # with its lock held: setting the event there would wait for ever. This queue may be used.
        self._received: queue.SimpleQueue[int] = queue.SimpleQueue()

    def install(self) -> None:
        """Take over the signals of this process; call it in the main thread."""
        threading.Thread(target=self._pass_on, name="signals", daemon=True).start()
        for number in _SIGNALS:
            signal.signal(number, self._handle)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        self._received.put(number)

    def _pass_on(self) -> None:
        self._received.get()
        self.wanted.set()
