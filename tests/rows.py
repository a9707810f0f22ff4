"""Rows for tests: an organization with all that an upload hangs on."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy.orm import Session as Transaction
from sqlmodel import SQLModel

from adapters.postgres import Database
from schema.contracts import ImageRef
from schema.enums import CaptureMode, Platform, UploadContentType
from schema.keys import original_key
from schema.tables.capture import Session, Upload, Vehicle
from schema.tables.tenancy import Device, Organization, Site


@dataclass(frozen=True)
class Yard:
    """One organization with one site, device, vehicle and capture session."""

    database: Database
    org_id: UUID
    site_id: UUID
    device_id: UUID
    vehicle_id: UUID
    session_id: UUID

    def promise(
        self,
        data: bytes,
        *,
        angle_deg: int | None = 0,
        content_type: UploadContentType = UploadContentType.JPEG,
    ) -> ImageRef:
        """Presign an upload of `data`, as far as the database is concerned."""
        upload_id = uuid4()
        key = original_key(self.org_id, self.site_id, self.session_id, upload_id, content_type)
        upload = Upload(
            id=upload_id,
            org_id=self.org_id,
            site_id=self.site_id,
            session_id=self.session_id,
            storage_key=str(key),
            file_name="photo",
            content_type=content_type,
            sha256=hashlib.sha256(data).hexdigest(),
            angle_deg=angle_deg,
            expires_at=datetime.now(UTC) + timedelta(minutes=15),
            requested_by=self.device_id,
        )
        self._add(upload)
        return ImageRef(
            upload_id=str(upload_id),
            org_id=str(self.org_id),
            site_id=str(self.site_id),
            session_id=str(self.session_id),
            storage_key=str(key),
        )

    def _add(self, *rows: SQLModel) -> None:
        with self.database.transaction(self.org_id) as transaction:
            _insert(transaction, *rows)


def a_yard(owner_url: str, *, like: Yard | None = None, time_zone: str = "Europe/Berlin") -> Yard:
    """Make one; `like` another: in the same organization and site, with a vehicle of its own."""
    database = like.database if like else Database(owner_url, pool_size=1)
    org = like.org_id if like else uuid4()
    yard = Yard(database, org, like.site_id if like else uuid4(), uuid4(), uuid4(), uuid4())
    rows: list[SQLModel] = []
    if like is None:
        rows = [
            Organization(id=org, name="Test Motors"),
            Site(id=yard.site_id, org_id=org, name="Main yard", time_zone=time_zone),
        ]
    rows += [
        Device(id=yard.device_id, org_id=org, platform=Platform.IOS, model="x", app_version="1"),
        Vehicle(id=yard.vehicle_id, org_id=org, site_id=yard.site_id, stock_number=uuid4().hex),
        Session(
            id=yard.session_id,
            org_id=org,
            site_id=yard.site_id,
            vehicle_id=yard.vehicle_id,
            mode=CaptureMode.STUDIO360,
            device_id=yard.device_id,
        ),
    ]
    yard._add(*rows)
    return yard


def _insert(transaction: Transaction, *rows: SQLModel) -> None:
    for row in rows:
        transaction.add(row)
        transaction.flush()  # in the order of the foreign keys
