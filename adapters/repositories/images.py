"""Finished images, and publishing them."""

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    SQLColumnExpression,
    Text,
    Update,
    Uuid,
    any_,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlmodel import col

from adapters.postgres import AsyncDatabase, Question
from adapters.repositories.fixed import Fixed
from adapters.repositories.scope import Repository, Scope
from schema.enums import ImageStatus, Role
from schema.tables.capture import Session, Upload
from schema.tables.media import Image

_SHOWN: tuple[SQLColumnExpression[Any], ...] = (
    col(Image.id),
    col(Image.session_id),
    col(Image.status),
    col(Image.angle_deg),
    col(Image.shot_name),
    col(Image.width),
    col(Image.height),
    col(Image.thumb_keys),
    col(Image.storage_key),
    col(Image.qc),
    col(Image.failure),
    col(Image.exif),
    col(Image.hash_sha256),
    # As text: SQLAlchemy looks at each of the 64 bits, which takes longer than the rest of a row.
    cast(col(Image.phash), Text).label("phash"),
    col(Image.captured_at),
    col(Image.uploaded_at),
    col(Image.created_at),
    col(Image.published_at),
    col(Image.published_by),
)


_ORDER = (col(Image.angle_deg).asc().nulls_last(), col(Image.created_at), col(Image.id))


class ImageRepository(Repository):
    """`images` of the scope's sites."""

    async def of_session(self, session_id: UUID) -> Sequence[Image]:
        """A session's images."""
        wanted = self._visible().where(col(Image.session_id) == session_id)
        ordered = wanted.order_by(*_ORDER)
        return (await self._db.scalars(ordered)).all()

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
        return _own(self._scope)


async def versions(
    database: AsyncDatabase, scope: Scope, session_id: UUID, pending: Collection[UUID]
) -> str | None:
    """The versions of the session's images and of the uploads that are pending.

    Every change of a row gives it a new `xmin`. None when the scope may not see the session.
    """
    question = _versions_question(scope, session_id, pending)
    return _version(*await database.ask(scope.org_id, question))


async def shown(
    database: AsyncDatabase, scope: Scope, session_id: UUID, pending: Collection[UUID]
) -> tuple[str | None, Sequence[Any]]:
    """The versions, and a session's images: by angle, those without one last, then by time.

    Rows have the columns of `Image` that are shown. What changes between the two statements is
    in the rows, and will be seen as a change once more.
    """
    question = _versions_question(scope, session_id, pending)
    rows = _shown(scope.role).given(**scope.values(), session_id=session_id)
    found, images = await database.ask(scope.org_id, question, rows)
    return _version(found), images


def _versions_question(scope: Scope, session_id: UUID, pending: Collection[UUID]) -> Question:
    values = {**scope.values(), "session_id": session_id, "pending": [*pending]}
    return _versions_of_session(scope.role).given(**values)


def _version(found: Sequence[Any]) -> str | None:
    return str(found[0][0]) if found else None


def _own(scope: Scope) -> tuple[ColumnElement[bool], ...]:
    return scope.of_org(col(Image.org_id)), scope.of_site(col(Image.site_id))


@cache
def _shown(role: Role) -> Fixed:
    own = (*_own(Scope.of_role(role)), col(Image.session_id) == bindparam("session_id"))
    return Fixed(select(*_SHOWN).where(*own).order_by(*_ORDER))


@cache
def _versions_of_session(role: Role) -> Fixed:
    scope, session = Scope.of_role(role), bindparam("session_id", type_=Uuid())
    images = _versions(Image).where(*_own(scope), col(Image.session_id) == session)
    pending = any_(bindparam("pending", type_=ARRAY(Uuid)))
    uploads = _versions(Upload).where(scope.of_org(col(Upload.org_id)), col(Upload.id) == pending)
    both = func.concat(images.scalar_subquery(), ";", uploads.scalar_subquery())
    wanted = select(both).select_from(Session)
    return Fixed(wanted.where(scope.sessions(), col(Session.id) == session))


def _versions(table: type[Image] | type[Upload]) -> Select[str]:
    key = cast(col(table.id), Text)
    version = cast(literal_column(f"{table.__tablename__}.xmin"), Text)
    listed = func.concat(key, ":", version)
    return select(func.string_agg(listed, aggregate_order_by(literal_column("','"), col(table.id))))
