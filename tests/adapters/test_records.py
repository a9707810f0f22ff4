"""What the worker reads and writes, as its own role on a real database."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.exc import ProgrammingError
from sqlmodel import col

from adapters.errors import TransientError
from adapters.postgres import Database
from adapters.records import PostgresImageRecords
from devstack.testing.databases import Database as Migrated
from schema.contracts import (
    DedupInput,
    ExifResult,
    Failure,
    ImageRef,
    Neighbour,
    QcResult,
    RecordInput,
    StoredFile,
    ThumbnailsResult,
)
from schema.enums import ImageStatus
from schema.tables.capture import Upload
from schema.tables.media import Event, Image
from tests.rows import Yard, a_yard

PHASH = 0xF0F0_1234_5678_9ABC


@pytest.fixture(scope="module")
def worker(module_database: Migrated) -> Database:
    return Database(module_database.worker, pool_size=8)


@pytest.fixture(scope="module")
def records(worker: Database) -> PostgresImageRecords:
    return PostgresImageRecords(worker, {"qc": "1"})


@pytest.fixture
def yard(module_database: Migrated) -> Yard:
    return a_yard(module_database.owner)


def stored(data: bytes, angle_deg: int | None = 0) -> StoredFile:
    return StoredFile(hashlib.sha256(data).hexdigest(), len(data), "image/jpeg", angle_deg, None)


def verdict(image: ImageRef, data: bytes, phash: int = PHASH) -> RecordInput:
    return RecordInput(
        image=replace(image, uploaded_at="2026-11-20T10:00:00.000Z"),
        file=stored(data),
        exif=ExifResult({"ISO": 100}, "2026-07-01T12:00:00"),
        thumbnails=ThumbnailsResult({"150": "a", "600": "b"}, {"150": 150}, 4032, 3024),
        qc=QcResult({"overall": "pass"}, 1, f"{phash:016x}"),
    )


def row(worker: Database, image: ImageRef) -> Image:
    with worker.transaction(UUID(image.org_id)) as transaction:
        return transaction.get_one(Image, UUID(image.upload_id))


def test_arriving_is_noted_once(
    worker: Database, records: PostgresImageRecords, yard: Yard
) -> None:
    image = yard.promise(b"photo", angle_deg=15)
    promise = records.arrive(image)
    assert promise is not None
    assert (promise.sha256, promise.angle_deg) == (hashlib.sha256(b"photo").hexdigest(), 15)
    times = []
    for _ in range(2):
        records.arrive(image)
        with worker.transaction(yard.org_id) as transaction:
            times.append(transaction.get_one(Upload, UUID(image.upload_id)).arrived_at)
    assert times[0] is not None
    assert times[0] == times[1]


def test_nothing_was_promised(records: PostgresImageRecords, yard: Yard) -> None:
    image = replace(yard.promise(b"photo"), upload_id=str(uuid4()))
    assert records.arrive(image) is None
    outcome = records.record(RecordInput(image, failure=Failure("download", "x", "y")))
    assert outcome.status == ImageStatus.REJECTED


def test_another_organizations_upload_is_not_there(
    records: PostgresImageRecords, yard: Yard, module_database: Migrated
) -> None:
    other = a_yard(module_database.owner)
    image = replace(yard.promise(b"photo"), org_id=str(other.org_id))
    assert records.arrive(image) is None


def test_the_verdict_becomes_one_row(
    worker: Database, records: PostgresImageRecords, yard: Yard
) -> None:
    image = yard.promise(b"photo", angle_deg=45)
    outcome = records.record(verdict(image, b"photo"))
    assert (outcome.status, outcome.duplicate_of) == (ImageStatus.PROCESSED, None)
    written = row(worker, image)
    assert (written.width, written.height, written.angle_deg) == (4032, 3024, 45)
    assert written.exif == {"ISO": 100}
    assert written.thumb_keys == {"150": "a", "600": "b"}
    assert int(str(written.phash), 2) == PHASH
    assert written.vehicle_id == yard.vehicle_id
    assert written.uploaded_at == datetime(2026, 11, 20, 10, tzinfo=UTC)
    # Berlin in July: the camera gave no offset, so its time is the site's.
    assert written.captured_at == datetime(2026, 7, 1, 10, tzinfo=UTC)


def test_the_second_verdict_finds_the_first(
    worker: Database, records: PostgresImageRecords, yard: Yard
) -> None:
    image = yard.promise(b"photo")
    records.record(verdict(image, b"photo"))
    failed = replace(verdict(image, b"photo"), failure=Failure("qc", "late", "Too late."))
    assert records.record(failed).status == ImageStatus.PROCESSED
    assert row(worker, image).failure is None
    with worker.transaction(yard.org_id) as transaction:
        events = transaction.execute(
            select(col(Event.event_type)).where(col(Event.entity_id) == UUID(image.upload_id))
        )
        assert events.scalars().all() == ["image.processed"]


def test_a_failed_image_keeps_what_was_known(
    worker: Database, records: PostgresImageRecords, yard: Yard
) -> None:
    image = yard.promise(b"half a photo")
    failure = Failure("thumbnails", "truncated", "The file ends too early.")
    known = RecordInput(image, stored(b"half a photo"), failure=failure)
    assert records.record(known).failure == failure
    written = row(worker, image)
    assert (written.status, written.failure) == (ImageStatus.FAILED, vars(failure))
    assert written.hash_sha256 == hashlib.sha256(b"half a photo").hexdigest()


def test_of_identical_files_exactly_one_is_the_original(
    worker: Database, records: PostgresImageRecords, yard: Yard
) -> None:
    images = [yard.promise(b"same", angle_deg=15 * slot) for slot in range(16)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda image: records.record(verdict(image, b"same")), images))
    duplicates = [row(worker, image).qc.get("duplicate_of") for image in images]
    (original,) = (image for image, of in zip(images, duplicates, strict=True) if of is None)
    assert {of for of in duplicates if of} == {original.upload_id}


def test_organizations_do_not_share_duplicates(
    records: PostgresImageRecords, yard: Yard, module_database: Migrated
) -> None:
    other = a_yard(module_database.owner)
    for place in (yard, other):
        image = place.promise(b"same")
        assert records.record(verdict(image, b"same")).duplicate_of is None


def query(image: ImageRef, data: bytes, phash: int, angle_deg: int = 0) -> DedupInput:
    return DedupInput(image, stored(data, angle_deg), QcResult({}, 1, f"{phash:016x}"))


def test_alike_are_reshoots_and_wrong_cars_but_never_neighbouring_angles(
    records: PostgresImageRecords, yard: Yard, module_database: Migrated
) -> None:
    other_car = a_yard(module_database.owner, like=yard)
    before = yard.promise(b"before", angle_deg=0)
    next_angle = yard.promise(b"next", angle_deg=15)
    elsewhere = other_car.promise(b"elsewhere", angle_deg=90)
    far = other_car.promise(b"far", angle_deg=0)
    for image, data, phash in (
        (before, b"before", PHASH ^ 0b111),
        (next_angle, b"next", PHASH),
        (elsewhere, b"elsewhere", PHASH ^ 0b1),
        (far, b"far", PHASH ^ 0b111),
    ):
        records.record(verdict(image, data, phash))
    again = yard.promise(b"again", angle_deg=0)
    assert records.neighbours(query(again, b"again", PHASH), 6) == [
        Neighbour(elsewhere.upload_id, 1, "other_vehicle"),
        Neighbour(before.upload_id, 3, "same_slot"),
    ]


def test_a_database_that_is_away_is_a_passing_trouble(yard: Yard) -> None:
    nowhere = Database("postgresql+psycopg://x:y@127.0.0.1:1/none", pool_size=1)
    with pytest.raises(TransientError):
        PostgresImageRecords(nowhere, {}).arrive(yard.promise(b"photo"))


def test_the_worker_may_not_delete(worker: Database, yard: Yard) -> None:
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        worker.transaction(yard.org_id) as transaction,
    ):
        transaction.execute(Image.__table__.delete())  # type: ignore[attr-defined]
