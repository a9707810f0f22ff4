"""Who the command line speaks for: tokens in a file that only its owner can read."""

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

from client.errors import Imaging360Error
from client.models import Token

Who = Literal["device", "user"]
_ADVICE: dict[Who, str] = {"device": "capture enrol", "user": "capture login"}


class Identity:
    """The API's address, a device's and a person's token, in `home`/identity.json (0600)."""

    def __init__(self, home: Path) -> None:
        self._file = home / "identity.json"

    @property
    def api(self) -> str:
        """The address of the API. Raises Imaging360Error."""
        if (known := self._read().get("api")) is None:
            said = "no API is known yet: run `capture enrol` or `capture login` first"
            raise Imaging360Error("not_enrolled", said)
        return str(known)

    def token(self, *whose: Who) -> str:
        """The token of the first of these that there is. Raises Imaging360Error."""
        known = self._read()
        for who in whose:
            if who in known:
                return str(known[who]["access_token"])
        ways = " or ".join(f"`{_ADVICE[who]}`" for who in whose)
        raise Imaging360Error("not_signed_in", f"nobody to speak for: run {ways} first")

    def keep(self, api: str, who: Who, token: Token) -> None:
        """Remember a token. Those of another API are forgotten. Raises OSError."""
        known = self._read()
        if known.get("api") != api:
            known = {"api": api}
        self._write(known | {who: asdict(token)})

    def _read(self) -> dict[str, Any]:
        try:
            return dict(json.loads(self._file.read_text("utf-8")))
        except (OSError, ValueError):
            return {}

    def _write(self, known: dict[str, Any]) -> None:
        """At once, so that an interruption leaves the old file or the new one."""
        self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        scratch = self._file.with_suffix(".new")
        scratch.unlink(missing_ok=True)
        descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            json.dump(known, stream, indent=2)
        scratch.replace(self._file)
