"""The demo's phone: what a capture app does, over real HTTP."""

import asyncio
import hashlib
from dataclasses import dataclass
from typing import Any

import httpx

from devstack.frames import Shot
from devstack.http import ApiClient, RefusedError, reason
from devstack.seed import Seeded

_ATTEMPTS = 3
_MAX_LISTED_SHOTS = 100


@dataclass(frozen=True)
class Presigned:
    """A permission to store one file; `url` is None when it is stored already."""

    upload_id: str
    url: str | None
    headers: dict[str, str]


class Phone(ApiClient):
    """One enrolled device with one session."""

    def __init__(self, api_url: str) -> None:
        super().__init__(api_url)
        self._store = httpx.AsyncClient(timeout=httpx.Timeout(60, connect=5))

    async def __aexit__(self, *error: object) -> None:
        await self._store.aclose()
        await super().__aexit__(*error)

    async def join(self, seeded: Seeded, shots: list[Shot], stock_number: str) -> str:
        """Enrol, open a session for `shots`, give its id. Raises RefusedError."""
        device = {
            "org_id": str(seeded.org_id),
            "platform": "other",
            "model": "Demo Phone",
            "app_version": "1.0.0",
            "enrollment_code": seeded.enrollment_code,
        }
        self.speak_for((await self.post("/auth/device", device))["access_token"])
        wanted = {"site_id": str(seeded.site_id), "stock_number": stock_number}
        return str((await self.post("/sessions", wanted | _mode(shots)))["id"])

    async def send(self, session_id: str, shot: Shot) -> str:
        """Presign and PUT one file; gives the id of the upload.

        A store that does not answer gets a new presign and another try. Raises RefusedError.
        """
        data = await asyncio.to_thread(shot.path.read_bytes)
        digest = await asyncio.to_thread(lambda: hashlib.sha256(data).hexdigest())
        for left in reversed(range(_ATTEMPTS)):
            presigned = await self._presign(session_id, shot, len(data), digest)
            if presigned.url is None or await self._put(presigned, data, may_fail=left > 0):
                break
        return presigned.upload_id

    async def _presign(self, session_id: str, shot: Shot, size: int, digest: str) -> Presigned:
        promise = {
            "session_id": session_id,
            "file_name": shot.path.name,
            "content_type": shot.content_type,
            "content_sha256": digest,
            "size": size,
            "angle_deg": shot.angle_deg,
            "shot_name": shot.shot_name,
        }
        given = {name: value for name, value in promise.items() if value is not None}
        answer = await self.post("/presign", given)
        return Presigned(str(answer["upload_id"]), answer["upload_url"], answer["headers"])

    async def _put(self, presigned: Presigned, data: bytes, *, may_fail: bool) -> bool:
        """Send the bytes with exactly the headers that were signed. True when they are stored."""
        try:
            answer = await self._store.put(
                str(presigned.url), content=data, headers=presigned.headers
            )
        except httpx.TransportError as error:
            if may_fail:
                return False
            raise RefusedError(f"the store does not answer: {error!r}") from error
        # 412 is the store's word that this upload is there: an earlier try came through unnoticed.
        if answer.status_code in (200, 412):
            return True
        if may_fail and answer.status_code >= 500:
            return False
        raise RefusedError(f"the store says {answer.status_code}: {reason(answer)}")


def _mode(shots: list[Shot]) -> dict[str, Any]:
    """Frames with angles are a studio spin, named shots are stills."""
    if shots[0].angle_deg is not None:
        return {"mode": "studio360", "shot_list": {"studio360": {"frame_count": len(shots)}}}
    names = [shot.shot_name for shot in shots[:_MAX_LISTED_SHOTS]]
    return {
        "mode": "stills",
        "shot_list": {"stills": [{"name": name, "required": False} for name in names]},
    }
