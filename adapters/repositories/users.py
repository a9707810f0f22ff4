"""People who sign in."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from schema.tables.tenancy import Organization, User, UserSiteAccess

_FIND_LOGIN = text("SELECT org_id, user_id FROM find_login(:issuer, :subject, :email)")


@dataclass(frozen=True)
class Membership:
    """A person's account in one organization."""

    org_id: UUID
    user_id: UUID


async def find_memberships(
    db: AsyncSession, issuer: str, subject: str, verified_email: str | None
) -> list[Membership]:
    """The accounts of an identity, one an organization, in the order of age.

    An account that is bound to the identity comes before one that only has its e-mail address.
    This is the one look-up that crosses tenants: nobody knows the organization yet.
    """
    values = {"issuer": issuer, "subject": subject, "email": verified_email}
    found: dict[UUID, Membership] = {}
    for org_id, user_id in await db.execute(_FIND_LOGIN, values):
        found.setdefault(org_id, Membership(org_id, user_id))
    return list(found.values())


class UserRepository:
    """One account: `users` and `user_site_access` of an organization."""

    def __init__(self, db: AsyncSession, membership: Membership) -> None:
        self._db = db
        self._org_id = membership.org_id
        self._user_id = membership.user_id

    async def bind(self, issuer: str, subject: str) -> bool:
        """Bind the account to an identity unless it is bound; whether that was done now."""
        bound = (
            update(User)
            .where(*self._own(), col(User.subject).is_(None))
            .values(issuer=issuer, subject=subject)
            .returning(col(User.id))
        )
        return await self._db.scalar(bound) is not None

    async def sign_in(self, issuer: str, subject: str, name: str) -> User | None:
        """The account, if it is the identity's and not disabled; notes the sign-in."""
        signed_in = (
            update(User)
            .where(*self._own(), col(User.issuer) == issuer, col(User.subject) == subject)
            .values(
                last_login_at=func.now(),
                name=func.coalesce(func.nullif(col(User.name), ""), name[:200]),
            )
            .returning(User)
        )
        user: User | None = await self._db.scalar(signed_in)
        return user

    async def site_ids(self) -> list[UUID]:
        """The sites that the person may see, if the role is bound to sites."""
        sites = (
            select(col(UserSiteAccess.site_id))
            .where(
                col(UserSiteAccess.org_id) == self._org_id,
                col(UserSiteAccess.user_id) == self._user_id,
            )
            .order_by(col(UserSiteAccess.site_id))
        )
        return list(await self._db.scalars(sites))

    async def organization_name(self) -> str:
        """What the organization is called."""
        wanted = select(col(Organization.name)).where(col(Organization.id) == self._org_id)
        return str(await self._db.scalar(wanted))

    def _own(self) -> tuple[ColumnElement[bool], ...]:
        return (
            col(User.id) == self._user_id,
            col(User.org_id) == self._org_id,
            col(User.disabled_at).is_(None),
        )
