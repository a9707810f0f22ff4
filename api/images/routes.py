"""GET /images, GET /images/{id}, publishing and taking back."""

from uuid import UUID

from fastapi import APIRouter, Response

from api.conditional import CONDITIONAL, Known, NotModified
from api.deps import (
    ADMINISTER,
    REVIEW,
    VIEW,
    Caller,
    Events,
    Images,
    Later,
    Parts,
    Sessions,
    Uploads,
)
from api.errors import Code, problems
from api.images import decisions, publishing, service
from api.images.schemas import (
    BulkPublish,
    BulkPublished,
    Decided,
    DecisionKind,
    Discard,
    Image,
    ImageDetail,
    ImageList,
    Retry,
)

router = APIRouter(prefix="/images", tags=["images"])


@router.get(
    "",
    dependencies=[VIEW],
    response_model=ImageList,
    responses={**problems(Code.SESSION_NOT_FOUND), **CONDITIONAL},
)
async def list_images(
    session_id: UUID, parts: Parts, caller: Caller, known: Known
) -> ImageList | Response:
    """A session's pictures, finished and pending in one list: by angle, then by time.

    When the pipeline does not answer, the finished ones come with `pending_known: false`. With
    `If-None-Match` an unchanged list is a cheap 304; the URLs of the kept one are still good then.
    """
    try:
        return await service.list_images(session_id, parts, caller.scope, known)
    except NotModified as unchanged:
        # The way to the application's handler takes as long as finding out.
        return unchanged.response()


@router.get("/{image_id}", dependencies=[REVIEW], responses=problems(Code.IMAGE_NOT_FOUND))
async def get_image(image_id: UUID, parts: Parts, caller: Caller, later: Later) -> ImageDetail:
    """One picture; while it is pending, with the step that it is in and the last error."""
    return await service.get_image(image_id, parts, caller.scope, later)


@router.post("/publish", dependencies=[REVIEW], responses=problems(Code.SESSION_NOT_FOUND))
async def publish_images(
    body: BulkPublish, sessions: Sessions, images: Images, uploads: Uploads, events: Events
) -> BulkPublished:
    """Publish a session's finished pictures, or those listed, and say what became of each."""
    return await publishing.publish_many(body, sessions, images, uploads, events)


@router.post(
    "/{image_id}/publish",
    dependencies=[REVIEW],
    responses=problems(Code.IMAGE_NOT_FOUND, Code.IMAGE_FAILED, Code.IMAGE_PENDING),
)
async def publish_image(
    image_id: UUID, parts: Parts, images: Images, uploads: Uploads, events: Events
) -> Image:
    """Publish a picture. One that is published already stays as it is."""
    return await publishing.publish(image_id, parts.urls, images, uploads, events)


@router.delete(
    "/{image_id}/publish",
    dependencies=[REVIEW],
    responses=problems(Code.IMAGE_NOT_FOUND, Code.IMAGE_PENDING),
)
async def unpublish_image(
    image_id: UUID, parts: Parts, images: Images, uploads: Uploads, events: Events
) -> Image:
    """Take a picture back. One that is not published stays as it is."""
    return await publishing.unpublish(image_id, parts.urls, images, uploads, events)


@router.post(
    "/{image_id}/retry",
    dependencies=[ADMINISTER],
    responses=problems(Code.IMAGE_NOT_FOUND, Code.IMAGE_NOT_PARKED),
)
async def retry_image(
    image_id: UUID, parts: Parts, caller: Caller, later: Later, body: Retry | None = None
) -> Decided:
    """Try a parked picture's step again, now. Nothing needs to be sent again.

    The answer says whether the workflow confirmed it (`accepted`) or will take it as soon as a
    worker is back (`queued`).
    """
    reason = (body.reason if body else None) or ""
    return await decisions.decide(image_id, DecisionKind.RETRY, reason, parts, caller.scope, later)


@router.post(
    "/{image_id}/discard",
    dependencies=[ADMINISTER],
    responses=problems(Code.IMAGE_NOT_FOUND, Code.IMAGE_NOT_PARKED),
)
async def discard_image(
    image_id: UUID, body: Discard, parts: Parts, caller: Caller, later: Later
) -> Decided:
    """Give a parked picture up: it becomes `failed`, with the reason and who decided.

    As with a retry, the answer says whether the workflow confirmed it.
    """
    kind = DecisionKind.DISCARD
    return await decisions.decide(image_id, kind, body.reason, parts, caller.scope, later)
