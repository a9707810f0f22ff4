"""Photographers who walk at their own pace and send each frame until the store has it."""

import asyncio
import hashlib
import random
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

from chaos.plan import Pace, Size
from chaos.tenants import Tenant
from client.api import Client
from client.backoff import Backoff
from client.photos import Shot
from client.upload import How, Uploader

# Longer than any part is down.
_PATIENCE = Backoff(attempts=200, first=0.2, longest=2.0)


@dataclass(frozen=True)
class Told:
    """A frame of which a client knows that it is stored: by S3's own 200, or by being told so."""

    upload_id: str
    org_id: str
    session_id: str
    angle_deg: int
    sha256: str
    how: How


@dataclass(frozen=True)
class Crowd:
    """`size.sessions` phones, dealt out over the tenants; `folder` takes their photos."""

    url: str
    tenants: list[Tenant]
    size: Size
    seed: int
    folder: Path

    async def walk(self, pace: Pace) -> list[Told]:
        """Everybody uploads everything; returns when each frame is known to be stored."""
        walks = [self._one(number, pace) for number in range(self.size.sessions)]
        return [told for each in await asyncio.gather(*walks) for told in each]

    async def _one(self, number: int, pace: Pace) -> list[Told]:
        tenant = self.tenants[number % len(self.tenants)]
        dice = random.Random(f"{self.seed}/{number}")
        async with Client(self.url, backoff=_PATIENCE) as client, Uploader(client) as uploader:
            await client.enroll(str(tenant.org_id), enrollment_code=tenant.enrollment_code)
            session = await client.open_session(
                str(tenant.site_id),
                "studio360",
                stock_number=f"CHAOS-{self.seed}-{number}",
                shot_list={"studio360": {"frame_count": self.size.frames}},
            )
            sent = [
                self._frame(uploader, session.id, f"{number}-{frame}", frame, pace, dice.random())
                for frame in range(self.size.frames)
            ]
            return [
                Told(upload_id, str(tenant.org_id), session.id, angle, sha256, how)
                for upload_id, angle, sha256, how in await asyncio.gather(*sent)
            ]

    async def _frame(
        self, uploader: Uploader, session_id: str, name: str, frame: int, pace: Pace, jitter: float
    ) -> tuple[str, int, str, How]:
        """Wait for the frame's moment, take it, send it."""
        await pace.reach((frame + jitter) / self.size.frames)
        await asyncio.sleep(jitter * self.size.seconds_a_fault)
        path = self.folder / f"{name}.jpg"
        data = await asyncio.to_thread(_photo, self.size.pixels)
        path.write_bytes(data)
        angle = round(360 / self.size.frames * frame)
        shot = Shot(path, "image/jpeg", angle_deg=angle)
        sent = await uploader.send(session_id, shot)
        assert sent.upload_id is not None, "only a refused file has none, and that is raised"
        return sent.upload_id, angle, hashlib.sha256(data).hexdigest(), sent.how


def _photo(pixels: int) -> bytes:
    """A sharp picture that nobody has sent before, 4:3."""
    dice = np.random.default_rng()
    coarse = dice.integers(40, 200, (pixels * 3 // 32, pixels // 8, 3), np.uint8)
    file = BytesIO()
    picture = Image.fromarray(coarse).resize((pixels, pixels * 3 // 4), Image.Resampling.NEAREST)
    picture.save(file, "JPEG", quality=85)
    return file.getvalue()
