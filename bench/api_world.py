"""What the API is asked about: sessions of 24 finished frames, and of 24 that are pending."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from sqlmodel import SQLModel

from adapters.postgres import Database
from adapters.temporal import PendingImages, TemporalAccess, WorkflowStarter, connect
from devstack.stack import Stack
from imaging.exif import CameraExif
from imaging.quality import QualityNumbers, Thresholds, judge
from schema.contracts import ImageRef
from schema.enums import CaptureMode, ImageStatus, Platform, Role, UploadContentType
from schema.keys import THUMBNAIL_SIZES, ObjectKey, original_key
from schema.tables.capture import Session, Upload, Vehicle
from schema.tables.media import Image
from schema.tables.tenancy import Device, Organization, Site, User, UserSiteAccess

FRAMES = 24
_EXIF = CameraExif(
    iso=64,
    exposure_time_s=1 / 120,
    f_number=1.78,
    captured_at="2025-06-01T10:20:30+02:00",
    captured_at_offset="+02:00",
    make="Apple",
    model="iPhone 15 Pro",
    orientation=1,
    focal_length_mm=6.765,
    lens_model="iPhone 15 Pro back triple camera 6.765mm f/1.78",
    software="17.5.1",
)
_NUMBERS = QualityNumbers(sharpness=812.4417, white_share=0.0113, black_share=0.0021)


@dataclass(frozen=True)
class World:
    """One organization with a site, a phone and a reviewer."""

    database: Database
    org: UUID = field(default_factory=uuid4)
    site: UUID = field(default_factory=uuid4)
    device: UUID = field(default_factory=uuid4)
    reviewer: UUID = field(default_factory=uuid4)

    def found(self) -> "World":
        """Write it down."""
        access = UserSiteAccess(org_id=self.org, user_id=self.reviewer, site_id=self.site)
        self._add(
            Organization(id=self.org, name="Bench"),
            Site(id=self.site, org_id=self.org, name="Studio"),
            Device(
                id=self.device, org_id=self.org, platform=Platform.IOS, model="-", app_version="1"
            ),
            User(id=self.reviewer, org_id=self.org, email="r@bench.example", role=Role.REVIEWER),
            access,
        )
        return self

    def session(self) -> Session:
        """An open session of 24 frames, with nothing in it."""
        vehicle = Vehicle(org_id=self.org, site_id=self.site, stock_number=uuid4().hex[:12])
        session = Session(
            org_id=self.org,
            site_id=self.site,
            vehicle_id=vehicle.id,
            mode=CaptureMode.STUDIO360,
            shot_list={"studio360": {"frame_count": FRAMES}},
            device_id=self.device,
        )
        self._add(vehicle, session)
        return session

    def finished(self) -> UUID:
        """A session whose frames all have their verdict."""
        session = self.session()
        for frame in range(FRAMES):
            upload, key = self._upload(session, frame)
            self._add(upload, _image(session, upload, key))
        return session.id

    def pending(self) -> tuple[UUID, list[ImageRef]]:
        """A session whose frames arrived; their workflows are still to be started."""
        session = self.session()
        made = [self._upload(session, frame)[0] for frame in range(FRAMES)]
        self._add(*made)
        return session.id, [_reference(upload) for upload in made]

    def _upload(self, session: Session, frame: int) -> tuple[Upload, ObjectKey]:
        upload_id, kind = uuid4(), UploadContentType.JPEG
        key = original_key(self.org, self.site, session.id, upload_id, kind)
        upload = Upload(
            id=upload_id,
            org_id=self.org,
            site_id=self.site,
            session_id=session.id,
            storage_key=str(key),
            file_name=f"IMG_{frame:04}.JPG",
            content_type=kind,
            sha256=uuid4().hex * 2,
            size=2_700_000,
            angle_deg=360 // FRAMES * frame,
            expires_at=datetime.now(UTC) + timedelta(minutes=15),
            requested_by=self.device,
            arrived_at=datetime.now(UTC),
        )
        return upload, key

    def _add(self, *rows: SQLModel) -> None:
        with self.database.transaction(self.org) as db:
            for row in rows:
                db.add(row)
                db.flush()


async def start(stack: Stack, session: UUID, images: list[ImageRef]) -> None:
    """Put images into the pipeline, where nobody works; back when visibility shows them all."""
    client = await connect(TemporalAccess(stack.temporal.address, "default"))
    starter, shown = WorkflowStarter(client), PendingImages(client, cache_seconds=0)
    for image in images:
        await starter.start(image, {})
    for _ in range(600):
        if len(await shown.of_session(session)) == len(images):
            return
        await asyncio.sleep(0.1)
    raise TimeoutError("Temporal does not show the workflows")


def _image(session: Session, upload: Upload, key: ObjectKey) -> Image:
    return Image(
        id=upload.id,
        org_id=upload.org_id,
        site_id=upload.site_id,
        session_id=session.id,
        vehicle_id=session.vehicle_id,
        storage_key=upload.storage_key,
        status=ImageStatus.PROCESSED,
        hash_sha256=upload.sha256,
        phash=f"{0xF0E1D2C3B4A59687:064b}",
        width=4032,
        height=3024,
        angle_deg=upload.angle_deg,
        captured_at=datetime.now(UTC),
        uploaded_at=upload.arrived_at,
        exif=_EXIF.to_json(),
        thumb_keys={str(size): key.thumbnail(size) for size in THUMBNAIL_SIZES},
        qc=judge(_NUMBERS, Thresholds()).to_json(),
        qc_version=1,
    )


def _reference(upload: Upload) -> ImageRef:
    return ImageRef(
        upload_id=str(upload.id),
        org_id=str(upload.org_id),
        site_id=str(upload.site_id),
        session_id=str(upload.session_id),
        storage_key=upload.storage_key,
    )
