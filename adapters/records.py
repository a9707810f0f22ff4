"""What the worker reads and writes in PostgreSQL: the promise, look-alikes, the verdict."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, literal, not_, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session
from sqlmodel import col

from adapters.ledger import take_back_loss
from adapters.ports import Promise
from adapters.postgres import Database
from schema.contracts import DedupInput, Failure, ImageOutcome, ImageRef, Neighbour, RecordInput
from schema.enums import ActorType, EntityType, ImageStatus
from schema.tables.capture import Session as CaptureSession
from schema.tables.capture import Upload
from schema.tables.media import Event, Image
from schema.tables.tenancy import Site

# A photo lands on the wrong car within days of being taken; older stock is not compared.
_WRONG_CAR_WINDOW = timedelta(days=7)
# Two cars of one model look alike on a turntable: only near identity is worth a word.
_WRONG_CAR_DISTANCE = 2

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:org_id || :sha256, 0))")


class PostgresImageRecords:
    """`adapters.ports.ImageRecords` on PostgreSQL, each call one transaction of one tenant."""

    def __init__(self, database: Database, versions: dict[str, str]) -> None:
        self._database = database
        self._versions = versions

    def arrive(self, image: ImageRef) -> Promise | None:
        """Note that the object came; give what was promised, None when nothing was."""
        arrived = (
            update(Upload)
            .where(col(Upload.id) == UUID(image.upload_id))
            .where(col(Upload.org_id) == UUID(image.org_id))
            .values(arrived_at=func.coalesce(Upload.arrived_at, func.now()))
            .returning(Upload)
        )
        with self._database.transaction(UUID(image.org_id)) as session:
            upload = session.execute(arrived).scalar_one_or_none()
            if upload is not None and upload.lost_at is not None:
                take_back_loss(session, upload)
            return _promise(upload) if upload else None

    def neighbours(self, query: DedupInput, max_distance: int) -> list[Neighbour]:
        """Up to ten images alike, nearest first.

        Compared are shots of the same slot in the same session (re-shoots) and recent images of
        other vehicles (a photo on the wrong car); neighbouring angles of one spin are alike by
        nature and never compared.
        """
        with self._database.transaction(UUID(query.image.org_id)) as session:
            own = session.get_one(CaptureSession, UUID(query.image.session_id))
            distance = _distance(query.qc.phash)
            found = session.execute(
                select(col(Image.id), col(Image.vehicle_id), distance)
                .where(
                    col(Image.org_id) == own.org_id, col(Image.id) != UUID(query.image.upload_id)
                )
                .where(_comparable(query, own, distance, max_distance))
                .order_by(distance, col(Image.created_at))
                .limit(10)
            )
            return [
                Neighbour(str(image_id), bits, _reason(vehicle_id == own.vehicle_id))
                for image_id, vehicle_id, bits in found
            ]

    def record(self, verdict: RecordInput) -> ImageOutcome:
        """Write the image's row unless it exists; decide exact duplicates under a lock."""
        org_id = UUID(verdict.image.org_id)
        with self._database.transaction(org_id) as session:
            upload = session.get(Upload, UUID(verdict.image.upload_id))
            if upload is None:
                return ImageOutcome(ImageStatus.REJECTED, verdict.failure)
            duplicate_of = self._first_with_these_bytes(session, verdict)
            values = _row(session, upload, verdict) | {"versions": self._versions}
            if duplicate_of is not None:
                values["qc"] = values["qc"] | {"duplicate_of": str(duplicate_of)}
            if not _insert(session, values) and not _mend(session, values):
                known = _recorded(session, verdict.image)
                assert known is not None, "the row that was in the way is there to be read"
                return known
            session.add(_event(upload, values))
            return _outcome(values["status"], verdict.failure, duplicate_of)

    def _first_with_these_bytes(self, session: Session, verdict: RecordInput) -> UUID | None:
        if verdict.file is None:
            return None
        sha256 = verdict.file.sha256
        session.execute(_LOCK, {"org_id": verdict.image.org_id, "sha256": sha256})
        return session.execute(
            select(col(Image.id))
            .where(col(Image.org_id) == UUID(verdict.image.org_id))
            .where(col(Image.hash_sha256) == sha256)
            .where(col(Image.id) != UUID(verdict.image.upload_id))
            .where(not_(col(Image.qc).op("?", is_comparison=True)("duplicate_of")))
            .order_by(col(Image.created_at))
            .limit(1)
        ).scalar_one_or_none()


def _promise(upload: Upload) -> Promise:
    return Promise(
        sha256=upload.sha256,
        size=upload.size,
        content_type=upload.content_type,
        storage_key=upload.storage_key,
        session_id=upload.session_id,
        site_id=upload.site_id,
        angle_deg=upload.angle_deg,
        shot_name=upload.shot_name,
    )


