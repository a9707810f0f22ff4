"""Passwords and keys of the stack: made at the first start, kept with mode 0600."""

import json
import secrets
import threading

from devstack.paths import DataDir


class Secrets:
    """A small persistent dictionary of secrets."""

    def __init__(self, data: DataDir) -> None:
        self._data = data
        self._lock = threading.Lock()
        try:
            text = (data.root / "secrets.json").read_text("utf-8")
            self._known: dict[str, str] = json.loads(text)
        except (OSError, ValueError):
            self._known = {}

    def get(self, name: str) -> str | None:
        """The secret `name`, None when there is none yet."""
        return self._known.get(name)

    def password(self, name: str) -> str:
        """The password `name`, made when missing: letters and digits, safe in a URL."""
        with self._lock:
            if name not in self._known:
                self._known[name] = secrets.token_hex(20)
                self._save()
            return self._known[name]

    def put(self, **values: str) -> None:
        """Remember `values`, replacing older ones."""
        with self._lock:
            if any(self._known.get(name) != value for name, value in values.items()):
                self._known.update(values)
                self._save()

    def _save(self) -> None:
        self._data.write_private("secrets.json", json.dumps(self._known, indent=2) + "\n")
