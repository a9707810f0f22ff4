"""Server-sent events, encoded once for all who watch."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel

from api.live.schemas import End, EndReason, PendingUnknown, Removed

HEARTBEAT = b": heartbeat\n\n"
UNKNOWN_DETAIL = "The pipeline does not answer: which pictures are pending is not known now."


class Kind(StrEnum):
    """The names of the events."""

    IMAGE = "image"
    SESSION = "session"
    REMOVED = "removed"
    PENDING_UNKNOWN = "pending_unknown"
    END = "end"


@dataclass(frozen=True)
class Frame:
    """One event. `key` is what it is about: a newer one about the same makes it needless."""

    key: str
    body: bytes


def about_image(image_id: UUID, kind: Kind, document: BaseModel, moment: str) -> Frame:
    """A picture as it is now, or that it is gone."""
    return _frame(str(image_id), kind, document, moment)


def about_session(document: BaseModel, moment: str) -> Frame:
    """The session as it is now."""
    return _frame(Kind.SESSION, Kind.SESSION, document, moment)


def removed(image_id: UUID, moment: str) -> Frame:
    """A pending picture is in the list no more."""
    return about_image(image_id, Kind.REMOVED, Removed(id=image_id), moment)


def pending_unknown(moment: str) -> Frame:
    """Temporal does not answer."""
    document = PendingUnknown(detail=UNKNOWN_DETAIL)
    return _frame(Kind.PENDING_UNKNOWN, Kind.PENDING_UNKNOWN, document, moment)


def end(reason: EndReason) -> bytes:
    """The last event. It has no id: what was told before it stays the place to go on from."""
    return f"event: {Kind.END}\ndata: {End(reason=reason).model_dump_json()}\n\n".encode()


def retry(milliseconds: int) -> bytes:
    """How long a browser should wait before it comes back."""
    return f"retry: {milliseconds}\n\n".encode()


def _frame(key: str, kind: Kind, document: BaseModel, moment: str) -> Frame:
    # JSON has no line breaks of its own, so one data line holds it.
    data = document.model_dump_json(by_alias=True)
    return Frame(key, f"event: {kind}\nid: {moment}\ndata: {data}\n\n".encode())
