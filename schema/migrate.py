"""Migrations as functions: the CLI, the embedded stack and the tests run the same ones."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.pool import NullPool

MIGRATIONS = Path(__file__).parent / "migrations"

# One migration at a time, whoever starts it: doors of several hosts may call `upgrade` at once.
_ADVISORY_LOCK = 360_360


def engine(owner_url: str) -> Engine:
    """A connection factory for the owner's role, without a pool."""
    return create_engine(owner_url, poolclass=NullPool)


def upgrade(owner_url: str, revision: str = "head") -> None:
    """Bring the database to `revision`. Safe to call again and from several hosts."""
    with engine(owner_url).begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:k)"), {"k": _ADVISORY_LOCK})
        command.upgrade(_config(connection), revision)


def downgrade(owner_url: str, revision: str = "base") -> None:
    """Take the database back to `revision`. Drops what later revisions made, data included."""
    with engine(owner_url).begin() as connection:
        command.downgrade(_config(connection), revision)


def set_role_password(owner_url: str, role: str, password: str) -> None:
    """Give one of the login roles that the migrations made its password."""
    with engine(owner_url).begin() as connection:
        quoted = connection.execute(
            text("SELECT quote_ident(:role), quote_literal(:password)"),
            {"role": role, "password": password},
        ).one()
        connection.exec_driver_sql(f"ALTER ROLE {quoted[0]} PASSWORD {quoted[1]}")


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config
