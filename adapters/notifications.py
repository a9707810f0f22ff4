"""What PostgreSQL tells about changes, as they are committed."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
import structlog
from sqlalchemy import make_url

CHANNEL = "imaging360_live"
_LONGEST_PAUSE = 5.0
# A server that vanished without a word is noticed by the question, not by the silence.
_OPTIONS: dict[str, Any] = {"connect_timeout": 5, "application_name": "imaging360 live"}
_log = structlog.get_logger("live")


@dataclass(frozen=True)
class Change:
    """A session, or a picture of it, was changed by a transaction that is committed now."""

    org_id: UUID
    session_id: UUID


class Notifications:
    """One connection that listens, and comes back by itself after PostgreSQL was away.

    What happens while it is away is not told later: `on_gap` is called whenever it begins to
    listen, so that whoever needs to know reads what they missed.
    """

    def __init__(
        self,
        url: str,
        *,
        on_change: Callable[[Change], None],
        on_gap: Callable[[], None],
        ask_seconds: float = 30.0,
        pause_seconds: float = 0.2,
    ) -> None:
        self._url = make_url(url).set(drivername="postgresql").render_as_string(False)
        self._on_change = on_change
        self._on_gap = on_gap
        self._ask_seconds = ask_seconds
        self._first_pause = pause_seconds
        self._pause = pause_seconds

    async def run(self) -> None:
        """Listen until cancelled."""
        while True:
            try:
                await self._listen()
            except (psycopg.Error, OSError, TimeoutError) as error:
                _log.warning("live.not_listening", error=str(error).strip().split("\n", 1)[0])
            await asyncio.sleep(self._pause)
            self._pause = min(2 * self._pause, _LONGEST_PAUSE)

    async def _listen(self) -> None:
        async with await psycopg.AsyncConnection.connect(
            self._url, autocommit=True, **_OPTIONS
        ) as connection:
            await connection.execute(f"LISTEN {CHANNEL}")
            _log.info("live.listening")
            self._pause = self._first_pause
            self._on_gap()
            while True:
                async for told in connection.notifies(timeout=self._ask_seconds):
                    self._on_change(_change(told.payload))
                async with asyncio.timeout(self._ask_seconds):
                    await connection.execute("SELECT 1")


def _change(payload: str) -> Change:
    said = json.loads(payload)
    return Change(UUID(said["org"]), UUID(said["session"]))
