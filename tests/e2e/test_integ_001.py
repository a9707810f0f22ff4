"""INTEG-001: a whole spin within its times, over the house's network and over 3G.

The limits are the product's promises, and what the test waits at most; speed itself is measured in
`bench/`.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from client.api import Client
from client.photos import Shot
from client.upload import Uploader
from devstack.stack import Stack
from devstack.testing.link import THREE_G, over
from devstack.viewer import Viewer
from studio.spin import BLURRED_ANGLE, OVEREXPOSED_ANGLE, sample_spin
from tests.e2e.conftest import FINAL, Listed
from tests.waiting import eventually

FRAMES = 24
UPLOADED, PROCESSED, VISIBLE = 10.0, 50.0, 60.0


@pytest.fixture(scope="module")
def frames(tmp_path_factory: pytest.TempPathFactory) -> list[Shot]:
    """The sample spin as a phone sends it when the network is poor: 896 x 672."""
    folder = tmp_path_factory.mktemp("spin")
    spin = sample_spin(folder, width=896, height=672)
    return [Shot(frame.path, frame.content_type, frame.angle_deg) for frame in spin]


@asynccontextmanager
async def reviewer(stack: Stack) -> AsyncIterator[Viewer]:
    async with Viewer(stack.api.url) as viewer:
        await viewer.sign_in(stack.oidc.issuer)
        yield viewer


async def shoot(stack: Stack, phone: Client, frames: list[Shot], stock: str) -> str:
    """Enrol, open the session, upload all; gives the session."""
    seeded = stack.seed.demo
    await phone.enroll(str(seeded.org_id), enrollment_code=seeded.enrollment_code)
    spin = {"studio360": {"frame_count": FRAMES}}
    session = await phone.open_session(
        str(seeded.site_id), "studio360", stock_number=stock, shot_list=spin
    )
    async with Uploader(phone) as uploader:
        sent = await uploader.upload(session.id, frames)
    assert [outcome.error for outcome in sent] == [None] * FRAMES
    return session.id


async def all_visible(stack: Stack, session_id: str, seconds: float) -> dict[int, Listed]:
    """Wait until the portal's list has every frame with its verdict; by angle."""
    async with reviewer(stack) as viewer:
        listed: list[Listed] = []

        async def complete() -> bool:
            listed[:] = await viewer.images(session_id)
            return len(listed) == FRAMES and {i["status"] for i in listed} <= FINAL

        await eventually(complete, seconds=seconds)
        return {image["angle_deg"]: image for image in listed}


async def check(images: dict[int, Listed]) -> None:
    """None pending, all to be seen, sharp and blurred told apart."""
    assert sorted(images) == [360 // FRAMES * n for n in range(FRAMES)]
    assert {image["status"] for image in images.values()} == {"processed"}
    verdicts = {angle: image["qc"]["sharpness"] for angle, image in images.items()}
    assert verdicts[BLURRED_ANGLE] == "fail"
    assert [angle for angle, verdict in verdicts.items() if verdict == "fail"] == [BLURRED_ANGLE]
    assert images[OVEREXPOSED_ANGLE]["qc"]["exposure"] == "fail"
    async with httpx.AsyncClient() as browser:
        urls = [image["thumb_urls"]["600"] for image in images.values()]
        answers = await asyncio.gather(*(browser.get(url) for url in urls))
    assert {answer.status_code for answer in answers} == {200}


async def test_a_spin_is_there_within_a_minute(running_stack: Stack, frames: list[Shot]) -> None:
    began = time.monotonic()
    async with Client(running_stack.api.url) as phone, asyncio.timeout(UPLOADED):
        session_id = await shoot(running_stack, phone, frames, "INTEG-001")
    images = await all_visible(running_stack, session_id, PROCESSED)
    print(f"visible {time.monotonic() - began:.1f} s after the first frame was sent")
    await check(images)


async def test_a_spin_over_3g_is_there_within_a_minute_of_the_last_shutter(
    running_stack: Stack, frames: list[Shot]
) -> None:
    urls = running_stack.api.url, running_stack.s3.endpoint
    began = time.monotonic()
    async with over(THREE_G, *urls) as network, asyncio.timeout(VISIBLE):
        async with Client(running_stack.api.url, transport=network) as phone:
            session_id = await shoot(running_stack, phone, frames, "INTEG-001-3G")
        sent = time.monotonic() - began
        images = await all_visible(running_stack, session_id, VISIBLE)
    sizes = sum(shot.path.stat().st_size for shot in frames)
    seen = time.monotonic() - began
    print(f"{sizes / 1e6:.1f} MB sent in {sent:.1f} s, visible after {seen:.1f} s")
    assert sent > sizes * 8 / THREE_G.up, "faster than the link allows: it was not throttled"
    await check(images)
