"""What operators did to images, as events."""

from typing import Any
from uuid import UUID

from sqlalchemy import exists, select, text
from sqlalchemy.orm import Session
from sqlmodel import col

from adapters.postgres import Database
from schema import contracts
from schema.contracts import Intervention
from schema.enums import ActorType, EntityType
from schema.tables.capture import Upload
from schema.tables.media import Event

_TYPES = {
    contracts.RETRY: "image.retried",
    contracts.DISCARD: "image.discarded",
    contracts.RESET: "image.reset",
}
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:id, 0))")


class PostgresAuditTrail:
    """`adapters.ports.AuditTrail` on `events`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, intervention: Intervention, identity: str) -> None:
        """Write it, once however often it is called; `identity` as Temporal has it."""
        org_id = UUID(intervention.image.org_id)
        with self._database.transaction(org_id) as session:
            session.execute(_LOCK, {"id": intervention.id})
            # An object that nobody promised has no organization to tell.
            known = session.get(Upload, UUID(intervention.image.upload_id))
            if known is not None and not _is_written(session, intervention):
                session.add(_event(org_id, intervention, identity))


def _is_written(session: Session, intervention: Intervention) -> bool:
    same = exists().where(
        col(Event.org_id) == UUID(intervention.image.org_id),
        col(Event.entity_type) == EntityType.IMAGE.value,
        col(Event.entity_id) == UUID(intervention.image.upload_id),
        col(Event.payload)["intervention"].astext == intervention.id,
    )
    return bool(session.scalar(select(same)))


def _event(org_id: UUID, intervention: Intervention, identity: str) -> Event:
    """A person's deed; their id is known when they came through the API."""
    actor_id = intervention.decision.actor_id
    return Event(
        org_id=org_id,
        entity_type=EntityType.IMAGE,
        entity_id=UUID(intervention.image.upload_id),
        event_type=_TYPES[intervention.action],
        actor_type=ActorType.USER,
        actor_id=UUID(actor_id) if actor_id else None,
        payload=_payload(intervention, identity),
    )


def _payload(intervention: Intervention, identity: str) -> dict[str, Any]:
    return {
        "intervention": intervention.id,
        "actor": intervention.decision.actor,
        "reason": intervention.decision.reason,
        "temporal_identity": identity,
        "failures": [vars(failure) for failure in intervention.failures],
    }
