"""`python -m cli`: run the doors, migrate the database."""

import typer

from cli import db, run

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="360 Imaging: run and mend the platform."
)
app.add_typer(run.app, name="run")
app.add_typer(db.app, name="db")

if __name__ == "__main__":
    app()
