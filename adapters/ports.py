"""What the inner rooms ask of the outside, as protocols. Adapters and memory fakes fulfil them."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol
from uuid import UUID

from schema.contracts import (
    DedupInput,
    ImageOutcome,
    ImageRef,
    Intervention,
    Neighbour,
    RecordInput,
)


@dataclass(frozen=True)
class ObjectInfo:
    """An object's size in bytes, when it was stored, and its user metadata."""

    size: int
    stored_at: datetime
    metadata: Mapping[str, str]


@dataclass(frozen=True)
class PresignedPut:
    """A URL that takes one PUT, with the headers that must be sent exactly."""

    url: str
    headers: Mapping[str, str]


@dataclass(frozen=True)
class PutTerms:
    """What a presigned PUT promises: the signature covers all of it.

    `sha256_hex` is lower-case hex, `size` bytes, `tags` and `metadata` plain text.
    """

    key: str
    content_type: str
    sha256_hex: str
    size: int | None
    metadata: Mapping[str, str]
    tags: Mapping[str, str]


class ObjectStore(Protocol):
    """S3, as far as we use it.

    Raises `ObjectMissingError`, `AccessRefusedError` or `TransientError`.
    """

    def download(self, key: str, path: Path, max_bytes: int) -> None:
        """Write the object's bytes to `path`; `ObjectTooLargeError` before any byte is read."""

    def put(self, key: str, data: bytes, content_type: str) -> None:
        """Store an object, replacing what was there."""

    def head(self, key: str) -> ObjectInfo:
        """What is known of an object without its bytes."""

    def tags(self, key: str) -> Mapping[str, str]:
        """The tags of an object, for which no right to read the object is needed."""

    def stored(self, folder: str) -> Mapping[str, ObjectInfo]:
        """All objects whose key begins with `folder`, by key; without their metadata."""

    def presign_put(self, terms: PutTerms, seconds: int) -> PresignedPut:
        """Allow one upload for `seconds`. Signs locally: no request is made."""

    def presign_get(self, key: str, seconds: int) -> str:
        """A URL that shows an object for `seconds`. Signs locally."""


@dataclass(frozen=True)
class Message:
    """A received message. `receives` counts deliveries, this one included; `sent_at` is when it
    was first put on the queue, seconds since 1970.
    """

    body: str
    receipt: str
    message_id: str
    receives: int
    sent_at: float | None = None


class Queue(Protocol):
    """SQS, as far as the bridge uses it. Raises `AccessRefusedError`, `TransientError`."""

    def receive(self, limit: int, wait_seconds: int) -> Sequence[Message]:
        """Up to `limit` messages (1-10), waiting up to `wait_seconds` (0-20) for the first."""

    def delete(self, message: Message) -> None:
        """Take a handled message off the queue."""

    def hide(self, message: Message, seconds: int) -> None:
        """Let nobody else receive a message in hand for `seconds` more; 0 gives it back."""


@dataclass(frozen=True)
class Promise:
    """An upload as it was presigned: trusted, unlike the object itself."""

    sha256: str
    size: int | None
    content_type: str
    storage_key: str
    session_id: UUID
    site_id: UUID
    angle_deg: int | None
    shot_name: str | None


class ImageRecords(Protocol):
    """What the worker reads and writes in the database. Raises `TransientError`."""

    def arrive(self, image: ImageRef) -> Promise | None:
        """Note that the object came; give what was promised, None when nothing was."""

    def neighbours(self, query: DedupInput, max_distance: int) -> list[Neighbour]:
        """Images alike: same slot of the same session, or another vehicle's."""

    def record(self, verdict: RecordInput) -> ImageOutcome:
        """Write the image's row unless it exists; decide exact duplicates under a lock."""


@dataclass(frozen=True)
class Author:
    """Who intervened in a workflow, as Temporal's history tells: often empty without sign-in."""

    identity: str
    reason: str = ""


class Histories(Protocol):
    """What Temporal remembers of a run. Raises `TransientError`."""

    async def author(self, workflow_id: str, run_id: str, action: str) -> Author | None:
        """Who last did this (`contracts.RETRY`, `DISCARD` or `RESET`); None when nobody did."""


class AuditTrail(Protocol):
    """Where interventions are written down. Raises `TransientError`."""

    def note(self, intervention: Intervention, identity: str) -> None:
        """Write it, once however often it is called; `identity` as Temporal has it."""


class Scratch(Protocol):
    """A bounded directory of this host, by content. Raises `TransientError` when it is full."""

    def path(self, name: str) -> Path:
        """Where `name` is or will be. The file may not exist."""

    def holds(self, name: str) -> bool:
        """Whether `name` is there, whole."""

    def read(self, name: str) -> bytes | None:
        """The bytes of `name`; None when it is not there."""

    def write(self, name: str, data: bytes) -> None:
        """Store `name` whole or not at all."""

    def adopt(self, name: str, source: Path) -> None:
        """Take over a finished file under `name`."""

    def partial(self, name: str) -> AbstractContextManager[Path]:
        """A fresh path for a file in the making, on the same disk; gone at the end."""
