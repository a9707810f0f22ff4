"""The demo's phone: what a capture app does, over real HTTP."""

from typing import Any

from client.api import Client
from client.photos import Shot
from client.upload import Uploader
from devstack.seed import Seeded

_MAX_LISTED_SHOTS = 100


class Phone(Client):
    """One enrolled device with one session."""

    def __init__(self, api_url: str) -> None:
        super().__init__(api_url)
        self._uploader = Uploader(self)

    async def __aexit__(self, *error: Any) -> None:  # noqa: ANN401 - the usual three
        await self._uploader.__aexit__(*error)
        await super().__aexit__(*error)

    async def join(self, seeded: Seeded, shots: list[Shot], stock_number: str) -> str:
        """Enrol, open a session for `shots`, give its id. Raises Imaging360Error."""
        code = seeded.enrollment_code
        await self.enroll(str(seeded.org_id), enrollment_code=code, model="Demo Phone")
        mode, shot_list = _wanted(shots)
        session = await self.open_session(
            str(seeded.site_id), mode, stock_number=stock_number, shot_list=shot_list
        )
        return session.id

    async def send(self, session_id: str, shot: Shot) -> str:
        """Presign and PUT one file; gives the id of the upload. Raises Imaging360Error, OSError."""
        return str((await self._uploader.send(session_id, shot)).upload_id)


def _wanted(shots: list[Shot]) -> tuple[str, dict[str, Any]]:
    """The session's mode and shot list: frames with angles are a spin, named shots are stills."""
    if shots[0].angle_deg is not None:
        return "studio360", {"studio360": {"frame_count": len(shots)}}
    names = [shot.shot_name for shot in shots[:_MAX_LISTED_SHOTS]]
    return "stills", {"stills": [{"name": name, "required": False} for name in names]}
