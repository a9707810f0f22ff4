"""A bounded directory of this host, by content.

Files appear whole or not at all: they are written under `.partial/` and renamed. What a
killed process leaves half done is removed at the next start, and the least recently used
files go when the directory outgrows its bound. Every reader treats a file that is gone as a
miss, so any process of the host may clean up at any time.
"""

import errno
import itertools
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from adapters.errors import TransientError

_STALE_SECONDS = 3600
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.ENOMEM}


class ScratchDirectory:
    """Scratch space under `root`, kept at or below `max_bytes`."""

    def __init__(self, root: Path, max_bytes: int) -> None:
        self._root = root
        self._partial = root / ".partial"
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._serial = itertools.count()
        self._partial.mkdir(parents=True, exist_ok=True)
        self._remove_stale()
        self._used = sum(size for _, size, _ in self._files())

    def path(self, name: str) -> Path:
        """Where `name` is or will be. The file may not exist."""
        return self._root / name

    def holds(self, name: str) -> bool:
        """Whether `name` is there, whole. Counts as a use."""
        try:
            os.utime(self.path(name))
        except FileNotFoundError:
            return False
        return True

    def read(self, name: str) -> bytes | None:
        """The bytes of `name`; None when it is not there. Counts as a use."""
        path = self.path(name)
        try:
            os.utime(path)
            return path.read_bytes()
        except FileNotFoundError:
            return None

    def write(self, name: str, data: bytes) -> None:
        """Store `name` whole or not at all.

        Raises:
            TransientError: the disk is full.
        """
        with self.partial(name) as path:
            path.write_bytes(data)
            self.adopt(name, path)

    def adopt(self, name: str, source: Path) -> None:
        """Take over a finished file under `name`."""
        size = source.stat().st_size
        os.replace(source, self.path(name))
        with self._lock:
            self._used += size
            if self._used > self._max_bytes:
                self._evict()

    @contextmanager
    def partial(self, name: str) -> Iterator[Path]:
        """A fresh path for a file in the making, on the same disk; gone at the end.

        Raises:
            TransientError: the disk is full.
        """
        path = self._partial / f"{os.getpid()}-{next(self._serial)}-{name}"
        try:
            yield path
        except OSError as error:
            if error.errno in _NO_ROOM:
                raise TransientError(f"scratch space in {self._root}: {error.strerror}") from error
            raise
        finally:
            path.unlink(missing_ok=True)

    def _evict(self) -> None:
        """Drop the least recently used until a quarter is free, so as not to come back at once."""
        files = sorted(self._files())
        self._used = sum(size for _, size, _ in files)
        for _, size, path in files:
            if self._used <= self._max_bytes * 3 // 4:
                return
            path.unlink(missing_ok=True)
            self._used -= size

    def _files(self) -> Iterator[tuple[float, int, Path]]:
        for entry in os.scandir(self._root):
            with suppress(FileNotFoundError):
                if entry.is_file():
                    stat = entry.stat()
                    yield stat.st_mtime, stat.st_size, Path(entry.path)

    def _remove_stale(self) -> None:
        for path in self._partial.iterdir():
            with suppress(FileNotFoundError):
                if _is_orphan(path) or path.stat().st_mtime < time.time() - _STALE_SECONDS:
                    path.unlink()


def _is_orphan(path: Path) -> bool:
    pid = path.name.partition("-")[0]
    try:
        os.kill(int(pid), 0)
    except (ValueError, ProcessLookupError):
        return True
    except PermissionError:
        return False
    return False
