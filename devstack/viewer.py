"""The demo's portal: a reviewer who signs in and looks at the session."""

import asyncio
from typing import Any

from devstack.http import ApiClient
from devstack.people import PEOPLE
from devstack.sign_in import id_token

REVIEWER = next(person for person in PEOPLE if person.role == "reviewer")


class Viewer(ApiClient):
    """A signed-in reviewer. Devices may not look at images, people may."""

    token: str = ""

    async def sign_in(self, issuer: str) -> None:
        """Through the OIDC issuer, as a browser would. Raises RefusedError, httpx.HTTPError."""
        proof = await asyncio.to_thread(id_token, issuer, REVIEWER.email)
        self.token = (await self.post("/auth/login", {"id_token": proof}))["access_token"]
        self.speak_for(self.token)

    async def images(self, session_id: str) -> list[dict[str, Any]]:
        """The session's images, finished and pending. Raises RefusedError."""
        return list((await self.get("/images", session_id=session_id))["items"])
