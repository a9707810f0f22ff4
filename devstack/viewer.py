"""The demo's portal: a reviewer who signs in and looks at the session."""

import asyncio
from typing import Any, Self

from client.api import Client
from client.backoff import Backoff
from devstack.people import PEOPLE
from devstack.sign_in import id_token

REVIEWER = next(person for person in PEOPLE if person.role == "reviewer")


class Viewer:
    """A signed-in reviewer. Devices may not look at images, people may."""

    token: str = ""

    def __init__(self, api_url: str) -> None:
        # It looks again and again anyway, and says in between why it sees nothing.
        self._client = Client(api_url, backoff=Backoff(attempts=1))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: Any) -> None:  # noqa: ANN401 - the usual three
        await self._client.__aexit__(*error)

    async def sign_in(self, issuer: str) -> None:
        """Through the OIDC issuer, as a browser would. Raises Imaging360Error, httpx.HTTPError."""
        proof = await asyncio.to_thread(id_token, issuer, REVIEWER.email)
        self.token = (await self._client.login(proof)).access_token

    async def images(self, session_id: str) -> list[dict[str, Any]]:
        """The session's images, finished and pending, as the API lists them."""
        listed = await self._client.images(session_id)
        return [dict(image.raw) for image in listed.items] if listed else []

    async def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """The JSON that a POST answers. Raises Imaging360Error."""
        return await self._client.post(path, body)
