"""Images on the wire."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from adapters.parked import Delivery
from api.errors import Code
from api.models import Flag, Printable, RequestModel, ResponseModel
from schema.enums import ImageStatus

MAX_BULK = 500


class Failure(ResponseModel):
    """Why an image has no verdict, or not yet."""

    stage: str = Field(description="schema.enums.Stage")
    code: str
    message: str = Field(description="A sentence that a person can act on.")


class Step(ResponseModel):
    """What a pending image is doing now."""

    stage: str
    attempt: int = Field(description="1 is the first.")
    last_error: str | None


class Image(ResponseModel):
    """A picture: finished (`processed`, `failed`, `published`) or still in the pipeline."""

    id: UUID = Field(description="The same as the upload's.")
    session_id: UUID
    status: ImageStatus
    angle_deg: int | None
    shot_name: str | None
    width: int | None = Field(None, description="Pixels, upright.")
    height: int | None = Field(None, description="Pixels, upright.")
    thumb_keys: dict[str, str] = Field({}, description="S3 keys by size in pixels.")
    thumb_urls: dict[str, str] = Field({}, description="URLs by size in pixels; they expire.")
    original_url: str | None = Field(None, description="Expires.")
    qc: dict[str, Any] | None = Field(None, description="Verdicts, numbers and thresholds.")
    failure: Failure | None = None
    exif: dict[str, Any] | None = None
    hash_sha256: str | None = None
    phash: str | None = Field(None, description="16 hex digits.")
    captured_at: datetime | None = None
    uploaded_at: datetime | None = None
    processed_at: datetime | None = None
    created_at: datetime
    published_at: datetime | None = None
    published_by: UUID | None = None


class ImageDetail(Image):
    """One picture, with the step that it is in while it is pending."""

    step: Step | None = None


class ImageList(ResponseModel):
    """A session's pictures: by angle, then by time."""

    items: list[Image]
    pending_known: bool = Field(
        description="False when the pipeline does not answer: only finished pictures are listed."
    )
    people: dict[UUID, str] = Field({}, description="Names of those in `published_by`.")


class BulkPublish(RequestModel):
    """Which pictures to publish: a whole session's, or these."""

    session_id: UUID | None = None
    image_ids: Annotated[list[UUID], Field(min_length=1, max_length=MAX_BULK)] | None = None
    only_passed: Flag = Field(False, description="Leave out what QC did not pass.")

    @model_validator(mode="after")
    def one_selection(self) -> Self:
        """Exactly one of the two selections."""
        if (self.session_id is None) == (self.image_ids is None):
            raise ValueError("give either session_id or image_ids")
        return self


class PublishOutcome(StrEnum):
    """What became of one picture."""

    PUBLISHED = "published"
    ALREADY_PUBLISHED = "already_published"
    SKIPPED = "skipped"
    REFUSED = "refused"


class PublishResult(ResponseModel):
    """One picture's outcome; `code` says why it was refused."""

    image_id: UUID
    outcome: PublishOutcome
    code: Code | None = None


class BulkPublished(ResponseModel):
    """The outcome of every picture that was asked for."""

    results: list[PublishResult]
    published: int = Field(description="How many are published now that were not before.")


Reason = Annotated[
    str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True), Printable
]


class DecisionKind(StrEnum):
    """What can be decided about a parked picture."""

    RETRY = "retry"
    DISCARD = "discard"


class Retry(RequestModel):
    """Why the step should be tried again, if there is anything to say."""

    reason: Reason | None = None


class Discard(RequestModel):
    """Why the picture is given up."""

    reason: Reason


class Decided(ResponseModel):
    """A decision, and how it reached the picture's workflow."""

    image_id: UUID
    decision: DecisionKind
    delivery: Delivery = Field(
        description="`accepted`: the workflow confirmed it. `queued`: no worker answered in time;"
        " Temporal keeps it and the workflow takes it when a worker is back."
    )
