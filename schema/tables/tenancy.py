"""Who owns what and who may do what: organizations, sites, people, devices."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from schema.enums import Platform, Role
from schema.tables.base import Row, one_of, optional_time_field, time_field


class Organization(Row, table=True):
    """A tenant. Its id is what row-level security compares."""

    __tablename__ = "organizations"

    name: str


class Site(Row, table=True):
    """A place of an organization: a yard, a studio."""

    __tablename__ = "sites"
    __table_args__ = (UniqueConstraint("org_id", "id"), UniqueConstraint("org_id", "name"))

    org_id: UUID = Field(foreign_key="organizations.id", index=True)
    name: str
    time_zone: str = "UTC"


class User(Row, table=True):
    """A person. `issuer` and `subject` are bound at the first sign-in, by verified e-mail."""

    __tablename__ = "users"
    __table_args__ = (
        UniqueConstraint("org_id", "id"),
        UniqueConstraint("org_id", "email"),
        UniqueConstraint("org_id", "issuer", "subject"),
        one_of("role", [role for role in Role if role is not Role.DEVICE]),
        CheckConstraint("email = lower(email)", name="email"),
    )

    org_id: UUID = Field(foreign_key="organizations.id", index=True)
    email: str = Field(index=True, description="lower case")
    name: str = ""
    role: str = Field(description="schema.enums.Role, never device")
    issuer: str | None = None
    subject: str | None = None
    last_login_at: datetime | None = optional_time_field()
    disabled_at: datetime | None = optional_time_field()


class UserSiteAccess(SQLModel, table=True):
    """The sites that an operator or reviewer may see; admins see all of the organization."""

    __tablename__ = "user_site_access"
    __table_args__ = (
        ForeignKeyConstraint(["org_id", "user_id"], ["users.org_id", "users.id"]),
        ForeignKeyConstraint(["org_id", "site_id"], ["sites.org_id", "sites.id"]),
    )

    org_id: UUID = Field(foreign_key="organizations.id", index=True)
    user_id: UUID = Field(primary_key=True)
    site_id: UUID = Field(primary_key=True)


class EnrollmentCode(Row, table=True):
    """What lets a device join. Only the SHA-256 of the code is kept."""

    __tablename__ = "enrollment_codes"
    __table_args__ = (
        UniqueConstraint("org_id", "code_sha256"),
        CheckConstraint("uses_left >= 0", name="uses_left"),
    )

    org_id: UUID = Field(foreign_key="organizations.id", index=True)
    code_sha256: str = Field(description="lower-case hex")
    label: str = ""
    uses_left: int
    expires_at: datetime = time_field()


class Device(Row, table=True):
    """An enrolled phone or studio camera."""

    __tablename__ = "devices"
    __table_args__ = (UniqueConstraint("org_id", "id"), one_of("platform", Platform))

    org_id: UUID = Field(foreign_key="organizations.id", index=True)
    platform: str = Field(description="schema.enums.Platform")
    model: str
    app_version: str
    last_seen_at: datetime = time_field()
    revoked_at: datetime | None = optional_time_field()
