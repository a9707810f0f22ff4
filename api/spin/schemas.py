"""The spin manifest on the wire."""

from enum import StrEnum
from uuid import UUID

from pydantic import Field

from api.images.schemas import Failure
from api.models import ResponseModel
from schema.enums import SessionStatus


class FrameStatus(StrEnum):
    """What there is to show at an angle; only the first two have pictures."""

    PUBLISHED = "published"
    PROCESSED = "processed"
    PENDING = "pending"
    FAILED = "failed"
    MISSING = "missing"


class Frame(ResponseModel):
    """One place of the turn, with the best picture that was taken for it."""

    index: int = Field(description="0 is the front; they go round clockwise.")
    angle_deg: int = Field(description="Where the frame belongs.")
    status: FrameStatus
    image_id: UUID | None = Field(None, description="Of the picture, or of what is wrong.")
    shot_at_deg: int | None = Field(None, description="The angle that the picture says.")
    urls: dict[str, str] = Field({}, description="By size in pixels; they expire.")
    qc: str | None = Field(None, description="The overall verdict: pass, warn or fail.")
    failure: Failure | None = None
    pending: bool = Field(False, description="A newer picture is still being processed.")
    superseded: int = Field(0, description="How many older good pictures are kept beside it.")


class FrameCounts(ResponseModel):
    """How many frames are in which state; together the total."""

    published: int = 0
    processed: int = 0
    pending: int = 0
    failed: int = 0
    missing: int = 0


class QcCounts(ResponseModel):
    """The verdicts of the frames that have a picture."""

    passed: int = Field(0, alias="pass", serialization_alias="pass")
    warn: int = 0
    fail: int = 0


class SpinManifest(ResponseModel):
    """The frames of a turn, in order, gaps included."""

    session_id: UUID
    session_status: SessionStatus
    total: int = Field(description="Frames that the shot list asks for.")
    complete: bool = Field(description="Every frame has a picture.")
    pending: bool = Field(description="Pictures are still being processed: ask again.")
    counts: FrameCounts
    gaps: list[int] = Field(description="Degrees of the frames without a picture.")
    qc: QcCounts
    frames: list[Frame]
