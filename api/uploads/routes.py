"""POST /presign."""

from fastapi import APIRouter, Request

from api.deps import CAPTURE, Caller, Parts
from api.errors import Code, problems
from api.limited import PRESIGNS
from api.problems import request_id_of
from api.uploads import service
from api.uploads.schemas import Presign, PresignedUpload
from schema.origin import Origin

router = APIRouter(tags=["uploads"], dependencies=[CAPTURE])


@router.post(
    "/presign",
    dependencies=[PRESIGNS],
    responses=problems(
        Code.SLOT_REQUIRED,
        Code.SLOT_AMBIGUOUS,
        Code.FILE_TOO_LARGE,
        Code.SESSION_NOT_FOUND,
        Code.SESSION_NOT_ACTIVE,
        Code.RATE_LIMITED,
    ),
)
async def presign(body: Presign, caller: Caller, parts: Parts, request: Request) -> PresignedUpload:
    """A URL for one PUT of exactly this file, straight to the object store.

    Send the bytes with exactly the headers given, within 15 minutes. Asking again for the same
    file and place in the session gives the same upload with a fresh URL, or `stored` when it is
    there already; a PUT that the store answers with 412 says so too. Other bytes for a place that
    is taken are a new upload: a re-shoot. A spin's frames need `angle_deg`; a session takes named
    shots (`shot_name`) beside them. A session that was abandoned for its silence is active again.
    """
    origin = Origin(request_id_of(request), parts.tracing.traceparent())
    upload = await service.presign(body, caller, parts, origin)
    parts.metrics.presigned.labels(upload.status).inc()
    return upload
