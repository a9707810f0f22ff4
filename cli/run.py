"""Start a door in this process."""

import os
import sys

import typer

app = typer.Typer(no_args_is_help=True, help="Start one part of the platform.")

# The image codecs allocate and free tens of megabytes an image; by default glibc gives every
# block back to the kernel, and page faults then cost more than decoding. It reads these at
# start only, so they must be there before the process is.
MALLOC = {
    "MALLOC_MMAP_THRESHOLD_": "1073741824",
    "MALLOC_TRIM_THRESHOLD_": "2147483648",
    "MALLOC_TOP_PAD_": "67108864",
}


@app.command()
def api() -> None:
    """The REST API."""
    _become("api.main")


@app.command()
def bridge() -> None:
    """The consumer of upload events."""
    _become("bridge")


@app.command()
def worker() -> None:
    """A worker for image processing; start as many as there are hosts."""
    _become("worker", MALLOC)


def _become(module: str, environment: dict[str, str] | None = None) -> None:
    """Replace this process, so that signals reach the door itself."""
    os.execve(sys.executable, [sys.executable, "-m", module], {**(environment or {}), **os.environ})
