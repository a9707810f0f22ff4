"""Presigning on the wire."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from api.models import AngleDeg, Printable, RequestModel, ResponseModel, Sha256, ShotName, Whole
from schema.enums import UploadContentType


class Presign(RequestModel):
    """A file that a device is about to send, and its place in the session."""

    session_id: UUID
    file_name: Annotated[str, StringConstraints(min_length=1, max_length=255), Printable]
    content_type: UploadContentType
    content_sha256: Sha256 = Field(description="SHA-256 of the file, 64 hex digits.")
    size: Annotated[int, Field(ge=0, le=5 * 2**30), Whole] | None = Field(
        None, description="Bytes; signed as Content-Length when given."
    )
    angle_deg: AngleDeg | None = None
    shot_name: ShotName | None = None


class UploadStatus(StrEnum):
    """Whether there is anything to do."""

    SEND = "send"
    STORED = "stored"


class PresignedUpload(ResponseModel):
    """Where to PUT the file, with exactly these headers.

    With status `stored` the file is there already: there is nothing to send, no URL, no headers.
    """

    upload_id: UUID = Field(description="Also the id of the image that will come of it.")
    status: UploadStatus
    method: Literal["PUT"] = "PUT"
    upload_url: str | None
    headers: dict[str, str]
    storage_key: str
    expires_at: datetime | None
