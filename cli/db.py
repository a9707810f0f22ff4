"""The database: migrations, and the passwords of the roles that they make."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from settings import DatabaseSettings, load

app = typer.Typer(no_args_is_help=True, help="Migrate the database.")


@app.command()
def upgrade(
    revision: Annotated[str, typer.Argument(help="Where to go: a revision, or head.")] = "head",
) -> None:
    """Bring the schema up, and give the API's and the worker's role their passwords."""
    from schema import migrate

    settings = load(DatabaseSettings)
    owner = settings.owner_database_url.get_secret_value()
    with _reachable():
        migrate.upgrade(owner, revision)
        for role, password in (
            ("imaging360_api", settings.api_role_password),
            ("imaging360_worker", settings.worker_role_password),
        ):
            if password is not None:
                migrate.set_role_password(owner, role, password.get_secret_value())
    typer.echo(f"database is at {revision}")


@app.command()
def downgrade(
    revision: Annotated[str, typer.Argument(help="Where to go: a revision, or base.")],
) -> None:
    """Take the schema back. What later revisions made is dropped, data included."""
    from schema import migrate

    settings = load(DatabaseSettings)
    with _reachable():
        migrate.downgrade(settings.owner_database_url.get_secret_value(), revision)
    typer.echo(f"database is at {revision}")


@contextmanager
def _reachable() -> Iterator[None]:
    """One line and exit code 1 when the database is not there."""
    # Here and above: the migrations' libraries take half a second, which `--help` need not wait.
    from sqlalchemy.exc import OperationalError

    try:
        yield
    except OperationalError as error:
        reason = str(error.orig).strip().split("\n", 1)[0]
        typer.echo(f"database: {reason}; check IMAGING360_OWNER_DATABASE_URL", err=True)
        raise typer.Exit(1) from error
