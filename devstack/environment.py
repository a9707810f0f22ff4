"""The settings of our own processes, from what the parts know, and the files they lie in."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import get_args

from devstack.part import Door, Part, Run

PREFIX = "IMAGING360_"
DOORS: tuple[Door, ...] = get_args(Door)
_DIRECTORIES: dict[Door, dict[str, str]] = {
    "api": {"JWT_KEYS_DIR": "jwt-keys"},
    "worker": {"SCRATCH_DIR": "scratch"},
}


def settings_of(door: Door, parts: Iterable[Part], run: Run) -> dict[str, str]:
    """Every setting of `door`, with its prefix; what the caller overrides comes last."""
    values = {"ENVIRONMENT": "development", "LOG_FORMAT": "console", "LOG_LEVEL": "INFO"}
    values |= {name: str(run.data.sub(sub)) for name, sub in _DIRECTORIES.get(door, {}).items()}
    for part in parts:
        values |= part.variables(door)
    return {PREFIX + name: value for name, value in values.items()} | dict(run.extra)


def write_files(parts: Iterable[Part], run: Run) -> None:
    """Write `<door>.env` for each door, and `stack.env` with all of them in one.

    The doors have AWS keys of their own; in `stack.env` the api's stand. To start a door by hand
    against the running stack: `IMAGING360_ENV_FILE=.data/worker.env python -m cli run worker`.
    """
    known = list(parts)
    everything: dict[str, str] = {}
    for door in sorted(DOORS, key=lambda name: name == "api"):
        settings = settings_of(door, known, run)
        everything |= settings
        run.data.write_private(f"{door}.env", _text(settings))
    run.data.write_private("stack.env", _text(everything))


def process_environment(door: Door, run: Run, extra: Mapping[str, str]) -> dict[str, str]:
    """The environment of a door's process.

    A setting in the shell of whoever starts the stack counts, unless the stack sets it itself.
    """
    file = env_file(door, run)
    ours = {line.partition("=")[0] for line in file.read_text("utf-8").splitlines()}
    inherited = {name: value for name, value in os.environ.items() if name not in ours}
    python = {"PYTHONUNBUFFERED": "1", "NO_COLOR": "1"}
    return {**inherited, **python, PREFIX + "ENV_FILE": str(file), **extra}


def env_file(door: Door, run: Run) -> Path:
    """The settings file of a door."""
    return run.data.root / f"{door}.env"


def _text(settings: Mapping[str, str]) -> str:
    return "".join(f"{name}={value}\n" for name, value in sorted(settings.items()))
