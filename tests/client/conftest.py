"""A network with weather between the client and the real stack."""

from collections import deque
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from uuid import uuid4

import httpx
import numpy as np
import pytest
from PIL import Image

from client.api import Client
from client.backoff import Backoff
from client.models import Session
from devstack.stack import Stack

Fault = Callable[[httpx.Request], httpx.Response | None]


class Weather(httpx.AsyncBaseTransport):
    """Passes requests on to real servers, but for those that `plan` has a fault for.

    A fault is used up by one request with its method and path's beginning. `lost` requests reach
    the server, and their answer gets lost. `puts` counts what really reached the store.
    """

    def __init__(self) -> None:
        self._real = httpx.AsyncHTTPTransport()
        self.plan: deque[tuple[str, Fault]] = deque()
        self.lost: deque[str] = deque()
        self.puts = 0
        self.requests: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if self.plan and self.plan[0][0] == request.method:
            _, fault = self.plan.popleft()
            if (answer := fault(request)) is not None:
                return answer
        self.puts += request.method == "PUT"
        real = await self._real.handle_async_request(request)
        if self.lost and self.lost[0] == request.method:
            self.lost.popleft()
            await real.aread()
            await real.aclose()
            raise httpx.ReadError("the answer got lost", request=request)
        return real

    async def aclose(self) -> None:
        """Clients share it, so it outlives each of them."""


def unplugged(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("unplugged", request=request)


def says(status: int, text: str = "", **headers: str) -> Fault:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda request: httpx.Response(status, text=text, headers=named, request=request)


@pytest.fixture
def weather() -> Weather:
    return Weather()


@pytest.fixture
async def client(running_stack: Stack, weather: Weather) -> AsyncIterator[Client]:
    """An enrolled device whose waits are short."""
    seeded = running_stack.seed.demo
    backoff = Backoff(attempts=4, first=0.01, longest=0.05)
    async with Client(running_stack.api.url, backoff=backoff, transport=weather) as made:
        await made.enroll(str(seeded.org_id), enrollment_code=seeded.enrollment_code)
        yield made


@pytest.fixture
async def session(client: Client, running_stack: Stack) -> Session:
    """A session of a spin with four frames."""
    site, shots = str(running_stack.seed.demo.site_id), {"studio360": {"frame_count": 4}}
    stock = uuid4().hex[:12]
    return await client.open_session(site, "studio360", stock_number=stock, shot_list=shots)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Four photos that nobody has sent before."""
    directory = tmp_path / "photos"
    directory.mkdir()
    for number in range(4):
        pixels = np.random.default_rng().integers(40, 200, (240, 320, 3), np.uint8)
        Image.fromarray(pixels).save(directory / f"{number}.jpg", quality=90)
    return directory
