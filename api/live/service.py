"""Tickets, and opening streams."""

import secrets
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Query

from adapters.repositories.changes import is_moment
from adapters.repositories.sessions import SessionRepository
from adapters.repositories.tickets import TicketRepository
from api.deps import Parts
from api.errors import ApiError, Code
from api.live.access import SECRET_BYTES, Watcher, compose
from api.live.schemas import Ticket
from api.live.stream import Stream
from api.principal import Principal

_TICKET_LIFETIME = timedelta(seconds=30)
_UNUSED_TICKETS = 20

LastEventId = Annotated[
    str | None, Header(description="The id of the last event that the client has.")
]
LastEventIdParameter = Annotated[
    str | None,
    Query(description="The same, for an EventSource with a new ticket: it sends no header."),
]


async def issue_ticket(
    session_id: UUID, caller: Principal, sessions: SessionRepository, tickets: TicketRepository
) -> Ticket:
    """Raises ApiError: 404 for a session that the caller may not see; 429."""
    if not await sessions.exists(session_id):
        raise ApiError(Code.SESSION_NOT_FOUND)
    if await tickets.unused() >= _UNUSED_TICKETS:
        seconds = str(round(_TICKET_LIFETIME.total_seconds()))
        raise ApiError(
            Code.RATE_LIMITED,
            f"{_UNUSED_TICKETS} unused tickets are enough; each expires after {seconds} s.",
            headers={"Retry-After": seconds},
        )
    ticket = compose(caller.scope.org_id, secrets.token_bytes(SECRET_BYTES))
    expires_at = await tickets.add(
        ticket, session_id, _TICKET_LIFETIME, caller.token_id, caller.expires_at
    )
    return Ticket(ticket=ticket, expires_at=expires_at)


async def open_stream(
    session_id: UUID,
    parts: Parts,
    watcher: Watcher,
    last_event_id: LastEventId = None,
    last_event_id_parameter: Annotated[LastEventIdParameter, Query(alias="last_event_id")] = None,
) -> AsyncIterator[Stream]:
    """A stream that is open until its answer is sent. Raises ApiError and TransientError."""
    given = last_event_id or last_event_id_parameter or ""
    since = given if is_moment(given) else None
    async with parts.live.watching(watcher.scope, session_id, since) as (subscriber, reader):
        yield Stream(subscriber, reader, watcher, parts.revocations, parts.live.pace)


OpenStream = Annotated[Stream, Depends(open_stream)]
