"""Storing what clients tell."""

from collections.abc import Sequence

from adapters.repositories.events import EventRepository, Happening
from api.errors import ApiError, Code, FieldError
from api.events.schemas import NewEvent, StoredEvents

# Written by the platform in the transaction of the deed itself: nobody else may claim them.
RESERVED = frozenset(
    {
        "device.enrolled",
        "device.reenrolled",
        "device.revoked",
        "enrollment_code.created",
        "enrollment_code.expired",
        "image.discarded",
        "image.failed",
        "image.processed",
        "image.published",
        "image.retried",
        "image.unpublished",
        "session.abandoned",
        "session.completed",
        "session.created",
        "session.resumed",
        "site.created",
        "user.bound",
        "user.changed",
        "user.created",
    }
)


async def add_events(events: Sequence[NewEvent], repository: EventRepository) -> StoredEvents:
    """Raises ApiError: a reserved type, or an entity that the caller may not see."""
    reserved = [event.event_type in RESERVED for event in events]
    if any(reserved):
        raise ApiError(
            Code.EVENT_TYPE_RESERVED,
            errors=_at(reserved, "event_type", "written by the platform", "reserved"),
        )
    unknown = await repository.unknown([(event.entity_type, event.entity_id) for event in events])
    if unknown:
        missing = [(event.entity_type, event.entity_id) in unknown for event in events]
        raise ApiError(
            Code.ENTITY_NOT_FOUND,
            errors=_at(missing, "entity_id", "there is no such entity", "not_found"),
        )
    return StoredEvents(ids=await repository.add(*map(_happening, events)))


def _happening(event: NewEvent) -> Happening:
    return Happening(
        entity_type=event.entity_type,
        entity_id=event.entity_id,
        event_type=event.event_type,
        payload=dict(event.payload),
        occurred_at=event.occurred_at,
    )


def _at(wrong: Sequence[bool], member: str, message: str, kind: str) -> list[FieldError]:
    return [
        FieldError(field=f"body.{number}.{member}", message=message, type=kind)
        for number, is_wrong in enumerate(wrong)
        if is_wrong
    ]
