"""What devices promised to send."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Row,
    Uuid,
    any_,
    bindparam,
    case,
    func,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from adapters.postgres import AsyncDatabase
from adapters.repositories.events import EventRepository, Happening
from adapters.repositories.fixed import Fixed
from adapters.repositories.scope import Repository, Scope
from schema.enums import ActorType, EntityType, Role, SessionStatus
from schema.tables.capture import Session, Upload
from schema.tables.media import Event

Values = dict[str, ColumnElement[Any]]
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
class Promise:
    """What a device is about to send, and for which place. `size` in bytes."""

    id: UUID
    site_id: UUID
    session_id: UUID
    storage_key: str
    file_name: str
    content_type: str
    sha256: str
    size: int | None
    angle_deg: int | None
    shot_name: str | None
    expires_at: datetime


@dataclass(frozen=True)
class PromisedUpload:
    """A promise as it is kept: perhaps an earlier one. `stored`: its bytes are there already."""

    id: UUID
    storage_key: str
    content_type: str
    size: int | None
    expires_at: datetime
    stored: bool


class UploadRepository(Repository):
    """`uploads` of the scope's sites."""

    async def wake(self, session_id: UUID) -> None:
        """Make the session active again if it was the clock that abandoned it, not a person."""
        abandoned = (
            col(Event.org_id) == self._scope.org_id,
            col(Event.entity_type) == EntityType.SESSION.value,
            col(Event.entity_id) == session_id,
            col(Event.event_type) == "session.abandoned",
        )
        latest = select(col(Event.actor_type)).where(*abandoned).order_by(col(Event.id).desc())
        woken = (
            update(Session)
            .where(self._scope.site_sessions(), col(Session.id) == session_id)
            .where(col(Session.status) == SessionStatus.ABANDONED.value)
            .where(latest.limit(1).scalar_subquery() == ActorType.SYSTEM.value)
            .values(status=SessionStatus.ACTIVE.value)
            .returning(col(Session.id))
            .execution_options(synchronize_session=False)
        )
        if await self._db.scalar(woken) is not None:
            said = Happening(EntityType.SESSION, session_id, "session.resumed", {"by": "presign"})
            await EventRepository(self._db, self._scope).add(said)

    async def of_ids(self, upload_ids: Collection[UUID]) -> dict[UUID, Row[Any]]:
        """Those of the uploads that the scope may see, by id, with the columns of `Upload`."""
        values = {**self._scope.values(), "ids": [*upload_ids]}
        found = await _of_ids(self._scope.role).rows(self._db, **values)
        return {row.id: row for row in found}


async def of_ids(
    database: AsyncDatabase, scope: Scope, upload_ids: Collection[UUID]
) -> dict[UUID, Any]:
    """As the repository's, without a transaction around it."""
    values = {**scope.values(), "ids": [*upload_ids]}
    (found,) = await database.ask(scope.org_id, _of_ids(scope.role).given(**values))
    return {row.id: row for row in found}


async def target(database: AsyncDatabase, scope: Scope, session_id: UUID) -> UploadTarget | None:
    """The session, whatever its status, if it is of the scope's sites."""
    values = {**scope.values(), "session_id": session_id}
    (rows,) = await database.ask(scope.org_id, _target(scope.role).given(**values))
    return UploadTarget(rows[0][0], rows[0][1], SessionStatus(rows[0][2])) if rows else None


async def promise(database: AsyncDatabase, scope: Scope, wanted: Promise) -> PromisedUpload:
    """Insert the promise; for bytes promised before in this slot, extend that one instead.

    One statement: of two at once both get the same row.
    """
    values = {**scope.values(), **vars(wanted)}
    (rows,) = await database.ask(scope.org_id, _promise().given(**values))
    return PromisedUpload(*rows[0])


@cache
def _of_ids(role: Role) -> Fixed:
    scope, ids = Scope.of_role(role), any_(bindparam("ids", type_=ARRAY(Uuid)))
    own = (scope.of_org(col(Upload.org_id)), scope.of_site(col(Upload.site_id)))
    return Fixed(select(*inspect(Upload).columns).where(*own, col(Upload.id) == ids))


@cache
def _target(role: Role) -> Fixed:
    wanted = select(col(Session.site_id), col(Session.mode), col(Session.status))
    own = Scope.of_role(role).site_sessions()
    return Fixed(wanted.where(own, col(Session.id) == bindparam("session_id")))


@cache
def _promise() -> Fixed:
    given: Values = {field.name: bindparam(field.name) for field in fields(Promise)}
    who: Values = {"org_id": bindparam("scope_org"), "requested_by": bindparam("scope_actor")}
    when: Values = {"created_at": func.now(), "check_at": func.now()}
    added = insert(Upload).values(**given, **who, **when)
    renewed = added.on_conflict_do_update(
        index_elements=_SLOT,
        set_={
            "expires_at": added.excluded.expires_at,
            "size": func.coalesce(added.excluded.size, col(Upload.size)),
            # One that was given up is open again; one that was kept stays settled.
            "lost_at": None,
            "check_at": case(
                (col(Upload.arrived_at).is_(None), func.now()), else_=col(Upload.check_at)
            ),
        },
    )
    kept = (Upload.id, Upload.storage_key, Upload.content_type, Upload.size, Upload.expires_at)
    return Fixed(renewed.returning(*map(col, kept), col(Upload.arrived_at).is_not(None)))
