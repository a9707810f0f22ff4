"""The audit trail also tells of sites and enrolment codes."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

RULE = "ck_events_entity_type"
BEFORE = ("session", "upload", "image", "device", "user", "vehicle")
NOW = (*BEFORE, "site", "enrollment_code")


def upgrade() -> None:
    replace(NOW, "")


def downgrade() -> None:
    # Events are never deleted: those that the old rule does not know stay.
    replace(BEFORE, " NOT VALID")


def replace(words: tuple[str, ...], how: str) -> None:
    listed = ", ".join(f"'{word}'" for word in words)
    op.execute(f"ALTER TABLE events DROP CONSTRAINT {RULE}")
    op.execute(
        f"ALTER TABLE events ADD CONSTRAINT {RULE} CHECK (entity_type IN ({listed})){how}"
    )
