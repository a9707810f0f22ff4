"""Live streams outlive what they depend on, and clients that do not read."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from adapters import postgres, temporal
from api.backends import Backends
from devstack.registry import SERVERS
from devstack.stack import Stack
from devstack.testing.databases import Database
from devstack.testing.servers import TemporalServer
from schema import migrate
from schema.enums import Role
from tests.api.client import Api
from tests.api.pipeline import Pipeline
from tests.api.streams import PACE, process
from tests.api.world import Org
from tests.waiting import eventually

_WIDTH = re.compile(rb'"width":(\d+),')


@pytest.fixture(scope="module")
def own_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A server that a test may stop, migrated."""
    stack = Stack(tmp_path_factory.mktemp("postgres"), parts=SERVERS, durable=False)
    stack.open()
    stack.start_part("postgres")
    server = stack.postgres
    migrate.upgrade(server.url("owner"))
    migrate.set_role_password(server.url("owner"), "imaging360_api", server.password("api"))
    yield stack
    stack.stop()


async def test_a_restart_of_postgresql_loses_nothing(
    backends: Backends, own_postgres: Stack, api: Api
) -> None:
    url = own_postgres.postgres.url("api")
    database = postgres.Database(own_postgres.postgres.url("owner"), pool_size=1)
    org = Org(database).found()
    session = org.session()
    first = org.image(session)
    token = api.token(org, Role.ADMIN)
    async with process(backends, url) as one, one.watch(session, token) as watch:
        assert await watch.images(1) == [(str(first), "processed")]
        await asyncio.to_thread(own_postgres.stop_part, "postgres")
        await asyncio.to_thread(own_postgres.start_part, "postgres")
        # Perhaps before the process listens again: then its reading finds it.
        second = await asyncio.to_thread(org.image, session, angle_deg=90)
        assert await watch.images(1) == [(str(second), "processed")]
        third = org.image(session, angle_deg=180)
        assert await watch.images(1) == [(str(third), "processed")]
    database.close()


class Cable:
    """A TCP proxy to Temporal that can be pulled out and put back."""

    def __init__(self, address: str) -> None:
        self._host, _, self._port = address.rpartition(":")
        self._ends: list[asyncio.StreamWriter] = []
        self.plugged = True
        self.port = 0

    async def open(self) -> asyncio.Server:
        """Listen on a free port."""
        server = await asyncio.start_server(self._join, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        return server

    def pull(self) -> None:
        """Break every connection and refuse new ones."""
        self.plugged = False
        for end in self._ends:
            end.transport.abort()
        self._ends.clear()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self.plugged:
            writer.transport.abort()
            return
        there_reader, there_writer = await asyncio.open_connection(self._host, int(self._port))
        self._ends += [writer, there_writer]
        await asyncio.gather(_pour(reader, there_writer), _pour(there_reader, writer))


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while some := await reader.read(65536):
            writer.write(some)
        writer.close()


@pytest.fixture
async def cable(temporal_server: TemporalServer) -> AsyncIterator[Cable]:
    """The way to Temporal."""
    proxy = Cable(temporal_server.address)
    async with await proxy.open():
        yield proxy
        proxy.pull()


async def test_while_temporal_is_away_the_stream_says_so(
    backends: Backends,
    module_database: Database,
    cable: Cable,
    pipeline: Pipeline,
    api: Api,
    org: Org,
) -> None:
    session = org.session()
    waiting = str(await pipeline.put(org, session))
    client = await temporal.connect(
        temporal.TemporalAccess(f"127.0.0.1:{cable.port}", "default"), lazy=True
    )
    pending = temporal.PendingImages(client, cache_seconds=0, timeout=1)
    away = replace(backends, pending=pending)
    token = api.token(org, Role.ADMIN)
    async with process(away, module_database.api) as one, one.watch(session, token) as watch:
        assert await watch.images(1) == [(waiting, "pending")]
        cable.pull()
        assert (await watch.next("pending_unknown")).data["detail"]
        finished = str(org.image(session, angle_deg=90))
        assert await watch.images(1) == [(finished, "processed")]
        async with one.watch(session, token) as late:
            assert await late.images(1) == [(finished, "processed")]
            assert (await late.next("image", "pending_unknown")).kind == "pending_unknown"
            cable.plugged = True
            assert await watch.images(1) == [(waiting, "pending")]
            assert await late.images(1) == [(waiting, "pending")]


@asynccontextmanager
async def _unread(port: int, path: str, token: str) -> AsyncIterator[asyncio.StreamReader]:
    """A client with little room that does not read until it is asked to."""
    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    narrow.setblocking(False)
    await asyncio.get_running_loop().sock_connect(narrow, ("127.0.0.1", port))
    reader, writer = await asyncio.open_connection(sock=narrow, limit=4096)
    request = f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n"
    writer.write(request.encode())
    try:
        yield reader
    finally:
        writer.transport.abort()


def _fatten(org: Org) -> None:
    """Make an event about any of the pictures some 256 kB."""
    with org.database.transaction(org.id) as transaction:
        transaction.execute(
            text("UPDATE images SET exif = jsonb_build_object('note', repeat('x', 262144))")
        )


def _turn(org: Org, image: UUID, width: int) -> None:
    with org.database.transaction(org.id) as transaction:
        change = text("UPDATE images SET width = :width WHERE id = :id")
        transaction.execute(change, {"width": width, "id": image})


async def test_a_client_that_does_not_read_gets_the_newest_only(
    backends: Backends, module_database: Database, api: Api, org: Org
) -> None:
    session = org.session()
    image = org.image(session)
    _fatten(org)
    token = api.token(org, Role.ADMIN)
    _turn(org, image, 0)
    changes = 80
    async with process(backends, module_database.api) as one:
        path = f"/live?session_id={session}"
        port = one.http.base_url.port or 0
        async with _unread(port, path, token) as lazy, one.watch(session, token) as quick:
            for width in range(1, changes + 1):
                _turn(org, image, width)
                while (await quick.next("image")).data["width"] != width:
                    pass
            seen = await _widths(lazy, changes)
    # 80 events of 256 kB are 20 MB: what fits into the sockets came, and the last.
    assert seen == sorted(set(seen))
    assert len(seen) < changes / 2


async def _widths(reader: asyncio.StreamReader, last: int) -> list[int]:
    """The widths that the client is told, up to the last."""
    seen: list[int] = []
    rest = b""
    async with asyncio.timeout(60):
        while last not in seen:
            *events, rest = (rest + await reader.read(1 << 16)).split(b"\n\n")
            seen += [int(found[1]) for one in events if (found := _WIDTH.search(one))]
    return seen


async def test_a_client_that_never_reads_is_left(
    backends: Backends, module_database: Database, api: Api, org: Org
) -> None:
    session = org.session()
    for angle in range(40):
        org.image(session, angle_deg=angle)
    _fatten(org)
    token = api.token(org, Role.ADMIN)
    pace = replace(PACE, stalled=0.5, streams=1)
    async with process(backends, module_database.api, pace) as one:
        path, port = f"/live?session_id={session}", one.http.base_url.port or 0
        async with _unread(port, path, token):

            async def is_let_in() -> bool:
                with suppress(httpx.HTTPStatusError):
                    async with one.watch(session, token):
                        return True
                return False

            async def is_refused() -> bool:
                return not await is_let_in()

            await eventually(is_refused)
            # Its place is free again, although it holds its connection.
            await eventually(is_let_in)
