"""Live streams over real sockets."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import uvicorn

from adapters import postgres
from api.application import create_app
from api.backends import Backends
from api.live.hub import Hub, Pace
from api.main import Server
from api.revocation import Revocations
from tests.waiting import eventually

PACE = Pace(check=0.1, look=0.05, retry=0.5)


@dataclass(frozen=True)
class Event:
    """One event as it came."""

    kind: str
    id: str | None
    data: Any

    @property
    def about(self) -> tuple[str, str]:
        """The picture's id and status; the kind, for another event."""
        return (self.data["id"], self.data["status"]) if self.kind == "image" else (self.kind, "")


@dataclass
class Watch:
    """A stream being read."""

    answer: httpx.Response
    comments: int = 0
    last_id: str | None = None
    retry: int | None = None
    _lines: AsyncIterator[str] = field(init=False)

    def __post_init__(self) -> None:
        self._lines = self.answer.aiter_lines()

    async def next(self, *kinds: str) -> Event:
        """The next event, of these kinds if any are given. TimeoutError when none comes."""
        async with asyncio.timeout(20):
            while True:
                event = await self._event()
                if not kinds or event.kind in kinds:
                    return event

    async def images(self, count: int) -> list[tuple[str, str]]:
        """Id and status of the pictures in the next `count` events about pictures."""
        return [(await self.next("image")).about for _ in range(count)]

    async def _event(self) -> Event:
        said: dict[str, str] = {}
        async for line in self._lines:
            name, _, value = line.partition(": ")
            if line.startswith(":"):
                self.comments += 1
            elif line:
                said[name] = value
            elif "event" in said:
                self.last_id = said.get("id", self.last_id)
                return Event(said["event"], said.get("id"), json.loads(said["data"]))
            elif "retry" in said:
                self.retry = int(said.pop("retry"))
        raise EOFError("the stream ended")


@dataclass(frozen=True)
class Process:
    """An API process: hub, pool and port of its own."""

    http: httpx.AsyncClient
    server: Server
    hub: Hub
    serving: asyncio.Task[None]

    @asynccontextmanager
    async def watch(
        self, session: object, token: str | None = None, *, after: str | None = None, **query: str
    ) -> AsyncIterator[Watch]:
        """Open a stream; a refusal is an HTTPStatusError."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if after is not None:
            headers["Last-Event-ID"] = after
        params = {"session_id": str(session), **query}
        async with self.http.stream("GET", "/live", params=params, headers=headers) as answer:
            if answer.is_error:
                await answer.aread()
            answer.raise_for_status()
            yield Watch(answer)


@asynccontextmanager
async def process(
    backends: Backends, database_url: str, pace: Pace = PACE
) -> AsyncIterator[Process]:
    """Serve as the door does, in this event loop."""
    database = postgres.AsyncDatabase(database_url, pool_size=5)
    hub = Hub(database, database_url, backends.pending, backends.urls, pace)
    revocations = Revocations(database, seconds=0.5)
    own = replace(backends, database=database, revocations=revocations, live=hub)

    @asynccontextmanager
    async def opened() -> AsyncIterator[Backends]:
        yield own
        await hub.close()
        await database.close()

    application = create_app(opened)
    config = uvicorn.Config(application, port=0, access_log=False, log_config=None)
    server = Server(application, config)
    serving = asyncio.create_task(server.serve())
    await eventually(lambda: server.started or serving.done())
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as http:
            yield Process(http, server, hub, serving)
    finally:
        server.should_exit = True
        await serving
