"""A test run that is interrupted leaves no server and no file behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from devstack.paths import REPOSITORY

_PATIENCE = 60.0
_TEST = """
import pathlib, time

def test_that_takes_long(oidc_issuer, postgres_server):
    pathlib.Path({ready!r}).write_text("ready")
    time.sleep(600)
"""


def _run(directory: Path) -> subprocess.Popen[bytes]:
    """pytest on a test that uses two servers and never ends; returns while it sleeps."""
    file, ready = directory / "test_long.py", directory / "ready"
    file.write_text(_TEST.format(ready=str(ready)))
    plugins = [f"-pdevstack.testing.{name}" for name in ("shared", "servers", "databases")]
    argv = [sys.executable, "-m", "pytest", "-q", "-c", str(REPOSITORY / "pyproject.toml")]
    clean = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    run = subprocess.Popen(
        [*argv, "-p", "no:cacheprovider", *plugins, str(file)],
        cwd=REPOSITORY,
        env={**clean, "TMPDIR": str(directory)},
        stdout=subprocess.DEVNULL,
        # A shell has its background jobs ignore SIGINT, and their children inherit that.
        preexec_fn=_heed_interrupts,
    )
    _until(lambda: ready.exists() or run.poll() is not None)
    assert run.poll() is None
    return run


def _heed_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _of(directory: Path) -> list[psutil.Process]:
    """The keeper and its servers: processes that carry the run's directory in their arguments."""
    return [
        process
        for process in psutil.process_iter(["cmdline", "status"])
        if process.info["status"] != psutil.STATUS_ZOMBIE
        and any(_is_below(part, directory) for part in process.info["cmdline"] or [])
    ]


def _is_below(argument: str, directory: Path) -> bool:
    return "imaging360-test" in argument and str(directory) in argument


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_the_servers_go_with_the_run(tmp_path: Path, number: signal.Signals) -> None:
    run = _run(tmp_path)
    try:
        assert len(_of(tmp_path)) >= 3
        run.send_signal(number)
        run.wait(_PATIENCE)
    finally:
        run.kill()
    if number is signal.SIGINT:
        assert _of(tmp_path) == []
    _until(lambda: not _of(tmp_path))
    _until(lambda: not list(tmp_path.glob("imaging360-test*")))
