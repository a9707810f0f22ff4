"""Where the stack keeps its things: one directory, readable by its owner only."""

import os
import threading
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
DEFAULT_DATA = REPOSITORY / ".data"


class DataDir:
    """The directory of one stack: the servers' state, logs, ports, secrets, environment files."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)

    def sub(self, name: str) -> Path:
        """The directory `name`, made (0700) when missing."""
        path = self.root / name
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        return path

    def log(self, part: str) -> Path:
        """The log file of a part; appended to over restarts."""
        return self.sub("logs") / f"{part}.log"

    def write_private(self, name: str, text: str) -> Path:
        """Write the file `name` at once and with mode 0600, so that no reader sees half of it."""
        path = self.root / name
        scratch = path.with_name(f"{path.name}.{threading.get_ident()}.new")
        descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
        scratch.replace(path)
        return path
