"""Administration on the wire."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Generic, Literal, TypeVar
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from api.models import Flag, Printable, RequestModel, ResponseModel, Whole

Name = Annotated[
    str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True), Printable
]
Email = Annotated[
    str,
    StringConstraints(
        pattern=r"^[^\s@]+@[^\s@]+$", max_length=254, to_lower=True, strip_whitespace=True
    ),
    Printable,
]
SiteIds = Annotated[list[UUID], Field(max_length=500)]
PersonRole = Literal["operator", "reviewer", "admin"]
Item = TypeVar("Item")


@dataclass(frozen=True)
class Paging:
    """Which page."""

    limit: int
    offset: int


class Page(ResponseModel, Generic[Item]):
    """A page of a list."""

    items: list[Item]
    total: int = Field(description="How many there are on all pages.")
    limit: int
    offset: int


class FromRow(ResponseModel):
    """Shown as the table has it."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class NewUser(RequestModel):
    """Somebody who may sign in with this e-mail address, once the provider verified it."""

    email: Email
    name: Annotated[str, StringConstraints(max_length=100, strip_whitespace=True), Printable] = ""
    role: PersonRole
    site_ids: SiteIds = Field(default_factory=list, description="Admins see all sites anyway.")


class ChangeUser(RequestModel):
    """What is given is changed."""

    role: PersonRole | None = None
    site_ids: SiteIds | None = Field(None, description="All of them: what is not named is taken.")
    disabled: Flag | None = None


class User(FromRow):
    """A person's account."""

    id: UUID
    email: str
    name: str
    role: PersonRole
    site_ids: list[UUID] = Field(default_factory=list)
    last_login_at: datetime | None
    disabled_at: datetime | None
    created_at: datetime


class NewSite(RequestModel):
    """A yard or a studio."""

    name: Name
    time_zone: Annotated[str, StringConstraints(min_length=1, max_length=64), Printable] = "UTC"


class Site(FromRow):
    """A place of the organization."""

    id: UUID
    name: str
    time_zone: str
    created_at: datetime


class Device(FromRow):
    """A phone or a studio's camera."""

    id: UUID
    platform: str
    model: str
    app_version: str
    last_seen_at: datetime
    revoked_at: datetime | None
    created_at: datetime


class NewCode(RequestModel):
    """What lets devices join."""

    label: Annotated[str, StringConstraints(max_length=100, strip_whitespace=True), Printable] = ""
    uses: Annotated[int, Field(ge=1, le=10_000), Whole] = Field(1, description="How many devices.")
    expires_in: Annotated[int, Field(ge=60, le=90 * 86_400), Whole] = Field(
        86_400, description="Seconds."
    )


class EnrollmentCode(FromRow):
    """A code, without the code."""

    id: UUID
    label: str
    uses_left: int
    expires_at: datetime
    created_at: datetime


class FreshCode(EnrollmentCode):
    """A code in clear: shown this once, only its hash is kept."""

    code: str
