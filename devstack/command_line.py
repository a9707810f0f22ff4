"""`python -m devstack up|demo`: options in, exit code out."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from devstack.demo import Demo
from devstack.errors import Cancelled, StackError
from devstack.paths import DEFAULT_DATA
from devstack.progress import Progress
from devstack.registry import ALL
from devstack.signals import StopRequest
from devstack.stack import Stack
from devstack.summary import addresses

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
DataOption = Annotated[Path, typer.Option("--data-dir", help="where everything is kept")]
PortOption = Annotated[list[str] | None, typer.Option("--port", help="name=number: api=8000")]
WorkersOption = Annotated[int, typer.Option(min=1, help="worker processes")]
OnlyOption = Annotated[str, typer.Option(help="some parts only, separated by commas")]
PhotosOption = Annotated[Path | None, typer.Option(help="a directory with your own photos")]


@app.callback()
def root() -> None:
    """The embedded stack: real PostgreSQL, Temporal, S3/SQS, an OIDC issuer, and our own parts."""


@app.command()
def up(
    data_dir: DataOption = DEFAULT_DATA,
    only: OnlyOption = "",
    port: PortOption = None,
    workers: WorkersOption = 1,
) -> None:
    """Start the stack and keep it until Ctrl-C."""
    progress, stop = Progress(Console()), StopRequest()
    parts = {name.strip() for name in only.split(",")} if only else ALL
    stack = _stack(data_dir, progress, stop, parts, port, workers)
    with stack:
        if {"api", "temporal", "oidc"} <= parts:
            progress.say("\n" + "\n".join(addresses(stack)))
        progress.say("\nup; Ctrl-C stops it")
        stop.wanted.wait()
        progress.say("stopping")


@app.command()
def demo(
    data_dir: DataOption = DEFAULT_DATA,
    photos: PhotosOption = None,
    port: PortOption = None,
    workers: WorkersOption = 1,
) -> None:
    """Send a 24-frame spin (or your photos) through the whole path, and watch it."""
    progress, stop = Progress(Console()), StopRequest()
    stack = _stack(data_dir, progress, stop, ALL, port, workers)
    keep = sys.stdin.isatty() and sys.stdout.isatty()
    Demo(stack, progress, stop, photos, keep).run()


def main() -> int:
    """Run the command line; a StackError is one line on stderr (then the log's tail) and code 1."""
    try:
        app(standalone_mode=False)
    except Cancelled:
        return 130
    except (StackError, typer.Exit, typer.Abort) as error:
        return _failed(str(error))
    except Exception as error:
        # Typer's own complaints about options are of a class that it does not export.
        if hasattr(error, "format_message"):
            return _failed(error.format_message())
        raise
    return 0


def _stack(
    data_dir: Path,
    progress: Progress,
    stop: StopRequest,
    parts: "frozenset[str] | set[str]",
    port: list[str] | None,
    workers: int,
) -> Stack:
    stop.install()
    return Stack(
        data_dir,
        parts=parts,
        ports=_ports(port or []),
        preferred_ports=True,
        workers=workers,
        listener=progress,
        cancel=stop.wanted,
    )


def _ports(given: list[str]) -> dict[str, int]:
    try:
        return {name: int(number) for name, number in (item.split("=") for item in given)}
    except ValueError:
        raise StackError(f"--port wants name=number, not {' '.join(given)!r}") from None


def _failed(reason: str) -> int:
    Console(stderr=True).print(
        f"devstack: {reason}", style="red", soft_wrap=True, markup=False, highlight=False
    )
    return 1
