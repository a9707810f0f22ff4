"""PostgreSQL: pools, and the one place that commits.

Every transaction names its organization first (`SET LOCAL app.org_id`), so row-level
security shows that tenant and no other, and the setting dies with the transaction:
a pooled connection carries nothing over.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session, sessionmaker

from adapters.errors import TransientError

_SET_TENANT = text("SELECT set_config('app.org_id', :org_id, true)")
# PostgreSQL reports through these classes that it is restarting, overloaded or torn between
# two transactions; anything else is a bug of ours and must be seen as one.
_PASSING_CLASSES = ("08", "40", "53", "55", "57", "58")

_POOL: dict[str, Any] = {
    "max_overflow": 0,
    "pool_timeout": 10,
    "pool_pre_ping": True,
    # Values of statements are personal data; they do not belong into error messages.
    "hide_parameters": True,
    "connect_args": {"connect_timeout": 5},
}


class AsyncDatabase:
    """The API's connections."""

    def __init__(self, url: str, *, pool_size: int) -> None:
        self._engine = create_async_engine(url, pool_size=pool_size, **_POOL)
        self._sessions = async_sessionmaker(self._engine, expire_on_commit=False)

    @asynccontextmanager
    async def transaction(self, org_id: UUID | None) -> AsyncIterator[AsyncSession]:
        """One transaction for one organization; None sees no tenant's rows at all.

        Commits at the end, rolls back on any exception.

        Raises:
            TransientError: PostgreSQL is away or too busy; nothing was written.
        """
        try:
            async with self._sessions.begin() as session:
                if org_id is not None:
                    await session.execute(_SET_TENANT, {"org_id": str(org_id)})
                yield session
        except (DBAPIError, PoolTimeoutError) as error:
            raise _translated(error) from error

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
        self._engine = create_engine(url, pool_size=pool_size, **_POOL)
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
