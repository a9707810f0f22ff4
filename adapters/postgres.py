"""PostgreSQL: pools, and the one place that commits.

Every transaction names its organization first (`SET LOCAL app.org_id`), so row-level
security shows that tenant and no other, and the setting dies with the transaction:
a pooled connection carries nothing over.
"""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

import orjson
import psycopg
from psycopg.rows import namedtuple_row
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import QueuePool

from adapters.errors import TransientError

_SET_TENANT = text("SELECT set_config('app.org_id', :org_id, true)")
# PostgreSQL reports through these classes that it is restarting, overloaded or torn between
# two transactions; anything else is a bug of ours and must be seen as one.
_PASSING_CLASSES = ("08", "40", "53", "55", "57", "58")

_SET_DRIVER_TENANT = "SELECT set_config('app.org_id', %s, true)"
# Several statements in one message, which takes none with parameters.
_AT_ONCE = {"no_parameters": True}

_POOL: dict[str, Any] = {
    "max_overflow": 0,
    # Values of statements are personal data; they do not belong into error messages.
    "hide_parameters": True,
    "connect_args": {"connect_timeout": 5},
}


Question = tuple[str, dict[str, Any]]
"""A statement with the driver's placeholders, `%(name)s`, and its values."""


@dataclass(frozen=True)
class PoolState:
    """Connections that may be open, those in a transaction, transactions that wait for one."""

    size: int
    in_use: int
    waiting: int


class AsyncDatabase:
    """The API's connections: at most `pool_size`; a transaction waits `wait_seconds` for one."""

    def __init__(self, url: str, *, pool_size: int, wait_seconds: float = 5.0) -> None:
        self._engine = create_async_engine(
            url,
            pool_size=pool_size,
            pool_timeout=wait_seconds,
            # The driver would send BEGIN by itself, and wait for its answer: see `_begin`.
            isolation_level="AUTOCOMMIT",
            json_deserializer=orjson.loads,
            **_POOL,
        )
        self._sessions = async_sessionmaker(self._engine, expire_on_commit=False)
        self._pool_size = pool_size
        self._transactions = 0

    @property
    def pool(self) -> PoolState:
        """How busy the connections are; may be asked from any thread."""
        in_use = cast(QueuePool, self._engine.pool).checkedout()
        return PoolState(self._pool_size, in_use, max(0, self._transactions - in_use))

    @asynccontextmanager
    async def transaction(self, org_id: UUID | None) -> AsyncIterator[AsyncSession]:
        """One transaction for one organization; None sees no tenant's rows at all.

        Commits at the end, rolls back on any exception.

        Raises:
            TransientError: PostgreSQL is away or too busy; nothing was written.
        """
        self._transactions += 1
        try:
            async with self._sessions() as session:
                await _begin(session, org_id)
                yield session
                await session.commit()
        except (DBAPIError, PoolTimeoutError) as error:
            raise _translated(error) from error
        finally:
            self._transactions -= 1

    async def ask(self, org_id: UUID, *questions: Question) -> list[Sequence[Any]]:
        """The rows of each statement, all of them one transaction in one round trip.

        When the connection dies they may have run, and are run once more. Raises TransientError
        as `transaction` does.
        """
        self._transactions += 1
        try:
            return await self._at_once(org_id, questions)
        except (DBAPIError, PoolTimeoutError) as error:
            raise _translated(error) from error
        except (psycopg.OperationalError, psycopg.InterfaceError):
            # Perhaps a pooled connection died; a transaction replaces those.
            async with self.transaction(org_id) as session:
                connection = await session.connection()
                return [(await connection.exec_driver_sql(*one)).all() for one in questions]
        finally:
            self._transactions -= 1

    async def _at_once(self, org_id: UUID, questions: Sequence[Question]) -> list[Sequence[Any]]:
        async with self._engine.connect() as pooled:
            driver: Any = (await pooled.get_raw_connection()).driver_connection
            # What a pipeline sends up to its end is one transaction for PostgreSQL.
            async with driver.pipeline():
                await driver.execute(_SET_DRIVER_TENANT, [org_id.hex])
                cursors = [driver.cursor(row_factory=namedtuple_row) for _ in questions]
                for cursor, (sql, values) in zip(cursors, questions, strict=True):
                    await cursor.execute(sql, values)
                answers: list[Sequence[Any]] = [await cursor.fetchall() for cursor in cursors]
        return answers

    async def ping(self) -> None:
        """Ask PostgreSQL for a sign of life."""
        async with self.transaction(None) as session:
            await session.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Close every pooled connection."""
        await self._engine.dispose()


class Database:
    """The worker's connections: one for each of its threads."""

    def __init__(self, url: str, *, pool_size: int) -> None:
        self._engine = create_engine(
            url, pool_size=pool_size, pool_timeout=10, pool_pre_ping=True, **_POOL
        )
        self._sessions = sessionmaker(self._engine, expire_on_commit=False)

    @contextmanager
    def transaction(self, org_id: UUID | None) -> Iterator[Session]:
        """As `AsyncDatabase.transaction`, for threads."""
        try:
            with self._sessions.begin() as session:
                if org_id is not None:
                    session.execute(_SET_TENANT, {"org_id": str(org_id)})
                yield session
        except (DBAPIError, PoolTimeoutError) as error:
            raise _translated(error) from error

    def close(self) -> None:
        """Close every pooled connection."""
        self._engine.dispose()


async def _begin(session: AsyncSession, org_id: UUID | None) -> None:
    """BEGIN and the organization in one round trip, which also shows if the connection is alive.

    A dead one is replaced, and with it all that were pooled before it died.
    """
    start = "BEGIN" if org_id is None else f"BEGIN; SET LOCAL app.org_id = '{org_id.hex}'"
    for is_second in (False, True):
        connection = await session.connection()
        try:
            await connection.exec_driver_sql(start, execution_options=_AT_ONCE)
        except DBAPIError as error:
            if is_second or not error.connection_invalidated:
                raise
            await session.rollback()
        else:
            return


def _translated(error: DBAPIError | PoolTimeoutError) -> Exception:
    if isinstance(error, PoolTimeoutError):
        return TransientError("the database has no free connection; try again in a moment")
    if not _is_passing(error):
        return error
    return TransientError(f"the database is not available: {_first_line(error)}")


def _is_passing(error: DBAPIError) -> bool:
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return str(state).startswith(_PASSING_CLASSES)
    return error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)


def _first_line(error: DBAPIError) -> str:
    return str(error.orig).strip().split("\n", 1)[0]
