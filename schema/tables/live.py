"""Tickets that open a live stream without a token in its address."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, ForeignKeyConstraint, Index, Uuid
from sqlmodel import Field

from schema.tables.base import Row


class LiveTicket(Row, table=True):
    """A right to open one stream, once. Only the SHA-256 of the ticket is kept.

    It speaks for whoever asked for it, as the token said then, and no longer than that token.
    """

    __tablename__ = "live_tickets"
    __table_args__ = (
        ForeignKeyConstraint(["org_id", "session_id"], ["sessions.org_id", "sessions.id"]),
        Index("ix_live_tickets_org_expires", "org_id", "expires_at"),
    )

    org_id: UUID = Field(foreign_key="organizations.id")
    session_id: UUID
    secret_sha256: str = Field(unique=True, description="lower-case hex")
    role: str = Field(description="schema.enums.Role")
    actor_id: UUID
    site_ids: list[UUID] = Field(sa_type=ARRAY(Uuid))
    token_id: str
    token_expires_at: datetime = Field(sa_type=DateTime(timezone=True))
    expires_at: datetime = Field(sa_type=DateTime(timezone=True))
