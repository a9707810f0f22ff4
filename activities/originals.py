"""The original's bytes on this host: from scratch, or fetched again on a miss."""

import hashlib
from pathlib import Path

from activities.failures import PermanentFailure
from adapters.errors import ObjectMissingError, ObjectTooLargeError, TransientError
from adapters.ports import ObjectStore, Scratch
from schema.contracts import StepInput


class Originals:
    """Keeps originals in the scratch directory under their SHA-256, so any worker process of
    the host can run any step, and any host can by fetching once more.
    """

    def __init__(self, store: ObjectStore, scratch: Scratch, max_bytes: int) -> None:
        self._store = store
        self._scratch = scratch
        self._max_bytes = max_bytes

    def fetch(self, key: str) -> tuple[str, int]:
        """Download an object into scratch; its SHA-256 (lower-case hex) and size in bytes.

        Raises:
            PermanentFailure: `object_missing` or `too_many_bytes`.
            TransientError: S3 or the scratch disk is in trouble.
        """
        with self._scratch.partial("original") as path:
            self._download(key, path)
            size = path.stat().st_size
            with path.open("rb") as file:
                sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            self._scratch.adopt(_name(sha256), path)
        return sha256, size

    def read(self, step: StepInput) -> bytes:
        """The bytes that `download` saw, fetched again when this host does not have them.

        Raises:
            PermanentFailure: the object is gone or has been replaced since.
            TransientError: S3 or the scratch disk is in trouble.
        """
        wanted = step.file.sha256
        data = self._scratch.read(_name(wanted))
        if data is not None:
            return data
        sha256, _ = self.fetch(step.image.storage_key)
        if sha256 != wanted:
            raise PermanentFailure(
                "object_changed", "The stored photo was replaced while it was processed."
            )
        data = self._scratch.read(_name(wanted))
        if data is None:
            raise TransientError("the scratch directory is too small to keep one photo")
        return data

    def _download(self, key: str, path: Path) -> None:
        try:
            self._store.download(key, path, self._max_bytes)
        except ObjectMissingError as error:
            raise PermanentFailure(
                "object_missing", "The photo is no longer in storage; please send it again."
            ) from error
        except ObjectTooLargeError as error:
            limit = self._max_bytes // 2**20
            raise PermanentFailure(
                "too_many_bytes",
                f"The file is larger than {limit} MB; please send a smaller one.",
            ) from error


def _name(sha256: str) -> str:
    return f"{sha256}.original"
