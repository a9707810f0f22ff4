"""A bounded directory of this host, by content.

Files appear whole or not at all: they are written under `.partial/` and renamed. What a killed
process left half done is removed at the next start of any, what was there before the machine last
started is not trusted, and the least recently used files go when the directory outgrows its bound
or the disk is full. Every reader treats a file that is gone as a miss, so any process of the host
may clean up at any time.
"""

import errno
import itertools
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from adapters.errors import TransientError
from adapters.scratch_claim import Claim

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}
_TROUBLE = _NO_ROOM | {errno.EIO, errno.ENOMEM, errno.EMFILE, errno.ENFILE}
_RECOUNTS = 16


class ScratchDirectory:
    """Scratch space under `root`, kept at or below `max_bytes`.

    Several processes may share one: each counts again after writing a sixteenth of the bound, so
    together they may exceed it by that much each. Files in the making come on top.
    """

    def __init__(self, root: Path, max_bytes: int) -> None:
        self._root = root
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._serial = itertools.count()
        with self._translated():
            self._claim = Claim(root)
            self._used = sum(size for _, size, _ in self._files())
        self._uncounted = 0

    @property
    def used_bytes(self) -> int:
        """What is held, as far as this process has counted."""
        return self._used

    def path(self, name: str) -> Path:
        """Where `name` is or will be. The file may not exist."""
        return self._root / name

    def holds(self, name: str) -> bool:
        """Whether `name` is there, whole. Counts as a use."""
        with self._translated():
            try:
                os.utime(self.path(name))
            except FileNotFoundError:
                return False
        return True

    def read(self, name: str) -> bytes | None:
        """The bytes of `name`; None when it is not there. Counts as a use.

        Raises:
            TransientError: the disk is in trouble.
        """
        path = self.path(name)
        with self._translated():
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
        """Take over a finished file under `name`.

        Raises:
            TransientError: the disk is full.
        """
        with self._translated():
            size = source.stat().st_size
            os.replace(source, self.path(name))
        with self._lock:
            self._used += size
            self._uncounted += size
            if self._uncounted > self._max_bytes // _RECOUNTS or self._used > self._max_bytes:
                self._make_room()

    @contextmanager
    def partial(self, name: str) -> Iterator[Path]:
        """A fresh path for a file in the making, on the same disk; gone at the end.

        Raises:
            TransientError: the disk is full.
        """
        with self._translated():
            path = self._claim.directory() / f"{next(self._serial)}-{name}"
            try:
                yield path
            finally:
                path.unlink(missing_ok=True)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if error.errno not in _TROUBLE:
                raise
            if error.errno in _NO_ROOM:
                self._shed()
            raise TransientError(f"scratch space in {self._root}: {error.strerror}") from error

    def _shed(self) -> None:
        """Give back half of what we hold: the bound may be more than the disk has."""
        with self._lock, suppress(OSError):
            held = sum(size for _, size, _ in self._files())
            self._evict(held // 2)

    def _make_room(self) -> None:
        """Count again; over the bound, free a quarter, so as not to come back at once."""
        self._uncounted = 0
        self._used = sum(size for _, size, _ in self._files())
        if self._used > self._max_bytes:
            self._evict(self._max_bytes * 3 // 4)

    def _evict(self, wanted: int) -> None:
        """Drop the least recently used until at most `wanted` bytes are left."""
        files = sorted(self._files())
        self._used = sum(size for _, size, _ in files)
        for _, size, path in files:
            if self._used <= wanted:
                return
            path.unlink(missing_ok=True)
            self._used -= size

    def _files(self) -> Iterator[tuple[float, int, Path]]:
        with os.scandir(self._root) as entries:
            for entry in entries:
                with suppress(FileNotFoundError):
                    if entry.is_file(follow_symlinks=False):
                        stat = entry.stat(follow_symlinks=False)
                        yield stat.st_mtime, stat.st_size, Path(entry.path)
