"""Sending files: presign, PUT, and again until the store has each of them."""

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Self

import httpx

from client.api import Client
from client.backoff import passes
from client.errors import Imaging360Error, unreachable
from client.journal import Journal
from client.models import Presigned
from client.photos import Shot

AT_A_TIME = 6  # what a phone does
_TIMEOUT = httpx.Timeout(60, connect=5)
_CONFLICT = 409  # S3's word for another PUT of the same key under way


class How(StrEnum):
    """What became of a file; `KNOWN` was not even asked for, the journal has it."""

    SENT = "sent"
    STORED = "stored"
    KNOWN = "known"
    REFUSED = "refused"


@dataclass(frozen=True)
class Outcome:
    """One file's; `upload_id` unless it was refused, then `error`."""

    shot: Shot
    how: How
    upload_id: str | None = None
    error: Exception | None = None


Told = Callable[[Outcome], None]


class Uploader:
    """Sends files through `client`, `at_a_time` at once; an async context manager."""

    def __init__(self, client: Client, *, at_a_time: int = AT_A_TIME) -> None:
        self._client = client
        self._places = asyncio.Semaphore(at_a_time)
        self._store = httpx.AsyncClient(timeout=_TIMEOUT, transport=client.transport)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._store.aclose()

    async def upload(
        self,
        session_id: str,
        shots: Sequence[Shot],
        *,
        journal: Journal | None = None,
        told: Told = lambda outcome: None,
    ) -> list[Outcome]:
        """Send what the journal does not know, and say of every file what became of it.

        A file that is refused, or cannot be read, does not stop the others. `told` hears of each
        as soon as it is done. Raises OSError when the journal cannot be written.
        """

        async def one(shot: Shot) -> Outcome:
            async with self._places:
                outcome = await self._outcome(session_id, shot, journal)
            told(outcome)
            return outcome

        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(one(shot)) for shot in shots]
        except ExceptionGroup as failed:  # one is enough to know why
            raise failed.exceptions[0] from failed
        return [task.result() for task in tasks]

    async def send(self, session_id: str, shot: Shot) -> Outcome:
        """Send one file. Raises Imaging360Error, and OSError when it cannot be read.

        Every try asks for a fresh URL: the last one may have expired, and the API knows when an
        earlier try came through unnoticed.
        """
        data = await asyncio.to_thread(shot.path.read_bytes)
        promise = await asyncio.to_thread(_promise, shot, data)
        failures = 0
        while True:
            presigned = await self._client.presign(session_id, **promise)
            if presigned.url is None:
                return Outcome(shot, How.STORED, presigned.upload_id)
            answer = await self._put(presigned, data)
            if (how := _stored(answer)) is not None:
                return Outcome(shot, how, presigned.upload_id)
            failures += 1
            if failures >= self._client.backoff.attempts or not _may_pass(answer):
                raise _error(presigned.url, answer)
            said = answer if isinstance(answer, httpx.Response) else None
            await asyncio.sleep(self._client.backoff.seconds(failures, said))

    async def _outcome(self, session_id: str, shot: Shot, journal: Journal | None) -> Outcome:
        try:
            if journal is not None and (known := journal.upload_id(session_id, shot)):
                return Outcome(shot, How.KNOWN, known)
            outcome = await self.send(session_id, shot)
        except (Imaging360Error, OSError) as error:
            return Outcome(shot, How.REFUSED, error=error)
        if journal is not None and outcome.upload_id is not None:
            journal.note(session_id, shot, outcome.upload_id)
        return outcome

    async def _put(
        self, presigned: Presigned, data: bytes
    ) -> httpx.Response | httpx.TransportError:
        """The bytes, with exactly the headers that were signed."""
        try:
            return await self._store.put(
                str(presigned.url), content=data, headers=dict(presigned.headers)
            )
        except httpx.TransportError as error:
            return error


def _promise(shot: Shot, data: bytes) -> dict[str, object]:
    promise = {
        "file_name": shot.path.name,
        "content_type": shot.content_type,
        "content_sha256": hashlib.sha256(data).hexdigest(),
        "size": len(data),
        "angle_deg": shot.angle_deg,
        "shot_name": shot.shot_name,
    }
    return {name: value for name, value in promise.items() if value is not None}


def _stored(answer: httpx.Response | httpx.TransportError) -> How | None:
    """412 is the store's word that this upload is there: an earlier try came through."""
    if isinstance(answer, httpx.TransportError):
        return None
    if answer.status_code == httpx.codes.PRECONDITION_FAILED:
        return How.STORED
    return How.SENT if answer.is_success else None


def _may_pass(answer: httpx.Response | httpx.TransportError) -> bool:
    if isinstance(answer, httpx.TransportError) or passes(answer, idempotent=True):
        return True
    expired = answer.status_code in (400, 403) and "expired" in answer.text.lower()
    return expired or answer.status_code == _CONFLICT


def _error(url: str, answer: httpx.Response | httpx.TransportError) -> Imaging360Error:
    if isinstance(answer, httpx.TransportError):
        return unreachable(url, answer)
    detail = f"the store says {answer.status_code}: {answer.text[:300]}"
    return Imaging360Error("store_refused", detail, status=answer.status_code)
