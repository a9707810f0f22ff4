"""What a database says of itself: its tables, and a row that each of them takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import psycopg
from psycopg import sql

Connection = psycopg.Connection[tuple[object, ...]]

_VALUES = {
    "uuid": "gen_random_uuid()",
    "text": "md5(random()::text)",
    "character varying": "md5(random()::text)",
    "integer": "floor(random() * 1000)::integer",
    "bigint": "floor(random() * 1000)::bigint",
    "smallint": "1::smallint",
    "double precision": "random()",
    "boolean": "false",
    "date": "current_date",
    "timestamp with time zone": "clock_timestamp()",
    "jsonb": "'{}'::jsonb",
    "bit(64)": "repeat('0', 64)::bit(64)",
    "uuid[]": "'{}'::uuid[]",
    "text[]": "'{}'::text[]",
    "bytea": "''::bytea",
}
_COLUMNS = """
SELECT attname, format_type(atttypid, atttypmod),
       attnotnull AND NOT atthasdef AND attidentity = ''
FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
ORDER BY attnum
"""


@dataclass(frozen=True)
class Table:
    """One table: `tenant` is the column with the organization."""

    name: str
    columns: Mapping[str, str]
    required: frozenset[str]

    @property
    def tenant(self) -> str:
        """Which column says whose row it is."""
        return "org_id" if "org_id" in self.columns else "id"

    @property
    def identifier(self) -> sql.Identifier:
        """The quoted name."""
        return sql.Identifier("public", self.name)

    def value(self, column: str) -> sql.SQL:
        """An expression for a fresh value of a column. KeyError for a type not met before."""
        return sql.SQL(_VALUES[self.columns[column]])

    def insert(self, org_id: UUID) -> sql.Composed:
        """A statement that adds a row of this organization."""
        names = sorted(self.required - {self.tenant})
        values = [sql.Literal(str(org_id)), *(self.value(name) for name in names)]
        return sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
            self.identifier,
            sql.SQL(", ").join(map(sql.Identifier, [self.tenant, *names])),
            sql.SQL(", ").join(values),
        )


def tables(connection: Connection) -> list[str]:
    """Every table of the schema `public`, but the migrations' own."""
    listing = (
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND relkind IN ('r', 'p') AND relname <> 'alembic_version' ORDER BY relname"
    )
    return [str(name) for (name,) in connection.execute(listing).fetchall()]


def read(connection: Connection, name: str) -> Table:
    """A table's columns."""
    rows = connection.execute(_COLUMNS, [f"public.{name}"]).fetchall()
    columns = {str(column): str(kind) for column, kind, _ in rows}
    return Table(name, columns, frozenset(str(column) for column, _, needed in rows if needed))


def loosen(connection: Connection) -> None:
    """Let every table take any row, whatever it refers to: only row security is left."""
    wanted = connection.execute(
        "SELECT conrelid::regclass::text, conname FROM pg_constraint"
        " WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'f')"
    ).fetchall()
    for table, constraint in wanted:
        drop = sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}")
        connection.execute(drop.format(sql.Identifier(str(table)), sql.Identifier(str(constraint))))
    for name in tables(connection):
        quiet = sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER")
        connection.execute(quiet.format(sql.Identifier(name)))
