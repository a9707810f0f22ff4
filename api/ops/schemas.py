"""Waiting images on the wire."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StringConstraints

from adapters.parked import ParkedImage
from api.images.schemas import Failure, ImageDetail
from api.models import RequestModel, ResponseModel, Written

MAX_PARKED = 1000
FailureCode = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.]{1,100}$")]


class Wanted(RequestModel):
    """Which waiting pictures; what is not given does not matter."""

    site_id: UUID | None = None
    session_id: UUID | None = None
    code: FailureCode | None = Field(None, description="The class of the error.")
    since: Annotated[datetime, Written] | None = Field(
        None, description="When the file had arrived; UTC without an offset."
    )
    limit: int = Field(100, ge=1, le=MAX_PARKED)


class Parked(ResponseModel):
    """A picture that a bug stopped and that waits for a person's decision."""

    image_id: UUID
    site_id: UUID
    session_id: UUID
    code: str = Field(description="The class of the error, e.g. `ZeroDivisionError`.")
    failure: Failure | None
    started_at: datetime = Field(description="When its file had arrived.")

    @classmethod
    def of(cls, image: ParkedImage) -> "Parked":
        """As the pipeline has it."""
        failure = Failure.model_validate(vars(image.failure)) if image.failure else None
        return cls(**(vars(image) | {"failure": failure}))


class ParkedList(ResponseModel):
    """The waiting pictures, the latest first."""

    items: list[Parked]
    total: int = Field(description="How many there are, listed or not.")


class ImageEvent(ResponseModel):
    """Something that happened to a picture, from the audit trail."""

    event_type: str
    actor_type: str
    actor_id: UUID | None
    payload: dict[str, Any]
    occurred_at: datetime


class ImageHistory(ResponseModel):
    """A picture and who did what to it, the latest first."""

    image: ImageDetail
    workflow_id: str
    events: list[ImageEvent]
