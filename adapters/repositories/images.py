"""Finished images, and publishing them."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    Update,
    cast,
    func,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlmodel import col

from adapters.repositories.scope import Repository
from schema.enums import ImageStatus
from schema.tables.capture import Session, Upload
from schema.tables.media import Image


class ImageRepository(Repository):
    """`images` of the scope's sites."""

    async def of_session(self, session_id: UUID) -> Sequence[Image]:
        """A session's images: by angle, those without one last, then by time."""
        wanted = self._visible().where(col(Image.session_id) == session_id)
        ordered = wanted.order_by(
            col(Image.angle_deg).asc().nulls_last(), col(Image.created_at), col(Image.id)
        )
        return (await self._db.scalars(ordered)).all()

    async def versions(self, session_id: UUID, pending: Collection[UUID]) -> str | None:
        """The versions of the session's images and of the uploads that are pending.

        Every change of a row gives it a new `xmin`. None when the scope may not see the session.
        """
        images = _versions(Image).where(*self._own(), col(Image.session_id) == session_id)
        uploads = _versions(Upload).where(
            col(Upload.org_id) == self._scope.org_id, col(Upload.id).in_(pending)
        )
        parts = (images.scalar_subquery(), uploads.scalar_subquery())
        wanted = select(func.concat(parts[0], ";", parts[1])).select_from(Session)
        visible = wanted.where(self._scope.sessions(), col(Session.id) == session_id)
        found: str | None = await self._db.scalar(visible)
        return found

    async def of_ids(self, image_ids: Collection[UUID]) -> Sequence[Image]:
        """Those of the images that the scope may see."""
        return (await self._db.scalars(self._visible().where(col(Image.id).in_(image_ids)))).all()

    async def get(self, image_id: UUID) -> Image | None:
        """One image, if the scope may see it."""
        image: Image | None = await self._db.scalar(
            self._visible()
            .where(col(Image.id) == image_id)
            .execution_options(populate_existing=True)
        )
        return image

    async def publish(self, image_ids: Collection[UUID]) -> set[UUID]:
        """Publish those that are `processed`; the ids of the ones that were."""
        change = self._change(image_ids, ImageStatus.PROCESSED).values(
            status=ImageStatus.PUBLISHED.value,
            published_at=func.now(),
            published_by=self._scope.actor_id,
        )
        return set(await self._db.scalars(change.returning(col(Image.id))))

    async def unpublish(self, image_id: UUID) -> bool:
        """Take one back; False when it was not published."""
        change = self._change([image_id], ImageStatus.PUBLISHED).values(
            status=ImageStatus.PROCESSED.value, published_at=None, published_by=None
        )
        return await self._db.scalar(change.returning(col(Image.id))) is not None

    def _visible(self) -> Select[Image]:
        return select(Image).where(*self._own())

    def _change(self, image_ids: Collection[UUID], status: ImageStatus) -> Update:
        chosen = (col(Image.id).in_(image_ids), col(Image.status) == status.value)
        return (
            update(Image).where(*self._own(), *chosen).execution_options(synchronize_session=False)
        )

    def _own(self) -> tuple[ColumnElement[bool], ...]:
        org = col(Image.org_id) == self._scope.org_id
        return org, self._scope.of_site(col(Image.site_id))


def _versions(table: type[Image] | type[Upload]) -> Select[str]:
    key = cast(col(table.id), Text)
    version = cast(literal_column(f"{table.__tablename__}.xmin"), Text)
    listed = func.concat(key, ":", version)
    return select(func.string_agg(listed, aggregate_order_by(literal_column("','"), col(table.id))))
