"""POST /events."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, status
from pydantic import Discriminator, Field, Tag

from api.deps import CAPTURE, Events
from api.errors import Code, problems
from api.events import service
from api.events.schemas import MAX_EVENTS, NewEvent, StoredEvents
from api.limited import EVENTS

router = APIRouter(tags=["events"], dependencies=[CAPTURE])


def _kind(body: Any) -> str:  # noqa: ANN401 - whatever JSON came
    return "many" if isinstance(body, list) else "one"


One = Annotated[NewEvent, Tag("one")]
Many = Annotated[list[NewEvent], Field(min_length=1, max_length=MAX_EVENTS), Tag("many")]
OneOrMany = Annotated[One | Many, Discriminator(_kind), Body()]


@router.post(
    "/events",
    dependencies=[EVENTS],
    status_code=status.HTTP_201_CREATED,
    responses=problems(Code.EVENT_TYPE_RESERVED, Code.ENTITY_NOT_FOUND, Code.RATE_LIMITED),
)
async def add_events(body: OneOrMany, events: Events) -> StoredEvents:
    """Store one event or an array of up to 200, all or none.

    The actor is the token's device or person. The entities must be of the organization, and
    sessions, uploads and images of a site that the caller may see. Event types that the platform
    writes itself are refused.
    """
    return await service.add_events(body if isinstance(body, list) else [body], events)
