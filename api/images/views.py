"""How rows and workflow state look on the wire."""

from typing import Any

from sqlalchemy import Row

from adapters.temporal import PendingImage
from api.images.schemas import Failure, Image
from api.images.urls import SignedUrls
from schema.enums import ImageStatus
from schema.tables.capture import Upload
from schema.tables.media import Image as ImageRow


def finished(row: ImageRow | Row[Any], urls: SignedUrls) -> Image:
    """A row of images, with URLs for its objects."""
    return Image(
        id=row.id,
        session_id=row.session_id,
        status=ImageStatus(row.status),
        angle_deg=row.angle_deg,
        shot_name=row.shot_name,
        width=row.width,
        height=row.height,
        thumb_keys=row.thumb_keys,
        thumb_urls={size: urls.of(key) for size, key in row.thumb_keys.items()},
        original_url=urls.of(row.storage_key),
        qc=row.qc or None,
        failure=Failure.model_validate(row.failure) if row.failure else None,
        exif=row.exif,
        hash_sha256=row.hash_sha256,
        phash=None if row.phash is None else f"{int(row.phash, 2):016x}",
        captured_at=row.captured_at,
        uploaded_at=row.uploaded_at,
        processed_at=row.created_at,
        created_at=row.created_at,
        published_at=row.published_at,
        published_by=row.published_by,
    )


def pending(upload: Upload | Row[Any], state: PendingImage) -> Image:
    """An upload whose workflow is under way, or parked with its last failure."""
    failure = state.failure
    return Image(
        id=upload.id,
        session_id=upload.session_id,
        status=state.status,
        angle_deg=upload.angle_deg,
        shot_name=upload.shot_name,
        failure=Failure.model_validate(vars(failure)) if failure else None,
        hash_sha256=upload.sha256,
        uploaded_at=upload.arrived_at,
        created_at=state.started_at,
    )
