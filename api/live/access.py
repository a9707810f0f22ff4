"""Who watches: by the Authorization header, or by a ticket for those who cannot send one."""

import base64
import binascii
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Security
from fastapi.security import APIKeyQuery, HTTPAuthorizationCredentials

from adapters.repositories.scope import Scope
from adapters.repositories.tickets import redeem
from api.deps import BEARER, Parts, RolePermission, admit, authenticate
from api.errors import ApiError, Code
from api.principal import Principal
from schema.enums import Role
from schema.tables.live import LiveTicket

SECRET_BYTES = 32
_CHALLENGE = {"WWW-Authenticate": "Bearer"}
_ticket = APIKeyQuery(
    name="ticket",
    scheme_name="LiveTicket",
    auto_error=False,
    description="From POST /live/tickets: for browsers' EventSource, which sends no header.",
)


def compose(org_id: UUID, secret: bytes) -> str:
    """A ticket. It names its organization, for only there can it be looked up."""
    return base64.urlsafe_b64encode(org_id.bytes + secret).decode()


def organization_of(ticket: str) -> UUID:
    """Whose ticket it would be. Raises ApiError (401) for what is none."""
    try:
        content = base64.b64decode(ticket.encode("ascii"), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise _invalid() from error
    if len(content) != 16 + SECRET_BYTES:
        raise _invalid()
    return UUID(bytes=content[:16])


async def authenticate_watcher(
    session_id: UUID,
    parts: Parts,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Security(BEARER)],
    ticket: Annotated[str | None, Security(_ticket)],
) -> Principal:
    """Whom the token or the ticket speaks for; the ticket is used up."""
    if credentials is not None or ticket is None:
        return await authenticate(parts, credentials)
    org_id = organization_of(ticket)
    async with parts.database.transaction(org_id) as db:
        used = await redeem(db, org_id, ticket, session_id)
    if used is None:
        raise _invalid()
    return await admit(parts, _principal(used))


Watcher = Annotated[Principal, Depends(authenticate_watcher)]


class WatchPermission(RolePermission):
    """Open to the roles given, by token or ticket."""

    async def __call__(self, principal: Watcher) -> None:
        """403 for any other role."""
        await super().__call__(principal)


WATCH = Depends(WatchPermission(Role.OPERATOR, Role.REVIEWER, Role.ADMIN))


def _principal(ticket: LiveTicket) -> Principal:
    sites = frozenset(ticket.site_ids)
    scope = Scope(ticket.org_id, Role(ticket.role), ticket.actor_id, sites)
    return Principal(scope, ticket.token_id, ticket.token_expires_at)


def _invalid() -> ApiError:
    return ApiError(Code.TICKET_INVALID, headers=_CHALLENGE)
