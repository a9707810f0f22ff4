"""Retrying and discarding parked pictures, each with its event."""

from uuid import UUID

from adapters.repositories.events import EventRepository, Happening
from adapters.repositories.images import ImageRepository
from adapters.repositories.people import PeopleRepository
from adapters.repositories.scope import Scope
from adapters.repositories.uploads import UploadRepository
from api.backends import Backends
from api.deps import OpenTransaction
from api.errors import ApiError, Code
from api.images.parking import NotParkedError
from api.images.schemas import Decided, DecisionKind
from schema import contracts
from schema.contracts import Decision
from schema.enums import EntityType

_UPDATES = {DecisionKind.RETRY: contracts.RETRY, DecisionKind.DISCARD: contracts.DISCARD}
_EVENTS = {DecisionKind.RETRY: "image.retried", DecisionKind.DISCARD: "image.discarded"}


async def decide(
    image_id: UUID,
    kind: DecisionKind,
    reason: str,
    parts: Backends,
    scope: Scope,
    open_transaction: OpenTransaction,
) -> Decided:
    """Raises ApiError: 404, or 409 when the picture is not parked.

    No connection is held while Temporal is asked. The decision is in the workflow's history
    before its event is written, so nothing is lost if the database goes away in between.
    """
    async with open_transaction() as db:
        if image_id not in await UploadRepository(db, scope).of_ids([image_id]):
            raise ApiError(Code.IMAGE_NOT_FOUND)
        if await ImageRepository(db, scope).get(image_id) is not None:
            raise ApiError(Code.IMAGE_NOT_PARKED, "The image has its verdict already.")
        actor = await PeopleRepository(db, scope).actor_name()
    try:
        delivery = await parts.parked.decide(image_id, _UPDATES[kind], Decision(reason, actor))
    except NotParkedError as error:
        raise ApiError(Code.IMAGE_NOT_PARKED) from error
    said = {"reason": reason, "actor": actor, "delivery": delivery.value}
    async with open_transaction() as db:
        await EventRepository(db, scope).add(
            Happening(EntityType.IMAGE, image_id, _EVENTS[kind], said)
        )
    return Decided(image_id=image_id, decision=kind, delivery=delivery)
