"""Housekeeping sees every organization one by one, and is above no policy."""

import psycopg
import pytest

from devstack.testing.databases import Database
from tests.rows import a_yard

LIST = "SELECT * FROM list_organizations(NULL, 100)"


def test_the_worker_learns_ids_and_nothing_else(database: Database) -> None:
    yard = a_yard(database.owner)
    with psycopg.connect(Database.libpq(database.worker)) as connection:
        assert connection.execute(LIST).fetchall() == [(yard.org_id,)]
        for table in ("sites", "sessions", "uploads", "images", "events"):
            assert connection.execute(f"SELECT * FROM {table}").fetchall() == []


@pytest.mark.parametrize(
    ("door", "statement"),
    [
        ("api", LIST),
        ("api", "SET ROLE imaging360_housekeeping"),
        ("worker", "SET ROLE imaging360_housekeeping"),
        ("worker", "SELECT id FROM organizations"),
        ("worker", "UPDATE sessions SET shot_list = '{}'"),
        ("worker", "UPDATE uploads SET sha256 = ''"),
        ("worker", "DELETE FROM uploads"),
    ],
)
def test_what_the_doors_may_not_do(database: Database, door: str, statement: str) -> None:
    url = Database.libpq(getattr(database, door))
    with (
        psycopg.connect(url) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement)
