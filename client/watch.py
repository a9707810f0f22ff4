"""Following a session until its pictures have their verdicts."""

import asyncio
from collections.abc import AsyncIterator

from client.api import Client
from client.models import ImageList

POLL_SECONDS = 1.0


async def watch(
    client: Client, session_id: str, *, every: float = POLL_SECONDS
) -> AsyncIterator[ImageList]:
    """The session's pictures now, and again after each change; asks every `every` seconds.

    It goes on until the caller stops. Raises Imaging360Error.
    """
    statuses: dict[str, str] | None = None
    known, etag = True, None
    while True:
        listed = await client.images(session_id, etag=etag)
        if listed is not None:
            etag = listed.etag
            now = {image.id: image.status for image in listed.items}
            if statuses != now or known != listed.pending_known:
                statuses, known = now, listed.pending_known
                yield listed
        await asyncio.sleep(every)


async def verdicts(
    client: Client, session_id: str, count: int, *, every: float = POLL_SECONDS
) -> ImageList:
    """Wait until at least `count` pictures are there and every one has its verdict.

    Bound the wait with `asyncio.timeout`. Raises Imaging360Error.
    """
    async for listed in watch(client, session_id, every=every):
        if complete(listed, count):
            return listed
    raise AssertionError("watch never ends")


def complete(listed: ImageList, count: int) -> bool:
    """True when at least `count` pictures are there and each has its verdict."""
    known = listed.pending_known and len(listed.items) >= count
    return known and all(image.final for image in listed.items)
