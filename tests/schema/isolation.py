"""The checks of row-level security: what one organization can do to another's rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID, uuid4

from psycopg import sql
from psycopg.errors import InsufficientPrivilege

from tests.schema.catalog import Connection, Table

# Sign-in looks a person up before it knows the organization; housekeeping goes through all of them.
KNOWN_DEFINERS = {"find_login", "list_organizations"}
_FLAWS = {
    "no row-level security": "SELECT relname FROM pg_class c WHERE {tables} AND NOT relrowsecurity",
    "its owner is above the policies":
        "SELECT relname FROM pg_class c WHERE {tables} AND NOT relforcerowsecurity",
    "no policy": "SELECT relname FROM pg_class c WHERE {tables}"
        " AND NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = c.oid)",
    "no organization": "SELECT relname FROM pg_class c WHERE {tables}"
        " AND relname <> 'organizations' AND NOT EXISTS (SELECT FROM pg_attribute"
        " WHERE attrelid = c.oid AND attname = 'org_id' AND attnotnull)",
    "shows rows with its owner's eyes":
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND relkind IN ('v', 'm')",
    "runs with its owner's rights":
        "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef",
    "can be emptied past the policies":
        "SELECT DISTINCT relname FROM pg_class c, pg_roles r WHERE {tables}"
        " AND r.rolname IN ('imaging360_api', 'imaging360_worker')"
        " AND has_table_privilege(r.oid, c.oid, 'TRUNCATE, REFERENCES, TRIGGER')",
}  # fmt: skip
_TABLES = (
    "relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
    " AND relname <> 'alembic_version'"
)


def flaws(connection: Connection) -> set[tuple[str, str]]:
    """Names in the catalog, each with what is wrong with it."""
    return {
        (str(name), flaw)
        for flaw, query in _FLAWS.items()
        for (name,) in connection.execute(query.format(tables=_TABLES)).fetchall()
        if name not in KNOWN_DEFINERS
    }


@dataclass(frozen=True)
class _Attempt:
    """A statement, and how many rows it may reach or write."""

    name: str
    context: UUID | None
    statement: sql.Composed
    allowed: int = 0


def leaks(connection: Connection, table: Table, own: UUID, foreign: UUID) -> set[str]:
    """What the connection's role can do that it must not.

    Both organizations have exactly one row in the table. Everything is rolled back.
    """
    attempts = [*_reads(table, own, foreign), *_writes(connection, table, own)]
    return {one.name for one in attempts if _reached(connection, one) > one.allowed}


def _reads(table: Table, own: UUID, foreign: UUID) -> Iterator[_Attempt]:
    everything = sql.SQL("SELECT 1 FROM {}").format(table.identifier)
    theirs = sql.SQL("{} WHERE {} = {}").format(
        everything, sql.Identifier(table.tenant), sql.Literal(str(foreign))
    )
    yield _Attempt("reads another's", own, theirs)
    yield _Attempt("reads all", own, everything, allowed=1)
    yield _Attempt("reads without context", None, everything)
    yield _Attempt("reads for nobody", uuid4(), everything)


def _writes(connection: Connection, table: Table, own: UUID) -> Iterator[_Attempt]:
    yield _Attempt("inserts for another", own, table.insert(uuid4()))
    yield _Attempt("inserts without context", None, table.insert(uuid4()))
    # Without a condition: then only the policies for the statement itself hold it back.
    delete = sql.SQL("DELETE FROM {}").format(table.identifier)
    yield _Attempt("deletes another's", own, delete, allowed=1)
    yield _Attempt("deletes without context", None, delete)
    given_away = sql.SQL("UPDATE {} SET {} = gen_random_uuid()").format(
        table.identifier, sql.Identifier(table.tenant)
    )
    yield _Attempt("gives rows away", own, given_away)
    column = _changeable(connection, table)
    if column is not None:
        update = sql.SQL("UPDATE {} SET {} = {}").format(
            table.identifier, sql.Identifier(column), table.value(column)
        )
        yield _Attempt("updates another's", own, update, allowed=1)
        yield _Attempt("updates without context", None, update)


def _changeable(connection: Connection, table: Table) -> str | None:
    """A column that the role may change; not the organization's."""
    for column in sorted(table.columns):
        asked = "SELECT has_column_privilege(%s, %s, 'UPDATE')"
        (may,) = connection.execute(asked, [f"public.{table.name}", column]).fetchone() or (False,)
        if may and column != table.tenant:
            return column
    return None


def _reached(connection: Connection, attempt: _Attempt) -> int:
    try:
        with connection.transaction(force_rollback=True):
            if attempt.context is not None:
                setting = "SELECT set_config('app.org_id', %s, true)"
                connection.execute(setting, [str(attempt.context)])
            return connection.execute(attempt.statement).rowcount
    except InsufficientPrivilege:
        return 0
