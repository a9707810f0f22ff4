"""`python -m cli`: run the doors, migrate the database, capture from a terminal."""

import typer

from cli import capture, db, run

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="360 Imaging: run and mend the platform."
)
app.add_typer(run.app, name="run")
app.add_typer(db.app, name="db")
app.add_typer(capture.app, name="capture")

if __name__ == "__main__":
    app()
