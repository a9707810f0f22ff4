"""A connection that goes back to its pool takes no organization along, whatever happened."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from adapters.errors import TransientError
from adapters.postgres import AsyncDatabase, Database
from devstack.testing import databases
from tests.api.world import Org

# With one connection every transaction gets the same one.
_WHOSE = text(
    "SELECT nullif(current_setting('app.org_id', true), '')::uuid, (SELECT count(*) FROM sessions)"
)


@pytest.fixture
async def db(module_database: databases.Database) -> AsyncIterator[AsyncDatabase]:
    """The API's role on one connection."""
    database = AsyncDatabase(module_database.api, pool_size=1)
    yield database
    await database.close()


async def _commits(db: AsyncDatabase, org_id: UUID) -> None:
    async with db.transaction(org_id) as transaction:
        assert (await transaction.execute(_WHOSE)).one() == (org_id, 1)


async def _raises(db: AsyncDatabase, org_id: UUID) -> None:
    with suppress(RuntimeError):
        async with db.transaction(org_id) as transaction:
            await transaction.execute(_WHOSE)
            raise RuntimeError("in the middle")


async def _fails_in_sql(db: AsyncDatabase, org_id: UUID) -> None:
    with pytest.raises(DBAPIError):
        async with db.transaction(org_id) as transaction:
            await transaction.execute(text("SELECT 1 / 0"))


async def _is_cancelled_in_a_statement(db: AsyncDatabase, org_id: UUID) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2), db.transaction(org_id) as transaction:
            await transaction.execute(text("SELECT pg_sleep(60)"))


async def _is_cancelled_between_statements(db: AsyncDatabase, org_id: UUID) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(0.2), db.transaction(org_id) as transaction:
            await transaction.execute(_WHOSE)
            await asyncio.Event().wait()


async def _loses_its_connection(db: AsyncDatabase, org_id: UUID) -> None:
    with pytest.raises(TransientError):
        async with db.transaction(org_id) as transaction:
            await transaction.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))


@pytest.mark.parametrize(
    "ends",
    [
        _commits,
        _raises,
        _fails_in_sql,
        _is_cancelled_in_a_statement,
        _is_cancelled_between_statements,
        _loses_its_connection,
    ],
    ids=lambda ends: ends.__name__.strip("_"),
)
async def test_after_a_transaction_that(
    db: AsyncDatabase, org: Org, other: Org, ends: Callable[[AsyncDatabase, UUID], Awaitable[None]]
) -> None:
    org.session()
    await ends(db, org.id)
    async with db.transaction(None) as transaction:
        assert (await transaction.execute(_WHOSE)).one() == (None, 0)
    async with db.transaction(other.id) as transaction:
        assert (await transaction.execute(_WHOSE)).one() == (other.id, 0)


def test_in_the_workers_threads_too(
    module_database: databases.Database, org: Org, other: Org
) -> None:
    org.session()
    database = Database(module_database.worker, pool_size=1)
    with database.transaction(org.id) as transaction:
        assert transaction.execute(_WHOSE).one() == (org.id, 1)
    with pytest.raises(DBAPIError), database.transaction(org.id) as transaction:
        transaction.execute(text("SELECT 1 / 0"))
    for org_id in (None, other.id):
        with database.transaction(org_id) as transaction:
            assert transaction.execute(_WHOSE).one() == (org_id, 0)
    database.close()
