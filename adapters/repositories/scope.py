"""Who asks, and which rows they may see. Every query of the API starts from a scope."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, false, or_, true
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

    def of_site(self, column: SQLColumnExpression[UUID]) -> ColumnElement[bool]:
        """Rows of the sites that this actor may see."""
        if self.role in _SEES_ALL_SITES:
            return true()
        return column.in_([*self.site_ids]) if self.site_ids else false()

    def sessions(self) -> ColumnElement[bool]:
        """Sessions that this actor may see.

        Reviewers (of their sites) and admins see all. Devices and operators see all but what
        another person opened and is over: several cameras can share a session, another phone can
        take over, and whoever works on a site sees what its devices did.
        """
        if self.role in _SEES_ALL_SESSIONS:
            return self.site_sessions()
        return and_(
            self.site_sessions(),
            or_(
                col(Session.status) == SessionStatus.ACTIVE.value,
                col(Session.device_id).is_not(None),
                col(Session.operator_id) == self.actor_id,
            ),
        )

    def site_sessions(self) -> ColumnElement[bool]:
        """Sessions of the sites that this actor may see, whoever opened them."""
        return and_(col(Session.org_id) == self.org_id, self.of_site(col(Session.site_id)))


class Repository:
    """Queries on one noun, in a transaction that somebody else commits."""

    def __init__(self, db: AsyncSession, scope: Scope) -> None:
        self._db = db
        self._scope = scope
