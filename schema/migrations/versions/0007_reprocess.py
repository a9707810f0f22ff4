"""Campaigns: results computed anew wait in a table of their own until somebody switches to them."""

from alembic import op
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TENANT = "nullif(current_setting('app.org_id', true), '')::uuid"
TABLES = ("campaigns", "image_results")
STATES = (
    "computing", "sampled", "computed", "cancelled",
    "switching", "switched", "rolling_back", "rolled_back",
)


def upgrade() -> None:
    make_campaigns()
    make_image_results()
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY tenant ON {table} "
            f"USING (org_id = {TENANT}) WITH CHECK (org_id = {TENANT})"
        )
        op.execute(f"GRANT SELECT ON {table} TO imaging360_api")
        op.execute(f"GRANT SELECT, INSERT, UPDATE ON {table} TO imaging360_worker")


def downgrade() -> None:
    op.drop_table("image_results")
    op.drop_table("campaigns")


def json_column(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    default = None if nullable else sa.text("'{}'")
    kind = postgresql.JSONB(astext_type=sa.Text())
    return sa.Column(name, kind, server_default=default, nullable=nullable)


def born() -> sa.Column[Any]:
    return sa.Column(
        "created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
    )


def make_campaigns() -> None:
    listed = ", ".join(f"'{state}'" for state in STATES)
    op.create_table(
        "campaigns",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        born(),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        json_column("selection"),
        json_column("report"),
        sa.CheckConstraint(f"state IN ({listed})", name=op.f("ck_campaigns_state")),
        sa.ForeignKeyConstraint(["org_id"], ["organizations.id"], name=op.f("fk_campaigns_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
        sa.UniqueConstraint("org_id", "id", name=op.f("uq_campaigns_org_id_id")),
    )
    op.create_index("ix_campaigns_org_created", "campaigns", ["org_id", "created_at"])


def make_image_results() -> None:
    op.create_table(
        "image_results",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("image_id", sa.Uuid(), nullable=False),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        born(),
        json_column("results"),
        json_column("failure", nullable=True),
        json_column("former", nullable=True),
        sa.Column("switched_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organizations.id"], name=op.f("fk_image_results_org_id")
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "campaign_id"],
            ["campaigns.org_id", "campaigns.id"],
            name=op.f("fk_image_results_org_id_campaign_id"),
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "image_id"],
            ["images.org_id", "images.id"],
            name=op.f("fk_image_results_org_id_image_id"),
        ),
        sa.PrimaryKeyConstraint("campaign_id", "image_id", name=op.f("pk_image_results")),
    )
    op.create_index("ix_image_results_image", "image_results", ["org_id", "image_id"])
