"""Who asks, and which rows they may see. Every query of the API starts from a scope."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, or_, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from schema.enums import ActorType, Role, SessionStatus
from schema.tables.capture import Session

_SEES_ALL_SESSIONS = frozenset({Role.REVIEWER, Role.ADMIN})
_SEES_ALL_SITES = frozenset({Role.DEVICE, Role.ADMIN})


@dataclass(frozen=True)
class Scope:
    """An organization, and within it what a device or a person of some role may see.

    `site_ids` limits operators and reviewers; devices and admins are not bound to sites.
    """

    org_id: UUID
    role: Role
    actor_id: UUID
    site_ids: frozenset[UUID] = frozenset()

    @property
    def actor_type(self) -> ActorType:
        """How the audit trail names this actor."""
        return ActorType.DEVICE if self.role is Role.DEVICE else ActorType.USER

    def of_site(self, column: ColumnElement[UUID]) -> ColumnElement[bool]:
        """Rows of the sites that this actor may see."""
        if self.role in _SEES_ALL_SITES:
            return true()
        return column.in_([*self.site_ids]) if self.site_ids else false()

    def sessions(self) -> ColumnElement[bool]:
        """Sessions that this actor may see.

        Reviewers (of their sites) and admins see all. Devices and operators see the active ones,
        so that several cameras can share one and another phone can take over, and their own.
        """
        visible = and_(col(Session.org_id) == self.org_id, self.of_site(col(Session.site_id)))
        if self.role in _SEES_ALL_SESSIONS:
            return visible
        opener = Session.device_id if self.role is Role.DEVICE else Session.operator_id
        own = col(opener) == self.actor_id
        return and_(visible, or_(own, col(Session.status) == SessionStatus.ACTIVE.value))


class Repository:
    """Queries on one noun, in a transaction that somebody else commits."""

    def __init__(self, db: AsyncSession, scope: Scope) -> None:
        self._db = db
        self._scope = scope
