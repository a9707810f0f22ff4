"""An organization's people and sites, as its administrators see them."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from adapters.repositories.scope import Repository
from schema.tables.tenancy import Site, User, UserSiteAccess


class PeopleRepository(Repository):
    """`users`, `sites` and who may see which, of the scope's organization."""

    async def actor_name(self) -> str:
        """The name or else the e-mail address of the scope's person; the id of an unknown one."""
        wanted = select(func.coalesce(func.nullif(col(User.name), ""), col(User.email))).where(
            col(User.org_id) == self._scope.org_id, col(User.id) == self._scope.actor_id
        )
        return str(await self._db.scalar(wanted) or self._scope.actor_id)

    async def names(self, user_ids: Collection[UUID]) -> dict[UUID, str]:
        """The name or else the e-mail address of each."""
        if not user_ids:
            return {}
        shown = func.coalesce(func.nullif(col(User.name), ""), col(User.email))
        wanted = select(col(User.id), shown).where(
            col(User.org_id) == self._scope.org_id, col(User.id).in_(user_ids)
        )
        rows = await self._db.execute(wanted)
        return {row[0]: row[1] for row in rows}

    async def users(self, limit: int, offset: int) -> tuple[Sequence[User], int]:
        """A page of the people by address, and how many there are."""
        own = select(User).where(col(User.org_id) == self._scope.org_id)
        total = await self._db.scalar(select(func.count()).select_from(own.subquery()))
        page = own.order_by(col(User.email)).limit(limit).offset(offset)
        return (await self._db.scalars(page)).all(), total or 0

    async def add_user(self, email: str, name: str, role: str) -> User | None:
        """Insert an account; None when the address has one."""
        values = {"org_id": self._scope.org_id, "email": email, "name": name, "role": role}
        added = insert(User).values(**values).on_conflict_do_nothing().returning(User)
        user: User | None = await self._db.scalar(added)
        return user

    async def change_user(self, user_id: UUID, values: dict[str, Any]) -> User | None:
        """Change these columns; None when there is no such account."""
        own = (col(User.org_id) == self._scope.org_id, col(User.id) == user_id)
        if values:
            await self._db.execute(update(User).where(*own).values(**values))
        wanted = select(User).where(*own).execution_options(populate_existing=True)
        user: User | None = await self._db.scalar(wanted)
        return user

    async def site_ids(self, user_ids: Collection[UUID]) -> dict[UUID, list[UUID]]:
        """The sites of each person."""
        wanted = (
            select(col(UserSiteAccess.user_id), col(UserSiteAccess.site_id))
            .where(
                col(UserSiteAccess.org_id) == self._scope.org_id,
                col(UserSiteAccess.user_id).in_(user_ids),
            )
            .order_by(col(UserSiteAccess.site_id))
        )
        found: dict[UUID, list[UUID]] = {user_id: [] for user_id in user_ids}
        for user_id, site_id in await self._db.execute(wanted):
            found[user_id].append(site_id)
        return found

    async def set_sites(self, user_id: UUID, site_ids: Collection[UUID]) -> bool:
        """Give a person exactly these sites; False when one of them does not exist."""
        known = select(func.count()).where(
            col(Site.org_id) == self._scope.org_id, col(Site.id).in_(site_ids)
        )
        if await self._db.scalar(known) != len(set(site_ids)):
            return False
        org_id = self._scope.org_id
        await self._db.execute(
            delete(UserSiteAccess).where(
                col(UserSiteAccess.org_id) == org_id, col(UserSiteAccess.user_id) == user_id
            )
        )
        rows = [{"org_id": org_id, "user_id": user_id, "site_id": one} for one in set(site_ids)]
        if rows:
            await self._db.execute(insert(UserSiteAccess).on_conflict_do_nothing(), rows)
        return True

    async def sites(self, limit: int, offset: int) -> tuple[Sequence[Site], int]:
        """A page of the sites that the scope may see, by name, and how many there are."""
        own = select(Site).where(
            col(Site.org_id) == self._scope.org_id, self._scope.of_site(col(Site.id))
        )
        total = await self._db.scalar(select(func.count()).select_from(own.subquery()))
        page = own.order_by(col(Site.name)).limit(limit).offset(offset)
        return (await self._db.scalars(page)).all(), total or 0

    async def add_site(self, name: str, time_zone: str) -> Site | None:
        """Insert a site; None when the name is taken."""
        values = {"org_id": self._scope.org_id, "name": name, "time_zone": time_zone}
        added = insert(Site).values(**values).on_conflict_do_nothing().returning(Site)
        site: Site | None = await self._db.scalar(added)
        return site
