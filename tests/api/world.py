"""Organizations with people, devices and pictures."""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlmodel import SQLModel, col

from adapters.postgres import Database
from schema.enums import CaptureMode, ImageStatus, Platform, Role, UploadContentType
from schema.keys import original_key
from schema.tables.capture import Session, Upload, Vehicle
from schema.tables.live import LiveTicket
from schema.tables.media import Event, Image
from schema.tables.tenancy import (
    Device,
    EnrollmentCode,
    Organization,
    Site,
    User,
    UserSiteAccess,
)

PEOPLE = (Role.OPERATOR, Role.REVIEWER, Role.ADMIN)
QC = {"overall": "pass", "sharpness": "pass", "exposure": "pass"}


@dataclass(frozen=True)
class Org:
    """An organization: site `here` with everybody, site `elsewhere` that only admins see."""

    database: Database
    id: UUID = field(default_factory=uuid4)
    here: UUID = field(default_factory=uuid4)
    elsewhere: UUID = field(default_factory=uuid4)
    device: UUID = field(default_factory=uuid4)
    users: dict[Role, UUID] = field(default_factory=lambda: {role: uuid4() for role in PEOPLE})

    def found(self) -> "Org":
        """Write it all down."""
        self.add(Organization(id=self.id, name=f"Motors {self.id.hex[:6]}"))
        self.add(
            *(Site(id=site, org_id=self.id, name=site.hex) for site in (self.here, self.elsewhere))
        )
        self.add(_device(self.id, self.device))
        for role, user in self.users.items():
            self.add(User(id=user, org_id=self.id, email=self.email(role), role=role))
            self.add(UserSiteAccess(org_id=self.id, user_id=user, site_id=self.here))
        return self

    def email(self, role: Role) -> str:
        """The address of the person of a role."""
        return f"{role}@{self.id.hex}.example"

    def actor(self, role: Role) -> UUID:
        """The device or person of a role."""
        return self.device if role is Role.DEVICE else self.users[role]

    def add(self, *rows: SQLModel) -> None:
        """Insert rows in this order, in one transaction."""
        with self.database.transaction(self.id) as transaction:
            for row in rows:
                transaction.add(row)
                transaction.flush()

    def another_device(self) -> UUID:
        """One more phone."""
        device = uuid4()
        self.add(_device(self.id, device))
        return device

    def code(self, *, uses: int = 1, expires_in: timedelta = timedelta(hours=1)) -> str:
        """A fresh enrolment code."""
        code = uuid4().hex
        digest = hashlib.sha256(code.encode()).hexdigest()
        expires_at = datetime.now(UTC) + expires_in
        self.add(
            EnrollmentCode(
                org_id=self.id, code_sha256=digest, uses_left=uses, expires_at=expires_at
            )
        )
        return code

    def code_id(self) -> UUID:
        """The id of a fresh enrolment code."""
        digest = hashlib.sha256(self.code().encode()).hexdigest()
        with self.database.transaction(self.id) as transaction:
            wanted = select(col(EnrollmentCode.id)).where(col(EnrollmentCode.code_sha256) == digest)
            return transaction.execute(wanted).scalar_one()

    def ticket(self, session_id: UUID) -> None:
        """A ticket for a live stream that nobody can use: its secret is not known."""
        now = datetime.now(UTC)
        self.add(
            LiveTicket(
                org_id=self.id,
                session_id=session_id,
                secret_sha256=uuid4().hex,
                role=Role.ADMIN,
                actor_id=self.users[Role.ADMIN],
                site_ids=[self.here],
                token_id=uuid4().hex,
                token_expires_at=now,
                expires_at=now,
            )
        )

    def session(
        self,
        site: UUID | None = None,
        *,
        mode: CaptureMode = CaptureMode.STUDIO360,
        status: str = "active",
        frames: int = 4,
        opened_by: Role = Role.DEVICE,
    ) -> UUID:
        """A session about a vehicle of its own."""
        vehicle = Vehicle(org_id=self.id, site_id=site or self.here, stock_number=uuid4().hex[:12])
        actor = self.actor(opened_by)
        session = Session(
            org_id=self.id,
            site_id=site or self.here,
            vehicle_id=vehicle.id,
            mode=mode,
            status=status,
            shot_list={"studio360": {"frame_count": frames}},
            device_id=actor if opened_by is Role.DEVICE else None,
            operator_id=None if opened_by is Role.DEVICE else actor,
        )
        session_id = session.id
        self.add(vehicle, session)
        return session_id

    def upload(
        self,
        session_id: UUID,
        *,
        angle_deg: int | None = 0,
        shot_name: str | None = None,
        arrived: bool = True,
    ) -> UUID:
        """A promise, whose file arrived unless told otherwise."""
        site = self.site_of(session_id)
        upload_id = uuid4()
        key = original_key(self.id, site, session_id, upload_id, UploadContentType.JPEG)
        self.add(
            Upload(
                id=upload_id,
                org_id=self.id,
                site_id=site,
                session_id=session_id,
                storage_key=str(key),
                file_name="photo.jpg",
                content_type=UploadContentType.JPEG,
                sha256=uuid4().hex + uuid4().hex,
                angle_deg=angle_deg,
                shot_name=shot_name,
                expires_at=datetime.now(UTC) + timedelta(minutes=15),
                requested_by=self.device,
                arrived_at=datetime.now(UTC) if arrived else None,
            )
        )
        return upload_id

    def image(
        self,
        session_id: UUID,
        *,
        angle_deg: int | None = 0,
        status: ImageStatus = ImageStatus.PROCESSED,
        qc: dict[str, Any] | None = None,
        upload_id: UUID | None = None,
    ) -> UUID:
        """A finished image and its upload."""
        image_id = upload_id or self.upload(session_id, angle_deg=angle_deg)
        self.add(self.row(image_id, session_id, angle_deg, status, qc))
        return image_id

    def row(
        self,
        image_id: UUID,
        session_id: UUID,
        angle_deg: int | None,
        status: ImageStatus = ImageStatus.PROCESSED,
        qc: dict[str, Any] | None = None,
    ) -> Image:
        """The image of an upload, not written yet."""
        failure = {"stage": "download", "code": "corrupt", "message": "The file is damaged."}
        site = self.site_of(session_id)
        key = original_key(self.id, site, session_id, image_id, UploadContentType.JPEG)
        return Image(
            id=image_id,
            org_id=self.id,
            site_id=site,
            session_id=session_id,
            vehicle_id=self.vehicle_of(session_id),
            storage_key=str(key),
            status=status,
            angle_deg=angle_deg,
            width=4000,
            height=3000,
            phash=f"{0xF0E1D2C3B4A59687:064b}",
            thumb_keys={"150": key.thumbnail(150), "600": key.thumbnail(600)},
            qc=QC if qc is None else qc,
            qc_version=1,
            failure=failure if status is ImageStatus.FAILED else None,
        )

    def events(self, entity: UUID) -> list[Event]:
        """The audit trail of an entity, in order."""
        with self.database.transaction(self.id) as transaction:
            wanted = select(Event).where(col(Event.entity_id) == entity)
            return list(transaction.scalars(wanted.order_by(col(Event.id))))

    def site_of(self, session_id: UUID) -> UUID:
        """The site of a session."""
        with self.database.transaction(self.id) as transaction:
            return transaction.get_one(Session, session_id).site_id

    def vehicle_of(self, session_id: UUID) -> UUID:
        """The vehicle of a session."""
        with self.database.transaction(self.id) as transaction:
            return transaction.get_one(Session, session_id).vehicle_id


def _device(org_id: UUID, device: UUID) -> Device:
    return Device(id=device, org_id=org_id, platform=Platform.IOS, model="phone", app_version="1.0")
