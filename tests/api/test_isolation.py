"""Row-level security as the API's own database role meets it, whatever the queries forgot.

Every table, role and kind of statement: tests/schema/test_row_level_security.py.
"""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from adapters import postgres
from devstack.testing.databases import Database
from schema.enums import Role
from schema.tables.registry import TENANT_TABLES
from tests.api.client import Api, good
from tests.api.world import Org

TABLES = [str(table.__tablename__) for table in TENANT_TABLES]


@pytest.fixture
async def db(module_database: Database) -> AsyncIterator[postgres.AsyncDatabase]:
    """The API's role; one connection, so that every transaction gets the same."""
    database = postgres.AsyncDatabase(module_database.api, pool_size=1)
    yield database
    await database.close()


@pytest.fixture
def furnished(org: Org) -> Org:
    """An organization with a row in every table."""
    org.code()
    session = org.session()
    org.image(session)
    org.ticket(session)
    with org.database.transaction(org.id) as transaction:
        transaction.execute(
            text(
                "INSERT INTO events (org_id, entity_type, entity_id, event_type, actor_type)"
                " VALUES (:org, 'device', :device, 'test.made', 'system')"
            ),
            {"org": org.id, "device": org.device},
        )
    return org


async def _count(db: postgres.AsyncDatabase, table: str, org_id: UUID | None) -> int:
    async with db.transaction(org_id) as transaction:
        found = await transaction.execute(text(f"SELECT count(*) FROM {table}"))
        return int(found.scalar_one())


INSERTS = {
    "sites": "INSERT INTO sites (org_id, name, time_zone) VALUES (:org, 'x', 'UTC')",
    "users": "INSERT INTO users (org_id, email, name, role) VALUES (:org, 'x@y', '', 'admin')",
    "user_site_access": "INSERT INTO user_site_access VALUES (:org, :user, :site)",
    "enrollment_codes": "INSERT INTO enrollment_codes (org_id, code_sha256, label, uses_left)"
    " VALUES (:org, 'x', '', 1)",
    "devices": "INSERT INTO devices (org_id, platform, model, app_version)"
    " VALUES (:org, 'ios', 'x', '1')",
    "vehicles": "INSERT INTO vehicles (org_id, site_id, vin) VALUES (:org, :site, 'x')",
    "sessions": "INSERT INTO sessions (org_id, site_id, vehicle_id, mode, status)"
    " SELECT org_id, site_id, id, 'stills', 'active' FROM vehicles UNION ALL"
    " SELECT :org, :site, :site, 'stills', 'active'",
    "uploads": "INSERT INTO uploads (org_id, site_id, session_id, storage_key, file_name,"
    " content_type, sha256, requested_by) VALUES (:org, :site, :site, 'k', 'f', 'image/jpeg',"
    " repeat('a', 64), :user)",
    "live_tickets": "INSERT INTO live_tickets (org_id, session_id, secret_sha256, role, actor_id,"
    " site_ids, token_id, token_expires_at, expires_at) VALUES (:org, :site, 'x', 'admin', :user,"
    " '{}', 't', now(), now())",
    "events": "INSERT INTO events (org_id, entity_type, entity_id, event_type, actor_type)"
    " VALUES (:org, 'user', :user, 'x', 'system')",
}


@pytest.mark.parametrize("context", ["another organization", "none"])
@pytest.mark.parametrize("table", sorted(INSERTS))
async def test_nothing_is_written_for_another_organization(
    db: postgres.AsyncDatabase, furnished: Org, other: Org, table: str, context: str
) -> None:
    values = {"org": other.id, "site": other.here, "user": other.users[Role.ADMIN]}
    with pytest.raises(DBAPIError, match="row-level security"):
        async with db.transaction(None if context == "none" else furnished.id) as transaction:
            await transaction.execute(text(INSERTS[table]), values)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE sessions SET status = 'abandoned'",
        "UPDATE images SET status = 'published'",
        "UPDATE devices SET revoked_at = now()",
        "UPDATE users SET role = 'admin'",
        "UPDATE enrollment_codes SET uses_left = 9",
        "DELETE FROM user_site_access",
        "DELETE FROM live_tickets",
    ],
)
async def test_another_organizations_rows_are_not_changed(
    db: postgres.AsyncDatabase, furnished: Org, other: Org, statement: str
) -> None:
    before = await _snapshot(db, furnished)
    async with db.transaction(other.id) as transaction:
        await transaction.execute(text(statement))
    async with db.transaction(None) as transaction:
        await transaction.execute(text(statement))
    assert await _snapshot(db, furnished) == before


async def _snapshot(db: postgres.AsyncDatabase, org: Org) -> list[object]:
    seen: list[object] = []
    async with db.transaction(org.id) as transaction:
        for table in TABLES:
            seen += (await transaction.execute(text(f"SELECT * FROM {table} ORDER BY 1, 2"))).all()
    return seen


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM images",
        "INSERT INTO images SELECT * FROM images",
        "DELETE FROM events",
        "UPDATE events SET event_type = 'x'",
        "UPDATE images SET qc = '{}'",
        "UPDATE organizations SET name = 'x'",
        "INSERT INTO organizations (name) VALUES ('x')",
        "SET ROLE imaging360_login",
        "ALTER TABLE users DISABLE ROW LEVEL SECURITY",
        "CREATE TABLE mine ()",
    ],
)
async def test_what_the_role_may_not_do_at_all(
    db: postgres.AsyncDatabase, org: Org, statement: str
) -> None:
    with pytest.raises(DBAPIError, match=r"permission denied|must be owner"):
        async with db.transaction(org.id) as transaction:
            await transaction.execute(text(statement))


async def test_the_role_bypasses_nothing(db: postgres.AsyncDatabase) -> None:
    async with db.transaction(None) as transaction:
        role = await transaction.execute(
            text("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        )
        assert role.one() == (False, False)


async def test_a_pooled_connection_carries_no_organization_over(
    db: postgres.AsyncDatabase, furnished: Org
) -> None:
    assert await _count(db, "sessions", furnished.id) == 1
    assert await _count(db, "sessions", None) == 0
    with pytest.raises(RuntimeError):
        async with db.transaction(furnished.id):
            raise RuntimeError("in the middle")
    assert await _count(db, "sessions", None) == 0


async def test_requests_at_once_do_not_mix(api: Api, org: Org, other: Org) -> None:
    sessions = {str(one.id): str(one.session()) for one in (org, other)}

    async def listed(one: Org) -> tuple[str, list[str]]:
        page = good(await api.call("GET", "/sessions", of=one))
        return str(one.id), [item["id"] for item in page["items"]]

    for of, seen in await asyncio.gather(*(listed(one) for one in (org, other) * 20)):
        assert seen == [sessions[of]]
