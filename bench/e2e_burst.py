"""A spin as its photographer sees it: from the first upload to the thumbnails on the screen."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from uuid import uuid4

import httpx

from bench.e2e_crowd import FRAMES
from bench.e2e_photos import Photos
from bench.results import Figure
from client.photos import Shot
from devstack.phone import Phone
from devstack.stack import Stack
from devstack.viewer import Viewer

_AT_A_TIME = 6
_LOOK_EVERY = 0.1
_PATIENCE = 60.0


@dataclass(frozen=True)
class Burst:
    """Seconds from the first presign to the first thumbnail fetched, and to all 24 listed."""

    first: float
    all: float


def measure(stack: Stack, photos: Photos, rounds: int) -> list[Figure]:
    """Medians of `rounds`, after one to warm up."""
    bursts = asyncio.run(_bursts(stack, photos, rounds + 1))[1:]
    for burst in bursts:
        print(f"burst: first thumbnail {burst.first:.2f} s, all {FRAMES} {burst.all:.2f} s")
    return [
        Figure("e2e.first_thumbnail_s", median(b.first for b in bursts), "s", "<= 1"),
        Figure("e2e.spin24_s", median(b.all for b in bursts), "s", "<= 6"),
    ]


async def _bursts(stack: Stack, photos: Photos, rounds: int) -> list[Burst]:
    async with Viewer(stack.api.url) as viewer, Phone(stack.api.url) as phone:
        await viewer.sign_in(stack.oidc.issuer)
        return [await _burst(stack, phone, viewer, photos.spin(FRAMES)) for _ in range(rounds)]


async def _burst(stack: Stack, phone: Phone, viewer: Viewer, shots: Sequence[Shot]) -> Burst:
    session_id = await phone.join(stack.seed.demo, list(shots), uuid4().hex[:12])
    places = asyncio.Semaphore(_AT_A_TIME)

    async def send(shot: Shot) -> None:
        async with places:
            await phone.send(session_id, shot)

    began = time.monotonic()
    async with asyncio.TaskGroup() as group, asyncio.timeout(_PATIENCE):
        for shot in shots:
            group.create_task(send(shot))
        url = (await _finished(viewer, session_id, 1))[0]
        await asyncio.to_thread(lambda: httpx.get(url).raise_for_status())
        first = time.monotonic() - began
        await _finished(viewer, session_id, len(shots))
        return Burst(first, time.monotonic() - began)


async def _finished(viewer: Viewer, session_id: str, count: int) -> list[str]:
    """Look until so many images are listed with thumbnails; addresses of the smallest."""
    while True:
        listed = await viewer.images(session_id)
        urls = [i["thumb_urls"]["150"] for i in listed if i["status"] == "processed"]
        if len(urls) >= count:
            return urls
        await asyncio.sleep(_LOOK_EVERY)
