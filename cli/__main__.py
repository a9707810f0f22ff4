"""`imaging360`: run the doors, migrate the database, capture from a terminal, mend what stopped."""

import typer

from cli import capture, db, ops, run

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="360 Imaging: run and mend the platform."
)
app.add_typer(run.app, name="run")
app.add_typer(db.app, name="db")
app.add_typer(capture.app, name="capture")
app.add_typer(ops.app, name="ops")

if __name__ == "__main__":
    app(prog_name="imaging360")
