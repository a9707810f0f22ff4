"""Results that were computed anew, beside those that are shown."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from schema.reprocess import CampaignState
from schema.tables.base import Row, json_field, one_of, optional_time_field, time_field


class Campaign(Row, table=True):
    """Images computed anew together. `report` is what its runs said at their ends, by state."""

    __tablename__ = "campaigns"
    __table_args__ = (
        UniqueConstraint("org_id", "id"),
        one_of("state", CampaignState),
        Index("ix_campaigns_org_created", "org_id", "created_at"),
    )

    org_id: UUID = Field(foreign_key="organizations.id")
    state: str = Field(description="schema.reprocess.CampaignState")
    actor: str
    selection: dict[str, Any] = json_field()
    report: dict[str, Any] = json_field()


class ImageResult(SQLModel, table=True):
    """One image's columns as a campaign would have them; `failure` says why it has none.

    While they are the ones shown, `former` has what they replaced.
    """

    __tablename__ = "image_results"
    __table_args__ = (
        ForeignKeyConstraint(["org_id", "campaign_id"], ["campaigns.org_id", "campaigns.id"]),
        ForeignKeyConstraint(["org_id", "image_id"], ["images.org_id", "images.id"]),
        Index("ix_image_results_image", "org_id", "image_id"),
    )

    campaign_id: UUID = Field(primary_key=True)
    image_id: UUID = Field(primary_key=True)
    org_id: UUID = Field(foreign_key="organizations.id")
    created_at: datetime = time_field()
    results: dict[str, Any] = json_field()
    failure: dict[str, Any] | None = json_field(nullable=True)
    former: dict[str, Any] | None = json_field(nullable=True)
    switched_at: datetime | None = optional_time_field()
