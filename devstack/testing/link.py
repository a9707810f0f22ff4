"""A phone's mobile link: real connections through a proxy that holds back bytes."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpcore
import httpx
from httpcore._backends.anyio import AnyIOBackend
from httpcore._backends.base import SOCKET_OPTION

_CHUNK = 4096
_IN_FLIGHT = 16
_SocketOptions = Iterable[SOCKET_OPTION]


@dataclass(frozen=True)
class Link:
    """Bits per second down and up, and the round trip in seconds."""

    down: float
    up: float
    round_trip: float


THREE_G = Link(down=1.6e6, up=750e3, round_trip=0.15)


class _Lane:
    """One direction, shared by every connection: a byte leaves when all before it have."""

    def __init__(self, bits_per_second: float, delay: float) -> None:
        self._seconds_a_byte = 8 / bits_per_second
        self._delay = delay
        self._free_at = 0.0

    async def carry(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        """Pass everything on, late; ends when the source does."""
        under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(_IN_FLIGHT)
        arriving = asyncio.create_task(_arrive(under_way, sink))
        try:
            while chunk := await source.read(_CHUNK):
                await under_way.put((self._arrival(len(chunk)), chunk))
            await under_way.put((0.0, b""))
            await arriving
        except ConnectionError:
            return
        finally:
            arriving.cancel()
            sink.close()

    def _arrival(self, size: int) -> float:
        self._free_at = max(time.monotonic(), self._free_at) + size * self._seconds_a_byte
        return self._free_at + self._delay


async def _arrive(
    under_way: asyncio.Queue[tuple[float, bytes]], sink: asyncio.StreamWriter
) -> None:
    """Hand over each chunk at its time; an empty one is the end."""
    while True:
        at, chunk = await under_way.get()
        if not chunk:
            return
        await asyncio.sleep(max(0.0, at - time.monotonic()))
        sink.write(chunk)
        await sink.drain()


class _Rerouted(httpcore.AsyncNetworkBackend):
    """Connects to the proxy of an address instead; the request and its Host stay as they are."""

    def __init__(self, proxies: dict[tuple[str, int], int]) -> None:
        self._proxies = proxies
        self._real = AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: _SocketOptions | None = None,
    ) -> httpcore.AsyncNetworkStream:
        return await self._real.connect_tcp("127.0.0.1", self._proxies[host, port], timeout)


@asynccontextmanager
async def over(link: Link, *urls: str) -> AsyncIterator[httpx.AsyncBaseTransport]:
    """A transport for httpx that reaches the servers of `urls` over one `link`, and no others."""
    up, down = _Lane(link.up, link.round_trip / 2), _Lane(link.down, link.round_trip / 2)
    async with AsyncExitStack() as opened:
        proxies = {}
        for url in urls:
            at = urlsplit(url)
            host, port = str(at.hostname), at.port or 80
            server = await _serve(host, port, up, down)
            opened.push_async_callback(_close, server)
            proxies[host, port] = server.sockets[0].getsockname()[1]
        transport = httpx.AsyncHTTPTransport()
        transport._pool = httpcore.AsyncConnectionPool(network_backend=_Rerouted(proxies))
        yield transport


async def _serve(host: str, port: int, up: _Lane, down: _Lane) -> asyncio.Server:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection(host, port)
        except OSError:
            writer.close()
            return
        await asyncio.gather(up.carry(reader, far_writer), down.carry(far_reader, writer))

    return await asyncio.start_server(connected, "127.0.0.1", 0)


async def _close(server: asyncio.Server) -> None:
    server.close()
    await server.wait_closed()
