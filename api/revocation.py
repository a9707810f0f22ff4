"""Who was shut out, known without asking the database at every request."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from adapters.postgres import AsyncDatabase
from adapters.repositories.admissions import find_shut_out
from adapters.repositories.scope import Scope
from api.errors import ApiError, Code

_CHALLENGE = {"WWW-Authenticate": 'Bearer error="invalid_token"'}


@dataclass(frozen=True)
class _Known:
    asked_at: float
    ids: frozenset[UUID]


class Revocations:
    """An organization's revoked devices and disabled people, at most `seconds` old.

    One query for each organization that is active, in every process, each `seconds`: so long a
    token can outlive its device or person. The process that shut somebody out knows at once.
    """

    def __init__(
        self,
        database: AsyncDatabase,
        *,
        seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._seconds = seconds
        self._clock = clock
        self._known: dict[UUID, _Known] = {}
        self._locks: dict[UUID, asyncio.Lock] = {}

    async def check(self, scope: Scope) -> None:
        """Raises ApiError (401) for a token of somebody who was shut out."""
        known = self._fresh(scope.org_id) or await self._ask(scope.org_id)
        if scope.actor_id in known.ids:
            raise ApiError(Code.TOKEN_REVOKED, headers=_CHALLENGE)

    def shut_out(self, org_id: UUID, actor_id: UUID) -> None:
        """Somebody was just shut out, by this process."""
        known = self._known.get(org_id)
        if known is not None:
            self._known[org_id] = _Known(known.asked_at, known.ids | {actor_id})

    def _fresh(self, org_id: UUID) -> _Known | None:
        known = self._known.get(org_id)
        is_fresh = known is not None and self._clock() - known.asked_at < self._seconds
        return known if is_fresh else None

    async def _ask(self, org_id: UUID) -> _Known:
        # Of the requests that come at once, one asks.
        async with self._locks.setdefault(org_id, asyncio.Lock()):
            fresh = self._fresh(org_id)
            if fresh is not None:
                return fresh
            asked_at = self._clock()
            async with self._database.transaction(org_id) as db:
                ids = await find_shut_out(db, org_id)
            self._known[org_id] = _Known(asked_at, ids)
            return self._known[org_id]
