"""The promise ledger: which uploads are still to be accounted for, and what housekeeping may do.

`uploads.check_at` is when the ledger looks at a promise next, NULL once it is kept or given up;
its partial index holds open promises only, however many were kept. Promises of before are looked
at once: the column's default is the time of this migration.

Housekeeping goes through the organizations one by one, each in a transaction of its own under
row-level security. `list_organizations` gives it their ids, and nothing else of them.
"""

from alembic import op
import sqlalchemy as sa

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

CREATE_ROLE = """
DO $$ BEGIN
    CREATE ROLE imaging360_housekeeping NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$
"""

LIST_ORGANIZATIONS = """
CREATE FUNCTION list_organizations(after uuid, how_many integer) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
AS $$
    SELECT o.id FROM public.organizations o
    WHERE after IS NULL OR o.id > after
    ORDER BY o.id LIMIT how_many
$$
"""
SIGNATURE = "list_organizations(uuid, integer)"


def upgrade() -> None:
    op.add_column(
        "uploads",
        sa.Column(
            "check_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=True
        ),
    )
    op.add_column("uploads", sa.Column("lost_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_uploads_open",
        "uploads",
        ["org_id", "check_at"],
        unique=False,
        postgresql_where=sa.text("check_at IS NOT NULL"),
    )
    op.create_index(
        "ix_sessions_active",
        "sessions",
        ["org_id", "created_at"],
        unique=False,
        postgresql_where=sa.text("status = 'active'"),
    )
    op.execute("GRANT UPDATE (check_at, lost_at) ON uploads TO imaging360_worker")
    op.execute("GRANT UPDATE (status) ON sessions TO imaging360_worker")
    make_list_organizations()


def downgrade() -> None:
    op.execute(f"DROP FUNCTION {SIGNATURE}")
    op.execute("DROP POLICY housekeeping ON organizations")
    op.execute("REVOKE SELECT (id) ON organizations FROM imaging360_housekeeping")
    op.execute("REVOKE USAGE ON SCHEMA public FROM imaging360_housekeeping")
    op.execute("REVOKE UPDATE (status) ON sessions FROM imaging360_worker")
    op.drop_index("ix_sessions_active", table_name="sessions")
    op.drop_index("ix_uploads_open", table_name="uploads")
    op.drop_column("uploads", "lost_at")
    op.drop_column("uploads", "check_at")


def make_list_organizations() -> None:
    op.execute(CREATE_ROLE)
    op.execute("GRANT imaging360_housekeeping TO CURRENT_USER")
    op.execute("GRANT USAGE ON SCHEMA public TO imaging360_housekeeping")
    op.execute("GRANT CREATE ON SCHEMA public TO imaging360_housekeeping")
    op.execute("GRANT SELECT (id) ON organizations TO imaging360_housekeeping")
    op.execute(
        "CREATE POLICY housekeeping ON organizations FOR SELECT"
        " TO imaging360_housekeeping USING (true)"
    )
    op.execute(LIST_ORGANIZATIONS)
    op.execute(f"ALTER FUNCTION {SIGNATURE} OWNER TO imaging360_housekeeping")
    op.execute("REVOKE CREATE ON SCHEMA public FROM imaging360_housekeeping")
    op.execute(f"REVOKE ALL ON FUNCTION {SIGNATURE} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {SIGNATURE} TO imaging360_worker")
