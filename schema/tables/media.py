"""What came of it: images and the audit trail."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKeyConstraint,
    Identity,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import BIT
from sqlmodel import Field, SQLModel

from schema.enums import ActorType, EntityType, ImageStatus
from schema.tables.base import Row, a_slot, json_field, one_of, optional_time_field, time_field

STORED_STATUSES = (ImageStatus.PROCESSED, ImageStatus.FAILED, ImageStatus.PUBLISHED)


class Image(Row, table=True):
    """One verdict, written once by `record`. Its id is the upload's id."""

    __tablename__ = "images"
    __table_args__ = (
        UniqueConstraint("org_id", "id"),
        ForeignKeyConstraint(["org_id", "id"], ["uploads.org_id", "uploads.id"]),
        ForeignKeyConstraint(["org_id", "session_id"], ["sessions.org_id", "sessions.id"]),
        ForeignKeyConstraint(["org_id", "vehicle_id"], ["vehicles.org_id", "vehicles.id"]),
        ForeignKeyConstraint(["org_id", "published_by"], ["users.org_id", "users.id"]),
        one_of("status", STORED_STATUSES),
        a_slot(),
        Index("ix_images_session_created", "session_id", "created_at"),
        Index("ix_images_org_sha256", "org_id", "hash_sha256"),
        Index("ix_images_org_created", "org_id", "created_at"),
        Index("ix_images_org_vehicle", "org_id", "vehicle_id"),
    )

    org_id: UUID = Field(foreign_key="organizations.id", index=True)
    site_id: UUID = Field(index=True)
    session_id: UUID = Field(index=True)
    vehicle_id: UUID = Field(index=True)
    storage_key: str = Field(unique=True)
    status: str = Field(description="schema.enums.ImageStatus: processed, failed or published")
    hash_sha256: str | None = Field(default=None, index=True)
    phash: str | None = Field(default=None, sa_column=Column(BIT(64), nullable=True))
    width: int | None = None
    height: int | None = None
    angle_deg: int | None = None
    shot_name: str | None = None
    captured_at: datetime | None = optional_time_field()
    uploaded_at: datetime | None = optional_time_field()
    exif: dict[str, Any] = json_field()
    thumb_keys: dict[str, Any] = json_field()
    qc: dict[str, Any] = json_field()
    qc_version: int | None = None
    failure: dict[str, Any] | None = json_field(nullable=True)
    versions: dict[str, Any] = json_field()
    published_at: datetime | None = optional_time_field()
    published_by: UUID | None = None
    changed_in: int = Field(
        default=0,
        sa_type=BigInteger,
        sa_column_kwargs={"server_default": text("0")},
        description="the transaction that wrote the row last; a trigger sets it",
    )


class Event(SQLModel, table=True):
    """The audit trail: who did what to what, when. Never changed, never deleted by us."""

    __tablename__ = "events"
    __table_args__ = (
        one_of("entity_type", EntityType),
        one_of("actor_type", ActorType),
        Index("ix_events_entity", "org_id", "entity_type", "entity_id"),
    )

    id: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True)
    )
    org_id: UUID = Field(foreign_key="organizations.id", index=True)
    entity_type: str = Field(description="schema.enums.EntityType")
    entity_id: UUID
    event_type: str
    actor_type: str = Field(description="schema.enums.ActorType")
    actor_id: UUID | None = None
    payload: dict[str, Any] = json_field()
    occurred_at: datetime = time_field()
    created_at: datetime = time_field()
