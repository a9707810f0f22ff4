"""Fixtures: a PostgreSQL server, and migrated databases on it."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import psycopg
import pytest
from psycopg import sql

from devstack.postgres import OWNER
from devstack.testing.shared import SharedServers


@dataclass(frozen=True)
class PostgresServer:
    """A running server: the superuser's URL (libpq form) and the doors' roles (SQLAlchemy form)."""

    admin: str
    owner: str
    api: str
    worker: str


@dataclass(frozen=True)
class Database:
    """One database with the current schema; SQLAlchemy URLs, `admin` in libpq form."""

    name: str
    owner: str
    api: str
    worker: str
    admin: str

    @staticmethod
    def libpq(url: str) -> str:
        """The same URL without SQLAlchemy's driver name, for psycopg itself."""
        return url.replace("postgresql+psycopg://", "postgresql://")


DatabaseFactory = Callable[[], Database]


@pytest.fixture(scope="session")
def postgres_server(shared_servers: SharedServers) -> PostgresServer:
    """A PostgreSQL server shared by the test run; its `imaging360` database has no tables yet."""
    return PostgresServer(**shared_servers.want("postgres"))


@pytest.fixture(scope="session")
def make_database(
    shared_servers: SharedServers, postgres_server: PostgresServer
) -> Iterator[DatabaseFactory]:
    """Makes a migrated database in some 50 ms, a copy of one that was really migrated."""
    made: list[str] = []

    def make() -> Database:
        template = shared_servers.want("template")["database"]
        name = f"test_{uuid.uuid4().hex[:12]}"
        # A copy belongs to whoever copies, and only a database's owner may create in `public`.
        copy = "create database {} template {} owner {}"
        _execute(postgres_server, copy, name, template, OWNER)
        made.append(name)
        return _database(postgres_server, name)

    yield make
    for name in made:
        _execute(postgres_server, "drop database if exists {} with (force)", name)


@pytest.fixture
def database(make_database: DatabaseFactory) -> Database:
    """A freshly migrated, empty database for this test alone."""
    return make_database()


@pytest.fixture(scope="module")
def module_database(make_database: DatabaseFactory) -> Database:
    """A freshly migrated database that the tests of one module share."""
    return make_database()


def _database(server: PostgresServer, name: str) -> Database:
    def on_it(url: str) -> str:
        return f"{url.rpartition('/')[0]}/{name}"

    return Database(
        name=name,
        owner=on_it(server.owner),
        api=on_it(server.api),
        worker=on_it(server.worker),
        admin=on_it(server.admin),
    )


def _execute(server: PostgresServer, statement: str, *names: str) -> None:
    with psycopg.connect(server.admin, autocommit=True) as connection:
        identifiers = [sql.Identifier(name) for name in names]
        connection.execute(sql.SQL(statement).format(*identifiers))
