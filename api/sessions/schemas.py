"""Capture sessions on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from api.models import (
    Flag,
    Notice,
    Printable,
    RequestModel,
    ResponseModel,
    ShotName,
    Whole,
)
from schema.enums import CaptureMode, SessionStatus

Label = Annotated[
    str, StringConstraints(min_length=1, max_length=64, strip_whitespace=True), Printable
]


class Spin(RequestModel):
    """A turn round the car in equal steps."""

    frame_count: Annotated[int, Field(ge=2, le=360), Whole] = 24


class Shot(RequestModel):
    """A picture with a name of its own."""

    name: ShotName
    required: Flag = True


class ShotList(RequestModel):
    """What a session wants to have: a spin, named shots, or both."""

    studio360: Spin | None = Field(None, description="The spin, studio or walk-around.")
    stills: list[Shot] = Field(default_factory=list, max_length=100)


class CreateSession(RequestModel):
    """A session about a vehicle, which is found or created by VIN or stock number."""

    site_id: UUID
    mode: CaptureMode
    vin: (
        Annotated[
            str, StringConstraints(to_upper=True, strip_whitespace=True, max_length=32), Printable
        ]
        | None
    ) = Field(None, description="17 characters without I, O and Q.", examples=["1HGCM82633A004352"])
    stock_number: Label | None = None
    make: Label | None = None
    model: Label | None = None
    year: Annotated[int, Field(ge=1886, le=2100), Whole] | None = None
    shot_list: ShotList | None = Field(None, description="Default: by mode.")


class ChangeSession(RequestModel):
    """The status that the session should have."""

    status: SessionStatus


class Vehicle(ResponseModel):
    """The car."""

    id: UUID
    vin: str | None
    stock_number: str | None
    make: str | None
    model: str | None
    year: int | None


class Progress(ResponseModel):
    """How far a session is.

    `expected` counts the spin's frames and the required shots. An angle or shot is missing until
    a picture for it arrived that did not fail; a picture counts for the nearest frame of the spin.
    """

    expected: int
    promised: int = Field(description="Presigned uploads, re-shoots included.")
    arrived: int = Field(description="Files that reached the store, re-shoots included.")
    processed: int = Field(description="Finished images, published ones included.")
    failed: int
    published: int
    missing_angles: list[int] = Field(description="Degrees.")
    missing_shots: list[str] = Field(description="Names of required shots.")


class Session(ResponseModel):
    """A capture session with its vehicle and progress."""

    id: UUID
    site_id: UUID
    mode: CaptureMode
    status: SessionStatus
    shot_list: ShotList
    vehicle: Vehicle
    device_id: UUID | None = Field(description="The device that opened it.")
    operator_id: UUID | None = Field(description="The person who opened it.")
    site_name: str
    device_model: str | None = Field(description="Of the device that opened it.")
    operator_name: str | None = Field(description="Of the person who opened it.")
    poster_urls: dict[str, str] = Field(
        {}, description="Its best picture, by size in pixels; the URLs expire."
    )
    progress: Progress
    created_at: datetime
    completed_at: datetime | None
    warnings: list[Notice] = Field(default_factory=list)


class SessionPage(ResponseModel):
    """A page of sessions: active ones first, then the newest."""

    items: list[Session]
    total: int = Field(description="How many match the filters, on all pages.")
    limit: int
    offset: int
