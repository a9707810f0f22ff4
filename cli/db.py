"""The database: migrations, and the passwords of the roles that they make."""

from typing import Annotated

import typer
from sqlalchemy.exc import OperationalError

from schema import migrate
from settings import DatabaseSettings, load

app = typer.Typer(no_args_is_help=True, help="Migrate the database.")


@app.command()
def upgrade(
    revision: Annotated[str, typer.Argument(help="Where to go: a revision, or head.")] = "head",
) -> None:
    """Bring the schema up, and give the API's and the worker's role their passwords."""
    settings = load(DatabaseSettings)
    owner = settings.owner_database_url.get_secret_value()
    try:
        migrate.upgrade(owner, revision)
        for role, password in (
            ("imaging360_api", settings.api_role_password),
            ("imaging360_worker", settings.worker_role_password),
        ):
            if password is not None:
                migrate.set_role_password(owner, role, password.get_secret_value())
    except OperationalError as error:
        _give_up(error)
    typer.echo(f"database is at {revision}")


@app.command()
def downgrade(
    revision: Annotated[str, typer.Argument(help="Where to go: a revision, or base.")],
) -> None:
    """Take the schema back. What later revisions made is dropped, data included."""
    settings = load(DatabaseSettings)
    try:
        migrate.downgrade(settings.owner_database_url.get_secret_value(), revision)
    except OperationalError as error:
        _give_up(error)
    typer.echo(f"database is at {revision}")


def _give_up(error: OperationalError) -> None:
    reason = str(error.orig).strip().split("\n", 1)[0]
    typer.echo(f"database: {reason}; check IMAGING360_OWNER_DATABASE_URL", err=True)
    raise typer.Exit(1) from error
