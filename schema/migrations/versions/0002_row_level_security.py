"""Row-level security: a transaction sees the organization it names, and no other.

Every tenant table compares its organization with `app.org_id`, which `SET LOCAL` gives a
transaction; without it the comparison is with NULL, so nothing is visible and nothing can be
written. FORCE holds the tables' owner to the same rule. The API and the worker connect as
roles that own nothing, bypass nothing and may do only what is granted below.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TENANT_COLUMN = {
    "organizations": "id",
    "sites": "org_id",
    "users": "org_id",
    "user_site_access": "org_id",
    "enrollment_codes": "org_id",
    "devices": "org_id",
    "vehicles": "org_id",
    "sessions": "org_id",
    "uploads": "org_id",
    "images": "org_id",
    "events": "org_id",
}

GRANTS = {
    "imaging360_api": {
        "organizations": "SELECT",
        "sites": "SELECT, INSERT, UPDATE",
        "users": "SELECT, INSERT, UPDATE",
        "user_site_access": "SELECT, INSERT, DELETE",
        "enrollment_codes": "SELECT, INSERT, UPDATE",
        "devices": "SELECT, INSERT, UPDATE",
        "vehicles": "SELECT, INSERT, UPDATE",
        "sessions": "SELECT, INSERT, UPDATE",
        "uploads": "SELECT, INSERT, UPDATE",
        "images": "SELECT, UPDATE (status, published_at, published_by)",
        "events": "SELECT, INSERT",
    },
    "imaging360_worker": {
        "sites": "SELECT",
        "sessions": "SELECT",
        "uploads": "SELECT, UPDATE (arrived_at)",
        "images": "SELECT, INSERT, UPDATE",
        "events": "SELECT, INSERT",
    },
}

# Roles belong to the cluster, not to the database: another database's migration may have
# made them, even at this moment.
CREATE_ROLE = """
DO $$ BEGIN
    CREATE ROLE {role} {attributes} NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$
"""

# Sign-in must find a person before it knows the organization. This function is the only way
# past row-level security; it gives ids for an exact identity and nothing else.
FIND_LOGIN = """
CREATE FUNCTION find_login(wanted_issuer text, wanted_subject text, wanted_email text)
RETURNS TABLE (user_id uuid, org_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
AS $$
    SELECT u.id, u.org_id FROM public.users u
    WHERE u.disabled_at IS NULL
      AND ((u.issuer = wanted_issuer AND u.subject = wanted_subject)
           OR (u.subject IS NULL AND u.email = lower(wanted_email)))
    ORDER BY u.subject IS NULL, u.created_at
$$
"""


def upgrade() -> None:
    for role in GRANTS:
        op.execute(CREATE_ROLE.format(role=role, attributes="LOGIN"))
    op.execute(CREATE_ROLE.format(role="imaging360_login", attributes="NOLOGIN"))
    for table, column in TENANT_COLUMN.items():
        isolate(table, column)
    for role, tables in GRANTS.items():
        op.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
        for table, privileges in tables.items():
            op.execute(f"GRANT {privileges} ON {table} TO {role}")
    make_find_login()


def downgrade() -> None:
    op.execute("DROP FUNCTION find_login(text, text, text)")
    op.execute("DROP POLICY login_lookup ON users")
    op.execute("REVOKE SELECT ON users FROM imaging360_login")
    op.execute("REVOKE USAGE ON SCHEMA public FROM imaging360_login")
    for role, tables in GRANTS.items():
        for table in tables:
            op.execute(f"REVOKE ALL ON {table} FROM {role}")
        op.execute(f"REVOKE USAGE ON SCHEMA public FROM {role}")
    for table in TENANT_COLUMN:
        op.execute(f"DROP POLICY tenant ON {table}")
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")


def isolate(table: str, column: str) -> None:
    # A pooled connection that once had the setting reports '' instead of NULL, hence nullif.
    current = "nullif(current_setting('app.org_id', true), '')::uuid"
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY tenant ON {table} "
        f"USING ({column} = {current}) WITH CHECK ({column} = {current})"
    )


def make_find_login() -> None:
    op.execute("GRANT imaging360_login TO CURRENT_USER")
    op.execute("GRANT USAGE ON SCHEMA public TO imaging360_login")
    op.execute("GRANT CREATE ON SCHEMA public TO imaging360_login")
    op.execute("GRANT SELECT ON users TO imaging360_login")
    op.execute("CREATE POLICY login_lookup ON users FOR SELECT TO imaging360_login USING (true)")
    op.execute(FIND_LOGIN)
    op.execute("ALTER FUNCTION find_login(text, text, text) OWNER TO imaging360_login")
    op.execute("REVOKE CREATE ON SCHEMA public FROM imaging360_login")
    op.execute("REVOKE ALL ON FUNCTION find_login(text, text, text) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION find_login(text, text, text) TO imaging360_api")
