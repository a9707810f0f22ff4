"""The whole path as a phone and a reviewer walk it, on real processes."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pillow_heif
import pytest
from PIL import Image

from devstack.frames import Shot
from devstack.phone import Phone
from devstack.stack import Stack
from devstack.viewer import Viewer
from tests.waiting import eventually

FINAL = {"processed", "failed", "published"}
Listed = dict[str, Any]


class Walk:
    """One capture session of one phone, and a reviewer who looks at it."""

    def __init__(self, phone: Phone, viewer: Viewer, session_id: str) -> None:
        self.phone = phone
        self.viewer = viewer
        self.session_id = session_id
        self.sent: dict[str, Shot] = {}

    async def send(self, *shots: Shot) -> None:
        """Presign and PUT, six at a time as a phone does."""
        places = asyncio.Semaphore(6)

        async def one(shot: Shot) -> None:
            async with places:
                self.sent[await self.phone.send(self.session_id, shot)] = shot

        await asyncio.gather(*(one(shot) for shot in shots))

    async def listed(self) -> dict[str, Listed]:
        """What GET /images says of the session, by id."""
        return {image["id"]: image for image in await self.viewer.images(self.session_id)}

    async def verdicts(self, *, seconds: float = 60.0) -> dict[str, Listed]:
        """Wait until every upload has a verdict."""

        async def all_final() -> bool:
            known = await self.listed()
            return set(self.sent) <= {i for i, image in known.items() if image["status"] in FINAL}

        await eventually(all_final, seconds=seconds)
        return await self.listed()


OpenWalk = Callable[[list[Shot]], Coroutine[None, None, Walk]]


@pytest.fixture
async def open_walk(running_stack: Stack) -> AsyncIterator[OpenWalk]:
    """Opens capture sessions, each of a newly enrolled device."""
    async with AsyncExitStack() as clients:
        viewer = await clients.enter_async_context(Viewer(running_stack.api.url))
        await viewer.sign_in(running_stack.oidc.issuer)

        async def opened(shots: list[Shot]) -> Walk:
            phone = await clients.enter_async_context(Phone(running_stack.api.url))
            session_id = await phone.join(running_stack.seed.demo, shots, uuid4().hex[:12])
            return Walk(phone, viewer, session_id)

        yield opened


def spin(directory: Path, count: int, *, pixels: int = 320) -> list[Shot]:
    """`count` small frames, all different, evenly round the car."""
    return [
        _written(directory / f"{number}.jpg", jpeg(pixels), 360 // count * number)
        for number in range(count)
    ]


def jpeg(pixels: int = 320) -> bytes:
    """A sharp, well exposed picture that nobody has sent before."""
    file = BytesIO()
    _picture(pixels).save(file, "JPEG", quality=90)
    return file.getvalue()


def with_a_copy_a_heic_and_a_torso(directory: Path) -> list[Shot]:
    """Six frames: 60 is a copy of 0, 120 is HEIC, 180 ends too early."""
    shots = {shot.angle_deg: shot for shot in spin(directory, 6)}
    shutil.copy(shots[0].path, shots[60].path)
    heic = directory / "2.heic"
    pillow_heif.from_pillow(_picture(320)).save(heic, quality=90)
    shots[120] = Shot(heic, "image/heic", 120)
    whole = shots[180].path.read_bytes()
    shots[180].path.write_bytes(whole[: len(whole) // 2])
    return list(shots.values())


def _picture(pixels: int) -> Image.Image:
    values = np.random.default_rng().integers(40, 200, (pixels * 3 // 4, pixels, 3), np.uint8)
    return Image.fromarray(values)


def _written(path: Path, data: bytes, angle_deg: int) -> Shot:
    path.write_bytes(data)
    return Shot(path, "image/jpeg", angle_deg)
