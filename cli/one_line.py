"""Errors as one line that says what to do."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import typer

from client.errors import Imaging360Error

P = ParamSpec("P")
_ADVICE = {
    "token_expired": "run `capture enrol` or `capture login` again",
    "token_invalid": "run `capture enrol` or `capture login` again",
    "device_revoked": "ask an administrator of the organization",
    "role_forbidden": "sign in as a reviewer or an admin",
    "enrollment_code_invalid": "ask an administrator for a new code",
    "enrollment_code_required": "give it with --code",
    "vehicle_identity_required": "give --vin or --stock",
    "session_not_active": "open another session",
    "unreachable": "check --api and the network, then run the command again",
}


def explained(command: Callable[P, None]) -> Callable[P, None]:
    """Turn what a command raises into a line on stderr and exit code 1."""

    @wraps(command)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except (Imaging360Error, OSError, TimeoutError) as error:
            typer.echo(f"imaging360: {line(error)}", err=True)
            raise typer.Exit(1) from error

    return wrapper


def line(error: Exception) -> str:
    """What went wrong, and what to do about it if we know."""
    if not isinstance(error, Imaging360Error):
        return " ".join(str(error).split()) or type(error).__name__
    advice = _ADVICE.get(error.code)
    said = f"{' '.join(error.detail.split())} ({error.code})"
    return f"{said}; {advice}" if advice else said
