"""Tickets for live streams: made for a caller, used once."""

from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from adapters.repositories.scope import Repository
from schema.tables.live import LiveTicket


async def redeem(
    db: AsyncSession, org_id: UUID, ticket: str, session_id: UUID
) -> LiveTicket | None:
    """Use a ticket up; None when it is not good for this session, or not any more.

    One statement: of two processes at once, one gets it.
    """
    used = (
        delete(LiveTicket)
        .where(
            col(LiveTicket.org_id) == org_id,
            col(LiveTicket.secret_sha256) == _digest(ticket),
            col(LiveTicket.session_id) == session_id,
            col(LiveTicket.expires_at) > func.now(),
        )
        .returning(LiveTicket)
    )
    found: LiveTicket | None = await db.scalar(used)
    return found


class TicketRepository(Repository):
    """`live_tickets` of the scope's actor."""

    async def add(
        self, ticket: str, session_id: UUID, lifetime: timedelta, token_id: str, until: datetime
    ) -> datetime:
        """Keep a new ticket's hash; when it expires. `until` is the end of the caller's token."""
        await self._forget_expired()
        row = LiveTicket(
            org_id=self._scope.org_id,
            session_id=session_id,
            secret_sha256=_digest(ticket),
            role=self._scope.role.value,
            actor_id=self._scope.actor_id,
            site_ids=sorted(self._scope.site_ids),
            token_id=token_id,
            token_expires_at=until,
            expires_at=await self._now() + lifetime,
        )
        self._db.add(row)
        await self._db.flush()
        return row.expires_at

    async def unused(self) -> int:
        """How many tickets the actor holds that are still good."""
        own = select(func.count()).select_from(LiveTicket)
        held = own.where(
            col(LiveTicket.org_id) == self._scope.org_id,
            col(LiveTicket.actor_id) == self._scope.actor_id,
            col(LiveTicket.expires_at) > func.now(),
        )
        return int(await self._db.scalar(held) or 0)

    async def _forget_expired(self) -> None:
        await self._db.execute(
            delete(LiveTicket)
            .where(
                col(LiveTicket.org_id) == self._scope.org_id,
                col(LiveTicket.expires_at) <= func.now(),
            )
            .execution_options(synchronize_session=False)
        )

    async def _now(self) -> datetime:
        """The database's time, by which every process judges a ticket."""
        now: datetime = (await self._db.execute(select(func.now()))).scalar_one()
        return now


def _digest(ticket: str) -> str:
    return sha256(ticket.encode()).hexdigest()
