"""Migrations lead to exactly the tables that the code declares, and back."""

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from devstack.testing.databases import Database
from schema import migrate
from schema.tables.registry import TENANT_TABLES, metadata


def _tables(owner_url: str) -> set[str]:
    listing = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    with migrate.engine(owner_url).connect() as connection:
        return set(connection.execute(text(listing)).scalars())


def test_the_migrated_schema_is_the_declared_one(database: Database) -> None:
    with migrate.engine(database.owner).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata()) == []


def test_down_and_up_again(database: Database) -> None:
    full = _tables(database.owner)
    migrate.downgrade(database.owner)
    assert _tables(database.owner) == {"alembic_version"}
    migrate.upgrade(database.owner)
    assert _tables(database.owner) == full


def test_each_step_down_can_be_gone_up_again(database: Database) -> None:
    migrate.downgrade(database.owner, "0001")
    migrate.upgrade(database.owner)
    assert _tables(database.owner) >= {table.__tablename__ for table in TENANT_TABLES}


def test_every_tenant_table_is_isolated_by_force(database: Database) -> None:
    with migrate.engine(database.owner).connect() as connection:
        rows = connection.execute(
            text("SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class")
        )
        security = {name: (enabled, forced) for name, enabled, forced in rows}
    tables = set(metadata().tables)
    assert {name for name in tables if security[name] != (True, True)} == set()
    assert tables == {table.__tablename__ for table in TENANT_TABLES}


@pytest.mark.parametrize("door", ["api", "worker"])
def test_the_doors_roles_are_neither_owner_nor_above_the_policies(
    database: Database, door: str
) -> None:
    url = Database.libpq(getattr(database, door))
    with psycopg.connect(url) as connection:
        role = connection.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles"
            " WHERE rolname = current_user"
        ).fetchone()
        owned = connection.execute(
            "SELECT count(*) FROM pg_tables WHERE tableowner = current_user"
        ).fetchone()
    assert role == (False, False, False)
    assert owned == (0,)
