"""Publishing pictures and taking them back, each with its event."""

from collections.abc import Sequence
from uuid import UUID

from adapters.repositories.events import EventRepository, Happening
from adapters.repositories.images import ImageRepository
from adapters.repositories.sessions import SessionRepository
from adapters.repositories.uploads import UploadRepository
from api.errors import ApiError, Code
from api.images import views
from api.images.schemas import BulkPublish, BulkPublished, Image, PublishOutcome, PublishResult
from api.images.urls import SignedUrls
from schema.enums import EntityType, ImageStatus
from schema.tables.media import Image as ImageRow


async def publish(
    image_id: UUID,
    urls: SignedUrls,
    images: ImageRepository,
    uploads: UploadRepository,
    events: EventRepository,
) -> Image:
    """Raises ApiError: 404, or 409 for a failed or pending picture."""
    changed = await images.publish([image_id])
    row = await _row(image_id, images, uploads)
    if row.status == ImageStatus.FAILED:
        raise ApiError(Code.IMAGE_FAILED, "A failed image cannot be published; take it again.")
    if changed:
        await events.add(_event(image_id, "image.published"))
    return views.finished(row, urls)


async def unpublish(
    image_id: UUID,
    urls: SignedUrls,
    images: ImageRepository,
    uploads: UploadRepository,
    events: EventRepository,
) -> Image:
    """Raises ApiError: 404, or 409 for a pending picture."""
    changed = await images.unpublish(image_id)
    row = await _row(image_id, images, uploads)
    if changed:
        await events.add(_event(image_id, "image.unpublished"))
    return views.finished(row, urls)


async def publish_many(
    body: BulkPublish,
    sessions: SessionRepository,
    images: ImageRepository,
    uploads: UploadRepository,
    events: EventRepository,
) -> BulkPublished:
    """Raises ApiError (404) for a session that the caller may not see."""
    rows = await _chosen(body, sessions, images)
    wanted = [row.id for row in rows if not body.only_passed or _passed(row)]
    changed = await images.publish(wanted)
    await events.add(*(_event(image_id, "image.published") for image_id in sorted(changed)))
    known = {row.id for row in rows}
    results = [_result(row, changed, set(wanted)) for row in rows]
    missing = [key for key in dict.fromkeys(body.image_ids or ()) if key not in known]
    return BulkPublished(
        results=results + await _not_there(missing, uploads), published=len(changed)
    )


async def _not_there(image_ids: list[UUID], uploads: UploadRepository) -> list[PublishResult]:
    pending = await uploads.of_ids(image_ids) if image_ids else {}
    return [
        PublishResult(
            image_id=image_id,
            outcome=PublishOutcome.REFUSED,
            code=Code.IMAGE_PENDING if image_id in pending else Code.IMAGE_NOT_FOUND,
        )
        for image_id in image_ids
    ]


async def _chosen(
    body: BulkPublish, sessions: SessionRepository, images: ImageRepository
) -> Sequence[ImageRow]:
    if body.session_id is None:
        return await images.of_ids(body.image_ids or [])
    if not await sessions.exists(body.session_id):
        raise ApiError(Code.SESSION_NOT_FOUND)
    return await images.of_session(body.session_id)


def _result(row: ImageRow, changed: set[UUID], wanted: set[UUID]) -> PublishResult:
    outcome, code = PublishOutcome.REFUSED, None
    if row.id in changed:
        outcome = PublishOutcome.PUBLISHED
    elif row.status == ImageStatus.FAILED:
        code = Code.IMAGE_FAILED
    elif row.status == ImageStatus.PUBLISHED or row.id in wanted:
        # Also when somebody else published it between our two statements.
        outcome = PublishOutcome.ALREADY_PUBLISHED
    else:
        outcome = PublishOutcome.SKIPPED
    return PublishResult(image_id=row.id, outcome=outcome, code=code)


def _passed(row: ImageRow) -> bool:
    return row.qc.get("overall") == "pass"


async def _row(image_id: UUID, images: ImageRepository, uploads: UploadRepository) -> ImageRow:
    row = await images.get(image_id)
    if row is not None:
        return row
    if image_id in await uploads.of_ids([image_id]):
        raise ApiError(Code.IMAGE_PENDING)
    raise ApiError(Code.IMAGE_NOT_FOUND)


def _event(image_id: UUID, kind: str) -> Happening:
    return Happening(EntityType.IMAGE, image_id, kind)
