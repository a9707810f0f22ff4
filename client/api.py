"""The calls of the REST API, typed, with retries."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Any, Self

import httpx

from client.backoff import Backoff, passes
from client.errors import refusal, unreachable
from client.models import Image, ImageList, Presigned, Published, Session, Token

_TIMEOUT = httpx.Timeout(30, connect=5)
# A live stream is never silent for longer than 15 seconds.
_STREAM_TIMEOUT = httpx.Timeout(45, connect=5)
Body = Mapping[str, Any] | Sequence[Mapping[str, Any]]


class Client:
    """The API at `url`, as whoever `token` speaks for; an async context manager.

    Every call raises Imaging360Error. Calls that do no harm twice are tried again as `backoff`
    says. `transport` replaces httpx's own, for proxies and tests; an Uploader shares it, so it
    must bear to be closed twice.
    """

    def __init__(
        self,
        url: str,
        token: str | None = None,
        *,
        backoff: Backoff | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.backoff = backoff or Backoff()
        self.transport = transport
        self.url = url
        self._http = httpx.AsyncClient(base_url=url, timeout=_TIMEOUT, transport=transport)
        if token is not None:
            self.speak_for(token)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._http.aclose()

    def speak_for(self, token: str) -> None:
        """Send this bearer token from now on."""
        self._http.headers["Authorization"] = f"Bearer {token}"

    async def enroll(
        self,
        org_id: str,
        *,
        enrollment_code: str | None = None,
        model: str = "imaging360 client",
        platform: str = "other",
        app_version: str = "1",
        device_id: str | None = None,
    ) -> Token:
        """Join an organization as a device, and speak for it from now on. Uses up a code's use."""
        said = {"org_id": org_id, "platform": platform, "model": model, "app_version": app_version}
        maybe = {"enrollment_code": enrollment_code, "device_id": device_id}
        answer = await self.post("/auth/device", said | _given(maybe), idempotent=False)
        self.speak_for(answer["access_token"])
        return Token.of_device(answer)

    async def login(self, id_token: str, *, org_id: str | None = None) -> Token:
        """Sign in with an identity token, and speak for that person from now on."""
        answer = await self.post("/auth/login", {"id_token": id_token} | _given({"org_id": org_id}))
        self.speak_for(answer["access_token"])
        return Token.of_user(answer)

    async def open_session(self, site_id: str, mode: str, **about: object) -> Session:
        """Open a session; `about` is `vin`, `stock_number`, `make`, `model`, `year`, `shot_list`.

        Not tried again when an answer was lost: there would be two.
        """
        wanted = {"site_id": site_id, "mode": mode} | _given(about)
        return Session.of(await self.post("/sessions", wanted, idempotent=False))

    async def session(self, session_id: str) -> Session:
        """One session."""
        return Session.of(await self.get(f"/sessions/{session_id}"))

    async def presign(self, session_id: str, **promise: object) -> Presigned:
        """A permission to store the file that `promise` (see POST /presign) describes."""
        return Presigned.of(await self.post("/presign", {"session_id": session_id, **promise}))

    async def images(self, session_id: str, *, etag: str | None = None) -> ImageList | None:
        """A session's pictures, finished and pending; None when still as they were at `etag`."""
        headers = {"If-None-Match": etag} if etag else {}
        query = {"session_id": session_id}
        answer = await self._call("GET", "/images", params=query, headers=headers)
        if answer.status_code == httpx.codes.NOT_MODIFIED:
            return None
        said = answer.json()
        items = tuple(Image.of(item) for item in said["items"])
        return ImageList(items, said["pending_known"], answer.headers.get("etag"))

    async def publish(self, session_id: str, *, only_passed: bool = False) -> Published:
        """Publish a session's finished pictures."""
        order = {"session_id": session_id, "only_passed": only_passed}
        return Published.of(await self.post("/images/publish", order))

    async def post(self, path: str, body: Body, *, idempotent: bool = True) -> dict[str, Any]:
        """The JSON that a POST answers."""
        answer = await self._call("POST", path, idempotent=idempotent, json=body)
        return dict(answer.json())

    async def get(self, path: str, **query: str) -> dict[str, Any]:
        """The JSON that a GET answers."""
        return dict((await self._call("GET", path, params=query)).json())

    def stream(
        self, path: str, query: Mapping[str, str]
    ) -> AbstractAsyncContextManager[httpx.Response]:
        """An answer that is read while it comes; one try, and refusals are not raised."""
        return self._http.stream("GET", path, params=query, timeout=_STREAM_TIMEOUT)

    async def _call(
        self,
        method: str,
        path: str,
        *,
        idempotent: bool = True,
        **what: Any,  # noqa: ANN401 - whatever httpx takes
    ) -> httpx.Response:
        failures = 0
        while True:
            failures += 1
            answer = await self._try(method, path, **what)
            if isinstance(answer, httpx.Response) and (
                answer.is_success or answer.status_code == httpx.codes.NOT_MODIFIED
            ):
                return answer
            if failures >= self.backoff.attempts or not passes(answer, idempotent=idempotent):
                if isinstance(answer, httpx.Response):
                    raise refusal(answer)
                raise unreachable(self._http.base_url, answer) from answer
            said = answer if isinstance(answer, httpx.Response) else None
            await asyncio.sleep(self.backoff.seconds(failures, said))

    async def _try(
        self,
        method: str,
        path: str,
        **what: Any,  # noqa: ANN401 - whatever httpx takes
    ) -> httpx.Response | httpx.TransportError:
        try:
            return await self._http.request(method, path, **what)
        except httpx.TransportError as error:
            return error


def _given(values: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in values.items() if value is not None}
