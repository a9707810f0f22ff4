"""Who is at work in a scratch directory: one locked folder for each process.

The lock belongs to an open file, so the kernel releases it however a process ends. Process ids
would not do: containers that share a volume do not see each other's, and each has the same.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class Claim:
    """A folder for files in the making under `root`, ours until this process ends.

    Making one creates `root`, readable by its owner only, removes what dead processes left, and
    empties it when the machine was started anew since: a file that was renamed but not yet on the
    disk when the power went may be there with its right name and without its bytes.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._partial = root / ".partial"
        self._descriptor = -1
        self._directory = self._enter()

    def directory(self) -> Path:
        """The folder, made again if somebody tidied it away. Raises OSError."""
        if not self._directory.exists():
            self._leave()
            self._directory = self._enter()
        return self._directory

    def __del__(self) -> None:
        self._leave()

    def _leave(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._descriptor = -1

    def _enter(self) -> Path:
        self._root.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._partial.mkdir(exist_ok=True, mode=0o700)
        with _locked(self._partial):
            self._distrust_before_boot()
            _remove_abandoned(self._partial)
            directory = Path(tempfile.mkdtemp(dir=self._partial))
            self._descriptor = os.open(directory, os.O_RDONLY)
            fcntl.flock(self._descriptor, fcntl.LOCK_EX)
        return directory

    def _distrust_before_boot(self) -> None:
        mark = self._partial / "boot"
        boot = _BOOT_ID.read_text() if _BOOT_ID.exists() else ""
        if mark.exists() and mark.read_text() == boot:
            return
        for entry in self._root.iterdir():
            if entry.is_file():
                entry.unlink(missing_ok=True)
        mark.write_text(boot)


def _remove_abandoned(partial: Path) -> None:
    for entry in partial.iterdir():
        if entry.is_dir():
            with suppress(BlockingIOError, FileNotFoundError), _locked(entry, fcntl.LOCK_NB):
                shutil.rmtree(entry, ignore_errors=True)


@contextmanager
def _locked(directory: Path, flags: int = 0) -> Iterator[None]:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | flags)
        yield
    finally:
        os.close(descriptor)
