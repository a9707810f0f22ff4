"""One stream: what its subscriber is offered, heartbeats, and the reason why it ends."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from starlette.responses import StreamingResponse
from starlette.types import Message, Receive, Send
from starlette.types import Scope as Connection

from adapters.errors import TransientError
from api.errors import ApiError
from api.live import frames
from api.live.hub import Pace
from api.live.reader import Reader
from api.live.schemas import EndReason
from api.live.subscriber import Subscriber
from api.principal import Principal
from api.revocation import Revocations

_AT_ONCE = 20
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
_log = structlog.get_logger("live")


@dataclass(frozen=True)
class Stream:
    """The events for one principal."""

    subscriber: Subscriber
    reader: Reader
    principal: Principal
    revocations: Revocations
    pace: Pace

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Encoded events, until the server has a reason to end."""
        yield frames.retry(round(self.pace.retry * 1000))
        silent_since = time.monotonic()
        while (reason := await self._over()) is None:
            news = await self.subscriber.take(self._patience(silent_since))
            for start in range(0, len(news), _AT_ONCE):
                yield b"".join(frame.body for frame in news[start : start + _AT_ONCE])
            if not news and time.monotonic() - silent_since >= self.pace.heartbeat:
                yield frames.HEARTBEAT
            elif not news:
                continue
            silent_since = time.monotonic()
        yield frames.end(reason)

    def _patience(self, silent_since: float) -> float:
        heartbeat = silent_since + self.pace.heartbeat - time.monotonic()
        return max(0.0, min(heartbeat, self.pace.check, self._seconds_left()))

    def _seconds_left(self) -> float:
        return (self.principal.expires_at - datetime.now(UTC)).total_seconds()

    async def _over(self) -> EndReason | None:
        if self.subscriber.stopping:
            return EndReason.SERVER_STOPPING
        if self._seconds_left() <= 0:
            return EndReason.TOKEN_EXPIRED
        try:
            return None if await self._may_go_on() else EndReason.REVOKED
        except TransientError:
            # Nothing is read either while the database is away; the next look tells.
            return None

    async def _may_go_on(self) -> bool:
        try:
            await self.revocations.check(self.principal.scope)
        except ApiError:
            return False
        if not self.subscriber.must_prove_access:
            return True
        sees = await self.reader.sees(self.principal.scope)
        self.subscriber.must_prove_access = False
        return sees


class LiveResponse(StreamingResponse):
    """Sends a stream; leaves a client that takes nothing for too long."""

    media_type = "text/event-stream"

    def __init__(self, stream: Stream) -> None:
        super().__init__(aiter(stream), headers=_HEADERS)
        self._stalled = stream.pace.stalled

    async def __call__(self, scope: Connection, receive: Receive, send: Send) -> None:
        """Send until the stream ends, the client is gone or stalls."""

        async def send_in_time(message: Message) -> None:
            async with asyncio.timeout(self._stalled):
                await send(message)

        try:
            await super().__call__(scope, receive, send_in_time)
        except TimeoutError:
            _log.info("live.stalled", path=scope["path"])
