"""The audit trail on the wire."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, Field, JsonValue, StringConstraints

from api.models import RequestModel, ResponseModel, Written
from schema.enums import EntityType

MAX_EVENTS = 200
MAX_PAYLOAD_BYTES = 4096
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
_SURROGATE = re.compile("[\ud800-\udfff]")
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)

EventType = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$", max_length=64)
]


def _storable(payload: dict[str, Any]) -> dict[str, Any]:
    # Python reads NaN and writes it; neither JSON nor PostgreSQL knows it, nor NUL in a text.
    text = json.dumps(payload, allow_nan=False, ensure_ascii=False)
    if _NUL.search(text) or _SURROGATE.search(text):
        raise ValueError("payload has a character that cannot be stored")
    if len(text.encode()) > MAX_PAYLOAD_BYTES:
        raise ValueError(f"payload is larger than {MAX_PAYLOAD_BYTES} bytes of JSON")
    return payload


def _plausible(moment: datetime) -> datetime:
    if not _EARLIEST < moment < datetime.now(UTC) + timedelta(days=1):
        raise ValueError("must be after the year 2000 and not in the future")
    return moment


class NewEvent(RequestModel):
    """Something that happened. Who did it follows from the token."""

    entity_type: EntityType
    entity_id: UUID
    event_type: EventType = Field(examples=["session.paused"])
    payload: Annotated[dict[str, JsonValue], AfterValidator(_storable)] = Field(
        default_factory=dict, description=f"Up to {MAX_PAYLOAD_BYTES} bytes of JSON."
    )
    occurred_at: Annotated[AwareDatetime, Written, AfterValidator(_plausible)] | None = Field(
        None, description="When; now, if not given."
    )


class StoredEvents(ResponseModel):
    """The ids of the stored events, in the order in which they were sent."""

    ids: list[int]
