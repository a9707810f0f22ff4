"""In-memory object store and queue, held to the same contract suite as S3 and SQS.

For tests of the rooms that use the ports; they keep the real ones' awkward sides: at-least-once
delivery, receive counts, a dead-letter queue.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from adapters.errors import ObjectMissingError, ObjectTooLargeError
from adapters.ports import Message, ObjectInfo, PresignedPut, PutTerms


class MemoryObjectStore:
    """A dictionary that behaves like a bucket."""

    def __init__(self) -> None:
        self._objects: dict[str, tuple[bytes, str, datetime]] = {}

    def download(self, key: str, path: Path, max_bytes: int) -> None:
        """Write the object's bytes to `path`."""
        data, _, _ = self._get(key)
        if len(data) > max_bytes:
            raise ObjectTooLargeError(f"{len(data)} bytes")
        path.write_bytes(data)

    def put(self, key: str, data: bytes, content_type: str) -> None:
        """Store an object, replacing what was there."""
        self._objects[key] = (data, content_type, datetime.now(UTC))

    def head(self, key: str) -> ObjectInfo:
        """Size and time of an object."""
        data, _, stored_at = self._get(key)
        return ObjectInfo(len(data), stored_at, {})

    def tags(self, key: str) -> dict[str, str]:
        """An object has none: who puts here has no presigned headers."""
        self._get(key)
        return {}

    def stored(self, folder: str) -> dict[str, ObjectInfo]:
        """Size and time of every object in a folder."""
        return {key: self.head(key) for key in self._objects if key.startswith(folder)}

    def presign_put(self, terms: PutTerms, seconds: int) -> PresignedPut:
        """A URL that leads nowhere: there is no server."""
        return PresignedPut(f"memory:{terms.key}", {"Content-Type": terms.content_type})

    def presign_get(self, key: str, seconds: int) -> str:
        """A URL that leads nowhere: there is no server."""
        return f"memory:{key}"

    def _get(self, key: str) -> tuple[bytes, str, datetime]:
        try:
            return self._objects[key]
        except KeyError:
            raise ObjectMissingError(key) from None


@dataclass
class _Waiting:
    body: str
    receives: int = 0
    in_hand: bool = False


@dataclass
class MemoryQueue:
    """A queue with a dead-letter queue behind it: `dead` holds bodies received too often."""

    max_receives: int = 3
    dead: list[str] = field(default_factory=list)
    _waiting: dict[str, _Waiting] = field(default_factory=dict)
    _ids: "itertools.count[int]" = field(default_factory=itertools.count)

    def send(self, body: str) -> None:
        """Put a message on the queue."""
        self._waiting[str(next(self._ids))] = _Waiting(body)

    def is_empty(self) -> bool:
        """Whether every message was deleted or is dead."""
        return not self._waiting

    def receive(self, limit: int, wait_seconds: int) -> Sequence[Message]:
        """Up to `limit` messages. Never waits: what is not there will not come by itself."""
        taken: list[Message] = []
        for number, waiting in list(self._waiting.items()):
            if waiting.in_hand or len(taken) == limit:
                continue
            if waiting.receives == self.max_receives:
                self.dead.append(self._waiting.pop(number).body)
                continue
            waiting.receives += 1
            waiting.in_hand = True
            taken.append(Message(waiting.body, number, number, waiting.receives))
        return taken

    def delete(self, message: Message) -> None:
        """Take a handled message off the queue."""
        self._waiting.pop(message.receipt, None)

    def hide(self, message: Message, seconds: int) -> None:
        """Keep a message in hand; 0 gives it back."""
        if message.receipt in self._waiting:
            self._waiting[message.receipt].in_hand = seconds > 0
