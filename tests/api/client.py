"""A client that speaks for the people and devices of an organization."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.backends import Backends
from schema.enums import Role
from tests.api.world import Org

MAX_UPLOAD_BYTES = 1000


@dataclass(frozen=True)
class Api:
    """The application over ASGI, with real backends."""

    http: httpx.AsyncClient
    backends: Backends

    def token(self, org: Org, role: Role, sites: Iterable[UUID] | None = None) -> str:
        """A token of ours, as enrolment or sign-in would issue it."""
        tokens = self.backends.tokens
        if role is Role.DEVICE:
            return tokens.for_device(org.id, org.device).value
        return tokens.for_user(
            org.id, org.users[role], role, [org.here] if sites is None else sites
        ).value

    async def call(
        self,
        method: str,
        path: str,
        *,
        of: Org | None = None,
        role: Role = Role.ADMIN,
        token: str | None = None,
        json: Any = None,  # noqa: ANN401 - whatever JSON a test sends
        headers: dict[str, str] | None = None,
        **params: Any,  # noqa: ANN401 - query parameters
    ) -> httpx.Response:
        """One request; for a role of an organization, with a token, or anonymous."""
        bearer = token or (self.token(of, role) if of else None)
        sent = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        shown = {name: str(value) for name, value in params.items()}
        return await self.http.request(
            method, path, json=json, params=shown or None, headers={**sent, **(headers or {})}
        )


class FirstWords:
    """Hangs up on a live stream after its first words: httpx reads answers of ASGI to their end."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] != "/live" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        heard = asyncio.Event()
        complete = False

        async def hang_up() -> Message:
            await heard.wait()
            return {"type": "http.disconnect"}

        async def hear(message: Message) -> None:
            nonlocal complete
            await send(message)
            if message["type"] == "http.response.body":
                complete = not message.get("more_body", False)
                heard.set()

        await self._app(scope, hang_up, hear)
        if not complete:
            await send({"type": "http.response.body", "body": b"", "more_body": False})


@asynccontextmanager
async def serve(application: FastAPI, backends: Backends) -> AsyncIterator[Api]:
    """The application on these backends; one at a time, for the application is shared."""
    application.state.backends = backends
    transport = httpx.ASGITransport(FirstWords(application))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://api.test", verify=False
    ) as http:
        yield Api(http, backends)


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The answer's problem document, checked to be one."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = answer.json()
    assert document["code"] == code, document
    assert document["status"] == status
    assert document["type"] == f"urn:imaging360:problem:{code}"
    assert document["title"]
    assert document["detail"]
    assert document["request_id"] == answer.headers["x-request-id"]
    return document


def good(answer: httpx.Response, status: int = 200) -> Any:  # noqa: ANN401 - whatever JSON came
    """The answer's JSON, checked to have this status."""
    assert answer.status_code == status, answer.text
    return answer.json()
