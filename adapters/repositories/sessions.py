"""Capture sessions with their vehicles and progress."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    SQLColumnExpression,
    and_,
    case,
    func,
    or_,
    select,
    true,
    update,
)
from sqlmodel import col

from adapters.repositories import captions
from adapters.repositories.captions import Caption
from adapters.repositories.scope import Repository
from schema.enums import ImageStatus, SessionStatus
from schema.tables.capture import Session, Upload, Vehicle
from schema.tables.media import Image
from schema.tables.tenancy import Site


@dataclass(frozen=True)
class SessionFilters:
    """Which sessions, and which page of them."""

    site_id: UUID | None = None
    status: SessionStatus | None = None
    vehicle_id: UUID | None = None
    search: str | None = None
    """A part of the VIN or of the stock number."""
    limit: int = 50
    offset: int = 0


@dataclass(frozen=True)
class Counts:
    """What was promised, what came, what became of it.

    `angles` (degrees) and `shots` are those of files that arrived and did not fail.
    """

    promised: int
    arrived: int
    processed: int
    failed: int
    published: int
    angles: list[int]
    shots: list[str]


@dataclass(frozen=True)
class SessionView:
    """A session, its vehicle, how far it is and what a list says of it."""

    session: Session
    vehicle: Vehicle
    counts: Counts
    caption: Caption


class SessionRepository(Repository):
    """`sessions` that the scope may see."""

    async def site_exists(self, site_id: UUID) -> bool:
        """Whether the site is there for the scope."""
        wanted = select(col(Site.id)).where(
            col(Site.org_id) == self._scope.org_id,
            col(Site.id) == site_id,
            self._scope.of_site(col(Site.id)),
        )
        return await self._db.scalar(wanted) is not None

    async def add(self, session: Session) -> None:
        """Insert a session."""
        self._db.add(session)
        await self._db.flush()

    async def get(self, session_id: UUID) -> SessionView | None:
        """One session, if the scope may see it."""
        own = self._visible().where(col(Session.id) == session_id)
        views = await self._views(own)
        return views[0] if views else None

    async def get_changed(self, session_id: UUID) -> SessionView | None:
        """One session that was just changed: it may have left what the scope sees."""
        views = await self._views(
            select(Session).where(self._scope.site_sessions(), col(Session.id) == session_id)
        )
        return views[0] if views else None

    async def exists(self, session_id: UUID) -> bool:
        """Whether the scope may see such a session."""
        wanted = self._visible().where(col(Session.id) == session_id)
        return await self._db.scalar(wanted.with_only_columns(col(Session.id))) is not None

    async def page(self, filters: SessionFilters) -> tuple[list[SessionView], int]:
        """A page, active sessions first, then the newest; and how many match in all."""
        matching = self._matching(filters)
        total = await self._db.scalar(select(func.count()).select_from(matching.subquery()))
        page = matching.order_by(*_newest_active_first()).limit(filters.limit)
        return await self._views(page.offset(filters.offset)), total or 0

    async def change_status(
        self, session_id: UUID, to: SessionStatus, allowed_from: Collection[SessionStatus]
    ) -> bool:
        """Change the status if it is one of `allowed_from`; of two at once one succeeds."""
        finished = func.now() if to is SessionStatus.COMPLETED else None
        changed = (
            update(Session)
            .where(
                col(Session.id) == session_id,
                col(Session.status).in_([status.value for status in allowed_from]),
                self._scope.sessions(),
            )
            .values(status=to.value, completed_at=finished)
            .returning(col(Session.id))
            .execution_options(synchronize_session=False)
        )
        return await self._db.scalar(changed) is not None

    def _visible(self) -> Select[Session]:
        return select(Session).where(self._scope.sessions())

    def _matching(self, filters: SessionFilters) -> Select[Session]:
        wanted = self._visible()
        if filters.site_id is not None:
            wanted = wanted.where(col(Session.site_id) == filters.site_id)
        if filters.status is not None:
            wanted = wanted.where(col(Session.status) == filters.status.value)
        if filters.vehicle_id is not None:
            wanted = wanted.where(col(Session.vehicle_id) == filters.vehicle_id)
        if filters.search:
            wanted = wanted.where(col(Session.vehicle_id).in_(self._vehicles(filters.search)))
        return wanted

    def _vehicles(self, search: str) -> Select[Any]:
        return select(col(Vehicle.id)).where(
            col(Vehicle.org_id) == self._scope.org_id,
            or_(
                col(Vehicle.vin).icontains(search, autoescape=True),
                col(Vehicle.stock_number).icontains(search, autoescape=True),
            ),
        )

    async def _views(self, chosen: Select[Session]) -> list[SessionView]:
        """One statement, whatever the number of sessions: progress is joined laterally."""
        ids = chosen.with_only_columns(col(Session.id)).subquery()
        progress, caption = _progress(), captions.caption()
        statement = (
            select(Session, Vehicle, progress, caption)
            .join(ids, ids.c.id == col(Session.id))
            .join(
                Vehicle,
                and_(
                    col(Vehicle.id) == col(Session.vehicle_id),
                    col(Vehicle.org_id) == col(Session.org_id),
                ),
            )
            .join(progress, true())
            .join(caption, true())
            .order_by(*_newest_active_first())
            .execution_options(populate_existing=True)
        )
        return [_view(row) for row in await self._db.execute(statement)]


def _newest_active_first() -> tuple[SQLColumnExpression[Any], ...]:
    active_first = case((col(Session.status) == SessionStatus.ACTIVE.value, 0), else_=1)
    return active_first, col(Session.created_at).desc(), col(Session.id)


def _progress() -> FromClause:
    arrived = col(Upload.arrived_at).is_not(None)
    failed = col(Image.status) == ImageStatus.FAILED.value
    done = [ImageStatus.PROCESSED.value, ImageStatus.PUBLISHED.value]
    usable = and_(arrived, col(Image.status).is_distinct_from(ImageStatus.FAILED.value))
    return (
        select(
            func.count().label("promised"),
            func.count().filter(arrived).label("arrived"),
            func.count().filter(col(Image.status).in_(done)).label("processed"),
            func.count().filter(failed).label("failed"),
            func.count().filter(col(Image.status) == done[1]).label("published"),
            _distinct(col(Upload.angle_deg), usable).label("angles"),
            _distinct(col(Upload.shot_name), usable).label("shots"),
        )
        .select_from(Upload)
        .outerjoin(
            Image,
            and_(col(Image.id) == col(Upload.id), col(Image.org_id) == col(Upload.org_id)),
        )
        .where(col(Upload.session_id) == col(Session.id), col(Upload.org_id) == col(Session.org_id))
        .correlate(Session)
        .lateral("progress")
    )


def _distinct(column: SQLColumnExpression[Any], usable: ColumnElement[bool]) -> ColumnElement[Any]:
    values = func.array_agg(column.distinct())
    return values.filter(and_(usable, column.is_not(None)))


def _view(row: Any) -> SessionView:  # noqa: ANN401 - a row of SQLAlchemy's own typing
    counts = Counts(
        promised=row.promised,
        arrived=row.arrived,
        processed=row.processed,
        failed=row.failed,
        published=row.published,
        angles=row.angles or [],
        shots=row.shots or [],
    )
    return SessionView(row[0], row[1], counts, captions.read(row))
