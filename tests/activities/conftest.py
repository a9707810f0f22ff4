"""The steps on their real adapters, as `worker.py` wires them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from activities.dedup import Dedup
from activities.derivatives import Derivatives
from activities.download import Download
from activities.exif import Exif
from activities.originals import Originals
from activities.qc import Qc
from activities.record import Record
from activities.thumbnails import Thumbnails
from adapters.postgres import Database
from adapters.records import PostgresImageRecords
from adapters.s3 import AwsAccess, S3ObjectStore
from adapters.scratch import ScratchDirectory
from devstack.aws import ObjectStore
from devstack.testing.databases import Database as Migrated
from imaging.derive import Derived, derive
from imaging.limits import Limits
from imaging.quality import Thresholds
from schema.contracts import ImageRef, StepInput
from tests.rows import Yard, a_yard


def decode_here(data: bytes) -> Derived:
    """Decode in this process."""
    return derive(data, Limits())


@dataclass
class Bench:
    """One host: its scratch directory, its steps, and how often it decoded."""

    store: S3ObjectStore
    records: PostgresImageRecords
    scratch: ScratchDirectory
    decode: Callable[[bytes], Derived] = decode_here
    decodes: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.originals = Originals(self.store, self.scratch, 50 * 2**20)
        self.derivatives = Derivatives(self.originals, self.scratch, self._derive)
        self.download = Download(self.originals, self.records).download
        self.exif = Exif(self.originals).exif
        self.thumbnails = Thumbnails(self.derivatives, self.store).thumbnails
        self.qc = Qc(self.derivatives, Thresholds()).qc
        self.dedup = Dedup(self.records, 6).dedup
        self.record = Record(self.records).record

    def _derive(self, data: bytes) -> Derived:
        self.decodes.append(len(data))
        return self.decode(data)

    def upload(self, yard: Yard, data: bytes, angle_deg: int = 0) -> ImageRef:
        """As a phone does: promise, then PUT."""
        image = yard.promise(data, angle_deg=angle_deg)
        self.store.put(image.storage_key, data, "image/jpeg")
        return image

    def arrived(self, yard: Yard, data: bytes, angle_deg: int = 0) -> StepInput:
        """An upload that was downloaded."""
        image = self.upload(yard, data, angle_deg)
        return StepInput(image, self.download(image))


@pytest.fixture
def make_bench(
    object_store: ObjectStore, module_database: Migrated, tmp_path: Path
) -> Callable[..., Bench]:
    """Makes hosts that share S3 and the database, each with a scratch directory of its own.

    Called with a name and, to decode otherwise than in this process, with what decodes.
    """
    keys = object_store.keys["worker"]
    aws = AwsAccess(
        region=object_store.account.region,
        endpoint_url=object_store.account.endpoint,
        access_key_id=keys.access_key_id,
        secret_access_key=keys.secret_access_key,
    )
    store = S3ObjectStore(aws, object_store.bucket)
    records = PostgresImageRecords(Database(module_database.worker, pool_size=4), {})
    return lambda name, *decode: Bench(
        store, records, ScratchDirectory(tmp_path / name, 10**9), *decode
    )


@pytest.fixture
def bench(make_bench: Callable[..., Bench]) -> Bench:
    """One host."""
    return make_bench("host")


@pytest.fixture
def yard(module_database: Migrated) -> Yard:
    """An organization with a capture session."""
    return a_yard(module_database.owner)


def noise(width: int = 640, height: int = 480, seed: int = 0) -> np.ndarray:
    """A picture with detail everywhere and nothing clipped, (height, width, 3) uint8."""
    return np.random.default_rng(seed).integers(40, 200, (height, width, 3), dtype=np.uint8)


def jpeg(pixels: np.ndarray, **options: object) -> bytes:
    """Encode as a camera would."""
    file = BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=90, **options)
    return file.getvalue()
