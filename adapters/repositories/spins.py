"""What was photographed of a session's spin, in one statement."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select
from sqlmodel import col

from adapters.repositories.scope import Repository
from schema.tables.capture import Session, Upload
from schema.tables.media import Image


@dataclass(frozen=True)
class Take:
    """A picture that was taken at an angle. `image` is None until it has its verdict."""

    upload_id: UUID
    angle_deg: int
    image: Image | None


@dataclass(frozen=True)
class SpinTakes:
    """A session's shot list and all that arrived for its spin, the newest first."""

    status: str
    shot_list: dict[str, Any]
    takes: list[Take]


class SpinRepository(Repository):
    """`sessions`, `uploads` and `images` of one spin."""

    async def of_session(self, session_id: UUID) -> SpinTakes | None:
        """The takes, if the scope may see the session."""
        arrived = and_(
            col(Upload.session_id) == col(Session.id),
            col(Upload.org_id) == col(Session.org_id),
            col(Upload.angle_deg).is_not(None),
        )
        its_image = and_(col(Image.id) == col(Upload.id), col(Image.org_id) == col(Upload.org_id))
        wanted = (
            select(
                col(Session.status),
                col(Session.shot_list),
                col(Upload.id),
                col(Upload.angle_deg),
                col(Upload.arrived_at),
                Image,
            )
            .select_from(Session)
            .outerjoin(Upload, arrived)
            .outerjoin(Image, its_image)
            .where(self._scope.sessions(), col(Session.id) == session_id)
            .order_by(col(Upload.created_at).desc(), col(Upload.id))
            .execution_options(populate_existing=True)
        )
        rows = (await self._db.execute(wanted)).all()
        if not rows:
            return None
        takes = [
            Take(upload, angle, image)
            for _, _, upload, angle, arrived_at, image in rows
            # A promise alone is no take: its file may never come.
            if upload is not None and (image is not None or arrived_at is not None)
        ]
        return SpinTakes(rows[0][0], rows[0][1], takes)