def _recorded(session: Session, image: ImageRef) -> ImageOutcome | None:
    row = session.get(Image, UUID(image.upload_id))
    if row is None:
        return None
    failure = Failure(**row.failure) if row.failure else None
    duplicate_of = row.qc.get("duplicate_of")
    return _outcome(row.status, failure, UUID(duplicate_of) if duplicate_of else None)


def _outcome(status: str, failure: Failure | None, duplicate_of: UUID | None) -> ImageOutcome:
    return ImageOutcome(status, failure, str(duplicate_of) if duplicate_of else None)


def _distance(phash: str) -> ColumnElement[int]:
    bits = literal(f"{int(phash, 16):064b}").op("::")(text("bit(64)"))
    return func.bit_count(col(Image.phash).op("#")(bits))


def _comparable(
    query: DedupInput, own: CaptureSession, distance: ColumnElement[int], max_distance: int
) -> ColumnElement[bool]:
    same_slot = and_(
        col(Image.session_id) == own.id,
        col(Image.angle_deg).is_not_distinct_from(query.file.angle_deg),
        col(Image.shot_name).is_not_distinct_from(query.file.shot_name),
        distance <= max_distance,
    )
    wrong_car = and_(
        col(Image.vehicle_id) != own.vehicle_id,
        col(Image.created_at) > datetime.now(UTC) - _WRONG_CAR_WINDOW,
        distance <= min(max_distance, _WRONG_CAR_DISTANCE),
    )
    return or_(same_slot, wrong_car)


def _reason(same_vehicle: bool) -> str:
    return "same_slot" if same_vehicle else "other_vehicle"


def _row(session: Session, upload: Upload, verdict: RecordInput) -> dict[str, Any]:
    """The columns of the image, from what the stages found; what a failed one knew is kept."""
    status = ImageStatus.FAILED if verdict.failure else ImageStatus.PROCESSED
    return {
        **_identity(session, upload),
        **findings(verdict),
        "status": status.value,
        "failure": _failure(verdict.failure),
        "captured_at": captured_at(session, upload, verdict),
        "uploaded_at": _time(verdict.image.uploaded_at),
    }


def _identity(session: Session, upload: Upload) -> dict[str, Any]:
    capture = session.get_one(CaptureSession, upload.session_id)
    return {
        "id": upload.id,
        "org_id": upload.org_id,
        "site_id": upload.site_id,
        "session_id": upload.session_id,
        "vehicle_id": capture.vehicle_id,
        "storage_key": upload.storage_key,
        "angle_deg": upload.angle_deg,
        "shot_name": upload.shot_name,
    }


def findings(verdict: RecordInput) -> dict[str, Any]:
    """The columns that follow from the bytes."""
    file, exif, thumbnails, qc = verdict.file, verdict.exif, verdict.thumbnails, verdict.qc
    report = dict(qc.report) if qc else {}
    if verdict.dedup and verdict.dedup.neighbours:
        report["alike"] = [vars(neighbour) for neighbour in verdict.dedup.neighbours]
    return {
        "hash_sha256": file.sha256 if file else None,
        "exif": exif.fields if exif else {},
        "thumb_keys": thumbnails.keys if thumbnails else {},
        "width": thumbnails.width if thumbnails else None,
        "height": thumbnails.height if thumbnails else None,
        "qc": report,
        "qc_version": qc.qc_version if qc else None,
        "phash": f"{int(qc.phash, 16):064b}" if qc else None,
    }


def _failure(failure: Failure | None) -> dict[str, Any] | None:
    return vars(failure) if failure else None


def captured_at(session: Session, upload: Upload, verdict: RecordInput) -> datetime | None:
    """The camera's time; without an offset of its own it is the site's local time."""
    moment = _time(verdict.exif.captured_at if verdict.exif else None)
    if moment is None or moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=ZoneInfo(session.get_one(Site, upload.site_id).time_zone))


def _time(iso: str | None) -> datetime | None:
    return datetime.fromisoformat(iso) if iso else None


def _insert(session: Session, values: dict[str, Any]) -> bool:
    statement = insert(Image).values(**values).on_conflict_do_nothing().returning(col(Image.id))
    return session.execute(statement).scalar_one_or_none() is not None


def _mend(session: Session, values: dict[str, Any]) -> bool:
    """A run that was reset may succeed where the first one failed; any other verdict stays."""
    if values["status"] != ImageStatus.PROCESSED:
        return False
    failed = and_(col(Image.id) == values["id"], col(Image.status) == ImageStatus.FAILED.value)
    statement = update(Image).where(failed).values(**values, created_at=func.now())
    return session.execute(statement.returning(col(Image.id))).scalar_one_or_none() is not None


def _event(upload: Upload, values: dict[str, Any]) -> Event:
    return Event(
        org_id=upload.org_id,
        entity_type=EntityType.IMAGE,
        entity_id=upload.id,
        event_type=f"image.{values['status']}",
        actor_type=ActorType.SYSTEM,
        payload=values["failure"] or {},
    )
