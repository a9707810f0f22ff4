"""No role of ours reaches another organization's rows; and what shows that would notice."""

import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import sql

from devstack.testing.databases import Database
from schema.tables.registry import TENANT_TABLES
from tests.schema.catalog import Connection, loosen, read, tables
from tests.schema.isolation import flaws, leaks

TABLES = sorted(str(table.__tablename__) for table in TENANT_TABLES)
READS = {"reads another's", "reads all", "reads without context", "reads for nobody"}
INSERTS = {"inserts for another", "inserts without context"}
UPDATES = {"updates another's", "updates without context", "gives rows away"}
DELETES = {"deletes another's", "deletes without context"}
ALL = READS | INSERTS | UPDATES | DELETES
PLANTED = {
    "CREATE POLICY planted ON {} USING (true)": ALL,
    "CREATE POLICY planted ON {} FOR SELECT USING (true)": READS,
    "CREATE POLICY planted ON {} FOR INSERT WITH CHECK (true)": INSERTS,
    "CREATE POLICY planted ON {} FOR UPDATE USING (true)": UPDATES,
    "CREATE POLICY planted ON {} FOR DELETE USING (true)": DELETES,
}
UNFORCED = (
    "ALTER TABLE {} NO FORCE ROW LEVEL SECURITY", "ALTER TABLE {} FORCE ROW LEVEL SECURITY",
)  # fmt: skip
DISABLED = (
    "ALTER TABLE {} DISABLE ROW LEVEL SECURITY", "ALTER TABLE {} ENABLE ROW LEVEL SECURITY",
)  # fmt: skip


@dataclass(frozen=True)
class Rig:
    """A database in which two organizations have a row in every table, and who may connect."""

    admin: Connection
    roles: dict[str, Connection]
    database: Database
    own: UUID
    foreign: UUID

    def leaks(self, role: str, table: str) -> set[str]:
        """What the role can do with the other organization's row."""
        return leaks(self.roles[role], read(self.admin, table), self.own, self.foreign)

    def run(self, statement: str, table: str) -> None:
        """Change a table's protection."""
        self.admin.execute(sql.SQL(statement).format(sql.Identifier(table)))

    @contextmanager
    def planted(self, statement: str, undo: str, table: str) -> Iterator[None]:
        """The protection changed, for as long as the context lasts."""
        self.run(statement, table)
        try:
            yield
        finally:
            self.run(undo, table)


@pytest.fixture(scope="module")
def rig(module_database: Database) -> Iterator[Rig]:
    """The roles as the doors connect; `owner` has every right that a table can give."""
    own, foreign = uuid4(), uuid4()
    with ExitStack() as connections:
        admin, *doors = (
            connections.enter_context(psycopg.connect(Database.libpq(url), autocommit=True))
            for url in (
                module_database.admin,
                module_database.owner,
                module_database.api,
                module_database.worker,
            )
        )
        loosen(admin)
        for name in tables(admin):
            for org_id in (own, foreign):
                admin.execute(read(admin, name).insert(org_id))
        roles = dict(zip(("owner", "api", "worker"), doors, strict=True))
        yield Rig(admin, roles, module_database, own, foreign)


def test_the_catalog_has_no_flaw(rig: Rig) -> None:
    assert flaws(rig.admin) == set()
    assert tables(rig.admin) == TABLES


@pytest.mark.parametrize("role", ["owner", "api", "worker"])
@pytest.mark.parametrize("table", TABLES)
def test_nobody_reaches_another_organizations_rows(rig: Rig, role: str, table: str) -> None:
    assert rig.leaks(role, table) == set()


@pytest.mark.parametrize("table", TABLES)
def test_a_planted_policy_is_noticed(rig: Rig, table: str) -> None:
    granted = {role: _granted(rig, role, table) for role in rig.roles}
    assert granted["owner"] == ALL
    for statement, wanted in PLANTED.items():
        with rig.planted(statement, "DROP POLICY planted ON {}", table):
            for role, possible in granted.items():
                assert rig.leaks(role, table) == wanted & possible, (statement, role)


def _granted(rig: Rig, role: str, table: str) -> set[str]:
    """What the role's grants alone would let it do."""
    with rig.planted(*DISABLED, table):
        return rig.leaks(role, table)


@pytest.mark.parametrize("table", TABLES)
def test_an_owner_above_the_policies_is_noticed(rig: Rig, table: str) -> None:
    with rig.planted(*UNFORCED, table):
        assert rig.leaks("owner", table) == ALL
        assert flaws(rig.admin) == {(table, "its owner is above the policies")}
        assert rig.leaks("api", table) == set()


@pytest.fixture(scope="module")
def privileged(rig: Rig) -> Iterator[str]:
    """One more role, with all that the API's may, and BYPASSRLS.

    The API's own role is shared by every database of the server, where other tests run.
    """
    name, password = f"privileged_{uuid4().hex[:8]}", secrets.token_hex(8)
    role = sql.Identifier(name)
    making = "CREATE ROLE {} LOGIN PASSWORD {} IN ROLE imaging360_api"
    rig.admin.execute(sql.SQL(making).format(role, sql.Literal(password)))
    with psycopg.connect(rig.admin.info.dsn, user=name, password=password, autocommit=True) as own:
        rig.roles[name] = own
        yield name
        del rig.roles[name]
    rig.admin.execute(sql.SQL("DROP ROLE {}").format(role))


@pytest.mark.parametrize("table", TABLES)
def test_a_role_that_bypasses_the_policies_is_noticed(
    rig: Rig, privileged: str, table: str
) -> None:
    assert rig.leaks(privileged, table) == set()
    role = sql.Identifier(privileged)
    rig.admin.execute(sql.SQL("ALTER ROLE {} BYPASSRLS").format(role))
    leaked = rig.leaks(privileged, table)
    rig.admin.execute(sql.SQL("ALTER ROLE {} NOBYPASSRLS").format(role))
    assert leaked == _granted(rig, "api", table) != set()


def test_whatever_is_added_unprotected_is_noticed(rig: Rig) -> None:
    added = (
        "CREATE TABLE added (id uuid)",
        "GRANT TRUNCATE ON added TO imaging360_worker",
        "CREATE VIEW seen AS SELECT * FROM users",
        "CREATE FUNCTION helpful() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
    )
    with rig.admin.transaction(force_rollback=True):
        for statement in added:
            rig.admin.execute(statement)
        assert "added" in tables(rig.admin)
        assert flaws(rig.admin) == {
            ("added", "no row-level security"),
            ("added", "its owner is above the policies"),
            ("added", "no policy"),
            ("added", "no organization"),
            ("added", "can be emptied past the policies"),
            ("seen", "shows rows with its owner's eyes"),
            ("helpful", "runs with its owner's rights"),
        }
