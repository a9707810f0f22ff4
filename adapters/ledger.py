"""The promises of one organization: which are open, and what became of them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, Update, and_, func, insert, select, text, update
from sqlalchemy.orm import Session
from sqlmodel import col

from adapters.housekeeping_ports import Entry, Settlement
from adapters.postgres import Database
from schema.contracts import ImageRef, StoredFile
from schema.enums import ActorType, EntityType, ImageStatus
from schema.tables.capture import Session as CaptureSession
from schema.tables.capture import Upload
from schema.tables.media import Event, Image

_SHOWN = (ImageStatus.PROCESSED.value, ImageStatus.PUBLISHED.value)

# The older a promise, the rarer the looks: each waits for as long as the promise is old.
_LATER = text(
    "now() + least(greatest(now() - uploads.created_at, make_interval(secs => :grace)), '1 day')"
)


class PostgresLedger:
    """`adapters.housekeeping_ports.Ledger`; each call is one transaction of one tenant."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def due(self, org_id: UUID, grace_seconds: int, limit: int) -> list[Entry]:
        """Open promises that are older than the grace and due for a look, the longest due first."""
        old = func.now() - timedelta(seconds=grace_seconds)
        wanted = (
            _entries(org_id)
            .where(col(Upload.check_at) <= func.now(), col(Upload.created_at) <= old)
            .order_by(col(Upload.check_at))
            .limit(limit)
        )
        with self._database.transaction(org_id) as session:
            return [_entry(row) for row in session.execute(wanted)]

    def sessions_after(self, org_id: UUID, session_id: UUID | None, limit: int) -> list[UUID]:
        """The next capture sessions in the order of their ids."""
        wanted = select(col(CaptureSession.id)).where(col(CaptureSession.org_id) == org_id)
        if session_id is not None:
            wanted = wanted.where(col(CaptureSession.id) > session_id)
        with self._database.transaction(org_id) as session:
            return list(session.scalars(wanted.order_by(col(CaptureSession.id)).limit(limit)))

    def shown(self, org_id: UUID, session_ids: Sequence[UUID]) -> list[Entry]:
        """The sessions' images that have thumbnails."""
        wanted = _entries(org_id).where(
            col(Upload.session_id).in_(session_ids), col(Image.status).in_(_SHOWN)
        )
        with self._database.transaction(org_id) as session:
            return [_entry(row) for row in session.execute(wanted)]

    def settle(self, org_id: UUID, settlement: Settlement, grace_seconds: int) -> int:
        """Write down what was found; how many promises were given up.

        What changed since it was looked at is left as it is: an object that arrived or a promise
        that was made anew is not lost.
        """
        later = _LATER.bindparams(grace=grace_seconds)
        with self._database.transaction(org_id) as session:
            session.execute(_of(org_id, settlement.closed).values(check_at=None))
            waiting = _of(org_id, settlement.waiting).where(col(Upload.check_at).is_not(None))
            session.execute(waiting.values(check_at=later))
            return _give_up(session, org_id, settlement.lost)


def take_back_loss(session: Session, upload: Upload) -> None:
    """An upload that was given up came after all: the ledger watches it again."""
    session.execute(_of(upload.org_id, [upload.id]).values(lost_at=None, check_at=func.now()))
    session.execute(insert(Event), [_event(upload.org_id, upload.id, upload.session_id, "found")])


def _entries(org_id: UUID) -> Select[Upload, str, dict[str, Any], str | None]:
    image = and_(col(Image.id) == col(Upload.id), col(Image.org_id) == col(Upload.org_id))
    columns = (col(Image.status), col(Image.thumb_keys), col(Image.hash_sha256))
    return select(Upload, *columns).outerjoin(Image, image).where(col(Upload.org_id) == org_id)


def _entry(row: Row[Upload, str, dict[str, Any], str | None]) -> Entry:
    upload, status, thumb_keys, sha256 = row
    return Entry(
        image=ImageRef(
            upload_id=str(upload.id),
            org_id=str(upload.org_id),
            site_id=str(upload.site_id),
            session_id=str(upload.session_id),
            storage_key=upload.storage_key,
        ),
        file=StoredFile(
            sha256=sha256 or upload.sha256,
            size=upload.size or 0,
            content_type=upload.content_type,
            angle_deg=upload.angle_deg,
            shot_name=upload.shot_name,
        ),
        expires_at=upload.expires_at,
        arrived=upload.arrived_at is not None,
        recorded=status is not None,
        thumbnails=tuple(thumb_keys.values()) if status in _SHOWN else (),
    )


def _of(org_id: UUID, upload_ids: Sequence[UUID]) -> Update:
    own = (col(Upload.org_id) == org_id, col(Upload.id).in_(upload_ids))
    return update(Upload).where(*own).execution_options(synchronize_session=False)


def _give_up(session: Session, org_id: UUID, upload_ids: Sequence[UUID]) -> int:
    lost = (
        _of(org_id, upload_ids)
        .where(col(Upload.arrived_at).is_(None), col(Upload.lost_at).is_(None))
        .where(col(Upload.expires_at) < func.now())
        .values(lost_at=func.now(), check_at=None)
        .returning(col(Upload.id), col(Upload.session_id))
    )
    told = [_event(org_id, *row, "lost") for row in session.execute(lost)]
    if told:
        session.execute(insert(Event), told)
    return len(told)


def _event(org_id: UUID, upload_id: UUID, session_id: UUID, what: str) -> dict[str, Any]:
    return {
        "org_id": org_id,
        "entity_type": EntityType.UPLOAD.value,
        "entity_id": upload_id,
        "event_type": f"upload.{what}",
        "actor_type": ActorType.SYSTEM.value,
        "payload": {"session_id": str(session_id)},
    }
