"""Live streams: what changes is told in its own transaction, and a stream can be taken up again.

`images.changed_in` is the transaction that wrote the row last. A reader who has seen every
transaction before the oldest one that was still under way (`pg_snapshot_xmin`) asks for the rows
from there on, and misses nothing whatever the order in which transactions commit. A sequence
could not promise that.
"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

STAMP = """
CREATE FUNCTION stamp_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.changed_in := pg_current_xact_id()::text::bigint;
    RETURN NEW;
END $$
"""

# PostgreSQL folds equal notifications of one transaction: publishing a whole spin tells once.
TELL = """
CREATE FUNCTION tell_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    session uuid;
BEGIN
    IF TG_TABLE_NAME = 'sessions' THEN session := NEW.id; ELSE session := NEW.session_id; END IF;
    PERFORM pg_notify('imaging360_live', json_build_object('org', NEW.org_id, 'session', session)::text);
    RETURN NULL;
END $$
"""

TENANT = "nullif(current_setting('app.org_id', true), '')::uuid"


def upgrade() -> None:
    op.add_column(
        "images",
        sa.Column("changed_in", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
    )
    op.execute(STAMP)
    op.execute(TELL)
    op.execute(
        "CREATE TRIGGER stamp_change BEFORE INSERT OR UPDATE ON images"
        " FOR EACH ROW EXECUTE FUNCTION stamp_change()"
    )
    op.execute(
        "CREATE TRIGGER tell_change AFTER INSERT OR UPDATE ON images"
        " FOR EACH ROW EXECUTE FUNCTION tell_change()"
    )
    op.execute(
        "CREATE TRIGGER tell_change AFTER UPDATE ON sessions"
        " FOR EACH ROW EXECUTE FUNCTION tell_change()"
    )
    make_tickets()


def downgrade() -> None:
    op.drop_table("live_tickets")
    op.execute("DROP TRIGGER tell_change ON sessions")
    op.execute("DROP TRIGGER tell_change ON images")
    op.execute("DROP TRIGGER stamp_change ON images")
    op.execute("DROP FUNCTION tell_change()")
    op.execute("DROP FUNCTION stamp_change()")
    op.drop_column("images", "changed_in")


def make_tickets() -> None:
    op.create_table(
        "live_tickets",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("secret_sha256", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("site_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("token_id", sa.String(), nullable=False),
        sa.Column("token_expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organizations.id"], name=op.f("fk_live_tickets_org_id")
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "session_id"],
            ["sessions.org_id", "sessions.id"],
            name=op.f("fk_live_tickets_org_id_session_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_tickets")),
        sa.UniqueConstraint("secret_sha256", name=op.f("uq_live_tickets_secret_sha256")),
    )
    op.create_index(
        "ix_live_tickets_org_expires", "live_tickets", ["org_id", "expires_at"], unique=False
    )
    op.execute("ALTER TABLE live_tickets ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE live_tickets FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY tenant ON live_tickets "
        f"USING (org_id = {TENANT}) WITH CHECK (org_id = {TENANT})"
    )
    op.execute("GRANT SELECT, INSERT, DELETE ON live_tickets TO imaging360_api")
