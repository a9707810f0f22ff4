"""What one stream still has to send."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress

from api.live.frames import Frame


class Subscriber:
    """A queue that holds at most one event about each picture: the newest.

    A client that reads slowly gets fewer events, never old ones, and its queue cannot grow beyond
    the session. Going on from any event's id is still safe: what replaced an older event was
    written after the moment of every event that stood between them.
    """

    def __init__(self) -> None:
        self._frames: dict[str, Frame] = {}
        self._wake = asyncio.Event()
        self.stopping = False
        self.must_prove_access = False
        """The session changed in a way that may have hidden it from this reader."""

    def offer(self, frames: Iterable[Frame]) -> None:
        """Queue events; each takes the place of an older one about the same."""
        for frame in frames:
            self._frames.pop(frame.key, None)
            self._frames[frame.key] = frame
        self._wake.set()

    def stop(self) -> None:
        """End the stream as soon as it can."""
        self.stopping = True
        self._wake.set()

    async def take(self, seconds: float) -> list[Frame]:
        """What is queued; when that is nothing, what comes within the time."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        self._wake.clear()
        taken = list(self._frames.values())
        self._frames.clear()
        return taken

    def __len__(self) -> int:
        return len(self._frames)
