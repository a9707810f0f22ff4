"""What is photographed and what was promised: vehicles, sessions, uploads."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from schema.enums import CaptureMode, SessionStatus, UploadContentType
from schema.tables.base import (
    Row,
    a_slot,
    due_time_field,
    json_field,
    one_of,
    optional_time_field,
    time_field,
)


class Vehicle(Row, table=True):
    """A car of a site's stock, known by VIN or stock number (at least one)."""

    __tablename__ = "vehicles"
    __table_args__ = (
        UniqueConstraint("org_id", "id"),
        ForeignKeyConstraint(["org_id", "site_id"], ["sites.org_id", "sites.id"]),
        CheckConstraint("vin IS NOT NULL OR stock_number IS NOT NULL", name="identity"),
        Index("uq_vehicles_vin", "org_id", "vin", unique=True),
        Index(
            "uq_vehicles_stock_number",
            "org_id",
            "site_id",
            "stock_number",
            unique=True,
            postgresql_where=text("vin IS NULL"),
        ),
    )

    org_id: UUID = Field(foreign_key="organizations.id", index=True)
    site_id: UUID
    vin: str | None = Field(default=None, description="17 characters, upper case")
    stock_number: str | None = None
    make: str | None = None
    model: str | None = None
    model_year: int | None = None


class Session(Row, table=True):
    """A capture session: one walk round one vehicle."""

    __tablename__ = "sessions"
    __table_args__ = (
        UniqueConstraint("org_id", "id"),
        ForeignKeyConstraint(["org_id", "site_id"], ["sites.org_id", "sites.id"]),
        ForeignKeyConstraint(["org_id", "vehicle_id"], ["vehicles.org_id", "vehicles.id"]),
        ForeignKeyConstraint(["org_id", "device_id"], ["devices.org_id", "devices.id"]),
        ForeignKeyConstraint(["org_id", "operator_id"], ["users.org_id", "users.id"]),
        one_of("mode", CaptureMode),
        one_of("status", SessionStatus),
        Index("ix_sessions_org_site_status", "org_id", "site_id", "status", "created_at"),
        Index(
            "ix_sessions_active",
            "org_id",
            "created_at",
            postgresql_where=text("status = 'active'"),
        ),
    )

    org_id: UUID = Field(foreign_key="organizations.id", index=True)
    site_id: UUID = Field(index=True)
    vehicle_id: UUID = Field(index=True)
    mode: str = Field(description="schema.enums.CaptureMode")
    status: str = Field(default="active", description="schema.enums.SessionStatus")
    shot_list: dict[str, Any] = json_field()
    device_id: UUID | None = None
    operator_id: UUID | None = None
    completed_at: datetime | None = optional_time_field()


class Upload(Row, table=True):
    """One presign: what a device promised to send. Its id is the uuid in the key.

    `check_at` is when the promise ledger looks at it next; `lost_at` when it gave it up.
    """

    __tablename__ = "uploads"
    __table_args__ = (
        UniqueConstraint("org_id", "id"),
        ForeignKeyConstraint(["org_id", "session_id"], ["sessions.org_id", "sessions.id"]),
        one_of("content_type", UploadContentType),
        a_slot(),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        Index(
            "uq_uploads_slot",
            "session_id",
            "sha256",
            text("coalesce(angle_deg, -1)"),
            text("coalesce(shot_name, '')"),
            unique=True,
        ),
        Index("ix_uploads_session_created", "session_id", "created_at"),
        Index(
            "ix_uploads_open", "org_id", "check_at", postgresql_where=text("check_at IS NOT NULL")
        ),
    )

    org_id: UUID = Field(foreign_key="organizations.id", index=True)
    site_id: UUID
    session_id: UUID
    storage_key: str = Field(unique=True)
    file_name: str
    content_type: str
    sha256: str = Field(description="lower-case hex, as promised")
    size: int | None = Field(default=None, description="bytes, as promised")
    angle_deg: int | None = None
    shot_name: str | None = None
    expires_at: datetime = time_field()
    requested_by: UUID
    arrived_at: datetime | None = optional_time_field()
    check_at: datetime | None = due_time_field()
    lost_at: datetime | None = optional_time_field()
