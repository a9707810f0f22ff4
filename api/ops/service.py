"""Waiting images from Temporal, their history from the audit trail."""

from datetime import UTC
from uuid import UUID

from adapters.parked import ParkedQuery
from adapters.repositories.events import EventRepository
from adapters.repositories.scope import Scope
from api.backends import Backends
from api.deps import OpenTransaction
from api.images import service as images
from api.ops.schemas import ImageEvent, ImageHistory, Parked, ParkedList, Wanted
from schema import contracts
from schema.enums import EntityType


async def list_parked(wanted: Wanted, parts: Backends, scope: Scope) -> ParkedList:
    """Those of the scope's organization, whatever else is asked for."""
    since = wanted.since
    if since is not None and since.tzinfo is None:
        since = since.replace(tzinfo=UTC)
    place = (wanted.site_id, wanted.session_id)
    query = ParkedQuery(scope.org_id, *place, wanted.code, since)
    found = await parts.parked.find(query, wanted.limit)
    total = len(found) if len(found) < wanted.limit else await parts.parked.count(query)
    return ParkedList(items=[Parked.of(one) for one in found], total=total)


async def get_history(
    image_id: UUID, parts: Backends, scope: Scope, open_transaction: OpenTransaction
) -> ImageHistory:
    """Raises ApiError (404)."""
    image = await images.get_image(image_id, parts, scope, open_transaction)
    async with open_transaction() as db:
        rows = await EventRepository(db, scope).of_entity(EntityType.IMAGE, image_id)
    return ImageHistory(
        image=image,
        workflow_id=contracts.workflow_id(str(image_id)),
        events=[
            ImageEvent(**{name: getattr(row, name) for name in ImageEvent.model_fields})
            for row in rows
        ],
    )
