"""All streams of this process: one listening connection, one channel for each watched session."""

import asyncio
import math
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import Context
from dataclasses import dataclass
from uuid import UUID

from adapters.errors import TransientError
from adapters.notifications import Change, Notifications
from adapters.postgres import AsyncDatabase
from adapters.repositories.scope import Scope
from adapters.temporal import PendingImages
from api.errors import ApiError, Code
from api.images.urls import SignedUrls
from api.live.channel import Channel
from api.live.reader import Reader
from api.live.subscriber import Subscriber

# Production allows some ten list calls a second to all processes together.
_LOOKS_A_SECOND = 5


@dataclass(frozen=True)
class Pace:
    """Seconds, and how many streams a person may hold open in one process."""

    heartbeat: float = 15.0
    check: float = 5.0
    """So often a stream looks whether its token was revoked."""
    stalled: float = 30.0
    """A client that takes nothing for so long is left."""
    look: float = 1.0
    """At least so long between two looks into the pipeline, for each session."""
    retry: float = 2.0
    streams: int = 20


class Hub:
    """Brings what changes to those who watch."""

    def __init__(
        self,
        database: AsyncDatabase,
        database_url: str,
        pending: PendingImages,
        urls: SignedUrls,
        pace: Pace | None = None,
    ) -> None:
        self.pace = pace or Pace()
        self._database = database
        self._pending = pending
        self._urls = urls
        self._notifications = Notifications(
            database_url, on_change=self._changed, on_gap=self._catch_up
        )
        self._channels: dict[tuple[UUID, UUID], Channel] = {}
        self._streams: Counter[UUID] = Counter()
        self._listening: asyncio.Task[None] | None = None
        self._stopping = False

    @asynccontextmanager
    async def watching(
        self, scope: Scope, session_id: UUID, since: str | None
    ) -> AsyncIterator[tuple[Subscriber, Reader]]:
        """Bring a session's changes to a subscriber for as long as the context is open.

        Raises:
            ApiError: 404, the scope does not see the session; 429, too many streams.
            TransientError: PostgreSQL is away, or this process stops.
        """
        if self._stopping:
            raise TransientError("this process stops")
        with self._counted(scope.actor_id):
            async with self._channel(scope.org_id, session_id) as channel:
                subscriber = Subscriber()
                try:
                    await channel.join(subscriber, scope, since)
                    if self._stopping:
                        subscriber.stop()
                    yield subscriber, channel.reader
                finally:
                    channel.subscribers.discard(subscriber)

    @contextmanager
    def _counted(self, actor_id: UUID) -> Iterator[None]:
        if self._streams[actor_id] >= self.pace.streams:
            raise ApiError(
                Code.TOO_MANY_STREAMS,
                f"{self.pace.streams} live streams are open already; close one first.",
                headers={"Retry-After": str(math.ceil(self.pace.retry))},
            )
        self._streams[actor_id] += 1
        try:
            yield
        finally:
            self._streams[actor_id] -= 1
            self._streams += Counter()  # forgets those that are at zero

    @asynccontextmanager
    async def _channel(self, org_id: UUID, session_id: UUID) -> AsyncIterator[Channel]:
        """The session's channel, made for the first of its users and closed by the last."""
        if self._listening is None:
            # In a context of its own: what it logs is about no request.
            listening = self._notifications.run()
            self._listening = asyncio.create_task(listening, context=Context())
        key = (org_id, session_id)
        channel = self._channels.get(key)
        if channel is None:
            reader = Reader(self._database, self._urls, session_id)
            channel = Channel(org_id, session_id, reader, self._pending, self._look_pause)
            self._channels[key] = channel
        channel.users += 1
        try:
            yield channel
        finally:
            channel.users -= 1
            if not channel.users:
                del self._channels[key]
                await channel.close()

    def stop(self) -> None:
        """End every stream; new ones are refused."""
        self._stopping = True
        for channel in self._channels.values():
            for subscriber in channel.subscribers:
                subscriber.stop()

    async def close(self) -> None:
        """End everything."""
        self.stop()
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)
        for channel in list(self._channels.values()):
            await channel.close()

    def _changed(self, change: Change) -> None:
        channel = self._channels.get((change.org_id, change.session_id))
        if channel is not None:
            channel.poke()

    def _catch_up(self) -> None:
        for channel in self._channels.values():
            channel.poke()

    def _look_pause(self) -> float:
        return max(self.pace.look, len(self._channels) / _LOOKS_A_SECOND)
