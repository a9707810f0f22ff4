"""Step 1: the original comes to this host, and is what was promised."""

from temporalio import activity

from activities.failures import PermanentFailure
from activities.originals import Originals
from adapters.ports import ImageRecords, Promise
from schema.contracts import ImageRef, StoredFile
from schema.enums import Stage


class Download:
    """Fetches the object and holds it against its upload row."""

    def __init__(self, originals: Originals, records: ImageRecords) -> None:
        self._originals = originals
        self._records = records

    @activity.defn(name=Stage.DOWNLOAD)
    def download(self, image: ImageRef) -> StoredFile:
        """Fetch the original to this host and check it against what was promised."""
        promise = self._records.arrive(image)
        if promise is None or promise.storage_key != image.storage_key:
            raise PermanentFailure(
                "upload_unknown", "Nobody asked to upload this file, so it belongs to no session."
            )
        sha256, size = self._originals.fetch(image.storage_key)
        _check(promise, sha256)
        return StoredFile(sha256, size, promise.content_type, promise.angle_deg, promise.shot_name)


def _check(promise: Promise, sha256: str) -> None:
    # S3 checks the checksum header of a PUT; a store that does not must not go unnoticed.
    if sha256 != promise.sha256:
        raise PermanentFailure(
            "hash_mismatch",
            "The stored file is not the one that the device announced; please send it again.",
        )
