"""Statements of the busiest routes: put together and compiled once, not in every request."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Executable
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.ext.asyncio import AsyncSession

from adapters.postgres import Question

_DIALECT: Any = PGDialect_psycopg()  # type: ignore[no-untyped-call]


class Fixed:
    """A statement whose shape never changes; its values come by the names of its parameters.

    Building and compiling takes several times as long as PostgreSQL needs to answer by a key.
    Columns come as the driver gives them, and nothing that waits in the session is flushed.
    """

    def __init__(self, statement: Executable) -> None:
        compiled = statement.compile(dialect=_DIALECT)  # type: ignore[attr-defined]
        self._sql = str(compiled)
        self._constants = dict(compiled.params)

    def given(self, **values: object) -> Question:
        """The statement with its values, for `AsyncDatabase.ask`."""
        return self._sql, self._constants | values

    async def rows(self, db: AsyncSession, **values: object) -> Sequence[Any]:
        """Its rows, in the session's transaction; columns by name and by place."""
        connection = await db.connection()
        return (await connection.exec_driver_sql(*self.given(**values))).all()
