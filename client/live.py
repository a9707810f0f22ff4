"""Following a session by its live stream."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx

from client.api import Client
from client.backoff import passes
from client.errors import Imaging360Error, refusal, unreachable
from client.models import Image, Json, Session

_FINAL = {
    "token_expired": "The token has expired; sign in again.",
    "revoked": "The token's owner may not watch any more.",
}


@dataclass(frozen=True)
class LiveEvent:
    """What happened: `kind` is `image`, `session`, `removed` or `pending_unknown`.

    `image` and `session` are there for their kind; `data` has all of it.
    """

    kind: str
    data: Json = field(repr=False)

    @property
    def image(self) -> Image | None:
        """The picture as it is now: put it in the place of the one with its id."""
        return Image.of(self.data) if self.kind == "image" else None

    @property
    def session(self) -> Session | None:
        """The session as it is now."""
        return Session.of(self.data) if self.kind == "session" else None


async def follow(client: Client, session_id: str) -> AsyncIterator[LiveEvent]:
    """All pictures of the session first, then what changes, until the caller stops.

    A stream that breaks is taken up where it was. Raises Imaging360Error when the token ends, and
    when there is no stream after as many tries as the client's backoff has.
    """
    failures, last_id = 0, ""
    while True:
        failure: httpx.Response | httpx.TransportError | None = None
        try:
            async with client.stream("/live", _query(session_id, last_id)) as answer:
                if answer.is_success:
                    async for event_id, event in _events(answer.aiter_lines()):
                        failures, last_id = 0, event_id or last_id
                        yield event
                else:
                    await answer.aread()
                    failure = answer
        except httpx.TransportError as error:
            failure = error
        failures += 1
        await _pause(client, failures, failure)


def _query(session_id: str, last_id: str) -> dict[str, str]:
    return {"session_id": session_id} | ({"last_event_id": last_id} if last_id else {})


async def _pause(
    client: Client, failures: int, failure: httpx.Response | httpx.TransportError | None
) -> None:
    """Wait before the next try, or raise what the last one said."""
    if failure is not None and (
        failures >= client.backoff.attempts or not passes(failure, idempotent=True)
    ):
        if isinstance(failure, httpx.Response):
            raise refusal(failure)
        raise unreachable(client.url, failure) from failure
    said = failure if isinstance(failure, httpx.Response) else None
    await asyncio.sleep(client.backoff.seconds(failures, said))


async def _events(lines: AsyncIterator[str]) -> AsyncIterator[tuple[str, LiveEvent]]:
    """The events with their ids, `end` excepted. Raises Imaging360Error at an end for good."""
    said: dict[str, str] = {}
    async for line in lines:
        name, _, value = line.partition(": ")
        if line:
            said[name] = value
            continue
        if "data" in said:
            event = LiveEvent(said["event"], json.loads(said["data"]))
            if event.kind == "end" and event.data["reason"] in _FINAL:
                raise Imaging360Error(event.data["reason"], _FINAL[event.data["reason"]])
            if event.kind != "end":
                yield said.get("id", ""), event
        said = {}
