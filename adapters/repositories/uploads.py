"""What devices promised to send."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from adapters.repositories.scope import Repository
from schema.enums import SessionStatus
from schema.tables.capture import Session, Upload

_SLOT = (
    col(Upload.session_id),
    col(Upload.sha256),
    text("coalesce(angle_deg, -1)"),
    text("coalesce(shot_name, '')"),
)


@dataclass(frozen=True)
class UploadTarget:
    """The session that an upload is for."""

    site_id: UUID
    mode: str
    status: SessionStatus


@dataclass(frozen=True)
class PromisedUpload:
    """A promise and whether its bytes are there already."""

    upload: Upload
    stored: bool


class UploadRepository(Repository):
    """`uploads` of the scope's sites."""

    async def target(self, session_id: UUID) -> UploadTarget | None:
        """The session, whatever its status, if it is of the scope's sites."""
        wanted = select(col(Session.site_id), col(Session.mode), col(Session.status)).where(
            self._scope.site_sessions(), col(Session.id) == session_id
        )
        row = (await self._db.execute(wanted)).one_or_none()
        return UploadTarget(row[0], row[1], SessionStatus(row[2])) if row else None

    async def promise(self, upload: Upload) -> PromisedUpload:
        """Insert the promise; for bytes promised before in this slot, extend that one instead.

        One statement: of two at once both get the same row.
        """
        values: dict[str, Any] = upload.model_dump(exclude={"created_at", "arrived_at"})
        added = insert(Upload).values(**values)
        statement = added.on_conflict_do_update(
            index_elements=_SLOT,
            set_={
                "expires_at": added.excluded.expires_at,
                "size": func.coalesce(added.excluded.size, col(Upload.size)),
            },
        ).returning(Upload)
        row = (await self._db.execute(statement)).scalar_one()
        return PromisedUpload(row, stored=row.arrived_at is not None)

    async def of_ids(self, upload_ids: Collection[UUID]) -> dict[UUID, Upload]:
        """Those of the uploads that the scope may see, by id."""
        wanted = select(Upload).where(
            col(Upload.org_id) == self._scope.org_id,
            col(Upload.id).in_(upload_ids),
            self._scope.of_site(col(Upload.site_id)),
        )
        return {upload.id: upload for upload in await self._db.scalars(wanted)}
