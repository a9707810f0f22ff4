"""The demonstration data, and what it is when written twice."""

import psycopg

from devstack.people import DEMO, OTHER, PEOPLE
from devstack.seed import organization_id, seed, site_id
from devstack.testing.databases import Database

_ISSUER = "http://127.0.0.1:1"


def _count(database: Database, table: str) -> int:
    with psycopg.connect(database.admin) as connection:
        row = connection.execute(f"select count(*) from {table}").fetchone()
    assert row is not None
    return int(row[0])


def test_seeding_twice_is_seeding_once(database: Database) -> None:
    first = seed(database.owner, "code", _ISSUER)
    assert seed(database.owner, "code", _ISSUER) == first
    tables = ("organizations", "sites", "enrollment_codes", "users", "user_site_access")
    assert [_count(database, table) for table in tables] == [2, 2, 2, 4, 4]
    assert first[DEMO].org_id == organization_id(DEMO) != organization_id(OTHER)
    assert first[DEMO].site_id == site_id(DEMO)


def test_there_is_one_user_for_each_role_and_an_outsider(database: Database) -> None:
    seed(database.owner, "code", _ISSUER)
    with psycopg.connect(database.admin) as connection:
        rows = connection.execute("select email, role, org_id from users").fetchall()
    wanted = {(p.email, p.role, organization_id(p.organization)) for p in PEOPLE}
    assert set(rows) == wanted
    assert sorted(p.role for p in PEOPLE if p.organization == DEMO) == [
        "admin",
        "operator",
        "reviewer",
    ]


def test_a_user_of_an_issuer_that_moved_may_bind_again(database: Database) -> None:
    seed(database.owner, "code", _ISSUER)
    with psycopg.connect(database.admin) as connection:
        connection.execute("update users set issuer = %s, subject = email", [_ISSUER])
    seed(database.owner, "code", _ISSUER)
    seed(database.owner, "code", "http://127.0.0.1:2")
    with psycopg.connect(database.admin) as connection:
        bound = connection.execute("select count(*) from users where subject is not null")
        assert bound.fetchone() == (0,)
