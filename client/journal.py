"""What was sent already, in a file that survives an interruption."""

import json
import os
from pathlib import Path

from client.photos import Shot

NAME = ".imaging360.jsonl"
_Entry = tuple[str, ...]


class Journal:
    """A line of JSON for every stored file, appended when the store has said so.

    A file counts as sent as long as its name, size, time of change and place in the session stay.
    A line that was cut off by an interruption is as good as none: the file is asked for again, and
    the API knows it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[_Entry, str] = {}
        text = path.read_text("utf-8") if path.exists() else ""
        self._torn = bool(text) and not text.endswith("\n")
        for line in text.splitlines():
            self._read(line)

    def upload_id(self, session_id: str, shot: Shot) -> str | None:
        """The upload that stored this file in this session, if it was."""
        return self._known.get(_entry(session_id, shot))

    def note(self, session_id: str, shot: Shot, upload_id: str) -> None:
        """Remember it, on the disk when this returns. Raises OSError."""
        entry = _entry(session_id, shot)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(("\n" if self._torn else "") + json.dumps([*entry, upload_id]) + "\n")
            file.flush()
            os.fsync(file.fileno())
        self._torn = False
        self._known[entry] = upload_id

    def _read(self, line: str) -> None:
        try:
            *entry, upload_id = json.loads(line)
        except (ValueError, TypeError):
            return
        self._known[tuple(map(str, entry))] = str(upload_id)


def _entry(session_id: str, shot: Shot) -> _Entry:
    state = shot.path.stat()
    return session_id, shot.slot, shot.path.name, str(state.st_size), str(state.st_mtime_ns)
