"""Retrying and discarding parked pictures."""

from uuid import UUID

from adapters.parked import NotParkedError
from adapters.repositories.images import ImageRepository
from adapters.repositories.people import PeopleRepository
from adapters.repositories.scope import Scope
from adapters.repositories.uploads import UploadRepository
from api.backends import Backends
from api.deps import OpenTransaction
from api.errors import ApiError, Code
from api.images.schemas import Decided, DecisionKind
from schema import contracts
from schema.contracts import Decision

_UPDATES = {DecisionKind.RETRY: contracts.RETRY, DecisionKind.DISCARD: contracts.DISCARD}


async def decide(
    image_id: UUID,
    kind: DecisionKind,
    reason: str,
    parts: Backends,
    scope: Scope,
    open_transaction: OpenTransaction,
) -> Decided:
    """Raises ApiError: 404, or 409 when the picture is not parked.

    No connection is held while Temporal is asked. The event is the workflow's to write, when it
    takes the decision: only then has it happened, and from then on it cannot be lost.
    """
    async with open_transaction() as db:
        if image_id not in await UploadRepository(db, scope).of_ids([image_id]):
            raise ApiError(Code.IMAGE_NOT_FOUND)
        if await ImageRepository(db, scope).get(image_id) is not None:
            raise ApiError(Code.IMAGE_NOT_PARKED, "The image has its verdict already.")
        actor = await PeopleRepository(db, scope).actor_name()
    decision = Decision(reason, actor, str(scope.actor_id))
    try:
        delivery = await parts.parked.decide(image_id, _UPDATES[kind], decision)
    except NotParkedError as error:
        raise ApiError(Code.IMAGE_NOT_PARKED) from error
    return Decided(image_id=image_id, decision=kind, delivery=delivery)
