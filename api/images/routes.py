"""GET /images, GET /images/{id}, publishing and taking back."""

from uuid import UUID

from fastapi import APIRouter

from api.deps import REVIEW, VIEW, Caller, Events, Images, Later, Parts, Sessions, Uploads
from api.errors import Code, problems
from api.images import publishing, service
from api.images.schemas import BulkPublish, BulkPublished, Image, ImageDetail, ImageList

router = APIRouter(prefix="/images", tags=["images"])


@router.get("", dependencies=[VIEW], responses=problems(Code.SESSION_NOT_FOUND))
async def list_images(session_id: UUID, parts: Parts, caller: Caller, later: Later) -> ImageList:
    """A session's pictures, finished and pending in one list: by angle, then by time.

    When the pipeline does not answer, the finished ones come with `pending_known: false`.
    """
    return await service.list_images(session_id, parts, caller.scope, later)


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
