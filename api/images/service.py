"""Showing images: rows for the finished, workflow state for the pending."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

import structlog

from adapters.errors import TransientError
from adapters.repositories import images, uploads
from adapters.repositories.images import ImageRepository
from adapters.repositories.people import PeopleRepository
from adapters.repositories.scope import Scope
from adapters.repositories.uploads import UploadRepository
from adapters.temporal import PendingImage, PendingImages
from api.backends import Backends
from api.conditional import Conditional
from api.deps import OpenTransaction, tenant_transaction
from api.errors import ApiError, Code
from api.images import views
from api.images.schemas import Image, ImageDetail, ImageList, Step

_log = structlog.get_logger("api")


async def list_images(
    session_id: UUID, parts: Backends, scope: Scope, known: Conditional
) -> ImageList:
    """Raises ApiError (404) when the caller may not see the session.

    Raises NotModified when the client has the list: its rows are not read then.

    Temporal is asked first: an image that finishes in between is in both answers, never in
    neither. Where both know it the row wins.
    """
    pending, pending_known = await _pending_of(session_id, parts.pending)
    ids = [one.upload_id for one in pending]
    rows: Sequence[Any] | None = None
    if known.is_asked:
        state = await images.versions(parts.database, scope, session_id, ids)
    else:
        state, rows = await images.shown(parts.database, scope, session_id, ids)
    if state is None:
        raise ApiError(Code.SESSION_NOT_FOUND)
    known.stop_if_known(
        str(session_id), state, _state(pending, pending_known), str(parts.urls.window())
    )
    if rows is None:
        _, rows = await images.shown(parts.database, scope, session_id, ids)
    finished = {row.id for row in rows}
    waiting = [one for one in pending if one.upload_id not in finished]
    publishers = {row.published_by for row in rows if row.published_by}
    ids = [one.upload_id for one in waiting]
    promises = await uploads.of_ids(parts.database, scope, ids) if ids else {}
    people = await _names(publishers, parts, scope)
    items = [views.finished(row, parts.urls) for row in rows]
    items += [
        views.pending(promises[one.upload_id], one) for one in waiting if one.upload_id in promises
    ]
    items = _by_angle_then_time(items)
    return ImageList(items=items, pending_known=pending_known, people=people)


async def _names(user_ids: Collection[UUID], parts: Backends, scope: Scope) -> dict[UUID, str]:
    if not user_ids:
        return {}
    async with tenant_transaction(parts, scope) as db:
        return await PeopleRepository(db, scope).names(user_ids)


async def get_image(
    image_id: UUID, parts: Backends, scope: Scope, open_transaction: OpenTransaction
) -> ImageDetail:
    """Raises ApiError (404): no such image, or nothing has come of its upload yet."""
    async with open_transaction() as db:
        row = await ImageRepository(db, scope).get(image_id)
        if row is not None:
            return ImageDetail(**dict(views.finished(row, parts.urls)))
        promise = (await UploadRepository(db, scope).of_ids([image_id])).get(image_id)
    if promise is None:
        raise ApiError(Code.IMAGE_NOT_FOUND)
    pending = await parts.pending.of_session(promise.session_id)
    found = next((one for one in pending if one.upload_id == image_id), None)
    if found is None:
        return await _finished_meanwhile(image_id, parts, scope, open_transaction)
    step = await parts.pending.step(image_id)
    shown = Step(**vars(step)) if step else None
    return ImageDetail(**dict(views.pending(promise, found)), step=shown)


async def _finished_meanwhile(
    image_id: UUID, parts: Backends, scope: Scope, open_transaction: OpenTransaction
) -> ImageDetail:
    async with open_transaction() as db:
        row = await ImageRepository(db, scope).get(image_id)
    if row is None:
        raise ApiError(Code.IMAGE_NOT_FOUND, "Its file has not arrived yet.")
    return ImageDetail(**dict(views.finished(row, parts.urls)))


async def _pending_of(session_id: UUID, pending: PendingImages) -> tuple[list[PendingImage], bool]:
    try:
        return await pending.of_session(session_id), True
    except TransientError as error:
        _log.warning("images.pending_unknown", session_id=str(session_id), error=str(error))
        return [], False


def _state(pending: Iterable[PendingImage], known: bool) -> str:
    return repr((known, sorted(pending, key=lambda one: one.upload_id)))


def _by_angle_then_time(items: Iterable[Image]) -> list[Image]:
    def order(item: Image) -> tuple[bool, int, float, UUID]:
        angle = item.angle_deg
        return angle is None, angle or 0, item.created_at.timestamp(), item.id

    return sorted(items, key=order)
