"""The audit trail: written in the transaction of what it tells."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, insert, literal, select, union_all
from sqlmodel import col

from adapters.repositories.scope import Repository
from schema.enums import EntityType
from schema.tables.capture import Session, Upload, Vehicle
from schema.tables.media import Event, Image
from schema.tables.tenancy import Device, EnrollmentCode, Site, User


@dataclass(frozen=True)
class Happening:
    """Something that happened to an entity; `occurred_at` is now if not given."""

    entity_type: EntityType
    entity_id: UUID
    event_type: str
    payload: dict[str, Any] = field(default_factory=dict)
    occurred_at: datetime | None = None


class EventRepository(Repository):
    """`events`: written and read, never changed."""

    async def add(self, *happenings: Happening) -> list[int]:
        """Store them for the scope's actor; their ids in the same order."""
        now = datetime.now(UTC)
        rows = [
            {
                **vars(happening),
                "org_id": self._scope.org_id,
                "actor_type": self._scope.actor_type,
                "actor_id": self._scope.actor_id,
                "occurred_at": happening.occurred_at or now,
            }
            for happening in happenings
        ]
        if not rows:
            return []
        statement = insert(Event).returning(col(Event.id), sort_by_parameter_order=True)
        # The column's type allows None, for a row that is not stored yet.
        return cast("list[int]", list(await self._db.scalars(statement, rows)))

    async def of_entity(self, kind: EntityType, key: UUID, limit: int = 100) -> Sequence[Event]:
        """What is told of one entity, the latest first. Whether it may be seen, asks the caller."""
        wanted = select(Event).where(
            col(Event.org_id) == self._scope.org_id,
            col(Event.entity_type) == kind.value,
            col(Event.entity_id) == key,
        )
        ordered = wanted.order_by(col(Event.occurred_at).desc(), col(Event.id).desc())
        return (await self._db.scalars(ordered.limit(limit))).all()

    async def unknown(
        self, entities: Sequence[tuple[EntityType, UUID]]
    ) -> set[tuple[EntityType, UUID]]:
        """Which of them do not exist within the scope; one statement for all."""
        wanted = set(entities)
        kinds = sorted({kind for kind, _ in wanted})
        found = await self._db.execute(
            union_all(
                *(
                    select(literal(kind.value), self._key(kind)).where(
                        self._visible(kind),
                        self._key(kind).in_([key for of, key in wanted if of is kind]),
                    )
                    for kind in kinds
                )
            )
        )
        return wanted - {(EntityType(kind), key) for kind, key in found}

    def _key(self, kind: EntityType) -> SQLColumnExpression[UUID]:
        return col(_TABLES[kind].id)

    def _visible(self, kind: EntityType) -> ColumnElement[bool]:
        table = _TABLES[kind]
        own = col(table.org_id) == self._scope.org_id
        if table is Site:
            return and_(own, self._scope.of_site(col(table.id)))
        if table in (Session, Upload, Image):
            return and_(own, self._scope.of_site(col(table.site_id)))
        return own


_TABLES: dict[EntityType, Any] = {
    EntityType.SESSION: Session,
    EntityType.UPLOAD: Upload,
    EntityType.IMAGE: Image,
    EntityType.DEVICE: Device,
    EntityType.USER: User,
    EntityType.VEHICLE: Vehicle,
    EntityType.SITE: Site,
    EntityType.ENROLLMENT_CODE: EnrollmentCode,
}
