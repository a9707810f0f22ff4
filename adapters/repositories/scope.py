"""Who asks, and which rows they may see. Every query of the API starts from a scope."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    SQLColumnExpression,
    Uuid,
    and_,
    any_,
    bindparam,
    or_,
    true,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from schema.enums import ActorType, Role, SessionStatus
from schema.tables.capture import Session

_SEES_ALL_SESSIONS = frozenset({Role.REVIEWER, Role.ADMIN})
_SEES_ALL_SITES = frozenset({Role.DEVICE, Role.ADMIN})
_NOBODY = UUID(int=0)


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

    @classmethod
    def of_role(cls, role: Role) -> "Scope":
        """Nobody of a role: for statements that are written once and take `values` later."""
        return cls(_NOBODY, role, _NOBODY)

    def values(self) -> dict[str, object]:
        """What the conditions below compare with, by the names of their parameters."""
        return {
            "scope_org": self.org_id,
            "scope_actor": self.actor_id,
            "scope_sites": [*self.site_ids],
        }

    def of_org(self, column: SQLColumnExpression[UUID]) -> ColumnElement[bool]:
        """Rows of the organization."""
        return column == bindparam("scope_org", self.org_id)

    def of_site(self, column: SQLColumnExpression[UUID]) -> ColumnElement[bool]:
        """Rows of the sites that this actor may see."""
        if self.role in _SEES_ALL_SITES:
            return true()
        return column == any_(bindparam("scope_sites", [*self.site_ids], ARRAY(Uuid)))

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
                col(Session.operator_id) == bindparam("scope_actor", self.actor_id),
            ),
        )

    def site_sessions(self) -> ColumnElement[bool]:
        """Sessions of the sites that this actor may see, whoever opened them."""
        return and_(self.of_org(col(Session.org_id)), self.of_site(col(Session.site_id)))


class Repository:
    """Queries on one noun, in a transaction that somebody else commits."""

    def __init__(self, db: AsyncSession, scope: Scope) -> None:
        self._db = db
        self._scope = scope
